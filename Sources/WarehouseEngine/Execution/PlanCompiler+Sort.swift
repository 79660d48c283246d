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
            TopNOperator(input: wide.source, keys: columns, limit: limit, outputCount: count,
                         bound: try zoneBound(input, wide, columns[0], limit))
        } else {
            SortOperator(input: wide.source, keys: columns, outputCount: count)
        }
        return input.through(source, rowBound: [input.rowBound, limit].compactMap(\.self).min())
    }

    /// A bound on the first key that the table's scan skips zones by, where that key is one of its integer columns.
    private func zoneBound(_ input: Relation, _ wide: Relation, _ key: SortColumn, _ limit: Int) throws -> ZoneBound? {
        guard limit > 0, key.column < input.columns.count, let scan = input.scan, let place = scan.places[key.column],
              case .plain = key.order, [.int32, .int64].contains(wide.bindings[key.column].physicalType),
              wide.bindings[key.column].physicalType == scan.source.outputTypes[place] else { return nil }
        let bound = ZoneBound(column: place, isDescending: key.isDescending, keepsNulls: key.nullsFirst)
        try scan.source.skipZones(by: bound, limit: limit)
        return bound
    }

    func sortColumns(_ keys: [SortKey], _ places: [Int]) -> [SortColumn] {
        zip(keys, places).map { key, place in
            SortColumn(column: place, isDescending: key.isDescending, nullsFirst: key.nullsFirst,
                       order: SortColumn.ValueOrder(key.expression.type))
        }
    }
}
