import WarehouseBasics
import WarehouseStorage

/// What a session may do with the objects of one version of the catalog: the roles that it acts in, and what is granted
/// to them. Also what the owner of a view or function may, whose rights its text is bound with.
///
/// Two questions are asked of it. `sees`: has the role any privilege on the object? What it does not see is to it as if
/// it were not there, in names, lists, hints and messages alike. `isAllowed`: may it do this with the object? There is no
/// role above the rules: ACCOUNTADMIN sees every object, for it may grant itself any privilege, and uses those that it
/// owns or inherits.
final class Access: Sendable {
    /// Which roles count. CREATE is authorised by the primary role and what it inherits; all else by the secondary
    /// roles too.
    enum Scope { case active, primary }

    let catalog: CatalogState
    /// The session's role, or PUBLIC where that is no longer granted to its user; of a view its owner.
    let primaryRole: String
    /// Reads that serve another operation, which has been asked for itself.
    private let isUnrestricted: Bool
    private let user: String?
    /// The session's user; nil where the rights of an owner are asked of.
    var sessionUser: String? { user }
    private let secondary: SecondaryRoleChoice
    private let sets = Lock(Sets())

    private struct Sets {
        var primary: Set<String>?
        var active: Set<String>?
        var available: Set<String>?
    }

    /// Of a session.
    init(catalog: CatalogState, user: String, role: String, secondary: SecondaryRoleChoice) {
        self.catalog = catalog
        self.user = user
        self.secondary = secondary
        isUnrestricted = false
        // That user has that role for good.
        let isOwner = user == Bootstrap.user && role == Bootstrap.role
        let isGranted = !RoleKey.isDatabaseRole(role) && catalog.privileges.roles.roles(of: user).contains(role)
        primaryRole = isOwner || isGranted ? role : SystemRoles.everyone
    }

    /// Of the owner of a view or function.
    init(catalog: CatalogState, owner: String, isUnrestricted: Bool = false) {
        self.catalog = catalog
        self.isUnrestricted = isUnrestricted
        user = nil
        secondary = .none
        primaryRole = owner
    }

    // MARK: Roles

    /// The primary role and all that it inherits.
    var primary: Set<String> {
        if let known = sets.withLock({ $0.primary }) { return known }
        let found = catalog.privileges.roles.inherited(by: primaryRole)
        sets.withLock { $0.primary = found }
        return found
    }

    /// Those, the secondary roles and all that these inherit; with all secondary roles the user itself.
    var active: Set<String> {
        if let known = sets.withLock({ $0.active }) { return known }
        let graph = catalog.privileges.roles
        var found = secondaryRoles.reduce(into: primary) { $0.formUnion(graph.inherited(by: $1)) }
        // What is granted to the user itself counts beside all of its roles only.
        if secondary == .all, let entry = user.flatMap({ catalog.find(.user, $0, in: nil) }) { found.insert(RoleKey.of(entry)) }
        sets.withLock { $0.active = found }
        return found
    }

    /// Every role that the user may take.
    var available: Set<String> {
        if let known = sets.withLock({ $0.available }) { return known }
        let found = user.map { catalog.privileges.roles.roles(of: $0) } ?? []
        sets.withLock { $0.available = found }
        return found
    }

    /// The secondary roles that are in force: those that were asked for and are still granted to the user.
    var secondaryRoles: [String] {
        switch secondary {
        case .none: []
        case .all: user.map { catalog.privileges.roles.grantedDirectly(to: $0).filter { $0 != primaryRole } } ?? []
        case .named(let names): names.filter { available.contains($0) && !RoleKey.isDatabaseRole($0) }
        }
    }

    private func roles(_ scope: Scope) -> Set<String> { scope == .primary ? primary : active }

    /// Whether the account administrator acts, who holds every privilege on the account.
    private var isAdministrator: Bool { primaryRole == SystemRoles.administrator }

    // MARK: Questions

    func owns(_ entry: CatalogEntry, _ scope: Scope = .active) -> Bool {
        entry.owner == primaryRole || roles(scope).contains(entry.owner)
    }

    /// Whether a privilege on the account is held.
    func holds(account privilege: String, _ scope: Scope = .active) -> Bool {
        if isAdministrator { return true }
        return roles(scope).contains { role in
            SystemRoles.holds(role, privilege) || catalog.privileges.of(role, on: nil)?[privilege] != nil
        }
    }

    /// Whether privileges on any object may be granted, as if by its owner.
    var managesGrants: Bool { holds(account: "MANAGE GRANTS") }

    /// Whether `privilege` was granted on the object itself; with `option`, so that it may be passed on.
    func holds(_ privilege: String, on id: ObjectID, withOption: Bool = false, _ scope: Scope = .active) -> Bool {
        roles(scope).contains { role in
            guard let option = catalog.privileges.of(role, on: id)?[privilege] else { return false }
            return option || !withOption
        }
    }

    private func holdsSome(on id: ObjectID, _ scope: Scope = .active) -> Bool {
        roles(scope).contains { catalog.privileges.of($0, on: id) != nil }
    }

    /// Whether something may be done in the schema and the database that the object is in: any privilege on each will do.
    func reaches(_ entry: CatalogEntry, _ scope: Scope = .active) -> Bool {
        guard let parent = entry.parent else { return true }
        guard let holder = catalog.entries[parent] else { return false }
        return (owns(holder, scope) || holdsSome(on: holder.id, scope)) && reaches(holder, scope)
    }

    /// Whether one of `privileges` is held on the object, or it is owned, and its schema and database are reached.
    func isAllowed(_ privileges: [String], _ entry: CatalogEntry, _ scope: Scope = .active) -> Bool {
        if isUnrestricted || isAllowedEverywhere(privileges, entry, scope) { return true }
        guard owns(entry, scope) || privileges.contains(where: { holds($0, on: entry.id, scope) }) else { return false }
        return reaches(entry, scope)
    }

    /// What privileges on the account give on every object of a kind.
    private func isAllowedEverywhere(_ privileges: [String], _ entry: CatalogEntry, _ scope: Scope) -> Bool {
        switch entry.kind {
        case .warehouse:
            !Set(privileges).isDisjoint(with: ["MODIFY", "MONITOR", "OPERATE"]) && holds(account: "MANAGE WAREHOUSES", scope)
        case .user: privileges.contains("MONITOR") && holds(account: "MONITOR USER", scope)
        default: false
        }
    }

    /// Whether the object is there, as far as this session may know.
    func sees(_ entry: CatalogEntry) -> Bool {
        if isAdministrator || isUnrestricted { return true }
        switch entry.kind {
        case .role:
            return SystemRoles.names.contains(entry.name) || active.contains(entry.name) || owns(entry)
                || available.contains(entry.name) || managesGrants || holds(account: "MONITOR ROLE")
        case .databaseRole:
            if let database = entry.parent.flatMap({ catalog.entries[$0] }), sees(database) { return true }
            return owns(entry) || active.contains(RoleKey.of(entry))
        case .user:
            return entry.name == user || owns(entry) || holdsSome(on: entry.id) || managesGrants
                || holds(account: "MONITOR USER")
        default: break
        }
        if (owns(entry) || holdsSome(on: entry.id)) && reaches(entry) { return true }
        if managesGrants || holds(account: "RESOLVE ALL") || decides(over: entry) { return true }
        return isAllowedEverywhere(["MODIFY", "MONITOR"], entry, .active)
    }

    /// Whether the object is in a schema with managed access that the role owns: it grants on what is in there.
    private func decides(over entry: CatalogEntry) -> Bool {
        guard entry.kind.isSchemaObject, let schema = entry.parent.flatMap({ catalog.entries[$0] }) else { return false }
        return schema.isManagedAccess && owns(schema) && reaches(schema)
    }

    // MARK: Demands

    /// Throws unless one of `privileges` is held on the object, or it is owned.
    func require(_ privileges: [String], _ entry: CatalogEntry, _ scope: Scope = .active,
                 _ span: SourceSpan? = nil) throws(WarehouseError) {
        guard !isAllowed(privileges, entry, scope) else { return }
        // Who does not see it learns no more than who asks for what is not there.
        guard sees(entry) else { throw NameResolver.missing(entry, catalog, span) }
        throw Access.insufficient(entry.kind.title.lowercased(), entry.kind == .function ? entry.functionName : entry.name,
                                  span)
    }

    func require(account privilege: String, _ scope: Scope = .active, _ span: SourceSpan? = nil) throws(WarehouseError) {
        guard !holds(account: privilege, scope) else { return }
        throw Access.insufficient("account", SystemRoles.account, span)
    }

    static func insufficient(_ kind: String, _ name: String, _ span: SourceSpan? = nil, hint: String? = nil) -> WarehouseError {
        WarehouseError(.insufficientPrivileges,
                       "SQL access control error:\nInsufficient privileges to operate on \(kind) '\(name)'", hint: hint,
                       span: span)
    }
}

/// What USE SECONDARY ROLES, or a user's DEFAULT_SECONDARY_ROLES, asks for.
enum SecondaryRoleChoice: Hashable, Sendable {
    case all, none
    case named([String])

    /// As CURRENT_SECONDARY_ROLES shows it.
    var text: String {
        switch self {
        case .all: "ALL"
        case .none: ""
        case .named(let names): names.joined(separator: ",")
        }
    }
}
