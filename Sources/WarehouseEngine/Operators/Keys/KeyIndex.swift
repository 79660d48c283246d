import WarehouseBasics
import WarehouseColumns

/// Numbers distinct codes 0, 1, 2 … in the order they first come. A code is one or two 64-bit words a row.
class KeyIndex {
    /// Distinct codes so far.
    final var count = 0
    /// Throws when nobody waits for the codes any more; asked while a table grows.
    final var check: () throws -> Void = {}

    var allocatedBytes: Int { 0 }

    /// Gives the number of each row's code, numbering new ones; `newRows` collects the rows that brought them.
    /// A row that `validity` marks null is left alone.
    func insert(_ codes: KeyCodes, rows: Int, validity: UnsafePointer<UInt64>?, into ids: UnsafeMutablePointer<Int32>,
                newRows: inout RowList) throws {}

    /// Makes room at once for about so many codes.
    func expect(_ codes: Int) throws {}

    /// Gives the number of each row's code, -1 where there is none.
    func find(_ codes: KeyCodes, rows: Int, into ids: UnsafeMutablePointer<Int32>) {}

    /// At most this many codes, so that a number plus one fits Int32.
    static let maximumCount = Int(Int32.max) - 2

    final func checkRoom(_ extra: Int) throws {
        if count + extra > KeyIndex.maximumCount {
            throw WarehouseError(.limitExceeded, "More than \(KeyIndex.maximumCount) distinct keys in one table.")
        }
    }

    /// Spreads the bits of a code over a word.
    @inline(__always)
    static func mix(_ code: UInt64) -> UInt64 {
        var hash = code &* 0x9E37_79B9_7F4A_7C15
        hash ^= hash >> 32
        return hash &* 0xD6E8_FEB8_6659_FD93
    }
}

/// Codes of one batch: word `w` of row `r` is `words[w][r]`.
struct KeyCodes {
    var first: UnsafeMutablePointer<UInt64>
    var second: UnsafeMutablePointer<UInt64>
}

/// Row numbers of one batch that some rule picked; reused from batch to batch.
struct RowList: ~Copyable {
    private(set) var rows: UnsafeMutablePointer<Int32>
    private(set) var capacity: Int
    var count = 0

    init(capacity: Int = Vector.standardCapacity) {
        self.capacity = max(capacity, 1)
        rows = .allocate(capacity: self.capacity)
    }

    deinit { rows.deallocate() }

    /// Room for `wanted` rows; forgets those it held.
    mutating func reset(capacity wanted: Int) {
        count = 0
        guard wanted > capacity else { return }
        rows.deallocate()
        capacity = wanted
        rows = .allocate(capacity: wanted)
    }

    @inline(__always)
    mutating func append(_ row: Int) {
        rows[count] = Int32(truncatingIfNeeded: row)
        count &+= 1
    }

    /// There is room for them, as for one row.
    mutating func append(repeating row: Int, count more: Int) {
        (rows + count).update(repeating: Int32(truncatingIfNeeded: row), count: more)
        count &+= more
    }

    mutating func append(ascendingFrom row: Int, count more: Int) {
        let first = Int32(truncatingIfNeeded: row), end = rows + count
        for index in 0..<more { end[index] = first &+ Int32(truncatingIfNeeded: index) }
        count &+= more
    }

    var selection: UnsafeBufferPointer<Int32> { UnsafeBufferPointer(start: rows, count: count) }
}
