import WarehouseBasics

extension Runner {
    /// Writes manifest.json and run_results.json below the target path, where there is one.
    func writeArtifacts(_ command: String, _ summary: RunSummary) throws {
        guard let root = options.targetPath else { return }
        let now = options.clock.now()
        let metadata = ArtifactMetadata(
            version: options.version, project: project.name, invocationID: console.invocationID, time: now,
            startedAt: now - Int128(summary.elapsedTime * 1e9))
        let manifest = Manifest(graph: graph, metadata: metadata, adapter: "snowflake")
        let secrets = graph.secrets
        try TextFile.write(secrets.masked(try manifest.json()).text, to: root + "/manifest.json")
        guard command != "compile" || !summary.results.isEmpty else { return }
        let results = RunResults(
            summary: summary, command: command, project: project, options: options, metadata: metadata)
        try TextFile.write(secrets.masked(results.json).text, to: root + "/run_results.json")
        RunHistory.add(summary, invocation: console.invocationID, folder: root, secrets: secrets)
    }
}
