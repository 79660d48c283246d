/// When a test's failures count, and what becomes of them.
public struct TestExpectation: Hashable, Sendable {
    /// What too many failures are.
    public enum Severity: String, Sendable { case error, warn }

    /// What failures are.
    public var severity: Severity
    /// A condition on the number of failures, such as `!= 0` or `> 10`: an error when it holds.
    public var errorIf: String
    /// A condition on the number of failures: a warning when it holds.
    public var warnIf: String
    /// At most so many failures are counted.
    public var limit: Int?
    /// dbt's `where`: a condition in SQL on the columns of the relation; only rows for which it holds are tested.
    public var filter: String?
    /// How failures are counted: an aggregate in SQL over the rows that the test finds.
    public var failCalc: String
    /// What the test is called; nil is a name made of its kind, relation and arguments.
    public var name: String?
    /// Whether the rows found are kept, as a table in the schema `<target>_dbt_test__audit`.
    public var storesFailures: Bool

    /// By default any failure is an error, and none is kept.
    public init(
        severity: Severity = .error, errorIf: String = "!= 0", warnIf: String = "!= 0", limit: Int? = nil,
        where filter: String? = nil, failCalc: String = "COUNT(*)", storesFailures: Bool = false
    ) {
        self.severity = severity
        self.errorIf = errorIf
        self.warnIf = warnIf
        self.limit = limit
        self.filter = filter
        self.failCalc = failCalc
        self.storesFailures = storesFailures
    }

    static let countAll = "COUNT(*)"
}

/// A test that says when its failures count.
/// ```swift
/// .column(\.amount, "What was paid.", .notNull.warning, .accepted(atLeast: 0).where("STATUS = 'paid'"))
/// ```
public protocol Expecting {
    /// When failures count.
    var expectation: TestExpectation { get set }
}

extension Expecting {
    private func with(_ change: (inout TestExpectation) -> Void) -> Self {
        var copy = self
        change(&copy.expectation)
        return copy
    }

    /// The same test, with its own idea of when failures count.
    public func expecting(_ expectation: TestExpectation) -> Self { with { $0 = expectation } }
    /// The same test, whose failures are warnings.
    public var warning: Self { with { $0.severity = .warn } }
    /// The same test, an error only when a condition on the number of failures holds, such as `> 10`.
    public func error(if condition: String) -> Self { with { $0.errorIf = condition } }
    /// The same test, a warning only when a condition on the number of failures holds.
    public func warn(if condition: String) -> Self { with { $0.warnIf = condition } }
    /// The same test, counting at most so many failures.
    public func limited(to count: Int) -> Self { with { $0.limit = count } }
    /// The same test under another name, which two tests of one kind with equal arguments need.
    public func named(_ name: String) -> Self { with { $0.name = name } }
    /// The same test of only the rows for which a condition in SQL holds (dbt's `where`).
    public func `where`(_ condition: String) -> Self { with { $0.filter = condition } }
    /// The same test, which keeps the rows it finds (dbt's `store_failures`).
    public var storingFailures: Self { with { $0.storesFailures = true } }
}
