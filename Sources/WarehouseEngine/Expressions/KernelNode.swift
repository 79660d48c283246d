import WarehouseBasics
import WarehouseColumns

/// Runs a kernel over its arguments in whatever form they come: once for constants, once per run, once per
/// dictionary for a dictionary with fixed arguments, else over flat rows.
final class KernelNode: ExpressionEvaluator {
    private let children: [ExpressionEvaluator]
    /// Children whose value is the same in every batch. Others may put out a constant vector, too: of each batch its own.
    private let isFixed: [Bool]
    private let kernel: ScalarKernel
    private let output: Vector
    private var inputs: [Vector] = []
    private var scratch: [Vector?]
    private let isVolatile: Bool
    private var dictionaries: DictionaryCache
    private let outputType: PhysicalType
    private let elementType: PhysicalType?

    init(_ kernel: ScalarKernel, _ children: [ExpressionEvaluator], outputType: PhysicalType,
         elementType: PhysicalType? = nil, isVolatile: Bool = false) {
        self.kernel = kernel
        self.children = children
        isFixed = children.map { $0 is ConstantNode }
        self.outputType = outputType
        self.elementType = elementType
        self.isVolatile = isVolatile
        output = KernelNode.makeVector(outputType, elementType)
        scratch = Array(repeating: nil, count: children.count)
        dictionaries = DictionaryCache()
        inputs.reserveCapacity(children.count)
    }

    private static func makeVector(_ type: PhysicalType, _ element: PhysicalType?, capacity: Int = Vector.standardCapacity)
        -> Vector {
        Vector(type, capacity: capacity, child: element.map { Vector($0) })
    }

    override func evaluate(_ batch: Batch) throws -> Vector {
        let rows = batch.rowCount
        inputs.removeAll(keepingCapacity: true)
        var varying = -1, varyingCount = 0
        for (index, child) in children.enumerated() {
            let vector = try child.evaluate(batch)
            inputs.append(vector)
            if vector.form != .constant {
                varying = index
                varyingCount += 1
            }
        }
        if rows == 0 {
            output.beginFlat(0)
            return output
        }
        if varyingCount == 0, !isVolatile { return try evaluateConstant(rows) }
        if varyingCount == 1, !isVolatile {
            let only = inputs[varying]
            if only.form == .runs { return try evaluateRuns(only, varying, rows) }
            if only.form == .dictionary, kernel.isStrict, isFixed.indices.allSatisfy({ $0 == varying || isFixed[$0] }),
               let result = try evaluateDictionary(only, varying, rows) { return result }
        }
        for index in inputs.indices where inputs[index].form != .flat && inputs[index].form != .constant {
            inputs[index] = flatten(inputs[index], index)
        }
        if let dictionary = kernel.dictionary, !isVolatile, inputs.allSatisfy({ !$0.hasNulls }) {
            output.beginDictionary(dictionary, count: rows)
            if kernel.run(inputs, codes: output.codes, count: rows) { return output }
        }
        output.beginFlat(rows)
        try run(inputs, output, rows)
        return output
    }

    private func flatten(_ vector: Vector, _ index: Int) -> Vector {
        let target = scratch[index] ?? Vector(vector.physicalType, child: vector.valueHolder.child.map {
            Vector($0.physicalType)
        })
        scratch[index] = target
        return vector.flattened(into: target)
    }

    private func run(_ inputs: [Vector], _ output: Vector, _ count: Int) throws {
        if kernel.isStrict { for input in inputs { output.intersectValidity(with: input, count: count) } }
        try kernel.run(inputs, into: output, count: count)
        output.blankNullStrings(count)
    }

    private func evaluateConstant(_ rows: Int) throws -> Vector {
        output.beginConstant(rows: rows)
        output.storeZero(at: 0)
        if kernel.isStrict, inputs.contains(where: { $0.isNull(0) }) {
            output.setNull(0)
            return output
        }
        try kernel.run(inputs, into: output, count: 1)
        return output
    }

    /// Once per run: run values are lent to the kernel as a flat vector.
    private func evaluateRuns(_ source: Vector, _ index: Int, _ rows: Int) throws -> Vector {
        let runs = source.runCount
        let lent = Vector(source.physicalType, borrowing: source.values, count: runs, owner: source,
                          child: source.child)
        lent.takeOwners(of: source)
        inputs[index] = lent
        let result = KernelNode.makeVector(outputType, elementType, capacity: runs)
        result.beginFlat(runs)
        try run(inputs, result, runs)
        result.normalizeValidity()
        if result.hasNulls || outputType == .list {
            expandRuns(result, source, rows)
        } else {
            output.beginRuns(runs, rows: rows)
            output.takeOwners(of: result)
            output.values.copyMemory(from: result.values, byteCount: runs * outputType.stride)
            output.runEnds.update(from: source.runEnds, count: runs)
        }
        return output
    }

    private func expandRuns(_ result: Vector, _ source: Vector, _ rows: Int) {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: max(1, rows)) { selection in
            var row = 0
            for run in 0..<source.runCount {
                while row < Int(source.runEnds[run]) {
                    selection[row] = Int32(truncatingIfNeeded: run)
                    row += 1
                }
            }
            output.gather(result, UnsafeBufferPointer(rebasing: selection[..<rows]))
        }
    }

    /// Once per dictionary, where its entries are not many more than the rows; nil: do it over rows.
    private func evaluateDictionary(_ source: Vector, _ index: Int, _ rows: Int) throws -> Vector? {
        guard let dictionary = source.dictionary else { return nil }
        guard dictionaries.isWorthMapping(dictionary, rows: rows) else { return nil }
        let mapped: MappedDictionary
        if let known = dictionaries.mapped(dictionary) {
            mapped = known
        } else {
            let made = try? map(dictionary, index)
            dictionaries.store(made, for: dictionary)
            // An entry that raises an error may be one no row uses: row by row tells.
            guard let made else { return nil }
            mapped = made
        }
        mapped.apply(source, rows: rows, into: output)
        return output
    }

    private func map(_ dictionary: Vector, _ index: Int) throws -> MappedDictionary {
        var arguments = inputs
        arguments[index] = dictionary
        let count = dictionary.count
        let result = KernelNode.makeVector(outputType, elementType, capacity: max(1, count))
        result.beginFlat(count)
        try run(arguments, result, count)
        result.takeOwners(of: dictionary)
        result.owners.append(dictionary)
        return MappedDictionary(result, source: dictionary)
    }
}
