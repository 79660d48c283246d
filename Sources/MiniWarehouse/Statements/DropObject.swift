import WarehouseBasics
import WarehouseSQL
import WarehouseStorage

/// DROP of any kind, with everything below it.
enum DropObject {
    static func run(_ statement: DropStatement, in run: StatementRun) throws -> ResultSet {
        guard let kind = CreateObject.entryKind(of: statement.kind) else {
            if let result = try AbsentKinds.missing(statement.kind, statement.name, ifExists: statement.ifExists,
                                                    isDrop: true, run) { return result }
            throw StatementDispatcher.unsupported("DROP \(statement.kind.rawValue)")
        }
        if kind == .function { return try dropFunction(statement, in: run) }
        return try run.define { transaction in
            let catalog = try run.catalog()
            let parts = try run.parts(statement.name)
            guard let entry = try ObjectFinder.find(kind, statement.name, ifExists: statement.ifExists, run) else {
                let name = parts[parts.count - 1]
                return .status("Drop statement executed successfully (\(name) already dropped).")
            }
            guard entry.kind == kind else {
                throw WarehouseError(
                    .objectNotFound,
                    "SQL compilation error:\nObject found is of type '\(entry.kind.title.uppercased())', not "
                        + "specified type '\(kind.title.uppercased())'.", span: statement.name.span)
            }
            try checkIsSpared(entry, run)
            try inherit(from: entry, catalog, transaction, run)
            try retire(entry, transaction, run)
            leave(entry, catalog, run)
            return .status("\(entry.name) successfully dropped.")
        }
    }

    /// What the session itself, or everybody, rests on.
    static func checkIsSpared(_ entry: CatalogEntry, _ run: StatementRun) throws {
        switch entry.kind {
        case .role where SystemRoles.names.contains(entry.name):
            throw WarehouseError(.insufficientPrivileges, "System role \(entry.name) cannot be dropped.")
        case .role where entry.name == run.state.role:
            throw WarehouseError(
                .invalidValue, "SQL execution error:\nCannot drop role \(entry.name) as it is the current primary role.",
                hint: "USE ROLE of another one first.")
        case .user where entry.name == Bootstrap.user || entry.name == run.state.user:
            throw WarehouseError(.insufficientPrivileges, "User \(entry.name) cannot be dropped: "
                + (entry.name == run.state.user ? "it is the session's." : "the warehouse is opened as this user."))
        default: break
        }
    }

    private static func dropFunction(_ statement: DropStatement, in run: StatementRun) throws -> ResultSet {
        try run.define { transaction in
            let catalog = try run.catalog()
            do {
                let entry = try UserFunctions.require(statement.name, statement.argumentTypes, run)
                try remove(entry, catalog: catalog, transaction, run.warehouse.stages)
                return .status("\(entry.functionName) successfully dropped.")
            } catch let error as WarehouseError
                where statement.ifExists && error.code == ErrorKind.objectNotFound.code {
                let name = try run.parts(statement.name).last ?? ""
                return .status("Drop statement executed successfully (\(name) already dropped).")
            }
        }
    }

    /// What a role owned falls to the role that drops it, and what it granted, or a user, is revoked.
    static func inherit(from entry: CatalogEntry, _ catalog: CatalogState, _ transaction: OpenTransaction,
                        _ run: StatementRun) throws {
        guard entry.kind == .role || entry.kind == .databaseRole || entry.kind == .user else { return }
        let role = RoleKey.of(entry)
        for var entry in catalog.records.values.sorted(by: { $0.id < $1.id }) {
            if entry.kind == .grant {
                if entry.text("BY") == role { try transaction.store.removeObject(entry.id) }
            } else if entry.kind != .loadedFile, entry.owner == role {
                entry.owner = run.state.role
                try transaction.store.put(entry)
            }
        }
    }

    /// How many dropped objects of one name are kept; of those before, nothing is left. Pipelines that replace their
    /// tables in every run would otherwise keep a day's runs.
    static let keptVersions = 5

    /// Drops an object: a table, schema or database that UNDROP may bring back is only marked, anything else removed.
    static func retire(_ entry: CatalogEntry, _ transaction: OpenTransaction, _ run: StatementRun) throws {
        let catalog = try run.catalog(), stages = run.warehouse.stages
        let gone = [entry] + catalog.descendants(of: entry.id)
        try ForeignKeys.drop(to: Set(gone.filter { $0.kind == .table }.map(\.id)), catalog, transaction.store)
        let canReturn = entry.kind == .table || entry.kind == .schema || entry.kind == .database
        guard canReturn, catalog.retentionSeconds(of: entry) > 0 else {
            return try remove(entry, catalog: catalog, transaction, stages)
        }
        for old in catalog.dropped(entry.kind, entry.name, in: entry.parent).dropLast(keptVersions - 1) {
            try remove(old, catalog: catalog, transaction, stages)
        }
        // Temporary objects end with what they are in.
        for object in catalog.descendants(of: entry.id) where object.temporarySession != nil {
            try remove(object, catalog: catalog, transaction, stages)
        }
        var marked = entry
        marked.attributes["DROPPED"] = .integer(run.timestamp)
        try transaction.store.put(marked)
    }

    /// Takes an object, what is below it, their rows and grants out of the warehouse; staged files and keys go when
    /// that is committed.
    static func remove(_ entry: CatalogEntry, catalog: CatalogState, _ transaction: OpenTransaction,
                       _ stages: StageStore) throws {
        let doomed = catalog.descendants(of: entry.id) + [entry]
        let ids = Set(doomed.map(\.id))
        for object in doomed {
            if object.kind == .table {
                // Nobody can name it any more: its rows need not stay.
                try transaction.store.setRetention(object.id, seconds: 0)
                try transaction.store.dropTable(object.id)
            }
            if let secret = object.secretName { transaction.whenCommitted { stages.removeSecret(named: secret) } }
            if let name = stages.directoryName(of: object) {
                transaction.whenCommitted { stages.removeDirectory(named: name) }
            }
            try transaction.store.removeObject(object.id)
        }
        for grant in catalog.records.values where grant.kind == .grant && !ids.contains(grant.id) {
            let isOfRole = entry.kind == .role && grant.text("ON") == "ROLE" && grant.name == entry.name
                || (entry.kind == .role || entry.kind == .databaseRole) && grant.text("TO") != "USER"
                && grant.text("GRANTEE") == RoleKey.of(entry)
            let isOfUser = entry.kind == .user && grant.text("TO") == "USER"
                && (grant.text("GRANTEE") == entry.name || grant.text("GRANTEE") == RoleKey.of(entry))
            if grant.target.map(ids.contains) == true || isOfRole || isOfUser {
                try transaction.store.removeObject(grant.id)
            }
        }
    }

    /// The session leaves what it stood in.
    private static func leave(_ entry: CatalogEntry, _ catalog: CatalogState, _ run: StatementRun) {
        switch entry.kind {
        case .database where run.state.database == entry.name:
            run.state.database = nil
            run.state.schema = nil
        case .schema where run.state.schema == entry.name
            && entry.parent.flatMap({ catalog.entries[$0]?.name }) == run.state.database:
            run.state.schema = nil
        case .warehouse where run.state.computeWarehouse == entry.name:
            run.state.computeWarehouse = nil
        default: break
        }
    }
}

/// Finds an object of any kind by the name that DDL gives.
enum ObjectFinder {
    /// `types`: a function's argument types, where they were said.
    static func require(_ kind: EntryKind, _ reference: ObjectReference, types: [TypeName]? = nil,
                        _ run: StatementRun) throws -> CatalogEntry {
        let resolver = try run.resolver()
        switch kind {
        case .schema: return try resolver.schema(run.parts(reference), reference.span)
        case .databaseRole: return try resolver.databaseRole(run.parts(reference), reference.span)
        case .function: return try UserFunctions.require(reference, types, run)
        case _ where kind.isSchemaObject: return try resolver.require(kind, run.parts(reference), reference.span)
        default: return try resolver.requireTop(kind, run.simpleName(reference), reference.span)
        }
    }

    /// nil where it is missing and IF EXISTS allows that.
    static func find(_ kind: EntryKind, _ reference: ObjectReference, types: [TypeName]? = nil, ifExists: Bool,
                     _ run: StatementRun) throws -> CatalogEntry? {
        do {
            return try require(kind, reference, types: types, run)
        } catch let error as WarehouseError where ifExists && error.code == ErrorKind.objectNotFound.code {
            return nil
        }
    }
}
