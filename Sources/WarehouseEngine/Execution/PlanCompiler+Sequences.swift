import WarehouseBasics
import WarehousePlan

extension PlanCompiler {
    /// SEQ1 … SEQ8 and RANDOM of a seed within other expressions become columns of the input: a branch of CASE is computed
    /// for some rows only, but the numbers count all. So do those beside other expressions, since a batch for which these
    /// make too much is cut and computed again.
    func countingAllRows(_ input: Relation, _ projections: [Projection]) throws -> (Relation, [Projection]) {
        let isComputedOnce = projections.allSatisfy { $0.expression.countsRows || $0.expression.operands.isEmpty }
        var calls: [BoundExpression] = []
        for projection in projections where !(isComputedOnce && projection.expression.countsRows) {
            projection.expression.addCounts(&calls)
        }
        guard !calls.isEmpty else { return (input, projections) }
        let (counted, places) = try extended(input, calls)
        let columns = Dictionary(zip(calls, places.map { counted.columns[$0] }), uniquingKeysWith: { first, _ in first })
        let replaced = projections.map { projection in
            isComputedOnce && projection.expression.countsRows ? projection
                : Projection(projection.column, projection.expression.replacingCounts(columns))
        }
        return (counted, replaced)
    }
}

extension BoundExpression {
    /// Whether its value is that of the row's number.
    fileprivate var countsRows: Bool {
        switch self {
        case .call("SEQ", _, _): true
        case .call("RANDOM", let arguments, _): !arguments.isEmpty
        default: false
        }
    }

    fileprivate func addCounts(_ calls: inout [BoundExpression]) {
        if countsRows { return calls.append(self) }
        for operand in operands { operand.addCounts(&calls) }
    }

    fileprivate func replacingCounts(_ columns: [BoundExpression: PlanColumn]) -> BoundExpression {
        if let column = columns[self] { return .column(column) }
        let operands = operands
        return operands.isEmpty ? self : withOperands(operands.map { $0.replacingCounts(columns) })
    }
}
