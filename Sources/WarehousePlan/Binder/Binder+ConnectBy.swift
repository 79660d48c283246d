import WarehouseBasics
import WarehouseSQL

extension Binder {
    /// START WITH and CONNECT BY over what FROM gives: a recursion from the rows of the first level to those that
    /// each level's rows lead to. LEVEL is a column of the result that `*` does not show; paths, and columns of the
    /// row's parent and root, are others.
    func bindHierarchy(_ statement: SelectStatement, over from: FromResult, outer: Scope?, tables: TableEnvironment?)
        throws -> FromResult {
        guard let connectBy = statement.connectBy else {
            if statement.startWith == nil { return from }
            throw CompilationError.make(.syntax, "START WITH needs CONNECT BY", at: statement.span)
        }
        if connectBy.isNoCycle { throw CompilationError.unsupported("CONNECT BY NOCYCLE", at: statement.span) }
        let use = HierarchyUse(statement)
        let scope = from.scope(parent: outer)
        let context = ExpressionContext(scope: scope, tables: tables, clause: .on)
        let start = try statement.startWith.map { try factory.condition(try bindExpression($0, context)) }
        let paths = try use.paths.map { try bindPath($0, ExpressionContext(scope: scope, tables: tables, clause: .on)) }
        var first = try attach(context.subqueries, to: from.plan)
        if let start { first = .filter(first, start) }
        let rows = HierarchyRows(from.plan.columns, use, pathCount: paths.count, binder: self)
        let one = BoundExpression.constant(.integer(1))
        let anchor = rows.relation(over: first, own: from.plan.columns, level: one,
                                   roots: from.plan.columns.map { .column($0) },
                                   parents: from.plan.columns.map { .constant(.null($0.type)) },
                                   paths: try paths.map { try factory.call("CONCAT", [$0.separator, $0.value]) }, self)
        let step = try hierarchyStep(connectBy, rows, from, paths, outer, tables)
        let result = try recursion(anchor, step, rows.table, rows.table.columns.map(\.type))
        return rows.named(from, Relation(plan: result.plan, columns: result.columns))
    }

    /// The rows of the next level: those of a copy of FROM that the condition connects with a row of the level before.
    private func hierarchyStep(_ connectBy: ConnectBy, _ rows: HierarchyRows, _ from: FromResult,
                               _ paths: [HierarchyPath], _ outer: Scope?, _ tables: TableEnvironment?) throws
        -> Relation {
        let before = scan(rows.table)
        let parent = before.relations[0].columns.map(\.column)
        let (copy, renamed) = from.plan.copied(&ids)
        let names = renamed.mapValues { $0 }
        var next = from.replacing(names)
        next.plan = copy
        let own = copy.columns
        let level = try factory.call("ADD", [.column(parent[rows.level]), .constant(.integer(1))])
        let scope = next.scope(parent: outer)
        scope.merged.append(MergedColumn(name: "LEVEL", expression: level))
        scope.hierarchy = Hierarchy(parents: Self.pairs(own, parent[rows.own].map { .column($0) }), roots: nil, paths: [:])
        let context = ExpressionContext(scope: scope, tables: tables, clause: .on)
        let condition = try factory.condition(try bindExpression(connectBy.condition, context))
        guard context.subqueries.isEmpty else {
            throw CompilationError.unsupported("subqueries in CONNECT BY", at: connectBy.condition.span)
        }
        let joined = JoinCondition.join(.inner, before.plan, copy, on: condition)
        let values = try paths.enumerated().map { index, path in
            try factory.call("CONCAT", [.column(parent[rows.paths.lowerBound + index]), path.separator,
                                        path.value.renamed(renamed)])
        }
        return rows.relation(over: joined, own: own, level: try factory.implicit(level, to: .integer),
                             roots: parent[rows.roots].map { .column($0) },
                             parents: parent[rows.own].map { .column($0) }, paths: values, self)
    }

    static func pairs(_ columns: [PlanColumn], _ values: [BoundExpression]) -> [ColumnID: BoundExpression] {
        Dictionary(zip(columns, values).map { ($0.id, $1) }, uniquingKeysWith: { a, _ in a })
    }

    /// The arguments of SYS_CONNECT_BY_PATH.
    private func bindPath(_ call: FunctionCall, _ context: ExpressionContext) throws -> HierarchyPath {
        guard call.arguments.count == 2, case .expression(let value) = call.arguments[0],
              case .expression(let separator) = call.arguments[1] else {
            throw WarehouseError(.argumentCount, "SYS_CONNECT_BY_PATH takes a column and a separator")
        }
        let bound = try bindExpression(separator, context)
        guard bound.isConstant else {
            throw CompilationError.make(.invalidValue, "The separator of SYS_CONNECT_BY_PATH must be a constant",
                                        at: separator.span)
        }
        let text = try factory.cast(try bindExpression(value, context), to: .text)
        let shown = try factory.call("COALESCE", [text, .constant(.text(""))])
        return HierarchyPath(value: shown, separator: bound)
    }
}

/// What PRIOR, CONNECT_BY_ROOT and SYS_CONNECT_BY_PATH mean at a place.
struct Hierarchy {
    /// The parent's and the root's column for each column; nil where there are none.
    var parents: [ColumnID: BoundExpression]?
    var roots: [ColumnID: BoundExpression]?
    var paths: [FunctionCall: BoundExpression]
}

private struct HierarchyPath {
    var value: BoundExpression
    var separator: BoundExpression
}

/// What a SELECT reads of its hierarchy beside the rows and their level.
private struct HierarchyUse {
    var usesParents = false
    var usesRoots = false
    /// Distinct calls of SYS_CONNECT_BY_PATH.
    var paths: [FunctionCall] = []

    init(_ statement: SelectStatement) {
        var walk = SyntaxWalk()
        var (parents, roots) = (false, false)
        var calls: [FunctionCall] = []
        walk.visit = { expression in
            switch expression.kind {
            case .unary(.prior, _): parents = true
            case .unary(.connectByRoot, _): roots = true
            case .function(let call) where call.simpleName == "SYS_CONNECT_BY_PATH":
                if !calls.contains(call) { calls.append(call) }
            default: break
            }
        }
        walk.walk(statement)
        (usesParents, usesRoots, paths) = (parents, roots, calls)
    }
}

/// The columns of a hierarchy's working table: the rows', their level, their roots', their parents', the paths.
private struct HierarchyRows {
    let use: HierarchyUse
    let table: WorkingTable
    let own: Range<Int>
    let level: Int
    let roots: Range<Int>
    let parents: Range<Int>
    let paths: Range<Int>

    init(_ columns: [PlanColumn], _ use: HierarchyUse, pathCount: Int, binder: Binder) {
        self.use = use
        let count = columns.count
        own = 0..<count
        level = count
        roots = (count + 1)..<(count + 1 + (use.usesRoots ? count : 0))
        parents = roots.upperBound..<(roots.upperBound + (use.usesParents ? count : 0))
        paths = parents.upperBound..<(parents.upperBound + pathCount)
        let types = columns.map { ColumnSchema($0.name, $0.type.widestForm) }
        table = WorkingTable(name: "CONNECT BY", columns: types + [ColumnSchema("LEVEL", .integer)]
            + (use.usesRoots ? types : []) + (use.usesParents ? types : [])
            + (0..<pathCount).map { _ in ColumnSchema("SYS_CONNECT_BY_PATH", .text) })
    }

    func relation(over plan: LogicalPlan, own: [PlanColumn], level: BoundExpression, roots: [BoundExpression],
                  parents: [BoundExpression], paths: [BoundExpression], _ binder: Binder) -> Binder.Relation {
        let values = own.map { BoundExpression.column($0) } + [level] + (use.usesRoots ? roots : [])
            + (use.usesParents ? parents : []) + paths
        let projections = zip(table.columns, values).map { Projection(binder.make($0.name, $1.type), $1) }
        return Binder.Relation(plan: .project(plan, projections), columns: projections.map(\.column))
    }

    /// The names of FROM over the recursion's columns, LEVEL among them.
    func named(_ from: FromResult, _ rows: Binder.Relation) -> FromResult {
        let columns = rows.columns
        let sources = from.plan.columns
        let map = Dictionary(zip(sources, columns[own]).map { ($0.id, $1) }, uniquingKeysWith: { a, _ in a })
        var result = from.replacing(map)
        result.plan = rows.plan
        let isTaken = from.relations.contains { $0.columns.contains { $0.name == "LEVEL" } }
        // Names that no statement can write, for columns that are reached otherwise.
        let hidden = columns[level...].enumerated().map { index, column in
            ScopeColumn(name: index == 0 && !isTaken ? "LEVEL" : "\u{0}\(column.name)", column: column, isHidden: true)
        }
        result.relations.append(ScopeRelation(qualifier: [], columns: hidden))
        func pairs(_ range: Range<Int>) -> [ColumnID: BoundExpression]? {
            range.isEmpty ? nil : Binder.pairs(Array(columns[own]), columns[range].map { .column($0) })
        }
        let calls = zip(use.paths, columns[paths]).map { ($0, BoundExpression.column($1)) }
        result.hierarchy = Hierarchy(parents: pairs(parents), roots: pairs(roots),
                                     paths: Dictionary(calls, uniquingKeysWith: { a, _ in a }))
        return result
    }
}
