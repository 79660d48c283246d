import WarehouseBasics
import WarehouseEngine
import WarehousePlan
import WarehouseSQL
import WarehouseStorage

/// CREATE DATABASE and CREATE SCHEMA … CLONE: a copy of everything below, whose tables share the rows of their sources
/// until one of the two changes. Temporary objects and internal stages stay behind, as Snowflake's page has it.
struct CloneContainer {
    /// Of the version that is cloned.
    let catalog: CatalogState
    let snapshot: StoreSnapshot
    let transaction: OpenTransaction
    let run: StatementRun
    /// The catalog as it is now: of the past come objects, no rights that have been taken away since.
    private let present: CatalogState
    /// By what they are on: the grants of the version that is cloned, and those of now.
    private let grantsThen: [ObjectID: [CatalogEntry]]
    private let grantsNow: [ObjectID: [CatalogEntry]]
    /// Of database roles that are copied too: their keys, and those of the copies.
    private var copiedRoles: [String: String] = [:]
    /// The copies of tables, by the ids of what they are copies of.
    private var copiedTables: [ObjectID: CatalogEntry] = [:]
    /// The database that the copy is in, or is.
    private var database: ObjectID?

    init(catalog: CatalogState, snapshot: StoreSnapshot, transaction: OpenTransaction, run: StatementRun) throws {
        self.catalog = catalog
        self.snapshot = snapshot
        self.transaction = transaction
        self.run = run
        present = try run.catalog()
        grantsThen = Dictionary(grouping: catalog.grants.filter { $0.target != nil }) { $0.target ?? $0.id }
        // Of what has been dropped since they are there still, as UNDROP would find them.
        let grants = present.records.values.filter { $0.kind == .grant && $0.target != nil }.sorted { $0.id < $1.id }
        grantsNow = Dictionary(grouping: grants) { $0.target ?? $0.id }
    }

    /// A version of the past, and in it what `source` was then.
    struct Past {
        var snapshot: StoreSnapshot
        var catalog: CatalogState
        var source: CatalogEntry
    }

    static func past(_ travel: TimeTravel, _ source: CatalogEntry, _ run: StatementRun) throws -> Past {
        let moment = try Planner.moment(travel, catalog: try run.planCatalog(), parameters: run.boundParameters,
                                        folder: EngineConstantFolder(context: run.queryContext))
        if let snapshot = try run.warehouse.history(moment) {
            let catalog = try CatalogState(snapshot)
            if let then = catalog.entries[source.id], then.kind != .table || snapshot.table(then.id) != nil {
                return Past(snapshot: snapshot, catalog: catalog, source: then)
            }
        }
        throw WarehouseError(
            .timeTravel, "Time travel data is not available for \(source.kind.title.lowercased()) \(source.name). The "
                + "requested time is either beyond the allowed time travel period or before the object creation time.")
    }

    /// Whether all that is below it is cloned with it, of the past too.
    static func isContainer(_ kind: EntryKind) -> Bool { kind == .database || kind == .schema }

    /// What CLONE names, and the version of it that is meant. Of single objects, external stages, file formats and sequences
    /// can be cloned so.
    static func source(_ clone: CloneSource, _ kind: EntryKind, _ run: StatementRun) throws -> Past {
        let statement = "CREATE \(kind.title.uppercased()) … CLONE"
        guard isContainer(kind) || [.stage, .fileFormat, .sequence].contains(kind) else {
            throw StatementDispatcher.unsupported(statement)
        }
        guard isContainer(kind) || clone.timeTravel == nil else {
            throw StatementDispatcher.unsupported("\(statement) … AT | BEFORE")
        }
        let source = try ObjectFinder.require(kind, clone.source, run)
        if let travel = clone.timeTravel { return try past(travel, source, run) }
        if kind == .stage {
            guard let url = source.text("URL") else {
                throw WarehouseError(
                    .invalidValue, "SQL compilation error:\nStage '\(source.name)' is an internal stage, which cannot be cloned.",
                    hint: "Its files belong to it alone.", span: clone.source.span)
            }
            try checkKeys(of: source)
            try StageResolver.checkLocal(url, hasIntegration: source.text("INTEGRATION") != nil, run.access())
        }
        return Past(snapshot: try run.snapshot(), catalog: try run.catalog(), source: source)
    }

    /// Who may use a stage gets its keys for no other place: a clone's owner could lead it anywhere.
    private static func checkKeys(of stage: CatalogEntry) throws {
        guard stage.secretName == nil else {
            throw StatementDispatcher.unsupported("CLONE of stage \(stage.name), which holds credentials")
        }
    }

    /// Copies what is below `source` to below `copy`, the roles of a database first, to which the rest may be granted.
    mutating func copyAll(of source: CatalogEntry, to made: CatalogEntry) throws {
        database = made.kind == .database ? made.id : made.parent
        let roles = source.kind == .database ? catalog.children(of: source.id, kind: .databaseRole) : []
        for role in roles {
            var copy = role
            copy.id = try transaction.store.allocateID()
            copiedRoles[RoleKey.of(role)] = RoleKey.of(copy)
        }
        for role in roles {
            guard let key = copiedRoles[RoleKey.of(role)], let id = RoleKey.databaseRole(key) else { continue }
            var copy = role
            copy.id = id
            copy.parent = made.id
            copy.owner = self.role(role.owner) ?? run.state.role
            copy.createdAt = run.timestamp
            copy.alteredAt = run.timestamp
            try transaction.store.put(copy)
            let usage = Grants.privilege("USAGE", on: GrantTargets.objectKind(made), target: made.id, role: key, by: made.owner,
                                         withOption: false)
            try transaction.store.put(CatalogEntry(
                id: try transaction.store.allocateID(), kind: .grant, parent: nil, name: Identifiers.quoted(made.name),
                owner: run.state.role, createdAt: run.timestamp, attributes: usage))
            try copyGrants(of: role, to: copy)
        }
        try copyChildren(of: source, to: made)
        try turnKeys()
    }

    /// Foreign keys between tables that are copied refer to the copies, others to the tables that they referred to.
    private func turnKeys() throws {
        let copies = copiedTables.mapValues(\.id)
        for var table in copiedTables.values.sorted(by: { $0.id < $1.id }) where DeclaredKey.hasForeign(table) {
            let keys = ForeignKeys.copied(DeclaredKey.all(of: table), of: catalog, to: present, copies: copies)
            DeclaredKey.set(keys, of: &table)
            try transaction.store.put(table)
        }
    }

    /// The role that holds in the copy what `key` held in the source then; nil for a role that is there no more, and for
    /// one of another database.
    private func role(_ key: String) -> String? { presentKey(key).flatMap(copiedRole) }

    /// What stands now for a role of then: another role may have got its name.
    private func presentKey(_ key: String) -> String? {
        let id = RoleKey.databaseRole(key) ?? RoleKey.user(key) ?? catalog.find(.role, key, in: nil)?.id
        return id.flatMap { present.entries[$0] }.map(RoleKey.of)
    }

    /// The role that holds in the copy what `key` holds in the source now; nil for a role of another database.
    private func copiedRole(_ key: String) -> String? {
        guard RoleKey.isDatabaseRole(key), present.database(ofRole: key) != database else { return key }
        return copiedRoles[key]
    }

    private mutating func copyChildren(of source: CatalogEntry, to copy: CatalogEntry) throws {
        let access = try run.access()
        for child in catalog.children(of: source.id) where child.temporarySession == nil && isCopied(child, access) {
            guard let made = try self.copy(child, to: copy.id) else { continue }
            if child.kind == .schema { try copyChildren(of: child, to: made) }
        }
    }

    /// What the role could clone by itself. Of what is there no more, what it owned.
    private func isCopied(_ child: CatalogEntry, _ access: Access) -> Bool {
        guard let now = access.catalog.entries[child.id] else { return access.owns(child) }
        return access.isAllowed(child.kind == .table || child.kind == .view ? ["SELECT"] : ["USAGE", "READ"], now)
    }

    private mutating func copy(_ child: CatalogEntry, to parent: ObjectID) throws -> CatalogEntry? {
        var made = child
        switch child.kind {
        case .schema, .table, .view, .sequence, .fileFormat, .function, .tag: break
        case .stage:
            // An internal stage's files belong to it alone.
            guard child.text("URL") != nil else { return nil }
            try CloneContainer.checkKeys(of: child)
        default: return nil
        }
        made.owner = role(child.owner) ?? run.state.role
        made.id = try transaction.store.allocateID()
        made.parent = parent
        made.createdAt = run.timestamp
        made.alteredAt = run.timestamp
        if child.kind == .table {
            // Where its retention is shorter than its schema's, its rows of then may be gone.
            guard let rows = snapshot.table(child.id) else {
                throw WarehouseError(.timeTravel, "Time travel data is not available for table \(child.name).")
            }
            try transaction.store.cloneTable(rows, as: made.id)
            made.cloneGroup = child.cloneGroup
            copiedTables[child.id] = made
        }
        try transaction.store.put(made)
        try copyGrants(of: child, to: made)
        return made
    }

    /// What is below a clone keeps its grants; the clone itself has none. Of the past's those that still hold: what was
    /// revoked since, or went with its role, does not come back.
    private func copyGrants(of child: CatalogEntry, to made: CatalogEntry) throws {
        var held: [HeldGrant: Bool] = [:]
        for grant in grantsThen[child.id] ?? [] {
            guard let grantee = presentGrantee(grant) else { continue }
            held[HeldGrant(grant, grantee), default: false] = held[HeldGrant(grant, grantee)] == true || grant.hasOption
        }
        for grant in grantsNow[child.id] ?? [] {
            guard let key = grant.text("GRANTEE"), let hadOption = held[HeldGrant(grant, key)],
                  let grantee = copiedRole(key), let grantor = grant.text("BY").flatMap(copiedRole) else { continue }
            var copy = grant
            copy.id = try transaction.store.allocateID()
            copy.attributes["GRANTEE"] = .text(grantee)
            copy.attributes["BY"] = .text(grantor)
            copy.attributes["OPTION"] = .flag(hadOption && grant.hasOption)
            copy.attributes["TARGET"] = .integer(Int64(bitPattern: made.id.value))
            try transaction.store.put(copy)
        }
    }

    /// What stands now for whom a grant of then was made to.
    private func presentGrantee(_ grant: CatalogEntry) -> String? {
        guard let key = grant.text("GRANTEE") else { return nil }
        guard grant.text("TO") == "USER", !RoleKey.isUser(key) else { return presentKey(key) }
        return catalog.find(.user, key, in: nil).flatMap { present.entries[$0.id] }?.name
    }

    /// What makes two grants on one object the same, whoever made them.
    private struct HeldGrant: Hashable {
        let privilege: String?
        let objectKind: String?
        let granteeKind: String?
        let grantee: String
        let isFuture: Bool

        init(_ grant: CatalogEntry, _ grantee: String) {
            privilege = grant.text("PRIVILEGE")
            objectKind = grant.text("ON")
            granteeKind = grant.text("TO")
            self.grantee = grantee
            isFuture = grant.attributes["FUTURE"]?.flag == true
        }
    }
}

extension CatalogEntry {
    /// Of a grant: whether its receiver may grant it on.
    fileprivate var hasOption: Bool { attributes["OPTION"]?.flag == true }
}
