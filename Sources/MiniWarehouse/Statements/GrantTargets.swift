import WarehouseBasics
import WarehouseSQL
import WarehouseStorage

/// What the objects of a GRANT are, and which privileges they have.
enum GrantTargets {
    struct Target {
        /// `TABLE`, `SCHEMA`, `ACCOUNT`, …
        var kind: String
        /// nil for the account.
        var id: ObjectID?
        var name: String
        var isFuture = false
    }

    static func role(_ grantee: Grantee, _ run: StatementRun) throws -> String {
        guard case .role(let reference) = grantee else {
            throw StatementDispatcher.unsupported("grants of privileges to anything but a role")
        }
        return try run.resolver().requireTop(.role, run.simpleName(reference), reference.span).name
    }

    static func resolve(_ target: GrantTarget, _ run: StatementRun) throws -> [Target] {
        let catalog = try run.catalog()
        switch target {
        case .account:
            return [Target(kind: "ACCOUNT", id: nil, name: "ACCOUNT")]
        case .object(let kind, let reference, let types):
            guard let entryKind = CreateObject.entryKind(of: kind) else {
                throw StatementDispatcher.unsupported("grants on \(kind.rawValue)")
            }
            let entry = try ObjectFinder.require(entryKind, reference, types: types, run)
            return [Target(kind: objectKind(entry), id: entry.id, name: fullName(entry, catalog))]
        case .all(let kind, let container):
            guard let wanted = CreateObject.entryKind(of: kind) else {
                throw StatementDispatcher.unsupported("ALL \(kind.plural)")
            }
            let found = try entry(of: container, run).map { holder in
                catalog.descendants(of: holder.id).filter {
                    $0.kind == wanted && ($0.temporarySession == nil || $0.temporarySession == run.session.id)
                }.sorted { $0.id < $1.id }
            } ?? catalog.all(wanted)
            return found.map { Target(kind: objectKind($0), id: $0.id, name: fullName($0, catalog)) }
        case .future(let kind, let container):
            guard CreateObject.entryKind(of: kind) != nil else {
                throw StatementDispatcher.unsupported("FUTURE \(kind.plural)")
            }
            let holder = try entry(of: container, run)
            let name = holder.map { fullName($0, catalog) } ?? "ACCOUNT"
            return [Target(kind: kind.rawValue, id: holder?.id, name: name, isFuture: true)]
        }
    }

    /// The database or schema of ALL and FUTURE; nil for the account.
    static func entry(of container: GrantContainer, _ run: StatementRun) throws -> CatalogEntry? {
        switch container {
        case .account: nil
        case .database(let reference): try ObjectFinder.require(.database, reference, run)
        case .schema(let reference): try ObjectFinder.require(.schema, reference, run)
        }
    }

    static func objectKind(_ entry: CatalogEntry) -> String { entry.kind.title.uppercased() }

    static func fullName(_ entry: CatalogEntry, _ catalog: CatalogState) -> String {
        var names = [entry.name]
        var parent = entry.parent
        while let id = parent, let holder = catalog.entries[id] {
            names.insert(holder.name, at: 0)
            parent = holder.parent
        }
        return names.map(Identifiers.quoted).joined(separator: ".")
    }

    /// Privileges of each kind of object, after Snowflake's access control reference.
    static let byKind: [String: [String]] = [
        "ACCOUNT": ["CREATE DATABASE", "CREATE ROLE", "CREATE USER", "CREATE WAREHOUSE", "CREATE INTEGRATION",
                    "MANAGE GRANTS", "MONITOR USAGE", "EXECUTE TASK", "IMPORT SHARE", "APPLY MASKING POLICY",
                    "MONITOR EXECUTION"],
        "DATABASE": ["APPLYBUDGET", "CREATE DATABASE ROLE", "CREATE SCHEMA", "IMPORTED PRIVILEGES", "MODIFY", "MONITOR",
                     "REFERENCE_USAGE", "USAGE"],
        "SCHEMA": ["ADD SEARCH OPTIMIZATION", "APPLYBUDGET", "CREATE DYNAMIC TABLE", "CREATE EXTERNAL TABLE",
                   "CREATE FILE FORMAT", "CREATE FUNCTION", "CREATE MASKING POLICY", "CREATE MATERIALIZED VIEW",
                   "CREATE PIPE", "CREATE PROCEDURE", "CREATE ROW ACCESS POLICY", "CREATE SEQUENCE", "CREATE STAGE",
                   "CREATE STREAM", "CREATE TABLE", "CREATE TAG", "CREATE TASK", "CREATE TEMPORARY TABLE",
                   "CREATE VIEW", "MODIFY", "MONITOR", "USAGE"],
        "TABLE": ["APPLYBUDGET", "DELETE", "EVOLVE SCHEMA", "INSERT", "REBUILD", "REFERENCES", "SELECT", "TRUNCATE",
                  "UPDATE"],
        "VIEW": ["DELETE", "INSERT", "REBUILD", "REFERENCES", "SELECT", "TRUNCATE", "UPDATE"],
        "STAGE": ["READ", "USAGE", "WRITE"],
        "FILE FORMAT": ["USAGE"],
        "SEQUENCE": ["USAGE"],
        "FUNCTION": ["USAGE"],
        "WAREHOUSE": ["APPLYBUDGET", "MODIFY", "MONITOR", "OPERATE", "USAGE"],
        "INTEGRATION": ["USAGE", "USE_ANY_ROLE"],
        "USER": ["MONITOR"],
        "ROLE": ["USAGE"],
    ]

    static func privileges(_ privileges: Privileges, on kind: String) throws -> [String] {
        let known = byKind[kind] ?? []
        guard case .named(let names) = privileges else { return known }
        for name in names where name != "OWNERSHIP" && !known.contains(name) {
            throw WarehouseError(
                .syntax, "SQL compilation error:\nInvalid privilege '\(name)' for object type '\(kind)'.",
                hint: "Privileges of a \(kind): \(known.joined(separator: ", ")).")
        }
        return names
    }
}

/// Grants promised on objects to come.
enum FutureGrants {
    /// Gives a new schema object or schema what was promised; a schema's promises override its database's for the
    /// same kind of object.
    static func apply(to entry: CatalogEntry, _ transaction: WriteTransaction, _ run: StatementRun) throws {
        guard let holder = entry.parent else { return }
        let catalog = try run.catalog()
        let kind = GrantTargets.objectKind(entry)
        let promised = catalog.grants.filter { $0.attributes["FUTURE"]?.flag == true && $0.text("ON") == kind }
        var matching = promised.filter { $0.target == holder }
        if matching.isEmpty, let above = catalog.entries[holder]?.parent {
            matching = promised.filter { $0.target == above }
        }
        for promise in matching {
            guard let privilege = promise.text("PRIVILEGE"), let role = promise.text("GRANTEE") else { continue }
            if privilege == "OWNERSHIP" {
                var owned = entry
                owned.owner = role
                try transaction.put(owned)
                continue
            }
            let attributes = Grants.privilege(
                privilege, on: kind, target: entry.id, role: role, by: promise.text("BY") ?? "",
                withOption: promise.attributes["OPTION"]?.flag ?? false)
            try transaction.put(CatalogEntry(
                id: try transaction.allocateID(), kind: .grant, parent: nil,
                name: GrantTargets.fullName(entry, catalog), owner: promise.owner, createdAt: run.timestamp,
                attributes: attributes))
        }
    }
}
