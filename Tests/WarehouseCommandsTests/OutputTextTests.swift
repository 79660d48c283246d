#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import ArgumentParser
@testable import MiniWarehouse
import Testing
import WarehouseBasics
@testable import WarehouseCommands

@Suite struct OutputTextTests {
    @Test func textsAreCutToColumns() {
        #expect(VisibleText.fitted("abc", columns: 3) == "abc")
        #expect(VisibleText.fitted("abcd", columns: 3) == "ab…")
        #expect(VisibleText.fitted("日本語", columns: 6) == "日本語")
        #expect(VisibleText.fitted("日本語", columns: 5) == "日本…")
        #expect(VisibleText.fitted("日本語", columns: 4) == "日…")
        #expect(VisibleText.fitted("ab", columns: 1) == "…")
        #expect(VisibleText.fitted("", columns: 1) == "")
    }

    @Test func numbersForPeople() {
        #expect([0, 999, 1_000, 1_234_567, -1_000].map(grouped) == ["0", "999", "1,000", "1,234,567", "-1,000"])
        #expect([0, 950, 1_234, 12_345, 999_600, 20_000_263].map(ProgressText.short)
            == ["0", "950", "1.23K", "12.3K", "1.00M", "20.0M"])
        #expect([0.0008, 0.0123, 0.25, 1.25, 125].map(Stopwatch.describe)
            == ["0.8 ms", "12.3 ms", "250 ms", "1.25 s", "2 min 05 s"])
        #expect([7, 750, 3_723].map(Stopwatch.clock) == ["0:07", "12:30", "1:02:03"])
    }

    @Test func progress() {
        var progress = StatementProgress(step: .copy, file: "s/dir/ratings.csv.gz", filesDone: 2, filesTotal: 6,
                                         bytesDone: 50, bytesTotal: 200, rows: 1_000_000, errors: 1)
        #expect(ProgressText.describe(progress, fraction: ProgressText.fraction(progress), seconds: 10)
            == "COPY ratings.csv.gz  ━━━━━───────────────  25%  2/6 files  1.00M rows  100K rows/s  1 error  ETA 0:30")
        progress.bytesTotal = 0
        #expect(ProgressText.fraction(progress) == nil)
        progress.bytesTotal = 10
        #expect(ProgressText.fraction(progress) == 1)
    }

    /// Behind the last row nobody knows how long the rest takes.
    @Test func progressOfQueries() {
        #expect(ProgressText.query(rowsDone: 500_000, of: 1_000_000, seconds: 10)
            == "reading  ━━━━━━━━━━──────────  50%  500K of 1.00M rows  50.0K rows/s  ETA 0:10")
        for done in [20_000_263, 19_900_000] {
            #expect(ProgressText.query(rowsDone: done, of: 20_000_263, seconds: 5) == "\(grouped(done)) rows read, working … 0:05")
        }
    }

    /// A reader that goes away ends the command like the signal would, and without a word.
    @Test func closedOutput() throws {
        var ends: [CInt] = [0, 0]
        try #require(pipe(&ends) == 0)
        close(ends[0])
        let output = TextOutput(descriptor: ends[1], bufferBytes: 16)
        defer { close(ends[1]) }
        try output.write("short")
        #expect(throws: OutputClosed.self) { try output.write("longer than the buffer") }
        #expect(throws: OutputClosed.self) { try output.write("more") }
        let diagnostics = TextOutput()
        #expect(Failure.report(OutputClosed(), of: SQLCommand.self, output: TextOutput(), diagnostics: diagnostics)
            == 128 + SIGPIPE)
        #expect(diagnostics.text.isEmpty)
    }

    @Test func outputIsBuffered() throws {
        var ends: [CInt] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { ends.forEach { close($0) } }
        let output = TextOutput(descriptor: ends[1], bufferBytes: 8)
        try output.write("abc")
        var ready = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
        #expect(poll(&ready, 1, 0) == 0)
        try output.write("defgh")
        try output.flush()
        var bytes = [UInt8](repeating: 0, count: 64)
        #expect(read(ends[0], &bytes, 64) == 8)
        #expect(String(decoding: bytes[..<8], as: UTF8.self) == "abcdefgh")
    }

    @Test func errorsAreOneParagraph() {
        let span = SourceSpan(startOffset: 14, endOffset: 15, line: 2, column: 8)
        let error = WarehouseError(.objectNotFound, "SQL compilation error:\nObject 'X' does not exist.\n\nSee above.",
                                   hint: "Did you mean Y?", span: span)
        #expect(Failure.paragraph(ScriptError(error, source: "'a.sql'")) == """
            error 002003 (42S02): SQL compilation error:
            Object 'X' does not exist.
            See above.
              at line 2, column 8 of 'a.sql'
            Did you mean Y?

            """)
        #expect(Failure.paragraph(WarehouseError(.divisionByZero, "Division by zero"))
            == "error 100051 (22012): Division by zero\n")
    }

    @Test func exitCodes() throws {
        func code(_ error: any Error) -> (code: Int32, output: String, diagnostics: String) {
            let output = TextOutput(), diagnostics = TextOutput()
            let code = Failure.report(error, of: SQLCommand.self, output: output, diagnostics: diagnostics)
            return (code, output.text, diagnostics.text)
        }
        func parsed(_ arguments: [String]) -> (code: Int32, output: String, diagnostics: String) {
            do {
                var command = try SQLCommand.parseAsRoot(arguments)
                // Help is a command of its own.
                if !(command is SQLCommand) { try command.run() }
                return (0, "", "")
            } catch {
                return code(error)
            }
        }
        #expect(code(WarehouseError(.divisionByZero, "x")).0 == 1)
        #expect(code(WarehouseError(.usage, "x")).0 == 2)
        #expect(code(ExitCode(7)) == (7, "", ""))
        #expect(parsed(["-c", "-- a comment\nSELECT 1", "--format", "csv"]).code == 0)
        let wrongs = [
            ["--nothing"], ["-c", "x", "-f", "y"], ["--rpc", "-c", "x"], ["--format", "xml"], ["--threads", "0"],
            ["--busy-timeout", "-1"], ["--use", "a.b.c"], ["--use", ""], ["-d", ""], ["stray"],
        ]
        for wrong in wrongs {
            let end = parsed(wrong)
            #expect(end.code == 2 && end.output.isEmpty && end.diagnostics.hasPrefix("Error: "), "\(wrong)")
        }
        let help = parsed(["--help"])
        #expect(help.code == 0 && help.output.contains("--rpc") && help.diagnostics.isEmpty)
    }
}
