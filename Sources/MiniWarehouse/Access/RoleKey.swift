import WarehouseBasics
import WarehouseSQL
import WarehouseStorage

/// What stands for a role where grants and owners name one: of an account role its name; of a database role its id, for
/// it and its database may be renamed, behind a character that no role's name begins with. A user that privileges are
/// granted to stands there as a role that its sessions have beside all others.
enum RoleKey {
    private static let mark: Character = "\u{0}"

    static func of(_ role: CatalogEntry) -> String {
        switch role.kind {
        case .databaseRole: "\(mark)\(role.id.value)"
        case .user: "\(mark)u\(role.id.value)"
        default: role.name
        }
    }

    /// nil: an account role's.
    static func databaseRole(_ key: String) -> ObjectID? {
        key.first == mark ? UInt64(key.dropFirst()).map { ObjectID($0) } : nil
    }

    /// nil: a role's.
    static func user(_ key: String) -> ObjectID? {
        key.hasPrefix("\(mark)u") ? UInt64(key.dropFirst(2)).map { ObjectID($0) } : nil
    }

    static func isDatabaseRole(_ key: String) -> Bool { databaseRole(key) != nil }
    static func isUser(_ key: String) -> Bool { user(key) != nil }

    /// As SHOW says what a role is.
    static func type(_ key: String) -> String { isUser(key) ? "USER" : isDatabaseRole(key) ? "DATABASE_ROLE" : "ROLE" }

    /// A name that would stand for another role.
    static func check(_ name: String, _ span: SourceSpan?) throws(WarehouseError) {
        guard name.unicodeScalars.contains(where: { $0.value == 0 }) else { return }
        throw WarehouseError(.invalidValue, "SQL compilation error:\nThe name of a role holds no character of code 0.",
                             span: span)
    }
}

extension CatalogState {
    /// The name of the role that a key stands for.
    func roleName(_ key: String) -> String {
        guard let id = RoleKey.databaseRole(key) ?? RoleKey.user(key) else { return key }
        return records[id]?.name ?? ""
    }

    /// The same, of a database role with its database.
    func fullRoleName(_ key: String) -> String {
        guard let id = RoleKey.databaseRole(key) else { return roleName(key) }
        return records[id].map { GrantTargets.fullName($0, self) } ?? ""
    }

    /// The role that a key stands for.
    func role(_ key: String) -> CatalogEntry? {
        RoleKey.isDatabaseRole(key) ? RoleKey.databaseRole(key).flatMap { entries[$0] } : find(.role, key, in: nil)
    }

    func ownerName(_ entry: CatalogEntry) -> String { roleName(entry.owner) }

    /// The database that an object is in, or is itself; nil for what stands beside databases.
    func database(of entry: CatalogEntry) -> ObjectID? {
        if entry.kind == .database { return entry.id }
        return entry.parent.flatMap { records[$0] }.flatMap { database(of: $0) }
    }

    /// The database of the database role that a key stands for; nil of an account role's.
    func database(ofRole key: String) -> ObjectID? { RoleKey.databaseRole(key).flatMap { records[$0]?.parent } }

    /// What database roles hold on an object that goes to another database, and on what is below it, they lose; what they
    /// own there falls to `heir`.
    func release(_ entry: inout CatalogEntry, to database: ObjectID?, heir: String, _ transaction: WriteTransaction) throws {
        func isForeign(_ key: String?) -> Bool {
            key.map { RoleKey.isDatabaseRole($0) && self.database(ofRole: $0) != database } ?? false
        }
        if isForeign(entry.owner) { entry.owner = heir }
        let below = descendants(of: entry.id)
        for var object in below where isForeign(object.owner) {
            object.owner = heir
            try transaction.put(object)
        }
        let ids = Set(below.map(\.id) + [entry.id])
        for grant in records.values where grant.kind == .grant && grant.target.map(ids.contains) == true {
            if isForeign(grant.text("GRANTEE")) || isForeign(grant.text("BY")) { try transaction.removeObject(grant.id) }
        }
    }

    /// Of a grant of a role, account or database: the key of the role that is granted.
    static func grantedRole(_ grant: CatalogEntry) -> String? {
        switch grant.text("ON") {
        case "ROLE": grant.name
        case "DATABASE ROLE": grant.target.map { "\u{0}\($0.value)" }
        default: nil
        }
    }
}
