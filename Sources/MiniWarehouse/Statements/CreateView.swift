import WarehouseBasics
import WarehouseEngine
import WarehousePlan
import WarehouseSQL
import WarehouseStorage

/// CREATE VIEW: the query is bound once to find its columns and its errors; what is kept is its text.
enum CreateView {
    static func run(_ statement: CreateViewStatement, in run: StatementRun) throws -> ResultSet {
        let statement = statement.isRecursive ? try recursive(statement, run) : statement
        return try run.define { transaction in
            if statement.isTemporary { try run.keepTemporaryObjects() }
            let place = try CreateObject.Place(.view, run.parts(statement.name), statement.name.span, run,
                                               isTemporary: statement.isTemporary)
            if let existing = place.existing {
                if statement.ifNotExists { return .status("\(existing.name) already exists, statement succeeded.") }
                guard statement.orReplace else { throw CreateObject.alreadyExists(existing, statement.name.span) }
                guard existing.kind == .view else { throw CreateTable.wrongKind(existing, statement.name.span) }
            }
            var entry = CatalogEntry(id: try transaction.store.allocateID(), kind: .view, parent: place.parent,
                                     name: place.name, owner: run.state.role, createdAt: run.timestamp)
            entry.columns = try columns(statement, in: place.parent, run)
            let text = statement.queryText.isEmpty
                ? SQLPrinter(dialect: .warehouse).print(statement.query) : statement.queryText
            entry.attributes["TEXT"] = .text(text)
            if statement.isSecure { entry.attributes["SECURE"] = .flag(true) }
            if statement.isTemporary { entry.attributes["SESSION"] = .text(run.session.id) }
            let reader = PropertyReader(properties: statement.properties, run: run)
            try ObjectProperties.check(reader, of: .view)
            entry.comment = try reader.text("COMMENT") ?? ""
            try transaction.store.put(entry)
            try CopyGrants.apply(statement.properties, from: place.existing, to: entry, transaction.store, run)
            if let existing = place.existing {
                try DropObject.remove(existing, catalog: try run.catalog(), transaction, run.warehouse.stages)
            }
            return .status("View \(entry.name) successfully created.")
        }
    }

    /// RECURSIVE lets the query name the view itself, as a table of WITH RECURSIVE.
    private static func recursive(_ statement: CreateViewStatement, _ run: StatementRun) throws -> CreateViewStatement {
        guard !statement.columns.isEmpty, let name = try run.parts(statement.name).last else {
            throw WarehouseError(.syntax, "SQL compilation error:\nA RECURSIVE view needs a list of its columns.",
                                 span: statement.name.span)
        }
        let own = Identifiers.quoted(name)
        let columns = statement.columns.map { Identifiers.quoted($0.name.name) }.joined(separator: ", ")
        let body = statement.queryText.isEmpty
            ? SQLPrinter(dialect: .warehouse).print(statement.query) : statement.queryText
        var copy = statement
        copy.queryText = "WITH RECURSIVE \(own) (\(columns)) AS (\n\(body)\n) SELECT * FROM \(own)"
        copy.query = try Parser.parseQuery(copy.queryText)
        return copy
    }

    /// Names without a place are those of the view's schema, as where the view is used.
    private static func columns(_ statement: CreateViewStatement, in schema: ObjectID?, _ run: StatementRun) throws
        -> [TableColumn] {
        let catalog = try run.planCatalog(), schema = try schema.flatMap { try run.catalog().entries[$0] }
        let bound = try Planner.plan(
            viewQuery: statement.query, catalog: schema.map { catalog.standing(in: $0) } ?? catalog,
            parameters: run.boundParameters, folder: EngineConstantFolder(context: run.queryContext))
        guard statement.columns.isEmpty || statement.columns.count == bound.columns.count else {
            throw WarehouseError(
                .columnCountMismatch,
                "SQL compilation error:\nInvalid column definition list: \(statement.columns.count) names for a query "
                    + "of \(bound.columns.count) columns.", span: statement.name.span)
        }
        var columns = bound.columns.map { TableColumn($0.name, $0.type == .null ? .text : $0.type) }
        for (index, column) in statement.columns.enumerated() {
            columns[index].name = column.name.name
            columns[index].comment = column.comment ?? ""
        }
        try TableColumns.checkNames(columns.map(\.name))
        return columns
    }
}
