import WarehouseBasics
import WarehouseSQL
import WarehouseStorage

/// DESCRIBE, in Snowflake's columns.
enum DescribeExecution {
    static func run(_ statement: DescribeStatement, in run: StatementRun) throws -> ResultSet {
        switch statement.target {
        case .any(let reference):
            return try systemView(reference, run) ?? table(try ObjectFinder.require(.table, reference, run))
        case .result(let expression):
            return try result(expression, run)
        case .object(.function, let reference, let types):
            let entry = try UserFunctions.require(reference, types, run)
            return UserFunctions.described(entry, isOwner: try run.access().owns(entry))
        case .object(let kind, let reference, _):
            guard let entryKind = CreateObject.entryKind(of: kind) else {
                throw StatementDispatcher.unsupported("DESCRIBE \(kind.rawValue)")
            }
            if [.table, .view].contains(kind), let view = try systemView(reference, run) { return view }
            return try describe(try ObjectFinder.require(entryKind, reference, run), run)
        }
    }

    /// A view of INFORMATION_SCHEMA, which the catalog holds no record of; nil for other names.
    private static func systemView(_ reference: ObjectReference, _ run: StatementRun) throws -> ResultSet? {
        let parts = try run.parts(reference)
        guard parts.count > 1, parts[parts.count - 2] == SystemViews.schema,
              case .table(let view) = try run.planCatalog().resolveRelation(parts, privilege: .select) else { return nil }
        return table(view.columns.map { TableColumn($0.name, $0.type) }, attributes: [:])
    }

    private static func describe(_ entry: CatalogEntry, _ run: StatementRun) throws -> ResultSet {
        switch entry.kind {
        case .table, .view: return table(entry)
        case .stage: return stage(entry)
        case .fileFormat: return properties(FileFormatOptions.described(entry.attributes))
        case .integration: return integration(entry)
        case .sequence: return ShowLister.sequences([entry], try run.catalog())
        case .user: return user(entry)
        case .database, .schema, .warehouse:
            var rows = RowBuilder("created_on@ name kind")
            let below = try run.resolver().children(of: entry, kind: entry.kind == .database ? .schema : nil)
            for child in entry.kind == .warehouse ? [entry] : below {
                rows.add([.moment(child.createdAt), .text(child.name), .text(GrantTargets.objectKind(child))])
            }
            return rows.result
        default:
            throw StatementDispatcher.unsupported("DESCRIBE \(entry.kind.title.uppercased())")
        }
    }

    static func table(_ entry: CatalogEntry) -> ResultSet { table(entry.columns, attributes: entry.attributes) }

    private static func table(_ columns: [TableColumn], attributes: Attributes) -> ResultSet {
        var rows = RowBuilder(texts: ["name", "type", "kind", "null?", "default", "primary key", "unique key", "check",
                                      "expression", "comment", "policy name", "privacy domain"])
        let primary = attributes["PRIMARY_KEY"]?.list ?? [], unique = attributes["UNIQUE"]?.list ?? []
        for column in columns {
            rows.add([.text(column.name), .text(column.type.description), .text("COLUMN"), .yesNo(column.isNullable),
                      .text(column.identityText ?? column.defaultText), .yesNo(primary.contains(column.name)),
                      .yesNo(unique.contains(column.name)), .null, .null, .nonEmpty(column.comment), .null, .null])
        }
        return rows.result
    }

    private static func result(_ expression: Expression, _ run: StatementRun) throws -> ResultSet {
        guard let id = try QueryExecution.constants(of: expression, in: run).first?.text,
              let kept = run.state.results.last(where: { $0.id == id }) else {
            throw WarehouseError(.invalidValue, "The result of that query is not kept any more.")
        }
        var rows = RowBuilder(texts: ["name", "type", "kind", "null?", "default", "primary key", "unique key", "check",
                                      "expression", "comment"])
        for column in kept.result.columns {
            rows.add([.text(column.name), .text(column.type.description), .text("COLUMN"), .text("Y"), .null,
                      .text("N"), .text("N"), .null, .null, .null])
        }
        return rows.result
    }

    private static func properties(_ list: [FileFormatOptions.Described]) -> ResultSet {
        var rows = RowBuilder("property property_type property_value property_default")
        for item in list { rows.add([.text(item.name), .text(item.type), .text(item.value), .text(item.standard)]) }
        return rows.result
    }

    private static func stage(_ entry: CatalogEntry) -> ResultSet {
        var rows = RowBuilder("parent_property property property_type property_value property_default")
        func add(_ parent: String, _ name: String, _ type: String, _ value: String, _ standard: String = "") {
            rows.add([.text(parent), .text(name), .text(type), .text(value), .text(standard)])
        }
        if let name = entry.attributes["FORMAT_NAME"]?.list {
            add("STAGE_FILE_FORMAT", "FORMAT_NAME", "String", name.map(Identifiers.quoted).joined(separator: "."))
        } else {
            for item in FileFormatOptions.described(entry.attributes) {
                add("STAGE_FILE_FORMAT", item.name, item.type, item.value, item.standard)
            }
        }
        let copy: [(String, String, String)] = [
            ("ON_ERROR", "String", "ABORT_STATEMENT"), ("SIZE_LIMIT", "Long", ""), ("PURGE", "Boolean", "false"),
            ("RETURN_FAILED_ONLY", "Boolean", "false"), ("ENFORCE_LENGTH", "Boolean", "true"),
            ("TRUNCATECOLUMNS", "Boolean", "false"), ("FORCE", "Boolean", "false"),
        ]
        for (name, type, standard) in copy {
            add("STAGE_COPY_OPTIONS", name, type, entry.text("COPY.\(name)") ?? standard, standard)
        }
        if let match = entry.text("COPY.MATCH_BY_COLUMN_NAME") {
            add("STAGE_COPY_OPTIONS", "MATCH_BY_COLUMN_NAME", "String", match, "NONE")
        }
        let url = entry.text("URL") ?? ""
        add("STAGE_LOCATION", "URL", "String", url.isEmpty ? "" : "[\"\(url)\"]")
        if let name = entry.text("INTEGRATION") { add("STAGE_INTEGRATION", "STORAGE_INTEGRATION", "String", name) }
        if entry.attributes["HAS_CREDENTIALS"]?.flag == true {
            add("STAGE_CREDENTIALS", "AWS_KEY_ID", "String", "********")
        }
        add("DIRECTORY", "ENABLE", "Boolean", entry.attributes["DIRECTORY"]?.flag == true ? "true" : "false", "false")
        return rows.result
    }

    private static func integration(_ entry: CatalogEntry) -> ResultSet {
        var rows = RowBuilder("property property_type property_value property_default")
        func add(_ name: String, _ type: String, _ value: String, _ standard: String = "") {
            rows.add([.text(name), .text(type), .text(value), .text(standard)])
        }
        func list(_ name: String) -> String { (entry.attributes[name]?.list ?? []).joined(separator: ",") }
        add("ENABLED", "Boolean", entry.attributes["ENABLED"]?.flag == true ? "true" : "false", "false")
        add("STORAGE_PROVIDER", "String", entry.text("PROVIDER") ?? "")
        add("STORAGE_ALLOWED_LOCATIONS", "List", list("STORAGE_ALLOWED_LOCATIONS"), "[]")
        add("STORAGE_BLOCKED_LOCATIONS", "List", list("STORAGE_BLOCKED_LOCATIONS"), "[]")
        add("STORAGE_AWS_IAM_USER_ARN", "String", "")
        add("STORAGE_AWS_ROLE_ARN", "String", entry.text("STORAGE_AWS_ROLE_ARN") ?? "")
        add("STORAGE_AWS_EXTERNAL_ID", "String", entry.text("STORAGE_AWS_EXTERNAL_ID") ?? "")
        add("USE_PRIVATELINK_ENDPOINT", "Boolean", "false", "false")
        add("COMMENT", "String", entry.comment)
        return rows.result
    }

    private static func user(_ entry: CatalogEntry) -> ResultSet {
        var rows = RowBuilder("property value default description")
        func add(_ name: String, _ value: String?) {
            rows.add([.text(name), .text(value ?? "null"), .text("null"), .text("")])
        }
        add("NAME", entry.name)
        add("COMMENT", entry.comment.isEmpty ? nil : entry.comment)
        for name in ["DISPLAY_NAME", "TYPE", "LOGIN_NAME", "FIRST_NAME", "MIDDLE_NAME", "LAST_NAME", "EMAIL"] {
            add(name, entry.text(name) ?? (name == "LOGIN_NAME" || name == "DISPLAY_NAME" ? entry.name : nil))
        }
        add("PASSWORD", entry.attributes["PASSWORD_HASH"] == nil ? nil : "********")
        add("MUST_CHANGE_PASSWORD", entry.attributes["MUST_CHANGE_PASSWORD"]?.flag == true ? "true" : "false")
        add("DISABLED", entry.attributes["DISABLED"]?.flag == true ? "true" : "false")
        for name in ["DEFAULT_WAREHOUSE", "DEFAULT_NAMESPACE", "DEFAULT_ROLE"] { add(name, entry.text(name)) }
        return rows.result
    }
}
