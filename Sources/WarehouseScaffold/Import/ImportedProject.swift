import WarehouseBasics

/// A dbt project as a package of typed models: its columns, descriptions and tests are Swift, the models' bodies raw SQL
/// whose references are types, ready to be typed one by one.
public struct ImportedProject: Sendable {
    /// The package's files.
    public let files: PackageFiles
    /// What could not be carried over, or wants a look, with its place in the dbt project.
    public let notes: [ImportNote]
    /// How many relations of each kind there are, for people.
    public let summary: String
    /// The package's name.
    public let name: PackageName

    /// Reads the dbt project in a folder, of which nothing is changed. `name` is the package's, else the project's own.
    /// Throws where there is no project, or one whose files are damaged or too large.
    public init(dbt folder: String, name: String? = nil, on engine: EngineDependency) throws(WarehouseError) {
        let read = try DbtProjectReader.read(folder, as: name)
        let package = try PackageName(name ?? read.name)
        var writer = ProjectWriter(try ColumnInference.complete(read), package, engine)
        writer.write()
        files = writer.files
        notes = writer.project.notes.sorted { ($0.path, $0.line ?? 0) < ($1.path, $1.line ?? 0) }
        self.name = package
        let count = { (kind: DbtResource.Kind) in read.resources.count { $0.kind == kind } }
        summary = [
            (count(.source), "source", "sources"), (count(.seed), "seed", "seeds"), (count(.model), "model", "models"),
            (count(.snapshot), "snapshot", "snapshots"), (writer.testCount + count(.test), "data test", "data tests"),
            (writer.unitTestCount, "unit test", "unit tests"), (count(.analysis), "analysis", "analyses"),
            (read.exposures.count, "exposure", "exposures"),
        ].map { "\($0) \($0 == 1 ? $1 : $2)" }.joined(separator: ", ")
    }
}
