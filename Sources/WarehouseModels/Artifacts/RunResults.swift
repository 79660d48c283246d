import WarehouseBasics

/// run_results.json in dbt's schema v6.
struct RunResults {
    let summary: RunSummary
    let command: String
    let project: Project
    let options: RunOptions
    let metadata: ArtifactMetadata

    var json: JSON {
        .record([
            "metadata": metadata.json(schema: "run-results/v6"),
            "results": .array(summary.results.map(result)),
            "elapsed_time": .number(summary.elapsedTime),
            "args": RunArguments.json(command: command, project: project, options: options),
        ])
    }

    private func result(_ result: NodeResult) -> JSON {
        let started = JSON.string(ArtifactMetadata.text(result.startedAt))
        let timing: [JSON] = result.status == .skipped ? [] : [
            .record(["name": .string("compile"), "started_at": started, "completed_at": started]),
            .record(["name": .string("execute"), "started_at": started,
             "completed_at": .string(ArtifactMetadata.text(result.completedAt))]),
        ]
        let response: JSON = result.status == .success
            ? .record(["_message": .string(result.message), "rows_affected": .integer(result.rowsAffected)]) : .object([])
        return .record([
            "status": .string(result.status.rawValue),
            "timing": .array(timing),
            "thread_id": .string("Thread-1"),
            "execution_time": .number(result.executionTime),
            "adapter_response": response,
            "message": result.message.isEmpty ? .null : .string(result.message),
            "failures": result.failures.map(JSON.integer) ?? .null,
            "unique_id": .string(result.node.id),
            "compiled": .bool(result.compiledSQL != nil),
            "compiled_code": .optional(result.compiledSQL),
            "relation_name": .optional(result.node.relation?.description),
            "batch_results": result.batches.map(RunResults.batches) ?? .null,
        ])
    }

    private static func batches(_ results: BatchResults) -> JSON {
        func list(_ ranges: [TimeRange]) -> JSON {
            .array(ranges.map {
                .strings([ArtifactMetadata.text($0.start.nanoseconds), ArtifactMetadata.text($0.end.nanoseconds)])
            })
        }
        return .record(["successful": list(results.successful), "failed": list(results.failed)])
    }
}
