import WarehouseBasics
import WarehouseSQL
import WarehouseStorage

/// GRANT: kept in the catalog, shown by SHOW GRANTS, and asked of by `Access`.
enum GrantExecution {
    static func grant(_ statement: GrantStatement, in run: StatementRun) throws -> ResultSet {
        try run.define { open in
            switch statement.right {
            case .role(let reference):
                let role = try run.resolver().requireTop(.role, run.simpleName(reference), reference.span)
                try grantRole(role, statement, open.store, run)
                return .status("Statement executed successfully.")
            case .databaseRole:
                throw StatementDispatcher.unsupported("GRANT DATABASE ROLE")
            case .privileges(let privileges, let target):
                if case .named(let names) = privileges, names.contains("OWNERSHIP") {
                    return try OwnershipTransfer.run(names, target, statement, open.store, run)
                }
                return try grantPrivileges(privileges, on: target, statement, open.store, run)
            }
        }
    }

    // MARK: Roles

    private static func grantRole(_ role: CatalogEntry, _ statement: GrantStatement, _ transaction: WriteTransaction,
                                  _ run: StatementRun) throws {
        let catalog = try run.catalog()
        guard let grantor = GrantRights(access: try run.access()).grantor(ofRole: role) else {
            throw GrantRights.notExecuted
        }
        let receiver = try GrantTargets.receiver(statement.grantee, run)
        // PUBLIC is everybody's, and may be granted roles all the same.
        let isRound = role.name == receiver.name || receiver.name != SystemRoles.everyone
            && catalog.privileges.roles.inherited(by: role.name).contains(receiver.name)
        if receiver.kind == "ROLE", isRound {
            throw WarehouseError(
                .invalidValue,
                "Role \(role.name) cannot be granted to \(receiver.name): \(receiver.name) is granted to it already.")
        }
        if receiver.kind == "USER", statement.withGrantOption {
            throw StatementDispatcher.unsupported("GRANT ROLE … TO USER … WITH GRANT OPTION")
        }
        var attributes = Grants.roleGrant(to: receiver.kind, receiver.name, by: grantor)
        attributes["OPTION"] = .flag(statement.withGrantOption)
        for old in catalog.grants where GrantTargets.isRoleGrant(old, of: role.name, to: receiver)
            && old.text("BY") == grantor {
            if old.attributes["OPTION"]?.flag == true || !statement.withGrantOption { return }
            try transaction.removeObject(old.id)
        }
        try put(role.name, attributes, transaction, run)
    }

    private static func put(_ name: String, _ attributes: Attributes, _ transaction: WriteTransaction,
                            _ run: StatementRun) throws {
        try transaction.put(CatalogEntry(id: try transaction.allocateID(), kind: .grant, parent: nil, name: name,
                                         owner: run.state.role, createdAt: run.timestamp, attributes: attributes))
    }

    // MARK: Privileges

    private static func grantPrivileges(_ privileges: Privileges, on target: GrantTarget, _ statement: GrantStatement,
                                        _ transaction: WriteTransaction, _ run: StatementRun) throws -> ResultSet {
        let role = try GrantTargets.role(statement.grantee, run)
        let catalog = try run.catalog(), rights = GrantRights(access: try run.access())
        var refused: Set<String> = [], isGranted = false
        let targets = try GrantTargets.resolve(target, run)
        for object in targets {
            let names = try GrantTargets.privileges(privileges, on: object)
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
