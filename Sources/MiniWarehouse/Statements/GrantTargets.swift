import WarehouseBasics
import WarehouseSQL
import WarehouseStorage

/// What the objects of a GRANT are, and which privileges they have.
enum GrantTargets {
    struct Target {
        /// `TABLE`, `SCHEMA`, `ACCOUNT`, …
        var kind: String
        /// nil for the account.
        var id: ObjectID?
        var name: String
        var isFuture = false
        /// Of a stage: its files lie elsewhere.
        var isExternal = false
    }

    /// The key of the role or user that receives privileges.
    static func role(_ grantee: Grantee, _ run: StatementRun) throws -> String {
        switch grantee {
        case .role(let reference): try receiver(.role, reference, run)
        case .databaseRole(let reference): RoleKey.of(try ObjectFinder.require(.databaseRole, reference, run))
        case .user(let reference):
            RoleKey.of(try run.catalog().find(.user, run.simpleName(reference), in: nil)
                ?? ObjectFinder.require(.user, reference, run))
        case .share: throw StatementDispatcher.unsupported("grants of privileges to shares")
        }
    }

    /// The kind of whom a role is granted to, and its name or key.
    static func receiver(_ grantee: Grantee, _ run: StatementRun) throws -> (kind: String, name: String) {
        switch grantee {
        case .role(let reference): ("ROLE", try receiver(.role, reference, run))
        case .databaseRole(let reference): ("DATABASE_ROLE", RoleKey.of(try ObjectFinder.require(.databaseRole, reference, run)))
        case .user(let reference): ("USER", try receiver(.user, reference, run))
        default: throw StatementDispatcher.unsupported("this grantee")
        }
    }

    /// An owner may grant to roles that it does not see.
    private static func receiver(_ kind: EntryKind, _ reference: ObjectReference, _ run: StatementRun) throws -> String {
        let name = try run.simpleName(reference)
        if let entry = try run.catalog().find(kind, name, in: nil) { return entry.name }
        return try run.resolver().requireTop(kind, name, reference.span).name
    }

    static func isRoleGrant(_ grant: CatalogEntry, of role: String, to receiver: (kind: String, name: String)) -> Bool {
        CatalogState.grantedRole(grant) == role && grant.text("TO") == receiver.kind && grant.text("GRANTEE") == receiver.name
            && grant.attributes["FUTURE"]?.flag != true
    }

    /// The role that GRANT ROLE or GRANT DATABASE ROLE names; nil where privileges are meant.
    static func role(of right: GrantedRight, _ run: StatementRun) throws -> CatalogEntry? {
        switch right {
        case .role(let reference): try run.resolver().requireTop(.role, run.simpleName(reference), reference.span)
        case .databaseRole(let reference): try ObjectFinder.require(.databaseRole, reference, run)
        case .privileges: nil
        }
    }

    /// A database role holds privileges within its database only, a user none on objects to come.
    static func check(_ target: Target, isWithinReachOf role: String, _ catalog: CatalogState) throws {
        if RoleKey.isUser(role), target.isFuture { throw StatementDispatcher.unsupported("GRANT … ON FUTURE … TO USER") }
        guard RoleKey.isDatabaseRole(role) else { return }
        if let entry = target.id.flatMap({ catalog.entries[$0] }), let database = catalog.database(ofRole: role),
           catalog.database(of: entry) == database { return }
        throw WarehouseError(
            .invalidValue, "SQL compilation error:\nPrivileges on \(target.kind) '\(target.name)' cannot be granted to database "
                + "role '\(catalog.fullRoleName(role))': it is not in the role's database.")
    }

    static func resolve(_ target: GrantTarget, _ run: StatementRun) throws -> [Target] {
        let catalog = try run.catalog()
        switch target {
        case .account:
            return [Target(kind: "ACCOUNT", id: nil, name: "ACCOUNT")]
        case .object(let kind, let reference, let types):
            guard let entryKind = CreateObject.entryKind(of: kind) else {
                throw StatementDispatcher.unsupported("grants on \(kind.rawValue)")
            }
            return [self.target(try ObjectFinder.require(entryKind, reference, types: types, run), catalog)]
        case .relation(let reference):
            return [self.target(try ObjectFinder.require(.table, reference, run), catalog)]
        case .all(let kind, let container):
            guard let wanted = CreateObject.entryKind(of: kind) else {
                throw StatementDispatcher.unsupported("ALL \(kind.plural)")
            }
            let access = try run.access()
            let found = try entry(of: container, run).map { holder in
                catalog.descendants(of: holder.id).filter {
                    $0.kind == wanted && ($0.temporarySession == nil || $0.temporarySession == run.session.id)
                        && catalog.entries[$0.id] != nil
                }.sorted { $0.id < $1.id }
            } ?? catalog.all(wanted)
            return found.filter(access.sees).map { self.target($0, catalog) }
        case .future(let kind, let container):
            guard CreateObject.entryKind(of: kind) != nil else {
                throw StatementDispatcher.unsupported("FUTURE \(kind.plural)")
            }
            let holder = try entry(of: container, run)
            let name = holder.map { fullName($0, catalog) } ?? "ACCOUNT"
            return [Target(kind: kind.rawValue, id: holder?.id, name: name, isFuture: true)]
        }
    }

    /// The database or schema of ALL and FUTURE; nil for the account.
    static func entry(of container: GrantContainer, _ run: StatementRun) throws -> CatalogEntry? {
        switch container {
        case .account: nil
        case .database(let reference): try ObjectFinder.require(.database, reference, run)
        case .schema(let reference): try ObjectFinder.require(.schema, reference, run)
        }
    }

    private static func target(_ entry: CatalogEntry, _ catalog: CatalogState) -> Target {
        Target(kind: objectKind(entry), id: entry.id, name: fullName(entry, catalog),
               isExternal: entry.kind == .stage && entry.text("URL") != nil)
    }

    static func objectKind(_ entry: CatalogEntry) -> String { entry.kind.title.uppercased() }

    static func fullName(_ entry: CatalogEntry, _ catalog: CatalogState) -> String {
        var names = [entry.name]
        var parent = entry.parent
        while let id = parent, let holder = catalog.entries[id] {
            names.insert(holder.name, at: 0)
            parent = holder.parent
        }
        return names.map(Identifiers.quoted).joined(separator: ".")
    }

    /// The privileges that are meant on an object. ALL and FUTURE leave out what the object's kind does not have.
    static func privileges(_ privileges: Privileges, on target: Target) throws -> [String] {
        guard case .named(let names) = privileges else {
            // Of stages to come some may be external.
            return PrivilegeKinds.all(of: target.kind, isExternal: target.isExternal)
                + (target.isFuture && target.kind == "STAGE" ? ["USAGE"] : [])
        }
        try PrivilegeKinds.check(names, on: target.kind)
        return names
    }
}

/// Grants promised on objects to come.
enum FutureGrants {
    /// Gives a new schema object or schema what was promised; a schema's promises override its database's for the
    /// same kind of object.
    static func apply(to entry: CatalogEntry, _ transaction: WriteTransaction, _ run: StatementRun) throws {
        guard let holder = entry.parent else { return }
        let catalog = try run.catalog()
        let kind = GrantTargets.objectKind(entry)
        let promised = catalog.grants.filter { $0.attributes["FUTURE"]?.flag == true && $0.text("ON") == kind }
        var matching = promised.filter { $0.target == holder }
        if matching.isEmpty, let above = catalog.entries[holder]?.parent {
            matching = promised.filter { $0.target == above }
        }
        let isManaged = entry.kind.isSchemaObject && catalog.entries[holder]?.isManagedAccess == true
        var entry = entry
        if let heir = matching.first(where: { $0.text("PRIVILEGE") == "OWNERSHIP" }), let role = heir.text("GRANTEE"),
           !isManaged || heir.target == holder {
            entry.owner = role
            try transaction.put(entry)
        }
        let isExternal = entry.kind == .stage && entry.text("URL") != nil
        for promise in matching {
            guard let privilege = promise.text("PRIVILEGE"), let role = promise.text("GRANTEE"), privilege != "OWNERSHIP",
                  entry.kind != .stage || (privilege == "USAGE") == isExternal else { continue }
            let attributes = Grants.privilege(
                privilege, on: kind, target: entry.id, role: role, by: entry.owner,
                withOption: promise.attributes["OPTION"]?.flag ?? false)
            try transaction.put(CatalogEntry(
                id: try transaction.allocateID(), kind: .grant, parent: nil,
                name: GrantTargets.fullName(entry, catalog), owner: promise.owner, createdAt: run.timestamp,
                attributes: attributes))
        }
    }
}
