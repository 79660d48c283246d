import WarehouseBasics
#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Numbers codes of a small domain by one table look-up: `table[code]` is number + 1, 0 where none. The domain may
/// grow, for codes that are numbers themselves.
final class DenseKeyIndex: KeyIndex {
    /// A domain up to this size gets a table even when few codes are expected (256 KB).
    static let alwaysDense = 65_536
    static let maximumDomain = 1 << 22

    private(set) var domain: Int
    /// Made with the first codes: many a state never sees any.
    private var table: UnsafeMutablePointer<Int32>?
    /// Places that were written, with zeros or numbers: no number is at another. The whole domain where nothing is to be
    /// written beforehand any more.
    private var written = 0..<0

    /// Codes are `0 ..< domain`; the encoder has checked them.
    init(domain: Int) { self.domain = domain }

    deinit { free(table) }

    /// Makes codes below `wanted` valid.
    func grow(toDomain wanted: Int) throws {
        guard wanted > domain else { return }
        let size = max(wanted, domain * 2)
        if let table {
            let grown = try DenseKeyIndex.make(size)
            grown.update(from: table, count: domain)
            free(table)
            self.table = grown
            written = 0..<domain
        }
        domain = size
    }

    private func madeTable() throws -> UnsafeMutablePointer<Int32> {
        if let table { return table }
        let made = try DenseKeyIndex.make(domain)
        table = made
        return made
    }

    /// Zeroed memory: pages that no code touches are never made. Not inlined, or the compiler leaves out the zeros of
    /// `writeAll`.
    @inline(never)
    private static func make(_ size: Int) throws -> UnsafeMutablePointer<Int32> {
        guard let memory = calloc(size, MemoryLayout<Int32>.stride) else {
            throw WarehouseError(.memoryLimit, "No memory for a table of \(size) keys.")
        }
        return memory.assumingMemoryBound(to: Int32.self)
    }

    /// Most of the domain comes, while other threads work: a page that is read before it is written is made twice, and the
    /// second time interrupts them all.
    func writeAll() throws {
        guard table == nil else { return }
        let made = try DenseKeyIndex.make(domain)
        made.update(repeating: 0, count: domain)
        table = made
        written = 0..<domain
    }

    /// Writes zeros around a place that no number was written to, and over the next page: of keys that ascend, pages are so
    /// written before they are read. See `writeAll`; the first run of a UNION of 138,000 users took 10 ms instead of 15.
    @inline(never)
    private func write(around place: Int, _ table: UnsafeMutablePointer<Int32>) {
        let page = 4096 / MemoryLayout<Int32>.stride
        var low = place / page * page, high = min(domain, low + 2 * page)
        if !written.isEmpty {
            if place >= written.upperBound { low = written.upperBound } else { high = written.lowerBound }
        }
        // Far between, pages that nobody touches are worth more.
        guard high - low <= DenseKeyIndex.alwaysDense else {
            written = 0..<domain
            return
        }
        (table + low).update(repeating: 0, count: high - low)
        written = written.isEmpty ? low..<high : min(low, written.lowerBound)..<max(high, written.upperBound)
    }

    override var allocatedBytes: Int { table == nil ? 0 : domain * MemoryLayout<Int32>.stride }

    override func insert(_ codes: KeyCodes, rows: Int, validity: UnsafePointer<UInt64>?,
                         into ids: UnsafeMutablePointer<Int32>, newRows: inout RowList) throws {
        try checkRoom(rows)
        let table = try madeTable(), codes = codes.first
        var next = count
        for row in 0..<rows {
            let slot = Int(truncatingIfNeeded: codes[row])
            let id = table[slot]
            if id != 0 {
                ids[row] = id &- 1
            } else {
                ids[row] = Int32(truncatingIfNeeded: next)
                next &+= 1
                if !written.contains(slot) { write(around: slot, table) }
                table[slot] = Int32(truncatingIfNeeded: next)
                newRows.append(row)
            }
        }
        count = next
    }

    /// As `insert` for the codes `value - low + 1` of values without nulls. False when a value is not within
    /// `low ... low + span`; then nothing more than the rows before it was numbered.
    func insert<T: FixedWidthInteger>(_ values: UnsafePointer<T>, low: Int64, span: UInt64, rows: Int,
                                      into ids: UnsafeMutablePointer<Int32>, newRows: inout RowList) throws -> Bool {
        try checkRoom(rows)
        let table = try madeTable()
        var next = count
        defer { count = next }
        for row in 0..<rows {
            let code = UInt64(bitPattern: Int64(truncatingIfNeeded: values[row]) &- low)
            guard code <= span else { return false }
            let slot = Int(truncatingIfNeeded: code) &+ 1, id = table[slot]
            if id != 0 {
                ids[row] = id &- 1
            } else {
                ids[row] = Int32(truncatingIfNeeded: next)
                next &+= 1
                if !written.contains(slot) { write(around: slot, table) }
                table[slot] = Int32(truncatingIfNeeded: next)
                newRows.append(row)
            }
        }
        return true
    }

    /// As `find` for the codes `value - low + 1`; -1 for a value that is not within `low ... low + span`.
    func find<T: FixedWidthInteger>(_ values: UnsafePointer<T>, low: Int64, span: UInt64, rows: Int,
                                    into ids: UnsafeMutablePointer<Int32>) {
        guard let table else { return ids.update(repeating: -1, count: rows) }
        for row in 0..<rows {
            let code = UInt64(bitPattern: Int64(truncatingIfNeeded: values[row]) &- low)
            // Code 0 is that of null, which no value has.
            ids[row] = code <= span ? table[Int(truncatingIfNeeded: code) &+ 1] &- 1 : -1
        }
    }

    override func find(_ codes: KeyCodes, rows: Int, into ids: UnsafeMutablePointer<Int32>) {
        guard let table else { return ids.update(repeating: -1, count: rows) }
        let codes = codes.first
        for row in 0..<rows { ids[row] = table[Int(truncatingIfNeeded: codes[row])] &- 1 }
    }
}
