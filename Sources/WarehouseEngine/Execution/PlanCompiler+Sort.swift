import WarehouseBasics
import WarehouseColumns
import WarehousePlan

extension PlanCompiler {
    /// `limit`: only so many rows are wanted, at most `TopNOperator.maximumRows`.
    func compileSort(_ plan: LogicalPlan, _ keys: [SortKey], limit: Int?) throws -> Relation {
        let input = try compile(plan)
        // A constant orders nothing.
        let used = keys.filter { !$0.expression.isConstant }
        guard !used.isEmpty else { return input }
        let (wide, places) = try extended(input, used.map(\.expression))
        let columns = sortColumns(used, places)
        let count = input.columns.count
        let source: any PhysicalOperator = if let limit {
            TopNOperator(input: wide.source, keys: columns, limit: limit, outputCount: count)
        } else {
            SortOperator(input: wide.source, keys: columns, outputCount: count)
        }
        return input.through(source, rowBound: [input.rowBound, limit].compactMap(\.self).min())
    }

    func sortColumns(_ keys: [SortKey], _ places: [Int]) -> [SortColumn] {
        zip(keys, places).map { key, place in
            SortColumn(column: place, isDescending: key.isDescending, nullsFirst: key.nullsFirst,
                       order: SortColumn.ValueOrder(key.expression.type))
        }
    }
}
