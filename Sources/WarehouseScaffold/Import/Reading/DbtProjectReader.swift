import WarehouseBasics

/// Reads a dbt project's files.
struct DbtProjectReader {
    var folder: ProjectFolder
    var project = DbtProject()
    private var main = YAMLValue.none
    /// What YAML files say of models, seeds, snapshots and analyses, by kind and name.
    var properties: [String: (yaml: YAMLValue, path: String)] = [:]
    var macros: [String: JinjaMacro] = [:]
    /// By their names, those of packages with the package's before it.
    var genericTests: [String: JinjaMacro] = [:]
    /// Of models with versions: the latest, and the files by version.
    var versions: [String: (latest: String, files: [String: String])] = [:]
    /// What the package will be called, where that was said.
    private var packageName: String?
    /// Texts of `{% docs name %}` blocks.
    private var docs: [String: String] = [:]
    /// Names of `{% snapshot %}` blocks, which their files may not have.
    private var snapshotNames: Set<String> = []

    /// Reads a project. Throws where there is none, where a file is no YAML, or too large.
    static func read(_ path: String, as packageName: String? = nil) throws(WarehouseError) -> DbtProject {
        guard Folders.isFolder(path) else {
            throw WarehouseError(.usage, "\(VisibleName.shown(path)) is no folder.")
        }
        var reader = DbtProjectReader(folder: try ProjectFolder(path))
        reader.packageName = packageName
        try reader.readAll()
        return reader.project
    }

    private init(folder: ProjectFolder) { self.folder = folder }

    private mutating func readAll() throws(WarehouseError) {
        guard folder.isFile("dbt_project.yml") else {
            throw WarehouseError(.usage, "\(VisibleName.shown(folder.root)) holds no dbt_project.yml.")
        }
        main = try YAMLValue.read(folder.read("dbt_project.yml"), path: "dbt_project.yml")
        project.name = main["name"].text ?? "project"
        readVariables()
        try readMacros()
        let modelPaths = try paths("model-paths", "source-paths", standard: ["models"])
        let seedPaths = try paths("seed-paths", "data-paths", standard: ["seeds"])
        let snapshotPaths = try paths("snapshot-paths", standard: ["snapshots"])
        let testPaths = try paths("test-paths", standard: ["tests"])
        let analysisPaths = try paths("analysis-paths", standard: ["analyses"])
        for base in modelPaths + seedPaths + snapshotPaths + analysisPaths { try readDocs(below: base) }
        for base in modelPaths + seedPaths + snapshotPaths + analysisPaths { try readProperties(below: base) }
        for base in seedPaths { try readSeeds(below: base) }
        for base in modelPaths { try readSQL(below: base, .model) }
        for base in snapshotPaths { try readSQL(below: base, .snapshot) }
        for base in testPaths {
            try readMacros(below: base + "/generic", of: nil)
            try readSQL(below: base, .test)
            try readFixtures(below: base)
        }
        for base in analysisPaths { try readSQL(below: base, .analysis) }
        for (name, entry) in properties.sorted(by: { $0.key < $1.key }) where name.hasPrefix("snapshot.") {
            addSnapshot(entry.yaml, entry.path)
        }
        project.onRunStart = hooks("on-run-start")
        project.onRunEnd = hooks("on-run-end")
        evaluate()
        sort()
    }

    func paths(_ names: String..., standard: [String]) throws(WarehouseError) -> [String] {
        for name in names where !main[name].isNull {
            var checked: [String] = []
            for text in main[name].texts { checked.append(try ProjectFolder.checked(text)) }
            return checked
        }
        return standard
    }

    private mutating func readVariables() {
        for (name, value) in main["vars"].members {
            if name == project.name, case .map(let own) = value.kind {
                for (name, value) in own { project.variables[name] = value.jinja }
            } else {
                project.variables[name] = value.jinja
            }
        }
    }

    // MARK: Descriptions

    private mutating func readDocs(below base: String) throws(WarehouseError) {
        for path in try folder.files(below: base) where path.hasSuffix(".md") {
            var rest = Substring(try folder.read(path))
            while let open = rest.firstRange(of: "{% docs "), let head = rest[open.upperBound...].firstRange(of: "%}"),
                  let close = rest[head.upperBound...].firstRange(of: "{% enddocs %}") {
                docs[rest[open.upperBound..<head.lowerBound].trimmingSpaces] =
                    rest[head.upperBound..<close.lowerBound].trimmingSpaces
                rest = rest[close.upperBound...]
            }
        }
    }

    /// A description, with what `doc('name')` stands for.
    private func about(_ yaml: YAMLValue) -> String? {
        guard let text = yaml.text else { return nil }
        guard text.hasPrefix("{{"), let open = text.firstRange(of: "doc("), let close = text.lastIndex(of: ")"),
              open.upperBound < close else { return text }
        let name = text[open.upperBound..<close].filter { $0 != "'" && $0 != "\"" }
        return docs[String(name).trimmingSpaces] ?? text
    }

    // MARK: YAML

    private mutating func readProperties(below base: String) throws(WarehouseError) {
        for path in try folder.files(below: base) where path.hasSuffix(".yml") || path.hasSuffix(".yaml") {
            let text = try folder.read(path)
            let yaml: YAMLValue
            do { yaml = try YAMLValue.read(text, path: path) } catch {
                guard error.code == ErrorKind.model.code else { throw error }
                project.note(path, nil, error.message)
                continue
            }
            for (kind, key) in [("model", "models"), ("seed", "seeds"), ("snapshot", "snapshots"), ("analysis", "analyses")] {
                for entry in yaml[key].elements {
                    guard let name = entry["name"].text else { continue }
                    if kind == "model" { readVersions(of: name, entry, path) }
                    if properties["\(kind).\(name)"] != nil {
                        project.note(path, entry.line, "\(kind) \(name) is described twice; the first counts")
                    } else {
                        properties["\(kind).\(name)"] = (entry, path)
                    }
                }
            }
            for source in yaml["sources"].elements { addSource(source, path) }
            project.exposures += yaml["exposures"].elements.map { ($0, path) }
            project.groups += yaml["groups"].elements
            project.unitTests += yaml["unit_tests"].elements.map { DbtUnitTest(yaml: $0, path: path) }
            for (key, what) in DbtProjectReader.unknownKinds {
                for entry in yaml[key].elements {
                    project.note(path, entry.line, "the \(what) \(entry["name"].text ?? "?") is not carried over")
                }
            }
        }
    }

    private static let unknownKinds = [
        ("metrics", "metric"), ("semantic_models", "semantic model"), ("saved_queries", "saved query"),
        ("functions", "function"),
    ]

    private mutating func addSource(_ source: YAMLValue, _ path: String) {
        guard let name = source["name"].text else { return }
        let text: (YAMLValue) -> String? = { $0.text.flatMap { $0.contains("{{") ? nil : $0 } }
        if source["database"].text != nil, text(source["database"]) == nil {
            project.note(path, source.line, "the database of source \(name) is Jinja; the target's is taken")
        }
        let schema = text(source["schema"]) ?? name
        for table in source["tables"].elements {
            guard let tableName = table["name"].text else { continue }
            let parts = [text(source["database"]), schema, text(table["identifier"]) ?? tableName].compactMap { $0 }
            var resource = DbtResource(
                kind: .source, key: "source:\(name).\(tableName)", name: "\(name).\(tableName)", path: path,
                about: about(table["description"]) ?? about(source["description"]) ?? "")
            resource.table = parts.map { SQLNames.written($0) }.joined(separator: ".")
            describe(&resource, table, path)
            resource.freshness = SourceFreshness(of: source, table).lines
            project.resources.append(resource)
        }
    }

    /// What a YAML entry says: description, settings, columns, tests.
    private mutating func describe(_ resource: inout DbtResource, _ yaml: YAMLValue, _ path: String) {
        if let about = about(yaml["description"]) { resource.about = about }
        for key in ["tags", "meta", "group", "access"] where !yaml[key].isNull {
            resource.configuration.append((key, yaml[key].jinja))
        }
        resource.configuration += yaml["config"].members.map { ($0.key, $0.value.jinja) }
        for column in yaml["columns"].elements {
            guard let name = column["name"].text else { continue }
            let stored = column["quote"].bool == true ? name : SQLNames.stored(name)
            var described = DbtColumn(name: stored, about: about(column["description"]) ?? "")
            described.declaredType = column["data_type"].text
            described.tests = tests(column, path)
            resource.columns.append(described)
        }
        resource.tests = tests(yaml, path)
    }

    private func tests(_ yaml: YAMLValue, _ path: String) -> [DbtTest] {
        yaml["data_tests", "tests"].elements.compactMap { entry in
            if let name = entry.text {
                return DbtTest(name: name, arguments: .none, configurations: [], path: path, line: entry.line)
            }
            // `- unique: {…}`, or `- name: …` with `test_name: …`.
            let named = entry["test_name"].text
            guard let name = named ?? entry.members.first?.key else { return nil }
            let body = named != nil ? entry : entry.members[0].value
            let arguments = body["arguments"].isNull ? body : body["arguments"]
            return DbtTest(
                name: name, arguments: arguments, configurations: [entry, body, entry["config"], body["config"]], path: path,
                line: entry.line)
        }
    }

    // MARK: Files

    private mutating func readSeeds(below base: String) throws(WarehouseError) {
        for path in try folder.files(below: base) where path.hasSuffix(".csv") {
            let name = String(path.split(separator: "/").last?.dropLast(4) ?? "seed")
            var resource = DbtResource(kind: .seed, key: "ref:\(name)", name: name, path: path)
            resource.configuration = settings("seeds", path: path, base: base)
            if let entry = properties["seed.\(name)"] { describe(&resource, entry.yaml, entry.path) }
            resource.csv = try folder.read(path)
            add(resource)
        }
    }

    private mutating func readSQL(below base: String, _ kind: DbtResource.Kind) throws(WarehouseError) {
        for path in try folder.files(below: base) {
            let file = path.split(separator: "/").last.map(String.init) ?? path
            if kind == .model, file.hasSuffix(".py") { project.note(path, nil, "a model in Python is not carried over") }
            guard file.hasSuffix(".sql") else { continue }
            let name = String(file.dropLast(4))
            if kind == .test, path.contains("/generic/") { continue }
            let word = ["model": "models", "snapshot": "snapshots", "analysis": "analyses", "test": "data_tests"]["\(kind)"] ?? ""
            let prefix = kind == .model || kind == .snapshot ? "ref" : "\(kind)"
            var resource = DbtResource(kind: kind, key: "\(prefix):\(name)", name: name, path: path)
            resource.configuration = settings(word, path: path, base: base)
            let text = try folder.read(path)
            if kind == .snapshot, let nodes = try? JinjaTemplate.parse(text) {
                for case .snapshot(let name, _, _) in nodes { snapshotNames.insert(name) }
            }
            resource.pieces = [.text(text)]
            if let entry = properties["\(kind).\(name)"] { describe(&resource, entry.yaml, entry.path) }
            add(resource)
        }
    }

    /// The CSV files of unit tests, by their names.
    private mutating func readFixtures(below base: String) throws(WarehouseError) {
        for path in try folder.files(below: base) where path.hasSuffix(".csv") && path.contains("fixtures/") {
            let name = path.split(separator: "/").last.map { String($0.dropLast(4)) } ?? path
            project.fixtures[name] = try folder.read(path)
        }
    }

    private mutating func add(_ resource: DbtResource) {
        guard project[resource.key] == nil else {
            return project.note(resource.path, nil, "a second \(resource.name); the first counts")
        }
        project.resources.append(resource)
    }

    /// A snapshot that is said in YAML alone.
    private mutating func addSnapshot(_ yaml: YAMLValue, _ path: String) {
        guard let name = yaml["name"].text, let relation = yaml["relation"].text, project["ref:\(name)"] == nil else { return }
        var resource = DbtResource(kind: .snapshot, key: "ref:\(name)", name: name, path: path)
        resource.configuration = settings("snapshots", path: path, base: "")
        describe(&resource, yaml, path)
        resource.pieces = [.text("select * from {{ \(relation) }}")]
        project.resources.append(resource)
    }

    private static let settingNames: Set<String> = [
        "materialized", "schema", "database", "alias", "tags", "enabled", "meta", "unique_key", "incremental_strategy",
        "on_schema_change", "pre-hook", "post-hook", "pre_hook", "post_hook", "grants", "group", "access", "full_refresh",
        "column_types", "quote_columns", "delimiter", "target_schema", "target_database", "strategy", "updated_at", "check_cols",
        "severity", "store_failures", "contract", "hard_deletes", "invalidate_hard_deletes", "persist_docs", "transient",
        "cluster_by", "query_tag", "snowflake_warehouse", "docs", "event_time", "begin", "batch_size", "lookback",
        "dbt_valid_to_current", "snapshot_meta_column_names", "merge_update_columns", "merge_exclude_columns",
        "incremental_predicates",
    ]

    /// What dbt_project.yml says of a file, the outer folders first.
    private func settings(_ word: String, path: String, base: String) -> [(name: String, value: JinjaValue)] {
        var found: [(name: String, value: JinjaValue)] = []
        let inner = path.split(separator: "/").dropFirst(base.split(separator: "/").count).map(String.init)
        var steps = [project.name] + inner
        if let file = steps.popLast() { steps.append(file.split(separator: ".").first.map(String.init) ?? file) }
        func collect(_ level: YAMLValue) {
            for (name, value) in level.members {
                if name.hasPrefix("+") { found.append((String(name.dropFirst()), value.jinja)) }
                else if DbtProjectReader.settingNames.contains(name) {
                    // A folder may be called as a setting is.
                    let maps = ["grants", "meta", "column_types", "persist_docs", "contract", "snapshot_meta_column_names"]
                    if case .map = value.kind, !maps.contains(name) { continue }
                    found.append((name, value.jinja))
                }
            }
        }
        var level = main[word]
        collect(level)
        for step in steps {
            guard let next = level.members.first(where: { $0.key == step })?.value else {
                if step == project.name { continue }
                break
            }
            level = next
            collect(level)
        }
        return found
    }

    private func hooks(_ name: String) -> [String] {
        main[name].texts
    }

    // MARK: Jinja

    private mutating func evaluate() {
        var context = JinjaContext(project, others: snapshotNames, versions: versions)
        context.macros = macros
        let database = (try? PackageName(packageName ?? project.name))?.database ?? project.name.uppercased()
        let target = [
            ("name", "dev"), ("target_name", "dev"), ("profile_name", project.name), ("schema", "DEV"), ("database", database),
            ("dbname", database), ("type", "snowflake"), ("user", ""), ("role", ""), ("warehouse", ""), ("account", ""),
        ]
        context.target = target.map { JinjaMember(key: $0.0, value: .string($0.1)) }
            + [JinjaMember(key: "threads", value: .int(1))]
        let evaluator = { JinjaEvaluator(context) }
        // Hooks are evaluated as text; what needs a relation is left to people.
        for path in [\DbtProject.onRunStart, \DbtProject.onRunEnd] {
            project[keyPath: path] = project[keyPath: path].compactMap { text in
                let one = evaluator()
                let plain = one.evaluate(text).plainText
                if let plain, one.faults.isEmpty { return plain.trimmingSpaces.isEmpty ? nil : plain }
                project.note("dbt_project.yml", nil, "a hook is not carried over: \(text)")
                return nil
            }
        }
        var snapshots: [DbtResource] = []
        for index in project.resources.indices where ![.source, .seed].contains(project.resources[index].kind) {
            guard case .text(let text)? = project.resources[index].pieces.first else { continue }
            context.this = JinjaContext.parts(of: project.resources[index], in: project, database: database)
            var evaluator = evaluator()
            var resource = project.resources[index]
            resource.pieces = evaluator.evaluate(text)
            // What the text says of its own place holds above it too, as in dbt, which reads a text twice.
            if evaluator.configuration.contains(where: { ["alias", "schema", "database"].contains($0.name) }) {
                var placed = resource
                placed.configuration += evaluator.configuration
                context.this = JinjaContext.parts(of: placed, in: project, database: database)
                evaluator = JinjaEvaluator(context)
                resource.pieces = evaluator.evaluate(text)
            }
            resource.configuration += evaluator.configuration.map { ($0.name, $0.value) }
            for fault in evaluator.faults {
                project.note(resource.path, fault.line, "Jinja that cannot be worked out, left as it is: \(fault.text)")
            }
            for (text, line) in evaluator.replaced { project.note(resource.path, line, text) }
            project.resources[index] = resource
            for snapshot in evaluator.snapshots {
                var one = resource
                (one.name, one.key) = (snapshot.name, "ref:\(snapshot.name)")
                one.pieces = snapshot.pieces
                one.configuration += snapshot.configuration
                if let entry = properties["snapshot.\(snapshot.name)"] { describe(&one, entry.yaml, entry.path) }
                snapshots.append(one)
            }
            if resource.kind == .snapshot, !evaluator.snapshots.isEmpty { project.resources[index].pieces = [] }
        }
        project.resources.removeAll { old in
            old.kind == .snapshot && (old.pieces.isEmpty || snapshots.contains { $0.key == old.key })
        }
        project.resources += snapshots
        context.this = []
        addGenericTests(context)
        let isOff = { (resource: DbtResource) in
            if case .bool(false)? = resource.setting("enabled") { true } else { false }
        }
        for resource in project.resources where isOff(resource) {
            project.note(resource.path, nil, "\(resource.name) is not enabled, and left out")
        }
        project.resources.removeAll(where: isOff)
    }

    /// What is read comes before what reads it; a circle stays as it is, and is found when the project is loaded.
    private mutating func sort() {
        var sorted: [DbtResource] = [], done: Set<String> = [], open: Set<String> = []
        let all = Dictionary(project.resources.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        func visit(_ resource: DbtResource, depth: Int) {
            guard depth < 2000, !done.contains(resource.key), open.insert(resource.key).inserted else { return }
            for key in resource.pieces.relations { if let read = all[key] { visit(read, depth: depth + 1) } }
            done.insert(resource.key)
            sorted.append(resource)
        }
        for resource in project.resources { visit(resource, depth: 0) }
        project.resources = sorted
    }
}
