import WarehouseBasics

/// COUNT, MIN and MAX over a whole table, answered from what the table knows of itself: no row is read. The count of
/// 20 million ratings takes 0.1 ms instead of 5.
struct AnswerFromStatistics: OptimizerRule {
    let name = "answer from statistics"

    func apply(_ plan: LogicalPlan, _ context: OptimizerContext) throws -> LogicalPlan {
        plan.mapped { node in
            guard case .aggregate(let aggregate) = node, aggregate.groups.isEmpty, !aggregate.aggregates.isEmpty,
                  let source = Source(aggregate.input) else { return node }
            var values: [BoundExpression] = []
            for call in aggregate.aggregates {
                guard let value = source.answer(call) else { return node }
                values.append(.constant(Constant(value, call.column.type)))
            }
            return .values(LogicalValues(columns: aggregate.aggregates.map(\.column), rows: [values]))
        }
    }

    /// A table read whole, under whatever names.
    private struct Source {
        var table: any CatalogTable
        /// Table columns by the ids that the aggregate names them with.
        var columns: [ColumnID: Int] = [:]

        init?(_ plan: LogicalPlan) {
            switch plan {
            case .scan(let scan):
                guard scan.filters.isEmpty, scan.table.exactRowCount != nil else { return nil }
                table = scan.table
                for column in scan.columns where column.tableColumn >= 0 {
                    columns[column.column.id] = column.tableColumn
                }
            case .project(let input, let projections):
                guard let below = Source(input) else { return nil }
                table = below.table
                for projection in projections {
                    if case .column(let column) = projection.expression {
                        columns[projection.column.id] = below.columns[column.id]
                    }
                }
            case .sort(let input, _):
                guard let below = Source(input) else { return nil }
                self = below
            default: return nil
            }
        }

        /// The aggregate's value; nil where the statistics do not tell.
        func answer(_ call: AggregateCall) -> ScalarValue? {
            guard let rows = table.exactRowCount, call.order.isEmpty else { return nil }
            if call.function == "COUNT_STAR" { return .integer(Int128(rows)) }
            guard call.arguments.count == 1, case .column(let column) = call.arguments[0],
                  let index = columns[column.id] else { return nil }
            let known = table.statistics(ofColumn: index)
            switch call.function {
            case "COUNT" where !call.isDistinct:
                return known.nullCount.map { .integer(Int128(rows - $0)) }
            case "MIN": return bound(known.low, known, column.type, call, rows)
            case "MAX": return bound(known.high, known, column.type, call, rows)
            default: return nil
            }
        }

        private func bound(_ value: Int128?, _ known: ColumnStatistics, _ type: LogicalType, _ call: AggregateCall,
                           _ rows: Int) -> ScalarValue? {
            guard known.areBoundsExact, type.isSameForm(as: call.column.type) else { return nil }
            switch type {
            case .number, .date, .time, .timestampNTZ, .timestampLTZ: break
            // Of two equal instants with different offsets the first row's counts.
            default: return nil
            }
            if let value { return .integer(value) }
            return rows == known.nullCount ? .null : nil
        }
    }
}
