import WarehouseBasics

/// How a command of a project is run.
public struct RunOptions: Sendable {
    /// Which nodes the command is for.
    public var selection = Selection()
    /// Build incremental models and seeds anew.
    public var isFullRefresh = false
    /// Stop at the first failure.
    public var failsFast = false
    /// The folder of an earlier run's artifacts, which `state:`, `result:` and deferral compare with.
    public var statePath: String?
    /// Read nodes that are not selected, and are not there, where the earlier run has built them.
    public var defersToState = false
    /// Read nodes that are not selected where the earlier run has built them, even when they are there.
    public var favorsState = false
    /// Leave out nodes whose query, configuration and inputs are as they were when they last ran and went well, and
    /// whose relation nobody has changed since. What was made of what is kept below the target path.
    public var skipsUnchanged = false
    /// Which rows of their inputs models read.
    public var inputs = InputFilter.all
    /// Where the batches of microbatch models begin, in place of what follows from what is there.
    public var eventTimeStart: LocalDateTime?
    /// Where the batches of microbatch models end, in place of now.
    public var eventTimeEnd: LocalDateTime?
    /// Where artifacts and compiled SQL go; nil writes no files.
    public var targetPath: String?
    /// The version that console and artifacts name.
    public var version = "0.1.0"
    /// What the console's times are read off. What snapshots are stamped with is the target's.
    public var clock: any WarehouseClock = SystemClock()

    /// Everything, as it stands above.
    public init() {}
}

/// How a node came out.
public enum NodeStatus: String, Sendable {
    case success, error, skipped, pass, fail, warn
    /// Some batches of a microbatch model were built, some failed.
    case partialSuccess = "partial success"
    /// Nothing was to be done.
    case noOp = "no-op"

    /// Whether those that read the node must not run.
    public var blocks: Bool { isFailure || self == .skipped }
    /// Whether the command has failed.
    public var isFailure: Bool { self == .error || self == .fail || self == .partialSuccess }
}

/// One node's part in a run.
public struct NodeResult: Sendable {
    /// The node that ran.
    public var node: Node
    /// How it came out.
    public var status: NodeStatus
    /// What the console prints in brackets, or the error.
    public var message: String
    /// Of a test.
    public var failures: Int?
    /// Rows inserted, updated and deleted.
    public var rowsAffected = 0
    /// Nanoseconds since 1970 by the console's clock.
    public var startedAt: Int128
    /// When it was done, by the console's clock.
    public var completedAt: Int128
    /// Of a microbatch model.
    var batches: BatchResults?
    /// What ran.
    public var compiledSQL: String?
    /// The file that holds what ran, where one was written.
    public var compiledPath: String?

    /// Seconds.
    public var executionTime: Double { Double(completedAt - startedAt) / 1_000_000_000 }
}

/// What a command did.
public struct RunSummary: Sendable {
    /// In the order run.
    public var results: [NodeResult]
    /// Seconds.
    public var elapsedTime: Double
    /// It was cancelled before its end: nodes that had not run then count as skipped.
    public var wasCancelled = false

    /// Of a command that runs no nodes, nothing.
    public init(results: [NodeResult] = [], elapsedTime: Double = 0) {
        self.results = results
        self.elapsedTime = elapsedTime
    }

    /// 0 when all went well, warnings included; 1 when a node failed, and when the run was cancelled.
    public var exitStatus: Int32 { wasCancelled || results.contains(where: \.status.isFailure) ? 1 : 0 }

    /// How many came out in one of these ways.
    public func count(_ statuses: NodeStatus...) -> Int { results.count { statuses.contains($0.status) } }
}
