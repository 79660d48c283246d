import WarehouseBasics
import WarehouseSQL

/// Binds INSERT, UPDATE, DELETE and MERGE: what they do to rows becomes a query whose rows say it.
///
/// The caller has resolved the target (and checked its privilege) and applies the rows: by `LogicalScan.rowIDColumn`
/// where rows change or go, by appending where they come.
public enum DMLBinding {
    /// The target of a statement.
    public struct Target {
        public var table: any CatalogTable
        /// By column of the table: the DEFAULT expression, nil where NULL is the default.
        public var defaults: [Expression?]

        /// Where their names resolve: in the table's schema, wherever the session stands.
        public var home: (any Catalog)?

        public init(_ table: any CatalogTable, defaults: [Expression?] = [], home: (any Catalog)? = nil) {
            self.table = table
            self.defaults = defaults
            self.home = home
        }

        fileprivate func defaultValue(_ column: Int) -> Expression {
            (defaults.indices.contains(column) ? defaults[column] : nil) ?? Expression(.literal(.null))
        }

        /// The places of the columns that an INSERT names; none: of all.
        func places(of names: [Identifier]) throws(WarehouseError) -> [Int] {
            guard !names.isEmpty else { return Array(0..<table.columns.count - table.hiddenColumnCount) }
            var places: [Int] = []
            for name in names {
                let index = try index(of: name)
                guard !places.contains(index) else {
                    throw CompilationError.make(.duplicateColumn, "duplicate column name '\(name.description)'",
                        at: name.span)
                }
                places.append(index)
            }
            return places
        }

        /// The place of a column by its stored name.
        func index(of name: Identifier) throws(WarehouseError) -> Int {
            if let index = table.columns.firstIndex(where: { $0.name == name.name }) { return index }
            throw CompilationError.make(.invalidIdentifier, "invalid identifier '\(name.description)'", at: name.span,
                                        hint: Identifiers.hint(for: name.name, in: table.columns.map(\.name)))
        }
    }

    /// The query's rows as rows of `columns`, by place: the plan's output columns have exactly their types. Throws when
    /// counts differ (002020) or types do not meet (002023).
    public static func assign(_ query: BoundQuery, to columns: [ColumnSchema]) throws -> LogicalPlan {
        guard query.columns.count == columns.count else { throw countMismatch(columns.count, query.columns.count) }
        var ids = ColumnIDSource(after: query.plan)
        let factory = ExpressionFactory(session: SessionContext(role: "", user: "", database: nil, schema: nil,
                                                                warehouse: nil, statementTime: 0))
        let projections = try zip(query.columns, columns).map { column, target in
            let value = try factory.assign(.column(column), to: target.type, column: target.name)
            return Projection(PlanColumn(id: ids.make(), name: target.name, type: target.type,
                                         isNullable: column.isNullable), value)
        }
        return .project(query.plan, projections)
    }

    static func countMismatch(_ expected: Int, _ got: Int) -> WarehouseError {
        WarehouseError(.columnCountMismatch, "SQL compilation error:\nInsert value list does not match column list "
            + "expecting \(expected) but got \(got)")
    }

    /// INSERT: rows of the whole table, in its column order, defaults filled in.
    public static func bindInsert(_ statement: InsertStatement, into target: Target, catalog: any Catalog,
                                  parameters: BoundParameters = BoundParameters(),
                                  folder: any ConstantFolder = NoConstantFolder()) throws -> BoundInsert {
        try run(target, catalog, parameters, folder) { try InsertBinder(binder: $0, target: $1).bind(statement) }
    }

    /// INSERT ALL | FIRST: for every row of the query which branches take it, and what each INTO makes of it. `targets`:
    /// the table of each INTO, in the order written.
    public static func bindMultiTableInsert(
        _ statement: MultiTableInsertStatement, into targets: [Target], catalog: any Catalog,
        parameters: BoundParameters = BoundParameters(), folder: any ConstantFolder = NoConstantFolder()
    ) throws -> BoundMultiTableInsert {
        try run(targets, catalog, parameters, folder) {
            try MultiTableInsertBinder(binder: $0, targets: $1).bind(statement)
        }
    }

    /// UPDATE: the address and the new values of every row that changes.
    public static func bindUpdate(_ statement: UpdateStatement, of target: Target, catalog: any Catalog,
                                  parameters: BoundParameters = BoundParameters(),
                                  folder: any ConstantFolder = NoConstantFolder()) throws -> BoundUpdate {
        try run(target, catalog, parameters, folder) { try UpdateBinder(binder: $0, target: $1).bind(statement) }
    }

    /// DELETE: the address of every row that goes.
    public static func bindDelete(_ statement: DeleteStatement, from target: Target, catalog: any Catalog,
                                  parameters: BoundParameters = BoundParameters(),
                                  folder: any ConstantFolder = NoConstantFolder()) throws -> BoundDelete {
        try run(target, catalog, parameters, folder) { try UpdateBinder(binder: $0, target: $1).bind(statement) }
    }

    /// MERGE: for every row that does something, its address, the clause that applies, and the new values.
    public static func bindMerge(_ statement: MergeStatement, into target: Target, catalog: any Catalog,
                                 parameters: BoundParameters = BoundParameters(),
                                 folder: any ConstantFolder = NoConstantFolder()) throws -> BoundMerge {
        try run(target, catalog, parameters, folder) { try MergeBinder(binder: $0, target: $1).bind(statement) }
    }

    private struct Carried<Value>: @unchecked Sendable {
        let value: Value
    }

    private static func run<Targets, Bound: BoundChange>(
        _ targets: Targets, _ catalog: any Catalog, _ parameters: BoundParameters, _ folder: any ConstantFolder,
        _ bind: @escaping @Sendable (Binder, Targets) throws -> Bound
    ) throws -> Bound {
        let carried = Carried(value: targets)
        return try Planner.onSuitableStack(catalog: catalog, parameters: parameters, folder: folder) { binder in
            var bound = try bind(binder, carried.value)
            bound.plan = try Optimizer(folder: binder.factory, ids: binder.ids).optimize(bound.plan)
            return bound
        }
    }
}

extension Binder {
    /// `work` with the DEFAULT of a column and with what that one's names mean. `place`: of what stands for it in the
    /// statement.
    func withDefault<Value>(of column: Int, _ target: DMLBinding.Target, at place: SourceSpan = .none,
                            _ work: (Expression) throws -> Value) throws -> Value {
        let outside = catalog
        if let home = target.home { catalog = home }
        defer { catalog = outside }
        do {
            return try work(target.defaultValue(column))
        } catch let error as WarehouseError where error.span != nil {
            // Its place is within the column's definition, not within this statement.
            let text = error.message.hasPrefix("SQL compilation error")
                ? error.message.split(separator: "\n", maxSplits: 1).last.map(String.init) ?? "" : error.message
            var placed = CompilationError.make(.invalidValue, "DEFAULT of column \(target.table.columns[column].name): \(text)",
                                               at: place, hint: error.hint)
            (placed.code, placed.sqlState) = (error.code, error.sqlState)
            throw placed
        }
    }
}
