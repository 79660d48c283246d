import Testing
import Trials
import WarehouseBasics
import WarehouseColumns
@testable import WarehouseStorage

@Suite struct ColumnCodecTests {
    /// How nulls lie among the rows.
    enum Nulls: CaseIterable { case none, some, most, all, runs }

    static func isNull(_ nulls: Nulls, _ row: Int, _ random: inout SeededRandom) -> Bool {
        switch nulls {
        case .none: false
        case .some: random.chance(9)
        case .most: !random.chance(9)
        case .all: true
        case .runs: row / 700 % 2 == 0
        }
    }

    static func double(_ shape: Int, _ row: Int, _ random: inout SeededRandom) -> Double {
        switch shape {
        case 0: Double(random.below(10) + 1) / 2
        case 1: Double(random.below(1_000_000)) / 100
        case 2: Double(bitPattern: random.next())
        case 3: [0.0, -0.0, .nan, .infinity, -.infinity, .leastNonzeroMagnitude, 1e308, -.nan][random.below(8)]
        case 4: 1 - Double(random.below(4000)) * 0.00025
        case 5: random.chance(50) ? -0.0 : Double(random.below(100_000_000)) / 1000
        case 6: Double(row / 900)
        case 7: 42.5
        default: Double(random.below(1 << 30)) * 1e10
        }
    }

    static func text(_ shape: Int, _ row: Int, _ random: inout SeededRandom) -> [UInt8] {
        switch shape {
        case 0: Array("genre \(random.below(20))".utf8)
        case 1: Array("unique title number \(row) of the list".utf8)
        case 2: (0..<random.below(30)).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        case 3: []
        case 4: row == 17 ? [UInt8](repeating: 65, count: 70_000) : Array("x".utf8)
        default: random.chance(2) ? [] : Array(String(repeating: "ab", count: random.below(9)).utf8)
        }
    }

    /// Encodes chunk after chunk, as a segment does, and reads every window back.
    static func roundTrip(_ column: StoredColumn, _ chunks: [[ScalarValue]], _ comment: String) throws {
        let kind = ColumnKind(column.type)
        let encoder = ColumnEncoder(kind)
        var sinks: [ByteSink] = []
        var low: Int128 = 0, high: Int128 = 0
        for values in chunks {
            let sink = ByteSink()
            let buffer = StoredRows.buffers(values.map { [$0] }, [column])[0]
            let zones = encoder.encode(buffer, into: sink)
            #expect(zones.nullCount == values.filter { $0 == .null }.count)
            if zones.low <= zones.high { (low, high) = (min(low, zones.low), max(high, zones.high)) }
            sinks.append(sink)
        }
        let dictionarySink = ByteSink()
        let hasDictionary = encoder.encodeDictionary(into: dictionarySink)
        let dictionary = hasDictionary
            ? try SegmentDictionary(parsing: dictionarySink.bytes, isText: kind.holdsText) : nil
        let physical = column.type.hasVariableWidth ? column.type.physicalType(low: low, high: high)
            : column.type.widestPhysicalType
        let decoder = ColumnDecoder(kind, physical: physical, elementPhysical: column.elementType,
                                    dictionary: dictionary)
        let vector = Vector(physical, child: column.elementType.map { Vector($0) })
        for (values, sink) in zip(chunks, sinks) {
            try decoder.load(sink.bytes, expected: values.count)
            var start = 0
            while start < values.count {
                let rows = min(2048, values.count - start)
                try decoder.fill(vector, start, rows)
                #expect(vector.count == rows)
                let found = (0..<rows).map { StoredRows.value(vector, $0) }
                let same = zip(found, values[start...]).allSatisfy { StoredRows.areIdentical($0, $1) }
                #expect(same, "\(comment), rows from \(start), form \(vector.form)")
                start += 2048
            }
        }
    }

    @Test(arguments: Nulls.allCases) func doublesComeBackBitForBit(_ nulls: Nulls) throws {
        for shape in 0..<9 {
            var random = SeededRandom(UInt64(shape) * 31 + 1)
            let chunks = [4096, 3000, 1, 17].map { count in
                (0..<count).map { row in
                    let value = Self.double(shape, row, &random)
                    return Self.isNull(nulls, row, &random) ? ScalarValue.null : .double(value)
                }
            }
            try Self.roundTrip(StoredColumn(.float), chunks, "doubles of shape \(shape), nulls \(nulls)")
        }
    }

    @Test(arguments: Nulls.allCases) func stringsComeBack(_ nulls: Nulls) throws {
        for shape in 0..<6 {
            var random = SeededRandom(UInt64(shape) * 31 + 2)
            let chunks = [3000, 2500, 1].map { count in
                (0..<count).map { row in
                    let value = Self.text(shape, row, &random)
                    return Self.isNull(nulls, row, &random) ? ScalarValue.null : .bytes(value)
                }
            }
            try Self.roundTrip(StoredColumn(.text), chunks, "strings of shape \(shape), nulls \(nulls)")
        }
    }

    @Test(arguments: Nulls.allCases) func listsComeBack(_ nulls: Nulls) throws {
        var random = SeededRandom(9)
        let chunks = [3000, 2100].map { count in
            (0..<count).map { row in
                let parts = (0..<random.below(5)).map { _ in "g\(random.below(30))" }
                return Self.isNull(nulls, row, &random) ? ScalarValue.null
                    : .bytes(Array(parts.joined(separator: "|").utf8))
            }
        }
        try Self.roundTrip(StoredColumn(.array(element: .text)), chunks, "lists, nulls \(nulls)")
    }

    @Test(arguments: Nulls.allCases) func integersAndBooleansComeBack(_ nulls: Nulls) throws {
        for shape in IntegerCodecTests.shapes {
            var random = SeededRandom(UInt64(shape) * 31 + 3)
            let chunks = [4100, 2048, 5].map { count in
                IntegerCodecTests.sequence(shape, count, &random).enumerated().map { row, value in
                    Self.isNull(nulls, row, &random) ? ScalarValue.null : .integer(Int128(value))
                }
            }
            try Self.roundTrip(StoredColumn(.integer), chunks, "integers of shape \(shape), nulls \(nulls)")
        }
        var random = SeededRandom(4)
        let flags = (0..<3000).map { row in
            Self.isNull(nulls, row, &random) ? ScalarValue.null : .boolean(row < 1000 || random.chance(3))
        }
        try Self.roundTrip(StoredColumn(.boolean), [flags, [.boolean(true)]], "booleans, nulls \(nulls)")
        let wide = (0..<2500).map { row in
            Self.isNull(nulls, row, &random) ? ScalarValue.null
                : .integer(Int128(Int64(bitPattern: random.next())) << 60 | Int128(row))
        }
        try Self.roundTrip(StoredColumn(.integer), [wide], "wide integers, nulls \(nulls)")
    }
}
