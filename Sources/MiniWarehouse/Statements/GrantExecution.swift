import WarehouseBasics
import WarehouseSQL
import WarehouseStorage

/// GRANT and REVOKE: kept in the catalog and shown by SHOW GRANTS.
enum GrantExecution {
    static func grant(_ statement: GrantStatement, in run: StatementRun) throws -> ResultSet {
        try run.define { open in
            let transaction = open.store
            switch statement.right {
            case .role(let reference):
                let role = try run.resolver().requireTop(.role, run.simpleName(reference), reference.span)
                try grantRole(role.name, to: statement.grantee, transaction, run)
            case .databaseRole:
                throw StatementDispatcher.unsupported("GRANT DATABASE ROLE")
            case .privileges(let privileges, let target):
                try grantPrivileges(privileges, on: target, statement, transaction, run)
            }
            return .status("Statement executed successfully.")
        }
    }

    /// The kind and name of whom a role is granted to.
    private static func receiver(_ grantee: Grantee, _ run: StatementRun) throws -> (kind: String, name: String) {
        switch grantee {
        case .role(let reference):
            ("ROLE", try run.resolver().requireTop(.role, run.simpleName(reference), reference.span).name)
        case .user(let reference):
            ("USER", try run.resolver().requireTop(.user, run.simpleName(reference), reference.span).name)
        default:
            throw StatementDispatcher.unsupported("this grantee")
        }
    }

    private static func isRoleGrant(_ grant: CatalogEntry, of role: String, to receiver: (kind: String,
        name: String)) -> Bool {
        grant.name == role && grant.text("ON") == "ROLE" && grant.text("TO") == receiver.kind
            && grant.text("GRANTEE") == receiver.name
    }

    private static func grantRole(_ role: String, to grantee: Grantee, _ transaction: WriteTransaction,
                                  _ run: StatementRun) throws {
        let receiver = try receiver(grantee, run)
        let catalog = try run.catalog()
        if receiver.kind == "ROLE", RoleGraph(catalog).inherited(by: role).contains(receiver.name) {
            throw WarehouseError(
                .invalidValue,
                "Role \(role) cannot be granted to \(receiver.name): \(receiver.name) is granted to it already.")
        }
        guard !catalog.grants.contains(where: { isRoleGrant($0, of: role, to: receiver) }) else { return }
        try put(role, Grants.roleGrant(to: receiver.kind, receiver.name, by: run.state.role), transaction, run)
    }

    private static func put(_ name: String, _ attributes: Attributes, _ transaction: WriteTransaction,
                            _ run: StatementRun) throws {
        try transaction.put(CatalogEntry(id: try transaction.allocateID(), kind: .grant, parent: nil, name: name,
                                         owner: run.state.role, createdAt: run.timestamp, attributes: attributes))
    }

    private static func grantPrivileges(_ privileges: Privileges, on target: GrantTarget, _ statement: GrantStatement,
                                        _ transaction: WriteTransaction, _ run: StatementRun) throws {
        let role = try GrantTargets.role(statement.grantee, run)
        let standing = try run.catalog()
        for object in try GrantTargets.resolve(target, run) {
            for privilege in try GrantTargets.privileges(privileges, on: object.kind) {
                if privilege == "OWNERSHIP", !object.isFuture, let id = object.id, var entry = standing.entries[id] {
                    entry.owner = role
                    try transaction.put(entry)
                    continue
                }
                let attributes = Grants.privilege(
                    privilege, on: object.kind, target: object.id, role: role, by: run.state.role,
                    withOption: statement.withGrantOption, isFuture: object.isFuture)
                for old in standing.grants where same(old.attributes, attributes) {
                    try transaction.removeObject(old.id)
                }
                try put(object.name, attributes, transaction, run)
            }
        }
    }

    private static func same(_ a: Attributes, _ b: Attributes) -> Bool {
        ["PRIVILEGE", "ON", "TO", "GRANTEE", "TARGET", "FUTURE"].allSatisfy { a[$0] == b[$0] }
    }

    static func revoke(_ statement: RevokeStatement, in run: StatementRun) throws -> ResultSet {
        try run.define { open in
            let transaction = open.store
            let catalog = try run.catalog()
            switch statement.right {
            case .role(let reference):
                let role = try run.resolver().requireTop(.role, run.simpleName(reference), reference.span)
                let receiver = try receiver(statement.grantee, run)
                for grant in catalog.grants where isRoleGrant(grant, of: role.name, to: receiver) {
                    try transaction.removeObject(grant.id)
                }
            case .databaseRole:
                throw StatementDispatcher.unsupported("REVOKE DATABASE ROLE")
            case .privileges(let privileges, let target):
                try revokePrivileges(privileges, on: target, statement, catalog, transaction, run)
            }
            return .status("Statement executed successfully.")
        }
    }

    private static func revokePrivileges(_ privileges: Privileges, on target: GrantTarget, _ statement: RevokeStatement,
                                         _ catalog: CatalogState, _ transaction: WriteTransaction,
                                         _ run: StatementRun) throws {
        let role = try GrantTargets.role(statement.grantee, run)
        for object in try GrantTargets.resolve(target, run) {
            let names = Set(try GrantTargets.privileges(privileges, on: object.kind))
            for var grant in catalog.grants
                where grant.text("TO") == "ROLE" && grant.text("GRANTEE") == role && grant.text("ON") == object.kind
                && grant.target == object.id && (grant.attributes["FUTURE"]?.flag ?? false) == object.isFuture
                && names.contains(grant.text("PRIVILEGE") ?? "") {
                if statement.grantOptionOnly {
                    grant.attributes["OPTION"] = .flag(false)
                    try transaction.put(grant)
                } else {
                    try transaction.removeObject(grant.id)
                }
            }
        }
    }
}
