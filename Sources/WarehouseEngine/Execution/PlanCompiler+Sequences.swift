import WarehouseBasics
import WarehousePlan

extension PlanCompiler {
    /// SEQ1 … SEQ8 within other expressions become columns of the input: a branch of CASE is computed for some rows
    /// only, but the numbers count all.
    func countingAllRows(_ input: Relation, _ projections: [Projection]) throws -> (Relation, [Projection]) {
        var calls: [BoundExpression] = []
        for projection in projections where !projection.expression.isSequence { projection.expression.addSequences(&calls) }
        guard !calls.isEmpty else { return (input, projections) }
        let (counted, places) = try extended(input, calls)
        let columns = Dictionary(zip(calls, places.map { counted.columns[$0] }), uniquingKeysWith: { first, _ in first })
        let replaced = projections.map { projection in
            projection.expression.isSequence ? projection
                : Projection(projection.column, projection.expression.replacingSequences(columns))
        }
        return (counted, replaced)
    }
}

extension BoundExpression {
    fileprivate var isSequence: Bool {
        if case .call("SEQ", _, _) = self { return true }
        return false
    }

    fileprivate func addSequences(_ calls: inout [BoundExpression]) {
        if isSequence { return calls.append(self) }
        for operand in operands { operand.addSequences(&calls) }
    }

    fileprivate func replacingSequences(_ columns: [BoundExpression: PlanColumn]) -> BoundExpression {
        if let column = columns[self] { return .column(column) }
        let operands = operands
        return operands.isEmpty ? self : withOperands(operands.map { $0.replacingSequences(columns) })
    }
}
