import WarehouseBasics
import WarehouseSQL
import WarehouseStorage

/// GRANT OWNERSHIP: an object has one owner. Grants on it must be revoked or copied, or there must be none.
enum OwnershipTransfer {
    static func run(_ names: [String], _ target: GrantTarget, _ statement: GrantStatement,
                    _ transaction: WriteTransaction, _ run: StatementRun) throws -> ResultSet {
        guard names.count == 1 else {
            throw WarehouseError(.syntax, "SQL compilation error:\nOWNERSHIP is granted alone.")
        }
        let role = try GrantTargets.role(statement.grantee, run)
        if RoleKey.isUser(role) { throw StatementDispatcher.unsupported("GRANT OWNERSHIP … TO USER") }
        let catalog = try run.catalog(), access = try run.access(), rights = GrantRights(access: access)
        for object in try GrantTargets.resolve(target, run) {
            try GrantTargets.check(object, isWithinReachOf: role, catalog)
            if object.isFuture {
                guard rights.grantor(of: "OWNERSHIP", on: object) != nil else { throw GrantRights.notExecuted }
                try promise(object, to: role, catalog, transaction, run)
                continue
            }
            guard let id = object.id, var entry = catalog.entries[id] else {
                throw WarehouseError(.invalidValue, "SQL compilation error:\nThe account has no owner.")
            }
            guard entry.kind != .role || !SystemRoles.names.contains(entry.name) else {
                throw Access.insufficient("role", entry.name)
            }
            guard rights.mayTransfer(entry) else { throw Access.insufficient(entry.kind.title.lowercased(), entry.name) }
            try checkManaged(entry, role, catalog)
            if statement.currentGrants == .copy, !access.managesGrants, !access.active.contains(role) {
                throw Access.insufficient(entry.kind.title.lowercased(), entry.name,
                                          hint: "COPY CURRENT GRANTS needs MANAGE GRANTS, or the new owner's role.")
            }
            try move(grantsOn: entry, statement.currentGrants, to: role, catalog, transaction)
            entry.owner = role
            try transaction.put(entry)
        }
        return .status("Statement executed successfully.")
    }

    /// What is in a schema with managed access is owned by its owner or by whom that one inherits.
    private static func checkManaged(_ entry: CatalogEntry, _ role: String, _ catalog: CatalogState) throws {
        guard entry.kind.isSchemaObject, let schema = entry.parent.flatMap({ catalog.entries[$0] }), schema.isManagedAccess,
              !catalog.privileges.roles.inherited(by: schema.owner).contains(role) else { return }
        throw WarehouseError(
            .invalidValue, "SQL compilation error:\nSchema '\(schema.name)' has managed access: only its owner "
                + "\(catalog.fullRoleName(schema.owner)), and roles granted to that, can own what is in it.")
    }

    private static func move(grantsOn entry: CatalogEntry, _ choice: GrantStatement.CurrentGrants?, to role: String,
                             _ catalog: CatalogState, _ transaction: WriteTransaction) throws {
        // Grants of a role itself stay as they are.
        for var grant in catalog.grants where grant.target == entry.id && grant.attributes["FUTURE"]?.flag != true {
            switch choice {
            case nil: throw GrantRights.dependent(grant, catalog)
            case .revoke: try transaction.removeObject(grant.id)
            case .copy:
                grant.attributes["BY"] = .text(role)
                try transaction.put(grant)
            }
        }
    }

    /// At most one role is to own the objects of a kind that come.
    private static func promise(_ object: GrantTargets.Target, to role: String, _ catalog: CatalogState,
                                _ transaction: WriteTransaction, _ run: StatementRun) throws {
        for old in catalog.grants
            where old.attributes["FUTURE"]?.flag == true && old.target == object.id && old.text("ON") == object.kind
            && old.text("PRIVILEGE") == "OWNERSHIP" {
            if old.text("GRANTEE") == role { return }
            throw WarehouseError(
                .alreadyExists, "SQL compilation error:\nFuture ownership of the \(object.kind) objects of '\(object.name)' is "
                    + "granted to role '\(catalog.fullRoleName(old.text("GRANTEE") ?? ""))' already.", hint: "Revoke that first.")
        }
        let attributes = Grants.privilege("OWNERSHIP", on: object.kind, target: object.id, role: role, by: run.state.role,
                                          withOption: false, isFuture: true)
        try transaction.put(CatalogEntry(id: try transaction.allocateID(), kind: .grant, parent: nil, name: object.name,
                                         owner: run.state.role, createdAt: run.timestamp, attributes: attributes))
    }
}
