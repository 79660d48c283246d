import Testing
@testable import WarehouseSQL

@Suite struct StatementStreamTests {
    /// Feeds a text line by line; each statement with the number of the line after which it came.
    private func pieces(_ text: String) -> [(line: Int, piece: StatementStream.Piece)] {
        var stream = StatementStream(), found: [(Int, StatementStream.Piece)] = []
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            stream.append(Array(line.utf8) + (index + 1 < lines.count ? [10] : []))
            while let piece = stream.next() { found.append((index + 1, piece)) }
        }
        if let piece = stream.finish() { found.append((lines.count, piece)) }
        return found
    }

    private func texts(_ text: String) -> [String] { pieces(text).map { $0.piece.text } }

    @Test func aStatementComesWithItsSemicolon() {
        let found = pieces("SELECT 1; SELECT\n 2;\n\n  -- note;\nSELECT 3")
        #expect(found.map { $0.line } == [1, 2, 5])
        #expect(found.map { $0.piece.text } == ["SELECT 1;", "SELECT\n 2;", "SELECT 3"])
        #expect(found.map { $0.piece.line } == [1, 1, 5])
        #expect(found.map { $0.piece.column } == [1, 11, 1])
    }

    @Test func semicolonsWithinTokensEndNothing() {
        let body = "CREATE FUNCTION f() RETURNS INT AS $$\n SELECT ';';\n;$$;"
        #expect(texts(body) == [body])
        #expect(texts("SELECT ';\n''\n;\n' AS a;\nSELECT 2;") == ["SELECT ';\n''\n;\n' AS a;", "SELECT 2;"])
        #expect(texts("/* ;\n;\n*/ SELECT 1; /* open ;") == ["SELECT 1;", "/* open ;"])
        #expect(texts("SELECT \"a;\nb\";") == ["SELECT \"a;\nb\";"])
        #expect(texts("PUT file:///tmp/a//b*.csv @s;\nSELECT 1 // 2;\n;") == ["PUT file:///tmp/a//b*.csv @s;", "SELECT 1 // 2;\n;"])
        #expect(texts(";;\n ; -- nothing\n").isEmpty)
    }

    /// A statement that no further line can mend is handed on at once, for the parser to say what is wrong.
    @Test func faultsAreFinal() {
        let found = pieces("SELECT x'abc';\nSELECT 1;")
        #expect(found.count == 2)
        #expect(found[0].line == 1)
        #expect(found[1].piece.text == "SELECT 1;")
        #expect(found[1].piece.line == 2)
    }

    @Test func emptiness() {
        var stream = StatementStream()
        stream.append(Array("  -- x\n".utf8))
        #expect(stream.next() == nil && stream.isEmpty)
        stream.append(Array("SELECT\n".utf8))
        #expect(stream.next() == nil && !stream.isEmpty)
        stream.append(Array("1; /* open\n".utf8))
        #expect(stream.next()?.text == "SELECT\n1;")
        #expect(stream.next() == nil && !stream.isEmpty)
    }

    /// The splitter that sees the whole text finds the same statements, where no token is at fault: of a statement with
    /// a fault nobody can say where it ends.
    @Test func agreesWithTheSplitter() {
        let parts = ["SELECT 1", ";", "\n", "'a;b'", "$$ ; $$", "-- c;\n", "/* ;", "*/", "\"q;\"", "// d\n", "@s/a;", "é日"]
        var seed: UInt64 = 7, compared = 0
        for _ in 0..<3_000 {
            var text = ""
            for _ in 0..<12 {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text += parts[Int(seed >> 33) % parts.count] + " "
            }
            let whole = StatementSplitter.split(text)
            let found = texts(text), closed = found.filter { $0.hasSuffix(";") }
            // What is left may end in comments here.
            guard !whole.statements.isEmpty, whole.rest.isEmpty else { continue }
            compared += 1
            // Comments before the `;` are not part of the splitter's.
            let agree = closed.count == whole.statements.count && zip(closed, whole.statements).allSatisfy { $0.hasPrefix($1.trimmed) }
            #expect(agree, "\(text.debugDescription): \(closed)")
        }
        #expect(compared > 100)
    }

    /// A string of many lines is not read again for each of them.
    @Test func longStringsAreReadOnce() {
        var stream = StatementStream()
        stream.append(Array("SELECT '\n".utf8))
        for _ in 0..<20_000 {
            stream.append(Array("a line of some length; with a semicolon, as scripts have them\n".utf8))
            #expect(stream.next() == nil)
        }
        stream.append(Array("';\n".utf8))
        #expect((stream.next()?.text.utf8.count ?? 0) > 1_000_000)
    }

    // MARK: Tokens of unfinished texts

    @Test func tokensOfUnfinishedTexts() {
        func kinds(_ text: String) -> [SourceTokens.Token.Kind] { SourceTokens.of(text).map(\.kind) }
        #expect(kinds("SELECT a -- c\n + 'x' /* d */ 1.5 @s $v \"Q\";") == [
            .word, .word, .comment, .symbol, .string, .comment, .number, .stage, .variable, .quotedName, .semicolon,
        ])
        #expect(kinds("SELECT 'open") == [.word, .string])
        #expect(SourceTokens.of("SELECT 'open").last?.isOpen == true)
        #expect(SourceTokens.of("SELECT /* open").last?.kind == .comment)
        #expect(SourceTokens.of("SELECT -- c\n \"op").map(\.kind) == [.word, .comment, .quotedName])
        #expect(SourceTokens.of("SELECT $$ a ' b").last?.kind == .string)
        let text = "SELECT é, 'ü' FROM t"
        for token in SourceTokens.of(text) where token.kind == .string {
            #expect(String(decoding: Array(text.utf8)[token.range], as: UTF8.self) == "'ü'")
        }
    }

    @Test func secretsAreSeen() {
        for text in ["create user u password = 'x'", "CREATE STAGE s CREDENTIALS = (AWS_KEY_ID = 'a' AWS_SECRET_KEY = 'b')",
                     "create stage s encryption = (master_key = 'k')", "select 'AKIAIOSFODNN7EXAMPLE'",
                     "alter user u set rsa_public_key='MII'", "-- token abc", "copy into t from 's3://b?sig=abc'",
                     "create user u PassWord='un", "select '-----BEGIN PRIVATE KEY-----'"] {
            #expect(SecretMask.mayHoldSecret(text), "\(text)")
        }
        for text in ["select 1", "select * from asia where country = 'Slovakia'", "create table keys (key int primary key)"] {
            #expect(!SecretMask.mayHoldSecret(text), "\(text)")
        }
    }
}

private extension String {
    var trimmed: String {
        var part = self[...]
        while part.last?.isWhitespace == true { part.removeLast() }
        while part.first?.isWhitespace == true { part.removeFirst() }
        return String(part)
    }
}
