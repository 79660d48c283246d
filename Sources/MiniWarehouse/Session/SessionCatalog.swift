import WarehouseBasics
import WarehousePlan
import WarehouseSQL
import WarehouseStorage

/// The planner's door to names, for one statement: what the session's role, database and schema make of them.
///
/// Made and used on the session's thread within one statement; `Catalog` asks for Sendable because views carry it.
final class SessionCatalog: Catalog, @unchecked Sendable {
    private let run: StatementRun
    private let snapshot: StoreSnapshot
    private let resolver: NameResolver

    init(run: StatementRun, snapshot: StoreSnapshot, resolver: NameResolver) {
        self.run = run
        self.snapshot = snapshot
        self.resolver = resolver
    }

    var context: SessionContext { run.sessionContext }

    func resolveRelation(_ parts: [String], privilege: Privilege) throws(WarehouseError) -> CatalogRelation {
        if let system = try informationSchemaTable(parts) { return .table(system) }
        let entry = try resolver.require(.table, parts)
        try resolver.access.require([privilege.rawValue], entry)
        let name = resolver.catalog.fullName(entry)
        if entry.kind == .view {
            return .view(CatalogView(name: name, text: entry.viewText, columnNames: entry.columns.map(\.name),
                                     catalog: standing(beside: name, withRightsOf: entry.owner),
                                     isSecure: entry.isSecure, hidesText: hidesText(entry)))
        }
        return .table(try storedTable(entry))
    }

    /// Of a secure view or function that the statement reads. Through whatever view it is used, its owner is the session's
    /// role or none that counts.
    private func hidesText(_ entry: CatalogEntry) -> Bool {
        guard entry.isSecure, !run.state.access(to: resolver.catalog).owns(entry) else { return false }
        run.queryContext.hideSecureErrors()
        return true
    }

    func resolveTable(_ parts: [String], asOf moment: HistoryMoment) throws(WarehouseError) -> any CatalogTable {
        let entry = try resolver.require(.table, parts)
        try resolver.access.require(["SELECT"], entry)
        let name = resolver.catalog.fullName(entry)
        guard entry.kind == .table else {
            throw WarehouseError(.unsupported, "Unsupported feature 'AT | BEFORE of a view'.")
        }
        do {
            // Rows of then, in the table as it is defined now.
            if let now = snapshot.table(entry.id), let past = try run.warehouse.history(moment),
               let then = try CatalogState(past).entries[entry.id],
               let rows = past.table(entry.id, withColumnsOf: now) {
                try checkPrecisions(of: entry, then, rows)
                return StoredTable(entry, name: name, rows: rows)
            }
        } catch let error as WarehouseError {
            throw error
        } catch {
            throw WarehouseError(.internalFault, "\(error)")
        }
        throw WarehouseError(.timeTravel, "Time travel data is not available for table \(name.name). The requested time "
            + "is either beyond the allowed time travel period or before the object creation time.")
    }

    /// Numbers of then may be too large for what a column's precision has become.
    private func checkPrecisions(of now: CatalogEntry, _ then: CatalogEntry, _ rows: TableSnapshot) throws {
        guard now.columns.map(\.type) != then.columns.map(\.type) else { return }
        for (index, column) in now.columns.enumerated() {
            guard case .number(let digits, _) = column.type, digits < 38 else { continue }
            let statistics = rows.statistics(index), limit = PowersOfTen.int128(digits)
            if (statistics.low ?? 0) <= -limit || (statistics.high ?? 0) >= limit {
                throw WarehouseError(.timeTravel, "Time travel data of table \(now.name) may hold numbers that column "
                    + "\(column.name) of type \(column.type) no longer takes.")
            }
        }
    }

    /// The door for names written in the schema of `name` by `owner`: who may use a view or a function needs no rights on
    /// what it reads.
    func standing(beside name: ObjectName, withRightsOf owner: String) -> SessionCatalog {
        SessionCatalog(run: run, snapshot: snapshot, resolver: NameResolver(
            catalog: resolver.catalog, access: Access(catalog: resolver.catalog, owner: owner), database: name.database,
            schema: name.schema, sessionID: resolver.sessionID))
    }

    /// The door for names written in `schema` by the session itself.
    func standing(in schema: CatalogEntry) -> SessionCatalog {
        let place = resolver.catalog.fullName(schema, "")
        return SessionCatalog(run: run, snapshot: snapshot, resolver: NameResolver(
            catalog: resolver.catalog, access: resolver.access, database: place.database, schema: place.schema,
            sessionID: resolver.sessionID))
    }

    func storedTable(_ entry: CatalogEntry) throws(WarehouseError) -> StoredTable {
        let name = resolver.catalog.fullName(entry)
        guard let rows = snapshot.table(entry.id) else {
            throw WarehouseError(.corrupt, "The rows of table \(name) are missing from the store.")
        }
        return StoredTable(entry, name: name, rows: rows)
    }

    func resolveStage(_ stage: StageReference, columnCount: Int) throws(WarehouseError) -> any CatalogTable {
        if let table = run.stagedTable?(columnCount) { return table }
        do {
            return try StageTable(stage, columnCount: columnCount, resolver: resolver, run: run)
        } catch let error as WarehouseError {
            throw error
        } catch {
            throw WarehouseError(.internalFault, "\(error)")
        }
    }

    func resolveTableFunction(_ name: String,
                              _ arguments: [CatalogArgument]) throws(WarehouseError) -> (any CatalogTable)? {
        do {
            if let history = try QueryHistory.table(name, arguments, run) { return history }
            return try CatalogFunctions(run: run, resolver: resolver).table(name, arguments)
        } catch let error as WarehouseError {
            throw error
        } catch {
            throw WarehouseError(.internalFault, "\(error)")
        }
    }

    func resolveFunctions(_ parts: [String]) throws(WarehouseError) -> [CatalogFunction] {
        let native = parts.count == 1 ? run.warehouse.functions.overloads(parts[0]).map(CatalogFunction.init) : []
        // A name without a place, or in one that does not exist, is no function's.
        guard let place = try? resolver.place(parts) else { return native }
        let usable = UserFunctions.overloads(place.name, in: place.schema, resolver)
            .filter { resolver.access.isAllowed(["USAGE"], $0) }
        let found = try usable.map { entry throws(WarehouseError) in
            let name = resolver.catalog.fullName(place.schema, place.name)
            return try UserFunctions.function(entry, name: name, home: standing(beside: name, withRightsOf: entry.owner),
                                              hidesText: hidesText(entry))
        }
        return native + found
    }

    func resolveSequence(_ parts: [String]) throws(WarehouseError) -> String? {
        // A name in a place that does not exist is no sequence's.
        guard let place = try? resolver.place(parts),
              let entry = resolver.catalog.find(.sequence, place.name, in: place.schema.id, session: resolver.sessionID),
              resolver.access.sees(entry) else { return nil }
        try resolver.access.require(["USAGE"], entry)
        return run.sequences.register(entry)
    }

    func nextNumber(ofSequence key: String) throws(WarehouseError) -> Int64 { try run.sequences.take(1, of: key).first }

    func definition(ofKind kind: String, _ parts: [String], types: [LogicalType]?, isQualified: Bool)
        throws(WarehouseError) -> String {
        try ObjectDefinition(resolver: resolver, isQualified: isQualified).text(kind, parts, types)
    }

    func isActive(role: String) throws(WarehouseError) -> Bool {
        // Those of the session, in the text of a view too.
        !RoleKey.isDatabaseRole(role) && run.state.access(to: resolver.catalog).active.contains(role)
    }

    func isActive(databaseRole name: String) throws(WarehouseError) -> Bool {
        guard let database = resolver.database.flatMap({ resolver.catalog.find(.database, $0, in: nil) }),
              let role = resolver.catalog.find(.databaseRole, name, in: database.id) else { return false }
        return run.state.access(to: resolver.catalog).active.contains(RoleKey.of(role))
    }

    func sessionRoles() throws(WarehouseError) -> SessionRoles {
        let access = run.state.access(to: resolver.catalog)
        return SessionRoles(available: access.available.filter { !RoleKey.isDatabaseRole($0) }.sorted(),
                            secondary: access.secondaryRoles.filter { !RoleKey.isDatabaseRole($0) },
                            secondaryChoice: run.state.secondaryRoles.text)
    }

    func variable(_ name: String) -> Constant? { run.state.variables[name] }

    private func informationSchemaTable(_ parts: [String]) throws(WarehouseError) -> (any CatalogTable)? {
        if AccountUsage.isMeant(by: parts, resolver.catalog), try isActive(role: Bootstrap.role) {
            return try AccountUsage.table(parts[2], catalog: resolver.catalog, snapshot: snapshot, now: run.timestamp)
        }
        guard parts.count >= 2, parts[parts.count - 2] == "INFORMATION_SCHEMA" else { return nil }
        let database = parts.count == 3 ? try resolver.database(parts[0]) : try resolver.currentDatabase()
        return try InformationSchema.table(parts[parts.count - 1], of: database, resolver: resolver, snapshot: snapshot,
                                           now: run.timestamp)
    }
}
