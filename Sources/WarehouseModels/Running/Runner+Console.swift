import WarehouseBasics

extension Runner {
    /// `Running with …`, `Found 21 models, …`.
    func announce() {
        console.line("Running with mlwh=\(options.version)")
        console.line("Registered adapter: \(target.adapterDescription)")
        let counts = Dictionary(grouping: graph.nodes, by: \.kind).mapValues(\.count)
        let nouns: [(ResourceKind, String, String)] = [
            (.model, "model", "models"), (.snapshot, "snapshot", "snapshots"), (.analysis, "analysis", "analyses"),
            (.test, "data test", "data tests"), (.seed, "seed", "seeds"),
            (.unitTest, "unit test", "unit tests"), (.source, "source", "sources"),
            (.exposure, "exposure", "exposures"),
        ]
        let parts = nouns.compactMap { kind, noun, plural in
            counts[kind].map { Console.counted($0, noun, plural: plural) }
        }
        console.line("Found " + parts.joined(separator: ", "))
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
        console.progress(text, index: index, total: total, status: status, seconds: result.executionTime)
    }

    /// The lines before and after a batch.
    func print(_ batch: BatchReport, of node: Node) {
        let what = "batch \(batch.name) of \(node.displayName)"
        guard let end = batch.end else {
            console.progress("START \(what)", of: "Batch ", index: batch.index, total: batch.count, status: "RUN")
            return
        }
        console.progress(
            (end.error == nil ? "OK created " : "ERROR creating ") + what, of: "Batch ", index: batch.index,
            total: batch.count, status: end.error == nil ? "SUCCESS \(end.rows)" : "ERROR")
        if let error = end.error { console.line("  " + error) }
    }

    /// `Finished running …`, what failed, `Done.`.
    func report(_ summary: RunSummary) {
        console.line()
        console.line("Finished running \(Runner.counts(summary))" + Console.duration(summary.elapsedTime))
        let failed = summary.results.filter { $0.status == .error || $0.status == .fail }
        let partial = summary.results.filter { $0.status == .partialSuccess }
        let warned = summary.results.filter { $0.status == .warn }
        console.line()
        if failed.isEmpty, warned.isEmpty, partial.isEmpty {
            console.line("Completed successfully")
        } else {
            console.line("Completed with \(Console.counted(failed.count, "error")), "
                + "\(Console.counted(partial.count, "partial success", plural: "partial successes")), and "
                + "\(Console.counted(warned.count, "warning")):")
        }
        for result in failed { explain(result, "Failure") }
        for result in partial { explain(result, "Partial success") }
        for result in warned { explain(result, "Warning") }
        console.line()
        let all = summary.results.count
        console.line("Done. PASS=\(summary.count(.success, .pass)) WARN=\(summary.count(.warn)) "
            + "ERROR=\(summary.count(.error, .fail, .partialSuccess)) SKIP=\(summary.count(.skipped)) "
            + "NO-OP=\(summary.count(.noOp)) TOTAL=\(all)")
    }

    private func explain(_ result: NodeResult, _ word: String) {
        let node = result.node
        console.line()
        console.line("\(word) in \(node.kind.rawValue) \(node.name) (\(node.declaration))")
        let lines = result.message.split(separator: "\n", omittingEmptySubsequences: false)
        console.line("  " + lines.joined(separator: "\n    "))
        if let path = result.compiledPath {
            console.line()
            console.line("  compiled code at \(path)")
        }
    }

    private static func noun(_ kind: ResourceKind) -> String {
        switch kind {
        case .test: "data test"
        case .unitTest: "unit test"
        default: kind.rawValue
        }
    }

    /// `1 incremental model, 6 table models, 13 view models`.
    private static func counts(_ summary: RunSummary) -> String {
        var counts: [String: (count: Int, plural: String)] = [:]
        for result in summary.results {
            let node = result.node
            let noun = node.kind == .model ? "\(node.materialization ?? "view") model" : Runner.noun(node.kind)
            counts[noun, default: (0, noun + "s")].count += 1
        }
        return counts.sorted { $0.key < $1.key }
            .map { Console.counted($0.value.count, $0.key, plural: $0.value.plural) }.joined(separator: ", ")
    }
}

