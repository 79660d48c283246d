import WarehouseBasics

// What is said when all is done.
extension Runner {
    /// `Finished running …`, what failed, `Done.`.
    func report(_ summary: RunSummary) {
        console.line()
        let counts = Runner.counts(summary)
        console.emit(ConsoleEvent(
            "FinishedRunningStats", "E047", "Finished running \(counts)" + Console.duration(summary.elapsedTime),
            [("stat_line", .string(counts)), ("execution_time", .number(summary.elapsedTime))]))
        let failed = summary.results.filter { $0.status == .error || $0.status == .fail }
        let partial = summary.results.filter { $0.status == .partialSuccess }
        let warned = summary.results.filter { $0.status == .warn }
        console.line()
        var text = "Completed successfully"
        if !(failed.isEmpty && warned.isEmpty && partial.isEmpty) {
            text = "Completed with \(Console.counted(failed.count, "error")), "
                + "\(Console.counted(partial.count, "partial success", plural: "partial successes")), and "
                + "\(Console.counted(warned.count, "warning")):"
        }
        // dbt's words; it too has no others for a run that a program stops.
        if summary.wasCancelled { text = "Exited because of keyboard interrupt." }
        console.emit(ConsoleEvent("EndOfRunSummary", "Z030", text, [
            ("num_errors", .integer(failed.count)), ("num_warnings", .integer(warned.count)),
            ("num_partial_success", .integer(partial.count)), ("keyboard_interrupt", .bool(summary.wasCancelled)),
        ]))
        for result in failed { explain(result, "Failure") }
        for result in partial { explain(result, "Partial success") }
        for result in warned { explain(result, "Warning") }
        console.line()
        sayDone(summary)
    }

    private func sayDone(_ summary: RunSummary) {
        let parts: [(String, Int)] = [
            ("PASS", summary.count(.success, .pass)), ("WARN", summary.count(.warn)),
            ("ERROR", summary.count(.error, .fail, .partialSuccess)), ("SKIP", summary.count(.skipped)),
            ("NO-OP", summary.count(.noOp)), ("TOTAL", summary.results.count),
        ]
        let stats = parts.map { ($0 == "NO-OP" ? "noop" : $0.lowercased(), JSON.integer($1)) }
        console.emit(ConsoleEvent(
            "StatsLine", "Z023", "Done. " + parts.map { "\($0)=\($1)" }.joined(separator: " "),
            [("stats", .object(stats))]))
    }

    private func explain(_ result: NodeResult, _ word: String) {
        let node = result.node
        let isWarning = word == "Warning"
        console.line()
        console.emit(ConsoleEvent(
            isWarning ? "RunResultWarning" : "RunResultFailure", isWarning ? "Z021" : "Z022",
            "\(word) in \(node.kind.rawValue) \(node.name) (\(node.declaration))", level: isWarning ? .warn : .error,
            [("resource_type", .string(node.kind.rawValue)), ("node_name", .string(node.name)),
             ("path", .string(node.declaration)), ConsoleEvent.info(node, status: result.status.rawValue)]))
        let lines = result.message.split(separator: "\n", omittingEmptySubsequences: false)
        console.emit(ConsoleEvent(
            "RunResultError", "Z024", "  " + lines.joined(separator: "\n    "), level: isWarning ? .warn : .error,
            [("msg", .string(result.message)), ConsoleEvent.info(node, status: result.status.rawValue)]))
        if let path = result.compiledPath {
            console.line()
            console.emit(ConsoleEvent(
                "SQLCompiledPath", "Z026", "  compiled code at \(path)", [("path", .string(path))]))
        }
    }

    private static func noun(_ kind: ResourceKind) -> String {
        switch kind {
        case .test: "data test"
        case .unitTest: "unit test"
        case .operation: "project hook"
        default: kind.rawValue
        }
    }

    /// `1 incremental model, 6 table models, 13 view models`.
    private static func counts(_ summary: RunSummary) -> String {
        var counts: [String: Int] = [:]
        for result in summary.results {
            let node = result.node
            let noun = node.kind == .model ? "\(node.materialization ?? "view") model" : Runner.noun(node.kind)
            counts[noun, default: 0] += 1
        }
        // dbt sorts by its own word for each: a data test is a test.
        func word(_ noun: String) -> String { noun == Runner.noun(.test) ? "test" : noun }
        return counts.sorted { word($0.key) < word($1.key) }.map { Console.counted($0.value, $0.key) }.joined(separator: ", ")
    }
}

