import WarehouseBasics
import WarehouseIngest

/// The fast CSV scanner against the plain rules, read byte by byte, on texts of what matters to it: delimiters, quotes,
/// line ends, escapes and blanks; and on tables with few of them. In buffers and pieces that split them anywhere.
public enum CSVTrial {
    static let alphabet = Array(",,\"\"\n\r\\ nacx".utf8)

    public static func run(first: UInt64, count: Int, lanes: Int) -> TrialReport {
        Lanes.run(first, count, lanes: lanes) { seed, report in
            var random = SeededRandom(seed)
            let isTable = random.chance(50)
            let text = isTable ? table(&random) : noise(&random)
            var format = CSVFormat()
            format.enclosure = UInt8(ascii: "\"")
            format.trimSpace = random.chance(isTable ? 10 : 50)
            format.skipBlankLines = random.chance(30)
            if isTable, random.chance(10) {
                format.enclosure = nil
                format.escapeUnenclosed = nil
            }
            format.multiLine = random.chance(67)
            format.nullIf = []
            format.emptyFieldAsNull = false
            if format.enclosure == nil, text.contains(where: { $0 == 34 || $0 == 92 }) { return }
            let plain = PlainCSV(
                text, trim: format.trimSpace, multiLine: format.multiLine, skipsBlankLines: format.skipBlankLines)
            var wanted = LoadedText(rejects: plain.bad.count)
            for (index, row) in plain.rows.enumerated() where !plain.bad.contains(index) {
                wanted.rows.append((0..<8).map { $0 < row.count ? row[$0] : nil })
            }
            report.effective += wanted.rows.isEmpty ? 0 : 1
            do {
                let loaded = try LoadedText.csv(
                    text, format, fields: 8, bufferBytes: random.pick([64, 100, 1000, 1 << 16]),
                    piece: 1 + random.below(isTable ? 5000 : 70))
                report.check(loaded == wanted, """
                    seed \(seed): \(String(decoding: text.prefix(500), as: UTF8.self).debugDescription) gives \
                    \(String("\(loaded)".prefix(1000))), not \(String("\(wanted)".prefix(1000)))
                    """)
            } catch {
                report.fail("seed \(seed): \(error)")
            }
        }
    }

    private static func noise(_ random: inout SeededRandom) -> [UInt8] {
        let length = random.below(random.chance(10) ? 400 : 40)
        return (0..<length).map { _ in random.pick(alphabet) }
    }

    /// Lines of fields with little else among them, as most files are: long enough for the scanner's fast path, with
    /// more records now and then than it takes at once, and with its exceptions in odd places.
    private static func table(_ random: inout SeededRandom) -> [UInt8] {
        let columns = 1 + random.below(6), longest = random.pick([1, 3, 12, 90])
        let lines = random.below(random.chance(5) ? 3000 : 120)
        let usualEnd = random.pick([[10], [13, 10]] as [[UInt8]]), oddities = random.pick([0, 0, 1, 3])
        var text: [UInt8] = []
        for _ in 0..<lines {
            let fields = random.chance(oddities) ? random.below(9) : columns
            for field in 0..<fields {
                if field > 0 { text.append(44) }
                if random.chance(oddities) {
                    text += Array(random.pick(["\"a,b\"", "\"x\ny\"", "\\,", "\"\"", " b ", "\""]).utf8)
                } else {
                    text += (0..<random.below(longest + 1)).map { _ in UInt8(97 + random.below(26)) }
                }
            }
            text += random.chance(oddities) ? random.pick([[10], [13], [13, 10], [10, 10], [13, 10, 13, 10]]) : usualEnd
        }
        if random.chance(30) { text.append(random.pick(alphabet)) }
        return text
    }
}
