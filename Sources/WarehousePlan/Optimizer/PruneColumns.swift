import WarehouseBasics

/// Reads and computes only what is used above: scans read fewer columns, projections, aggregates, windows and FLATTEN
/// put out fewer.
struct PruneColumns: OptimizerRule {
    let name = "prune columns"

    func apply(_ plan: LogicalPlan, _ context: OptimizerContext) throws -> LogicalPlan {
        let columns = plan.columns
        let pruned = Pruner(context: context).prune(plan, Set(columns.map(\.id)))
        return Pruner.exactly(columns, pruned)
    }
}

private struct Pruner {
    let context: OptimizerContext

    /// `plan` with at least the columns `needed`.
    func prune(_ plan: LogicalPlan, _ needed: Set<ColumnID>) -> LogicalPlan {
        switch plan {
        case .scan(let scan): return .scan(pruned(scan, needed))
        case .values(let values): return .values(pruned(values, needed))
        case .filter(let input, let condition):
            return .filter(prune(input, needed.union(condition.columnIDs)), condition)
        case .project(let input, let projections):
            let kept = projections.filter { needed.contains($0.column.id) }
            return .project(prune(input, used(kept.map(\.expression))), kept)
        case .aggregate(let aggregate): return .aggregate(pruned(aggregate, needed))
        case .join(let join): return .join(pruned(join, needed))
        case .sort(let input, let keys):
            return .sort(prune(input, needed.union(used(keys.map(\.expression)))), keys)
        case .limit(let input, let limit, let offset):
            return .limit(prune(input, needed), limit: limit, offset: offset)
        case .window(let window): return pruned(window, needed)
        case .unionAll(let inputs, let columns): return pruned(inputs, columns, needed)
        case .distinct(let input): return .distinct(whole(input))
        case .setOperation(let kind, let left, let right, let columns):
            return .setOperation(kind, whole(left), whole(right), columns: columns)
        case .flatten(let flatten): return .flatten(pruned(flatten, needed))
        case .singleRow(let input): return .singleRow(prune(input, needed))
        case .recursion(var recursion):
            recursion.anchor = whole(recursion.anchor)
            recursion.step = whole(recursion.step)
            return .recursion(recursion)
        case .shared: return plan
        }
    }

    private func used(_ expressions: [BoundExpression]) -> Set<ColumnID> {
        expressions.reduce(into: Set<ColumnID>()) { $1.collectColumns(into: &$0) }
    }

    /// An input that keeps all of its columns, and no others.
    private func whole(_ input: LogicalPlan) -> LogicalPlan {
        let columns = input.columns
        return Self.exactly(columns, prune(input, Set(columns.map(\.id))))
    }

    /// The plan with exactly these columns in this order.
    static func exactly(_ columns: [PlanColumn], _ plan: LogicalPlan) -> LogicalPlan {
        if plan.columns.map(\.id) == columns.map(\.id) { return plan }
        return .project(plan, columns.map { Projection($0, .column($0)) })
    }

    private func pruned(_ scan: LogicalScan, _ needed: Set<ColumnID>) -> LogicalScan {
        let wanted = needed.union(used(scan.filters))
        var result = scan
        result.columns = scan.columns.filter { wanted.contains($0.column.id) }
        if result.columns.isEmpty, let narrow = narrowest(scan.columns) { result.columns = [narrow] }
        return result
    }

    /// Rows are counted by some column; the one that is cheapest to read.
    private func narrowest(_ columns: [LogicalScan.ScanColumn]) -> LogicalScan.ScanColumn? {
        func cost(_ type: LogicalType) -> Int {
            switch type {
            case .boolean: 1
            case .number, .date, .time: 2
            case .float: 3
            case .timestampNTZ, .timestampLTZ, .timestampTZ: 4
            default: 5
            }
        }
        return columns.min { cost($0.column.type) < cost($1.column.type) }
    }

    private func pruned(_ values: LogicalValues, _ needed: Set<ColumnID>) -> LogicalValues {
        let kept = values.columns.indices.filter { needed.contains(values.columns[$0].id) }
        if kept.count == values.columns.count { return values }
        if kept.isEmpty { return LogicalValues(rowCount: values.rowCount) }
        return LogicalValues(columns: kept.map { values.columns[$0] },
            rows: values.rows.map { row in kept.map { row[$0] } })
    }

    private func pruned(_ aggregate: LogicalAggregate, _ needed: Set<ColumnID>) -> LogicalAggregate {
        var result = aggregate
        result.aggregates = aggregate.aggregates.filter { needed.contains($0.column.id) }
        if result.aggregates.isEmpty, result.groups.isEmpty {
            let count = context.make("COUNT(*)", .number(precision: 18, scale: 0), isNullable: false)
            result.aggregates = [AggregateCall(count, "COUNT_STAR", [])]
        }
        let below = used(result.groups.map(\.expression))
            .union(used(result.aggregates.flatMap { $0.arguments + $0.order.map(\.expression) }))
        result.input = prune(aggregate.input, below)
        return result
    }

    private func pruned(_ join: LogicalJoin, _ needed: Set<ColumnID>) -> LogicalJoin {
        var result = join
        let all = needed.union(used(join.residual.map { [$0] } ?? []))
        result.left =
            prune(join.left, all.union(used(join.keys.map(\.left))).intersection(Set(join.left.columns.map(\.id))))
        result.right =
            prune(join.right, all.union(used(join.keys.map(\.right))).intersection(Set(join.right.columns.map(\.id))))
        return result
    }

    private func pruned(_ window: LogicalWindow, _ needed: Set<ColumnID>) -> LogicalPlan {
        var result = window
        result.calls = window.calls.filter { needed.contains($0.column.id) }
        if result.calls.isEmpty { return prune(window.input, needed) }
        let own = used(window.partition + window.order.map(\.expression) + result.calls.flatMap(\.inputs))
        result.input = prune(window.input, needed.union(own))
        return .window(result)
    }

    private func pruned(_ inputs: [LogicalPlan], _ columns: [PlanColumn], _ needed: Set<ColumnID>) -> LogicalPlan {
        let places = columns.indices.filter { needed.contains(columns[$0].id) }
        let kept = inputs.map { input -> LogicalPlan in
            let all = input.columns
            let own = places.map { all[$0] }
            return Self.exactly(own, prune(input, Set(own.map(\.id))))
        }
        return .unionAll(kept, columns: places.map { columns[$0] })
    }

    private func pruned(_ flatten: LogicalFlatten, _ needed: Set<ColumnID>) -> LogicalFlatten {
        var result = flatten
        result.outputs = flatten.outputs.filter { needed.contains($0.column.id) }
        let own = Set(flatten.outputs.map(\.column.id))
        result.input = prune(flatten.input, needed.subtracting(own).union(flatten.value.columnIDs))
        return result
    }
}
