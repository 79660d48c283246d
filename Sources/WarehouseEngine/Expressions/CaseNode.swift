import WarehouseColumns

/// CASE: rows are dealt to the first branch whose condition is TRUE, and each value is evaluated for its own rows.
/// All values have the output's physical type.
final class CaseNode: ExpressionEvaluator {
    private let branches: [(condition: SelectedEvaluator, value: SelectedEvaluator)]
    private let otherwise: SelectedEvaluator
    private let output: RowAssembler
    private var remaining: [Int32] = []
    private var chosen: [Int32] = []
    private var rest: [Int32] = []

    init(_ branches: [(condition: CompiledNode, value: CompiledNode)], otherwise: CompiledNode,
         outputType: PhysicalType, elementType: PhysicalType?) {
        self.branches = branches.map { (SelectedEvaluator($0.condition), SelectedEvaluator($0.value)) }
        self.otherwise = SelectedEvaluator(otherwise)
        output = RowAssembler(outputType, elementType: elementType)
    }

    override func evaluate(_ batch: Batch) throws -> Vector {
        let rows = batch.rowCount
        remaining.removeAll(keepingCapacity: true)
        for row in 0..<rows { remaining.append(Int32(truncatingIfNeeded: row)) }
        output.begin(rows)
        for branch in branches {
            if remaining.isEmpty { break }
            try remaining.withUnsafeBufferPointer { open in
                split(open, by: try branch.condition.evaluate(batch, open))
            }
            swap(&remaining, &rest)
            if !chosen.isEmpty { try assign(branch.value, batch, chosen) }
        }
        if !remaining.isEmpty { try assign(otherwise, batch, remaining) }
        return output.finish()
    }

    /// Deals `open` into `chosen` (TRUE) and `rest`.
    private func split(_ open: UnsafeBufferPointer<Int32>, by flags: Vector) {
        chosen.removeAll(keepingCapacity: true)
        rest.removeAll(keepingCapacity: true)
        if flags.form == .constant {
            if flags.bools[0] != 0, !flags.isNull(0) { chosen.append(contentsOf: open) }
            else { rest.append(contentsOf: open) }
            return
        }
        let flat = flags.form == .flat ? flags : Vector(.bool, capacity: flags.count)
        if flags.form != .flat { flat.fillFlat(from: flags) }
        let bools = flat.bools, words = flat.validity
        for index in 0..<open.count {
            if bools[index] != 0, words.map({ ValidityWords.isValid($0, index) }) ?? true { chosen.append(open[index]) }
            else { rest.append(open[index]) }
        }
    }

    private func assign(_ value: SelectedEvaluator, _ batch: Batch, _ rows: [Int32]) throws {
        try rows.withUnsafeBufferPointer { rows in
            output.assign(try value.evaluate(batch, rows), to: rows)
        }
    }
}

/// COALESCE (IFNULL, NVL): the first argument that is not NULL; later ones are evaluated only for rows still NULL.
final class CoalesceNode: ExpressionEvaluator {
    private let terms: [SelectedEvaluator]
    private let output: RowAssembler
    private var open: [Int32] = []
    private var rest: [Int32] = []
    private var found: [Int32] = []
    private var sources: [Int32] = []
    private let picked: Vector

    init(_ terms: [CompiledNode], outputType: PhysicalType, elementType: PhysicalType?) {
        self.terms = terms.map(SelectedEvaluator.init)
        output = RowAssembler(outputType, elementType: elementType)
        picked = Vector(outputType, child: elementType.map { Vector($0) })
    }

    override func evaluate(_ batch: Batch) throws -> Vector {
        let rows = batch.rowCount
        let first = try terms[0].evaluateAll(batch)
        guard first.hasNulls, rows > 0 else { return first }
        output.begin(rows)
        open.removeAll(keepingCapacity: true)
        for row in 0..<rows { open.append(Int32(truncatingIfNeeded: row)) }
        deal(first)
        for term in terms.dropFirst() {
            if open.isEmpty { break }
            deal(try open.withUnsafeBufferPointer { try term.evaluate(batch, $0) })
        }
        if !open.isEmpty {
            let null = Vector(output.physicalType, capacity: 1, child: picked.child)
            null.fillConstant(.null)
            null.count = open.count
            open.withUnsafeBufferPointer { output.assign(null, to: $0) }
        }
        return output.finish()
    }

    /// Takes the values of `vector`, one for each open row, that are not NULL.
    private func deal(_ vector: Vector) {
        guard vector.hasNulls else {
            open.withUnsafeBufferPointer { output.assign(vector, to: $0) }
            open.removeAll(keepingCapacity: true)
            return
        }
        found.removeAll(keepingCapacity: true)
        sources.removeAll(keepingCapacity: true)
        rest.removeAll(keepingCapacity: true)
        for index in open.indices {
            if vector.isNull(index) {
                rest.append(open[index])
            } else {
                found.append(open[index])
                sources.append(Int32(truncatingIfNeeded: index))
            }
        }
        if !found.isEmpty {
            sources.withUnsafeBufferPointer { picked.gather(vector, $0) }
            found.withUnsafeBufferPointer { output.assign(picked, to: $0) }
        }
        swap(&open, &rest)
    }
}
