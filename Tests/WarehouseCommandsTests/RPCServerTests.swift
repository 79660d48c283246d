import MiniWarehouse
import Testing
import WarehouseBasics
import WarehouseIngest
@testable import WarehouseCommands

/// One JSON request a line, one JSON answer a line.
@Suite struct RPCServerTests {
    private func answers(_ requests: String, pieceLimit: Int = .max) throws -> [String] {
        let bench = try CommandBench()
        let reader = LineReader(MemorySource(Array(requests.utf8), pieceLimit: pieceLimit))
        let server = RPCServer(session: bench.session, input: reader, output: bench.output,
                               interrupts: bench.interrupts) { bench.session.warehouse.makeSession() }
        try server.run()
        return lines(bench.output.text).dropLast()
    }

    @Test func requestsAreAnsweredInOrder() throws {
        for pieceLimit in [1, 7, .max] {
            #expect(try answers("""
                {"sql":"SELECT 1.50::NUMBER(5,2) AS n, 'a\\"b' AS t, NULL::FLOAT AS f, TRUE AS b"}

                  \t
                {"sql":"SELECT nope","more":[{"x":-1.5e3},[],{}, "\\u00e9", true, false, null]}\r
                {"sql":"CREATE TABLE t (a INT)"}
                {"sql":"INSERT INTO t VALUES (1), (2)"}
                {"sql":"INSERT INTO t VALUES (3); SELECT a FROM t ORDER BY a DESC"}
                """, pieceLimit: pieceLimit) == [
                #"{"columns":[{"name":"N","type":"NUMBER(5,2)"},{"name":"T","type":"VARCHAR(3)"},"#
                    + #"{"name":"F","type":"FLOAT"},{"name":"B","type":"BOOLEAN"}],"#
                    + #""rows":[[1.50,"a\"b",null,true]],"rowcount":1}"#,
                #"{"error":"SQL compilation error: error line 1 at position 7\ninvalid identifier 'NOPE'","#
                    + #""code":"000904","sqlstate":"42000","line":1,"column":8}"#,
                #"{"columns":[{"name":"status","type":"VARCHAR(16777216)"}],"#
                    + #""rows":[["Table T successfully created."]],"rowcount":1}"#,
                #"{"columns":[{"name":"number of rows inserted","type":"NUMBER(38,0)"}],"rows":[[2]],"rowcount":1}"#,
                #"{"columns":[{"name":"A","type":"NUMBER(38,0)"}],"rows":[[3],[2],[1]],"rowcount":3}"#,
            ])
        }
    }

    @Test func sessionsAreApart() throws {
        let answers = try answers("""
            {"sql":"SET x = 1"}
            {"sql":"SET x = 2", "conn":"other"}
            {"sql":"SELECT $x AS x"}
            {"conn":"other", "sql":"SELECT $x AS x"}
            {"sql":"SELECT $x AS x", "conn":null}
            {"sql":"SELECT $x AS x", "conn":"third"}
            """)
        #expect(answers[2].contains("\"rows\":[[1]]"))
        #expect(answers[3].contains("\"rows\":[[2]]"))
        #expect(answers[4].contains("\"rows\":[[1]]"))
        #expect(answers[5].hasPrefix("{\"error\":"))
    }

    /// The statements before a mistake have run, and an error's place counts in the whole text.
    @Test func theFirstErrorStops() throws {
        let answers = try answers("""
            {"sql":"CREATE TABLE a (x INT);\\nSELEC 1;\\nCREATE TABLE b (x INT)"}
            {"sql":"SELECT COUNT(*) AS n FROM a"}
            {"sql":"SELECT COUNT(*) AS n FROM b"}
            """)
        #expect(answers[0].contains("\"code\":\"001003\"") && answers[0].hasSuffix("\"line\":2,\"column\":1}"))
        #expect(answers[0].contains("\\nDid you mean SELECT?\""))
        #expect(answers[1].contains("\"rows\":[[0]]"))
        #expect(answers[2].contains("\"code\":\"002003\""))
    }

    @Test func malformedLinesAreAnsweredToo() throws {
        let wrong = [
            "garbage", "[1]", "1", "{", "{}", #"{"sql":1}"#, #"{"sql":"SELECT 1"} x"#, #"{"sql":"a","conn":3}"#,
            #"{"sql":"\ud800"}"#, #"{"sql":"\x"}"#, #"{"sql":"open"#, #"{"sql":"\u12"}"#, #"{"sql" "x"}"#,
            #"{"sql":"x",}"#, #"{"sql":"x","y":[1,]}"#, #"{"sql":"x","y":01}"#, #"{"sql":"x","y":nul}"#,
            #"{"sql":"x","y":{"a"}}"#, #"{"sql":"x","y":1.}"#,
        ]
        let answers = try answers(wrong.joined(separator: "\n") + "\n{\"sql\":\"SELECT 1 AS n\"}")
        #expect(answers.count == wrong.count + 1)
        for (request, answer) in zip(wrong, answers) {
            #expect(answer.contains("\"code\":\"900001\"") && answer.hasSuffix("\"line\":null,\"column\":null}"),
                    "\(request) → \(answer)")
        }
        #expect(answers.last?.contains("\"rows\":[[1]]") == true)
    }

    @Test func anEmptyScriptHasNoColumns() throws {
        #expect(try answers(#"{"sql":" -- nothing"}"#) == [#"{"columns":[],"rows":[],"rowcount":0}"#])
    }

    @Test func requestsAreRead() throws {
        func sql(_ line: String) throws -> String { try RPCRequest(Array(line.utf8)).sql }
        #expect(try sql(#" { "sql" : "a\n\t\"\\\/\b\f\r\u00e9\ud83d\ude00é" } "#) == "a\n\t\"\\/\u{8}\u{C}\ré😀é")
        #expect(try sql(#"{"sql":"first","sql":"last"}"#) == "last")
        #expect(try sql(#"{"\u0073ql":"escaped key"}"#) == "escaped key")
        let deep = String(repeating: "[", count: 9_000) + String(repeating: "]", count: 9_000)
        #expect(try sql(#"{"deep":"# + deep + #","sql":"x"}"#) == "x")
        let deeper = String(repeating: "[", count: 20_000)
        #expect(throws: WarehouseError.self) { try sql(#"{"deep":"# + deeper) }
        var invalid = Array(#"{"sql":"?"}"#.utf8)
        invalid[8] = 0xFF
        #expect(throws: WarehouseError.self) { try RPCRequest(invalid) }
    }

    // MARK: Lines

    private func read(_ text: [UInt8], pieceLimit: Int, limit: Int = .max) throws -> [String?] {
        let reader = LineReader(MemorySource(text, pieceLimit: pieceLimit), limit: limit)
        var found: [String?] = []
        while let line = try reader.next() {
            switch line {
            case .bytes(let bytes): found.append(String(decoding: bytes, as: UTF8.self))
            case .tooLong: found.append(nil)
            }
        }
        return found
    }

    @Test func linesOfAnySource() throws {
        for pieceLimit in [1, 2, 3, 1_000] {
            #expect(try read(Array("a\n\nbc\nd".utf8), pieceLimit: pieceLimit) == ["a", "", "bc", "d"])
            #expect(try read(Array("a\n".utf8), pieceLimit: pieceLimit) == ["a"])
            #expect(try read([], pieceLimit: pieceLimit) == [])
        }
    }

    @Test func longLines() throws {
        let long = [UInt8](repeating: 120, count: 3 << 20)
        for pieceLimit in [100_000, .max] {
            let text = Array("a\n".utf8) + long + Array("\nb\n".utf8) + long + Array("\n".utf8)
            let found = try read(text, pieceLimit: pieceLimit)
            #expect(found.map { $0?.utf8.count } == [1, long.count, 1, long.count])
            let cut = try read(text, pieceLimit: pieceLimit, limit: 1 << 20)
            #expect(cut == ["a", nil, "b", nil])
        }
    }
}
