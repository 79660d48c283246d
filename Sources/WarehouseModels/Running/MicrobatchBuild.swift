import WarehouseBasics
import WarehouseSQL

/// Which batches of microbatch models are built.
struct BatchOptions {
    /// Where the batches begin and end, where the command says so.
    var start: LocalDateTime?
    var end: LocalDateTime?
    /// The only batches, while a run is repeated.
    var retried: [TimeRange]?
    /// Told of each batch before it is built and after, then with what it came to.
    var report: (BatchReport) -> Void = { _ in }
}

/// A batch that starts, or is done.
struct BatchReport {
    var name: String
    var index: Int
    var count: Int
    /// nil while it runs.
    var end: (rows: Int, error: String?)?
}

/// What became of the batches of a model.
struct BatchResults: Equatable, Sendable {
    var successful: [TimeRange] = []
    var failed: [TimeRange] = []
    /// The run was cancelled in the midst of them: those that were not built are among the failed, for a retry.
    var wasCancelled = false
}

extension Materializer {
    /// Builds batch after batch, each in one transaction. A batch that fails leaves what is there of its time, and the
    /// others go on; without a table to add to, a first batch that fails ends it. Throws when none succeeds.
    func buildBatches(
        _ microbatch: Microbatch, _ onSchemaChange: OnSchemaChange, of model: ModelContent, _ name: ObjectName,
        existing: TargetRelation?, definitions: [ColumnDefinition]
    ) throws -> BuildOutcome {
        let isKept = existing?.isView == false && !isFullRefresh
        var isIncremental = isKept
        let ranges = try batches.retried ?? microbatch.batches(
            isIncremental: isIncremental, from: batches.start, to: batches.end,
            now: LocalDateTime(nanoseconds: target.now()))
        var results = BatchResults()
        var rows = 0
        var failure: (any Error)?
        for (index, range) in ranges.enumerated() {
            var report = BatchReport(name: microbatch.name(of: range), index: index + 1, count: ranges.count)
            batches.report(report)
            var one = self
            one.graph.lowering.inputs = graph.lowering.inputs.limited(to: range)
            do {
                let isFirst = !isIncremental
                let count = try target.atomically {
                    guard isFirst else {
                        return try one.add(range, .microbatch(microbatch), onSchemaChange, of: model, name)
                    }
                    try createTable(
                        name, try one.graph.lowering.lower(model.full.tree), replacing: existing, definitions)
                    return 1
                }
                isIncremental = true
                rows += count
                results.successful.append(range)
                report.end = (count, nil)
            } catch {
                failure = failure ?? error
                results.failed.append(range)
                report.end = (0, Runner.message(error))
                results.wasCancelled = Runner.isCancellation(error)
            }
            batches.report(report)
            if results.wasCancelled { results.failed += ranges[(index + 1)...] }
            if results.wasCancelled || !isIncremental { break }
        }
        if let failure, results.successful.isEmpty { throw failure }
        let whole = results.failed.isEmpty
        return BuildOutcome(
            message: whole ? "SUCCESS" : "PARTIAL SUCCESS (\(results.successful.count)/\(ranges.count))",
            rowsAffected: rows, batches: results, isKept: isKept)
    }

    private func add(
        _ range: TimeRange, _ strategy: ModelKind.Strategy, _ onSchemaChange: OnSchemaChange, of model: ModelContent,
        _ name: ObjectName
    ) throws -> Int {
        guard let existing = try target.relation(name) else {
            throw WarehouseError(.model, "The table \(name) has gone while its batches were built.")
        }
        return try IncrementalBuild(
            name: name, strategy: strategy, onSchemaChange: onSchemaChange, existing: existing,
            query: try graph.lowering.lower(model.incremental.tree), target: target, predicate: model.predicate,
            batch: range).run().rowsAffected
    }
}
