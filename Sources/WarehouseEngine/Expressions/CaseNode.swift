import WarehouseColumns

/// CASE: rows are dealt to the first branch whose condition is TRUE, and each value is evaluated for its own rows.
/// All values have the output's physical type.
final class CaseNode: ExpressionEvaluator {
    private let branches: [(condition: SelectedEvaluator, value: SelectedEvaluator)]
    private let otherwise: SelectedEvaluator
    private let output: RowAssembler
    @exclusivity(unchecked) private var remaining = OpenRows()
    @exclusivity(unchecked) private var chosen = OpenRows()
    @exclusivity(unchecked) private var rest = OpenRows()

    init(_ branches: [(condition: CompiledNode, value: CompiledNode)], otherwise: CompiledNode,
         outputType: PhysicalType, elementType: PhysicalType?) {
        self.branches = branches.map { (SelectedEvaluator($0.condition), SelectedEvaluator($0.value)) }
        self.otherwise = SelectedEvaluator(otherwise)
        output = RowAssembler(outputType, elementType: elementType)
    }

    override func evaluate(_ batch: Batch) throws -> Vector {
        let rows = batch.rowCount
        remaining.fill(rows)
        output.begin(rows)
        for branch in branches {
            if remaining.count == 0 { break }
            let open = remaining.rows
            split(open, by: try branch.condition.evaluate(batch, open))
            swap(&remaining, &rest)
            if chosen.count > 0 { output.assign(try branch.value.evaluate(batch, chosen.rows), to: chosen.rows) }
        }
        if remaining.count > 0 { output.assign(try otherwise.evaluate(batch, remaining.rows), to: remaining.rows) }
        return output.finish()
    }

    /// Deals `open` into `chosen` (TRUE) and `rest`.
    private func split(_ open: UnsafeBufferPointer<Int32>, by flags: Vector) {
        let count = open.count
        if flags.form == .constant {
            let isTrue = flags.bools[0] != 0 && !flags.isNull(0)
            chosen.assign(open, isTrue ? count : 0)
            rest.assign(open, isTrue ? 0 : count)
            return
        }
        let flat = flags.form == .flat ? flags : Vector(.bool, capacity: count)
        if flags.form != .flat { flat.fillFlat(from: flags) }
        let bools = flat.bools, words = flat.validity
        var yes = 0, no = 0
        chosen.withRoom(count) { chosen in
            rest.withRoom(count) { rest in
                for index in 0..<count {
                    let valid = words.map { UInt8(truncatingIfNeeded: $0[index &>> 6] &>> UInt64(index & 63)) } ?? 1
                    let isTrue = Int(bools[index] & valid & 1)
                    chosen[yes] = open[index]
                    rest[no] = open[index]
                    yes &+= isTrue
                    no &+= 1 &- isTrue
                }
            }
        }
        chosen.count = yes
        rest.count = no
    }
}

/// Row numbers in a buffer that is kept from batch to batch.
final class OpenRows {
    @exclusivity(unchecked) private var storage = UnsafeMutablePointer<Int32>.allocate(capacity: Vector.standardCapacity)
    @exclusivity(unchecked) private var capacity = Vector.standardCapacity
    @exclusivity(unchecked) var count = 0

    deinit { storage.deallocate() }

    /// Valid until the list changes.
    var rows: UnsafeBufferPointer<Int32> { UnsafeBufferPointer(start: storage, count: count) }

    private func reserve(_ needed: Int) {
        guard needed > capacity else { return }
        storage.deallocate()
        capacity = needed
        storage = .allocate(capacity: needed)
    }

    /// Gives `body` room for `room` numbers; the caller sets `count`.
    @inline(__always) func withRoom(_ room: Int, _ body: (UnsafeMutablePointer<Int32>) -> Void) {
        reserve(room)
        body(storage)
    }

    /// 0 to `rows` - 1.
    func fill(_ rows: Int) {
        reserve(rows)
        for row in 0..<rows { storage[row] = Int32(truncatingIfNeeded: row) }
        count = rows
    }

    /// The first `count` of `rows`, another list's.
    func assign(_ rows: UnsafeBufferPointer<Int32>, _ count: Int) {
        reserve(count)
        if let base = rows.baseAddress { storage.update(from: base, count: count) }
        self.count = count
    }
}

/// COALESCE (IFNULL, NVL): the first argument that is not NULL; later ones are evaluated only for rows still NULL.
final class CoalesceNode: ExpressionEvaluator {
    private let terms: [SelectedEvaluator]
    private let output: RowAssembler
    @exclusivity(unchecked) private var open: [Int32] = []
    @exclusivity(unchecked) private var rest: [Int32] = []
    @exclusivity(unchecked) private var found: [Int32] = []
    @exclusivity(unchecked) private var sources: [Int32] = []
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
