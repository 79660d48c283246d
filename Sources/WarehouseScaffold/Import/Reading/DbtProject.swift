import WarehouseBasics

/// Something that a person should know of an import, with its place in the dbt project.
public struct ImportNote: Sendable, Hashable {
    /// The file, within the project.
    public var path: String
    /// The line, from 1; nil when it is the whole file.
    public var line: Int?
    /// What it is.
    public var text: String

    /// `models/orders.sql:3: …`.
    public var description: String { path + (line.map { ":\($0)" } ?? "") + ": " + text }
}

/// A data test as a YAML file has it.
struct DbtTest {
    /// `unique`, `dbt_utils.accepted_range`.
    var name: String
    var arguments: YAMLValue
    /// The YAML that may hold `severity`, `where`, …: the test's own, and its `config`.
    var configurations: [YAMLValue]
    var path: String
    var line: Int
}

/// A unit test as a YAML file has it.
struct DbtUnitTest {
    var yaml: YAMLValue
    var path: String
}

/// A column as far as it is known.
struct DbtColumn {
    /// As stored: upper case unless quoted.
    var name: String
    var about = ""
    /// As SQL knows it; nil when nothing is known.
    var type: LogicalType?
    /// What the project says its type is.
    var declaredType: String?
    var tests: [DbtTest] = []
}

/// A source's table, a seed, a model, a snapshot, a test in SQL, or an analysis.
struct DbtResource {
    enum Kind { case source, seed, model, snapshot, test, analysis }
    var kind: Kind
    /// `ref:orders`, `source:shop.orders`, `test:no_refunds`.
    var key: String
    /// dbt's name of it.
    var name: String
    /// Where it is said, within the project.
    var path: String
    var about = ""
    /// What dbt_project.yml, the YAML beside it and the file itself say of it; the last that says something counts.
    var configuration: [(name: String, value: JinjaValue)] = []
    var columns: [DbtColumn] = []
    var tests: [DbtTest] = []
    /// Of a model: its text.
    var pieces: [SQLPiece] = []
    /// Of a source: where it lies.
    var table = ""
    /// Of a seed: its file's text.
    var csv = ""
    /// Of a source: how old it may be, and by what that is told, as lines of Swift.
    var freshness: [String] = []
    /// Whether its text is no SQL, or it reads one whose text is none: it is written, but stands in no list.
    var isLeftOut = false
    /// Whether all its columns are known.
    var isComplete = false
    /// The Swift type it becomes.
    var typeName = ""

    /// The last that is said of a setting.
    func setting(_ names: String...) -> JinjaValue? {
        configuration.last { names.contains($0.name) || names.contains(String($0.name.drop { $0 == "+" })) }?.value
    }
    func text(_ names: String...) -> String? {
        guard let value = configuration.last(where: { names.contains($0.name) })?.value else { return nil }
        if case .none = value { return nil }
        return value.text
    }
    /// All that is said of a setting whose values add up, such as tags.
    func texts(_ names: String...) -> [String] {
        var seen: Set<String> = []
        return configuration.filter { names.contains($0.name) }.flatMap(\.value.texts).filter { seen.insert($0).inserted }
    }
}

/// What is read of a dbt project.
struct DbtProject {
    var name = ""
    var variables: [String: JinjaValue] = [:]
    /// Sources, seeds, models, snapshots, tests, analyses; those that are read before those that read them.
    var resources: [DbtResource] = []
    var exposures: [(yaml: YAMLValue, path: String)] = []
    var groups: [YAMLValue] = []
    var unitTests: [DbtUnitTest] = []
    /// Texts of the CSV files that unit tests name.
    var fixtures: [String: String] = [:]
    var onRunStart: [String] = []
    var onRunEnd: [String] = []
    var notes: [ImportNote] = []
    /// Whether schemas are named as the project says, without the target's before it.
    var hasOwnSchemaNames = false

    subscript(key: String) -> DbtResource? { resources.first { $0.key == key } }

    mutating func note(_ path: String, _ line: Int?, _ text: String) {
        let note = ImportNote(path: path, line: line, text: VisibleName.line(text))
        if !notes.contains(note) { notes.append(note) }
    }
}
