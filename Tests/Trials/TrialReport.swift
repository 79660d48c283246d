/// What a run of random cases found.
public struct TrialReport: Sendable {
    /// Cases that were run.
    public var cases = 0
    /// Cases of them that reached what the trial is about: statements that parsed, files that could be read.
    public var effective = 0
    public private(set) var failureCount = 0
    /// The first failures, each with the seed that brings it back.
    public private(set) var failures: [String] = []
    /// Why nothing was run, where the machine lacks something.
    public var skipped: String?

    public init() {}

    static let keptFailures = 20

    public mutating func fail(_ text: @autoclosure () -> String) {
        failureCount += 1
        if failures.count < Self.keptFailures { failures.append(text()) }
    }

    public mutating func check(_ isRight: Bool, _ text: @autoclosure () -> String) {
        if !isRight { fail(text()) }
    }

    public static func += (total: inout TrialReport, part: TrialReport) {
        total.cases += part.cases
        total.effective += part.effective
        total.failureCount += part.failureCount
        total.failures += part.failures.prefix(keptFailures - min(keptFailures, total.failures.count))
        total.skipped = total.skipped ?? part.skipped
    }
}
