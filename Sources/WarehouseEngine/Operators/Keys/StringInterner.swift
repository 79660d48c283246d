import WarehouseBasics
import WarehouseColumns

/// Numbers strings by open addressing on their bytes; keeps a copy of each distinct one. Of a dictionary vector each
/// code is looked up once.
final class StringInterner: KeyInterner {
    struct Slot {
        var hash: UInt32
        var id: Int32
    }

    private var slots: UnsafeMutablePointer<Slot>
    private var slotBits = 8
    private var viewStore: UnsafeMutablePointer<StringView>
    /// The strings' hashes, so that a larger table is filled without touching their bytes.
    private var hashStore: UnsafeMutablePointer<UInt64>
    private var viewCapacity = 256
    private var viewCount = 0
    private let arena = ByteArena()
    private var cache = DictionaryCache()
    /// Batches to go by before the next look for repeated addresses.
    private var batchesUntilRepeats = 0
    /// Strings are `VariantEncoding` documents, of which several may be equal.
    let holdsDocuments: Bool
    /// They hold bytes of strings that this one has of others, without a copy.
    private var lenders: [AnyObject] = []

    /// Numbers of the codes of the dictionary that came last: id + 1; 0 not looked up yet; -1 absent.
    fileprivate struct DictionaryCache {
        var dictionary: Vector?
        var ids: [Int32] = []

        mutating func use(_ vector: Vector) {
            if dictionary === vector { return }
            dictionary = vector
            ids = Array(repeating: 0, count: max(1, vector.count))
        }
    }

    init(holdsDocuments: Bool = false) {
        self.holdsDocuments = holdsDocuments
        slots = StringInterner.makeSlots(8)
        viewStore = PageMemory.allocate(StringView.self, count: viewCapacity)
        hashStore = PageMemory.allocate(UInt64.self, count: viewCapacity)
    }

    deinit {
        PageMemory.deallocate(slots, count: 1 << slotBits)
        PageMemory.deallocate(viewStore, count: viewCapacity)
        PageMemory.deallocate(hashStore, count: viewCapacity)
    }

    override var count: Int { viewCount }
    override var allocatedBytes: Int {
        (1 << slotBits) * MemoryLayout<Slot>.stride + viewCapacity * (MemoryLayout<StringView>.stride + 8)
            + arena.allocatedBytes
    }

    /// The distinct strings by number, for another interner. No more come.
    var lent: LentStrings {
        LentStrings(views: views, hashes: UnsafePointer(hashStore), owners: lenders + [arena], byteCount: arena.allocatedBytes)
    }

    /// The distinct strings by number; they live as long as the interner.
    var views: UnsafePointer<StringView> { UnsafePointer(viewStore) }

    private static func makeSlots(_ bits: Int) -> UnsafeMutablePointer<Slot> {
        let slots = PageMemory.allocate(Slot.self, count: 1 << bits)
        slots.initialize(repeating: Slot(hash: 0, id: 0), count: 1 << bits)
        return slots
    }

    override func insert(_ vector: Vector, rows: Int, into ids: UnsafeMutablePointer<Int32>) throws {
        if count + rows > KeyIndex.maximumCount {
            throw WarehouseError(.limitExceeded, "More than \(KeyIndex.maximumCount) distinct strings in one table.")
        }
        try reserve(count + rows)
        if let dictionary = vector.dictionary, vector.form == .dictionary {
            return insertCodes(vector, dictionary, rows, ids)
        }
        try insert(vector.strings, rows: rows, validity: vector.validity, into: ids)
    }

    /// Numbers plain views.
    func insert(_ views: UnsafePointer<StringView>, rows: Int, validity: UnsafePointer<UInt64>?,
                into ids: UnsafeMutablePointer<Int32>) throws {
        try reserve(count + rows)
        if batchesUntilRepeats <= 0, rows >= 256 {
            let repeats = insertRepeats(views, rows, validity, ids)
            batchesUntilRepeats = repeats * 2 < rows ? 32 : 0
            return
        }
        batchesUntilRepeats -= 1
        for row in 0..<rows {
            if let validity, !ValidityWords.isValid(validity, row) { continue }
            ids[row] = number(views[row])
        }
    }

    /// Numbers views of which many are the very same bytes, as kernels that repeat a text give them: those are not
    /// hashed again. Gives how many were. Addresses mean the same bytes within one batch only.
    private func insertRepeats(_ views: UnsafePointer<StringView>, _ rows: Int, _ validity: UnsafePointer<UInt64>?,
                               _ ids: UnsafeMutablePointer<Int32>) -> Int {
        withUnsafeTemporaryAllocation(of: Repeat.self, capacity: 256) { buffer in
            guard let seen = buffer.baseAddress else { return 0 }
            seen.initialize(repeating: Repeat(address: 0, length: 0, id: 0), count: 256)
            var repeats = 0
            for row in 0..<rows {
                if let validity, !ValidityWords.isValid(validity, row) { continue }
                let view = views[row], address = UInt(bitPattern: view.bytes)
                let slot = Int(truncatingIfNeeded: KeyIndex.mix(UInt64(address)) >> 56)
                if seen[slot].address == address, seen[slot].length == view.length {
                    ids[row] = seen[slot].id
                    repeats &+= 1
                } else {
                    ids[row] = number(view)
                    seen[slot] = Repeat(address: address, length: view.length, id: ids[row])
                }
            }
            return repeats
        }
    }

    private struct Repeat {
        var address: UInt
        var length: UInt32
        var id: Int32
    }

    override func expect(_ values: Int) throws { try reserve(values) }
    override func makeLookup() -> KeyLookup { StringLookup(self) }

    private func insertCodes(_ vector: Vector, _ dictionary: Vector, _ rows: Int, _ ids: UnsafeMutablePointer<Int32>) {
        cache.use(dictionary)
        let entries = dictionary.strings, codes = vector.codes, validity = vector.validity
        cache.ids.withUnsafeMutableBufferPointer { known in
            for row in 0..<rows {
                if let validity, !ValidityWords.isValid(validity, row) { continue }
                let code = Int(codes[row])
                if known[code] == 0 { known[code] = number(entries[code]) + 1 }
                ids[row] = known[code] &- 1
            }
        }
    }

    @inline(__always)
    private func hash(_ view: StringView) -> UInt64 {
        holdsDocuments ? VariantView(view).hash() : KeyHash.hash(view)
    }

    @inline(__always)
    private func areEqual(_ a: StringView, _ b: StringView) -> Bool {
        a == b || holdsDocuments && VariantView(a) == VariantView(b)
    }

    /// Numbers strings `wanted` of another's. They are not hashed again, nor with `lends` copied: of many that are new, the
    /// bytes would not be in any cache.
    func insert(_ wanted: UnsafePointer<Int32>, count wantedCount: Int, of other: LentStrings, lends: Bool,
                into ids: UnsafeMutablePointer<Int32>) throws {
        if count + wantedCount > KeyIndex.maximumCount {
            throw WarehouseError(.limitExceeded, "More than \(KeyIndex.maximumCount) distinct strings in one table.")
        }
        try reserve(count + wantedCount)
        let views = other.views, hashes = other.hashes
        guard lends else {
            for row in 0..<wantedCount {
                let id = Int(wanted[row])
                ids[row] = number(views[id], hashes[id]) { [arena] in arena.copy($0) }
            }
            return
        }
        for owner in other.owners where lenders.last !== owner {
            if !lenders.contains(where: { $0 === owner }) { lenders.append(owner) }
        }
        for row in 0..<wantedCount {
            let id = Int(wanted[row])
            ids[row] = number(views[id], hashes[id]) { $0 }
        }
    }

    @inline(__always)
    private func number(_ view: StringView) -> Int32 { number(view, hash(view)) { [arena] in arena.copy($0) } }

    @inline(__always)
    private func number(_ view: StringView, _ hash: UInt64, _ kept: (StringView) -> StringView) -> Int32 {
        let tag = UInt32(truncatingIfNeeded: hash), mask = (1 << slotBits) - 1
        var index = Int(truncatingIfNeeded: hash >> 32) & mask
        while slots[index].id != 0 {
            if slots[index].hash == tag, areEqual(viewStore[Int(slots[index].id) &- 1], view) { return slots[index].id &- 1 }
            index = (index &+ 1) & mask
        }
        viewStore[viewCount] = kept(view)
        hashStore[viewCount] = hash
        viewCount &+= 1
        slots[index] = Slot(hash: tag, id: Int32(truncatingIfNeeded: viewCount))
        return Int32(truncatingIfNeeded: viewCount &- 1)
    }

    fileprivate func lookUp(_ view: StringView) -> Int32 {
        let hash = hash(view)
        let tag = UInt32(truncatingIfNeeded: hash), mask = (1 << slotBits) - 1
        var index = Int(truncatingIfNeeded: hash >> 32) & mask
        while slots[index].id != 0 {
            if slots[index].hash == tag, areEqual(viewStore[Int(slots[index].id) &- 1], view) { return slots[index].id &- 1 }
            index = (index &+ 1) & mask
        }
        return -1
    }

    private func reserve(_ wanted: Int) throws {
        if wanted > viewCapacity {
            let capacity = max(wanted, viewCapacity * 2)
            let grown = PageMemory.allocate(StringView.self, count: capacity)
            grown.update(from: viewStore, count: viewCount)
            PageMemory.deallocate(viewStore, count: viewCapacity)
            viewStore = grown
            let hashes = PageMemory.allocate(UInt64.self, count: capacity)
            hashes.update(from: hashStore, count: viewCount)
            PageMemory.deallocate(hashStore, count: viewCapacity)
            hashStore = hashes
            viewCapacity = capacity
        }
        guard wanted > (1 << slotBits) / 8 * 5 else { return }
        var bits = slotBits
        while wanted > (1 << bits) / 8 * 5 { bits += 1 }
        let grown = PageMemory.allocate(Slot.self, count: 1 << bits), mask = (1 << bits) - 1
        do {
            try Pieces.run(mask + 1, check) { range in
                (grown + range.lowerBound).initialize(repeating: Slot(hash: 0, id: 0), count: range.count)
            }
            let hashes = hashStore
            try Pieces.run(viewCount, check) { range in
                for id in range {
                    let hash = hashes[id]
                    var index = Int(truncatingIfNeeded: hash >> 32) & mask
                    while grown[index].id != 0 { index = (index &+ 1) & mask }
                    grown[index] = Slot(hash: UInt32(truncatingIfNeeded: hash), id: Int32(truncatingIfNeeded: id + 1))
                }
            }
        } catch {
            PageMemory.deallocate(grown, count: 1 << bits)
            throw error
        }
        PageMemory.deallocate(slots, count: 1 << slotBits)
        slots = grown
        slotBits = bits
    }
}

/// Strings by number with their hashes, and who keeps their bytes.
struct LentStrings {
    let views: UnsafePointer<StringView>
    let hashes: UnsafePointer<UInt64>
    let owners: [AnyObject]
    /// Bytes that stay alive with those who have some of them.
    let byteCount: Int
}

/// Finds strings among those of an interner.
final class StringLookup: KeyLookup {
    private let interner: StringInterner
    private var cache = StringInterner.DictionaryCache()

    init(_ interner: StringInterner) { self.interner = interner }

    override func find(_ vector: Vector, rows: Int, into ids: UnsafeMutablePointer<Int32>) throws {
        guard vector.form == .dictionary, let dictionary = vector.dictionary else {
            return find(vector.strings, rows: rows, into: ids)
        }
        if dictionary.count == 0 { return ids.update(repeating: -1, count: rows) }
        cache.use(dictionary)
        let entries = dictionary.strings, codes = vector.codes
        cache.ids.withUnsafeMutableBufferPointer { known in
            for row in 0..<rows {
                let code = Int(codes[row])
                if known[code] == 0 {
                    let id = interner.lookUp(entries[code])
                    known[code] = id < 0 ? -1 : id + 1
                }
                ids[row] = known[code] > 0 ? known[code] &- 1 : -1
            }
        }
    }

    func find(_ views: UnsafePointer<StringView>, rows: Int, into ids: UnsafeMutablePointer<Int32>) {
        for row in 0..<rows { ids[row] = interner.lookUp(views[row]) }
    }
}
