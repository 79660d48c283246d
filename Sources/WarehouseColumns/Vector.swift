import WarehouseBasics

/// Rows of one column of a batch. Reused from batch to batch by whoever fills it: a consumer that keeps data
/// copies it (`ColumnBuffer`), and keeps the owners of string bytes.
///
/// - `flat`: `count` values at `values`.
/// - `constant`: one value at `values`, meant for all `count` rows; validity bit 0 is that of all rows.
/// - `dictionary`: `count` codes at `codes`, each a row of `dictionary`, a flat vector without nulls that never
///   changes and may be kept by reference. A null row's code is 0 and needs no entry to exist.
/// - `runs`: `runCount` values at `values`, no nulls; run i ends before row `runEnds[i]`.
///
/// A null row holds an initialised value (0, false, the empty view), never garbage.
public final class Vector {
    public enum Form: UInt8, Sendable { case flat, constant, dictionary, runs }

    public let physicalType: PhysicalType
    @exclusivity(unchecked) public private(set) var form = Form.flat
    @exclusivity(unchecked) public var count = 0
    @exclusivity(unchecked) public private(set) var capacity: Int

    /// `capacity` values of `physicalType.stride` bytes, 16-byte aligned. For lists: `capacity + 1` Int32 offsets.
    @exclusivity(unchecked) public private(set) var values: UnsafeMutableRawPointer
    /// How many of them hold something: a null row's value is 0 or the empty view, and so are those that were never asked for.
    @exclusivity(unchecked) private var initialisedCount = 0
    /// A buffer that `values` borrows from (a decoded block, a whole column); nil when the vector owns them.
    private var borrowedFrom: AnyObject?

    @exclusivity(unchecked) private var validityStore: Validity
    @exclusivity(unchecked) public private(set) var hasNulls = false

    @exclusivity(unchecked) private var codeStore: UnsafeMutablePointer<Int32>?
    @exclusivity(unchecked) private var codeCapacity = 0
    public private(set) var dictionary: Vector?
    @exclusivity(unchecked) public private(set) var runCount = 0

    /// Keep alive what the string views of this vector point into.
    public var owners: [AnyObject] = []
    /// Elements of a list vector.
    public private(set) var child: Vector?
    private var ownArena: ByteArena?

    /// Rows of a batch at most. What a batch costs whatever its rows (counts of references above all) is a fifth of a
    /// simple aggregate's time at 2048 rows and a twentieth at this.
    public static let standardCapacity = 8192

    public init(_ physicalType: PhysicalType, capacity: Int = Vector.standardCapacity, child: Vector? = nil) {
        self.physicalType = physicalType
        self.capacity = capacity
        self.child = child
        values = Vector.allocate(physicalType, capacity)
        validityStore = Validity(rowCapacity: capacity)
    }

    /// A flat, dense view of `count` values that `owner` keeps alive. For dictionaries and materialised columns.
    public init(_ physicalType: PhysicalType, borrowing values: UnsafeMutableRawPointer, count: Int, owner: AnyObject,
                child: Vector? = nil) {
        self.physicalType = physicalType
        self.capacity = count
        self.count = count
        self.values = values
        self.child = child
        borrowedFrom = owner
        validityStore = Validity(rowCapacity: count)
    }

    deinit {
        if borrowedFrom == nil { values.deallocate() }
        codeStore?.deallocate()
    }

    private static func allocate(_ type: PhysicalType, _ capacity: Int) -> UnsafeMutableRawPointer {
        let bytes = type.stride * (capacity + (type == .list ? 1 : 0))
        return .allocate(byteCount: max(16, bytes), alignment: 16)
    }

    /// Initialises the first `wanted` values, once. Those that no row reaches stay as they are, and their pages are never
    /// made: 10,000 columns of five rows took 1.4 GB where each vector was filled.
    private func initialise(_ wanted: Int) {
        guard wanted > initialisedCount else { return }
        let stride = physicalType.stride, start = initialisedCount * stride
        // A list has an offset more than rows.
        let end = (wanted + (physicalType == .list ? 1 : 0)) * stride
        (values + start).initializeMemory(as: UInt8.self, repeating: 0, count: end - start)
        initialisedCount = wanted
    }

    // MARK: Filling

    /// Begins a flat vector of `count` rows, none null; the values are left for the caller to write. Owned string
    /// bytes of the last filling are dropped.
    public func beginFlat(_ count: Int) {
        begin(.flat, valueCount: count, rows: count)
        if physicalType == .list { values.storeBytes(of: 0, as: Int32.self) }
    }

    /// Begins a constant vector; the caller writes the one value.
    public func beginConstant(rows: Int) { begin(.constant, valueCount: 1, rows: rows) }

    /// Begins a dictionary vector; the caller writes `count` codes.
    public func beginDictionary(_ dictionary: Vector, count: Int) {
        begin(.dictionary, valueCount: 0, rows: count)
        self.dictionary = dictionary
        reserveCodes(count)
    }

    /// Begins a run-length vector; the caller writes `runCount` values and ends, the last end being `rows`.
    public func beginRuns(_ runCount: Int, rows: Int) {
        begin(.runs, valueCount: runCount, rows: rows)
        self.runCount = runCount
        reserveCodes(runCount)
    }

    /// Lends values that `owner` keeps alive and nobody changes: a flat vector without a copy.
    public func borrowFlat(_ source: UnsafeMutableRawPointer, count: Int, owner: AnyObject) {
        if borrowedFrom == nil { values.deallocate() }
        borrowedFrom = owner
        values = source
        capacity = count
        form = .flat
        self.count = count
        clearNulls()
        dictionary = nil
    }

    private func begin(_ form: Form, valueCount: Int, rows: Int) {
        if borrowedFrom != nil {
            borrowedFrom = nil
            capacity = max(valueCount, Vector.standardCapacity)
            values = Vector.allocate(physicalType, capacity)
            initialisedCount = 0
        } else if valueCount > capacity {
            values.deallocate()
            capacity = valueCount
            values = Vector.allocate(physicalType, capacity)
            initialisedCount = 0
        }
        initialise(valueCount)
        self.form = form
        count = rows
        dictionary = nil
        owners.removeAll(keepingCapacity: true)
        if ownArena != nil {
            if isKnownUniquelyReferenced(&ownArena) { ownArena?.reset() } else { ownArena = nil }
        }
        clearNulls()
    }

    private func reserveCodes(_ count: Int) {
        guard count > codeCapacity else { return }
        codeStore?.deallocate()
        codeCapacity = max(count, Vector.standardCapacity)
        codeStore = .allocate(capacity: codeCapacity)
        codeStore?.initialize(repeating: 0, count: codeCapacity)
    }

    /// Where string bytes made for this batch go; emptied by the next `begin…`. It is also what a consumer must
    /// retain to keep the views, and it is then replaced rather than reset.
    public var arena: ByteArena {
        if let ownArena { return ownArena }
        let arena = ByteArena()
        ownArena = arena
        return arena
    }
    /// The arena if string bytes were made in this vector.
    public var arenaIfUsed: ByteArena? { ownArena }

    // MARK: Nulls

    /// Validity words, or nil when no row is null.
    public var validity: UnsafeMutablePointer<UInt64>? { hasNulls ? validityStore.words : nil }

    /// Makes validity present with all rows valid, and gives the words to clear bits in.
    @discardableResult
    public func makeValidity() -> UnsafeMutablePointer<UInt64> {
        let rows = max(count, 1)
        if !hasNulls {
            validityStore.reserve(rowCapacity: rows)
            let used = (rows + 63) >> 6
            validityStore.words.update(repeating: .max, count: used)
            hasNulls = true
        } else {
            validityStore.reserve(rowCapacity: rows)
        }
        return validityStore.words
    }

    public func clearNulls() { hasNulls = false }

    public func setNull(_ row: Int) { ValidityWords.setNull(makeValidity(), row) }

    /// Whether the row is null, whatever the form. Not for hot loops.
    public func isNull(_ row: Int) -> Bool {
        guard hasNulls else { return false }
        return !ValidityWords.isValid(validityStore.words, form == .constant ? 0 : row)
    }

    /// Drops the validity when no row is null after all.
    public func normalizeValidity() {
        guard hasNulls else { return }
        let rows = form == .constant ? 1 : count
        if ValidityWords.nullCount(validityStore.words, count: rows) == 0 { hasNulls = false }
    }

    // MARK: Typed access

    @inline(__always) public var bools: UnsafeMutablePointer<UInt8> { values.assumingMemoryBound(to: UInt8.self) }
    @inline(__always) public var int32s: UnsafeMutablePointer<Int32> { values.assumingMemoryBound(to: Int32.self) }
    @inline(__always) public var int64s: UnsafeMutablePointer<Int64> { values.assumingMemoryBound(to: Int64.self) }
    @inline(__always) public var int128s: UnsafeMutablePointer<Int128> { values.assumingMemoryBound(to: Int128.self) }
    @inline(__always) public var doubles: UnsafeMutablePointer<Double> { values.assumingMemoryBound(to: Double.self) }
    @inline(__always) public var strings: UnsafeMutablePointer<StringView> {
        values.assumingMemoryBound(to: StringView.self)
    }
    /// `count + 1` offsets into `child` of a flat list vector; the first need not be 0.
    @inline(__always) public var offsets: UnsafeMutablePointer<Int32> { values.assumingMemoryBound(to: Int32.self) }
    /// Codes of a dictionary vector.
    public var codes: UnsafeMutablePointer<Int32> {
        if codeStore == nil { reserveCodes(Vector.standardCapacity) }
        return codeStore.unsafelyUnwrapped
    }
    /// Ends of the runs of a run-length vector.
    public var runEnds: UnsafeMutablePointer<Int32> { codes }

    /// Gives a list vector the vector its offsets count in.
    public func setChild(_ child: Vector) { self.child = child }

    /// Index of the value of `row` in `values` (or in the dictionary's). Not for hot loops.
    public func valueIndex(_ row: Int) -> Int {
        switch form {
        case .flat: return row
        case .constant: return 0
        case .dictionary: return Int(codes[row])
        case .runs:
            var low = 0, high = runCount
            while low < high {
                let middle = (low + high) / 2
                if Int(runEnds[middle]) <= row { low = middle + 1 } else { high = middle }
            }
            return low
        }
    }

    /// The vector that `valueIndex` counts in.
    public var valueHolder: Vector { form == .dictionary ? dictionary.unsafelyUnwrapped : self }
}
