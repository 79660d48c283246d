import WarehouseBasics
import WarehouseColumns
import WarehousePlan
import WarehouseStorage

/// The keys of a join's build side, or the range in which they lie, by which a scan beneath the other side drops rows
/// before its other columns are read and before any join above looks them up (dynamic filtering in Trino's words, join
/// filter pushdown in DuckDB's).
/// Made with the plan, filled by one thread when the build side is complete, only read once threads run the scan.
final class DynamicFilter: @unchecked Sendable {
    /// Keys further apart than this many are known by their bounds alone: 16 MB of bits.
    static let maximumSpan = 1 << 27

    /// Nothing is dropped until it is filled.
    private(set) var isActive = false
    /// Bounds of the keys; `low > high` when there are none.
    private(set) var low: Int64 = 0
    private(set) var high: Int64 = -1
    /// One bit for each value from `low` to `high`; nil where they lie too far apart.
    private(set) var bits: UnsafeMutablePointer<UInt64>?
    private var words = 0

    /// Values that the probed column may have.
    private let probed: ValueRange?

    /// Scans take filters of 64 bits, though a join above may compare their values with wider ones.
    init(probing range: ValueRange?) {
        probed = range.map { ValueRange(Int128(Int64(clamping: $0.low)), Int128(Int64(clamping: $0.high))) }
    }

    deinit { bits?.deallocate() }

    var allocatedBytes: Int { words * MemoryLayout<UInt64>.stride }

    /// Forgets what it held.
    func clear() {
        bits?.deallocate()
        bits = nil
        words = 0
        isActive = false
    }

    /// Takes the values of a column of `int32` or `int64`, without its nulls.
    func fill(_ keys: ColumnBuffer) {
        clear()
        switch keys.physicalType {
        case .int32: fill(keys.int32s, keys)
        case .int64: fill(keys.int64s, keys)
        default: break
        }
    }

    private func fill<T: FixedWidthInteger & SignedInteger>(_ values: UnsafePointer<T>, _ keys: ColumnBuffer) {
        var least = T.max, greatest = T.min
        let validity = keys.validity
        for row in 0..<keys.count where validity.map({ ValidityWords.isValid($0, row) }) ?? true {
            least = min(least, values[row])
            greatest = max(greatest, values[row])
        }
        isActive = true
        guard least <= greatest else { return (low, high) = (0, -1) }
        (low, high) = (Int64(least), Int64(greatest))
        if hasMostKeys(keys.count) { return isActive = false }
        let (span, overflow) = high.subtractingReportingOverflow(low)
        guard !overflow, span < Self.maximumSpan else { return }
        words = Int(span) / 64 + 1
        let bits = UnsafeMutablePointer<UInt64>.allocate(capacity: words)
        bits.initialize(repeating: 0, count: words)
        for row in 0..<keys.count where validity.map({ ValidityWords.isValid($0, row) }) ?? true {
            let place = Int(truncatingIfNeeded: Int64(values[row]) &- low)
            bits[place &>> 6] |= 1 &<< UInt64(place & 63)
        }
        self.bits = bits
    }

    /// Lets values pass that compare by `op` with at least one of a column's values, which are integers.
    func fillRange(_ op: ComparisonOperator, _ others: ColumnBuffer) {
        clear()
        isActive = true
        (low, high) = (0, -1)
        guard let range = others.fastRange else { return }
        switch op {
        case .less: bound(.min, range.high &- 1)
        case .lessOrEqual: bound(.min, range.high)
        case .greater: bound(range.low &+ 1, .max)
        case .greaterOrEqual: bound(range.low, .max)
        default: isActive = false
        }
        if let probed, Int128(low) <= probed.low, Int128(high) >= probed.high { isActive = false }
    }

    /// Bounds beyond 64 bits are those of all values; where no value lies between, none passes.
    private func bound(_ least: Int128, _ greatest: Int128) {
        guard least <= Int128(Int64.max), greatest >= Int128(Int64.min) else { return }
        (low, high) = (Int64(clamping: least), Int64(clamping: greatest))
    }

    /// Whether the bounds leave out half of what the column spans, so that zones are worth a look.
    var isNarrow: Bool {
        guard isActive, let probed else { return false }
        return 2 * (Int128(high) - Int128(low)) < probed.high - probed.low
    }

    /// Whether so many keys are about all that a column has: the filter would drop little.
    private func hasMostKeys(_ rows: Int) -> Bool {
        guard let probed, Int128(low) <= probed.low, Int128(high) >= probed.high else { return false }
        return Int128(rows) > (probed.high - probed.low) / 2
    }

    /// Whether rows of a zone may have one of the keys. Nil: nothing is known.
    func admits(_ zone: ZoneRange?) -> Bool {
        guard isActive, let zone else { return true }
        return zone.low <= zone.high && zone.low <= Int128(high) && zone.high >= Int128(low)
    }
}

/// Chooses rows by a dynamic filter.
enum DynamicFilterKernel {
    /// Keeps of `rows[0 ..< count]`, or of all `0 ..< count` when `isAll`, those whose value is one of the keys; gives
    /// their number.
    static func refine(_ vector: Vector, _ filter: DynamicFilter, _ rows: UnsafeMutablePointer<Int32>, _ count: Int,
                       isAll: Bool) -> Int {
        if isAll { for row in 0..<count { rows[row] = Int32(truncatingIfNeeded: row) } }
        switch (vector.form, vector.physicalType) {
        case (.flat, .int32): return flat(vector.int32s, vector.validity, filter, rows, count)
        case (.flat, .int64): return flat(vector.int64s, vector.validity, filter, rows, count)
        case (.runs, .int32): return runs(vector, vector.int32s, filter, rows, count)
        case (.runs, .int64): return runs(vector, vector.int64s, filter, rows, count)
        default: return other(vector, filter, rows, count)
        }
    }

    /// One bit test; 1 where the filter has the value.
    @inline(__always)
    private static func has(_ value: Int64, _ low: Int64, _ span: UInt64, _ bits: UnsafePointer<UInt64>?) -> Int {
        let place = UInt64(bitPattern: value &- low)
        guard place <= span else { return 0 }
        guard let bits else { return 1 }
        return Int(truncatingIfNeeded: bits[Int(truncatingIfNeeded: place &>> 6)] &>> (place & 63)) & 1
    }

    private static func flat<T: FixedWidthInteger & SignedInteger>(
        _ values: UnsafePointer<T>, _ validity: UnsafePointer<UInt64>?, _ filter: DynamicFilter,
        _ rows: UnsafeMutablePointer<Int32>, _ count: Int
    ) -> Int {
        guard filter.low <= filter.high else { return 0 }
        let low = filter.low, span = UInt64(bitPattern: filter.high &- low), bits = UnsafePointer(filter.bits)
        var kept = 0
        for index in 0..<count {
            let row = rows[index]
            rows[kept] = row
            var found = has(Int64(truncatingIfNeeded: values[Int(row)]), low, span, bits)
            if let validity { found &= Int(truncatingIfNeeded: validity[Int(row) &>> 6] &>> UInt64(row & 63)) }
            kept &+= found & 1
        }
        return kept
    }

    private static func runs<T: FixedWidthInteger & SignedInteger>(
        _ vector: Vector, _ values: UnsafePointer<T>, _ filter: DynamicFilter, _ rows: UnsafeMutablePointer<Int32>,
        _ count: Int
    ) -> Int {
        guard filter.low <= filter.high else { return 0 }
        let low = filter.low, span = UInt64(bitPattern: filter.high &- low), bits = UnsafePointer(filter.bits)
        let ends = vector.runEnds
        var kept = 0, run = 0, index = 0
        while index < count {
            while rows[index] >= ends[run] { run &+= 1 }
            let end = ends[run]
            let fits = !vector.isNull(Int(rows[index])) && has(Int64(truncatingIfNeeded: values[run]), low, span, bits) != 0
            while index < count, rows[index] < end {
                rows[kept] = rows[index]
                kept &+= fits ? 1 : 0
                index &+= 1
            }
        }
        return kept
    }

    private static func other(_ vector: Vector, _ filter: DynamicFilter, _ rows: UnsafeMutablePointer<Int32>,
                              _ count: Int) -> Int {
        guard filter.low <= filter.high else { return 0 }
        let low = filter.low, span = UInt64(bitPattern: filter.high &- low), bits = UnsafePointer(filter.bits)
        let holder = vector.valueHolder
        let isWide = holder.physicalType == .int64
        var kept = 0
        for index in 0..<count {
            let row = rows[index]
            guard !vector.isNull(Int(row)) else { continue }
            let place = vector.valueIndex(Int(row))
            let value = isWide ? holder.int64s[place] : Int64(holder.int32s[place])
            rows[kept] = row
            kept &+= has(value, low, span, bits)
        }
        return kept
    }
}

/// A dynamic filter on an output column of a scan, for one thread, which leaves it alone where it drops little.
struct DynamicFilterUse {
    let filter: DynamicFilter
    let column: Int
    private var seen = 0
    private var kept = 0

    init(_ filter: DynamicFilter, column: Int) {
        self.filter = filter
        self.column = column
    }

    /// After this many rows a filter that lets three quarters through is not asked any more.
    private static let trialRows = 16_384

    var isWorthwhile: Bool { filter.isActive && (seen < Self.trialRows || kept < seen - seen / 4) }

    mutating func note(seen rows: Int, kept left: Int) {
        seen += rows
        kept += left
    }
}
