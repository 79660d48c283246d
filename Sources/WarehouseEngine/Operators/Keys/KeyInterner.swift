import WarehouseBasics
import WarehouseColumns

/// Numbers the distinct values of one column whose values do not fit a word. Null rows are the caller's business:
/// their numbers mean nothing.
class KeyInterner {
    var count: Int { 0 }
    var allocatedBytes: Int { 0 }
    /// Throws when nobody waits for the numbers any more; asked while a table grows.
    var check: () throws -> Void = {}

    /// Numbers each row's value, new ones too.
    func insert(_ vector: Vector, rows: Int, into ids: UnsafeMutablePointer<Int32>) throws {}

    /// Makes room at once for about so many values.
    func expect(_ values: Int) throws {}

    /// A look-up for one thread; nobody inserts while it is in use.
    func makeLookup() -> KeyLookup { KeyLookup() }

    /// An interner fit for a column.
    static func make(for field: KeyField) -> KeyInterner {
        switch field.physicalType {
        case .string: StringInterner(holdsDocuments: field.isDocument)
        case .list: ListInterner()
        default: WideIntegerInterner(isZoned: field.isZoned)
        }
    }
}

/// Finds values that an interner has numbered. One thread at a time.
class KeyLookup {
    /// Gives the number of each row's value, -1 where it has none.
    func find(_ vector: Vector, rows: Int, into ids: UnsafeMutablePointer<Int32>) throws {}
}

/// Numbers 128-bit integers.
final class WideIntegerInterner: KeyInterner {
    private let index = HashKeyIndex128()
    private let isZoned: Bool
    private var words = WideWords()
    private var newRows = RowList()

    init(isZoned: Bool = false) { self.isZoned = isZoned }

    override var count: Int { index.count }
    override var allocatedBytes: Int { index.allocatedBytes }
    override var check: () throws -> Void { didSet { index.check = check } }

    override func insert(_ vector: Vector, rows: Int, into ids: UnsafeMutablePointer<Int32>) throws {
        newRows.reset(capacity: rows)
        words.split(vector, rows, isZoned: isZoned)
        try words.withCodes { codes in
            try index.insert(codes, rows: rows, validity: vector.validity, into: ids, newRows: &newRows)
        }
    }

    override func expect(_ values: Int) throws { try index.expect(values) }
    override func makeLookup() -> KeyLookup { Lookup(index, isZoned: isZoned) }

    private final class Lookup: KeyLookup {
        private let index: HashKeyIndex128
        private let isZoned: Bool
        private var words = WideWords()

        init(_ index: HashKeyIndex128, isZoned: Bool) {
            self.index = index
            self.isZoned = isZoned
        }

        override func find(_ vector: Vector, rows: Int, into ids: UnsafeMutablePointer<Int32>) throws {
            words.split(vector, rows, isZoned: isZoned)
            words.withCodes { index.find($0, rows: rows, into: ids) }
        }
    }
}

/// The two words of each 128-bit integer of a batch.
private struct WideWords {
    private var first: [UInt64] = []
    private var second: [UInt64] = []

    mutating func split(_ vector: Vector, _ rows: Int, isZoned: Bool) {
        if first.count < rows {
            first = Array(repeating: 0, count: Swift.max(rows, Vector.standardCapacity))
            second = Array(repeating: 0, count: first.count)
        }
        switch vector.physicalType {
        case .int32: split(vector.int32s, rows, isZoned)
        case .int64: split(vector.int64s, rows, isZoned)
        default: split(vector.int128s, rows, isZoned)
        }
    }

    private mutating func split(_ values: UnsafePointer<some FixedWidthInteger>, _ rows: Int, _ isZoned: Bool) {
        withCodes { codes in
            for row in 0..<rows {
                var value = Int128(truncatingIfNeeded: values[row])
                if isZoned { value = ZonedTicks.ticks(value) }
                codes.first[row] = UInt64(truncatingIfNeeded: value)
                codes.second[row] = UInt64(truncatingIfNeeded: value >> 64)
            }
        }
    }

    mutating func withCodes(_ body: (KeyCodes) throws -> Void) rethrows {
        try first.withUnsafeMutableBufferPointer { low in
            try second.withUnsafeMutableBufferPointer { high in
                guard let low = low.baseAddress, let high = high.baseAddress else { return }
                try body(KeyCodes(first: low, second: high))
            }
        }
    }
}
