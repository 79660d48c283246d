#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif
import Testing
import WarehouseBasics
import WarehouseSQL

/// Mutated statements: whatever comes, the parser answers with a tree or an error; and what it accepts survives
/// printing. 2,000 cases by default, a million with MLWH_LONG=1.
@Suite struct ParserFuzzTests {
    struct Generator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
        mutating func below(_ count: Int) -> Int { Int(next() % UInt64(max(1, count))) }
    }

    static let inserts = [
        "(", ")", "[", "]", "{", "}", ",", ".", ":", "::", ";", "'", "\"", "$$", "$1", "@s/x", "@", "?", "=>", "->",
        "||", "--", "/*", "*/", "\\", "\0", "é", "SELECT ", " FROM ", " NOT ", " CASE ", " END ", " AND ", " IN ",
        " AS ", " LIKE ANY (", " OVER (", " NULL ", "1e9", " JOIN ", " UNION ", " WITH ", " INTERVAL '1' ",
        " DATE ", " IS ",
        " BETWEEN ", " LIMIT ", " GROUP BY ", "99999999999999999999", " IDENTIFIER(", " TABLE(",
        " VALUES (",
    ].map { Array($0.utf8) }

    @Test func mutatedStatements() throws {
        let corpus = try Corpus.statements().map { Array($0.utf8) }
        var generator = Generator(state: 42)
        let rounds = getenv("MLWH_LONG") != nil ? 1_000_000 : 2_000
        var accepted = 0
        for _ in 0..<rounds {
            var bytes = corpus[generator.below(corpus.count)]
            for _ in 0...generator.below(3) { mutate(&bytes, corpus, &generator) }
            let text = String(decoding: bytes, as: UTF8.self)
            guard let statements = try? Parser.parseStatements(text) else { continue }
            for parsed in statements {
                accepted += 1
                let printed = SQLPrinter().print(parsed.statement)
                let again = try? Parser.parseStatement(printed).statement
                if again != parsed.statement { Issue.record("\(text)\n→\n\(printed)") }
            }
        }
        #expect(accepted > rounds / 20)
    }

    private func mutate(_ bytes: inout [UInt8], _ corpus: [[UInt8]], _ generator: inout Generator) {
        let at = generator.below(bytes.count + 1)
        let length = min(generator.below(12), bytes.count - at)
        switch generator.below(6) {
        case 0: bytes.removeSubrange(at..<(at + length))
        case 1: bytes.insert(contentsOf: Self.inserts[generator.below(Self.inserts.count)], at: at)
        case 2: bytes.insert(contentsOf: Array(bytes[at..<(at + length)]), at: generator.below(bytes.count + 1))
        case 3: if at < bytes.count { bytes[at] = UInt8(truncatingIfNeeded: generator.next()) }
        case 4: bytes.removeSubrange(at...)
        default:
            let other = corpus[generator.below(corpus.count)]
            let from = generator.below(other.count)
            bytes.replaceSubrange(at..<(at + length), with: other[from..<min(other.count, from + 20)])
        }
    }
}
