import WarehouseBasics

/// Writes a project that was read as a package.
struct ProjectWriter {
    var project: DbtProject
    let name: PackageName
    let engine: EngineDependency
    private(set) var files = PackageFiles()
    /// Data tests that were carried over.
    var testCount = 0
    /// Unit tests that were carried over.
    private(set) var unitTestCount = 0
    /// Types of relations by their keys.
    var types: [String: String] = [:]
    /// Properties by columns, for each relation's key.
    var properties: [String: [String: String]] = [:]
    private var members: [String] = []
    private var seedFiles: [String] = []
    /// Names of types that are taken.
    private var used: Set<String> = []

    init(_ project: DbtProject, _ name: PackageName, _ engine: EngineDependency) {
        self.project = project
        self.name = name
        self.engine = engine
        assignNames()
    }

    private mutating func assignNames() {
        for index in project.resources.indices {
            let resource = project.resources[index]
            let suffix: String
            var words = resource.name
            switch resource.kind {
            case .source:
                suffix = "Source"
                let parts = words.split(separator: ".", maxSplits: 1).map(String.init)
                if parts.count == 2 { words = parts[1].hasPrefix(parts[0] + "_") ? parts[1] : parts[0] + "_" + parts[1] }
            case .seed: suffix = "Seed"
            case .model: suffix = "Model"
            case .snapshot: suffix = "Snapshot"
            case .test: suffix = "Test"
            case .analysis: suffix = "Analysis"
            }
            let type = SwiftNames.type(words, suffix: suffix, used: &used)
            project.resources[index].typeName = type
            if resource.kind == .test || resource.kind == .analysis { continue }
            types[resource.key] = type
        }
        for resource in project.resources {
            let names = SwiftNames.properties(resource.columns)
            properties[resource.key] = Dictionary(
                zip(resource.columns.map(\.name), names.map(\.property)), uniquingKeysWith: { first, _ in first })
        }
    }

    mutating func write() {
        let sources = "Sources/\(name.text)"
        var bodies: [(path: String, text: String)] = []
        for resource in project.resources {
            var writer = ResourceWriter(resource, self)
            let text = writer.text()
            for note in writer.notes { project.note(note.path, note.line, note.text) }
            testCount += writer.testCount
            guard !text.isEmpty else { continue }
            if let seed = writer.seedFile {
                seedFiles.append("Seeds/\(seed)")
                bodies.append(("\(sources)/Seeds/\(seed)", resource.csv))
            }
            if !resource.isLeftOut { members.append(resource.typeName) }
            let path = "\(sources)/\(Self.folder(resource.kind))/\(resource.typeName).swift"
            bodies.append((path, "import WarehouseModels\n\n" + text))
        }
        let unitTests = self.unitTests()
        if !unitTests.isEmpty { bodies.append(("\(sources)/UnitTests.swift", "import WarehouseModels\n\n" + unitTests)) }
        let exposures = self.exposures()
        if !exposures.isEmpty { bodies.append(("\(sources)/Exposures.swift", "import WarehouseModels\n\n" + exposures)) }
        files.add("Package.swift", PackageManifest.text(name, on: engine, seeds: seedFiles))
        files.add("README.md", readme)
        files.add(".gitignore", PackageManifest.ignored)
        for body in bodies { files.add(body.path, body.text) }
        files.add("\(sources)/Tool.swift", tool)
    }

    private static func folder(_ kind: DbtResource.Kind) -> String {
        switch kind {
        case .source: "Sources"
        case .seed: "Seeds"
        case .model: "Models"
        case .snapshot: "Snapshots"
        case .test: "Tests"
        case .analysis: "Analyses"
        }
    }

    private mutating func unitTests() -> String {
        var texts: [String] = []
        for test in project.unitTests {
            let name = test.yaml["name"].text ?? "?"
            let type = SwiftNames.type(name, suffix: "UnitTest", used: &used)
            var writer = UnitTestWriter(project: project, properties: properties)
            do {
                texts.append(try writer.text(test, name: type))
                members.append(type)
                unitTestCount += 1
                for note in writer.notes { project.note(test.path, test.yaml.line, "unit test \(name): \(note)") }
            } catch {
                project.note(test.path, test.yaml.line, "the unit test \(name) is not carried over: \(error.text)")
            }
        }
        return texts.joined(separator: "\n")
    }

    private mutating func exposures() -> String {
        var texts: [String] = []
        for (yaml, path) in project.exposures {
            guard let exposure = yaml["name"].text else { continue }
            let name = SwiftNames.type(exposure, suffix: "Exposure", used: &used)
            let tests = TestWriter(project: project, properties: properties)
            var reads: [String] = []
            for element in yaml["depends_on"].elements {
                if let resource = tests.resource(element) { reads.append("\(resource.typeName).self") } else {
                    let text = element.text ?? "?"
                    project.note(path, element.line, "exposure \(exposure) reads what is not in the project: \(text)")
                }
            }
            var lines = ["enum \(name): Exposure {", "    static let name = \(SwiftWords.literal(exposure))"]
            let about = (yaml["description"].text ?? "").trimmingSpaces
            if !about.isEmpty { lines.append("    static let about = \(SwiftWords.literal(about))") }
            let kinds = ["dashboard", "notebook", "analysis", "ml", "application"]
            let type = yaml["type"].text ?? ""
            let kind = kinds.contains(type) ? type : "application"
            lines.append("    static let kind = ExposureKind.\(kind)")
            let owner = yaml["owner"]["name"].text ?? yaml["owner"]["email"].text ?? "unknown"
            lines.append("    static let ownerName = \(SwiftWords.literal(owner))")
            let others = [("ownerEmail", yaml["owner"]["email"]), ("url", yaml["url"]), ("maturity", yaml["maturity"])]
            for (property, value) in others {
                if let text = value.text { lines.append("    static let \(property): String? = \(SwiftWords.literal(text))") }
            }
            lines.append("    static var dependsOn: [any Relation.Type] { [\(reads.joined(separator: ", "))] }")
            texts.append((lines + ["}"]).joined(separator: "\n") + "\n")
            members.append(name)
        }
        return texts.joined(separator: "\n")
    }

    private var tool: String {
        var settings: [String] = []
        let plain = project.variables.sorted { $0.key < $1.key }.compactMap { name, value -> String? in
            switch value {
            case .list, .dict, .none: nil
            default: "\(SwiftWords.literal(name)): \(SwiftWords.literal(value.text))"
            }
        }
        if !plain.isEmpty { settings.append("project.variables = [\(plain.joined(separator: ", "))]") }
        let groups = project.groups.compactMap { yaml -> String? in
            guard let name = yaml["name"].text else { return nil }
            let owner = yaml["owner"]["name"].text ?? yaml["owner"]["email"].text ?? "unknown"
            let email = yaml["owner"]["email"].text.map { ", email: \(SwiftWords.literal($0))" } ?? ""
            return "ResourceGroup(\(SwiftWords.literal(name)), owner: \(SwiftWords.literal(owner))\(email))"
        }
        if !groups.isEmpty { settings.append("project.groups = [\(groups.joined(separator: ", "))]") }
        for (property, hooks) in [("onRunStart", project.onRunStart), ("onRunEnd", project.onRunEnd)] where !hooks.isEmpty {
            settings.append("project.\(property) = [\(hooks.map(SwiftWords.literal).joined(separator: ", "))]")
        }
        let list = members.map { "                \($0).self,\n" }.joined()
        return """
            import WarehouseCommands
            import WarehouseModels

            @main struct Tool {
                static var project: Project {
                    \(settings.isEmpty ? "let" : "var") project = Project(
                        "\(name.module)", target: Target(database: "\(name.database)", schema: "DEV"),
                        [
            \(list)            ])
            \(settings.map { "        \($0)\n" }.joined())        return project
                }

                static func main() {
                    CommandLineTool(name: "\(name.text)", version: "0.1.0", project: project).main()
                }
            }

            """
    }

    private var readme: String {
        let notes = project.notes.sorted { ($0.path, $0.line ?? 0) < ($1.path, $1.line ?? 0) }
        let list = notes.isEmpty ? "Nothing.\n" : notes.map { "- \($0.description)\n" }.joined()
        return """
            # \(name.text)

            Written by `mlwh import dbt`. Columns, descriptions and tests are Swift; the models' bodies are the SQL they had,
            with each reference a type. A body is typed by writing its clauses in place of `q.raw`; columns that a query cannot
            do without lose their `?`.

            ```sh
            swift build
            .build/debug/\(name.text) sql -c "CREATE DATABASE IF NOT EXISTS \(name.database)"
            .build/debug/\(name.text) build
            ```

            ## What wants a look

            Places are those of the dbt project.

            \(list)
            """
    }
}
