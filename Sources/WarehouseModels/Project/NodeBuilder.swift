import WarehouseBasics
import WarehouseSQL

/// Makes the nodes of a project, and notes all that is wrong with them.
struct NodeBuilder {
    let project: Project
    let lowering: Lowering
    var nodes: [Node] = []
    var problems: [String] = []
    var warnings: [String] = []
    /// Tests of columns and relations, which come after all else.
    var tests: [Node] = []
    private var ids: [ObjectIdentifier: String] = [:]

    init(_ project: Project) {
        self.project = project
        lowering = Lowering(target: project.target)
    }

    mutating func build() {
        guard checkRows() else { return }
        for resource in project.resources { ids[ObjectIdentifier(resource)] = id(of: resource) }
        for resource in project.resources { add(resource) }
        for exposure in project.exposures { add(declared: exposure) }
        nodes += tests
        checkNames()
        checkAccess()
        for text in project.onRunStart { check(hook: text, in: "\(project.name): onRunStart") }
        for text in project.onRunEnd { check(hook: text, in: "\(project.name): onRunEnd") }
    }

    /// Row types that cannot be rows would stop every query that reads them, so they are looked at first.
    private mutating func checkRows() -> Bool {
        for resource in project.resources {
            let layout: RowLayout? = switch resource {
            case let relation as any Relation.Type: NodeBuilder.layout(relation)
            case let analysis as any Analysis.Type: NodeBuilder.layout(analysis)
            case let test as any DataTest.Type: NodeBuilder.layout(test)
            default: nil
            }
            if let problem = layout?.problem { problems.append("\(resource.name): \(problem)") }
        }
        return problems.isEmpty
    }

    private static func layout<R: Relation>(_ type: R.Type) -> RowLayout { R.Columns.layout(R.naming) }
    private static func layout<A: Analysis>(_ type: A.Type) -> RowLayout { A.Columns.layout(.snakeCase) }
    private static func layout<T: DataTest>(_ type: T.Type) -> RowLayout { T.Failing.layout(.snakeCase) }

    /// `kind.project.name`; of a source with its schema in between.
    func id(of resource: any Resource.Type) -> String {
        let kind = NodeBuilder.kind(of: resource)
        if let test = resource as? any UnitTest.Type {
            return "unit_test.\(project.name).\(NodeBuilder.testedName(test)).\(resource.name)"
        }
        guard kind == .source, let source = resource as? any Source.Type else {
            return "\(kind.rawValue).\(project.name).\(resource.name)"
        }
        let schema = (try? lowering.objectName(of: source))?.schema.lowercased() ?? "?"
        return "source.\(project.name).\(schema).\(resource.name)"
    }

    private static func kind(of resource: any Resource.Type) -> ResourceKind {
        switch resource {
        case is any Source.Type: .source
        case is any Seed.Type: .seed
        case is any Model.Type: .model
        case is any Snapshot.Type: .snapshot
        case is any Analysis.Type: .analysis
        case is any UnitTest.Type: .unitTest
        case is any Exposure.Type: .exposure
        default: .test
        }
    }

    private mutating func add(_ resource: any Resource.Type) {
        switch resource {
        case let source as any Source.Type: add(source, .source, nil, [])
        case let seed as any Seed.Type: add(seed: seed)
        case let model as any Model.Type: add(model: model)
        case let snapshot as any Snapshot.Type: add(snapshot: snapshot)
        case let analysis as any Analysis.Type: add(analysis: analysis)
        case let test as any DataTest.Type: add(test: test)
        case let test as any UnitTest.Type: add(unitTest: test)
        case let exposure as any Exposure.Type: add(exposure: exposure)
        default:
            problems.append("\(resource.name): a resource is a Source, Seed, Model, Snapshot, "
                + "DataTest, UnitTest, Analysis or Exposure")
        }
    }

    // MARK: Kinds

    private mutating func add<S: Seed>(seed: S.Type) {
        let columns = S.Columns.layout(S.naming).columns
        do {
            _ = try SeedTable(csv: S.csv, columns: columns)
        } catch {
            problems.append("\(S.name): \(error.message)")
        }
        add(seed, .seed(SeedContent(csv: S.csv, columns: columns)), "seed", [])
    }

    private mutating func add<M: Model>(model: M.Type) {
        var query = Query(Query.Context(isIncremental: true))
        let row = M.query(&query)
        let incremental = query.built(row, naming: M.naming)
        note(incremental.problems, of: M.name)
        let kind = kind(of: model)
        noteWatermarks(query, of: M.name)
        if case .incremental = kind {} else if !query.incrementalModels.isEmpty {
            problems.append("\(M.name): whenIncremental stands in a \(M.materialized.name); make it incremental")
        }
        for other in query.incrementalModels where other != model {
            problems.append("\(M.name): whenIncremental names \(other.name); it must be Self.self")
        }
        let content = ModelContent(
            full: Lowering.built(model), incremental: incremental, kind: kind, predicate: predicate(of: model, kind))
        if case .incremental(.microbatch, _) = kind { checkInputs(ofMicrobatch: model, incremental.tree) }
        add(model, .model(content), M.materialized.name, dependencies(of: incremental.tree, of: M.name))
    }

    /// The names of columns that key paths lead to.
    mutating func names<C: Row>(
        _ paths: [PartialKeyPath<C>], of row: C.Type, naming: ColumnNaming, in name: String, what: String
    ) -> [String] {
        var result: [String] = []
        for path in paths {
            if let column = C.columnName(path, naming: naming) { result.append(column) }
            else { problems.append("\(name): \(what) is no column of it; name one of its Expr properties") }
        }
        return result
    }

    private mutating func add<S: Snapshot>(snapshot: S.Type) {
        var query = Query()
        let row = S.query(&query)
        let built = query.built(row, naming: S.naming)
        note(built.problems, of: S.name)
        let keys = names(S.key, of: S.Selected.self, naming: S.naming, in: S.name, what: "a key")
        if keys.isEmpty { problems.append("\(S.name): a snapshot needs a key that tells its rows apart") }
        let strategy: SnapshotContent.Strategy
        switch S.strategy {
        case .timestamp(let path):
            let stamp = names([path], of: S.Selected.self, naming: S.naming, in: S.name, what: "the stamp").first ?? "?"
            if let type = built.columns.first(where: { $0.name == stamp })?.type, !type.isTimestamp, type != .date {
                problems.append("\(S.name).\(stamp.lowercased()) is \(type); a timestamp strategy needs a time")
            }
            strategy = .timestamp(stamp)
        case .check(let paths, let stamp):
            let columns = names(paths, of: S.Selected.self, naming: S.naming, in: S.name, what: "a checked column")
            if columns.isEmpty { problems.append("\(S.name): check compares no columns; name some or use checkAll") }
            strategy = .check(columns: columns, updatedAt: stampName(stamp, of: snapshot))
        case .checkAll(let stamp): strategy = .check(columns: nil, updatedAt: stampName(stamp, of: snapshot))
        }
        let content = SnapshotContent(
            query: built, keys: keys, strategy: strategy, hardDeletes: S.hardDeletes, metaColumns: S.metaColumns,
            validToCurrent: S.validToCurrent)
        checkHistory(of: snapshot)
        add(snapshot, .snapshot(content), "snapshot", dependencies(of: built.tree, of: S.name))
    }

    /// Whether the row type fits what the snapshot keeps.
    private mutating func checkHistory<S: Snapshot>(of snapshot: S.Type) {
        if S.hardDeletes == .newRecord, !S.Columns.tellsDeletions {
            warnings.append("\(S.name): hardDeletes is newRecord, so that isCurrent holds for records of deletions too; "
                + "make its Columns DeletionHistory<Selected> to tell them apart")
        } else if S.hardDeletes != .newRecord, S.Columns.tellsDeletions {
            problems.append("\(S.name): its Columns are DeletionHistory, but hardDeletes is \(S.hardDeletes.rawValue), "
                + "which keeps no dbt_is_deleted; make it newRecord, or its Columns History<Selected>")
        }
        if S.metaColumns != MetaColumns() || S.validToCurrent != nil,
           S.naming != .history(S.metaColumns, validToCurrent: S.validToCurrent) {
            problems.append("\(S.name): metaColumns and validToCurrent go with the naming that a snapshot has by itself; "
                + "leave naming out")
        }
    }

    private mutating func stampName<S: Snapshot>(_ path: PartialKeyPath<S.Selected>?, of snapshot: S.Type) -> String? {
        guard let path else { return nil }
        return names([path], of: S.Selected.self, naming: S.naming, in: S.name, what: "the stamp").first
    }

    private mutating func add<A: Analysis>(analysis: A.Type) {
        var query = Query()
        let row = A.query(&query)
        let built = query.built(row, naming: .snakeCase)
        note(built.problems, of: A.name)
        append(Node(
            id: id(of: analysis), kind: .analysis, name: A.name, about: A.about, tags: A.tags,
            declaration: String(reflecting: analysis), relation: nil, schema: project.target.schema,
            materialization: "analysis", columns: built.columns.map(NodeBuilder.column),
            dependencies: dependencies(of: built.tree, of: A.name), content: .analysis(built)))
    }

    private mutating func add<T: DataTest>(test: T.Type) {
        var query = Query()
        let row = T.query(&query)
        let built = query.built(row, naming: .snakeCase)
        note(built.problems, of: T.name)
        check(T.expectation, of: T.name)
        if T.expectation.filter != nil {
            problems.append("\(T.name): where is of tests of a relation; write it into the query with filter")
        }
        tests.append(Node(
            id: id(of: test), kind: .test, name: T.name, about: T.about, tags: T.tags,
            declaration: String(reflecting: test), relation: nil, schema: project.target.schema,
            materialization: "test", columns: built.columns.map(NodeBuilder.column),
            dependencies: dependencies(of: built.tree, of: T.name),
            content: .test(TestContent(query: built.tree, expectation: T.expectation, generic: nil))))
    }

    private static func column(_ column: RowColumn) -> NodeColumn {
        NodeColumn(name: column.name, type: column.type, isNullable: column.isNullable, about: "")
    }

    // MARK: Shared

    private mutating func add<R: Relation>(
        _ relation: R.Type, _ content: NodeContent, _ materialization: String?, _ dependencies: [String]
    ) {
        var object: ObjectName?
        do {
            object = Lowering.isEphemeral(relation) ? nil : try lowering.objectName(of: relation)
        } catch {
            problems.append("\(R.name): \(error.message)")
        }
        var meanings: [String: String] = [:]
        for column in R.columns {
            guard let name = R.Columns.columnName(column.path, naming: R.naming) else {
                problems.append("\(R.name): columns describes what is no column of it")
                continue
            }
            meanings[name] = column.about
        }
        let columns = R.Columns.layout(R.naming).columns.map {
            NodeColumn(name: $0.name, type: $0.type, isNullable: $0.isNullable, about: meanings[$0.name] ?? "")
        }
        let configuration = configuration(of: relation)
        let schema = content.isSource ? object?.schema ?? "?" : lowering.schema(of: relation)
        append(Node(
            id: id(of: relation), kind: NodeBuilder.kind(of: relation), name: R.name, about: R.about, tags: R.tags,
            declaration: String(reflecting: relation), relation: object, schema: schema,
            materialization: materialization, columns: columns, dependencies: dependencies, content: content,
            configuration: configuration))
        addTests(of: relation)
    }

    mutating func append(_ node: Node) { nodes.append(node) }

    func id(ofMember relation: any Relation.Type) -> String? { ids[ObjectIdentifier(relation)] }

    mutating func note(_ found: [QueryProblem], of name: String) {
        for problem in found {
            let message = problem.message(model: name)
            if !problems.contains(message) { problems.append(message) }
        }
    }

    /// Ids of the relations that a query reads; those outside the project are problems.
    mutating func dependencies(of query: WarehouseSQL.Query, of name: String) -> [String] {
        var result: [String] = []
        for relation in TreeFacts.dependencies(of: query) {
            if let id = id(ofMember: relation) { result.append(id) }
            else {
                problems.append("\(name) reads \(relation.name), which is not in the project; add "
                    + "\(String(describing: relation)).self to it")
            }
        }
        return result
    }

    private mutating func checkNames() {
        var byID: [String: Node] = [:]
        var byObject: [ObjectName: Node] = [:]
        for node in nodes {
            if let other = byID.updateValue(node, forKey: node.id) {
                problems.append("\(node.name): \(other.declaration) and \(node.declaration) have the same name; "
                    + "give one of them another `name`")
            } else if node.kind == .source {
                // Several sources may look at one table; nothing is built there.
                continue
            } else if let object = node.relation, let other = byObject.updateValue(node, forKey: object) {
                problems.append("\(node.name): \(other.declaration) and \(node.declaration) are both \(object); "
                    + "give one of them another name or schema")
            }
        }
    }
}

extension NodeContent {
    var isSource: Bool { if case .source = self { true } else { false } }
}
