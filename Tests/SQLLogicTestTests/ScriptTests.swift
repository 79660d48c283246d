import Testing
@testable import SQLLogicTest

/// An engine that knows a few answers by heart.
private final class CannedEngine: TestEngine, TestConnection {
    struct Refusal: Error, CustomStringConvertible { let description: String }
    var log: [String] = []
    var restarts = 0
    private var session = "main"

    func connection(named name: String?) throws -> any TestConnection {
        session = name ?? "main"
        return self
    }

    func restart() throws { restarts += 1 }

    func execute(_ sql: String) throws -> TestAnswer {
        log.append("\(session): \(sql)")
        switch sql {
        case "numbers": return TestAnswer(columns: ["A", "B"], rows: [["2", "b"], ["1", nil], ["10", ""]])
        case "real": return TestAnswer(columns: ["A"], rows: [["1.5"], ["0.66666667"]])
        case "insert": return TestAnswer(columns: ["number of rows inserted"], rows: [["3"]], changedRows: 3)
        case "bool": return TestAnswer(columns: ["A"], rows: [["true"]])
        case "fails":
            throw Refusal(description: "002003 (42S02): SQL compilation error:\nObject 'X' does not exist.")
        default: return TestAnswer(columns: ["status"], rows: [["ok"]])
        }
    }
}

@Suite struct ScriptTests {
    private func run(
        _ script: String, accepting: Bool = false, included: [String: String] = [:]
    ) -> (report: ScriptReport, engine: CannedEngine, runner: ScriptRunner) {
        let engine = CannedEngine()
        let runner = ScriptRunner(
            file: "t.slt", engine: engine, variables: ["X": "42"], isAccepting: accepting,
            readFile: { included[$0] ?? script })
        return (runner.run(), engine, runner)
    }

    @Test func answersByValueAndByRow() {
        let (report, _, _) = run("""
            # a value a line, sorted by rows as texts: 1, 10, 2
            query IT rowsort
            numbers
            ----
            1
            NULL
            10
            (empty)
            2
            b

            query IT
            numbers
            ----
            2\tb
            1\tNULL
            10\t(empty)

            query IT valuesort
            numbers
            ----
            (empty)
            1
            10
            2
            NULL
            b
            """)
        #expect(report.failures.map(\.description) == [])
        #expect(report.passed == 3)
    }

    @Test func realsRoundAsPrintfOrStayAsText() {
        let (report, _, _) = run("query R\nreal\n----\n1.500\n0.667\n\nquery R\nreal\n----\n1.5\n0.66666667\n")
        #expect(report.passed == 2 && report.failures.isEmpty)
    }

    @Test func patternsStandForValues() {
        let (report, _, _) = run("query IT\nnumbers\n----\n2\t<REGEX>:[a-c]\n<REGEX>:\\d\tNULL\n10\t<REGEX>:x\n")
        #expect(report.failures.map(\.description) == [
            "t.slt:1: failed\n    numbers\n    2\t<REGEX>:[a-c]\n    <REGEX>:\\d\tNULL\n"
                + "  - 10\t<REGEX>:x\n  + 10\t(empty)",
        ])
    }

    @Test func booleansAreOneAndZeroInI() {
        let (report, _, _) = run("query I\nbool\n----\n1\n\nquery T\nbool\n----\ntrue\n")
        #expect(report.passed == 2 && report.failures.isEmpty)
    }

    /// md5sum of `1\nNULL\n10\n(empty)\n2\nb\n`.
    @Test func hashedAnswers() {
        let good = run("query IT rowsort\nnumbers\n----\n6 values hashing to 0da684757c6b2f1a922594d6e46d33ed\n").report
        let bad = run("query IT rowsort\nnumbers\n----\n6 values hashing to 00000000000000000000000000000000\n").report
        #expect(good.failures.map(\.description) == [])
        #expect(bad.failures.count == 1)
    }

    @Test func differencesAreShownLineByLine() {
        let (report, _, _) = run("query IT\nnumbers\n----\n2\tb\n3\tNULL\n10\t(empty)\n")
        #expect(report.failures.map(\.description) == [
            "t.slt:1: failed\n    numbers\n    2\tb\n  - 3\tNULL\n  + 1\tNULL\n    10\t(empty)",
        ])
    }

    @Test func errorsAreMatched() {
        let (report, _, _) = run("""
            statement error
            fails

            statement error # a remark
            fails

            statement error 42S02.*compilation
            fails

            statement error
            fails
            ----
            Object 'X'   does not
            exist

            query error no such thing
            fails

            statement error
            fine

            statement ok
            fails
            """)
        #expect(report.passed == 4)
        #expect(report.failures.map(\.line) == [16, 19, 22])
    }

    @Test func countsConditionsAndHalt() {
        let (report, engine, _) = run("""
            statement count 3
            insert

            statement count 2
            insert

            onlyif sqlite
            statement ok
            never

            skipif mlwh
            statement ok
            never

            onlyif mlwh
            statement ok con1
            own

            connection two
            statement ok
            once

            restart

            statement ok
            after

            halt

            statement ok
            never
            """)
        #expect(report.passed == 4)
        #expect(report.failures.map(\.line) == [4])
        #expect(engine.log == ["main: insert", "main: insert", "con1: own", "two: once", "main: after"])
        #expect(engine.restarts == 1)
    }

    @Test func loopsAndVariables() {
        let (report, engine, _) = run("""
            loop i 0 2

            foreach t a b

            statement ok
            put ${i} ${t} ${X} ${unknown}

            endloop

            endloop
            """)
        #expect(report.failures.isEmpty)
        #expect(engine.log == [
            "main: put 0 a 42 ${unknown}", "main: put 0 b 42 ${unknown}", "main: put 1 a 42 ${unknown}",
            "main: put 1 b 42 ${unknown}",
        ])
    }

    @Test func bareNamesInLoops() {
        let (report, engine, _) = run("""
            statement ok
            put $i $X

            loop i 0 1

            foreach word ${i}a ${i}b

            statement ok
            put $i $word $words $1 $$i$$ $X

            endloop

            endloop

            control substitution on

            statement ok
            put $X $i
            """)
        #expect(report.failures.isEmpty)
        #expect(engine.log == [
            "main: put $i $X", "main: put 0 0a $words $1 $$i$$ $X", "main: put 0 0b $words $1 $$i$$ $X",
            "main: put 42 $i",
        ])
    }

    @Test func patternsOfErrorsAndAntipatterns() {
        let (report, _, _) = run("""
            statement error
            fails
            ----
            <REGEX>:.*Object '.' does not.*

            statement error
            fails
            ----
            <!REGEX>:syntax

            statement error
            fails
            ----
            <!REGEX>:compilation

            query R
            real
            ----
            <!REGEX>:9.*
            <REGEX>:0\\.6+7

            query R
            real
            ----
            <!REGEX>:1.*
            <REGEX>:0\\.6+7
            """)
        #expect(report.passed == 3)
        #expect(report.failures.map(\.line) == [11, 22])
    }

    @Test func includedScriptsSpeakForThemselves() {
        let included = ["part.slt": "\n\nquery T\nbool\n----\nfalse\n"]
        let (report, _, runner) = run("include part.slt\n\nquery T\nbool\n----\nfalse\n", accepting: true, included: included)
        // What the included script answers is not written to the one that includes it.
        #expect(report.failures.map(\.file) == ["part.slt"])
        #expect(report.failures.map(\.line) == [3])
        #expect(runner.acceptedAnswers.mapValues(\.lines) == [6: ["true"]])
    }

    @Test func skippedModesAndMaybe() {
        let (report, engine, _) = run("""
            mode skip

            statement ok
            never

            mode unskip

            statement maybe
            fails

            hash-threshold 2

            query IT nosort
            numbers
            ----
            6 values hashing to 8b9b8d3aa5a2f2c1b3ee4a1f6a4a4b11
            """)
        #expect(engine.log == ["main: fails", "main: numbers"])
        #expect(report.passed == 1 && report.failures.map(\.line) == [13])
    }

    @Test func unreadableScripts() {
        #expect(run("statment ok\nx\n").report.failures.map(\.line) == [1])
        #expect(run("\nloop i 0 2\n\nstatement ok\nx\n").report.failures.map(\.line) == [2])
        #expect(run("require parquet\n\nstatement ok\nx\n").report.skipped == "requires parquet")
    }

    @Test func carriageReturnsAreLineEnds() {
        let (report, engine, _) = run("statement ok\r\na\r\nb\r\n\r\nquery I\r\nbool\r\n----\r\n1\r\n")
        #expect(report.passed == 2)
        #expect(engine.log == ["main: a\nb", "main: bool"])
    }

    @Test func answersAreRewritten() {
        let script = "# head\nquery IT\nnumbers\n----\n1\n2\n\nquery R\nreal\n----\n\n# tail\n"
        let (report, _, runner) = run(script, accepting: true)
        #expect(report.failures.isEmpty)
        #expect(AnswerRewriter.rewrite(script, answers: runner.acceptedAnswers) ==
            "# head\nquery IT\nnumbers\n----\n2\tb\n1\tNULL\n10\t(empty)\n\n"
            + "query R\nreal\n----\n1.5\n0.66666667\n\n# tail\n")
    }

    @Test func equalLabelsWantEqualAnswers() {
        let script = "query R nosort same\nreal\n\n"
        let (report, _, _) = run(script + script + "query I nosort same\nbool\n")
        #expect(report.passed == 2)
        #expect(report.failures.map(\.line) == [7])
    }
}
