import WarehouseBasics
import WarehousePlan
import WarehouseSQL
import WarehouseStorage

/// CREATE TABLE with columns, AS query, LIKE or CLONE. OR REPLACE swaps the new table in atomically.
enum CreateTable {
    static func run(_ statement: CreateTableStatement, in run: StatementRun) throws -> ResultSet {
        if statement.orAlter { return try CreateOrAlterTable.run(statement, in: run) }
        return try run.define { try self.run(statement, $0, in: run) }
    }

    /// Within a transaction.
    static func run(_ statement: CreateTableStatement, _ transaction: OpenTransaction, in run: StatementRun) throws
        -> ResultSet {
        let isTemporary = statement.persistence == .temporary
        if isTemporary { try run.keepTemporaryObjects() }
        let place = try CreateObject.Place(.table, run.parts(statement.name), statement.name.span, run,
                                           isTemporary: isTemporary)
        if let replaced = place.existing {
            if statement.ifNotExists { return .status("\(replaced.name) already exists, statement succeeded.") }
            guard statement.orReplace else { throw CreateObject.alreadyExists(replaced, statement.name.span) }
            guard replaced.kind == .table else { throw wrongKind(replaced, statement.name.span) }
        }
        var entry = CatalogEntry(id: try transaction.store.allocateID(), kind: .table, parent: place.parent,
                                 name: place.name, owner: run.state.role, createdAt: run.timestamp)
        let reader = PropertyReader(properties: statement.properties, run: run)
        try ObjectProperties.check(reader, of: .table)
        entry.comment = try reader.text("COMMENT") ?? ""
        try Collation.check(reader)
        if statement.persistence == .transient { entry.attributes["TRANSIENT"] = .flag(true) }
        if isTemporary { entry.attributes["SESSION"] = .text(run.session.id) }
        try Retention.apply(reader, to: &entry)
        if let format = try StageDefinition.fileFormat(reader, "STAGE_FILE_FORMAT") {
            entry.attributes.merge(format) { $1 }
        }
        if let options = try reader.nested("STAGE_COPY_OPTIONS") {
            entry.attributes.merge(try CopyOptions.attributes(options, of: "STAGE_COPY_OPTIONS", run)) { $1 }
        }
        let model = try build(&entry, statement, transaction.store, run)
        // The old table goes last: the query of OR REPLACE … AS may read it.
        if let replaced = place.existing {
            try DropObject.retire(replaced, transaction, run)
        }
        try transaction.store.put(entry)
        try CopyGrants.apply(statement.properties, from: place.existing ?? model, to: entry, transaction.store, run)
        return .status("Table \(entry.name) successfully created.")
    }

    static func wrongKind(_ entry: CatalogEntry, _ span: SourceSpan) -> WarehouseError {
        WarehouseError(
            .alreadyExists,
            "SQL compilation error:\nObject '\(entry.name)' already exists as \(entry.kind.title.uppercased())",
            span: span)
    }

    /// Gives the table that the new one was cloned from or made like.
    private static func build(_ entry: inout CatalogEntry, _ statement: CreateTableStatement,
                              _ transaction: WriteTransaction, _ run: StatementRun) throws -> CatalogEntry? {
        switch statement.source {
        case .none:
            let names = statement.columns.map(\.name.name)
            entry.columns = try statement.columns.map { try TableColumns.column($0, of: entry, beside: names, run) }
            guard !entry.columns.isEmpty else {
                throw WarehouseError(.syntax, "SQL compilation error:\nA table needs at least one column.",
                                     span: statement.name.span)
            }
            try TableColumns.checkNames(entry.columns.map(\.name))
            try TableColumns.applyKeys(statement, to: &entry, run)
            try create(entry, transaction, run)
        case .query(let query):
            let bound = try QueryExecution.bind(query, in: run)
            entry.columns = try TableColumns.ofQuery(bound, statement, of: entry, run)
            try create(entry, transaction, run)
            let plan = try DMLBinding.assign(bound, to: entry.columns.map(\.schema))
            _ = try RowAppender.append(plan, to: &entry, transaction, run)
        case .like(let reference):
            let model = try run.resolver().require(.table, run.parts(reference), reference.span)
            entry.columns = try model.parent == entry.parent ? model.columns : TableColumns.moved(from: model, run)
            let catalog = try run.catalog()
            DeclaredKey.set(ForeignKeys.copied(from: model, of: catalog, to: entry, in: catalog), of: &entry)
            try create(entry, transaction, run)
            return model
        case .clone(let reference, let travel):
            var model = try run.resolver().require(.table, run.parts(reference), reference.span)
            var snapshot = try run.snapshot(), then = try run.catalog()
            if let travel {
                let past = try CloneContainer.past(travel, model, run)
                (snapshot, then) = (past.snapshot, past.catalog)
                model = past.source
            }
            guard model.kind == .table, let rows = snapshot.table(model.id) else {
                throw WarehouseError(.invalidValue, "Only a table can be cloned as a table.", span: reference.span)
            }
            entry.columns = try model.parent == entry.parent ? model.columns : TableColumns.moved(from: model, run)
            entry.attributes.merge(model.attributes.filter { $0.key != "SESSION" }) { mine, _ in mine }
            entry.cloneGroup = model.cloneGroup
            DeclaredKey.set(ForeignKeys.copied(from: model, of: then, to: entry, in: try run.catalog()), of: &entry)
            try transaction.cloneTable(rows, as: entry.id)
            try transaction.setRetention(entry.id, seconds: try run.catalog().retentionSeconds(of: entry))
            return model
        case .template(let query):
            entry.columns = try TableTemplate.columns(of: query, in: run)
            try create(entry, transaction, run)
        }
        return nil
    }

    private static func create(_ entry: CatalogEntry, _ transaction: WriteTransaction, _ run: StatementRun) throws {
        try transaction.createTable(entry.id, columns: entry.storedColumns,
                                    retentionSeconds: try run.catalog().retentionSeconds(of: entry))
    }
}

/// Columns of a new table.
enum TableColumns {
    /// A table's columns for one of another schema: what their DEFAULTs name stays where it is.
    static func moved(from table: CatalogEntry, _ run: StatementRun) throws -> [TableColumn] {
        try table.columns.map { column in
            var column = column
            column.defaultText = try qualifiedDefault(column, of: table, run)
            return column
        }
    }

    /// A column's DEFAULT, what it names with database and schema: an error then names it in full, and guesses no others.
    static func qualifiedDefault(_ column: TableColumn, of table: CatalogEntry, _ run: StatementRun) throws -> String? {
        guard let text = column.defaultText else { return nil }
        let home = try run.catalog().fullName(table), native = run.warehouse.functions
        return try DefaultNames.qualified(text, database: home.database, schema: home.schema) { !native.overloads($0).isEmpty }
    }

    /// `siblings`: names of the table's columns.
    static func column(_ definition: ColumnDefinition, of table: CatalogEntry, beside siblings: [String],
                       _ run: StatementRun) throws -> TableColumn {
        guard let type = definition.type else {
            throw WarehouseError(.syntax, "Column '\(definition.name.name)' needs a data type.",
                                 span: definition.name.span)
        }
        if definition.computed != nil { throw StatementDispatcher.unsupported("virtual columns") }
        if let collation = definition.collation { try Collation.check(collation) }
        var column = TableColumn(definition.name.name, try run.logicalType(type))
        column.isNullable = !definition.isNotNull && !definition.constraints.contains { $0.kind == .primaryKey }
        column.comment = definition.comment ?? ""
        if let value = definition.defaultValue {
            // Bound once now, so that a wrong default fails here and not at the first INSERT.
            try QueryExecution.checkDefault(value, column, of: table, beside: siblings, in: run)
            column.defaultText = SQLPrinter(dialect: .warehouse).print(value)
        }
        if let identity = definition.identity {
            guard case .number(_, scale: 0) = column.type else {
                throw WarehouseError(
                    .invalidValue, "AUTOINCREMENT needs a column of whole numbers: '\(column.name)' is \(column.type).",
                    span: definition.name.span)
            }
            column.identity = .init(start: Int64(identity.start), step: Int64(identity.increment))
        }
        return column
    }

    static func checkNames(_ names: [String]) throws {
        var seen: Set<String> = []
        for name in names where !seen.insert(name).inserted {
            throw WarehouseError(.alreadyExists, "SQL compilation error:\nduplicate column name '\(name)'")
        }
    }

    /// Columns of CREATE TABLE … AS: the query's, with names, types and NOT NULL of the column list if there is one.
    static func ofQuery(_ bound: BoundQuery, _ statement: CreateTableStatement, of table: CatalogEntry,
                        _ run: StatementRun) throws -> [TableColumn] {
        guard statement.columns.isEmpty || statement.columns.count == bound.columns.count else {
            throw WarehouseError(
                .columnCountMismatch,
                "SQL compilation error:\nInvalid column definition list: \(statement.columns.count) columns for a "
                    + "query of \(bound.columns.count).", span: statement.name.span)
        }
        var columns = bound.columns.map { TableColumn($0.name, $0.type == .null ? .text : $0.type) }
        let names = statement.columns.map(\.name.name)
        for (index, definition) in statement.columns.enumerated() {
            if definition.type != nil { columns[index] = try column(definition, of: table, beside: names, run) }
            columns[index].name = definition.name.name
            columns[index].isNullable = !definition.isNotNull
            columns[index].comment = definition.comment ?? ""
        }
        try checkNames(columns.map(\.name))
        return columns
    }

    /// Keys are declared, not enforced; a primary key's columns are NOT NULL, which is.
    static func applyKeys(_ statement: CreateTableStatement, to entry: inout CatalogEntry,
                          _ run: StatementRun) throws {
        var keys: [DeclaredKey] = []
        for column in statement.columns {
            for constraint in column.constraints {
                if let key = try DeclaredKey(constraint, on: column.name.name, of: entry, run) { keys.append(key) }
            }
        }
        for constraint in statement.constraints {
            if let key = try DeclaredKey(constraint, of: entry, run) { keys.append(key) }
        }
        let primary = keys.filter { $0.kind == .primary }
        guard primary.count < 2 else {
            throw WarehouseError(.alreadyExists, "SQL compilation error:\nprimary key already exists for table "
                + "'\(entry.name)'")
        }
        let required = Set(primary.flatMap(\.columns))
        for index in entry.columns.indices where required.contains(entry.columns[index].name) {
            entry.columns[index].isNullable = false
        }
        DeclaredKey.set(try ForeignKeys.resolved(keys, of: entry, run), of: &entry)
    }
}
