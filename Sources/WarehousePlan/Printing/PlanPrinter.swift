import WarehouseBasics

/// Shows plans as text: one line a node, inputs indented below it.
public enum PlanPrinter {
    /// The plan as EXPLAIN shows it.
    public static func text(_ plan: LogicalPlan) -> String {
        ShownNumbers.within(plan) {
            var lines: [String] = []
            append(plan, depth: 0, to: &lines)
            return lines.joined(separator: "\n")
        }
    }

    private static func append(_ plan: LogicalPlan, depth: Int, to lines: inout [String]) {
        lines.append(String(repeating: "  ", count: depth) + line(plan))
        for input in plan.shownInputs { append(input, depth: depth + 1, to: &lines) }
    }

    /// The node by itself.
    public static func line(_ plan: LogicalPlan) -> String {
        switch plan {
        case .scan(let scan):
            let filters = scan.filters.isEmpty ? "" : " filter "
                + scan.filters.map { text($0) }.joined(separator: " AND ")
            return "Scan \(name(scan.table)) [\(names(scan.columns.map(\.column)))]" + filters
        case .values(let values):
            guard !values.columns.isEmpty
                else { return "Values \(values.rowCount) row\(values.rowCount == 1 ? "" : "s")" }
            let rows = values.rows.prefix(3).map { "(" + $0.map { text($0) }.joined(separator: ", ") + ")" }
            let rest = values.rows.count > 3 ? ", … \(values.rows.count) rows" : ""
            return "Values [\(names(values.columns))] \(rows.joined(separator: ", "))" + rest
        case .filter(_, let condition): return "Filter \(text(condition))"
        case .project(_, let projections): return "Project [\(list(projections))]"
        case .aggregate(let aggregate):
            let calls = aggregate.aggregates.map { text($0) }.joined(separator: ", ")
            return "Aggregate [\(list(aggregate.groups))] [\(calls)]"
        case .join(let join): return text(join)
        case .sort(_, let keys): return "Sort \(text(keys))"
        case .limit(_, nil, 0): return "SecureView"
        case .limit(_, let limit, let offset):
            return "Limit \(limit.map(String.init) ?? "ALL")" + (offset > 0 ? " offset \(offset)" : "")
        case .window(let window):
            let calls =
                window.calls.map { "\(name($0.column)) = \($0.function)(\(arguments($0.arguments)))\(text($0.frame))" }
            let partition = window.partition.isEmpty ? "" : " partition \(arguments(window.partition))"
            let order = window.order.isEmpty ? "" : " order \(text(window.order))"
            return "Window [\(calls.joined(separator: ", "))]" + partition + order
        case .unionAll(_, let columns): return "UnionAll [\(names(columns))]"
        case .distinct: return "Distinct"
        case .setOperation(let kind, _, _, let columns):
            return "\(kind == .intersect ? "Intersect" : "Except") [\(names(columns))]"
        case .flatten(let flatten): return text(flatten)
        case .singleRow: return "SingleRow"
        case .shared(let shared): return "Shared \(shared.number) [\(names(shared.columns))]"
        case .recursion(let recursion):
            let limit = recursion.rowLimit.map { " limit \($0)" } ?? ""
            return "Recursion \(recursion.table.name.name) [\(names(recursion.columns))]" + limit
        }
    }

    /// A table's whole name; what a recursion reads is in no schema.
    static func name(_ table: any CatalogTable) -> String {
        table is WorkingTable ? table.name.name : table.name.description
    }

    private static func text(_ join: LogicalJoin) -> String {
        var parts = ["Join \(join.kind.rawValue)"]
        var rest = join.residual
        switch join.method {
        case .keys: parts.append("on " + text(join.keys))
        case .anyKey(let condition):
            parts.append("on any of " + condition.branches.map { text($0) }.joined(separator: ", "))
            rest = condition.rest
        case .ranges(let condition):
            parts.append("on range " + condition.ranges.map { text($0.comparison) }.joined(separator: " AND "))
            rest = condition.rest
        case .everyPair: break
        }
        if let rest { parts.append("where \(text(rest))") }
        return parts.joined(separator: " ")
    }

    private static func text(_ keys: [JoinKey]) -> String {
        keys.map { "\(text($0.left)) \($0.nullsEqual ? "<=>" : "=") \(text($0.right))" }.joined(separator: " AND ")
    }

    private static func text(_ flatten: LogicalFlatten) -> String {
        let outputs = flatten.outputs.map { "\($0.output.rawValue) AS \(name($0.column))" }.joined(separator: ", ")
        var parts = ["Flatten \(text(flatten.value)) [\(outputs)]"]
        if !flatten.path.isEmpty { parts.append("path \(flatten.path)") }
        if flatten.isOuter { parts.append("outer") }
        if flatten.isRecursive { parts.append("recursive") }
        if flatten.mode != .both { parts.append("mode \(flatten.mode.rawValue)") }
        return parts.joined(separator: " ")
    }

    private static func text(_ call: AggregateCall) -> String {
        let distinct = call.isDistinct ? "DISTINCT " : ""
        let order = call.order.isEmpty ? "" : " within \(text(call.order))"
        return "\(name(call.column)) = \(call.function)(\(distinct)\(arguments(call.arguments)))\(order)"
    }

    private static func text(_ frame: WindowFrame) -> String {
        if frame == .wholePartition { return "" }
        func bound(_ bound: WindowFrame.Bound) -> String {
            switch bound {
            case .unboundedPreceding: "UNBOUNDED PRECEDING"
            case .preceding(let count): "\(count) PRECEDING"
            case .currentRow: "CURRENT ROW"
            case .following(let count): "\(count) FOLLOWING"
            case .value: "VALUE"
            case .unboundedFollowing: "UNBOUNDED FOLLOWING"
            }
        }
        return " \(frame.unit.rawValue) \(bound(frame.start))..\(bound(frame.end))"
    }

    private static func text(_ keys: [SortKey]) -> String {
        keys.map { key in
            let nulls = key.nullsFirst == key.isDescending ? "" : key.nullsFirst ? " NULLS FIRST" : " NULLS LAST"
            return text(key.expression) + (key.isDescending ? " DESC" : "") + nulls
        }.joined(separator: ", ")
    }

    private static func list(_ projections: [Projection]) -> String {
        projections.map { projection in
            if case .column(let column) = projection.expression,
                column.id == projection.column.id { return name(column) }
            return "\(name(projection.column)) = \(text(projection.expression))"
        }.joined(separator: ", ")
    }

    private static func name(_ column: PlanColumn) -> String { "\(column.name)\(ShownNumbers.text(column.id))" }
    private static func names(_ columns: [PlanColumn]) -> String { columns.map { name($0) }.joined(separator: ", ") }
    private static func arguments(_ list: [BoundExpression]) -> String { list.map { text($0) }.joined(separator: ", ") }
}
