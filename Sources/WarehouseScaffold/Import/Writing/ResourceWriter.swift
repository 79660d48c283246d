import WarehouseBasics

/// One source, seed, model, snapshot, test or analysis as a Swift type.
struct ResourceWriter {
    let resource: DbtResource
    let writer: ProjectWriter
    private let names: [(property: String, written: String?)]
    private(set) var notes: [ImportNote] = []
    private(set) var testCount = 0
    /// The name of a seed's file.
    private(set) var seedFile: String?

    /// Seeds beyond this are literals of Swift: the compiler is slow at long lists of bytes.
    static let maximumEmbeddedBytes = 64 << 10

    init(_ resource: DbtResource, _ writer: ProjectWriter) {
        self.resource = resource
        self.writer = writer
        names = SwiftNames.properties(resource.columns)
    }

    mutating func note(_ text: String, path: String? = nil, line: Int? = nil) {
        notes.append(ImportNote(path: path ?? resource.path, line: line, text: text))
    }

    /// The file's text after its imports; empty for what is left out.
    mutating func text() -> String {
        if resource.kind == .seed, !resource.isComplete { return "" }
        let protocols: [DbtResource.Kind: String] = [
            .source: "Source", .seed: "Seed", .model: "Model", .snapshot: "Snapshot", .test: "DataTest", .analysis: "Analysis",
        ]
        var lines = [SwiftWords.documentation(heading).dropLastNewline]
        lines.append("enum \(resource.typeName): \(protocols[resource.kind] ?? "Model") {")
        let row = ["snapshot": "Selected", "test": "Failing"]["\(resource.kind)"] ?? "Columns"
        lines += self.row(row)
        if resource.kind == .snapshot {
            let history = resource.text("hard_deletes") == "new_record" ? "DeletionHistory" : "History"
            lines.append("    typealias Columns = \(history)<Selected>")
        }
        lines += declarations()
        lines += described()
        lines += kindSpecific()
        if ![.source, .seed].contains(resource.kind) { lines += query(row) }
        return (lines + ["}"]).joined(separator: "\n") + "\n"
    }

    private var heading: String {
        let about = resource.about.trimmingSpaces
        return (about.isEmpty ? resource.name : about) + "\ndbt: \(resource.path)"
    }

    private func row(_ name: String) -> [String] {
        guard !resource.columns.isEmpty else {
            return ["    // Its columns are not known: list them here.", "    struct \(name): Row {",
                    "        let unknown: Expr<String?>", "    }"]
        }
        var lines = ["    struct \(name): Row {"]
        for (column, name) in zip(resource.columns, names) {
            let value = SwiftNames.value(column.type)
            let comment = value == nil ? "   // \(column.type.map { "\($0)" } ?? column.declaredType ?? "type not known")" : ""
            let plain = SwiftSQL.cleaned(comment).split(whereSeparator: \.isNewline).joined(separator: " ")
            lines.append("        let \(SwiftWords.escaped(name.property)): Expr<\(value ?? "String")?>"
                + (plain.isEmpty ? "" : "   " + plain.trimmingSpaces))
        }
        let others = names.compactMap { name in name.written.map { "\\.\(name.property): \(SwiftWords.literal($0))" } }
        if !others.isEmpty {
            lines.append("        static var names: [PartialKeyPath<Self>: String] { [\(others.joined(separator: ", "))] }")
        }
        return lines + ["    }"]
    }

    /// The name in the warehouse: dbt's alias, where no other has it.
    private var tableName: String {
        mutating get {
            guard [.model, .seed, .snapshot].contains(resource.kind), let alias = resource.text("alias"),
                  alias != resource.name else { return resource.name }
            let others = writer.project.resources.filter { $0.key != resource.key && $0.kind != .source }
            let isTaken = others.contains { ($0.text("alias") ?? $0.name).lowercased() == alias.lowercased() || $0.name == alias }
            guard !isTaken else {
                note("the alias \(alias) is not carried over, as another has that name: the name in the warehouse is "
                    + resource.name)
                return resource.name
            }
            note("its alias \(alias) is its name: --select goes by it")
            return alias
        }
    }

    private mutating func declarations() -> [String] {
        var lines: [String] = []
        let name = resource.kind == .source ? nil : tableName
        if let name, SwiftNames.defaultName(resource.typeName) != name {
            lines.append("    static let name = \(SwiftWords.literal(name))")
        }
        let about = resource.about.trimmingSpaces
        if !about.isEmpty { lines.append("    static let about = \(SwiftWords.literal(about))") }
        let tags = resource.texts("tags")
        if !tags.isEmpty { lines.append("    static let tags = [\(tags.map(SwiftWords.literal).joined(separator: ", "))]") }
        if case .dict(let members)? = resource.setting("meta"), !members.isEmpty {
            let pairs = members.map { "\(SwiftWords.literal($0.key)): \(SwiftWords.literal($0.value.text))" }
            lines.append("    static let meta = [\(pairs.joined(separator: ", "))]")
        }
        let groups = writer.project.groups.compactMap { $0["name"].text }
        if let group = resource.text("group") {
            if groups.contains(group) { lines.append("    static let group: String? = \(SwiftWords.literal(group))") }
            else { note("the group \(group) is not in the project") }
        }
        if resource.kind == .source {
            lines.append("    static let table = \(SwiftWords.literal(resource.table))")
            lines.append("    static let naming = ColumnNaming.snakeCase")
            lines += resource.freshness
        }
        if [.source, .seed, .model].contains(resource.kind), let time = resource.text("event_time"),
           let path = paths([time], for: "event_time")?.first {
            lines.append("    static var eventTime: PartialKeyPath<Columns>? { \(path) }")
        }
        if [.model, .seed].contains(resource.kind), let schema = resource.text("schema") {
            let full = writer.project.hasOwnSchemaNames ? schema : "DEV_" + schema
            lines.append("    static let schema: String? = \(SwiftWords.literal(SQLNames.written(full)))")
        }
        return lines
    }

    // MARK: Columns and tests

    private mutating func described() -> [String] {
        guard ![.test, .analysis].contains(resource.kind) else { return [] }
        let tests = TestWriter(project: writer.project, properties: writer.properties)
        let prefix = resource.kind == .snapshot ? "selected." : ""
        var columns: [String] = [], checks: [String] = []
        func refused(_ test: DbtTest, _ refusal: TestWriter.Refusal, _ notes: inout [ImportNote]) {
            notes.append(ImportNote(
                path: test.path, line: test.line, text: "the test \(test.name) is not carried over: \(refusal.text)"))
        }
        for (column, name) in zip(resource.columns, names) {
            var rules: [String] = []
            for test in column.tests {
                do {
                    if TestWriter.isCheck(test) {
                        checks.append(try tests.check(test, of: resource.key, column: column, prefix: prefix))
                    } else {
                        rules.append(try tests.rule(test, column: column, value: SwiftNames.value(column.type) ?? "String"))
                    }
                    testCount += 1
                } catch { refused(test, error, &notes) }
            }
            guard !rules.isEmpty || !column.about.isEmpty else { continue }
            let all = ["\\.\(prefix)\(name.property)", SwiftWords.literal(column.about.trimmingSpaces)] + rules
            columns.append("        .column(\(all.joined(separator: ", "))),")
        }
        for test in resource.tests {
            do {
                checks.append(try tests.check(test, of: resource.key, prefix: prefix))
                testCount += 1
            } catch { refused(test, error, &notes) }
        }
        var lines: [String] = []
        if !columns.isEmpty { lines += ["    static var columns: [Column<Columns>] { ["] + columns + ["    ] }"] }
        if !checks.isEmpty {
            lines += ["    static var checks: [Check<Columns>] { ["] + checks.map { "        \($0)," } + ["    ] }"]
        }
        return lines
    }

    /// Key paths of columns that a setting names; nil, and a note, where one is not known.
    mutating func paths(_ columns: [String], for what: String) -> [String]? {
        var paths: [String] = []
        for column in columns {
            guard let property = writer.properties[resource.key]?[SQLNames.stored(column.trimmingSpaces)] else {
                note("\(what) names \(column), which is no column that is known")
                return nil
            }
            paths.append("\\.\(property)")
        }
        return paths
    }

    // MARK: Kinds

    private mutating func kindSpecific() -> [String] {
        switch resource.kind {
        case .seed: built() + seed()
        case .model: model() + built()
        case .snapshot: snapshot() + built()
        case .test: expectation()
        case .source, .analysis: []
        }
    }

    private mutating func seed() -> [String] {
        guard resource.csv.utf8.count > ResourceWriter.maximumEmbeddedBytes else {
            let stem = String(resource.name.map { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "_" ? $0 : "_" })
            let file = "\(stem.first?.isNumber == false ? "" : "n")\(stem)_\(resource.typeName)".lowercased()
            let short = SwiftNames.defaultName(resource.typeName) == stem && stem.first?.isNumber == false ? stem : file
            seedFile = short + ".csv"
            return ["    static var csv: String { String(decoding: PackageResources.\(short)_csv, as: UTF8.self) }"]
        }
        let literal = SwiftSQL([.text(resource.csv)], types: [:], indent: "", declarationIndent: "").literal
        return ["    static let csv = " + literal]
    }

    private mutating func model() -> [String] {
        var lines: [String] = []
        let kind = resource.text("materialized") ?? "view"
        switch kind {
        case "view": break
        case "table", "ephemeral":
            lines.append("    static var materialized: Materialization<Columns> { .\(kind) }")
        case "incremental": lines += incremental()
        default:
            note("materialized='\(kind)' is not known; it becomes a table")
            lines.append("    static var materialized: Materialization<Columns> { .table }")
        }
        if let access = resource.text("access"), ["private", "public"].contains(access) {
            lines.append("    static let access = Access.\(SwiftWords.escaped(access))")
        }
        if resource.setting("contract")?["enforced"]?.isTrue == true { lines.append("    static let isContractEnforced = true") }
        return lines
    }

    /// Who may read what is built, and what runs before and after.
    private func built() -> [String] {
        var lines: [String] = []
        if case .dict(let members)? = resource.setting("grants"), !members.isEmpty {
            let pairs = members.map { member in
                "\(SwiftWords.literal(member.key)): [\(member.value.texts.map(SwiftWords.literal).joined(separator: ", "))]"
            }
            lines.append("    static let grants = [\(pairs.joined(separator: ", "))]")
        }
        for (property, settings) in [("preHooks", ["pre_hook", "pre-hook"]), ("postHooks", ["post_hook", "post-hook"])] {
            let values = resource.configuration.filter { settings.contains($0.name) }.flatMap { entry -> [String] in
                if case .list(let elements) = entry.value { return elements.map { $0["sql"]?.text ?? $0.text } }
                return [entry.value["sql"]?.text ?? entry.value.text]
            }
            let kept = values.filter { !$0.isEmpty }
            guard !kept.isEmpty else { continue }
            lines.append("    static let \(property) = [\(kept.map(SwiftWords.literal).joined(separator: ", "))]")
        }
        return lines
    }

    private func expectation() -> [String] {
        var parts: [String] = []
        if resource.text("severity")?.lowercased() == "warn" { parts.append("severity: .warn") }
        if let condition = resource.text("error_if") { parts.append("errorIf: \(SwiftWords.literal(condition))") }
        if let condition = resource.text("warn_if") { parts.append("warnIf: \(SwiftWords.literal(condition))") }
        if let limit = resource.text("limit").flatMap({ Int($0) }) { parts.append("limit: \(limit)") }
        if resource.setting("store_failures")?.isTrue == true { parts.append("storesFailures: true") }
        return parts.isEmpty ? [] : ["    static let expectation = TestExpectation(\(parts.joined(separator: ", ")))"]
    }

    private mutating func query(_ row: String) -> [String] {
        let sql = SwiftSQL(
            QueryText.trimmed(resource.pieces), types: writer.types, indent: "            ", declarationIndent: "        ")
        for key in sql.missing { note("it reads \(key.split(separator: ":").last ?? ""), which was left out") }
        var lines = ["    static func query(_ q: inout Query) -> \(row) {"]
        if !sql.declarations.isEmpty { lines.append(sql.declarations.dropLastNewline) }
        lines.append("        \(sql.declarations.isEmpty ? "" : "return ")q.raw(\(sql.literal), as: \(row).self)")
        return lines + ["    }"]
    }
}

extension String {
    /// Without the line end that it ends with.
    var dropLastNewline: String { hasSuffix("\n") ? String(dropLast()) : self }
}
