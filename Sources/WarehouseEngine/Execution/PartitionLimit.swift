import WarehouseBasics
import WarehousePlan

/// How many rows of each partition a condition above a window wants.
enum PartitionLimit {
    /// The k of `ROW_NUMBER() … <= k` or `RANK() … <= k`, where the window has nothing but such numbers: what they are
    /// of a row depends on the rows before it and its peers only.
    static func limit(_ plan: LogicalPlan, _ condition: BoundExpression) -> Int? {
        guard case .window(let window) = plan, !window.order.isEmpty,
              window.calls.allSatisfy({ ["ROW_NUMBER", "RANK", "DENSE_RANK"].contains($0.function) }) else { return nil }
        let numbers = Set(window.calls.filter { $0.function != "DENSE_RANK" }.map(\.column.id))
        let limits = condition.conjuncts.compactMap { bound($0, numbers) }
        guard let least = limits.min(), least >= 1, least <= PartitionTopOperator.maximumRows else { return nil }
        return least
    }

    private static func bound(_ condition: BoundExpression, _ numbers: Set<ColumnID>) -> Int? {
        guard case .comparison(var comparison, var left, var right) = condition else { return nil }
        if left.isConstant { (comparison, left, right) = (comparison.mirrored, right, left) }
        guard isNumber(left, numbers), case .constant(let constant) = right, case .integer(let value) = constant.value,
              constant.type.scale == 0, let limit = Int(exactly: value) else { return nil }
        switch comparison {
        case .equal, .lessOrEqual, .notDistinct: return limit
        case .less: return limit > .min ? limit - 1 : nil
        default: return nil
        }
    }

    private static func isNumber(_ expression: BoundExpression, _ numbers: Set<ColumnID>) -> Bool {
        switch expression {
        case .column(let column): return numbers.contains(column.id)
        case .cast(let operand, .number(_, 0), _): return isNumber(operand, numbers)
        default: return false
        }
    }
}
