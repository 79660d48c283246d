import WarehouseStorage

/// What the grants of one version of the catalog come to, found by role and object.
final class PrivilegeIndex: Sendable {
    let roles: RoleGraph
    private let held: [Key: [String: Bool]]

    private struct Key: Hashable {
        var role: String
        /// nil: the account.
        var target: ObjectID?
    }

    init(_ grants: [CatalogEntry]) {
        roles = RoleGraph(grants)
        var held: [Key: [String: Bool]] = [:]
        for grant in grants {
            guard let on = grant.text("ON"), on != "ROLE", let role = grant.text("GRANTEE"),
                  let privilege = grant.text("PRIVILEGE"), grant.attributes["FUTURE"]?.flag != true,
                  grant.target != nil || on == "ACCOUNT" else { continue }
            // A user that is granted a role stands there by its name, which a role may have too.
            if grant.text("TO") == "USER", !RoleKey.isUser(role) { continue }
            let option = grant.attributes["OPTION"]?.flag ?? false
            held[Key(role: role, target: grant.target), default: [:]][privilege, default: false] = option
                || held[Key(role: role, target: grant.target)]?[privilege] ?? false
        }
        self.held = held
    }

    /// The privileges that were granted to the role itself on an object, or on the account, each with whether the role
    /// may pass it on. nil: none.
    func of(_ role: String, on target: ObjectID?) -> [String: Bool]? { held[Key(role: role, target: target)] }
}
