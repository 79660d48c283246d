import MiniWarehouse
import WarehouseBasics

/// Runs sqllogictest scripts, each in a fresh temporary warehouse: what the `slt` command does.
public struct SQLLogicTest {
    /// Rewrites the answers that differ.
    public var isAccepting = false
    /// Told of each script's report as it ends.
    public var onReport: (_ file: String, _ report: ScriptReport) -> Void = { _, _ in }
    /// What `${NAME}` stands for in a script, beside TEST_DIR.
    public var variables: [String: String] = [:]
    /// The names by which `onlyif` and `skipif` mean this engine.
    public var engineNames: Set<String> = ["mlwh"]
    /// What `require` may ask for: words of DuckDB's scripts that mean nothing that is missing here.
    public var features: Set<String> = ["64bit", "noforcestorage", "nothreadsan", "skip_reload", "vector_size"]

    public init() {}

    /// Runs one script, and rewrites it when accepting.
    public func run(_ file: String) -> ScriptReport {
        var report = ScriptReport()
        do {
            // The warehouse lies beside the scratch directory, so that a script may list what it wrote there.
            let directory = try TemporaryDirectory(prefix: "slt")
            let engine = try WarehouseTestEngine(path: directory.path + "/warehouse.mlwh")
            var variables = variables
            variables["TEST_DIR"] = directory.path
            let runner = ScriptRunner(
                file: file, engine: engine, engineNames: engineNames, features: features, variables: variables,
                isAccepting: isAccepting, readFile: TextFile.read)
            report = runner.run()
            if isAccepting, !runner.acceptedAnswers.isEmpty {
                try TextFile.write(
                    AnswerRewriter.rewrite(TextFile.read(file), answers: runner.acceptedAnswers), to: file)
            }
        } catch {
            report.failures.append(ScriptReport.Failure(file: file, line: 0, sql: "", detail: "  \(error)"))
        }
        onReport(file, report)
        return report
    }
}
