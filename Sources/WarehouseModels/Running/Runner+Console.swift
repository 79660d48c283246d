import WarehouseBasics

extension Runner {
    /// `Running with …`, `Found 21 models, …`.
    func announce() {
        console.emit(ConsoleEvent(
            "MainReportVersion", "A001", "Running with mlwh=\(options.version)",
            [("version", .string("=\(options.version)")), ("log_version", .integer(3))]))
        let adapter = target.adapterDescription.split(separator: "=", maxSplits: 1).map(String.init)
        console.emit(ConsoleEvent(
            "AdapterRegistered", "E034", "Registered adapter: \(target.adapterDescription)",
            [("adapter_name", .optional(adapter.first)), ("adapter_version", .string("=" + (adapter.last ?? "")))]))
        let counts = Dictionary(grouping: graph.nodes + graph.hooks, by: \.kind).mapValues(\.count)
        let nouns: [(ResourceKind, String, String)] = [
            (.model, "model", "models"), (.snapshot, "snapshot", "snapshots"), (.analysis, "analysis", "analyses"),
            (.test, "data test", "data tests"), (.seed, "seed", "seeds"),
            (.unitTest, "unit test", "unit tests"), (.source, "source", "sources"),
            (.exposure, "exposure", "exposures"), (.operation, "operation", "operations"),
        ]
        let parts = nouns.compactMap { kind, noun, plural in
            counts[kind].map { Console.counted($0, noun, plural: plural) }
        }
        let line = parts.joined(separator: ", ")
        console.emit(ConsoleEvent("FoundStats", "W006", "Found " + line, [("stat_line", .string(line))]))
        for warning in graph.warnings {
            console.emit(ConsoleEvent("JinjaLogWarning", "I063", "[WARNING]: " + warning, level: .warn))
        }
    }

    /// There is nothing to run.
    func sayNothingToDo() {
        console.emit(ConsoleEvent(
            "NothingToDo", "Q035", "Nothing to do. Try checking your model configs and model specification args",
            level: .warn))
    }

    /// Words of a selection that name nothing.
    func warn(_ unmatched: [String]) {
        for word in unmatched {
            console.line("The selection criterion '\(word)' does not match any enabled nodes")
            let name = word.filter { $0 != "+" && $0 != "@" }
            if let hint = Identifiers.hint(for: name, in: graph.nodes.map(\.name)) { console.line(hint) }
        }
    }

    /// What START, OK and ERROR say of a node.
    static func description(_ node: Node) -> String {
        switch node.kind {
        case .model:
            "sql \(node.microbatch == nil ? node.materialization ?? "view" : "microbatch") model \(node.displayName)"
        case .seed: "seed file \(node.displayName)"
        case .snapshot: "snapshot \(node.displayName)"
        default: "\(node.kind.rawValue) \(testName(node))"
        }
    }

    /// Of a unit test with its model's name: `fct_lines::counts_once`.
    static func testName(_ node: Node) -> String {
        guard case .unitTest(let test) = node.content else { return node.name }
        return "\(test.testedName)::\(node.name)"
    }

    /// The line before a node runs.
    func printStart(_ node: Node, _ index: Int, _ total: Int, at time: Int128) {
        let what = Runner.description(node)
        console.progress(
            "START \(what)", index: index, total: total, status: "RUN",
            as: ConsoleEvent("LogStartLine", "Q011", [
                ("description", .string(what)), ConsoleEvent.info(node, status: "started", from: time),
            ]))
    }

    /// dbt's event for how a node came out.
    private static func event(_ result: NodeResult) -> ConsoleEvent {
        let node = result.node
        let (name, code) = switch node.kind {
        case .test, .unitTest: ("LogTestResult", "Q007")
        case .seed: ("LogSeedResult", "Q016")
        case .snapshot: ("LogSnapshotResult", "Q015")
        default: ("LogModelResult", "Q012")
        }
        var data: [(String, JSON)] = [
            ("description", .string(description(node))), ("name", .string(node.name)),
            ConsoleEvent.info(
                node, status: result.status.rawValue, from: result.startedAt, to: result.completedAt),
        ]
        if let failures = result.failures { data.append(("num_failures", .integer(failures))) }
        let level: ConsoleEvent.Level = result.status.isFailure ? .error : result.status == .warn ? .warn : .info
        return ConsoleEvent(name, code, level: level, data)
    }

    /// The line of a node that is as it was.
    func printNoOp(_ result: NodeResult, _ index: Int, _ total: Int) {
        console.progress(
            "NO-OP \(Runner.description(result.node))", index: index, total: total, status: "NO-OP",
            as: ConsoleEvent("LogNodeNoOpResult", "Q019", [
                ("description", .string(Runner.description(result.node))),
                ConsoleEvent.info(result.node, status: "no-op", from: result.startedAt, to: result.completedAt),
            ]))
    }

    /// The line after a node has run.
    func print(_ result: NodeResult, _ index: Int, _ total: Int) {
        let node = result.node
        let isError = result.status == .error
        let text: String
        var status = isError ? "ERROR" : result.message
        switch node.kind {
        case .model:
            let word = result.status == .partialSuccess ? "PARTIAL SUCCESS created " : "OK created "
            text = (isError ? "ERROR creating " : word) + Runner.description(node)
        case .seed: text = (isError ? "ERROR loading " : "OK loaded ") + Runner.description(node)
        case .snapshot: text = (isError ? "ERROR snapshotting " : "OK snapshotted ") + node.displayName
        default:
            let failures = result.failures ?? 0
            switch result.status {
            case .pass: status = "PASS"
            case .warn: status = "WARN \(failures)"
            case .fail: status = "FAIL \(failures)"
            default: status = "ERROR"
            }
            text = "\(status) \(Runner.testName(node))"
        }
        console.progress(
            text, index: index, total: total, status: status, seconds: result.executionTime, as: Runner.event(result))
    }

    /// The lines before and after a batch.
    func print(_ batch: BatchReport, of node: Node) {
        let what = "batch \(batch.name) of \(node.displayName)"
        guard let end = batch.end else {
            console.progress(
                "START \(what)", of: "Batch ", index: batch.index, total: batch.count, status: "RUN",
                as: ConsoleEvent("LogStartBatch", "Q045", [
                    ("description", .string(what)), ConsoleEvent.info(node, status: "started"),
                ]))
            return
        }
        console.progress(
            (end.error == nil ? "OK created " : "ERROR creating ") + what, of: "Batch ", index: batch.index,
            total: batch.count, status: end.error == nil ? "SUCCESS \(end.rows)" : "ERROR",
            as: ConsoleEvent("LogBatchResult", "Q046", level: end.error == nil ? .info : .error, [
                ("description", .string(what)), ConsoleEvent.info(node, status: end.error == nil ? "success" : "error"),
            ]))
        if let error = end.error { console.line("  " + error) }
    }
}
