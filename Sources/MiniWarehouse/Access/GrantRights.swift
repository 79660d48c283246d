import WarehouseBasics

/// Who may grant and revoke what, and in whose name. An object's owner may grant every privilege on it, but not in a
/// schema with managed access, where the schema's owner does; who holds a privilege WITH GRANT OPTION may pass it on; who
/// holds MANAGE GRANTS may grant everything, in the owner's name.
struct GrantRights {
    let access: Access
    private var catalog: CatalogState { access.catalog }

    /// The role that stands as the grantor of a privilege on an object; nil where it may not be granted.
    func grantor(of privilege: String, on target: GrantTargets.Target) -> String? {
        if target.isFuture { return mayPromise(in: target) ? access.primaryRole : nil }
        guard let id = target.id, let entry = catalog.entries[id] else { return accountGrantor(of: privilege) }
        let owner = decider(of: entry)
        if access.owns(owner), access.reaches(entry) || access.owns(entry) && entry.parent == nil { return owner.owner }
        if owner.id == entry.id, access.reaches(entry), access.holds(privilege, on: id, withOption: true) {
            return passing { catalog.privileges.of($0, on: id)?[privilege] == true }
        }
        return access.managesGrants ? entry.owner : nil
    }

    /// What decides over grants on an object: itself, or the schema with managed access that it is in.
    private func decider(of entry: CatalogEntry) -> CatalogEntry {
        guard entry.kind.isSchemaObject, let schema = entry.parent.flatMap({ catalog.entries[$0] }),
              schema.isManagedAccess else { return entry }
        return schema
    }

    private func accountGrantor(of privilege: String) -> String? {
        if access.active.contains(SystemRoles.administrator) { return SystemRoles.administrator }
        if privilege == "MANAGE GRANTS", access.active.contains("SECURITYADMIN") { return "SECURITYADMIN" }
        return passing { catalog.privileges.of($0, on: nil)?[privilege] == true }
    }

    /// The role by which a privilege is passed on: the primary one if it can be, else the first.
    private func passing(_ holds: (String) -> Bool) -> String? {
        if holds(access.primaryRole) { return access.primaryRole }
        return access.active.filter(holds).min()
    }

    private func mayPromise(in target: GrantTargets.Target) -> Bool {
        if access.managesGrants { return true }
        guard let id = target.id, let holder = catalog.entries[id] else { return false }
        return holder.kind == .schema && holder.isManagedAccess && access.owns(holder)
    }

    /// Whether the grant may be taken back: by its grantor, by who manages grants, and in a schema with managed access by
    /// its owner alone.
    func mayRevoke(_ grant: CatalogEntry, on target: GrantTargets.Target) -> Bool {
        if target.isFuture { return mayPromise(in: target) }
        if access.managesGrants { return target.id != nil || accountGrantor(of: grant.text("PRIVILEGE") ?? "") != nil }
        guard let id = target.id, let entry = catalog.entries[id] else {
            return access.active.contains(grant.text("BY") ?? "")
        }
        let owner = decider(of: entry)
        return owner.id == entry.id ? access.active.contains(grant.text("BY") ?? "") : access.owns(owner)
    }

    /// Whether ownership of an object may be given away.
    func mayTransfer(_ entry: CatalogEntry) -> Bool {
        access.managesGrants || access.owns(decider(of: entry)) && access.reaches(entry)
    }

    /// The grantor of a role; nil where it may not be granted.
    func grantor(ofRole role: CatalogEntry) -> String? {
        if role.isGuarded {
            return access.active.contains(SystemRoles.administrator) ? SystemRoles.administrator : nil
        }
        if !role.owner.isEmpty, access.owns(role) { return role.owner }
        let key = RoleKey.of(role)
        let options = catalog.grants.filter {
            CatalogState.grantedRole($0) == key && $0.text("TO") != "USER" && $0.attributes["OPTION"]?.flag == true
        }
        if let passer = passing({ name in options.contains { $0.text("GRANTEE") == name } }) { return passer }
        return access.managesGrants ? (role.owner.isEmpty ? access.primaryRole : role.owner) : nil
    }

    /// Whether a grant of a role may be taken back. Those that make the hierarchy of the system's roles stay.
    func mayRevoke(roleGrant grant: CatalogEntry, of role: CatalogEntry) -> Bool {
        guard let grantor = grant.text("BY"), !grantor.isEmpty else { return false }
        if role.isGuarded { return access.active.contains(SystemRoles.administrator) }
        return access.managesGrants || access.owns(role) || access.active.contains(grantor)
    }

    static var notExecuted: WarehouseError {
        WarehouseError(.grantNotExecuted, "SQL access control error:\nGrant not executed: Insufficient privileges.")
    }

    /// A grant that others rest on.
    static func dependent(_ grant: CatalogEntry, _ catalog: CatalogState) -> WarehouseError {
        let privilege = grant.text("PRIVILEGE") ?? "", grantee = catalog.fullRoleName(grant.text("GRANTEE") ?? "")
        let kind = grant.text("TO") == "USER" ? "user" : "role"
        return WarehouseError(
            .dependentGrant, "SQL execution error:\nDependent grant of privilege '\(privilege)' on securable "
                + "'\(grant.name)' to \(kind) '\(grantee)' exists. It must be revoked first. More than one dependent grant may "
                + "exist: use 'SHOW GRANTS' command to view them.",
            hint: "REVOKE … CASCADE revokes them too; GRANT OWNERSHIP … REVOKE CURRENT GRANTS or COPY CURRENT GRANTS says "
                + "what becomes of them.")
    }
}

extension CatalogEntry {
    /// Of a schema: whether its owner decides over the grants on what is in it.
    var isManagedAccess: Bool { attributes["MANAGED_ACCESS"]?.flag == true }

    /// Of a role: whether only the account administrator may grant it.
    var isGuarded: Bool { kind == .role && SystemRoles.guarded.contains(name) }
}
