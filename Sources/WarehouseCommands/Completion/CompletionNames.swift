import MiniWarehouse

/// Names that exist: what completion offers.
protocol CompletionNames {
    func databases() -> [String]
    /// Of a database, else of the current one.
    func schemas(of database: String?) -> [String]
    /// Tables and views of `schema` or `database, schema`; none named: of the current schema.
    func relations(in place: [String]) -> [String]
    func columns(of relation: [String]) -> [String]
    /// Names of another kind, as SHOW lists them: STAGES, FILE FORMATS, ROLES, WAREHOUSES, USERS, SEQUENCES.
    func objects(_ family: String) -> [String]
    /// Functions of the system and of users.
    func functions() -> [String]
}

/// Names as a session may see them. Each question is asked once, until `forget`.
final class SessionNames: CompletionNames {
    /// More names than this are no help.
    private static let maximum = 10_000

    private let session: Session
    private var known: [String: [String]] = [:]
    private var functionNames: [String]?

    init(_ session: Session) { self.session = session }

    /// Something has run that may have changed what there is.
    func forget() {
        known = [:]
        functionNames = nil
    }

    func databases() -> [String] { names("SHOW DATABASES", "name") }

    func schemas(of database: String?) -> [String] {
        names("SHOW TERSE SCHEMAS" + (database.map { " IN DATABASE \(SessionNames.quoted($0))" } ?? ""), "name")
    }

    func relations(in place: [String]) -> [String] {
        let scope = place.isEmpty ? "" : " IN SCHEMA \(place.map(SessionNames.quoted).joined(separator: "."))"
        return names("SHOW TERSE OBJECTS" + scope, "name")
    }

    func columns(of relation: [String]) -> [String] {
        let name = relation.map(SessionNames.quoted).joined(separator: ".")
        for kind in ["TABLE", "VIEW"] {
            let found = names("DESCRIBE \(kind) \(name)", "name")
            if !found.isEmpty { return found }
        }
        return []
    }

    func objects(_ family: String) -> [String] { names("SHOW \(family)", "name") }

    func functions() -> [String] {
        let found = functionNames ?? Array(Set(names("SHOW FUNCTIONS", "name"))).sorted()
        functionNames = found
        return found
    }

    /// In quotes always: a name may be a word of the language.
    static func quoted(_ name: String) -> String {
        "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    private func names(_ sql: String, _ column: String) -> [String] {
        if let known = known[sql] { return known }
        // What cannot be looked up is not offered; nobody has asked for an error here.
        var found: [String] = []
        if let result = try? session.look(sql), let index = result.columns.firstIndex(where: { $0.name == column }) {
            found = result.textRows().prefix(SessionNames.maximum).compactMap { $0[index] }
        }
        known[sql] = found
        return found
    }
}
