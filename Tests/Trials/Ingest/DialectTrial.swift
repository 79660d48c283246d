import WarehouseBasics
import WarehouseColumns
import WarehouseIngest

/// Rows written in some dialect of CSV (delimiters of several bytes, enclosures, escapes, any line ends) and read back,
/// whole and damaged: the same rows, refusals, lines and characters whatever the buffers, pieces and threads; and every
/// refusal stands where a plain count from the start of the file has it.
public enum DialectTrial {
    static let fieldDelimiters = [",", ",", "|", "\t", "||", "|~|", "¦", "#~", "\u{1}"]
    static let recordDelimiters = [nil, nil, nil, "\n", "\r\n", "\r", ";", "$%\n", "\u{2}\r"]
    static let words = ["a", "b", "|", "~", ";", "é", "😀", "\"", "\"\"", "\\", "\n", "\r", "\r\n", "#", "$", "%", "1", "\u{1}",
                        "\u{0}", "z"]

    /// What one way of reading gives.
    struct Outcome: Equatable {
        var text = LoadedText()
        var rejects: [RejectedRecord] = []
        var parsed = 0
        var error: String?
    }

    public static func run(first: UInt64, count: Int, lanes: Int) -> TrialReport {
        Lanes.run(first, count, lanes: lanes) { seed, report in
            var random = SeededRandom(seed)
            var file = WrittenFile(&random)
            report.effective += file.rows.isEmpty ? 0 : 1
            let whole = read(file, bufferBytes: 1 << 16, piece: .max, threads: 1, stops: false)
            report.check(whole.text.rows == file.rows && whole.rejects.isEmpty, """
                seed \(seed): \(shown(file.bytes)) in \(file.dialect) gives \(whole), not \(file.rows)
                """)
            if random.chance(70) { file.damage(&random) }
            let stops = random.chance(25)
            let wanted = read(file, bufferBytes: 1 << 16, piece: .max, threads: 1, stops: stops)
            for reject in wanted.rejects {
                report.check(isInPlace(reject, file.bytes), "seed \(seed): \(reject) is not in its place in \(shown(file.bytes))")
            }
            for threads in [1, 1, 2, 3] {
                let bufferBytes = random.pick([64, 65, 100, 300]), piece = random.chance(50) ? 1 + random.below(90) : .max
                let other = read(file, bufferBytes: bufferBytes, piece: piece, threads: threads, stops: stops)
                report.check(other == wanted, """
                    seed \(seed): \(shown(file.bytes)) in \(file.dialect) depends on buffer \(bufferBytes), piece \(piece), \
                    threads \(threads): \(other), not \(wanted)
                    """)
            }
        }
    }

    private static func shown(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self).debugDescription }

    private static func read(_ file: WrittenFile, bufferBytes: Int, piece: Int, threads: Int, stops: Bool) -> Outcome {
        var settings = LoadSettings(timeZone: .utc)
        settings.keepsRejectedRecords = true
        settings.stopsAtFirstError = stops
        settings.threads = threads
        settings.limits.bufferBytes = bufferBytes
        settings.limits.chunkRows = 9
        let types: [LogicalType] = [.varchar(length: 12), .integer, .float, .text]
        let columns = types.indices.map { LoadColumn(name: "C\($0)", type: types[$0], fieldIndex: $0) }
        var outcome = Outcome()
        do {
            let reader = try CSVFileReader(
                source: MemorySource(file.bytes, pieceLimit: piece), fileName: "trial.csv", format: file.format,
                columns: columns, settings: settings, fieldCountToCheck: types.count)
            let formatters = types.map { ValueFormatter(type: $0, formats: TextFormats(timeZone: .utc)) }
            let chunk = LoadedChunk()
            while try reader.next(into: chunk) {
                let vectors = chunk.columns.map { $0.vector() }
                for row in 0..<chunk.rowCount {
                    outcome.text.rows.append(zip(formatters, vectors).map { $0.string($1, row) })
                }
                outcome.rejects += chunk.rejects
                outcome.parsed += chunk.rowsParsed
            }
        } catch {
            outcome.error = "\(error)"
        }
        return outcome
    }

    /// Line and character of the byte at fault, counted from the start.
    private static func isInPlace(_ reject: RejectedRecord, _ bytes: [UInt8]) -> Bool {
        guard reject.byteOffset <= bytes.count else { return false }
        var line = 1, character = 1
        for index in 0..<reject.byteOffset {
            switch bytes[index] {
            case 10:
                line += 1
                character = 1
            case 13:
                if index + 1 == bytes.count || bytes[index + 1] != 10 { line += 1 }
                character = 1
            case let byte: character += byte & 0xC0 == 0x80 ? 0 : 1
            }
        }
        return reject.line == line && reject.character == character
    }
}

/// Rows and their text.
struct WrittenFile {
    var format = CSVFormat()
    var rows: [[String?]] = []
    var bytes: [UInt8] = []
    private let lineEnd: [UInt8]

    init(_ random: inout SeededRandom) {
        let recordDelimiter = random.pick(DialectTrial.recordDelimiters)
        lineEnd = Array((recordDelimiter ?? random.pick(["\n", "\r\n", "\r"])).utf8)
        // A first field of x before a delimiter of 0x01 looks like zlib.
        format.compression = .none
        format.recordDelimiter = recordDelimiter.map { Array($0.utf8) }
        format.fieldDelimiter = Array(random.pick(DialectTrial.fieldDelimiters).utf8)
        format.enclosure = random.chance(80) ? UInt8(ascii: "\"") : nil
        format.escape = random.chance(30) ? UInt8(ascii: "\\") : nil
        format.escapeUnenclosed = nil
        format.nullIf = []
        format.emptyFieldAsNull = false
        format.trimSpace = random.chance(20)
        let density = random.pick([0, 3, 40])
        for _ in 0..<random.below(random.chance(20) ? 120 : 12) {
            let number = random.between(-99, 99_999), half = "\(random.below(2000)).5"
            let texts = (0..<2).map { _ in text(&random, density) }
            let fields = [texts[0], String(number), half, texts[1]]
            rows.append(fields)
            for (index, field) in fields.enumerated() {
                if index > 0 { bytes += format.fieldDelimiter }
                bytes += written(field, &random)
            }
            bytes += lineEnd
        }
        if random.chance(30), !rows.isEmpty { bytes.removeLast(lineEnd.count) }
    }

    /// For messages.
    var dialect: String {
        "(\(format.fieldDelimiter), \(format.recordDelimiter ?? []), \(format.enclosure ?? 0), \(format.escape ?? 0), "
            + "trims \(format.trimSpace))"
    }

    private var special: Set<UInt8> { Set(format.fieldDelimiter + lineEnd + [10, 13, 34, 92]) }

    private func text(_ random: inout SeededRandom, _ density: Int) -> String {
        let text = (0..<random.below(9)).map { _ in random.chance(density) ? random.pick(DialectTrial.words) : "x" }.joined()
        // What cannot be enclosed must do without what means something.
        return format.enclosure != nil || special.isDisjoint(with: text.utf8) ? text : "plain"
    }

    private func written(_ text: String, _ random: inout SeededRandom) -> [UInt8] {
        guard let enclosure = format.enclosure, random.chance(15) || !special.isDisjoint(with: text.utf8) else {
            return Array(text.utf8)
        }
        var result = [enclosure]
        for byte in text.utf8 {
            if byte == enclosure { result.append(format.escape.map { random.chance(50) ? $0 : enclosure } ?? enclosure) }
            if byte == format.escape { result.append(byte) }
            result.append(byte)
        }
        return result + [enclosure]
    }

    /// Changes a few bytes.
    mutating func damage(_ random: inout SeededRandom) {
        for _ in 0..<(1 + random.below(4)) where !bytes.isEmpty {
            let at = random.below(bytes.count)
            switch random.below(4) {
            case 0: bytes.remove(at: at)
            case 1: bytes.removeSubrange(at..<min(bytes.count, at + random.below(40)))
            case 2: bytes[at] = random.pick(Array(special).sorted() + [0, 0xFF, 0xC3, 0x80])
            default: bytes.insert(contentsOf: random.pick([[34], [92], [10], [13, 10], [13], lineEnd, [0xE9]]), at: at)
            }
        }
    }
}
