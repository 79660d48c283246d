import WarehouseBasics
import WarehouseStorage

/// What a new warehouse holds: the system roles and their hierarchy, a user, a database MAIN with schema PUBLIC.
enum Bootstrap {
    static let user = "ADMIN"
    static let role = SystemRoles.administrator
    /// (role, the role it is granted to)
    private static let hierarchy = [
        ("SECURITYADMIN", "ACCOUNTADMIN"), ("SYSADMIN", "ACCOUNTADMIN"), ("USERADMIN", "SECURITYADMIN"),
    ]

    static func fill(_ transaction: WriteTransaction, time: Int64) throws {
        func put(_ kind: EntryKind, _ name: String, parent: ObjectID? = nil, owner: String = role,
                 attributes: Attributes = [:]) throws -> ObjectID {
            let entry = CatalogEntry(id: try transaction.allocateID(), kind: kind, parent: parent, name: name,
                                     owner: owner, createdAt: time, attributes: attributes)
            try transaction.put(entry)
            return entry.id
        }
        for name in SystemRoles.names { _ = try put(.role, name, owner: "") }
        for (granted, receiver) in hierarchy {
            _ = try put(.grant, granted, attributes: Grants.roleGrant(to: "ROLE", receiver, by: ""))
        }
        _ = try put(.user, user, attributes: ["DEFAULT_ROLE": .text(role)])
        _ = try put(.grant, role, attributes: Grants.roleGrant(to: "USER", user, by: ""))
        let database = try put(.database, "MAIN")
        _ = try put(.schema, "PUBLIC", parent: database)
    }
}

/// Shapes of grant records. A grant's name is the role granted, or the full name of the object granted on. Roles stand in
/// them by their keys.
enum Grants {
    static func roleGrant(to kind: String, _ receiver: String, by grantor: String) -> Attributes {
        ["PRIVILEGE": .text("USAGE"), "ON": .text("ROLE"), "TO": .text(kind), "GRANTEE": .text(receiver),
         "BY": .text(grantor), "OPTION": .flag(false)]
    }

    /// A privilege on an object (`target`), or on all future objects of `kind` in a container.
    static func privilege(_ privilege: String, on kind: String, target: ObjectID?, role: String, by grantor: String,
                          withOption: Bool, isFuture: Bool = false) -> Attributes {
        var attributes: Attributes = [
            "PRIVILEGE": .text(privilege), "ON": .text(kind), "TO": .text(RoleKey.type(role)), "GRANTEE": .text(role),
            "BY": .text(grantor), "OPTION": .flag(withOption),
        ]
        if let target { attributes["TARGET"] = .integer(Int64(bitPattern: target.value)) }
        if isFuture { attributes["FUTURE"] = .flag(true) }
        return attributes
    }
}

extension WriteTransaction {
    func put(_ entry: CatalogEntry) throws {
        try putObject(ObjectRecord(id: entry.id, kind: entry.kind.rawValue, payload: entry.encoded()))
    }
}
