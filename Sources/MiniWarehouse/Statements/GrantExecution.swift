import WarehouseBasics
import WarehouseSQL
import WarehouseStorage

/// GRANT: kept in the catalog, shown by SHOW GRANTS, and asked of by `Access`.
enum GrantExecution {
    static func grant(_ statement: GrantStatement, in run: StatementRun) throws -> ResultSet {
        try run.define { open in
            if let role = try GrantTargets.role(of: statement.right, run) {
                try grantRole(role, statement, open.store, run)
                return .status("Statement executed successfully.")
            }
            guard case .privileges(let privileges, let target) = statement.right else {
                throw StatementDispatcher.unsupported("this form of GRANT")
            }
            if case .named(let names) = privileges, names.contains("OWNERSHIP") {
                return try OwnershipTransfer.run(names, target, statement, open.store, run)
            }
            return try grantPrivileges(privileges, on: target, statement, open.store, run)
        }
    }

    // MARK: Roles

    private static func grantRole(_ role: CatalogEntry, _ statement: GrantStatement, _ transaction: WriteTransaction,
                                  _ run: StatementRun) throws {
        let catalog = try run.catalog()
        guard let grantor = GrantRights(access: try run.access()).grantor(ofRole: role) else {
            throw GrantRights.notExecuted
        }
        let receiver = try GrantTargets.receiver(statement.grantee, run), key = RoleKey.of(role)
        // PUBLIC is everybody's, and may be granted roles all the same.
        let isRound = key == receiver.name || receiver.name != SystemRoles.everyone
            && catalog.privileges.roles.inherited(by: key).contains(receiver.name)
        if receiver.kind != "USER", isRound {
            let name = catalog.fullRoleName(receiver.name)
            throw WarehouseError(
                .invalidValue,
                "Role \(catalog.fullRoleName(key)) cannot be granted to \(name): \(name) is granted to it already.")
        }
        if receiver.kind == "USER", statement.withGrantOption {
            throw StatementDispatcher.unsupported("GRANT ROLE … TO USER … WITH GRANT OPTION")
        }
        try checkDatabases(role, receiver, statement, catalog)
        var attributes = Grants.roleGrant(to: receiver.kind, receiver.name, by: grantor)
        attributes["OPTION"] = .flag(statement.withGrantOption)
        if role.kind == .databaseRole {
            attributes["ON"] = .text(GrantTargets.objectKind(role))
            attributes["TARGET"] = .integer(Int64(bitPattern: role.id.value))
        }
        for old in catalog.grants where GrantTargets.isRoleGrant(old, of: key, to: receiver)
            && old.text("BY") == grantor {
            if old.attributes["OPTION"]?.flag == true || !statement.withGrantOption { return }
            try transaction.removeObject(old.id)
        }
        try put(role.kind == .role ? role.name : GrantTargets.fullName(role, catalog), attributes, transaction, run)
    }

    /// A database role is granted to users, to account roles and to roles of its own database; what it receives is such a
    /// role too.
    private static func checkDatabases(_ role: CatalogEntry, _ receiver: (kind: String, name: String),
                                       _ statement: GrantStatement, _ catalog: CatalogState) throws {
        if receiver.kind == "DATABASE_ROLE",
           role.kind != .databaseRole || catalog.database(ofRole: receiver.name) != role.parent {
            throw WarehouseError(
                .invalidValue, "SQL compilation error:\nRole \(GrantTargets.fullName(role, catalog)) cannot be granted to "
                    + "database role \(catalog.fullRoleName(receiver.name)): only roles of the same database can.")
        }
        guard role.kind == .databaseRole else { return }
        if statement.withGrantOption { throw StatementDispatcher.unsupported("GRANT DATABASE ROLE … WITH GRANT OPTION") }
    }

    private static func put(_ name: String, _ attributes: Attributes, _ transaction: WriteTransaction,
                            _ run: StatementRun) throws {
        try transaction.put(CatalogEntry(id: try transaction.allocateID(), kind: .grant, parent: nil, name: name,
                                         owner: run.state.role, createdAt: run.timestamp, attributes: attributes))
    }

    // MARK: Privileges

    private static func grantPrivileges(_ privileges: Privileges, on target: GrantTarget, _ statement: GrantStatement,
                                        _ transaction: WriteTransaction, _ run: StatementRun) throws -> ResultSet {
        let catalog = try run.catalog(), rights = GrantRights(access: try run.access())
        var refused: Set<String> = [], isGranted = false
        let targets = try GrantTargets.resolve(target, run)
        // Who may grant nothing of it is not told which roles and users there are.
        guard try targets.isEmpty || targets.contains(where: { object in
            let names = try GrantTargets.privileges(privileges, on: object)
            return names.isEmpty || names.contains { rights.grantor(of: $0, on: object) != nil }
        }) else { throw GrantRights.notExecuted }
        let role = try GrantTargets.role(statement.grantee, run)
        for object in targets {
            let names = try GrantTargets.privileges(privileges, on: object)
            try GrantTargets.check(object, isWithinReachOf: role, catalog)
            try checkStage(names, object, role, catalog)
            for privilege in names {
                guard let grantor = rights.grantor(of: privilege, on: object) else {
                    refused.insert(privilege)
                    continue
                }
                isGranted = true
                var attributes = Grants.privilege(
                    privilege, on: object.kind, target: object.id, role: role, by: grantor,
                    withOption: statement.withGrantOption, isFuture: object.isFuture)
                for old in catalog.grants where same(old.attributes, attributes) {
                    // The option stays until it is revoked.
                    if old.attributes["OPTION"]?.flag == true { attributes["OPTION"] = .flag(true) }
                    try transaction.removeObject(old.id)
                }
                try put(object.name, attributes, transaction, run)
            }
        }
        guard !refused.isEmpty else { return .status("Statement executed successfully.") }
        guard isGranted else { throw GrantRights.notExecuted }
        return .status("Grant partially executed: privileges [\(refused.sorted().joined(separator: ", "))] not granted.")
    }

    /// WRITE on a stage goes with READ.
    private static func checkStage(_ names: [String], _ object: GrantTargets.Target, _ role: String,
                                   _ catalog: CatalogState) throws {
        guard object.kind == "STAGE", names.contains("WRITE"), !names.contains("READ") else { return }
        let hasRead = object.isFuture
            ? catalog.grants.contains {
                $0.attributes["FUTURE"]?.flag == true && $0.target == object.id && $0.text("GRANTEE") == role
                    && $0.text("ON") == "STAGE" && $0.text("PRIVILEGE") == "READ"
            } : object.id.map { catalog.privileges.of(role, on: $0)?["READ"] != nil } ?? false
        if !hasRead {
            throw WarehouseError(.invalidValue, "The privilege WRITE on stage '\(object.name)' needs READ.",
                                 hint: "GRANT READ, WRITE ON STAGE … TO ROLE …")
        }
    }

    private static func same(_ a: Attributes, _ b: Attributes) -> Bool {
        ["PRIVILEGE", "ON", "TO", "GRANTEE", "TARGET", "FUTURE", "BY"].allSatisfy { a[$0] == b[$0] }
    }
}
