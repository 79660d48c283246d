import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// A BOOLEAN expression made ready to select rows. Shared by threads.
public final class CompiledPredicate: Sendable {
    private let node: CompiledNode

    /// As `CompiledExpression.init`; `expression` is BOOLEAN.
    public init(_ expression: BoundExpression, input: InputLayout, context: QueryContext) throws {
        let compiler = ExpressionCompiler(input: input, context: context)
        node = try compiler.compile(expression)
        guard node.physicalType == .bool else {
            throw WarehouseError(.internalFault, "A predicate of type \(expression.type) is not BOOLEAN.")
        }
    }

    /// The AND of several predicates; of none, TRUE.
    public convenience init(allOf expressions: [BoundExpression], input: InputLayout, context: QueryContext) throws {
        let whole: BoundExpression = switch expressions.count {
        case 0: .constant(.boolean(true))
        case 1: expressions[0]
        default: .conjunction(expressions)
        }
        try self.init(whole, input: input, context: context)
    }

    /// TRUE for every row, FALSE (or NULL) for every row, or nil: depends on the row.
    public var constantAnswer: Bool? {
        switch node.constant {
        case .boolean(let answer): answer
        case .null: false
        default: nil
        }
    }

    /// A new evaluator with buffers of its own, for one thread.
    public func makeEvaluator() -> PredicateEvaluator { PredicateEvaluator(node.make()) }
}

/// Selects the rows of one batch after another. One thread at a time.
public final class PredicateEvaluator {
    private let evaluator: ExpressionEvaluator
    private lazy var slices = BatchSlices()
    private var isSlicing = false

    init(_ evaluator: ExpressionEvaluator) { self.evaluator = evaluator }

    /// Writes the indexes of the rows for which the predicate is TRUE, ascending, and returns their count.
    /// `selection` has room for `batch.rowCount`.
    public func select(_ batch: Batch, into selection: UnsafeMutablePointer<Int32>) throws -> Int {
        if isSlicing, !slices.admits(batch.rowCount) { return try selectSlices(batch, into: selection) }
        do {
            return RowSelection.rows(whereTrue: try evaluator.evaluate(batch), count: batch.rowCount, into: selection)
        } catch is BatchOverflow {
            isSlicing = true
            return try selectSlices(batch, into: selection)
        }
    }

    private func selectSlices(_ batch: Batch, into selection: UnsafeMutablePointer<Int32>) throws -> Int {
        var found = 0, latest = 0
        _ = try slices.run(batch, evaluate: { slice in
            latest = RowSelection.rows(whereTrue: try evaluator.evaluate(slice), count: slice.rowCount,
                                       into: selection + found)
        }, then: { _, start in
            for index in found..<(found + latest) { selection[index] += Int32(truncatingIfNeeded: start) }
            found += latest
            return true
        })
        return found
    }
}

/// Turns BOOLEAN vectors into row indexes.
enum RowSelection {
    /// Indexes of rows that are TRUE, ascending; `selection` has room for `count`.
    static func rows(whereTrue flags: Vector, count: Int, into selection: UnsafeMutablePointer<Int32>) -> Int {
        switch flags.form {
        case .flat: return flat(flags.bools, flags.validity, count, selection)
        case .constant:
            guard flags.bools[0] != 0, !flags.isNull(0) else { return 0 }
            for row in 0..<count { selection[row] = Int32(truncatingIfNeeded: row) }
            return count
        case .runs: return runs(flags, selection)
        case .dictionary:
            let flat = Vector(.bool, capacity: count)
            flat.fillFlat(from: flags)
            return rows(whereTrue: flat, count: count, into: selection)
        }
    }

    private static func flat(
        _ flags: UnsafePointer<UInt8>, _ validity: UnsafePointer<UInt64>?, _ count: Int,
        _ selection: UnsafeMutablePointer<Int32>
    ) -> Int {
        var found = 0
        if let validity {
            for row in 0..<count {
                selection[found] = Int32(truncatingIfNeeded: row)
                let valid = validity[row &>> 6] &>> UInt64(row & 63)
                found &+= Int(UInt64(flags[row]) & valid & 1)
            }
        } else {
            for row in 0..<count {
                selection[found] = Int32(truncatingIfNeeded: row)
                found &+= Int(flags[row] & 1)
            }
        }
        return found
    }

    private static func runs(_ flags: Vector, _ selection: UnsafeMutablePointer<Int32>) -> Int {
        let values = flags.bools, ends = flags.runEnds
        var found = 0
        var row: Int32 = 0
        for run in 0..<flags.runCount {
            let end = ends[run]
            if values[run] != 0 {
                while row < end {
                    selection[found] = row
                    found &+= 1
                    row &+= 1
                }
            }
            row = end
        }
        return found
    }
}
