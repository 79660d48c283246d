import WarehouseBasics
import WarehouseColumns
import WarehouseEngine
import WarehouseIngest
import WarehousePlan
import WarehouseSQL

/// Binds and runs queries.
enum QueryExecution {
    /// The session's limits of rows and bytes hold only for a result that is handed to the user: a statement goes on with
    /// all rows of what it reads for itself.
    static func run(_ query: Query, isHandedOver: Bool = false, in run: StatementRun) throws -> ResultSet {
        let bytes = isHandedOver ? run.resultBytes : nil
        func bindLimited() throws -> BoundQuery {
            var bound = try bind(query, in: run)
            if isHandedOver, let most = run.resultRows { bound.plan = .limit(bound.plan, limit: most, offset: 0) }
            return bound
        }
        let bound = try bindLimited()
        guard run.sequences.isUsed else { return try result(of: bound, bytes: bytes, in: run) }
        // Numbers are taken where nobody else can take them meanwhile.
        run.sequences.reset()
        return try run.write { _ in try result(of: bindLimited(), bytes: bytes, in: run) }
    }

    /// Of `bytes` at most; nil: of as many as fit in memory.
    static func result(of bound: BoundQuery, bytes: Int? = nil, in run: StatementRun) throws -> ResultSet {
        let output = try QueryRunner.run(bound.plan, context: run.queryContext, resultBytes: bytes)
        return ResultSet(columns: bound.columns.map { ResultColumn($0.name, $0.type) },
                         rows: FrozenRows(chunks: output.chunks.map(\.columns), rowCount: output.rowCount))
    }

    /// Resolves names, gives types and improves the plan.
    static func bind(_ query: Query, in run: StatementRun) throws -> BoundQuery {
        try bind(query, catalog: run.planCatalog(), in: run)
    }

    static func bind(_ query: Query, catalog: SessionCatalog, in run: StatementRun) throws -> BoundQuery {
        try Planner.plan(query: query, catalog: catalog, parameters: run.boundParameters,
                         folder: EngineConstantFolder(context: run.queryContext))
    }

    /// A query that gives one row of these expressions.
    static func row(of expressions: [Expression]) -> Query {
        Query(body: .select(SelectStatement(items: expressions.map {
            .expression(SelectExpression(expression: $0))
        })))
    }

    /// The values of one row that `expression` gives: one, or all columns of a subquery.
    static func constants(of expression: Expression, in run: StatementRun) throws -> [Constant] {
        var query = row(of: [expression])
        if case .subquery(let inner) = expression.kind { query = inner }
        if case .tuple(let parts) = expression.kind { query = row(of: parts) }
        let result = try self.run(query, in: run)
        guard result.rowCount == 1 else {
            throw WarehouseError(.singleRowSubquery, "Exactly one row is needed; the query gave \(result.rowCount).")
        }
        var constants: [Constant] = []
        result.forEachBatch { batch in
            constants += zip(result.columns, batch.vectors).map { Constant(ScalarReading.value($1, row: 0), $0.type) }
        }
        return constants
    }

    /// The value of a column's DEFAULT, in the column's type.
    static func defaultValue(_ expression: Expression, _ column: TableColumn, of table: CatalogEntry,
                             in run: StatementRun) throws -> ScalarValue {
        if SequenceUse.occurs(in: expression) {
            throw WarehouseError(.unsupported, "Unsupported feature 'NEXTVAL as the DEFAULT of column \(column.name) in "
                + "this statement'.")
        }
        let plan = try plan(ofDefault: expression, column, of: table, in: run)
        let output = try QueryRunner.run(plan, context: run.queryContext)
        guard let buffer = output.chunks.first?.columns.first, output.rowCount == 1 else {
            throw WarehouseError(.invalidValue, "The DEFAULT of column '\(column.name)' must be one value.")
        }
        return ScalarReading.value(buffer.vector(), row: 0)
    }

    /// Checks that a DEFAULT binds, needs none of the table's columns (`siblings`) and fits its column.
    static func checkDefault(_ expression: Expression, _ column: TableColumn, of table: CatalogEntry,
                             beside siblings: [String], in run: StatementRun) throws {
        if let refused = DefaultRules.refusal(of: expression) {
            throw WarehouseError(.unsupported, "Unsupported feature 'DEFAULT of column \(column.name) with \(refused)'.",
                                 hint: "A DEFAULT is made of constants, functions and sequences.", span: expression.span)
        }
        do {
            try checkDefault(expression, column, of: table, in: run)
        } catch let error as WarehouseError {
            let names = SequenceUse.columnNames(in: expression).intersection(siblings)
            guard error.code == ErrorKind.invalidIdentifier.code, let name = names.min() else { throw error }
            throw WarehouseError(.unsupported, "Unsupported feature 'DEFAULT of column \(column.name) that uses column "
                + "\(name)'.", hint: "A DEFAULT is made of constants, functions and sequences.", span: expression.span)
        }
    }

    private static func checkDefault(_ expression: Expression, _ column: TableColumn, of table: CatalogEntry,
                                     in run: StatementRun) throws {
        guard SequenceUse.occurs(in: expression) else {
            _ = try defaultValue(expression, column, of: table, in: run)
            return
        }
        _ = try plan(ofDefault: expression, column, of: table, in: run)
    }

    /// A DEFAULT's names are those of the table's schema, as they will be at each INSERT.
    private static func plan(ofDefault expression: Expression, _ column: TableColumn, of table: CatalogEntry,
                             in run: StatementRun) throws -> LogicalPlan {
        var catalog = try run.planCatalog()
        if let schema = try table.parent.flatMap({ try run.catalog().entries[$0] }) { catalog = catalog.standing(in: schema) }
        return try DMLBinding.assign(bind(row(of: [expression]), catalog: catalog, in: run), to: [column.schema])
    }
}

extension StatementRun {
    var boundParameters: BoundParameters {
        BoundParameters(positional: parameters.positional, named: parameters.named)
    }

    func logicalType(_ name: TypeName) throws -> LogicalType {
        try TypeResolver.logicalType(name, parameters: sessionContext.parameters)
    }

    /// How results show values, by the session's parameters.
    func formatSettings() throws -> TextFormats {
        let parameters = sessionContext.parameters
        func format(_ standard: TimestampFormat, _ names: String...) throws -> TimestampFormat {
            let text = names.lazy.compactMap { parameters[$0] }.first { !$0.isEmpty } ?? ""
            return text.isEmpty || text.uppercased() == "AUTO" ? standard : try TimestampFormat(text)
        }
        var formats = TextFormats(timeZone: try TimeZoneRules.load(sessionContext.timeZone))
        formats.date = try format(.date, "DATE_OUTPUT_FORMAT")
        formats.time = try format(.time, "TIME_OUTPUT_FORMAT")
        let zoned = TimestampFormat.timestampZoned
        formats.timestampNTZ = try format(zoned, "TIMESTAMP_NTZ_OUTPUT_FORMAT", "TIMESTAMP_OUTPUT_FORMAT")
        formats.timestampLTZ = try format(zoned, "TIMESTAMP_LTZ_OUTPUT_FORMAT", "TIMESTAMP_OUTPUT_FORMAT")
        formats.timestampTZ = try format(zoned, "TIMESTAMP_TZ_OUTPUT_FORMAT", "TIMESTAMP_OUTPUT_FORMAT")
        formats.binary = try BinaryTextFormat.named(parameters["BINARY_OUTPUT_FORMAT"] ?? "HEX")
        return formats
    }
}
