import Testing
import Trials

/// A few of the mutated statements that `torture parser` tries by the thousands.
@Suite struct ParserFuzzTests {
    @Test func mutatedStatements() throws {
        let report = try ParserTrial.run(first: 42, count: 2000, lanes: 1)
        #expect(report.failures == [])
        #expect(report.effective > 100)
    }
}
