import WarehouseBasics
import WarehouseColumns
import WarehouseIngest

/// Rows and rejects of a whole file, values as text; NULL is nil.
struct Loaded {
    var rows: [[String?]] = []
    var rejects: [RejectedRecord] = []
    var rowsParsed = 0
    var rowNumbers: [Int] = []
    var header: [String]?
}

/// A format with the double quote as enclosure.
func quoted(_ change: (inout CSVFormat) -> Void = { _ in }) -> CSVFormat {
    var format = CSVFormat()
    format.enclosure = UInt8(ascii: "\"")
    change(&format)
    return format
}

func settings(_ change: (inout LoadSettings) -> Void = { _ in }) -> LoadSettings {
    var settings = LoadSettings(timeZone: .utc)
    settings.wantsRowNumbers = true
    settings.keepsRejectedRecords = true
    change(&settings)
    return settings
}

/// Loads into typed columns, one a field.
func load(
    _ text: String, _ types: [LogicalType], _ format: CSVFormat = quoted(), _ settings: LoadSettings = settings(),
    nullable: Bool = true, piece: Int = .max
) throws -> Loaded {
    let columns = types.enumerated().map {
        LoadColumn(name: "C\($0.offset + 1)", type: $0.element, isNullable: nullable, fieldIndex: $0.offset)
    }
    return try load(Array(text.utf8), columns, format, settings, piece: piece)
}

func load(
    _ bytes: [UInt8], _ columns: [LoadColumn], _ format: CSVFormat, _ settings: LoadSettings = settings(),
    piece: Int = .max
) throws -> Loaded {
    let reader = try CSVFileReader(
        source: MemorySource(bytes, pieceLimit: piece), fileName: "test.csv", format: format, columns: columns,
        settings: settings, fieldCountToCheck: columns.count)
    return try collect(reader, columns.map(\.type))
}

/// Loads fields as text.
func loadText(
    _ bytes: [UInt8], fields: Int, _ format: CSVFormat = quoted(), _ settings: LoadSettings = settings(),
    piece: Int = .max
) throws -> Loaded {
    let reader = try CSVFileReader(
        source: MemorySource(bytes, pieceLimit: piece), fileName: "test.csv", format: format, fieldCount: fields,
        settings: settings)
    return try collect(reader, Array(repeating: .text, count: fields))
}

func loadText(_ text: String, fields: Int, _ format: CSVFormat = quoted()) throws -> [[String?]] {
    try loadText(Array(text.utf8), fields: fields, format).rows
}

private func collect(_ reader: CSVFileReader, _ types: [LogicalType]) throws -> Loaded {
    var result = Loaded()
    result.header = reader.header
    let formatters = types.map { ValueFormatter(type: $0, formats: TextFormats(timeZone: .utc)) }
    let chunk = LoadedChunk()
    while try reader.next(into: chunk) {
        let vectors = chunk.columns.map { $0.vector() }
        for row in 0..<chunk.rowCount {
            result.rows.append(vectors.indices.map { formatters[$0].string(vectors[$0], row) })
            if let numbers = chunk.rowNumbers { result.rowNumbers.append(Int(numbers.int64s[row])) }
        }
        result.rejects += chunk.rejects
    }
    result.rowsParsed = reader.rowsParsed
    return result
}

/// All bytes a source gives.
func drain(_ source: any ByteSource, piece: Int = 100) throws -> [UInt8] {
    var bytes: [UInt8] = []
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: piece, alignment: 16)
    defer { buffer.deallocate() }
    while true {
        let count = try source.read(into: buffer)
        if count == 0 { return bytes }
        bytes.append(contentsOf: buffer[..<count])
    }
}

func fixtureRows() -> [UInt8] {
    (0..<40).flatMap { Array("\($0),name \($0 * 7 % 13),\($0 * $0)\n".utf8) }
}

/// SplitMix64: the same numbers on every machine.
struct Random {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
