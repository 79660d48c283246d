import WarehouseBasics
import WarehouseColumns
import WarehousePlan

extension ExpressionCompiler {
    func comparison(_ op: ComparisonOperator, _ left: CompiledNode, _ right: CompiledNode) throws -> CompiledNode {
        var type = left.type == .null ? right.type : left.type
        // The planner gives both sides one scale; were they to differ, neither may lose digits.
        if case .number(_, let a) = left.type, case .number(_, let b) = right.type, a < b { type = right.type }
        let sides = comparable([try typed(left, as: type), try typed(right, as: type)], as: type)
        let a = sides[0], b = sides[1]
        guard a.physicalType == b.physicalType else {
            throw WarehouseError(.internalFault, "Comparison of \(left.type) with \(right.type).")
        }
        if let known = rangeAnswer(op, a, b) { return known }
        let domain = ExpressionCompiler.domain(of: type, a.physicalType)
        if op == .distinct || op == .notDistinct {
            return try kernelNode([a, b], type: .boolean, physicalType: .bool, mayBeNull: false) {
                DistinctKernel(domain, isDistinct: op == .distinct)
            }
        }
        return try kernelNode([a, b], type: .boolean, physicalType: .bool) {
            ComparisonKernel(op, domain)
        }
    }

    /// Values of `type` in one width, in which its `domain` compares them: TIMESTAMP_TZ in the widest, whatever its
    /// bounds.
    func comparable(_ nodes: [CompiledNode], as type: LogicalType) -> [CompiledNode] {
        guard case .timestampTZ = type else { return aligned(nodes) }
        return nodes.map { widened($0, to: .int128) }
    }

    /// What values of `type` held as `physicalType` are compared as.
    static func domain(of type: LogicalType, _ physicalType: PhysicalType) -> ComparisonDomain {
        switch type {
        case .timestampTZ: .zoned
        case .variant, .object, .array(element: nil): .variant
        default: .physical(physicalType)
        }
    }

    /// The answer that the bounds alone give, where neither side can be NULL or fail.
    private func rangeAnswer(_ op: ComparisonOperator, _ a: CompiledNode, _ b: CompiledNode) -> CompiledNode? {
        guard let x = a.range, let y = b.range, !a.mayBeNull, !b.mayBeNull, !a.canFail, !b.canFail,
              !a.isVolatile, !b.isVolatile else { return nil }
        if case .timestampTZ = a.type { return nil }
        let answer: Bool? = switch op {
        case .less: x.high < y.low ? true : x.low >= y.high ? false : nil
        case .lessOrEqual: x.high <= y.low ? true : x.low > y.high ? false : nil
        case .greater: x.low > y.high ? true : x.high <= y.low ? false : nil
        case .greaterOrEqual: x.low >= y.high ? true : x.high < y.low ? false : nil
        case .equal, .notDistinct: x.high < y.low || y.high < x.low ? false : nil
        case .notEqual, .distinct: x.high < y.low || y.high < x.low ? true : nil
        }
        return answer.flatMap { try? constant(.boolean($0), .boolean) }
    }

    /// `value IN (list)`: a NULL in the list makes a miss NULL.
    func inList(_ value: BoundExpression, _ list: [BoundExpression], negated: Bool) throws -> CompiledNode {
        let compiled = try compile(value)
        let operand = comparable([compiled], as: compiled.type)[0]
        let members = try list.map { try compile($0) }
        guard !members.isEmpty else { return try constant(.boolean(negated), .boolean) }
        let domain = ExpressionCompiler.domain(of: operand.type, operand.physicalType)
        let constants = members.compactMap(\.constant)
        guard constants.count == members.count, operand.physicalType != .list,
              let set = ConstantSet(constants, operand, domain: domain)
        else {
            // Members that vary with the row: the OR of equalities, which has IN's NULL rules.
            let equalities = try members.map { try comparison(.equal, operand, $0) }
            return try negatedIf(negated, junctionOfNodes(equalities, isAnd: false))
        }
        let hasNull = constants.contains(.null)
        return try kernelNode([operand], type: .boolean, physicalType: .bool,
                              mayBeNull: operand.mayBeNull || hasNull) {
            InListKernel(set, hasNull: hasNull, negated: negated)
        }
    }

    private func negatedIf(_ negated: Bool, _ node: CompiledNode) throws -> CompiledNode {
        guard negated else { return node }
        return try kernelNode([node], type: .boolean, physicalType: .bool) { NotKernel() }
    }

    /// AND or OR of compiled nodes.
    func junctionOfNodes(_ nodes: [CompiledNode], isAnd: Bool) throws -> CompiledNode {
        guard nodes.count > 1 else { return try nodes.first ?? constant(.boolean(isAnd), .boolean) }
        var node = CompiledNode(
            type: .boolean, physicalType: .bool, mayBeNull: nodes.contains(where: \.mayBeNull),
            canFail: nodes.contains(where: \.canFail), columns: nodes.reduce(into: []) { $0.formUnion($1.columns) }
        ) { ConjunctionNode(nodes, isAnd: isAnd) }
        node.isVolatile = nodes.contains(where: \.isVolatile)
        return try folded(node, nodes)
    }
}
