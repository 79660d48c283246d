import MiniWarehouse
import Synchronization
import TestSupport
import Testing
import WarehouseBasics
import WarehouseIngest
@testable import WarehouseCommands

@Suite struct SQLCommandTests {
    @Test func scriptsStopAtTheFirstError() throws {
        let bench = try CommandBench()
        let script = """
            CREATE TABLE t (a INT);
            INSERT INTO t VALUES (1);
            SELECT a FROM t;
            SELECT nope FROM t;
            DROP TABLE t;
            """
        let error = try #require(throws: ScriptError.self) { try bench.runner(.csv).run(script, source: ScriptSource(name: "'x.sql'")) }
        #expect(error.error.code == "000904")
        #expect(error.error.span?.line == 4)
        #expect(error.source == "'x.sql'")
        #expect(error.excerpt == "  SELECT nope FROM t;\n         ^")
        #expect(bench.output.text == "status\nTable T successfully created.\n\nnumber of rows inserted\n1\n\nA\n1\n")
        #expect(bench.diagnostics.text.isEmpty)
        #expect(try bench.printed("SELECT * FROM t", as: .csv) == "A\n1\n")
    }

    /// What cannot be read stops a script only when its turn comes.
    @Test func statementsAreReadOneByOne() throws {
        let bench = try CommandBench()
        let error = try #require(throws: WarehouseError.self) {
            try bench.runner(.jsonl).run("SELECT 1 AS a; SELEC 2; SELECT 3")
        }
        #expect(error.code == "001003")
        #expect(bench.output.text == "{\"A\":1}\n")
    }

    @Test func timingsGoToDiagnostics() throws {
        let bench = try CommandBench()
        try bench.runner(.csv, showsTiming: true).run("SELECT 1 AS a; SELECT 2 AS b")
        #expect(bench.output.text == "A\n1\n\nB\n2\n")
        let timings = lines(bench.diagnostics.text)
        #expect(timings.count == 3 && timings.dropLast().allSatisfy { $0.hasPrefix("Time: ") && $0.hasSuffix("s") })
    }

    // MARK: Options

    @Test func theWarehouseIsFoundByItsOptions() throws {
        let directory = try ScratchDirectory()
        let path = directory.path + "/w"
        #expect(try WarehouseArguments.parse(["-d", path]).path == path)
        #expect(try WarehouseArguments.parse(["--database", path]).path == path)

        let missing = try WarehouseArguments.parse(["-d", path, "--readonly"])
        #expect(throws: WarehouseError.self) { try missing.open() }
        let unmade = try WarehouseArguments.parse(["-d", path])
        #expect(throws: WarehouseError.self) { try unmade.open(createIfMissing: false) }

        let session = try WarehouseArguments.parse(["-d", path]).openSession()
        #expect(session.currentSchema == ("MAIN", "PUBLIC"))
        try session.execute("CREATE DATABASE d; CREATE SCHEMA s; CREATE SCHEMA \"low\"")
        #expect(try WarehouseArguments.parse(["-d", path, "--use", "d"]).openSession().currentSchema == ("D", "PUBLIC"))
        #expect(try WarehouseArguments.parse(["-d", path, "--use", "d.s"]).openSession().currentSchema == ("D", "S"))
        #expect(try WarehouseArguments.parse(["-d", path, "--use", "D.\"low\""]).openSession().currentSchema
            == ("D", "low"))
        let wrong = try WarehouseArguments.parse(["-d", path, "--use", "d.none"])
        #expect(throws: WarehouseError.self) { try wrong.openSession() }

        let reader = try WarehouseArguments.parse(["-d", path, "--readonly", "--threads", "2", "--busy-timeout", "0"])
        let warehouse = try reader.open()
        #expect(warehouse.options.isReadOnly && warehouse.options.threads == 2 && warehouse.options.busyTimeout == 0)
        #expect(try warehouse.query("SELECT 1 AS a").rowCount == 1)
        let refused = try #require(throws: WarehouseError.self) { try warehouse.execute("CREATE TABLE t (a INT)") }
        #expect(refused.code == ErrorKind.readOnly.code)
    }

    // MARK: Scripts

    @Test func scriptFiles() throws {
        let directory = try ScratchDirectory()
        let plain = try directory.file("plain.sql", Array("SELECT 'é'".utf8))
        #expect(try TextFile.read(plain) == "SELECT 'é'")
        let marked = try directory.file("marked.sql", [0xEF, 0xBB, 0xBF] + Array("SELECT 1".utf8))
        #expect(try TextFile.read(marked) == "SELECT 1")
        let wide = try directory.file("wide.sql", [0xFF, 0xFE, 0x53, 0])
        let inUTF16 = try #require(throws: WarehouseError.self) { try TextFile.read(wide) }
        #expect(inUTF16.message.contains("UTF-16"))
        let broken = try directory.file("broken.sql", Array("SELECT 1;\nSELECT '".utf8) + [0xE9, 0x27])
        let invalid = try #require(throws: WarehouseError.self) { try TextFile.read(broken) }
        #expect(invalid.message.contains("broken.sql") && invalid.message.contains("line 2"))
        let missing = try #require(throws: WarehouseError.self) { try TextFile.read(directory.path + "/none.sql") }
        #expect(missing.code == ErrorKind.fileNotFound.code)
        #expect(throws: WarehouseError.self) { try TextFile.read(directory.path) }
    }

    // MARK: Prompt

    private func prompt(_ typed: String, _ bench: CommandBench) throws {
        let source = PlainSource(LineReader(MemorySource(Array(typed.utf8))), output: bench.output)
        try Prompt(bench.runner(), source: source, output: bench.output).run()
    }

    @Test func thePromptWaitsForTheEndOfAStatement() throws {
        let bench = try CommandBench()
        try prompt("SELECT ';' AS a, -- ;\n 1 AS b;\nCREATE SCHEMA s; SELECT 2\n AS c;\n\\q\nSELECT 3;\n", bench)
        #expect(lines(bench.output.text).dropFirst() == [
            "MAIN.PUBLIC>          -> ┌───┬───┐", "│ A │ B │", "├───┼───┤", "│ ; │ 1 │", "└───┴───┘", "1 row",
            "MAIN.PUBLIC>          -> Schema S successfully created.", "",
            "┌───┐", "│ C │", "├───┤", "│ 2 │", "└───┘", "1 row", "MAIN.S> ",
        ])
        #expect(bench.diagnostics.text.isEmpty)
    }

    @Test func whatIsMissingAtTheEndIsMissedBehindTheLastWord() throws {
        let directory = try ScratchDirectory()
        let result = try Tool.run(["sql", "-d", "w"], in: directory, input: "SELECT 1 AS a;\nSELECT 2 +  \n\n")
        #expect(result.code == 1 && result.output.contains("│ 1 │"))
        #expect(result.errors.hasSuffix("  at line 2, column 11\n  SELECT 2 +\n            ^\n"), "\(result.errors)")
    }

    @Test func thePromptShowsThePlaceOfAnError() throws {
        let bench = try CommandBench()
        try prompt("SELECT 1,\n\t日 nope;\nSELECT x'abc';\nselect 4 as d;\n", bench)
        let text = bench.diagnostics.text
        #expect(text.contains("error "))
        #expect(bench.output.text.contains("│ D │"))
        #expect(SourceCaret.lines("SELECT 1,\n\t日 nope", SourceSpan(startOffset: 0, endOffset: 0, line: 2, column: 4))
            == "   日 nope\n      ^")
        #expect(SourceCaret.lines("a", SourceSpan(startOffset: 0, endOffset: 0, line: 3, column: 1)) == nil)
        let long = String(repeating: "x", count: 500)
        let far = SourceSpan(startOffset: 0, endOffset: 0, line: 1, column: 300)
        let caret = try #require(SourceCaret.lines(long, far))
        #expect(lines(caret).map(\.count) == [2 + 100, 2 + 1 + 65 + 1])
        // On a narrow screen neither line is wrapped, so that the mark stands under the place.
        let narrow = try #require(SourceCaret.lines(long, far, columns: 40))
        #expect(lines(narrow).map(\.count) == [39, 2 + 1 + 23 + 1])
        let middle = SourceSpan(startOffset: 0, endOffset: 0, line: 1, column: 50)
        let wide = try #require(SourceCaret.lines(String(repeating: "日", count: 100), middle, columns: 40))
        #expect(lines(wide) == ["  …" + String(repeating: "日", count: 17) + "…", "   " + String(repeating: " ", count: 22) + "^"])
        let short = SourceSpan(startOffset: 0, endOffset: 0, line: 1, column: 3)
        #expect(SourceCaret.lines("a b c", short, columns: 10) == "  a b c\n    ^")
    }

    @Test func commandsOfThePrompt() throws {
        let bench = try CommandBench()
        let commands = "\\format csv\n\\format\n\\timing\n\\nothing\n\\format xml\n"
        try prompt(commands + "SELECT 1 AS a;\nexit;\nSELECT 2 AS b;\n", bench)
        #expect(bench.output.text.contains("Format is csv.\n"))
        #expect(bench.output.text.contains("Timing is on.\n"))
        #expect(bench.output.text.contains("> A\n1\n"))
        #expect(!bench.output.text.contains("2\n"))
        let notes = lines(bench.diagnostics.text)
        #expect(notes[0] == "There is no command '\\nothing'; \\? lists them.")
        #expect(notes[1] == "There is no format 'xml'.")
        #expect(notes[2].hasPrefix("Time: "))
    }

    @Test func commandsOfThePromptAmidAStatement() throws {
        let bench = try CommandBench()
        try prompt("\\format csv\nSELECT 'x\n\\n\ny' AS a;\nSELECT 1\n\\format\nAS b;\nSELECT 2\n\\q\nAS c;\n", bench)
        let text = bench.output.text
        #expect(text.contains("A\n\"x\n\n\ny\"\n"))
        #expect(text.contains("Format is csv.\n"))
        #expect(text.contains("-> B\n1\n"))
        #expect(!text.contains("C\n2\n"))
        #expect(bench.diagnostics.text.isEmpty)
    }

    // MARK: Interrupts

    @Test func interruptsStopFirstTheStatementThenTheProcess() throws {
        let exits = Mutex(0)
        let interrupts = Interrupts { exits.withLock { $0 += 1 } }
        let bench = try CommandBench(), session = bench.session
        interrupts.cancelling(session) {
            interrupts.interrupt()
            #expect(exits.withLock { $0 } == 0)
            #expect(throws: WarehouseError.self) { try interrupts.check() }
            // Nothing ran at that moment, and nothing begins after it.
            #expect(throws: WarehouseError(.cancelled, "SQL execution canceled.")) { try session.execute("SELECT 1") }
            interrupts.interrupt()
            #expect(exits.withLock { $0 } == 1)
        }
        #expect(throws: Never.self) { try interrupts.check() }
        #expect(throws: Never.self) { try session.execute("SELECT 1") }
        let isTyped = Mutex(true)
        interrupts.whenIdle { isTyped.withLock { typed in defer { typed = false }; return typed } }
        interrupts.interrupt()
        #expect(!isTyped.withLock { $0 })
        #expect(exits.withLock { $0 } == 1)
        interrupts.interrupt()
        #expect(exits.withLock { $0 } == 2)
        interrupts.ignored { interrupts.interrupt() }
        #expect(exits.withLock { $0 } == 2)
    }
}
