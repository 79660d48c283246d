import WarehouseBasics
import WarehouseSQL
import WarehouseStorage

/// REVOKE. What rests on a grant that goes, because its receiver has passed it on, goes too with CASCADE; without it the
/// statement is refused. A statement that finds nothing to revoke succeeds.
enum RevokeExecution {
    static func run(_ statement: RevokeStatement, in run: StatementRun) throws -> ResultSet {
        try run.define { open in
            if let role = try GrantTargets.role(of: statement.right, run) {
                try revokeRole(role, statement, open.store, run)
            } else if case .privileges(let privileges, let target) = statement.right {
                try revokePrivileges(privileges, on: target, statement, open.store, run)
            }
            return .status("Statement executed successfully.")
        }
    }

    private static func revokeRole(_ role: CatalogEntry, _ statement: RevokeStatement, _ transaction: WriteTransaction,
                                   _ run: StatementRun) throws {
        let rights = GrantRights(access: try run.access()), key = RoleKey.of(role), catalog = try run.catalog()
        let mine = catalog.grants.filter { CatalogState.grantedRole($0) == key && rights.mayRevoke(roleGrant: $0, of: role) }
        // Who may revoke nothing of it is not told which roles and users there are, nor who has it.
        guard !mine.isEmpty || rights.grantor(ofRole: role) != nil else { throw Access.insufficient("role", role.name) }
        let receiver = try GrantTargets.receiver(statement.grantee, run)
        let meant = mine.filter { GrantTargets.isRoleGrant($0, of: key, to: receiver) }
        guard !meant.isEmpty || !catalog.grants.contains(where: { GrantTargets.isRoleGrant($0, of: key, to: receiver) }) else {
            throw Access.insufficient("role", role.name)
        }
        var chain = Chain(statement, catalog)
        for grant in meant { try chain.revoke(grant) }
        try chain.write(transaction)
    }

    private static func revokePrivileges(_ privileges: Privileges, on target: GrantTarget, _ statement: RevokeStatement,
                                         _ transaction: WriteTransaction, _ run: StatementRun) throws {
        let role = try GrantTargets.role(statement.grantee, run)
        let catalog = try run.catalog(), rights = GrantRights(access: try run.access())
        var chain = Chain(statement, catalog)
        for object in try GrantTargets.resolve(target, run) {
            let names = Set(try GrantTargets.privileges(privileges, on: object))
            if names.contains("OWNERSHIP"), !object.isFuture {
                throw WarehouseError(.invalidValue, "SQL compilation error:\nOWNERSHIP cannot be revoked.",
                                     hint: "GRANT OWNERSHIP gives it to another role.")
            }
            try checkStage(names, object, role, catalog)
            for grant in catalog.grants
                where CatalogState.grantedRole(grant) == nil && grant.text("GRANTEE") == role && grant.text("ON") == object.kind
                && grant.target == object.id && (grant.attributes["FUTURE"]?.flag ?? false) == object.isFuture
                && names.contains(grant.text("PRIVILEGE") ?? "") && rights.mayRevoke(grant, on: object) {
                try chain.revoke(grant)
            }
        }
        try chain.write(transaction)
    }

    /// READ on a stage stays while WRITE does.
    private static func checkStage(_ names: Set<String>, _ object: GrantTargets.Target, _ role: String,
                                   _ catalog: CatalogState) throws {
        guard object.kind == "STAGE", !object.isFuture, names.contains("READ"), !names.contains("WRITE"), let id = object.id,
              catalog.privileges.of(role, on: id)?["WRITE"] != nil else { return }
        throw WarehouseError(.invalidValue, "The privilege READ on stage '\(object.name)' is needed by WRITE.",
                             hint: "REVOKE READ, WRITE ON STAGE … FROM ROLE …")
    }

    /// Grants that go, and those that rest on them.
    private struct Chain {
        let optionOnly: Bool
        let cascades: Bool
        let catalog: CatalogState
        private var removed: Set<ObjectID> = []
        /// Those that only lose their option.
        private var reduced: [CatalogEntry] = []

        init(_ statement: RevokeStatement, _ catalog: CatalogState) {
            optionOnly = statement.grantOptionOnly
            cascades = statement.behavior == .cascade
            self.catalog = catalog
        }

        mutating func revoke(_ grant: CatalogEntry) throws {
            if optionOnly {
                var kept = grant
                kept.attributes["OPTION"] = .flag(false)
                reduced.append(kept)
            } else {
                removed.insert(grant.id)
            }
            try revokeDependents(of: grant)
        }

        private mutating func revokeDependents(of grant: CatalogEntry) throws {
            guard grant.attributes["OPTION"]?.flag == true, grant.attributes["FUTURE"]?.flag != true,
                  let holder = grant.text("GRANTEE") else { return }
            let gone = removed.union(reduced.map(\.id))
            func isSame(_ other: CatalogEntry) -> Bool {
                other.text("PRIVILEGE") == grant.text("PRIVILEGE") && other.text("ON") == grant.text("ON")
                    && other.target == grant.target && other.attributes["FUTURE"]?.flag != true
                    && (grant.text("ON") != "ROLE" || other.name == grant.name)
            }
            // Who has the option from somebody else too, or owns the object, goes on granting.
            let hasOther = catalog.grants.contains {
                isSame($0) && !gone.contains($0.id) && $0.text("GRANTEE") == holder
                    && ($0.text("TO") != "USER" || RoleKey.isUser(holder))
                    && $0.attributes["OPTION"]?.flag == true
            }
            let owns = grant.target.flatMap { catalog.entries[$0]?.owner } == holder
            if hasOther || owns { return }
            for dependent in catalog.grants
                where isSame(dependent) && dependent.text("BY") == holder && !removed.contains(dependent.id) {
                guard cascades else { throw GrantRights.dependent(dependent, catalog) }
                removed.insert(dependent.id)
                try revokeDependents(of: dependent)
            }
        }

        func write(_ transaction: WriteTransaction) throws {
            for id in removed.sorted() { try transaction.removeObject(id) }
            for grant in reduced where !removed.contains(grant.id) { try transaction.put(grant) }
        }
    }
}
