import WarehouseBasics
import WarehouseSQL

/// Runs a project's commands at a target, and says so as dbt does.
/// ```swift
/// let runner = try Runner(MovieLens.project, on: EmbeddedTarget(session), console: console, options: options)
/// let summary = try runner.build()
/// ```
/// Nodes run one after another, in an order in which each stands after all that it reads. The order depends on nothing
/// but the project.
public final class Runner {
    /// What is run.
    public private(set) var project: Project
    /// Its nodes.
    public internal(set) var graph: ProjectGraph
    /// How it is run.
    public internal(set) var options: RunOptions
    let target: any TargetAdapter
    let console: Console
    /// Tests that are counted in one scan, and what scans have found, by the tests' ids.
    private var sharedTests: [ObjectReference: [Node]] = [:]
    private var counts: [String: TestCount] = [:]
    /// The earlier run that `state:` and deferral compare with.
    private(set) var state: ProjectState?
    /// What earlier runs have made of what; nil without a target path.
    var reuse: ReuseState?
    /// The only nodes that run, while a run is repeated.
    var retriedIDs: Set<String>?
    /// A statement was cancelled, or no more are to begin: what has not run yet does not run.
    private(set) var wasCancelled = false
    /// Of microbatch models the only batches that run, while a run is repeated.
    var retriedBatches: [String: [TimeRange]] = [:]

    /// Checks the project; throws an error with all its `problems()` when there are any.
    public init(
        _ project: Project, on target: any TargetAdapter, console: Console, options: RunOptions = RunOptions()
    ) throws {
        self.project = project
        self.target = target
        self.options = options
        graph = project.graph()
        var discreet = console
        discreet.secrets = graph.secrets
        self.console = discreet
        state = try options.statePath.map { try ProjectState(folder: $0) }
        try checkProblems()
    }

    private func checkProblems() throws(WarehouseError) {
        guard !graph.problems.isEmpty else { return }
        let count = Console.counted(graph.problems.count, "problem")
        throw WarehouseError(
            .model, "The project \(project.name) has \(count):\n  " + graph.problems.joined(separator: "\n  "))
    }

    /// Goes on with what an earlier command was given.
    func restore(_ arguments: JSON) throws {
        var (project, options) = (self.project, self.options)
        try RunArguments.restore(arguments, to: &project, &options)
        (self.project, self.options) = (project, options)
        graph = project.graph()
        state = try options.statePath.map { try ProjectState(folder: $0) }
        try checkProblems()
    }

    // MARK: Commands

    /// Loads the seeds.
    public func seed() throws -> RunSummary { try perform("seed", [.seed]) }
    /// Builds the models.
    public func run() throws -> RunSummary { try perform("run", [.model]) }
    /// Runs the tests.
    public func test() throws -> RunSummary { try perform("test", [.test, .unitTest]) }
    /// Takes the snapshots.
    public func snapshot() throws -> RunSummary { try perform("snapshot", [.snapshot]) }
    /// Loads, builds, snapshots and tests everything; a node's tests right after it, and what reads a node that failed,
    /// or failed its tests, is skipped.
    public func build() throws -> RunSummary { try perform("build", [.seed, .model, .snapshot, .test, .unitTest]) }

    /// The nodes selected, in the order declared.
    public func list() throws -> [Node] {
        let (ids, unmatched) = try resolved()
        warn(unmatched)
        return graph.nodes.filter { ids.contains($0.id) }
    }

    // MARK: Running

    private func perform(_ command: String, _ kinds: Set<ResourceKind>) throws -> RunSummary {
        let start = options.clock.now()
        begin()
        let (ids, unmatched) = try resolved()
        warn(unmatched)
        let chosen = graph.nodes.filter {
            (retriedIDs ?? ids).contains($0.id) && kinds.contains($0.kind) && $0.materialization != "ephemeral"
        }
        guard !chosen.isEmpty else {
            sayNothingToDo()
            let summary = RunSummary(results: [], elapsedTime: elapsed(since: start))
            try writeArtifacts(command, summary)
            return summary
        }
        console.line()
        console.emit(ConsoleEvent(
            "ConcurrencyLine", "Q027",
            "Concurrency: \(graph.target.threads) threads (target='\(graph.target.name)')",
            [("num_threads", .integer(graph.target.threads)), ("target_name", .string(graph.target.name)),
             ("node_count", .integer(chosen.count))]))
        console.line()
        try checkRoles(of: chosen)
        try createSchemas(for: chosen)
        try deferReferences(of: chosen)
        try warnOfNulls(readBy: chosen)
        var results = run(.start)
        noteCancellation()
        let order = RunOrder(graph, chosen: chosen, testsBlock: command == "build")
        sharedTests = SharedScan.groups(chosen)
        counts = [:]
        reuse = options.targetPath.map { ReuseState(folder: $0) }
        var blocked: Set<String> = []
        var hasStopped = results.contains { $0.status.isFailure }
        for (index, node) in order.nodes.enumerated() {
            if wasCancelled {
                results.append(left(node))
                continue
            }
            let mustSkip = hasStopped || order.blockers(of: node.id).contains { blocked.contains($0) }
            let result = mustSkip
                ? skip(node, index + 1, order.nodes.count) : try execute(node, index + 1, order.nodes.count)
            if result.status.blocks { blocked.insert(node.id) }
            if options.failsFast, result.status.isFailure { hasStopped = true }
            results.append(result)
            noteCancellation()
        }
        if let root = options.targetPath { try reuse?.write(to: root) }
        if !wasCancelled { results += run(.end) }
        noteCancellation()
        var summary = RunSummary(results: results, elapsedTime: elapsed(since: start))
        summary.wasCancelled = wasCancelled
        report(summary)
        try writeArtifacts(command, summary)
        return summary
    }

    private func elapsed(since start: Int128) -> Double { Double(options.clock.now() - start) / 1_000_000_000 }

    /// Schemas that are to be built in are made when they are missing; databases are not.
    private func createSchemas(for nodes: [Node]) throws {
        var seen: Set<[String]> = []
        for node in nodes {
            guard let name = node.relation, seen.insert([name.database, name.schema]).inserted else { continue }
            do {
                _ = try target.run(.createObject(CreateObjectStatement(
                    kind: .schema, ifNotExists: true,
                    name: ObjectReference([Identifier(name: name.database), Identifier(name: name.schema)]))))
            } catch {
                guard var failure = error as? WarehouseError, failure.hint == nil,
                    failure.code == ErrorKind.schemaNotFound.code else { throw error }
                failure.hint = "The project \(project.name) is built there: CREATE DATABASE "
                    + Identifiers.quoted(name.database) + " first, and fill the tables of its sources."
                throw failure
            }
        }
    }

    private func skip(_ node: Node, _ index: Int, _ total: Int) -> NodeResult {
        let name = node.kind.isTest ? Runner.description(node) : "relation \(node.displayName)"
        console.progress(
            "SKIP \(name)", index: index, total: total, status: "SKIP",
            as: ConsoleEvent("SkippingDetails", "Q034", [
                ("resource_type", .string(node.kind.rawValue)), ("schema", .string(node.schema)),
                ("node_name", .string(node.name)), ConsoleEvent.info(node, status: "skipped"),
            ]))
        let now = options.clock.now()
        return NodeResult(node: node, status: .skipped, message: "SKIP", startedAt: now, completedAt: now)
    }

    /// A node that a cancelled run has not come to: a retry runs it.
    private func left(_ node: Node) -> NodeResult {
        let now = options.clock.now()
        return NodeResult(node: node, status: .skipped, message: "Skipping due to keyboard interrupt",
                          startedAt: now, completedAt: now)
    }

    /// A command begins.
    func begin() {
        wasCancelled = false
        announce()
    }

    func noteCancellation(_ error: (any Error)? = nil) {
        if target.isCancelled || error.map(Runner.isCancellation) == true { wasCancelled = true }
    }

    /// Whether somebody has asked the statement to stop.
    static func isCancellation(_ error: any Error) -> Bool {
        (error as? WarehouseError)?.code == ErrorKind.cancelled.code
    }

    private func execute(_ node: Node, _ index: Int, _ total: Int) throws -> NodeResult {
        let start = options.clock.now()
        var result = NodeResult(node: node, status: .success, message: "", startedAt: start, completedAt: start)
        let inputs = reuse == nil ? nil : try? self.inputs(of: node, in: graph)
        if try isUnchanged(node, inputs: inputs) {
            result.status = .noOp
            result.message = "NO-OP"
            printNoOp(result, index, total)
            return result
        }
        printStart(node, index, total, at: start)
        do {
            let compiled = try compile(node, isIncremental: isIncremental(node))
            result.compiledSQL = compiled?.sql
            result.compiledPath = compiled?.path
            if case .test(let test) = node.content {
                let counted = try counted(node)
                try TestRun(node: node, test: test, graph: tested, target: target).run(&result, counted: counted)
            } else if case .unitTest(let test) = node.content {
                try UnitTestRun(test: test, graph: graph, target: target).run(&result)
            } else {
                var built = graph
                built.lowering.inputs = options.inputs
                let retried = retriedBatches[node.id]
                let builder = Materializer(
                    graph: built, target: target, isFullRefresh: options.isFullRefresh && retried == nil,
                    batches: BatchOptions(
                        start: options.eventTimeStart, end: options.eventTimeEnd, retried: retried,
                        report: { [self] in print($0, of: node) }))
                let outcome = try builder.build(node)
                result.message = outcome.message
                result.rowsAffected = outcome.rowsAffected
                result.batches = outcome.batches
                if outcome.batches?.failed.isEmpty == false { result.status = .partialSuccess }
                if outcome.batches?.wasCancelled == true { wasCancelled = true }
            }
        } catch {
            noteCancellation(error)
            result.status = .error
            result.message = Runner.message(error)
        }
        result.completedAt = options.clock.now()
        try remember(result, inputs: inputs)
        print(result, index, total)
        return result
    }

    /// A role that is granted something must be there; all that are missing are told at once, before anything runs.
    private func checkRoles(of nodes: [Node]) throws {
        let granting = nodes.filter { !$0.configuration.grants.isEmpty }
        guard !granting.isEmpty, let known = try target.roles() else { return }
        var missing: [String] = []
        for node in granting {
            for (privilege, roles) in node.configuration.grants.sorted(by: { $0.key < $1.key }) {
                for role in roles where !known.contains(ColumnNaming.stored(role)) {
                    missing.append("\(node.name): grants \(privilege) to the role \(role), which is not there; "
                        + "CREATE ROLE \(role) first, or leave the grant out")
                }
            }
        }
        guard !missing.isEmpty else { return }
        throw WarehouseError(
            .model, "The project \(project.name) has \(Console.counted(missing.count, "problem")):\n  "
                + missing.joined(separator: "\n  "))
    }

    /// What a scan for all tests of the node's relation has found; nil when the test counts by itself.
    private func counted(_ node: Node) throws -> TestCount? {
        guard case .test(let test) = node.content, let shared = test.shared else { return nil }
        if let tests = sharedTests.removeValue(forKey: shared.relation) {
            counts.merge(try SharedScan(tests: tests, graph: tested, target: target).run()) { $1 }
        }
        return counts[node.id]
    }

    /// What data tests read: no rows where models read none, else all.
    private var tested: ProjectGraph {
        var graph = self.graph
        if options.inputs == .none { graph.lowering.inputs = .none }
        return graph
    }

    /// Whether the node's query is the one for adding to what is there.
    private func isIncremental(_ node: Node) throws -> Bool {
        guard case .model(let model) = node.content, case .incremental = model.kind, !options.isFullRefresh,
              let name = node.relation else { return false }
        return try target.relation(name)?.isView == false
    }

    static func message(_ error: any Error) -> String {
        guard let error = error as? WarehouseError else { return "\(error)" }
        return error.description
    }
}
