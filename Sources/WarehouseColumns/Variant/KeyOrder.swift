import WarehouseBasics

/// Puts the pairs of an object in the order of their keys, as `VariantEncoding` wants them.
///
/// Keys are compared by their first eight bytes as one integer, in full only where these are equal; few pairs, as
/// objects mostly have, are sorted by insertion.
struct KeyOrder: ~Copyable {
    struct Key: BitwiseCopyable {
        /// The first eight bytes, big-endian, filled with zeros.
        var lead: UInt64
        var bytes: UnsafePointer<UInt8>
        var count: Int
        /// Which pair of the object it is, as they came.
        var pair: Int

        @inline(__always) static func compare(_ a: Key, _ b: Key) -> Int {
            if a.lead != b.lead { return a.lead < b.lead ? -1 : 1 }
            return StringView.compare(StringView(a.bytes, count: a.count), StringView(b.bytes, count: b.count))
        }

        /// Equal keys keep the order in which they came.
        @inline(__always) static func precedes(_ a: Key, _ b: Key) -> Bool {
            let order = compare(a, b)
            return order != 0 ? order < 0 : a.pair < b.pair
        }
    }

    /// Up to here insertion takes fewer steps than a sort in O(n log n).
    private static let fewPairs = 24
    private var keys = PlainStack<Key>(capacity: 32)
    private var newEnds = PlainStack<Int>(capacity: 64)
    private let scratch = ByteBuffer()

    /// The object's body, `buffer` from `bodyStart` on, and its `ends` from `firstEnd` on, which are the last of both.
    /// Throws `invalidValue` for a key that stands twice.
    mutating func arrange(
        _ buffer: ByteBuffer, from bodyStart: Int, _ ends: inout PlainStack<Int>, from firstEnd: Int,
        _ duplicates: VariantBuilder.DuplicateKeys
    ) throws(WarehouseError) {
        guard collect(buffer, bodyStart, ends.pointer + firstEnd, pairs: (ends.count - firstEnd) / 2) else { return }
        try sort()
        try write(buffer, bodyStart, ends.pointer + firstEnd, duplicates)
        ends.resize(to: firstEnd + newEnds.count)
        (ends.pointer + firstEnd).update(from: newEnds.pointer, count: newEnds.count)
    }

    /// True when the keys are not yet in order, each once.
    private mutating func collect(
        _ buffer: ByteBuffer, _ bodyStart: Int, _ ends: UnsafeMutablePointer<Int>, pairs: Int
    ) -> Bool {
        guard pairs > 1 else { return false }
        // A key's first eight bytes are read at once, past its end too.
        _ = buffer.reserve(8)
        let body = UnsafePointer(buffer.bytes) + bodyStart
        keys.resize(to: 0)
        keys.reserve(pairs)
        let keys = self.keys.pointer
        var isAscending = true, start = 0
        for pair in 0..<pairs {
            let count = ends[2 &* pair] &- start
            keys[pair] = Key(lead: KeyOrder.lead(body + start, count), bytes: body + start, count: count, pair: pair)
            if isAscending, pair > 0 { isAscending = Key.compare(keys[pair &- 1], keys[pair]) < 0 }
            start = ends[2 &* pair &+ 1]
        }
        self.keys.resize(to: pairs)
        return !isAscending
    }

    @inline(__always) private static func lead(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
        let word = UInt64(bigEndian: UnsafeRawPointer(bytes).loadUnaligned(as: UInt64.self))
        return count >= 8 ? word : count == 0 ? 0 : word & (UInt64.max << UInt64(64 &- 8 &* count))
    }

    private mutating func sort() throws(WarehouseError) {
        let keys = self.keys.pointer, count = self.keys.count
        guard count > KeyOrder.fewPairs else {
            for next in 1..<count {
                let key = keys[next]
                var place = next
                while place > 0, Key.precedes(key, keys[place &- 1]) {
                    keys[place] = keys[place &- 1]
                    place &-= 1
                }
                keys[place] = key
            }
            return
        }
        // A million of them take longer than one waits for a stop.
        var comparisons = 0
        var slice = UnsafeMutableBufferPointer(start: keys, count: count)
        do {
            try slice.sort { a, b in
                comparisons &+= 1
                if comparisons & 0xFFF == 0 { try Interruption.check() }
                return Key.precedes(a, b)
            }
        } catch let error as WarehouseError {
            throw error
        } catch {
            throw WarehouseError(.internalFault, "\(error)")
        }
    }

    /// The pairs in their order in place of those that came; of equal keys the last, or an error.
    private mutating func write(
        _ buffer: ByteBuffer, _ bodyStart: Int, _ ends: UnsafeMutablePointer<Int>,
        _ duplicates: VariantBuilder.DuplicateKeys
    ) throws(WarehouseError) {
        let keys = self.keys.pointer, count = self.keys.count
        scratch.removeAll()
        newEnds.resize(to: 0)
        newEnds.reserve(2 * count)
        for place in 0..<count {
            let key = keys[place]
            if place + 1 < count, Key.compare(key, keys[place + 1]) == 0 {
                if duplicates == .error {
                    let text = StringView(key.bytes, count: key.count).string
                    throw WarehouseError(.invalidValue, "Duplicate field key '\(text.prefix(200))'")
                }
                continue
            }
            let start = key.pair == 0 ? 0 : ends[2 &* key.pair &- 1], end = ends[2 &* key.pair &+ 1]
            newEnds.append(scratch.count &+ key.count)
            scratch.append(key.bytes, count: end &- start)
            newEnds.append(scratch.count)
        }
        buffer.truncate(to: bodyStart)
        buffer.append(scratch.bytes, count: scratch.count)
    }
}
