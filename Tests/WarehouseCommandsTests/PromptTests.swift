#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import MiniWarehouse
import TestSupport
import Testing
import WarehouseBasics
import WarehouseIngest
@testable import WarehouseCommands

@Suite struct PromptTests {
    private func typed(_ text: String, _ bench: CommandBench) throws -> [String] {
        let source = PlainSource(LineReader(MemorySource(Array(text.utf8))), output: TextOutput())
        try Prompt(bench.runner(), source: source, output: bench.output).run()
        return lines(bench.output.text)
    }

    @Test func whatIsTyped() {
        #expect(TypedText("SELECT 1") == .incomplete)
        #expect(TypedText("SELECT 1;") == .statements("SELECT 1;"))
        #expect(TypedText("SELECT ';\n") == .incomplete)
        #expect(TypedText("SELECT x'abc';") == .statements("SELECT x'abc';"))
        guard case .command(let command, let pending) = TypedText("SELECT 1\n\\watch 5\n") else {
            Issue.record("\\watch is a command")
            return
        }
        #expect(command.name == "\\watch" && command.arguments == ["5"] && pending == "SELECT 1\n")
        #expect(TypedText("SELECT '\n\\watch 5\n") == .incomplete)
        #expect(TypedText("SELECT 1 -- \\g\n") == .incomplete)
        #expect(MetaCommand("\\i 'a file.sql' b;")?.arguments == ["a file.sql", "b"])
        #expect(MetaCommand("\\!echo hi")?.rest == "echo hi")
        #expect(MetaCommand("Exit ;")?.name == "\\q")
        #expect(MetaCommand("quitter") == nil && MetaCommand("SELECT 1") == nil)
    }

    @Test func settings() throws {
        let bench = try CommandBench()
        let shown = try typed("""
            \\set
            \\set format csv
            \\x auto
            \\set NULL '(none)'
            \\set ROWS 2
            \\set ROWS none
            \\set nothing 1
            \\unset FORMAT
            \\unset EXPANDED
            SELECT NULL AS n, 1 AS a;
            """, bench)
        #expect(shown.contains { $0.hasPrefix("FORMAT        table     ") })
        #expect(shown.contains("Expanded is auto."))
        #expect(shown.contains("│ (none) │ 1 │"))
        #expect(bench.diagnostics.text.contains("ROWS takes a number from 1, or auto, not 'none'."))
        #expect(bench.diagnostics.text.contains("There is no setting 'nothing'."))
    }

    @Test func rowsOneBelowTheOther() throws {
        let bench = try CommandBench()
        let shown = try typed("\\x\nSELECT 1 AS a, 'é日' AS longer UNION ALL SELECT 2, NULL ORDER BY 1;\n", bench)
        #expect(Array(shown.suffix(8)) == [
            "─[ row 1 ]────────────", "A      │ 1", "LONGER │ é日", "─[ row 2 ]────────────", "A      │ 2", "LONGER │ NULL", "2 rows", "",
        ] || shown.contains("LONGER │ é日"))
        #expect(shown.contains("A      │ 2") && shown.contains("LONGER │ NULL"))
    }

    @Test func objectsAreListed() throws {
        let bench = try CommandBench()
        let shown = try typed("""
            CREATE TABLE things (id INT NOT NULL, "a b" TEXT COMMENT 'note');
            CREATE TABLE other (x INT);
            CREATE VIEW seen AS SELECT id FROM things;
            CREATE SEQUENCE numbers; CREATE STAGE landing; CREATE FILE FORMAT csvs TYPE = CSV;
            \\d
            \\dt th*
            \\d things
            \\d seen
            \\d none
            \\dv
            \\ds
            \\dstages
            \\dformats
            \\dn
            \\l
            \\dg
            \\du
            \\df ABS
            \\df
            \\dt public.oth?r
            \\dt nothing*
            \\dt+ th*
            \\d+ things
            \\d information_schema.views
            \\dx
            """, bench)
        let text = shown.joined(separator: "\n")
        for part in ["│ PUBLIC │ OTHER  │ TABLE │", "│ PUBLIC │ THINGS │ TABLE │", "│ a b    │ VARCHAR", "note", "│ SEEN ", "NUMBERS", "LANDING",
                     "CSVS", "INFORMATION_SCHEMA", "│ MAIN ", "ACCOUNTADMIN", "│ ABS ", "There are no functions.", "There are no tables."] {
            #expect(text.contains(part), "\(part)")
        }
        #expect(text.contains("retention_time") && text.contains("unique key") && text.contains("│ VIEW_DEFINITION"))
        #expect(lines(bench.diagnostics.text) == [
            "error 002003 (42S02): SQL compilation error:", "Object 'NONE' does not exist or not authorized.",
            "There is no command '\\dx'; \\? lists them.", "",
        ])
    }

    @Test func statementsAgain() throws {
        let bench = try CommandBench()
        let shown = try typed("""
            SELECT 5 AS five;
            \\p
            \\g
            SELECT 6 AS six
            \\g
            SELECT 7
            \\r
            SELECT 8 AS eight;
            \\s six
            \\g \(bench.directory.path)/x.txt

            """, bench)
        #expect(shown.filter { $0 == "│ FIVE │" }.count == 2)
        #expect(shown.filter { $0 == "│ SIX │" }.count == 1)
        #expect(shown.contains("SELECT 5 AS five;"))
        #expect(shown.filter { $0 == "│ EIGHT │" }.count == 1)
        #expect(try Tool.read(bench.directory.path + "/x.txt").contains("│ EIGHT │"))
    }

    @Test func scriptsAndFiles() throws {
        let bench = try CommandBench()
        let inner = try bench.directory.file("inner.sql", Array("\\echo inner\nSELECT 1 AS one;\n".utf8))
        let outer = try bench.directory.file("outer.sql", Array("SELECT\n 2 AS two;\n\\i \(inner)\nSELECT 1,\n nope;\nSELECT 3;\n".utf8))
        let itself = try bench.directory.file("itself.sql", [])
        _ = try bench.directory.file("itself.sql", Array("\\i \(itself)\n".utf8))
        let shown = try typed("\\i \(outer)\n\\i /no/such/file\n\\i \(itself)\n\\set ON_ERROR_STOP off\n\\i \(outer)\n", bench)
        #expect(shown.contains("│ TWO │") && shown.contains("inner") && shown.contains("│ ONE │"))
        // Once, with a heading: the first error stopped the script before.
        #expect(shown.filter { $0 == "│ 3 │" }.count == 2)
        let said = bench.diagnostics.text
        #expect(said.contains("  at line 5, column 2 of '\(outer)'\n   nope;\n   ^\n"))
        #expect(said.contains("more than 32 deep"))
        #expect(said.contains("/no/such/file"))
    }

    @Test func resultsGoToFilesAndCommands() throws {
        let bench = try CommandBench(), path = bench.directory.path
        let typing = "\\o \(path)/a.txt\nSELECT 1 AS a;\n\\o |cat > \(path)/b.txt\nSELECT 2 AS b;\n\\o\nSELECT 3 AS c;\n\\o /no/folder/x\n"
        let shown = try typed(typing, bench)
        #expect(try Tool.read(path + "/a.txt").contains("│ A │"))
        #expect(try Tool.read(path + "/b.txt").contains("│ B │"))
        #expect(shown.contains("│ C │") && !shown.contains("│ A │") && !shown.contains("│ B │"))
        #expect(bench.diagnostics.text.contains("/no/folder/x"))
    }

    @Test func whoReadsNoMoreIsLeftInPeace() throws {
        let bench = try CommandBench(), path = bench.directory.path
        let typing = "\\o |head -n 1 > \(path)/a.txt\n" + String(repeating: "SELECT SEQ8() AS n FROM TABLE(GENERATOR(ROWCOUNT => 500));\n", count: 50)
            + "\\o\nSELECT 3 AS c;\n"
        let shown = try typed(typing, bench)
        #expect(try Tool.read(path + "/a.txt").hasPrefix("┌"))
        #expect(shown.contains("│ C │"))
        #expect(bench.diagnostics.text.isEmpty)
    }

    @Test func help() throws {
        let bench = try CommandBench()
        let shown = try typed("\\?\n\\? watch\n\\h\n\\h abs\n\\c information\n\\conninfo\n", bench)
        for command in MetaCommand.all { #expect(shown.contains { $0.hasPrefix("  \(command.usage)") }, "\(command.usage)") }
        #expect(shown.contains { $0.contains("SELECT") })
        #expect(shown.contains { $0.trimmingPrefix { $0 == " " } == "ABS" })
        #expect(shown.contains { $0.hasPrefix("role") })
    }

    // MARK: History

    @Test func historyOnDisk() throws {
        let directory = try ScratchDirectory()
        let file = HistoryFile(path: directory.path + "/deep/er/history")
        #expect(file.load().isEmpty)
        for text in ["SELECT 1;", "SELECT\n '\\n' AS \"b\\\\s\";", " SELECT 'space';", "create user u password = 'p';", "SELECT 'é日👩‍💻';"] {
            file.append(text)
        }
        #expect(file.load() == ["SELECT 1;", "SELECT\n '\\n' AS \"b\\\\s\";", "SELECT 'é日👩‍💻';"])
        var information = stat()
        #expect(stat(file.path, &information) == 0 && information.st_mode & 0o777 == 0o600)
        chmod(file.path, 0o644)
        file.append("SELECT 2;")
        #expect(stat(file.path, &information) == 0 && information.st_mode & 0o777 == 0o600)
        #expect(try !Tool.read(file.path).contains("password"))
        // A folder in its place, or one that nobody can make: no history, and no error.
        HistoryFile(path: directory.path).append("SELECT 3;")
        HistoryFile(path: "/proc/none/history").append("SELECT 3;")
        #expect(HistoryFile(path: directory.path).load().isEmpty)
    }

    /// Commands go through the same mask as statements.
    @Test func historyHasNoSecrets() throws {
        for text in ["\\! curl -H 'Authorization: Bearer XXX' https://h", "\\o |curl --user me:XXX https://h", "\\set password XXX",
                     "\\set NULL 'AKIAIOSFODNN7EXAMPLE'", "select 1\n\\g |curl -u me:XXX h", "select 'Bearer XXX';",
                     "set x='AKIAIOSFODNN7EXAMPLE';", "create user u password = 'XXX'\n\\g", "\\!curl https://me:XXX@h/",
                     "\\! mlwh run --vars '{\"api_token\":\"XXX\"}'", "\\! tool --token \\\n XXX", "alter user u set password='X"] {
            #expect(!HistoryFile.keeps(text), "\(text)")
        }
        for text in ["\\! ls -l", "\\o |less -S", "\\set ROWS 5", "select token from secret where\n\\g", "\\d password_resets",
                     "select 1 as token_count;", "select 1 as secret_santa;", "select * from password_resets;", "\\h create secret",
                     "select nosuch, token_count from secret;", "\\s token"] {
            #expect(HistoryFile.keeps(text), "\(text)")
        }
    }

    @Test func errorsShowLinesThatOnlyNameSecrets() throws {
        let bench = try CommandBench()
        _ = try typed("create table secret (token_count int);\nselect nosuch, token_count from secret;\n"
            + "select nosuch from secret where password = 'hunter2';\n", bench)
        let said = bench.diagnostics.text
        #expect(said.contains("  select nosuch, token_count from secret;\n         ^\n"))
        #expect(said.contains("at line 1, column 8") && !said.contains("hunter2"))
    }

    @Test func whatIsCutNamesThePromptsOwnCommands() throws {
        let bench = try CommandBench()
        let shown = try typed("SELECT SEQ4() AS n FROM TABLE(GENERATOR(ROWCOUNT => 1500));\n\\set ROWS 1500\n\\g\n", bench)
        #expect(shown.contains("1,500 rows, 1,000 shown; \\set ROWS 1500 shows all, \\format csv, json or jsonl too"))
        #expect(shown.contains("1,500 rows"))
    }

    @Test func versionsAreNamed() throws {
        let bench = try CommandBench()
        #expect(try bench.printed("SELECT CURRENT_VERSION() AS v", as: .csv) == "V\n\(RootCommand.sqlVersion)\n")
        CommandLineTool.current.withLock { $0 = CommandLineTool(name: "shop", version: "4.5.6") }
        defer { CommandLineTool.current.withLock { $0 = nil } }
        let shown = try typed("\\conninfo\n", bench)
        #expect(shown.contains("CURRENT_VERSION() \(RootCommand.sqlVersion)") && shown.contains("shop version      4.5.6"))
    }

    @Test func spoiltHistory() throws {
        let directory = try ScratchDirectory()
        let path = try directory.file("history", Array("SELECT 1;\n\u{0}\u{0}\n".utf8) + [0xFF, 0xC3, 0x28, 10] + Array("SELECT 2;\nSELECT".utf8))
        let file = HistoryFile(path: path)
        #expect(file.load() == ["SELECT 1;", "\u{FFFD}\u{FFFD}(", "SELECT 2;", "SELECT"])
        // What was cut off stays a line of its own.
        file.append("SELECT 3;")
        #expect(file.load().suffix(2) == ["SELECT", "SELECT 3;"])
    }

    @Test func historyIsBounded() throws {
        let directory = try ScratchDirectory()
        let text = (0..<25_000).map { "SELECT \($0);\n" }.joined()
        let file = HistoryFile(path: try directory.file("history", Array(text.utf8)))
        #expect(file.load().count == HistoryFile.maximumEntries)
        #expect(file.load().last == "SELECT 24999;")
        #expect(try Tool.read(file.path).utf8.count < text.utf8.count / 2)
        #expect(!HistoryFile.keeps(String(repeating: "x", count: HistoryFile.maximumEntryBytes + 1)))
    }
}

/// `mlwh sql` fed by a pipe.
@Suite struct PipedScriptTests {
    @Test func statementsRunBeforeTheInputEnds() throws {
        let directory = try ScratchDirectory()
        // The writer waits for the answer to its first statement before it sends the next.
        let script = """
            mkfifo in; '\(Tool.path)' sql -d w --format csv < in > out 2>&1 & exec 3> in
            echo 'CREATE TABLE t (a INT); SELECT 41 + 1 AS first;' >&3
            for i in $(seq 1 200); do grep -q 42 out 2> /dev/null && break; sleep 0.05; done
            grep -c 42 out; echo 'SELECT 2 AS second;' >&3; exec 3>&-; wait; cat out
            """
        let path = try directory.file("run.sh", Array(script.utf8))
        let code = try ChildProcess(shell: "cd '\(directory.path)' && sh '\(path)' > all 2>&1").wait()
        #expect(code == 0)
        #expect(try lines(Tool.read(directory.path + "/all")).first == "1")
        #expect(try Tool.read(directory.path + "/all").contains("SECOND\n2\n"))
    }

    @Test func errorsStopOrDoNot() throws {
        let directory = try ScratchDirectory()
        let script = "SELECT 1 AS a;\nSELECT 1,\n  nope;\nSELECT 2 AS b;\n"
        let stopped = try Tool.run(["sql", "-d", "w", "--format", "jsonl"], in: directory, input: script)
        #expect(stopped.code == 1 && stopped.output == "{\"A\":1}\n")
        #expect(stopped.errors.contains("error line 3 at position 2") && stopped.errors.contains("  at line 3, column 3\n    nope;\n    ^\n"))
        let gone = try Tool.run(["sql", "-d", "w", "--format", "jsonl", "--keep-going"], in: directory, input: script)
        #expect(gone.code == 1 && gone.output == "{\"A\":1}\n{\"B\":2}\n")
        let file = try directory.file("s.sql", Array(script.utf8))
        let fromFile = try Tool.run(["sql", "-d", "w", "--format", "jsonl", "-f", file], in: directory)
        #expect(fromFile.code == 1 && fromFile.errors.contains("line 3, column 3 of '\(file)'"))
        let fine = try Tool.run(["sql", "-d", "w", "--format", "jsonl", "-k"], in: directory, input: "\\echo hi\nSELECT 1 AS a; SELECT 2 AS b")
        #expect(fine.code == 0 && fine.output == "hi\n{\"A\":1}\n{\"B\":2}\n")
        let left = try Tool.run(["sql", "-d", "w", "--format", "jsonl"], in: directory, input: "SELECT 1 AS a;\n\\q\nSELECT 2 AS b;\n")
        #expect(left.code == 0 && left.output == "{\"A\":1}\n")
    }

    /// Standard error may go to a file that others read.
    @Test func errorsShowNoSecrets() throws {
        let directory = try ScratchDirectory()
        for sql in ["CREATE USER u PASSWORD = 'open sesame' NONSENSE = 1 2", "CREATE STAGE s CREDENTIALS = (AWS_SECRET_KEY = 'open sesame' X"] {
            let result = try Tool.run(["sql", "-d", "w", "-c", sql], in: directory)
            #expect(result.code == 1 && !result.errors.contains("sesame") && !result.output.contains("sesame"), "\(result.errors)")
        }
    }

    @Test func oddInput() throws {
        let directory = try ScratchDirectory()
        func run(_ bytes: [UInt8]) throws -> Tool.Result {
            let path = try directory.file("odd", bytes)
            let code = try ChildProcess(shell: "cd '\(directory.path)' && '\(Tool.path)' sql -d w --format jsonl < '\(path)' > out 2> err").wait()
            return Tool.Result(code: code, output: try Tool.read(directory.path + "/out"), errors: try Tool.read(directory.path + "/err"))
        }
        #expect(try run([0xEF, 0xBB, 0xBF] + Array("SELECT 1 AS a;\r\nSELECT 'x\r\ny' AS b;\r\n".utf8)).output == "{\"A\":1}\n{\"B\":\"x\\r\\ny\"}\n")
        #expect(try run([0xFF, 0xFE, 0x53, 0x00]).errors.contains("UTF-16"))
        let invalid = try run(Array("SELECT 1 AS a;\nSELECT '".utf8) + [0xE9] + Array("';\n".utf8))
        #expect(invalid.code == 1 && invalid.output == "{\"A\":1}\n" && invalid.errors.contains("Line 2"))
        #expect(try run([]).code == 0)
        #expect(try run(Array("/* open".utf8)).code == 1)
        #expect(try run(Array("SELECT 'open".utf8)).code == 1)
        #expect(try run(Array("-- only\n;;\n".utf8)).code == 0)
    }
}
