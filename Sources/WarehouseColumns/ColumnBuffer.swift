import WarehouseBasics

/// A column that grows: what sinks keep (sort, join build, results, inserts) and what loaders fill. Flat; owns its
/// values and string bytes, or retains the immutable owners of the bytes. Integers widen when a wider value comes.
public final class ColumnBuffer {
    public private(set) var physicalType: PhysicalType
    @exclusivity(unchecked) public private(set) var count = 0
    @exclusivity(unchecked) private var capacity: Int
    /// `count` values; for lists, `count + 1` Int32 offsets into `child`.
    @exclusivity(unchecked) public private(set) var values: UnsafeMutableRawPointer
    @exclusivity(unchecked) private var validityStore: Validity
    @exclusivity(unchecked) public private(set) var nullCount = 0
    /// Elements of a list column.
    public private(set) var child: ColumnBuffer?
    /// Bytes of the strings appended here.
    public let arena: ByteArena
    private var retained: [ObjectIdentifier: AnyObject] = [:]

    /// `textBytes`: those of strings that room is made for at once.
    public init(_ physicalType: PhysicalType, elementType: PhysicalType? = nil, capacity: Int = 0,
                textBytes: Int = ByteArena.standardBlock) {
        self.physicalType = physicalType
        self.capacity = capacity
        values = ColumnBuffer.allocate(physicalType, capacity)
        validityStore = Validity(rowCapacity: 64)
        arena = ByteArena(blockSize: textBytes)
        if physicalType == .list { child = ColumnBuffer(elementType ?? .string) }
    }

    deinit { release() }

    private static func allocate(_ type: PhysicalType, _ capacity: Int) -> UnsafeMutableRawPointer {
        let memory = BlockCache.allocate(bytes(type, capacity))
        if type == .list { memory.storeBytes(of: 0, as: Int32.self) }
        return memory
    }

    private static func bytes(_ type: PhysicalType, _ capacity: Int) -> Int {
        max(16, type.stride * (capacity + (type == .list ? 1 : 0)))
    }

    /// Gives the values' memory back.
    private func release() { BlockCache.deallocate(values, ColumnBuffer.bytes(physicalType, capacity)) }

    public var validity: UnsafeMutablePointer<UInt64>? { nullCount > 0 ? validityStore.words : nil }
    public var hasNulls: Bool { nullCount > 0 }

    /// Bytes held, roughly: what a memory reservation counts.
    public var allocatedBytes: Int { capacity * physicalType.stride + arena.allocatedBytes + (child?.allocatedBytes ?? 0) }

    // MARK: Typed access

    @inline(__always) public var bools: UnsafeMutablePointer<UInt8> { values.assumingMemoryBound(to: UInt8.self) }
    @inline(__always) public var int32s: UnsafeMutablePointer<Int32> { values.assumingMemoryBound(to: Int32.self) }
    @inline(__always) public var int64s: UnsafeMutablePointer<Int64> { values.assumingMemoryBound(to: Int64.self) }
    @inline(__always) public var int128s: UnsafeMutablePointer<Int128> { values.assumingMemoryBound(to: Int128.self) }
    @inline(__always) public var doubles: UnsafeMutablePointer<Double> { values.assumingMemoryBound(to: Double.self) }
    @inline(__always) public var strings: UnsafeMutablePointer<StringView> {
        values.assumingMemoryBound(to: StringView.self)
    }
    @inline(__always) public var offsets: UnsafeMutablePointer<Int32> { values.assumingMemoryBound(to: Int32.self) }

    public func isNull(_ row: Int) -> Bool { nullCount > 0 && !ValidityWords.isValid(validityStore.words, row) }

    // MARK: Growing

    /// Room for `extra` more rows; pointers got before are stale afterwards.
    public func reserve(_ extra: Int) {
        let needed = count + extra
        guard needed > capacity else { return }
        let grown = max(needed, capacity * 2, 1024)
        let memory = ColumnBuffer.allocate(physicalType, grown)
        let used = physicalType.stride * count + (physicalType == .list ? 4 : 0)
        memory.copyMemory(from: values, byteCount: used)
        release()
        values = memory
        capacity = grown
        if nullCount > 0 { validityStore.reserve(rowCapacity: grown) }
    }

    /// Gives up room for rows that never came: a buffer that doubles ends half empty at worst.
    public func trim() {
        let used = ColumnBuffer.bytes(physicalType, count)
        if BlockCache.shrink(values, from: ColumnBuffer.bytes(physicalType, capacity), to: used) { capacity = count }
        child?.trim()
    }

    /// Counts `rows` rows that were written behind `count` through the typed pointers, all of them valid.
    public func commit(_ rows: Int) {
        if nullCount > 0 { markValid(from: count, rows) }
        count += rows
    }

    /// Marks one of the rows so far as null. Its value must be initialised.
    public func setNull(_ row: Int) {
        if nullCount == 0 {
            validityStore.reserve(rowCapacity: max(capacity, count))
            validityStore.words.update(repeating: .max, count: validityStore.wordCapacity)
        }
        if ValidityWords.isValid(validityStore.words, row) {
            ValidityWords.setNull(validityStore.words, row)
            nullCount += 1
        }
    }

    private func markValid(from start: Int, _ rows: Int) {
        validityStore.reserve(rowCapacity: start + rows)
        let words = validityStore.words
        var row = start
        while row < start + rows, row & 63 != 0 {
            ValidityWords.setValid(words, row)
            row += 1
        }
        while row + 64 <= start + rows {
            words[row >> 6] = .max
            row += 64
        }
        while row < start + rows {
            ValidityWords.setValid(words, row)
            row += 1
        }
    }

    // MARK: One value

    public func appendNull() {
        reserve(1)
        switch physicalType {
        case .bool: bools[count] = 0
        case .int32: int32s[count] = 0
        case .int64: int64s[count] = 0
        case .int128: int128s[count] = 0
        case .double: doubles[count] = 0
        case .string: strings[count] = .empty
        case .list: offsets[count + 1] = offsets[count]
        }
        commit(1)
        setNull(count - 1)
    }

    public func append(bool value: Bool) {
        reserve(1)
        bools[count] = value ? 1 : 0
        commit(1)
    }

    /// Appends to an integer column of any width, widening it when needed.
    public func append(integer value: Int128) {
        if physicalType == .int32, value < Int128(Int32.min) || value > Int128(Int32.max) { widen(to: .int64) }
        if physicalType == .int64, value < Int128(Int64.min) || value > Int128(Int64.max) { widen(to: .int128) }
        reserve(1)
        switch physicalType {
        case .int32: int32s[count] = Int32(truncatingIfNeeded: value)
        case .int64: int64s[count] = Int64(truncatingIfNeeded: value)
        default: int128s[count] = value
        }
        commit(1)
    }

    public func append(double value: Double) {
        reserve(1)
        doubles[count] = value
        commit(1)
    }

    /// Copies the bytes.
    public func append(bytes: UnsafePointer<UInt8>, count byteCount: Int) {
        reserve(1)
        strings[count] = arena.copy(bytes, count: byteCount)
        commit(1)
    }

    public func append(_ value: [UInt8]) {
        reserve(1)
        strings[count] = arena.copy(value)
        commit(1)
    }

    /// Ends a list row whose elements were appended to `child`.
    public func commitList() {
        reserve(1)
        offsets[count + 1] = Int32(child?.count ?? 0)
        commit(1)
    }

    /// Appends a constant whose payload fits this column's physical type.
    public func append(_ value: ScalarValue) {
        switch value {
        case .null: appendNull()
        case .boolean(let flag): append(bool: flag)
        case .integer(let number): append(integer: number)
        case .double(let number): append(double: number)
        case .bytes(let bytes): append(bytes)
        }
    }

    // MARK: Widening

    /// Rewrites an integer column in a wider type.
    public func widen(to wider: PhysicalType) {
        precondition(physicalType.isInteger && wider.isInteger && wider.rawValue >= physicalType.rawValue)
        guard wider != physicalType else { return }
        let memory = ColumnBuffer.allocate(wider, capacity)
        switch (physicalType, wider) {
        case (.int32, .int64): ColumnBuffer.convert(int32s, memory.assumingMemoryBound(to: Int64.self), count)
        case (.int32, .int128): ColumnBuffer.convert(int32s, memory.assumingMemoryBound(to: Int128.self), count)
        default: ColumnBuffer.convert(int64s, memory.assumingMemoryBound(to: Int128.self), count)
        }
        release()
        values = memory
        physicalType = wider
    }

    private static func convert<A: FixedWidthInteger, B: FixedWidthInteger>(
        _ from: UnsafePointer<A>, _ to: UnsafeMutablePointer<B>, _ count: Int
    ) {
        for row in 0..<count { to[row] = B(truncatingIfNeeded: from[row]) }
    }

    /// Keeps `owner` as long as this buffer.
    public func retain(_ owner: AnyObject) { retained[ObjectIdentifier(owner)] = owner }

    /// Keeps what the strings of another buffer point into, not its values.
    public func retainBytes(of other: ColumnBuffer) {
        if other.arena.allocatedBytes > 0 { retain(other.arena) }
        for (id, owner) in other.retained { retained[id] = owner }
    }

    /// Everything a window onto this buffer must keep alive besides the buffer itself is the buffer: it owns all.
    func note(rows: Int, nulls: Int) {
        count += rows
        nullCount += nulls
    }

    /// Validity words, made present (all valid so far) for bulk copies.
    func presentValidity(forRows rows: Int) -> UnsafeMutablePointer<UInt64> {
        validityStore.reserve(rowCapacity: rows)
        if nullCount == 0 { validityStore.words.update(repeating: .max, count: validityStore.wordCapacity) }
        return validityStore.words
    }
}
