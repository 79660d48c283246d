import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// Turns bound expressions into compiled nodes: fixes every width, picks kernels, folds what is constant.
struct ExpressionCompiler {
    let input: InputLayout
    let context: QueryContext

    init(input: InputLayout, context: QueryContext) {
        self.input = input
        self.context = context
    }

    func compile(_ expression: BoundExpression) throws -> CompiledNode {
        try context.checkCancelled()
        switch expression {
        case .constant(let constant): return try self.constant(constant.value, constant.type)
        case .column(let column): return try self.column(column)
        case .call(let name, let arguments, let type):
            if case .lambda(let parameters, let body)? = arguments.last {
                return try higherOrder(name, Array(arguments.dropLast()), parameters, body, type)
            }
            if name == Binder.secureValue { return try secureValue(arguments[0], type) }
            return try call(name, arguments, type)
        case .cast(let operand, let type, let isTry): return try cast(try compile(operand), to: type, isTry: isTry)
        case .comparison(let op, let left, let right):
            return try comparison(op, try compile(left), try compile(right))
        case .conjunction(let terms): return try junction(terms, isAnd: true)
        case .disjunction(let terms): return try junction(terms, isAnd: false)
        case .not(let operand):
            let node = try compileBoolean(operand)
            return try kernelNode([node], type: .boolean, physicalType: .bool, mayBeNull: node.mayBeNull) {
                NotKernel()
            }
        case .isNull(let operand, let negated): return try isNull(try compile(operand), negated: negated)
        case .caseWhen(let branches, let otherwise, let type): return try caseWhen(branches, otherwise, type)
        case .inList(let value, let list, let negated): return try inList(value, list, negated: negated)
        case .lambda: throw WarehouseError(.internalFault, "A lambda stands outside of the call it belongs to.")
        }
    }

    /// A condition; a bare NULL is a BOOLEAN.
    func compileBoolean(_ expression: BoundExpression) throws -> CompiledNode {
        let node = try compile(expression)
        guard node.physicalType == .bool else {
            throw WarehouseError(.internalFault, "A condition of type \(expression.type) is not BOOLEAN.")
        }
        return node
    }

    // MARK: Leaves

    private func column(_ column: PlanColumn) throws -> CompiledNode {
        guard let binding = input[column.id] else {
            throw WarehouseError(.internalFault, "Column \(column.name) \(column.id) is not in the operator's input.")
        }
        var range: ValueRange?
        if binding.physicalType.isInteger {
            let held = ValueRange.of(binding.physicalType) ?? .zero
            let known = binding.range ?? ValueRange.of(column.type) ?? held
            range = known.clamped(to: held)
        }
        let index = binding.index
        var node = CompiledNode(
            type: column.type, physicalType: binding.physicalType, range: range, mayBeNull: binding.mayBeNull,
            columns: [index]) { ColumnNode(index: index) }
        node.columnIndex = index
        return node
    }

    /// A constant in its narrowest width.
    func constant(_ value: ScalarValue, _ type: LogicalType) throws -> CompiledNode {
        if case .array(let element?) = type {
            if case .bytes(let bytes) = value { return try listConstant(bytes, element) }
            let child = element.widestPhysicalType
            return CompiledNode(type: type, physicalType: .list, constant: .null) {
                ConstantNode(.null, physicalType: .list, child: Vector(child))
            }
        }
        var physical = type.widestPhysicalType
        var range: ValueRange?
        if case .integer(let number) = value, type.hasVariableWidth {
            physical = type.physicalType(low: number, high: number)
            range = ValueRange(number, number)
        } else if type.hasVariableWidth {
            physical = .int32
            range = .zero
        }
        let fixed = physical
        return CompiledNode(type: type, physicalType: physical, range: range, mayBeNull: value == .null,
                            constant: value) { ConstantNode(value, physicalType: fixed) }
    }

    func null(_ type: LogicalType) throws -> CompiledNode { try constant(.null, type) }

    // MARK: Building

    /// A node that runs a kernel over `arguments`; folded to a constant when they all are.
    /// - Parameters:
    ///   - range: bounds of an integer-held result.
    ///   - mayBeNull: nil: when an argument may be.
    ///   - raises: whether the kernel itself may raise an error.
    func kernelNode(
        _ arguments: [CompiledNode], type: LogicalType, physicalType: PhysicalType, range: ValueRange? = nil,
        mayBeNull: Bool? = nil, raises: Bool = false, isVolatile: Bool = false,
        kernel: @escaping @Sendable () -> ScalarKernel
    ) throws -> CompiledNode {
        let makers = arguments.map(\.make)
        let elementType = ExpressionCompiler.elementType(of: type)
        var node = CompiledNode(
            type: type, physicalType: physicalType, range: range,
            mayBeNull: mayBeNull ?? arguments.contains(where: \.mayBeNull),
            canFail: raises || arguments.contains(where: \.canFail),
            columns: arguments.reduce(into: []) { $0.formUnion($1.columns) }
        ) {
            KernelNode(kernel(), makers.map { $0() }, outputType: physicalType, elementType: elementType,
                       isVolatile: isVolatile)
        }
        node.isVolatile = isVolatile || arguments.contains(where: \.isVolatile)
        return try folded(node, arguments)
    }

    /// The physical type of the elements of a list.
    static func elementType(of type: LogicalType) -> PhysicalType? {
        if case .array(let element?) = type { return element.widestPhysicalType }
        return nil
    }

    /// The node as a constant when all its arguments are; an error is left for the row that asks for the value.
    func folded(_ node: CompiledNode, _ arguments: [CompiledNode]) throws -> CompiledNode {
        guard !node.isVolatile, node.physicalType != .list, arguments.allSatisfy(\.isConstant) else { return node }
        let row = Batch([], rowCount: 1)
        guard let result = try? node.make().evaluate(row), let value = result.scalar(at: 0) else { return node }
        return try constant(value, node.type)
    }

    /// The same values in another integer type, which their range fits.
    func widened(_ node: CompiledNode, to width: PhysicalType) -> CompiledNode {
        guard node.physicalType != width else { return node }
        let make = node.make, from = node.physicalType
        var result = CompiledNode(
            type: node.type, physicalType: width, range: node.range, mayBeNull: node.mayBeNull, canFail: node.canFail,
            constant: node.constant, columns: node.columns
        ) { KernelNode(WidthKernel(from: from, to: width), [make()], outputType: width) }
        if let value = node.constant {
            let plain = value
            result = CompiledNode(type: node.type, physicalType: width, range: node.range, mayBeNull: node.mayBeNull,
                                  constant: plain) { ConstantNode(plain, physicalType: width) }
        }
        result.isVolatile = node.isVolatile
        return result
    }

    /// All nodes in one width: the widest of them.
    func aligned(_ nodes: [CompiledNode]) -> [CompiledNode] {
        guard nodes.contains(where: { $0.physicalType.isInteger }) else { return nodes }
        let width = nodes.map(\.physicalType).filter(\.isInteger).max { $0.rawValue < $1.rawValue } ?? .int32
        return nodes.map { $0.physicalType.isInteger ? widened($0, to: width) : $0 }
    }

    /// The node as a value of `type`, of which it is already, or a bare NULL.
    func typed(_ node: CompiledNode, as type: LogicalType) throws -> CompiledNode {
        if node.type == .null, type != .null { return try null(type) }
        let isSame = switch (node.type, type) {
        case (.number(_, let own), .number(_, let wanted)): own == wanted
        case (.varchar, .varchar), (.binary, .binary): true
        case (.array(let own), .array(let wanted)): (own == nil) == (wanted == nil)
        default: node.type == type
        }
        return isSame ? node : try cast(node, to: type, isTry: false)
    }
}
