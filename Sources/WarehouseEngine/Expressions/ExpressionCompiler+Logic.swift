import WarehouseBasics
import WarehouseColumns
import WarehousePlan

extension ExpressionCompiler {
    /// AND or OR.
    func junction(_ terms: [BoundExpression], isAnd: Bool) throws -> CompiledNode {
        var nodes: [CompiledNode] = []
        for term in terms {
            let node = try compileBoolean(term)
            // A neutral constant changes nothing; a deciding one makes later terms unreachable.
            if node.constant == .boolean(isAnd) { continue }
            nodes.append(node)
            if node.constant == .boolean(!isAnd) { break }
        }
        guard nodes.count > 1 else { return try nodes.first ?? constant(.boolean(isAnd), .boolean) }
        if nodes.last?.constant == .boolean(!isAnd), nodes.dropLast().allSatisfy({ !$0.canFail && !$0.isVolatile }) {
            return nodes[nodes.count - 1]
        }
        let fixed = nodes
        var node = CompiledNode(
            type: .boolean, physicalType: .bool, mayBeNull: nodes.contains(where: \.mayBeNull),
            canFail: nodes.contains(where: \.canFail), columns: nodes.reduce(into: []) { $0.formUnion($1.columns) }
        ) { ConjunctionNode(fixed, isAnd: isAnd) }
        node.isVolatile = nodes.contains(where: \.isVolatile)
        return try folded(node, nodes)
    }

    func isNull(_ operand: CompiledNode, negated: Bool) throws -> CompiledNode {
        if !operand.mayBeNull, !operand.canFail, !operand.isVolatile {
            return try constant(.boolean(negated), .boolean)
        }
        let make = operand.make
        var node = CompiledNode(
            type: .boolean, physicalType: .bool, mayBeNull: false, canFail: operand.canFail, columns: operand.columns
        ) { IsNullNode(make(), negated: negated) }
        node.isVolatile = operand.isVolatile
        return try folded(node, [operand])
    }

    func caseWhen(_ branches: [BoundExpression.CaseBranch], _ otherwise: BoundExpression, _ type: LogicalType)
        throws -> CompiledNode {
        var conditions: [CompiledNode] = [], values: [CompiledNode] = []
        var last = try typed(try compile(otherwise), as: type)
        for branch in branches {
            let condition = try compileBoolean(branch.condition)
            if condition.constant == .boolean(false) || condition.isNullConstant { continue }
            let value = try typed(try compile(branch.value), as: type)
            if condition.constant == .boolean(true) {
                last = value
                break
            }
            conditions.append(condition)
            values.append(value)
        }
        return try choice(conditions, values, last, type)
    }

    /// CASE over compiled parts whose values are of `type`.
    func choice(_ conditions: [CompiledNode], _ values: [CompiledNode], _ otherwise: CompiledNode,
                _ type: LogicalType) throws -> CompiledNode {
        let all = aligned(values + [otherwise])
        guard let last = all.last else { return otherwise }
        guard !conditions.isEmpty else { return last }
        let pairs = conditions.indices.map { (condition: conditions[$0], value: all[$0]) }
        let parts = conditions + all
        let physical = last.physicalType, element = ExpressionCompiler.elementType(of: type)
        var node = CompiledNode(
            type: type, physicalType: physical, range: ExpressionCompiler.union(of: all),
            mayBeNull: all.contains(where: \.mayBeNull), canFail: parts.contains(where: \.canFail),
            columns: parts.reduce(into: []) { $0.formUnion($1.columns) }
        ) { CaseNode(pairs, otherwise: last, outputType: physical, elementType: element) }
        node.isVolatile = parts.contains(where: \.isVolatile)
        return try folded(node, parts)
    }

    /// COALESCE over terms of `type`.
    func coalesce(_ terms: [CompiledNode], _ type: LogicalType) throws -> CompiledNode {
        var used: [CompiledNode] = []
        for term in terms where !term.isNullConstant {
            used.append(try typed(term, as: type))
            if !term.mayBeNull { break }
        }
        guard used.count > 1 else { return try used.first ?? null(type) }
        let all = aligned(used)
        let physical = all[0].physicalType, element = ExpressionCompiler.elementType(of: type)
        var node = CompiledNode(
            type: type, physicalType: physical, range: ExpressionCompiler.union(of: all),
            mayBeNull: all.allSatisfy(\.mayBeNull), canFail: all.contains(where: \.canFail),
            columns: all.reduce(into: []) { $0.formUnion($1.columns) }
        ) { CoalesceNode(all, outputType: physical, elementType: element) }
        node.isVolatile = all.contains(where: \.isVolatile)
        return try folded(node, all)
    }

    /// Bounds of a value that is one of several.
    static func union(of nodes: [CompiledNode]) -> ValueRange? {
        var result: ValueRange?
        for node in nodes where !node.isNullConstant {
            guard let range = node.range else { return nil }
            result = result.map { $0.union(range) } ?? range
        }
        return result ?? nodes.first?.range
    }
}

/// IS NULL and IS NOT NULL.
final class IsNullNode: ExpressionEvaluator {
    private let operand: ExpressionEvaluator
    private let negated: Bool
    private let output = Vector(.bool)

    init(_ operand: ExpressionEvaluator, negated: Bool) {
        self.operand = operand
        self.negated = negated
    }

    override func evaluate(_ batch: Batch) throws -> Vector {
        let vector = try operand.evaluate(batch)
        let rows = batch.rowCount
        guard let words = vector.validity, vector.form != .constant else {
            output.beginConstant(rows: rows)
            output.bools[0] = vector.isNull(0) != negated ? 1 : 0
            return output
        }
        output.beginFlat(rows)
        let target = output.bools
        let flip: UInt64 = negated ? 0 : 1
        for row in 0..<rows {
            target[row] = UInt8(truncatingIfNeeded: (words[row &>> 6] &>> UInt64(row & 63) ^ flip) & 1)
        }
        return output
    }
}
