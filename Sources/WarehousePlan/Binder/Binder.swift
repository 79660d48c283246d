import WarehouseBasics
import WarehouseSQL

/// Turns syntax into plans: resolves names, gives types, writes implicit conversions out.
///
/// One binder binds one statement. A common table expression or a view is bound anew at each use, so that every
/// column id is made once.
public final class Binder {
    /// Where names resolve; a view's own while that is bound.
    var catalog: any Catalog
    let parameters: BoundParameters
    let factory: ExpressionFactory
    var ids = ColumnIDSource()
    /// How many productions are open, against `depthLimit`.
    var depth = 0
    /// How many productions were opened so far.
    private var openedCount = 0
    /// Beyond it binding starts over on a larger stack.
    let depthLimit: Int
    /// Whether the calling thread's stack is a small one: enough for what is neither deep nor long. Long lists of
    /// tables, conditions and arms make plans as high as they are long.
    private let isShallow: Bool
    private static let shallowCount = 256
    private var viewDepth = 0
    /// Bodies of functions in SQL that were read, by their texts.
    var functionBodies: [String: FunctionBody] = [:]
    /// User-defined functions being written out, one within the other.
    var functionDepth = 0
    /// Whether a view's or a function's text is being bound, with its owner's rights.
    private var isInDefinition: Bool { viewDepth > 0 || functionDepth > 0 }
    /// Calls of user-defined functions within others' bodies that were written out.
    var innerCallCount = 0
    private var relationCount = 0

    static let maximumViewDepth = 64
    /// Relations that one statement may read after views and common table expressions are written out.
    static let maximumRelations = 10_000

    /// `folder` evaluates constant expressions while binding.
    public init(catalog: any Catalog, parameters: BoundParameters = BoundParameters(),
                folder: any ConstantFolder = NoConstantFolder()) {
        self.catalog = catalog
        self.parameters = parameters
        self.factory = ExpressionFactory(session: catalog.context, folder: folder)
        self.depthLimit = 2 * SyntaxLimits.maximumHeight
        isShallow = false
    }

    init(catalog: any Catalog, parameters: BoundParameters, folder: any ConstantFolder, depthLimit: Int) {
        self.catalog = catalog
        self.parameters = parameters
        self.factory = ExpressionFactory(session: catalog.context, folder: folder)
        self.depthLimit = depthLimit
        isShallow = true
    }

    /// Thrown when the statement nests deeper than the calling thread's stack is trusted for.
    struct NeedsDeepStack: Error {}

    /// Runs `work` one level deeper.
    func nested<Value>(_ work: () throws -> Value) throws -> Value {
        depth += 1
        defer { depth -= 1 }
        openedCount += 1
        guard depth <= depthLimit, !isShallow || openedCount <= Self.shallowCount else { throw NeedsDeepStack() }
        try Interruption.check()
        return try work()
    }

    // MARK: Queries

    /// A whole query as its result shows it.
    public func bind(_ query: Query) throws -> BoundQuery {
        let relation = try bindQuery(query, outer: nil, tables: nil)
        let result = typed(relation)
        return BoundQuery(plan: result.plan, columns: result.columns, isOrdered: relation.isOrdered)
    }

    /// A query's plan, whose columns are exactly `columns`.
    struct Relation {
        var plan: LogicalPlan
        var columns: [PlanColumn]
        var isOrdered = false
    }

    func bindQuery(_ query: Query, outer: Scope?, tables: TableEnvironment?) throws -> Relation {
        try nested {
            let environment = TableEnvironment.adding(query.with, to: tables, scope: outer)
            if case .select(let select) = query.body {
                return try bindSelect(select, order: query.orderBy, limit: query.limit, outer: outer,
                    tables: environment)
            }
            var relation = try bindBody(query.body, outer: outer, tables: environment)
            if let order = query.orderBy { relation = try sorted(relation, by: order, outer: outer,
                tables: environment) }
            return try limited(relation, by: query.limit, top: nil)
        }
    }

    func bindBody(_ body: QueryBody, outer: Scope?, tables: TableEnvironment?) throws -> Relation {
        switch body {
        case .select(let select):
            return try bindSelect(select, order: nil, limit: nil, outer: outer, tables: tables)
        case .setOperation(let operation):
            return try nested { try bindSetOperation(operation, outer: outer, tables: tables) }
        case .values(let rows):
            let result = try bindValues(rows, outer: outer, tables: tables)
            return Relation(plan: result.plan, columns: result.columns)
        case .nested(let query):
            return try bindQuery(query, outer: outer, tables: tables)
        }
    }

    /// A column that nothing gave a type is text in a result.
    private func typed(_ relation: Relation) -> Relation {
        guard relation.columns.contains(where: { $0.type == .null }) else { return relation }
        let projections = relation.columns.map { column in
            guard column.type == .null else { return Projection(fresh(column), .column(column)) }
            return Projection(make(column.name, .text), .constant(.null(.text)))
        }
        return Relation(plan: .project(relation.plan, projections), columns: projections.map(\.column))
    }

    // MARK: Columns

    func make(_ name: String, _ type: LogicalType, isNullable: Bool = true) -> PlanColumn {
        PlanColumn(id: ids.make(), name: name, type: type, isNullable: isNullable)
    }

    func fresh(_ column: PlanColumn) -> PlanColumn {
        make(column.name, column.type, isNullable: column.isNullable)
    }

    // MARK: Relations by name

    func countRelation(at span: SourceSpan) throws(WarehouseError) {
        relationCount += 1
        guard relationCount <= Self.maximumRelations else {
            throw WarehouseError(.limitExceeded,
                "The statement reads more than \(Self.maximumRelations) relations once "
                + "views and common table expressions are written out.", span: span)
        }
    }

    /// The query of a view, for its columns and its errors.
    func bind(viewQuery: Query) throws -> BoundQuery {
        viewDepth += 1
        defer { viewDepth -= 1 }
        return try bind(viewQuery)
    }

    /// What a view or function reads is decided by who wrote its text, not by who uses it: its owner's rights are those to
    /// read just that.
    func refuseChosenName(at span: SourceSpan) throws(WarehouseError) {
        guard isInDefinition else { return }
        throw CompilationError.unsupported("IDENTIFIER of a variable in the text of a view or function", at: span)
    }

    /// A view's query, bound with the view's own catalog.
    func bindView(_ view: CatalogView, at span: SourceSpan) throws -> Relation {
        guard viewDepth < Self.maximumViewDepth else {
            throw WarehouseError(.limitExceeded,
                "View \(view.name) nests views deeper than \(Self.maximumViewDepth), or "
                + "reads itself.", span: span)
        }
        viewDepth += 1
        let outside = catalog
        catalog = view.catalog
        defer {
            viewDepth -= 1
            catalog = outside
        }
        do {
            var relation = try bindQuery(try Parser.parseQuery(view.text), outer: nil, tables: nil)
            guard view.columnNames.isEmpty || view.columnNames.count == relation.columns.count else {
                throw WarehouseError(.columnCountMismatch, "SQL compilation error:\nView definition for '\(view.name)' "
                    + "declared \(view.columnNames.count) column(s), but view query produces "
                    + "\(relation.columns.count) column(s).")
            }
            if view.isSecure { relation.plan = .fence(relation.plan) }
            return relation
        } catch let error as WarehouseError {
            var placed = error
            if view.hidesText, error.code != ErrorKind.cancelled.code {
                placed = WarehouseError(
                    .viewExpansion, "SQL compilation error:\nFailure during expansion of view '\(view.name.name)': The text "
                        + "of this secure view is no longer valid.", span: span == .none ? nil : span)
                placed.hint = "The view's owner is told what is wrong with it."
                throw placed
            }
            // Its place is within the view's text, not within this statement.
            placed.span = span == .none ? nil : span
            // Near names are those that its owner sees.
            placed.hint = nil
            placed.message =
                "SQL compilation error:\nFailure during expansion of view '\(view.name.name)': \(error.message)"
            throw placed
        }
    }
}
