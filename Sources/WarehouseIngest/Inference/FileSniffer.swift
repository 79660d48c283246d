import WarehouseBasics

/// What is already known of a file whose format is to be told.
public struct SniffHints: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable { case csv, json }

    /// FIELD_OPTIONALLY_ENCLOSED_BY as it is given: a byte, or none at all.
    public struct Enclosure: Sendable, Hashable {
        public var byte: UInt8?
        public init(_ byte: UInt8?) { self.byte = byte }
    }

    /// With what lines begin that are remarks, or that there are none.
    public struct Comment: Sendable, Hashable {
        public var byte: UInt8?
        public init(_ byte: UInt8?) { self.byte = byte }
    }

    public var kind: Kind?
    public var delimiter: UInt8?
    public var enclosure: Enclosure?
    public var comment: Comment?
    public var hasHeader: Bool?
    public var encoding: TextEncoding?
    /// Texts that mean NULL beside `\N`.
    public var nullIf: [String] = []
    /// Records may have fewer fields than there are columns, which are then NULL, or more, which are dropped.
    public var allowsRaggedRecords = false

    public init() {}
}

/// A file's format as its beginning tells it.
public struct SniffedFile: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case csv(CSVFormat)
        case json(JSONFormat)
    }

    public var kind: Kind
    /// Of the columns, as the file writes them; nil where it has none, and for JSON.
    public var names: [String]?
    /// Fields of a record.
    public var width = 1
    /// Lines passed over as remarks; counted only where nobody told that there are any.
    public var remarkCount = 0

    /// Reads the beginning of a file: its compression, encoding, delimiter, enclosure and header. nil when there is
    /// nothing in it. `fileName` also tells JSON by its ending. Throws `unsupported` for other kinds of files, by name.
    public init?(_ open: () throws -> any ByteSource, fileName: String, hints: SniffHints, settings: LoadSettings) throws {
        var settings = settings
        settings.readsAhead = false
        var encoding = hints.encoding ?? .utf8
        var sample = try SniffedFile.sample(open(), encoding, fileName, settings)
        try SniffedFile.refuseOthers(sample.bytes, fileName)
        if hints.encoding == nil, let other = SniffedFile.encoding(sample.bytes, isWhole: sample.isWhole) {
            encoding = other
            sample = try SniffedFile.sample(open(), encoding, fileName, settings)
        }
        let bytes = sample.bytes, mark = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        guard let first = bytes[mark...].first(where: { $0 > 32 }) else { return nil }
        if hints.kind ?? SniffedFile.kind(fileName, first, bytes[mark...]) == .json {
            var format = JSONFormat()
            format.encoding = encoding
            format.stripOuterArray = first == UInt8(ascii: "[")
            kind = .json(format)
            return
        }
        var format = CSVFormat()
        format.encoding = encoding
        format.errorOnColumnCountMismatch = !hints.allowsRaggedRecords
        format.nullIf += hints.nullIf.map { Array($0.utf8) }
        (names, width) = DialectSniffer(bytes, isWhole: sample.isWhole, hints: hints).withoutRemarks.sniff(into: &format)
        kind = .csv(format)
        guard let comment = format.comment else { return }
        guard format.fieldDelimiter != [comment], format.enclosure != comment, ![9, 10, 13].contains(comment) else {
            throw WarehouseError(
                .invalidValue, "Remarks of '\(fileName)' cannot begin with what divides, encloses or ends its fields.",
                hint: "Name another character: --comment, --delimiter, --quote.")
        }
        guard hints.comment == nil else { return }
        // The guess was made from the beginning: nothing behind it may be lost by it.
        var remarks = RemarkCount(comment, format, width: width)
        try remarks.count(FileText.open(open(), format.compression, encoding, fileName: fileName, settings: settings))
        if let line = remarks.recordLine {
            throw WarehouseError(
                .invalidValue, "Line \(line) of '\(fileName)' begins with # as its remarks do, but has all the fields of a "
                    + "record.", hint: "--comment '#' passes over all such lines, --comment none takes them for records.")
        }
        remarkCount = remarks.count
    }

    /// Whether files are read alike, whatever number of remarks they have.
    public func isLike(_ other: SniffedFile) -> Bool {
        kind == other.kind && names == other.names && width == other.width
    }

    /// Bytes of decompressed text that are looked at.
    private static let sampleBytes = 256 * 1024

    private static func sample(_ source: any ByteSource, _ encoding: TextEncoding, _ fileName: String,
                               _ settings: LoadSettings) throws -> (bytes: [UInt8], isWhole: Bool) {
        let text = try FileText.open(source, .auto, encoding, fileName: fileName, settings: settings)
        var isWhole = false
        let bytes = try [UInt8](unsafeUninitializedCapacity: sampleBytes) { buffer, count in
            count = try text.readFully(into: UnsafeMutableRawBufferPointer(buffer))
            isWhole = count < sampleBytes
        }
        return (bytes, isWhole)
    }

    private static func kind(_ fileName: String, _ first: UInt8, _ text: ArraySlice<UInt8>) -> SniffHints.Kind {
        switch FileNameParts(fileName).format {
        case "json", "jsonl", "ndjson", "geojson": return .json
        case "csv", "tsv", "tab", "psv", "tbl": return .csv
        default: break
        }
        if first == UInt8(ascii: "{") { return .json }
        guard first == UInt8(ascii: "[") else { return .csv }
        let second = text.drop { $0 <= 32 }.dropFirst().first { $0 > 32 } ?? 0
        return second == UInt8(ascii: "{") || second == UInt8(ascii: "]") || second == UInt8(ascii: "[") ? .json : .csv
    }

    /// Files that people have and that are neither CSV nor JSON.
    private static func refuseOthers(_ bytes: [UInt8], _ fileName: String) throws {
        let marks: [(mark: [UInt8], name: String)] = [
            (Array("PAR1".utf8), "a Parquet file"), (Array("ORC".utf8), "an ORC file"), ([0x4F, 0x62, 0x6A, 1], "an Avro file"),
            ([0x50, 0x4B, 3, 4], "a ZIP archive, as spreadsheets are"), ([0xD0, 0xCF, 0x11, 0xE0], "an old spreadsheet"),
            (Array("SQLite format 3".utf8), "an SQLite database"), (Array("%PDF".utf8), "a PDF"),
            (Array("ARROW1".utf8), "an Arrow file"), ([0x1F, 0x8B], "compressed twice"),
        ]
        let isArchive = bytes.dropFirst(257).starts(with: Array("ustar".utf8))
        guard let found = isArchive ? ([], "a tar archive") : marks.first(where: { bytes.starts(with: $0.mark) }) else {
            return
        }
        throw WarehouseError(.unsupported, "'\(fileName)' is \(found.name), which cannot be read here.",
                             hint: "CSV and JSON files can be, compressed or not.")
    }

    /// The encoding of a text that is no UTF-8; nil when it is.
    private static func encoding(_ bytes: [UInt8], isWhole: Bool) -> TextEncoding? {
        if bytes.starts(with: [0xFF, 0xFE, 0, 0]) || bytes.starts(with: [0, 0, 0xFE, 0xFF]) { return .utf32 }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return .utf16 }
        let head = bytes.prefix(1024)
        let evenZeros = head.indices.count { $0 % 2 == 0 && head[$0] == 0 }
        let oddZeros = head.indices.count { $0 % 2 == 1 && head[$0] == 0 }
        if oddZeros * 10 > head.count * 3, evenZeros * 20 < head.count { return .utf16LittleEndian }
        if evenZeros * 10 > head.count * 3, oddZeros * 20 < head.count { return .utf16BigEndian }
        // The last character may be cut: up to three bytes behind its first.
        var end = bytes.count
        if !isWhole, let lead = bytes.indices.suffix(4).last(where: { bytes[$0] & 0xC0 != 0x80 }), bytes[lead] >= 0xC0 {
            end = lead
        }
        let text = bytes[..<end]
        return String(validating: text, as: UTF8.self) == nil ? .windows1252 : nil
    }
}

/// A file's name without its folder, taken apart at its points: `ratings.csv.gz` is `ratings`, `csv`, `gz`.
public struct FileNameParts: Sendable, Hashable {
    /// What stands before the endings of format and compression.
    public let stem: String
    /// In lower case; empty when there is none that is known.
    public let format: String

    private static let formats: Set<String> = ["csv", "tsv", "tab", "psv", "tbl", "txt", "json", "jsonl", "ndjson", "geojson",
                                               "log", "dat"]
    private static let compressions: Set<String> = ["gz", "gzip", "deflate", "raw_deflate", "lz4", "z", "bz2", "zst", "br", "xz"]

    public init(_ path: String) {
        var parts = (path.split(separator: "/").last ?? "").split(separator: ".", omittingEmptySubsequences: false)
        if parts.count > 1, FileNameParts.compressions.contains(parts[parts.count - 1].lowercased()) { parts.removeLast() }
        if parts.count > 1, FileNameParts.formats.contains(parts[parts.count - 1].lowercased()) {
            format = parts.removeLast().lowercased()
        } else {
            format = ""
        }
        stem = parts.joined(separator: ".")
    }

    /// Whether a folder's file of this name is taken for data without being named.
    public var isData: Bool { ["csv", "tsv", "tab", "psv", "tbl", "json", "jsonl", "ndjson"].contains(format) }
}
