import WarehouseBasics
import WarehouseEngine
import WarehousePlan
import WarehouseSQL
import WarehouseStorage

/// CREATE FUNCTION … LANGUAGE SQL: the body is bound once over NULLs to find its errors; what is kept is its text.
enum CreateFunction {
    private static let ignored = ["IMMUTABLE", "VOLATILE", "STRICT", "MEMOIZABLE", "CALLED ON NULL INPUT", "COMMENT",
                                  "RETURNS NULL ON NULL INPUT", "COPY GRANTS", "LANGUAGE", "TAG"]

    static func run(_ statement: CreateFunctionStatement, in run: StatementRun) throws -> ResultSet {
        if statement.isProcedure { throw StatementDispatcher.unsupported("CREATE PROCEDURE") }
        guard statement.language == "SQL" else {
            throw StatementDispatcher.unsupported("CREATE FUNCTION … LANGUAGE \(statement.language)")
        }
        return try run.define { transaction in
            if statement.isTemporary { try run.keepTemporaryObjects() }
            var entry = try definition(statement, run)
            let place = try run.resolver().place(run.parts(statement.name), statement.name.span)
            if Planner.isSystemFunction(place.name) {
                throw WarehouseError(.alreadyExists, "SQL compilation error:\nFunction \(place.name) is a function of the "
                    + "system.", span: statement.name.span)
            }
            let session = statement.isTemporary ? run.session.id : nil
            let existing = try run.catalog().exact(.function, entry.name, in: place.schema.id, session: session)
            if let existing {
                if statement.ifNotExists {
                    return .status("\(existing.functionName) already exists, statement succeeded.")
                }
                guard statement.orReplace else { throw CreateObject.alreadyExists(existing, statement.name.span) }
            }
            try check(entry, place, run)
            entry.id = try transaction.store.allocateID()
            entry.parent = place.schema.id
            try transaction.store.put(entry)
            try CopyGrants.apply(statement.properties, from: existing, to: entry, transaction.store, run)
            if let existing {
                try DropObject.remove(existing, catalog: try run.catalog(), transaction, run.warehouse.stages)
            }
            return .status("Function \(entry.functionName) successfully created.")
        }
    }

    private static func definition(_ statement: CreateFunctionStatement, _ run: StatementRun) throws -> CatalogEntry {
        let name = try run.parts(statement.name).last ?? ""
        func column(_ parameter: FunctionParameter) throws -> TableColumn {
            var column = TableColumn(parameter.name.name, try TypeResolver.logicalType(
                parameter.type, parameters: run.sessionContext.parameters))
            column.defaultText = parameter.defaultValue.map { SQLPrinter(dialect: .warehouse).print($0) }
            return column
        }
        let parameters = try statement.parameters.map(column)
        try TableColumns.checkNames(parameters.map(\.name))
        if let place = parameters.firstIndex(where: { $0.defaultText != nil }),
           parameters[place...].contains(where: { $0.defaultText == nil }) {
            throw WarehouseError(.syntax, "SQL compilation error:\nParameters with DEFAULT must stand behind those without.",
                                 span: statement.name.span)
        }
        var entry = CatalogEntry(id: ObjectID(0), kind: .function, parent: nil,
                                 name: UserFunctions.signature(name, parameters.map(\.type)), owner: run.state.role,
                                 createdAt: run.timestamp)
        entry.columns = parameters
        switch statement.returns {
        case .scalar(let type, let isNotNull):
            entry.columns.append(TableColumn("RESULT", try TypeResolver.logicalType(
                type, parameters: run.sessionContext.parameters), isNullable: !isNotNull))
        case .table(let columns):
            entry.columns += try columns.map(column)
            entry.attributes["TABLE"] = .flag(true)
        }
        entry.attributes["NAME"] = .text(name)
        entry.attributes["PARAMETERS"] = .integer(Int64(parameters.count))
        entry.attributes["BODY"] = .text(statement.body)
        if statement.isSecure { entry.attributes["SECURE"] = .flag(true) }
        if statement.isTemporary { entry.attributes["SESSION"] = .text(run.session.id) }
        for word in ["IMMUTABLE", "MEMOIZABLE"] where statement.properties.contains(word) {
            entry.attributes[word] = .flag(true)
        }
        let reader = PropertyReader(properties: statement.properties, run: run)
        entry.comment = try reader.text("COMMENT") ?? ""
        if let other = statement.properties.first(where: { !ignored.contains($0.name) }) {
            throw StatementDispatcher.unsupported("CREATE FUNCTION … \(other.name)")
        }
        return entry
    }

    private static func check(_ entry: CatalogEntry, _ place: NameResolver.Place, _ run: StatementRun) throws {
        guard let body = entry.text("BODY"), body.contains(where: { !$0.isWhitespace }) else {
            throw WarehouseError(.syntax, "SQL compilation error:\nA function in SQL needs a body: AS '…'.")
        }
        let catalog = try run.planCatalog(), name = try run.catalog().fullName(place.schema, place.name)
        let function = try UserFunctions.function(
            entry, name: name, home: catalog.standing(beside: name, withRightsOf: entry.owner))
        try Planner.check(function, catalog: catalog, folder: EngineConstantFolder(context: run.queryContext))
    }
}
