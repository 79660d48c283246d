import WarehouseBasics

/// A unit test of a YAML file as a Swift type.
struct UnitTestWriter {
    /// Why it is not carried over.
    struct Refusal: Error {
        var text: String
    }
    let project: DbtProject
    /// Properties by columns, for each relation's key.
    let properties: [String: [String: String]]
    /// What wants a look.
    private(set) var notes: [String] = []

    init(project: DbtProject, properties: [String: [String: String]]) {
        self.project = project
        self.properties = properties
    }

    /// The type's text. `name` is what it is called in Swift.
    mutating func text(_ test: DbtUnitTest, name: String) throws(Refusal) -> String {
        let yaml = test.yaml
        guard let tested = yaml["model"].text.flatMap({ project["ref:\($0)"] }), tested.kind == .model,
              !tested.isLeftOut else {
            throw Refusal(text: "its model is not in the project")
        }
        var lines = ["enum \(name): UnitTest {", "    typealias Tested = \(tested.typeName)"]
        let dbtName = yaml["name"].text ?? ""
        if SwiftNames.defaultName(name) != dbtName { lines.append("    static let name = \(SwiftWords.literal(dbtName))") }
        if let about = yaml["description"].text?.trimmingSpaces, !about.isEmpty {
            lines.append("    static let about = \(SwiftWords.literal(about))")
        }
        let tags = yaml["tags"].texts + yaml["config"]["tags"].texts
        if !tags.isEmpty { lines.append("    static let tags = [\(tags.map(SwiftWords.literal).joined(separator: ", "))]") }
        if try isIncremental(yaml["overrides"]) { lines.append("    static let isIncremental = true") }
        lines.append("    static var given: [Given] { [")
        for given in yaml["given"].elements { lines.append("        \(try self.given(given, test, of: tested)),") }
        lines.append("    ] }")
        let expected = try rows(yaml["expect"], test, columns: tested)
        let literal = expected.map { ".csv(\(UnitTestWriter.literal($0)))" } ?? ".none"
        lines.append("    static var expected: Expected<Tested.Columns> { \(literal) }")
        return (lines + ["}"]).joined(separator: "\n") + "\n"
    }

    private func isIncremental(_ overrides: YAMLValue) throws(Refusal) -> Bool {
        for (key, value) in overrides.members {
            guard key == "macros", value.members.allSatisfy({ $0.key == "is_incremental" }) else {
                let names = value.members.map(\.key).joined(separator: ", ")
                throw Refusal(text: "it overrides \(key) (\(names))")
            }
        }
        return overrides["macros"]["is_incremental"].bool ?? false
    }

    private mutating func given(
        _ given: YAMLValue, _ test: DbtUnitTest, of tested: DbtResource
    ) throws(Refusal) -> String {
        let input = given["input"].text?.trimmingSpaces ?? ""
        let isThis = input == "this"
        let others = TestWriter(project: project, properties: properties)
        guard let relation = isThis ? tested : others.resource(given["input"]) else {
            throw Refusal(text: "its input '\(VisibleName.shown(input))' is not in the project")
        }
        let type = relation.typeName
        guard let csv = try rows(given, test, columns: relation) else {
            return isThis ? ".this(\(type).self)" : ".none(of: \(type).self)"
        }
        let literal = UnitTestWriter.literal(csv)
        return isThis ? ".this(\(type).self, csv: \(literal))" : ".csv(of: \(type).self, \(literal))"
    }

    // MARK: Rows

    /// The rows as CSV; nil where there are none.
    private mutating func rows(
        _ yaml: YAMLValue, _ test: DbtUnitTest, columns relation: DbtResource
    ) throws(Refusal) -> String? {
        let format = yaml["format"].text ?? "dict"
        switch format {
        case "csv":
            let fixture = yaml["fixture"].text
            guard let text = fixture.map({ project.fixtures[$0] }) ?? yaml["rows"].text else {
                throw Refusal(text: "its fixture \(fixture ?? "") is not in the project")
            }
            guard let records = SeedRecords(text), !records.isUneven else { throw Refusal(text: "its rows are no CSV") }
            try check(records.header.map(\.trimmingSpaces), of: relation)
            return records.isEmpty ? nil : text.trimmingSpaces
        case "dict": return try csv(yaml["rows"].elements, of: relation)
        default: throw Refusal(text: "its rows are in the format \(format)")
        }
    }

    private func check(_ names: [String], of relation: DbtResource) throws(Refusal) {
        for name in names where properties[relation.key]?[SQLNames.stored(name)] == nil {
            throw Refusal(text: "\(relation.name) is not known to have the column \(name)")
        }
    }

    private mutating func csv(_ rows: [YAMLValue], of relation: DbtResource) throws(Refusal) -> String? {
        guard !rows.isEmpty else { return nil }
        var header: [String] = []
        for row in rows {
            for (name, _) in row.members where !header.contains(name) { header.append(name) }
        }
        guard !header.isEmpty else { throw Refusal(text: "its rows name no columns") }
        try check(header, of: relation)
        var lines = [header.joined(separator: ",")]
        for row in rows {
            let fields = header.map { name in field(row[name], ofOne: header.count == 1) }
            lines.append(fields.joined(separator: ","))
        }
        return lines.joined(separator: "\n")
    }

    private mutating func field(_ value: YAMLValue, ofOne isOnly: Bool) -> String {
        guard !value.isNull else { return isOnly ? "null" : "" }
        if let bool = value.bool { return bool ? "true" : "false" }
        let text = value.text ?? value.jinja.text
        if text.trimmingSpaces.isEmpty || text.trimmingSpaces.lowercased() == "null" {
            notes.append("the text '\(text)' in its rows is taken for NULL")
        }
        guard text.contains(where: { ",\"\n\r".contains($0) }) || text.first == " " || text.last == " " else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    private static func literal(_ csv: String) -> String {
        SwiftSQL([.text(csv)], types: [:], indent: "            ", declarationIndent: "").literal
    }
}
