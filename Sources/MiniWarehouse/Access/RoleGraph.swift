/// Which roles are granted to which users and roles, by their keys. PUBLIC is everybody's.
struct RoleGraph: Sendable {
    private var grantedToUser: [String: [String]] = [:]
    private var grantedToRole: [String: [String]] = [:]

    init(_ grants: [CatalogEntry]) {
        for grant in grants {
            guard let role = CatalogState.grantedRole(grant), grant.text("PRIVILEGE") == "USAGE",
                  grant.attributes["FUTURE"]?.flag != true, let receiver = grant.text("GRANTEE") else { continue }
            if grant.text("TO") == "USER" { RoleGraph.add(role, receiver, &grantedToUser) }
            else { RoleGraph.add(role, receiver, &grantedToRole) }
        }
    }

    /// Several grantors may have granted the same.
    private static func add(_ role: String, _ receiver: String, _ list: inout [String: [String]]) {
        if list[receiver]?.contains(role) != true { list[receiver, default: []].append(role) }
    }

    /// `role` and every role granted to it, directly or not.
    func inherited(by role: String) -> Set<String> {
        var found: Set<String> = []
        var waiting = [role, SystemRoles.everyone]
        while let next = waiting.popLast() {
            guard found.insert(next).inserted else { continue }
            waiting.append(contentsOf: grantedToRole[next] ?? [])
        }
        return found
    }

    func roles(of user: String) -> Set<String> {
        var found: Set<String> = [SystemRoles.everyone]
        for role in grantedToUser[user] ?? [] { found.formUnion(inherited(by: role)) }
        return found
    }

    /// Not those that these inherit.
    func grantedDirectly(to user: String) -> [String] { (grantedToUser[user] ?? []).sorted() }

    func receivers(of role: String) -> (users: [String], roles: [String]) {
        (grantedToUser.filter { $0.value.contains(role) }.map(\.key).sorted(),
         grantedToRole.filter { $0.value.contains(role) }.map(\.key).sorted())
    }

    /// Not those that these inherit.
    func granted(toRole role: String) -> [String] { (grantedToRole[role] ?? []).sorted() }
}
