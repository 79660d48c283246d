import WarehouseBasics
import WarehouseIngest

/// Files of random JSON documents, which must print as they were made; and damaged ones, which must end in rows and
/// rejects however they are cut into pieces.
public enum JSONTrial {
    public static func run(first: UInt64, count: Int, lanes: Int) -> TrialReport {
        Lanes.run(first, count, lanes: lanes) { seed, report in
            var random = SeededRandom(seed)
            do {
                try one(seed, &random, &report)
            } catch {
                report.fail("seed \(seed): \(error)")
            }
        }
    }

    private static func one(_ seed: UInt64, _ random: inout SeededRandom, _ report: inout TrialReport) throws {
        let documents = (0..<random.below(6)).map { _ in RandomDocument(&random, depth: 4) }
        var format = JSONFormat()
        format.stripOuterArray = random.chance(40)
        var bytes: [UInt8]
        if format.stripOuterArray {
            bytes = Array("[\(documents.map(\.text).joined(separator: random.pick([",", " ,\n"])))]".utf8)
        } else {
            // A document on its own line, or glued where brackets part it from the next.
            bytes = Array(documents.map(\.text).joined(separator: random.pick(["\n", "\r\n", " \n\n"])).utf8)
        }
        let buffer = random.pick([64, 300, 1 << 16]), piece = 1 + random.below(90)
        let wanted = LoadedText(rows: documents.map { [$0.printed] })
        report.effective += documents.isEmpty ? 0 : 1
        let loaded = try LoadedText.json(bytes, format, bufferBytes: buffer, piece: piece)
        report.check(loaded == wanted, """
            seed \(seed): \(String(decoding: bytes, as: UTF8.self).debugDescription) gives \(loaded), not \(wanted)
            """)
        guard !bytes.isEmpty else { return }
        let at = random.below(bytes.count)
        switch random.below(3) {
        case 0: bytes.remove(at: at)
        case 1: bytes[at] = random.pick(Array("{}[]\",:\\ \nax0-".utf8) + [0, 0xE9, 0xFF])
        default: bytes.removeSubrange(at...)
        }
        // Reading in other pieces must change nothing, and nothing may trap or hang.
        let once = try? LoadedText.json(bytes, format, bufferBytes: 1 << 16, piece: .max)
        let again = try? LoadedText.json(bytes, format, bufferBytes: 64, piece: 1 + random.below(9))
        report.check(once == again, """
            seed \(seed): \(String(decoding: bytes, as: UTF8.self).debugDescription) depends on how it is cut: \
            \(String(describing: once)), \(String(describing: again))
            """)
    }
}
