import WarehouseBasics
import WarehouseSQL
import WarehouseStorage

/// Who opens a warehouse, and where the sessions begin.
struct SessionIdentity: Sendable {
    var user = Bootstrap.user
    /// What tells the user apart from whoever has the name later; nil of the owner, who is never dropped.
    private(set) var userID: ObjectID?
    var role = Bootstrap.role
    var secondaryRoles = SecondaryRoleChoice.none
    var database: String? = "MAIN"
    var schema: String? = "PUBLIC"
    var computeWarehouse: String?

    /// The owner of the warehouse, to whom it belongs as the directory does.
    init() {}

    /// A user, and one of the roles that are granted to it; without a role the user's default role, else PUBLIC. Names as
    /// SQL writes them.
    init(user: String?, role: String?, _ core: WarehouseCore) throws {
        guard user != nil || role != nil else { return }
        let catalog = try core.catalog(for: core.store.snapshot(pinned: false))
        let user = try user.map(SessionIdentity.name) ?? Bootstrap.user
        guard let entry = catalog.find(.user, user, in: nil) else {
            throw WarehouseError(.insufficientPrivileges, "User '\(user)' does not exist or is not authorized.",
                                 hint: "CREATE USER makes one.")
        }
        try SessionIdentity.requireEnabled(entry)
        self.user = entry.name
        userID = entry.name == Bootstrap.user ? nil : entry.id
        secondaryRoles = UserDefinition.secondaryRoles(of: entry)
        let available = catalog.privileges.roles.roles(of: entry.name).filter { !RoleKey.isDatabaseRole($0) }
        if let role = try role.map(SessionIdentity.name) {
            guard available.contains(role) else {
                throw WarehouseError(
                    .insufficientPrivileges, "Role '\(role)' does not exist or is not granted to user '\(entry.name)'.",
                    hint: "GRANT ROLE \(Identifiers.quoted(role)) TO USER \(Identifiers.quoted(entry.name)) grants it.")
            }
            self.role = role
        } else {
            let standard = entry.text("DEFAULT_ROLE") ?? ""
            self.role = available.contains(standard) ? standard : SystemRoles.everyone
        }
        try enter(entry, catalog)
    }

    /// Throws once the session's user is dropped, whoever has its name since, or disabled: its sessions run no further
    /// statement. Asked of what is committed by now, in a transaction too.
    static func requireUser(of state: SessionState, _ core: WarehouseCore) throws {
        guard let id = state.userID, state.user != Bootstrap.user else { return }
        try requireUser(id, named: state.user, in: core.catalog(for: core.store.snapshot(pinned: false)))
    }

    /// The same of one version of the catalog.
    static func requireUser(_ id: ObjectID, named name: String, in catalog: CatalogState) throws {
        guard let entry = catalog.entries[id] else {
            throw WarehouseError(.insufficientPrivileges, "User '\(name)' of this session was dropped: the session has ended.",
                                 hint: "A new session is another user's, whatever its name.")
        }
        try requireEnabled(entry)
    }

    private static func requireEnabled(_ user: CatalogEntry) throws {
        guard user.attributes["DISABLED"]?.flag != true else {
            throw WarehouseError(.insufficientPrivileges, "User '\(user.name)' is disabled.")
        }
    }

    private static func name(_ text: String) throws -> String {
        let parts = try Parser.parseObjectName(text)
        guard parts.count == 1 else { throw WarehouseError(.syntax, "'\(text)' must be a name of one part.") }
        return parts[0].name
    }

    /// The user's own standards, as far as the role sees what they name.
    private mutating func enter(_ user: CatalogEntry, _ catalog: CatalogState) throws {
        let access = Access(catalog: catalog, user: user.name, role: role, secondary: secondaryRoles)
        let wanted = try user.text("DEFAULT_NAMESPACE").map { try Parser.parseObjectName($0).map(\.name) } ?? ["MAIN", "PUBLIC"]
        (database, schema) = (nil, nil)
        if let first = wanted.first, let found = catalog.find(.database, first, in: nil), access.sees(found) {
            database = found.name
            let inner = catalog.find(.schema, wanted.count > 1 ? wanted[1] : "PUBLIC", in: found.id)
            schema = inner.flatMap { access.sees($0) ? $0.name : nil }
        }
        if let name = user.text("DEFAULT_WAREHOUSE"), let found = catalog.find(.warehouse, name, in: nil),
           access.isAllowed(["USAGE"], found) {
            computeWarehouse = found.name
        }
    }
}
