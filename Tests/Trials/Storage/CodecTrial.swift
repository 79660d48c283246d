import WarehouseBasics
import WarehouseColumns
import WarehouseStorage

/// Columns that are hard on codecs, written and read back bit by bit; what is said about them is true.
public enum CodecTrial {
    private static let columns = [
        StoredColumn(.integer), StoredColumn(.float), StoredColumn(.text), StoredColumn(.boolean),
        StoredColumn(.array(element: .text)), StoredColumn(.integer),
    ]

    /// `count` tables, each of up to some thousands of rows, at times of more than a chunk.
    public static func run(first: UInt64, count: Int, lanes: Int) -> TrialReport {
        Lanes.run(first, count, lanes: lanes) { seed, report in
            do {
                try trial(seed, &report)
            } catch {
                report.fail("seed \(seed): \(error)")
            }
        }
    }

    private static func trial(_ seed: UInt64, _ report: inout TrialReport) throws {
        var random = SeededRandom(seed)
        let rowCount = random.oneIn(40) ? 65_536 + random.below(3000)
            : random.oneIn(4) ? [1, 2, 63, 64, 65, 1023, 1024, 1025, 2048][random.below(9)] : 1 + random.below(4000)
        let values = columns.indices.map { column($0, rowCount, &random) }
        let rows = (0..<rowCount).map { row in values.map { $0[row] } }
        let disk = SimulatedDisk()
        let store = try Store.create(on: disk, options: StoreOptions(inlineRowLimit: random.oneIn(10) ? 4096 : 0))
        let transaction = try store.beginWrite()
        try transaction.createTable(ObjectID(1), columns: columns)
        try transaction.appendRows(to: ObjectID(1), columns: StoredRows.buffers(rows, columns))
        try transaction.commit(queryID: "q", time: 1)
        let again = try Store.open(on: disk)
        guard let table = try again.snapshot().table(ObjectID(1)) else { return report.fail("seed \(seed): no table") }
        let found = try StoredRows.values(table)
        report.check(StoredRows.areIdentical(found, rows), "seed \(seed): \(rowCount) rows read differently")
        let faults = try again.check().faults
        report.check(faults.isEmpty, "seed \(seed): \(faults.first.map(\.description) ?? "")")
        for (index, column) in values.enumerated() {
            let nulls = column.count { $0 == .null }
            let known = table.statistics(index).nullCount
            report.check(known == nil || known == nulls, "seed \(seed): column \(index) has \(nulls) nulls, not \(known ?? 0)")
        }
    }

    private static func column(_ index: Int, _ count: Int, _ random: inout SeededRandom) -> [ScalarValue] {
        let nullOneIn = [0, 0, 2, 50, 1][random.below(5)]
        let from = random.below(max(1, count)), length = random.below(count + 1), shape = random.below(8)
        let seed = random.next()
        return (0..<count).map { row in
            // Nulls everywhere, here and there, or in one stretch.
            if nullOneIn == 1, random.oneIn(3) || (from..<(from + length)).contains(row) { return .null }
            if nullOneIn > 1, random.oneIn(nullOneIn) { return .null }
            return switch columns[index].type {
            case .float: .double(double(shape, row, seed, &random))
            case .boolean: .boolean(shape < 2 ? shape == 0 : random.oneIn(shape))
            case .varchar: .bytes(text(shape, row, &random))
            case .array: .bytes((0..<random.below(shape + 1)).map { "e\($0 * shape)" }.joined(separator: "|").utf8Bytes)
            default: .integer(integer(shape, row, seed, &random, wide: index == 5))
            }
        }
    }

    private static func integer(_ shape: Int, _ row: Int, _ seed: UInt64, _ random: inout SeededRandom,
                                wide: Bool) -> Int128 {
        let limit = Int128("99999999999999999999999999999999999999") ?? 0
        switch shape {
        case 0: return Int128(Int64(truncatingIfNeeded: seed))
        case 1: return Int128(row) * Int128(seed % 1_000_000) - 5000
        case 2: return Int128(row / (1 + Int(seed % 300)))
        case 3: return Int128(random.below(3)) * 1_000_000_000
        // Ascending with outliers.
        case 4: return random.oneIn(200) ? (random.oneIn(2) ? Int128(Int64.min) : Int128(Int64.max)) : Int128(row) * 3
        case 5: return Int128(Int64(truncatingIfNeeded: random.next() >> (seed % 64)))
        case 6: return Int128([0, -1, 1, Int(Int32.min), Int(Int32.max), Int(Int32.max) + 1, Int.min, Int.max][random.below(8)])
        default:
            guard wide else { return Int128(random.below(1 << 20)) << Int128(seed % 40) }
            return random.oneIn(2) ? limit - Int128(random.below(1000)) : -limit + Int128(random.next())
        }
    }

    private static func double(_ shape: Int, _ row: Int, _ seed: UInt64, _ random: inout SeededRandom) -> Double {
        switch shape {
        case 0: return Double(row) / 2
        case 1: return Double(random.below(100_000)) / 100
        case 2:
            return [0, -0.0, .nan, .infinity, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
                    Double(bitPattern: 0x7FF8_0000_0000_0001), Double(bitPattern: 0xFFF0_0000_0000_0001)][random.below(9)]
        case 3: return Double(bitPattern: random.next())
        case 4: return random.oneIn(100) ? .nan : Double(row % 10) / 2
        case 5: return Double(random.below(1000)) * 1e15 + 0.1
        case 6: return Double(bitPattern: seed)
        default: return Double(Int(random.next() >> 11)) / 1000
        }
    }

    private static func text(_ shape: Int, _ row: Int, _ random: inout SeededRandom) -> [UInt8] {
        switch shape {
        case 0: return []
        case 1: return "kind \(random.below(5))".utf8Bytes
        case 2: return "title number \(row) of a long list".utf8Bytes
        case 3: return (0..<random.below(40)).map { _ in UInt8(random.below(128)) }
        case 4: return [UInt8](repeating: UInt8(97 + random.below(3)), count: random.below(200))
        case 5: return random.oneIn(500) ? [UInt8](repeating: 120, count: 5000) : "s\(row % 700)".utf8Bytes
        case 6: return (0..<13).map { _ in UInt8(random.below(128)) }
        default: return row % 2 == 0 ? "grüße".utf8Bytes : "日本語 \(random.below(40_000))".utf8Bytes
        }
    }
}

extension SeededRandom {
    fileprivate mutating func oneIn(_ count: Int) -> Bool { below(count) == 0 }
}

extension String {
    fileprivate var utf8Bytes: [UInt8] { Array(utf8) }
}
