#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseBasics

/// How a node came out in one run.
public struct NodeRun: Sendable {
    /// The node's id.
    public var node: String
    /// `success`, `error`, `pass`, `fail`, `warn`, `skipped`, …
    public var status: String
    /// When it was done: `2026-01-04T19:12:43.000000Z`.
    public var completedAt: String
    /// Seconds.
    public var seconds: Double
    /// Of a test.
    public var failures: Int?
    /// The error, or what the console printed.
    public var message: String
    /// The id of the run that it was part of.
    public var invocation: String
}

/// How nodes came out in the runs of the past: `run_history.jsonl` below the target path, a line for each node and run,
/// oldest first. run_results.json tells of the last run only.
public struct RunHistory: Sendable {
    static let fileName = "run_history.jsonl"
    /// A longer file is cut to its newer half.
    static let maximumBytes = 4 << 20

    /// Oldest first.
    public let runs: [NodeRun]

    /// Reads the history below a target path; lines that are damaged are left out. No file is no history.
    public init(folder: String) {
        let text = (try? TextFile.read("\(folder)/\(RunHistory.fileName)")) ?? ""
        runs = text.split(separator: "\n").compactMap { line in
            guard let json = try? JSON(parsing: String(line)), let node = json["node"].string,
                  let status = json["status"].string, let at = json["at"].string else { return nil }
            var seconds = 0.0, failures: Int?
            switch json["seconds"] {
            case .number(let value): seconds = value
            case .integer(let value): seconds = Double(value)
            default: break
            }
            if case .integer(let value) = json["failures"] { failures = value }
            return NodeRun(
                node: node, status: status, completedAt: at, seconds: seconds, failures: failures,
                message: json["message"].string ?? "", invocation: json["invocation"].string ?? "")
        }
    }

    /// The last run of each node, by its id.
    public var last: [String: NodeRun] {
        var found: [String: NodeRun] = [:]
        for run in runs { found[run.node] = run }
        return found
    }

    /// Adds what a run did. What cannot be kept is not worth failing a run that has been done.
    static func add(_ summary: RunSummary, invocation: String, folder: String, secrets: SecretVariables) {
        var lines = ""
        for result in summary.results {
            lines += JSON.object([
                ("node", .string(result.node.id)), ("status", .string(result.status.rawValue)),
                ("at", .string(ArtifactMetadata.text(result.completedAt))), ("seconds", .number(result.executionTime)),
                ("failures", result.failures.map(JSON.integer) ?? .null),
                ("message", .string(String(secrets.masked(result.message).prefix(500)))), ("invocation", .string(invocation)),
            ]).text + "\n"
        }
        guard !lines.isEmpty else { return }
        let path = "\(folder)/\(fileName)"
        if let old = try? TextFile.read(path), old.utf8.count > maximumBytes {
            let newer = old.utf8.suffix(maximumBytes / 2)
            let whole = newer.drop { $0 != UInt8(ascii: "\n") }.dropFirst()
            try? TextFile.write(String(decoding: whole, as: UTF8.self) + lines, to: path)
            return
        }
        guard let file = fopen(path, "a") else { return }
        let bytes = Array(lines.utf8)
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
    }
}

/// What `source freshness` last found of a source.
public struct SourceAge: Sendable {
    /// `pass`, `warn`, `error`, `runtime error`.
    public var status: String
    /// When its newest row was loaded.
    public var newest: String?

    /// What sources.json below a target path says, by the sources' ids; nothing without one.
    public static func all(folder: String) -> [String: SourceAge] {
        guard let text = try? TextFile.read(folder + "/sources.json"), let json = try? JSON(parsing: text) else {
            return [:]
        }
        var found: [String: SourceAge] = [:]
        for result in json["results"].elements {
            guard let id = result["unique_id"].string, let status = result["status"].string else { continue }
            found[id] = SourceAge(status: status, newest: result["max_loaded_at"].string)
        }
        return found
    }
}
