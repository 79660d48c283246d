import WarehouseColumns

/// Results of a function over whole dictionaries, for the dictionaries seen last. Keeps each by reference, so that
/// an address cannot come to mean another dictionary.
struct DictionaryCache {
    private struct Entry {
        let dictionary: Vector
        var rowsSeen = 0
        var wasTried = false
        var result: MappedDictionary?
    }

    private static let capacity = 4
    /// Dictionaries this small are mapped at once.
    private static let smallCount = 4096
    private var entries: [Entry] = []

    /// Counts `rows` more and says whether so many rows have come that mapping all entries pays.
    mutating func isWorthMapping(_ dictionary: Vector, rows: Int) -> Bool {
        let position: Int
        if let found = entries.firstIndex(where: { $0.dictionary === dictionary }) {
            position = found
        } else {
            if entries.count == DictionaryCache.capacity { entries.removeFirst() }
            entries.append(Entry(dictionary: dictionary))
            position = entries.count - 1
        }
        if entries[position].wasTried { return entries[position].result != nil }
        entries[position].rowsSeen += rows
        return dictionary.count <= max(DictionaryCache.smallCount, entries[position].rowsSeen)
    }

    func mapped(_ dictionary: Vector) -> MappedDictionary? {
        entries.first { $0.dictionary === dictionary }?.result
    }

    /// `nil`: the function raises an error for some entry.
    mutating func store(_ result: MappedDictionary?, for dictionary: Vector) {
        guard let position = entries.firstIndex(where: { $0.dictionary === dictionary }) else { return }
        entries[position].wasTried = true
        entries[position].result = result
    }
}

/// What a function gives for each entry of a dictionary.
final class MappedDictionary {
    /// Flat, one row an entry; nulls only while `nullEntries` says so.
    private let values: Vector
    /// Validity words of the entries, nil when none is null.
    private let nullEntries: [UInt64]?
    /// For strings: distinct values, and where each old code went; nil when all were distinct.
    private var codeMap: [Int32]?
    private var distinct: Vector

    init(_ result: Vector, source: Vector) {
        result.normalizeValidity()
        values = result
        distinct = result
        if let words = result.validity {
            nullEntries = Array(UnsafeBufferPointer(start: words, count: (result.count + 63) >> 6))
        } else {
            nullEntries = nil
        }
        result.clearNulls()
        if result.physicalType == .string { unify() }
    }

    /// Entries of a dictionary are distinct: equal results get one code.
    private func unify() {
        let count = values.count, views = values.strings
        var table = StringTable(capacity: count)
        var map = [Int32](repeating: 0, count: count)
        var kept: [Int32] = []
        for entry in 0..<count {
            let code = table.insert(views[entry], candidate: Int32(truncatingIfNeeded: kept.count))
            if code == Int32(kept.count) { kept.append(Int32(truncatingIfNeeded: entry)) }
            map[entry] = code
        }
        guard kept.count < count else { return }
        let smaller = Vector(.string, capacity: max(1, kept.count))
        kept.withUnsafeBufferPointer { smaller.gather(values, $0) }
        smaller.owners.append(values)
        distinct = smaller
        codeMap = map
    }

    /// Writes the value of every row of `source`, whose dictionary this was made for.
    func apply(_ source: Vector, rows: Int, into output: Vector) {
        let codes = source.codes
        if values.physicalType == .string {
            output.beginDictionary(distinct, count: rows)
            let target = output.codes
            if let codeMap {
                codeMap.withUnsafeBufferPointer { map in
                    for row in 0..<rows { target[row] = map.isEmpty ? 0 : map[Int(codes[row])] }
                }
            } else {
                target.update(from: codes, count: rows)
            }
        } else if values.physicalType == .list {
            output.beginDictionary(values, count: rows)
            output.codes.update(from: codes, count: rows)
        } else {
            output.beginFlat(rows)
            lookUp(codes, rows, output)
        }
        output.intersectRows(of: source, count: rows)
        guard let nullEntries, !nullEntries.isEmpty else { return }
        nullEntries.withUnsafeBufferPointer { words in
            guard let base = words.baseAddress else { return }
            let target = output.makeValidity()
            let isCoded = output.form == .dictionary
            for row in 0..<rows where !ValidityWords.isValid(base, Int(codes[row])) {
                ValidityWords.setNull(target, row)
                if isCoded { output.codes[row] = 0 }
            }
        }
    }

    private func lookUp(_ codes: UnsafePointer<Int32>, _ rows: Int, _ output: Vector) {
        guard values.count > 0 else {
            output.values.initializeMemory(as: UInt8.self, repeating: 0, count: rows * output.physicalType.stride)
            return
        }
        func pick<T: BitwiseCopyable>(_ type: T.Type) {
            let from = values.values.assumingMemoryBound(to: T.self)
            let to = output.values.assumingMemoryBound(to: T.self)
            for row in 0..<rows { to[row] = from[Int(codes[row])] }
        }
        switch output.physicalType.stride {
        case 1: pick(UInt8.self)
        case 4: pick(Int32.self)
        case 8: pick(Int64.self)
        default: pick(Int128.self)
        }
    }
}

extension Vector {
    /// Makes rows null that are null in `source`, a vector of one bit a row.
    func intersectRows(of source: Vector, count: Int) {
        guard let words = source.validity, count > 0 else { return }
        let target = makeValidity()
        for index in 0..<((count + 63) >> 6) { target[index] &= words[index] }
    }
}

/// Open addressing over string views: which of the strings inserted so far equals a new one.
struct StringTable {
    private var slots: [Int32]
    private var views: [StringView] = []
    private let mask: Int

    /// Room for `capacity` distinct strings.
    init(capacity: Int) {
        var size = 16
        while size < capacity * 2 { size *= 2 }
        slots = [Int32](repeating: -1, count: size)
        mask = size - 1
        views.reserveCapacity(capacity)
    }

    /// The number of the equal string, or `candidate` (the count so far) when there was none.
    mutating func insert(_ view: StringView, candidate: Int32) -> Int32 {
        var slot = Int(truncatingIfNeeded: StringTable.hash(view)) & mask
        while slots[slot] >= 0 {
            if views[Int(slots[slot])] == view { return slots[slot] }
            slot = (slot + 1) & mask
        }
        slots[slot] = candidate
        views.append(view)
        return candidate
    }

    /// The number of the equal string, or -1.
    @inline(__always) func find(_ view: StringView) -> Int32 {
        var slot = Int(truncatingIfNeeded: StringTable.hash(view)) & mask
        return slots.withUnsafeBufferPointer { slots in
            views.withUnsafeBufferPointer { views in
                while slots[slot] >= 0 {
                    if views[Int(slots[slot])] == view { return slots[slot] }
                    slot = (slot &+ 1) & mask
                }
                return -1
            }
        }
    }

    @inline(__always) static func hash(_ view: StringView) -> UInt64 {
        let bytes = UnsafeRawPointer(view.bytes), count = view.count
        var hash = UInt64(view.length) &* 0x9E37_79B9_7F4A_7C15
        var offset = 0
        while offset &+ 8 <= count {
            hash = (hash ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* 0xFF51_AFD7_ED55_8CCD
            hash ^= hash &>> 32
            offset &+= 8
        }
        if offset < count {
            let tail: UInt64 = count >= 8
                ? bytes.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
                : StringTable.shortTail(view.bytes, count)
            hash = (hash ^ tail) &* 0xC4CE_B9FE_1A85_EC53
            hash ^= hash &>> 29
        }
        return hash ^ (hash &>> 32)
    }

    @inline(__always) private static func shortTail(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
        var tail: UInt64 = 0
        for index in 0..<count { tail = tail &<< 8 | UInt64(bytes[index]) }
        return tail
    }
}
