import WarehouseBasics
import WarehouseSQL

/// Mutated statements: whatever comes, the parser answers with a tree or an error; and what it accepts survives
/// printing.
public enum ParserTrial {
    static let inserts = [
        "(", ")", "[", "]", "{", "}", ",", ".", ":", "::", ";", "'", "\"", "$$", "$1", "@s/x", "@", "?", "=>", "->",
        "||", "--", "/*", "*/", "\\", "\0", "é", "SELECT ", " FROM ", " NOT ", " CASE ", " END ", " AND ", " IN ",
        " AS ", " LIKE ANY (", " OVER (", " NULL ", "1e9", " JOIN ", " UNION ", " WITH ", " INTERVAL '1' ",
        " DATE ", " IS ",
        " BETWEEN ", " LIMIT ", " GROUP BY ", "99999999999999999999", " IDENTIFIER(", " TABLE(",
        " VALUES (",
    ].map { Array($0.utf8) }

    /// Cases by seed, from `first` on.
    public static func run(first: UInt64, count: Int, lanes: Int) throws -> TrialReport {
        let corpus = try Corpus.statements().map { Array($0.utf8) }
        guard corpus.count > 100 else {
            var report = TrialReport()
            report.fail("the corpus of statements was not found")
            return report
        }
        return Lanes.run(first, count, lanes: lanes) { seed, report in
            var random = SeededRandom(seed)
            var bytes = random.pick(corpus)
            for _ in 0...random.below(3) { mutate(&bytes, corpus, &random) }
            check(String(decoding: bytes, as: UTF8.self), seed, &report)
        }
    }

    private static func check(_ text: String, _ seed: UInt64, _ report: inout TrialReport) {
        guard let statements = try? Parser.parseStatements(text) else { return }
        for parsed in statements {
            report.effective += 1
            let printed = SQLPrinter().print(parsed.statement)
            let again = try? Parser.parseStatement(printed).statement
            report.check(again == parsed.statement, "seed \(seed): \(text)\n→\n\(printed)")
        }
    }

    /// Brackets and operators 10,000 deep: an error that says so, and no stack overflow.
    public static func depth() -> TrialReport {
        var report = TrialReport()
        for (open, middle, close) in [
            ("(", "1", ")"), ("f(", "1", ")"), ("(select ", "1", ")"), ("not ", "a", ""), ("- ", "1", ""),
            ("[", "1", "]"), ("case when ", "1", " then 1 end"), ("cast(", "1", " as int)"), ("", "1", " + 1"),
            ("exists (select ", "1", ")"), ("(select a from ", "t", ")"), ("{'a': ", "1", "}"), ("x -> ", "1", ""),
        ] {
            let text = "select " + String(repeating: open, count: 10_000) + middle
                + String(repeating: close, count: 10_000)
            report.cases += 1
            do throws(WarehouseError) {
                _ = try Parser.parseStatement(text)
                report.fail("10,000 times \(open)…\(close) was accepted")
            } catch {
                report.check(error.code == "900301", "10,000 times \(open)…\(close): \(error)")
            }
        }
        return report
    }

    private static func mutate(_ bytes: inout [UInt8], _ corpus: [[UInt8]], _ random: inout SeededRandom) {
        let at = random.below(bytes.count + 1)
        let length = min(random.below(12), bytes.count - at)
        switch random.below(6) {
        case 0: bytes.removeSubrange(at..<(at + length))
        case 1: bytes.insert(contentsOf: random.pick(inserts), at: at)
        case 2: bytes.insert(contentsOf: Array(bytes[at..<(at + length)]), at: random.below(bytes.count + 1))
        case 3: if at < bytes.count { bytes[at] = UInt8(truncatingIfNeeded: random.next()) }
        case 4: bytes.removeSubrange(at...)
        default:
            let other = random.pick(corpus)
            let from = random.below(other.count)
            bytes.replaceSubrange(at..<(at + length), with: other[from..<min(other.count, from + 20)])
        }
    }
}
