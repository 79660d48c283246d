import WarehouseColumns

/// The dictionary of one column of one segment, decoded: immutable, shared by reference between threads.
final class SegmentDictionary: @unchecked Sendable {
    /// A flat vector of the entries, without nulls.
    let vector: Vector
    /// Memory for this many entries exists: a power of two, so that one OR over codes shows whether all lie within.
    let paddedCount: Int
    /// The bytes of strings; numbers have none.
    private let heap: StringHeap?

    /// Entries one may expect at most, by either builder.
    static let maximumEntries = 1 << 17

    init(parsing bytes: UnsafeRawBufferPointer, isText: Bool) throws(CodecFault) {
        var source = ByteSource(bytes)
        let count = try source.get(UInt64.self)
        guard count > 0, count <= UInt64(Self.maximumEntries) else {
            throw CodecFault("a dictionary of \(count) entries is impossible")
        }
        let entries = Int(count)
        var padded = 1
        while padded < entries { padded *= 2 }
        paddedCount = padded
        let storage = DictionaryStorage(capacity: padded, isText: isText)
        if isText {
            let heap = StringHeap()
            try StringHeapCodec.decode(&source, count: entries, lengths: IntegerDecoder(.int32), into: heap)
            storage.heap = heap
            self.heap = heap
            let views = storage.values.assumingMemoryBound(to: StringView.self)
            for row in 0..<padded { views[row] = row < entries ? heap.view(row) : .empty }
            vector = Vector(.string, borrowing: storage.values, count: entries, owner: storage)
        } else {
            heap = nil
            let patterns = storage.values.assumingMemoryBound(to: UInt64.self)
            for row in 0..<padded { patterns[row] = row < entries ? try source.get(UInt64.self) : 0 }
            vector = Vector(.double, borrowing: storage.values, count: entries, owner: storage)
        }
    }
}

/// Values of a dictionary; what its vector borrows from.
private final class DictionaryStorage {
    let values: UnsafeMutableRawPointer
    var heap: StringHeap?

    init(capacity: Int, isText: Bool) {
        values = .allocate(byteCount: capacity * (isText ? 16 : 8), alignment: 16)
    }

    deinit { values.deallocate() }
}
