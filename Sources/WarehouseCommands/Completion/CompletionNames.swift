import MiniWarehouse
import WarehouseBasics

/// Names that exist: what completion offers.
protocol CompletionNames {
    func databases() -> [String]
    /// Of a database, else of the current one.
    func schemas(of database: String?) -> [String]
    /// Tables and views of `schema` or `database, schema`; none named: of the current schema.
    func relations(in place: [String]) -> [String]
    func columns(of relation: [String]) -> [String]
    /// Those of all tables and views of the current schema.
    func columns() -> [String]
    /// Names of another kind, as SHOW lists them: STAGES, FILE FORMATS, ROLES, WAREHOUSES, USERS, SEQUENCES.
    func objects(_ family: String) -> [String]
    /// Paths of the files of an internal stage, which is named as after `@`. What lies elsewhere is not asked for: that may
    /// take long.
    func files(ofStage stage: String) -> [String]
    /// Functions of the system and of users.
    func functions() -> [String]
    /// Those that ALTER SESSION sets.
    func parameters() -> [String]
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

    func parameters() -> [String] { names("SHOW PARAMETERS", "key") }

    func schemas(of database: String?) -> [String] {
        names("SHOW TERSE SCHEMAS" + (database.map { " IN DATABASE \(SessionNames.quoted($0))" } ?? ""), "name")
    }

    func relations(in place: [String]) -> [String] {
        if place.last == SystemViews.schema { return SystemViews.names }
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

    func columns() -> [String] { names("SHOW COLUMNS IN SCHEMA", "column_name") }

    func objects(_ family: String) -> [String] { names("SHOW \(family)", "name") }

    func files(ofStage stage: String) -> [String] {
        let isName = stage.allSatisfy { $0.isLetter || $0.isNumber || "_$.%~\"".contains($0) }
        guard isName, !stage.isEmpty else { return [] }
        let isNamed = !stage.contains("%") && !stage.contains("~")
        let last = stage.split(separator: ".").last.map(String.init) ?? stage
        // Of several of that name in other schemas one may lie elsewhere.
        let stored = last.hasPrefix("\"") ? String(last.filter { $0 != "\"" }) : Identifiers.folded(last)
        if isNamed, externalStages.contains(stored) { return [] }
        // A file's name begins with its stage's.
        return names("LIST @\(stage)", "name").map { isNamed ? String($0.drop { $0 != "/" }.dropFirst()) : $0 }
    }

    private var externalStages: Set<String> {
        let sql = "SHOW STAGES IN ACCOUNT"
        guard let result = try? session.look(sql), let name = result.columns.firstIndex(where: { $0.name == "name" }),
              let url = result.columns.firstIndex(where: { $0.name == "url" }) else { return [] }
        return Set(result.textRows().filter { $0[url].map { !$0.isEmpty } ?? false }.compactMap { $0[name] })
    }

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
