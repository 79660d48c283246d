import WarehouseBasics
import WarehouseSQL

/// How fresh one source was found.
struct FreshnessResult {
    var result: NodeResult
    var freshness: Freshness
    /// Nanoseconds since 1970 UTC; nil when the source holds no row.
    var newest: Int128?
    var now: Int128
}

extension Runner {
    /// Looks how old the newest rows of the selected sources are, of those that say how old they may be.
    public func freshness() throws -> RunSummary {
        let start = options.clock.now()
        begin()
        let (ids, unmatched) = try resolved()
        warn(unmatched)
        let sources = graph.nodes.filter { ids.contains($0.id) && $0.configuration.freshness != nil }
        var found: [FreshnessResult] = []
        if sources.isEmpty { sayNothingToDo() } else { console.line() }
        for (index, node) in sources.enumerated() {
            let name = "freshness of \(node.schema.lowercased()).\(node.name)"
            console.progress("START \(name)", index: index + 1, total: sources.count, status: "RUN")
            let one = look(at: node)
            let (word, status) = switch one.result.status {
            case .pass: ("PASS", "PASS")
            case .warn: ("WARN", "WARN")
            default: one.result.message.isEmpty ? ("ERROR STALE", "ERROR STALE") : ("ERROR", "ERROR")
            }
            console.progress(
                "\(word) \(name)", index: index + 1, total: sources.count, status: status,
                seconds: one.result.executionTime,
                as: ConsoleEvent("LogFreshnessResult", "Q018", level: status == "PASS" ? .info : .warn, [
                    ("source_name", .string(node.schema.lowercased())), ("table_name", .string(node.name)),
                    ConsoleEvent.info(node, status: one.result.status.rawValue),
                ]))
            if !one.result.message.isEmpty { console.line("  " + one.result.message) }
            found.append(one)
            noteCancellation()
            if wasCancelled { break }
        }
        var summary = RunSummary(
            results: found.map(\.result), elapsedTime: Double(options.clock.now() - start) / 1_000_000_000)
        summary.wasCancelled = wasCancelled
        console.line("Done.")
        if let root = options.targetPath {
            let now = options.clock.now()
            let metadata = ArtifactMetadata(
                version: options.version, project: project.name, invocationID: console.invocationID, time: now,
                startedAt: start)
            let artifact = SourcesArtifact(results: found, elapsedTime: summary.elapsedTime, metadata: metadata)
            try TextFile.write(graph.secrets.masked(artifact.json).text, to: root + "/sources.json")
        }
        return summary
    }

    private func look(at node: Node) -> FreshnessResult {
        let started = options.clock.now()
        let freshness = node.configuration.freshness ?? Freshness()
        var found = FreshnessResult(
            result: NodeResult(node: node, status: .pass, message: "", startedAt: started, completedAt: started),
            freshness: freshness, newest: nil, now: target.now())
        do {
            found.newest = try newest(of: node, freshness)
            let age = found.newest.map { Double(found.now - $0) / 1e9 } ?? .infinity
            if let limit = freshness.errorAfter, age > limit.seconds {
                found.result.status = .error
            } else if let limit = freshness.warnAfter, age > limit.seconds {
                found.result.status = .warn
            }
        } catch {
            noteCancellation(error)
            found.result.status = .error
            found.result.message = Runner.message(error)
        }
        found.result.completedAt = options.clock.now()
        return found
    }

    /// The point of time of the newest row.
    private func newest(of node: Node, _ freshness: Freshness) throws -> Int128? {
        guard let name = node.relation else { return nil }
        let newest: Expression
        var from: [TableExpression] = []
        var filter: Expression?
        if let text = node.configuration.loadedAtQuery {
            newest = Expression(.subquery(try Parser.parseQuery(Hook.text(text, this: name))))
        } else {
            guard let column = node.configuration.loadedAt else {
                if let time = try target.lastAltered(name) { return time }
                throw WarehouseError(
                    .model, "\(name) is no table whose changes are kept: its source needs loadedAt, the column that says "
                        + "when a row was loaded, or loadedAtQuery.")
            }
            newest = SyntaxTree.call("MAX", Expression(.column([Identifier(name: column)])))
            from = [SyntaxTree.table(Lowering.reference(name))]
            filter = try freshness.filter.map(Parser.parseExpression)
        }
        let select = SyntaxTree.select(
            [(SyntaxTree.call("DATE_PART", SyntaxTree.text("EPOCH_NANOSECOND"), newest), as: "NEWEST")],
            from: from, where: filter)
        let rows = try target.rows(of: WarehouseSQL.Query(body: .select(select))).rows
        return rows.first?.first.flatMap { $0 }.flatMap { Int128($0) }
    }
}

/// sources.json in dbt's schema v3.
struct SourcesArtifact {
    let results: [FreshnessResult]
    let elapsedTime: Double
    let metadata: ArtifactMetadata

    var json: JSON {
        .record([
            "metadata": metadata.json(schema: "sources/v3"),
            "results": .array(results.map(json)),
            "elapsed_time": .number(elapsedTime),
        ])
    }

    private func json(_ found: FreshnessResult) -> JSON {
        guard let newest = found.newest else {
            return .record([
                "unique_id": .string(found.result.node.id),
                "error": .string(found.result.message.isEmpty ? "The source holds no row." : found.result.message),
                "status": .string("runtime error"),
            ])
        }
        let started = JSON.string(ArtifactMetadata.text(found.result.startedAt))
        let completed = JSON.string(ArtifactMetadata.text(found.result.completedAt))
        let age = Double(found.now - newest) / 1e9
        let timing: [JSON] = [
            .record(["name": .string("compile"), "started_at": started, "completed_at": started]),
            .record(["name": .string("execute"), "started_at": started, "completed_at": completed]),
        ]
        return .record([
            "unique_id": .string(found.result.node.id), "max_loaded_at": .string(ArtifactMetadata.text(newest)),
            "snapshotted_at": .string(ArtifactMetadata.text(found.now)),
            "max_loaded_at_time_ago_in_s": .number(age),
            "status": .string(found.result.status.rawValue), "criteria": SourcesArtifact.criteria(found.freshness),
            "adapter_response": .object([]),
            "timing": .array(timing),
            "thread_id": .string("Thread-1"), "execution_time": .number(found.result.executionTime),
        ])
    }

    /// How manifest and results write what a source may be.
    static func criteria(_ freshness: Freshness) -> JSON {
        func age(_ age: Freshness.Age?) -> JSON {
            .record(["count": age.map { .integer($0.count) } ?? .null, "period": .optional(age?.period.rawValue)])
        }
        return .record([
            "warn_after": age(freshness.warnAfter), "error_after": age(freshness.errorAfter),
            "filter": .optional(freshness.filter),
        ])
    }
}
