import WarehouseBasics
import WarehouseColumns

/// One compiled expression: what is known of its values, and how to make evaluators for it.
struct CompiledNode: Sendable {
    var type: LogicalType
    var physicalType: PhysicalType
    /// Known for every integer-held type.
    var range: ValueRange?
    var mayBeNull: Bool
    /// Whether some row's value may raise an error. Then rows that SQL does not evaluate must not reach it.
    var canFail: Bool
    /// The value, where it is the same for all rows and needs no input.
    var constant: ScalarValue?
    /// Whether it gives another value each time (RANDOM): never folded, never computed once for many rows.
    var isVolatile = false
    /// Batch columns it reads.
    var columns: Set<Int>
    /// The batch column it is, unchanged.
    var columnIndex: Int?
    /// The integer that it is a multiple of, for those that can do with the smaller one.
    var multiple: IntegerMultiple?
    /// What kind of operation its root is, for compilation only.
    let make: @Sendable () -> ExpressionEvaluator

    init(
        type: LogicalType, physicalType: PhysicalType, range: ValueRange? = nil, mayBeNull: Bool = true,
        canFail: Bool = false, constant: ScalarValue? = nil, columns: Set<Int> = [],
        make: @escaping @Sendable () -> ExpressionEvaluator
    ) {
        self.type = type
        self.physicalType = physicalType
        self.range = range ?? (physicalType.isInteger ? ValueRange.of(type) ?? ValueRange.of(physicalType) : nil)
        self.mayBeNull = mayBeNull
        self.canFail = canFail
        self.constant = constant
        self.columns = columns
        self.make = make
    }

    /// The same, with `wrap` around each evaluator where some row's value may raise an error.
    func evaluated(by wrap: @escaping @Sendable (ExpressionEvaluator) -> ExpressionEvaluator) -> CompiledNode {
        guard canFail else { return self }
        let make = make
        var node = CompiledNode(type: type, physicalType: physicalType, range: range, mayBeNull: mayBeNull, canFail: true,
                                constant: constant, columns: columns) { wrap(make()) }
        node.isVolatile = isVolatile
        return node
    }

    var isConstant: Bool { constant != nil }
    var isNullConstant: Bool { constant == .null }

    /// The integer of a constant.
    var constantInteger: Int128? {
        if case .integer(let value) = constant { return value }
        return nil
    }

    /// The text of a constant.
    var constantBytes: [UInt8]? {
        if case .bytes(let bytes) = constant { return bytes }
        return nil
    }
}

/// `node` times `factor`, which never leaves 64 bits.
final class IntegerMultiple: Sendable {
    let node: CompiledNode
    let factor: Int64

    init(_ node: CompiledNode, factor: Int64) {
        self.node = node
        self.factor = factor
    }
}
