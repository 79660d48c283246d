import Testing
import Trials

/// A few of the random queries and changes that `torture differential` compares with SQLite in thousands.
@Suite struct DifferentialTests {
    private static let seed: UInt64 = 20_260_000

    @Test func queriesAgree() throws {
        try expectAgreement(DifferentialTrial.queries(first: Self.seed, count: 200))
    }

    @Test func changesAgree() throws {
        try expectAgreement(DifferentialTrial.changes(first: Self.seed, count: 40))
    }

    private func expectAgreement(_ report: TrialReport) {
        if let reason = report.skipped { print("SKIPPED: \(reason).") }
        #expect(report.failures == [])
        #expect(report.cases > 0 || report.skipped != nil)
    }
}
