import WarehouseBasics

/// Aggregates over whole partitions of a window as groups that the rows are joined to: the rows are read twice, but
/// neither kept nor sorted. Only where partitions are few beside the rows and both readings give the same rows.
struct PartitionsAsGroups: OptimizerRule {
    let name = "partitions as groups"

    /// Below so many rows nothing is to be gained.
    static let minimumRows = 50_000.0
    /// So many rows a partition must hold in the mean.
    static let minimumReduction = 4.0

    func apply(_ plan: LogicalPlan, _ context: OptimizerContext) throws -> LogicalPlan {
        let estimator = RowEstimator(plan)
        return plan.mapped { node in
            guard case .window(let window) = node, Self.applies(window, estimator) else { return node }
            return Self.joined(window, context)
        }
    }

    private static func applies(_ window: LogicalWindow, _ estimator: RowEstimator) -> Bool {
        guard window.calls.allSatisfy(isOfWholePartition), window.partition.allSatisfy(isExactKey),
              window.input.givesSameRowsAgain, LogicalPlan.window(window).expressions.allSatisfy(\.isDeterministic),
              LogicalPlan.window(window).freeColumns.isEmpty else { return false }
        let rows = estimator.rows(window.input)
        // There are at most as many partitions as combinations of what the keys are made from.
        var used: Set<ColumnID> = []
        for key in window.partition { key.collectColumns(into: &used) }
        let columns = window.input.columns.filter { used.contains($0.id) }.map { BoundExpression.column($0) }
        guard rows >= minimumRows, columns.allSatisfy({ estimator.distinct($0) != nil }) else { return false }
        return estimator.groups(columns, of: rows) * minimumReduction <= rows
    }

    /// Aggregates that are the same in whatever order rows come.
    private static func isOfWholePartition(_ call: WindowCall) -> Bool {
        guard call.frame.start == .unboundedPreceding, call.frame.end == .unboundedFollowing, call.aggregateOrder.isEmpty
        else { return false }
        return ["COUNT_STAR", "COUNT", "SUM", "AVG", "MIN", "MAX"].contains(call.function)
    }

    /// Keys that both readings compute alike and that are equal only where a group says so.
    private static func isExactKey(_ key: BoundExpression) -> Bool {
        switch key.type {
        case .number, .varchar, .boolean, .date, .time, .timestampNTZ, .timestampLTZ: key.respectsEquality
        default: false
        }
    }

    private static func joined(_ window: LogicalWindow, _ context: OptimizerContext) -> LogicalPlan {
        let (copy, renamed) = window.input.copied(&context.ids)
        let groups = window.partition.map { key in
            Projection(context.make("KEY", key.type, isNullable: key.isNullable), key.renamed(renamed))
        }
        let aggregates = window.calls.map { call in
            var aggregate = AggregateCall(call.column, call.function, call.arguments.map { $0.renamed(renamed) },
                                          isDistinct: call.isDistinct)
            aggregate.isMoving = true
            return aggregate
        }
        let grouped = LogicalPlan.aggregate(LogicalAggregate(input: copy, groups: groups, aggregates: aggregates))
        let keys = zip(window.partition, groups).map { key, group in
            JoinKey(left: key, right: .column(group.column), nullsEqual: true)
        }
        let join = LogicalJoin(kind: .inner, left: window.input, right: grouped, keys: keys, residual: nil)
        return .project(.join(join), LogicalPlan.window(window).columns.map { Projection($0, .column($0)) })
    }
}

extension LogicalPlan {
    /// Whether its rows are the same each time, whatever is read of their columns.
    var givesSameRowsAgain: Bool {
        switch self {
        case .scan(let scan): if scan.table is WorkingTable { return false }
        case .filter, .project, .join, .unionAll: break
        default: return false
        }
        return expressions.allSatisfy(\.isDeterministic) && inputs.allSatisfy(\.givesSameRowsAgain)
    }
}
