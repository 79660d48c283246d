import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// An expression made ready to run over batches of one layout. Shared by threads; each makes its own evaluator.
public final class CompiledExpression: Sendable {
    public let logicalType: LogicalType
    /// Physical type of every vector that evaluators put out.
    public let physicalType: PhysicalType
    /// Bounds of the values, of integer-held types; always known there.
    public let range: ValueRange?
    public let mayBeNull: Bool
    /// The value, where it is the same for all rows.
    public let constant: ScalarValue?
    /// Index of the batch column this expression is, without change.
    public let columnIndex: Int?
    /// Whether evaluating may raise an error for some value.
    public let canFail: Bool
    let node: CompiledNode

    /// - Parameters:
    ///   - input: the columns that `expression` may name; a column it lacks is a fault of the caller.
    ///   - width: the integer width to put out instead of the one found (at least as wide), so that two sides of a
    ///     join or a union agree; ignored for other types.
    /// Throws `unsupported` for a function without kernel, and errors in constant patterns, formats and parts.
    public init(_ expression: BoundExpression, input: InputLayout, context: QueryContext,
                as width: PhysicalType? = nil) throws {
        let compiler = ExpressionCompiler(input: input, context: context)
        var node = try compiler.compile(expression)
        if let width, width.isInteger, node.physicalType.isInteger, width.rawValue > node.physicalType.rawValue {
            node = compiler.widened(node, to: width)
        }
        self.node = node
        logicalType = node.type
        physicalType = node.physicalType
        range = node.range
        mayBeNull = node.mayBeNull
        constant = node.constant
        columnIndex = node.columnIndex
        canFail = node.canFail
    }

    /// A new evaluator with buffers of its own, for one thread.
    public func makeEvaluator() -> ExpressionEvaluator { node.make() }
}

/// Computes one expression batch after batch, in buffers it reuses. One thread at a time.
public class ExpressionEvaluator {
    init() {}

    /// The value for each row, in any form, `batch.rowCount` long. Valid until the next `evaluate` of this evaluator
    /// and as long as the batch itself. Columns come back as the batch's own vectors.
    public func evaluate(_ batch: Batch) throws -> Vector {
        preconditionFailure("an evaluator without evaluate")
    }
}
