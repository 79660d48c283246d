import WarehouseBasics
import WarehouseStorage

/// Who may do what, as INFORMATION_SCHEMA tells it: privileges on the objects that the session's roles see, and the roles
/// themselves. To own an object is the privilege OWNERSHIP, and no others beside it.
struct PrivilegeViews {
    let database: CatalogEntry
    let resolver: NameResolver

    private var catalog: CatalogState { resolver.catalog }
    private var access: Access { resolver.access }

    private struct Privilege {
        var entry: CatalogEntry
        var grantor: String
        var grantee: String
        var name: String
        var isGrantable: Bool
        var createdAt: Int64
    }

    /// In the order of the objects' names; of each object first who owns it.
    private func privileges(where isWanted: (CatalogEntry) -> Bool) -> [Privilege] {
        var granted: [ObjectID: [CatalogEntry]] = [:]
        for grant in catalog.grants where CatalogState.grantedRole(grant) == nil && grant.attributes["FUTURE"]?.flag != true {
            if let id = grant.target { granted[id, default: []].append(grant) }
        }
        let entries = catalog.entries.values.filter { entry in
            entry.kind != .grant && entry.kind != .loadedFile && entry.temporarySession == nil && isWanted(entry)
                && access.sees(entry)
        }
        return entries.map { (path(of: $0), $0) }.sorted { ($0.0.joined(separator: "\u{1}"), $0.1.id)
            < ($1.0.joined(separator: "\u{1}"), $1.1.id) }.flatMap { _, entry -> [Privilege] in
            let isManaged = entry.kind.isSchemaObject
                && entry.parent.flatMap { catalog.entries[$0] }?.isManagedAccess == true
            let own = entry.owner.isEmpty ? [] : [Privilege(
                entry: entry, grantor: entry.owner, grantee: entry.owner, name: "OWNERSHIP", isGrantable: !isManaged,
                createdAt: entry.createdAt)]
            return own + (granted[entry.id] ?? []).map { grant in
                Privilege(
                    entry: entry, grantor: grant.text("BY") ?? "", grantee: grant.text("GRANTEE") ?? "",
                    name: grant.text("PRIVILEGE") ?? "",
                    isGrantable: grant.attributes["OPTION"]?.flag == true && !isManaged, createdAt: grant.createdAt)
            }
        }
    }

    /// Names from the top down: database, schema, object.
    private func path(of entry: CatalogEntry) -> [String] {
        (entry.parent.flatMap { catalog.entries[$0] }.map(path) ?? []) + [entry.name]
    }

    private func isOfDatabase(_ entry: CatalogEntry) -> Bool {
        guard let schema = entry.parent.flatMap({ catalog.entries[$0] }) else { return false }
        return schema.parent == database.id
    }

    /// Database, schema and name; what an object has no place in is NULL.
    private func place(_ entry: CatalogEntry) -> [ScalarValue] {
        let path = path(of: entry)
        return [
            path.count > 1 ? .text(path[0]) : .null, path.count > 2 ? .text(path[1]) : .null,
            .text(entry.kind == .function ? entry.functionName : entry.name),
        ]
    }

    /// Who granted, to whom, and what that is.
    private func roles(_ one: Privilege) -> [ScalarValue] {
        [.text(catalog.roleName(one.grantor)), .text(catalog.roleName(one.grantee)), .text(RoleKey.type(one.grantee))]
    }

    func tablePrivileges() -> ResultSet {
        var rows = RowBuilder("GRANTOR GRANTEE GRANTED_TO TABLE_CATALOG TABLE_SCHEMA TABLE_NAME PRIVILEGE_TYPE IS_GRANTABLE "
            + "WITH_HIERARCHY CREATED@")
        for one in privileges(where: { ($0.kind == .table || $0.kind == .view) && isOfDatabase($0) }) {
            rows.add(roles(one) + place(one.entry)
                + [.text(one.name), .text(one.isGrantable ? "YES" : "NO"), .text("NO"), .moment(one.createdAt)])
        }
        return rows.result
    }

    /// Of sequences, as the standard says it.
    func usagePrivileges() -> ResultSet { objects { $0.kind == .sequence && isOfDatabase($0) } }

    /// Of every kind of object, in all databases.
    func objectPrivileges() -> ResultSet { objects { _ in true } }

    private func objects(where isWanted: (CatalogEntry) -> Bool) -> ResultSet {
        var rows = RowBuilder("GRANTOR GRANTEE GRANTED_TO OBJECT_CATALOG OBJECT_SCHEMA OBJECT_NAME OBJECT_TYPE PRIVILEGE_TYPE "
            + "IS_GRANTABLE CREATED@")
        for one in privileges(where: isWanted) {
            rows.add(roles(one) + place(one.entry)
                + [.text(GrantTargets.objectKind(one.entry)), .text(one.name), .text(one.isGrantable ? "YES" : "NO"),
                   .moment(one.createdAt)])
        }
        return rows.result
    }

    /// A row for each grant by which the session's user has a role.
    func applicableRoles() -> ResultSet {
        var rows = RowBuilder("GRANTEE ROLE_NAME ROLE_OWNER IS_GRANTABLE")
        let own = access.available
        let grants = catalog.grants.filter { grant in
            guard CatalogState.grantedRole(grant) != nil, let receiver = grant.text("GRANTEE") else { return false }
            return grant.text("TO") == "USER" ? receiver == access.sessionUser : own.contains(receiver)
        }
        var seen: Set<[String]> = []
        func names(_ grant: CatalogEntry) -> [String] {
            [catalog.fullRoleName(grant.text("GRANTEE") ?? ""), CatalogState.grantedRole(grant).map(catalog.fullRoleName) ?? ""]
        }
        for grant in grants.sorted(by: { names($0).lexicographicallyPrecedes(names($1)) }) {
            let names = names(grant)
            guard seen.insert(names).inserted else { continue }
            rows.add([.text(names[0]), .text(names[1]), .nonEmpty(owner(ofRole: CatalogState.grantedRole(grant) ?? "")),
                      .text(grant.attributes["OPTION"]?.flag == true ? "YES" : "NO")])
        }
        return rows.result
    }

    /// The roles that count in the session now, with all that they inherit.
    func enabledRoles() -> ResultSet {
        var rows = RowBuilder("ROLE_NAME ROLE_OWNER")
        let enabled = access.active.filter { !RoleKey.isUser($0) }.map { (name: catalog.fullRoleName($0), key: $0) }
        for (name, key) in enabled.sorted(by: { $0.name < $1.name }) {
            rows.add([.text(name), .nonEmpty(owner(ofRole: key))])
        }
        return rows.result
    }

    private func owner(ofRole key: String) -> String {
        catalog.role(key).map(catalog.ownerName) ?? ""
    }
}
