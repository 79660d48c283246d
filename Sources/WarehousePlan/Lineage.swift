import WarehouseBasics

/// Which table columns each output column of a plan is computed from.
public enum Lineage {
    /// A column of a table.
    public struct Source: Hashable, Sendable, Comparable, CustomStringConvertible {
        public var table: ObjectName
        public var column: String
        public init(table: ObjectName, column: String) {
            self.table = table
            self.column = column
        }
        public var description: String { "\(table).\(Identifiers.quoted(column))" }
        public static func < (a: Source, b: Source) -> Bool { a.description < b.description }
    }

    /// By output column: the sources of its value. Columns that only choose rows (filters, join keys, sort keys) are
    /// not among them; scalar subqueries are, because they are joined in as columns.
    public static func of(_ plan: LogicalPlan) -> [ColumnID: Set<Source>] {
        var known: [ColumnID: Set<Source>] = [:]
        collect(plan, &known)
        var result: [ColumnID: Set<Source>] = [:]
        for column in plan.columns { result[column.id] = known[column.id] ?? [] }
        return result
    }

    /// Every table that the plan reads, each once, in the order of first use.
    public static func tables(of plan: LogicalPlan) -> [ObjectName] {
        var found: [ObjectName] = []
        func walk(_ plan: LogicalPlan) {
            if case .scan(let scan) = plan, !found.contains(scan.table.name) { found.append(scan.table.name) }
            plan.inputs.forEach(walk)
        }
        walk(plan)
        return found
    }

    private static func collect(_ plan: LogicalPlan, _ known: inout [ColumnID: Set<Source>]) {
        for input in plan.inputs { collect(input, &known) }
        func sources(_ expressions: [BoundExpression]) -> Set<Source> {
            expressions.reduce(into: Set<Source>()) { result, expression in
                for id in expression.columnIDs { result.formUnion(known[id] ?? []) }
            }
        }
        switch plan {
        case .scan(let scan):
            for column in scan.columns where scan.table.columns.indices.contains(column.tableColumn) {
                known[column.column.id] =
                    [Source(table: scan.table.name, column: scan.table.columns[column.tableColumn].name)]
            }
        case .values(let values):
            for (index,
                column) in values.columns.enumerated() { known[column.id] = sources(values.rows.map { $0[index] }) }
        case .project(_, let projections):
            for projection in projections { known[projection.column.id] = sources([projection.expression]) }
        case .aggregate(let aggregate):
            for group in aggregate.groups { known[group.column.id] = sources([group.expression]) }
            for call in aggregate.aggregates { known[call.column.id] = sources(call.arguments) }
        case .window(let window):
            for call in window.calls {
                known[call.column.id] = sources(call.inputs + window.partition + window.order.map(\.expression))
            }
        case .unionAll(let inputs, let columns): merge(inputs, columns, &known)
        case .setOperation(_, let left, let right, let columns): merge([left, right], columns, &known)
        case .recursion(let recursion): merge([recursion.anchor], recursion.columns, &known)
        case .flatten(let flatten):
            let own = sources([flatten.value])
            for output in flatten.outputs { known[output.column.id] = own }
        case .shared(let shared):
            let inner = shared.plan.columns
            for (column, place) in zip(shared.columns, shared.places) { known[column.id] = known[inner[place].id] }
        case .filter, .join, .sort, .limit, .distinct, .singleRow: break
        }
    }

    private static func merge(_ inputs: [LogicalPlan], _ columns: [PlanColumn],
        _ known: inout [ColumnID: Set<Source>]) {
        let rows = inputs.map(\.columns)
        for (index, column) in columns.enumerated() {
            known[column.id] = rows.reduce(into: Set<Source>()) { $0.formUnion(known[$1[index].id] ?? []) }
        }
    }
}
