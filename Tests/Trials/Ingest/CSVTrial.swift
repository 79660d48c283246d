import WarehouseBasics
import WarehouseIngest

/// The fast CSV scanner against the plain rules, read byte by byte, on texts of what matters to it: delimiters, quotes,
/// line ends, escapes and blanks; in buffers and pieces that split them anywhere.
public enum CSVTrial {
    static let alphabet = Array(",,\"\"\n\r\\ nacx".utf8)

    public static func run(first: UInt64, count: Int, lanes: Int) -> TrialReport {
        Lanes.run(first, count, lanes: lanes) { seed, report in
            var random = SeededRandom(seed)
            let length = random.below(random.chance(10) ? 400 : 40)
            let text = (0..<length).map { _ in random.pick(alphabet) }
            var format = CSVFormat()
            format.enclosure = UInt8(ascii: "\"")
            format.trimSpace = random.chance(50)
            format.multiLine = random.chance(67)
            format.nullIf = []
            format.emptyFieldAsNull = false
            let plain = PlainCSV(text, trim: format.trimSpace, multiLine: format.multiLine)
            var wanted = LoadedText(rejects: plain.bad.count)
            for (index, row) in plain.rows.enumerated() where !plain.bad.contains(index) {
                wanted.rows.append((0..<8).map { $0 < row.count ? row[$0] : nil })
            }
            report.effective += wanted.rows.isEmpty ? 0 : 1
            do {
                let loaded = try LoadedText.csv(
                    text, format, fields: 8, bufferBytes: random.pick([64, 100, 1 << 16]), piece: 1 + random.below(70))
                report.check(loaded == wanted, """
                    seed \(seed): \(String(decoding: text, as: UTF8.self).debugDescription) gives \(loaded), not \(wanted)
                    """)
            } catch {
                report.fail("seed \(seed): \(error)")
            }
        }
    }
}
