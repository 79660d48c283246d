import WarehouseBasics
import WarehouseSQL
import WarehouseStorage

/// ALTER of everything but tables.
enum AlterObject {
    static func run(_ statement: AlterObjectStatement, in run: StatementRun) throws -> ResultSet {
        if statement.kind == .session { return try alterSession(statement.action, run) }
        if statement.kind == .account { return try AccountDefinition.alter(statement.action, run) }
        guard let kind = CreateObject.entryKind(of: statement.kind) else {
            if let name = statement.name, let result = try AbsentKinds.missing(
                statement.kind, name, ifExists: statement.ifExists, isDrop: false, run) { return result }
            throw StatementDispatcher.unsupported("ALTER \(statement.kind.rawValue)")
        }
        return try run.define { transaction in
            let found: CatalogEntry? = try statement.name.map {
                try ObjectFinder.find(kind, $0, types: statement.argumentTypes, ifExists: statement.ifExists, run)
            } ?? run.resolver().requireTop(.user, run.state.user)
            guard var entry = found else { return .status("Statement executed successfully.") }
            if case .refresh(let subpath) = statement.action {
                let result = try StageDirectory.refresh(&entry, subpath: subpath ?? "", run)
                try transaction.store.put(entry)
                return result
            }
            if case .swapWith(let other) = statement.action, kind == .schema || kind == .database {
                try SwapExecution.run(entry, with: other, transaction.store, run)
                return .status("Statement executed successfully.")
            }
            try change(&entry, statement, transaction, run)
            entry.alteredAt = run.timestamp
            try transaction.store.put(entry)
            if kind == .schema || kind == .database {
                try run.catalog().updateRetention(below: entry, transaction.store)
            }
            return .status("Statement executed successfully.")
        }
    }

    private static func change(_ entry: inout CatalogEntry, _ statement: AlterObjectStatement,
                               _ transaction: OpenTransaction, _ run: StatementRun) throws {
        switch statement.action {
        case .set(let properties):
            try set(PropertyReader(properties: properties, run: run), &entry, transaction, run)
        case .unset(let names):
            try UnsetProperties.apply(names, to: &entry)
        case .renameTo(let reference):
            try rename(&entry, to: reference, transaction.store, run)
        case .setTags, .unsetTags:
            break
        case .command(let words):
            try command(words, &entry)
        case .swapWith, .refresh:
            throw StatementDispatcher.unsupported("ALTER \(statement.kind.rawValue) … SWAP WITH")
        }
    }

    private static func set(_ reader: PropertyReader, _ entry: inout CatalogEntry, _ transaction: OpenTransaction,
                            _ run: StatementRun) throws {
        try ObjectProperties.check(reader, of: entry.kind)
        if let comment = try reader.text("COMMENT") { entry.comment = comment }
        try Collation.check(reader)
        switch entry.kind {
        case .warehouse: try WarehouseDefinition.apply(reader, to: &entry)
        case .user: try UserDefinition.apply(reader, to: &entry)
        case .integration: try IntegrationDefinition.apply(reader, to: &entry)
        case .stage:
            if entry.text("URL") == nil, reader.properties.contains("URL") {
                throw WarehouseError(
                    .invalidValue, "SQL compilation error:\nStage '\(entry.name)' is an internal stage: it takes no URL.",
                    hint: "CREATE OR REPLACE STAGE … URL = … makes an external one, without the files of this.")
            }
            try StageDefinition.apply(reader, to: &entry, transaction, run)
        case .fileFormat:
            entry.attributes.merge(try FileFormatOptions.attributes(reader.properties, run, altering: entry)) { $1 }
        case .sequence:
            if let step = try reader.integer("INCREMENT") { entry.attributes["STEP"] = .integer(step) }
        default:
            try Retention.apply(reader, to: &entry)
        }
    }

    static func rename(_ entry: inout CatalogEntry, to reference: ObjectReference, _ transaction: WriteTransaction,
                       _ run: StatementRun) throws {
        var parts = try run.parts(reference)
        if entry.kind == .function, let name = parts.popLast() {
            // Its arguments tell it from others of that name.
            entry.attributes["NAME"] = .text(name)
            parts.append(UserFunctions.signature(name, entry.functionParameters.map(\.type)))
        }
        let place = try CreateObject.Place(entry.kind, parts, reference.span, run,
                                           isTemporary: entry.temporarySession != nil)
        if let existing = place.existing, existing.id != entry.id {
            throw CreateObject.alreadyExists(existing, reference.span)
        }
        guard entry.kind != .databaseRole || entry.parent == place.parent else {
            throw WarehouseError(.invalidValue, "SQL compilation error:\nA database role cannot move to another database.",
                                 span: reference.span)
        }
        let catalog = try run.catalog()
        if entry.kind == .role || entry.kind == .user {
            try GranteeRename(entry, to: place.name).apply(to: &entry, catalog, transaction)
        }
        entry.name = place.name
        if entry.parent != place.parent, entry.kind == .table { entry.columns = try TableColumns.moved(from: entry, run) }
        entry.parent = place.parent
        try catalog.release(&entry, to: catalog.database(of: entry), heir: run.state.role, transaction)
    }

    private static func command(_ words: String, _ entry: inout CatalogEntry) throws {
        switch (entry.kind, words) {
        case (.warehouse, "SUSPEND"):
            guard !entry.isSuspended else { throw invalidState(.warehouseNotSuspended, "suspended", entry) }
            entry.attributes["STATE"] = .text("SUSPENDED")
        case (.warehouse, "RESUME"):
            guard entry.isSuspended else { throw invalidState(.warehouseNotResumed, "resumed", entry) }
            entry.attributes["STATE"] = .text("STARTED")
        case (.warehouse, "RESUME IF SUSPENDED"):
            entry.attributes["STATE"] = .text("STARTED")
        case (.warehouse, "ABORT ALL QUERIES"):
            break
        case (.view, "SET SECURE"), (.function, "SET SECURE"): entry.attributes["SECURE"] = .flag(true)
        case (.view, "UNSET SECURE"), (.function, "UNSET SECURE"): entry.attributes["SECURE"] = nil
        case (.schema, "ENABLE MANAGED ACCESS"): entry.attributes["MANAGED_ACCESS"] = .flag(true)
        case (.schema, "DISABLE MANAGED ACCESS"): entry.attributes["MANAGED_ACCESS"] = nil
        default:
            throw StatementDispatcher.unsupported("ALTER \(entry.kind.title.uppercased()) … \(words)")
        }
    }

    private static func invalidState(_ kind: ErrorKind, _ what: String, _ warehouse: CatalogEntry) -> WarehouseError {
        let hint = warehouse.isSuspended ? "It is suspended already." : "It is started. RESUME IF SUSPENDED leaves that be."
        return WarehouseError(kind, "Invalid state. Warehouse '\(warehouse.name)' cannot be \(what).", hint: hint)
    }

    private static func alterSession(_ action: AlterObjectAction, _ run: StatementRun) throws -> ResultSet {
        switch action {
        case .set(let properties):
            for property in properties {
                run.state.parameters[property.name] = try SessionParameters.value(of: property, in: run)
            }
        case .unset(let names):
            for name in names {
                try SessionParameters.check(name)
                run.state.parameters[name] = nil
            }
        default:
            throw StatementDispatcher.unsupported("this form of ALTER SESSION")
        }
        return .status("Statement executed successfully.")
    }
}

/// COMMENT ON.
enum CommentOn {
    static func run(_ statement: CommentStatement, in run: StatementRun) throws -> ResultSet {
        try run.define { transaction in
            do {
                try transaction.store.put(try commented(statement, run))
            } catch let error as WarehouseError
                where statement.ifExists && error.code == ErrorKind.objectNotFound.code {
                // IF EXISTS: nothing to comment on.
            }
            return .status("Statement executed successfully.")
        }
    }

    private static func commented(_ statement: CommentStatement, _ run: StatementRun) throws -> CatalogEntry {
        if statement.kind == .column {
            var parts = try run.parts(statement.name)
            guard let column = parts.popLast(), !parts.isEmpty else {
                throw WarehouseError(.syntax, "COMMENT ON COLUMN needs table.column.", span: statement.name.span)
            }
            var table = try run.resolver().require(.table, parts, statement.name.span)
            table.columns[try AlterTable.columnIndex(column, table, statement.name.span)].comment = statement.text
            return table
        }
        guard let kind = CreateObject.entryKind(of: statement.kind) else {
            throw StatementDispatcher.unsupported("COMMENT ON \(statement.kind.rawValue)")
        }
        var entry = try ObjectFinder.require(kind, statement.name, types: statement.argumentTypes, run)
        entry.comment = statement.text
        return entry
    }
}
