import MiniWarehouse
import WarehouseBasics
import WarehouseSQL

/// `\d` and its kin: objects of one kind, in the columns that a person looks for.
struct ObjectListing {
    private let family: String
    /// Which columns are shown; nil: all.
    private let columns: [(column: String, name: String)]?

    /// `\dt`, or `\dt+` for all that SHOW tells. Nil: there is no such command.
    init?(_ command: String) {
        let isWhole = command.hasSuffix("+")
        guard let (family, columns) = ObjectListing.known[isWhole ? String(command.dropLast()) : command] else { return nil }
        (self.family, self.columns) = (family, isWhole ? nil : columns.split(separator: " ").map { item in
            let parts = item.split(separator: "=").map { String($0.map { $0 == "·" ? " " : $0 }) }
            return (parts[0], parts[parts.count - 1])
        })
    }

    /// What SHOW lists, and which of its columns: `column`, or `column=name`.
    private static let known: [String: (family: String, columns: String)] = [
        "\\d": ("OBJECTS", "schema_name=schema name kind rows bytes comment"),
        "\\dt": ("TABLES", "schema_name=schema name kind rows bytes comment"),
        "\\dv": ("VIEWS", "schema_name=schema name comment"),
        "\\ds": ("SEQUENCES", "schema_name=schema name next_value=next interval=step comment"),
        "\\dstages": ("STAGES", "schema_name=schema name type url comment"),
        "\\dformats": ("FILE FORMATS", "schema_name=schema name type comment"),
        "\\df": ("FUNCTIONS", "schema_name=schema name arguments description"),
        "\\dn": ("SCHEMAS", "database_name=database name is_current=current comment"),
        "\\l": ("DATABASES", "name is_current=current owner comment"),
        "\\du": ("USERS", "name default_role=default·role comment"),
        "\\dg": ("ROLES", "name is_current=current comment"),
    ]

    /// Prints them: all, those that a pattern fits, or what is known of one.
    func show(_ name: String?, in runner: ScriptRunner) throws {
        let session = runner.session
        // The system's own functions are too many to be what is asked for without a name.
        guard let name else { return try print(session.look("SHOW \(family == "FUNCTIONS" ? "USER " : "")\(family)"), runner) }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if family == "OBJECTS", !name.contains(where: { $0 == "*" || $0 == "?" }) {
            return try describe(name, in: runner)
        }
        let last = ObjectListing.quotedText(ObjectListing.pattern(parts.last ?? ""))
        let scope = parts.dropLast().joined(separator: ".")
        let container = family == "SCHEMAS" ? "DATABASE" : "SCHEMA"
        try print(session.look("SHOW \(family) LIKE \(last)" + (scope.isEmpty ? "" : " IN \(container) \(scope)")), runner)
    }

    private func print(_ result: ResultSet, _ runner: ScriptRunner) throws {
        guard result.rowCount > 0 else { return try runner.display.screen.write("There are no \(family.lowercased()).\n") }
        try runner.display.show(columns.map { result.selecting($0) } ?? result)
    }

    private func describe(_ name: String, in runner: ScriptRunner) throws {
        let result: ResultSet
        do {
            result = try runner.session.look("DESCRIBE TABLE \(name)")
        } catch let error as WarehouseError {
            guard let view = try? runner.session.look("DESCRIBE VIEW \(name)") else { throw error }
            result = view
        }
        guard columns != nil else { return try runner.display.show(result) }
        try runner.display.show(result.selecting([
            ("name", "column"), ("type", "type"), ("null?", "null?"), ("default", "default"), ("primary key", "key"),
            ("comment", "comment"),
        ]))
    }

    /// `*` and `?` as SHOW's LIKE writes them.
    static func pattern(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "*": result += "%"
            case "?": result += "_"
            case "%", "_", "\\": result += "\\" + String(character)
            default: result.append(character)
            }
        }
        return result
    }

    private static func quotedText(_ text: String) -> String { StageLocationArgument.quoted(text) }
}
