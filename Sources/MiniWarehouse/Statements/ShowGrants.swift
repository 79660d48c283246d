import WarehouseBasics
import WarehouseSQL
import WarehouseStorage

/// SHOW GRANTS in its forms, and SHOW FUTURE GRANTS. Of objects that the role does not see there is no row.
struct ShowGrants {
    private let catalog: CatalogState
    private let access: Access
    private let run: StatementRun

    static func run(_ statement: ShowStatement, in run: StatementRun) throws -> ResultSet {
        try ShowGrants(catalog: run.catalog(), access: run.access(), run: run).result(statement)
    }

    private func result(_ statement: ShowStatement) throws -> ResultSet {
        if statement.family == "FUTURE GRANTS" { return try future(statement) }
        let limit = statement.limit ?? .max
        switch statement.grants {
        case nil:
            return try toUser(run.resolver().requireTop(.user, run.state.user), limit)
        case .to(.role(let reference))?:
            return byRole(try ObjectFinder.require(.role, reference, run).name, limit)
        case .to(.user(let reference))?:
            return try toUser(ObjectFinder.require(.user, reference, run), limit)
        case .to(.databaseRole(let reference))?:
            return byRole(RoleKey.of(try ObjectFinder.require(.databaseRole, reference, run)), limit)
        case .of(.role(let reference))?:
            let role = try ObjectFinder.require(.role, reference, run)
            return roleGrants(limit) { CatalogState.grantedRole($0) == role.name }
        case .of(.databaseRole(let reference))?:
            let key = RoleKey.of(try ObjectFinder.require(.databaseRole, reference, run))
            return roleGrants(limit) { CatalogState.grantedRole($0) == key }
        case .on(let target)?:
            return try on(target, limit)
        default:
            throw StatementDispatcher.unsupported("this form of SHOW GRANTS")
        }
    }

    private func roleGrants(_ limit: Int, where isWanted: (CatalogEntry) -> Bool) -> ResultSet {
        var rows = RowBuilder("created_on@ role granted_to grantee_name granted_by")
        let grants = catalog.grants.filter { CatalogState.grantedRole($0) != nil && isWanted($0) && isShown($0) }
        for grant in grants.prefix(limit) {
            rows.add([.moment(grant.createdAt), .text(CatalogState.grantedRole(grant).map(catalog.fullRoleName)),
                      .text(grant.text("TO")), .text(catalog.fullRoleName(grant.text("GRANTEE") ?? "")),
                      .text(catalog.roleName(grant.text("BY") ?? ""))])
        }
        return rows.result
    }

    /// The user's roles; then, with what is granted in the last columns, the privileges that it holds itself.
    private func toUser(_ user: CatalogEntry, _ limit: Int) -> ResultSet {
        var rows = RowBuilder("created_on@ role granted_to grantee_name granted_by privilege granted_on name grant_option")
        let key = RoleKey.of(user)
        let grants = catalog.grants.filter { grant in
            guard grant.text("TO") == "USER", let receiver = grant.text("GRANTEE"), isShown(grant) else { return false }
            return receiver == (CatalogState.grantedRole(grant) != nil ? user.name : key)
        }
        for grant in grants.prefix(limit) {
            let privilege = CatalogState.grantedRole(grant) == nil ? row(grant) : nil
            rows.add([.moment(grant.createdAt), .text(CatalogState.grantedRole(grant).map(catalog.fullRoleName)),
                      .text("USER"), .text(user.name), .text(catalog.roleName(grant.text("BY") ?? "")),
                      .text(privilege?.privilege), .text(privilege?.shownKind), .text(privilege?.name),
                      privilege.map { .trueFalse($0.hasOption) } ?? .null])
        }
        return rows.result
    }

    private struct Row {
        var createdAt: Int64
        var privilege: String
        var kind: String
        var name: String
        /// Keys of roles.
        var grantee: String
        /// Of a role that is granted to a user, by whose name that one stands there.
        var isToUser = false
        var hasOption: Bool
        var grantor: String

        /// FILE FORMAT is FILE_FORMAT.
        var shownKind: String { kind.split(separator: " ").joined(separator: "_") }

        /// With `byRoleType` a column of SHOW GRANTS ON.
        func cells(byRoleType: Bool, _ catalog: CatalogState) -> [ScalarValue] {
            [.moment(createdAt), .text(privilege), .text(shownKind), .text(name),
                    .text(isToUser ? "USER" : RoleKey.type(grantee)), .text(catalog.roleName(grantee)), .trueFalse(hasOption)]
                + (byRoleType ? [.text(grantor.isEmpty ? "" : RoleKey.type(grantor))] : []) + [.text(catalog.roleName(grantor))]
        }
    }

    private func row(_ grant: CatalogEntry) -> Row {
        // The object may have been renamed since the grant.
        let target = grant.target.flatMap { catalog.entries[$0] }
        let schema = target.flatMap { $0.kind.isSchemaObject ? $0.parent.flatMap { catalog.entries[$0] } : nil }
        return Row(createdAt: grant.createdAt, privilege: grant.text("PRIVILEGE") ?? "", kind: grant.text("ON") ?? "",
                   name: target.map { GrantTargets.fullName($0, catalog) } ?? grant.name, grantee: grant.text("GRANTEE") ?? "",
                   isToUser: grant.text("TO") == "USER",
                   hasOption: grant.attributes["OPTION"]?.flag == true && schema?.isManagedAccess != true,
                   grantor: grant.text("BY") ?? "")
    }

    private func ownership(_ entry: CatalogEntry) -> Row {
        let schema = entry.kind.isSchemaObject ? entry.parent.flatMap { catalog.entries[$0] } : nil
        return Row(createdAt: entry.createdAt, privilege: "OWNERSHIP", kind: GrantTargets.objectKind(entry),
                   name: GrantTargets.fullName(entry, catalog), grantee: entry.owner,
                   hasOption: schema?.isManagedAccess != true, grantor: entry.owner)
    }

    /// What a role of the system holds on the account by what it is.
    private func system(_ role: String) -> [Row] {
        let createdAt = catalog.find(.role, role, in: nil)?.createdAt ?? 0
        return SystemRoles.held(by: role).map {
            Row(createdAt: createdAt, privilege: $0, kind: "ACCOUNT", name: "ACCOUNT", grantee: role,
                hasOption: role == SystemRoles.administrator || $0 == "MANAGE GRANTS", grantor: "")
        }
    }

    private func table(_ rows: some Sequence<Row>, byRoleType: Bool = false) -> ResultSet {
        var builder = RowBuilder("created_on@ privilege granted_on name granted_to grantee_name grant_option "
            + (byRoleType ? "granted_by_role_type " : "") + "granted_by")
        for row in rows { builder.add(row.cells(byRoleType: byRoleType, catalog)) }
        return builder.result
    }

    /// Of objects, roles and users that the role does not see nothing is said.
    private func isShown(_ grant: CatalogEntry) -> Bool {
        if let role = CatalogState.grantedRole(grant) {
            guard catalog.role(role).map(access.sees) ?? false, let receiver = grant.text("GRANTEE") else { return false }
            let entry = grant.text("TO") == "USER" ? catalog.find(.user, receiver, in: nil) : catalog.role(receiver)
            return entry.map(access.sees) ?? false
        }
        guard let id = grant.target else { return true }
        return catalog.entries[id].map(access.sees) ?? false
    }

    private func byRole(_ role: String, _ limit: Int) -> ResultSet {
        var rows = system(role)
        for grant in catalog.grants
            where grant.text("TO") != "USER" && grant.text("GRANTEE") == role
            && grant.attributes["FUTURE"]?.flag != true && isShown(grant) {
            rows.append(row(grant))
        }
        let owned = catalog.entries.values.filter { entry in
            entry.owner == role && entry.kind != .grant && entry.kind != .loadedFile && entry.temporarySession == nil
                && access.sees(entry)
        }.sorted { $0.id < $1.id }
        return table((rows + owned.map(ownership)).prefix(limit))
    }

    private func on(_ target: GrantTarget, _ limit: Int) throws -> ResultSet {
        var rows: [Row] = []
        for object in try GrantTargets.resolve(target, run) {
            if let id = object.id, let entry = catalog.entries[id] {
                if !entry.owner.isEmpty { rows.append(ownership(entry)) }
            } else {
                rows += SystemRoles.names.flatMap(system)
            }
            for grant in catalog.grants
                where grant.target == object.id && grant.text("ON") == object.kind
                && grant.attributes["FUTURE"]?.flag != true
                && (object.kind != "ROLE" || grant.name == object.name) {
                rows.append(row(grant))
            }
        }
        return table(rows.prefix(limit), byRoleType: true)
    }

    private func future(_ statement: ShowStatement) throws -> ResultSet {
        var rows = RowBuilder("created_on@ privilege grant_on name grant_to grantee_name grant_option")
        var promised = catalog.grants.filter { $0.attributes["FUTURE"]?.flag == true && isShown($0) }
        switch statement.grants {
        case .to(.role(let reference))?:
            let role = try ObjectFinder.require(.role, reference, run).name
            promised = promised.filter { $0.text("GRANTEE") == role }
        case .to(.databaseRole(let reference))?:
            let key = RoleKey.of(try ObjectFinder.require(.databaseRole, reference, run))
            promised = promised.filter { $0.text("GRANTEE") == key }
        case .inContainer(let container)?:
            let holder = try GrantTargets.entry(of: container, run)?.id
            promised = promised.filter { $0.target == holder }
        default: break
        }
        for grant in promised.prefix(statement.limit ?? .max) {
            let kind = grant.text("ON") ?? ""
            let holder = grant.target.flatMap { catalog.entries[$0] }.map { GrantTargets.fullName($0, catalog) }
            rows.add([.moment(grant.createdAt), .text(grant.text("PRIVILEGE")),
                      .text(kind.split(separator: " ").joined(separator: "_")),
                      .text("\(holder ?? grant.name).<\(kind)>"), .text(RoleKey.type(grant.text("GRANTEE") ?? "")),
                      .text(catalog.roleName(grant.text("GRANTEE") ?? "")), .trueFalse(grant.attributes["OPTION"]?.flag)])
        }
        return rows.result
    }
}
