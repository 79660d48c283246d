/// A decoding table of a canonical Huffman code (RFC 1951, 3.2.2), read with the next bits of the stream as index.
///
/// An entry is 32 bits. Bits 0-7: bits to take from the stream, extra bits included; bits 8-11: those of the codeword
/// alone, behind which the extra bits stand; bits 12-15: flags; bits 16-30: a literal, the base of a length or
/// distance, or the start of a second table; bit 31: a literal. Codewords longer than the main table's index lead to a
/// second table, whose entries count only the bits behind the first index.
struct HuffmanTable {
    static let literal: UInt32 = 1 << 31
    /// Set for all that is neither literal, length nor distance: one test on the fast path.
    static let exceptional: UInt32 = 1 << 15
    static let subtable: UInt32 = 1 << 14
    static let endOfBlock: UInt32 = 1 << 13
    static let invalid: UInt32 = exceptional | 1 << 12

    static let maxCodeLength = 15

    let entries: UnsafeMutablePointer<UInt32>
    let indexBits: Int
    private let capacity: Int

    /// `capacity` must hold the largest table for the alphabet: zlib's ENOUGH.
    init(indexBits: Int, capacity: Int) {
        self.indexBits = indexBits
        self.capacity = capacity
        entries = .allocate(capacity: capacity)
        entries.initialize(repeating: HuffmanTable.invalid, count: capacity)
    }

    func deallocate() { entries.deallocate() }

    /// Builds the table from `lengths` (0: not used) and what each symbol's entry holds beside its lengths. False for
    /// an over-subscribed code, and for an incomplete one unless it is a single codeword of one bit, or empty, where
    /// `allowsIncomplete` is true: what zlib accepts.
    func build(
        lengths: UnsafePointer<UInt8>, payloads: UnsafePointer<UInt32>, count: Int, allowsIncomplete: Bool
    ) -> Bool {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * (HuffmanTable.maxCodeLength + 1)) { numbers in
            withUnsafeTemporaryAllocation(of: UInt16.self, capacity: count) { sorted in
                numbers.initialize(repeating: 0)
                guard let counts = numbers.baseAddress, let symbols = sorted.baseAddress else { return false }
                for symbol in 0..<count { counts[Int(lengths[symbol])] += 1 }
                counts[0] = 0
                guard let longest = check(counts, allowsIncomplete) else { return false }
                sort(lengths, count, counts, counts + HuffmanTable.maxCodeLength + 1, into: symbols)
                return fill(lengths, payloads, counts, longest, symbols)
            }
        }
    }

    /// The longest codeword's length, or nil for a code that cannot be.
    private func check(_ counts: UnsafeMutablePointer<Int32>, _ allowsIncomplete: Bool) -> Int? {
        var left: Int32 = 1, longest = 0
        for length in 1...HuffmanTable.maxCodeLength {
            left = left << 1 - counts[length]
            if left < 0 { return nil }
            if counts[length] > 0 { longest = length }
        }
        if left > 0 {
            guard allowsIncomplete, longest <= 1 else { return nil }
            (entries).update(repeating: HuffmanTable.invalid, count: 1 << indexBits)
        }
        return longest
    }

    /// Symbols by length, then value.
    private func sort(
        _ lengths: UnsafePointer<UInt8>, _ count: Int, _ counts: UnsafeMutablePointer<Int32>,
        _ offsets: UnsafeMutablePointer<Int32>, into symbols: UnsafeMutablePointer<UInt16>
    ) {
        offsets[1] = 0
        for length in 1..<HuffmanTable.maxCodeLength { offsets[length + 1] = offsets[length] + counts[length] }
        for symbol in 0..<count where lengths[symbol] > 0 {
            let length = Int(lengths[symbol])
            symbols[Int(offsets[length])] = UInt16(truncatingIfNeeded: symbol)
            offsets[length] += 1
        }
    }

    /// Writes the entries in the order of codewords. `counts` is used up: it tells how large a second table must be.
    private func fill(
        _ lengths: UnsafePointer<UInt8>, _ payloads: UnsafePointer<UInt32>, _ counts: UnsafeMutablePointer<Int32>,
        _ longest: Int, _ symbols: UnsafeMutablePointer<UInt16>
    ) -> Bool {
        guard longest > 0 else { return true }
        let mask = 1 << indexBits - 1
        // The codeword with its bits reversed, as they come from the stream.
        var code = 0, next = 1 << indexBits, prefix = -1, start = 0, subtableBits = 0, position = 0
        for length in 1...longest {
            let symbolsOfLength = Int(counts[length])
            for _ in 0..<symbolsOfLength {
                let symbol = Int(symbols[position])
                position += 1
                if length <= indexBits {
                    let taken = UInt32(length)
                    stride(from: code, to: 1 << indexBits, by: 1 << length).forEach {
                        entries[$0] = payloads[symbol] + taken << 8 + taken
                    }
                } else {
                    if code & mask != prefix {
                        prefix = code & mask
                        subtableBits = subtableIndexBits(length, longest, counts)
                        start = next
                        next += 1 << subtableBits
                        guard next <= capacity else { return false }
                        entries[prefix] =
                            HuffmanTable.exceptional | HuffmanTable.subtable | UInt32(start) << 16
                            | UInt32(subtableBits) << 8 | UInt32(indexBits)
                    }
                    let taken = UInt32(length - indexBits)
                    stride(from: start + code >> indexBits, to: start + 1 << subtableBits, by: 1 << (length - indexBits))
                        .forEach { entries[$0] = payloads[symbol] + taken << 8 + taken }
                }
                counts[length] -= 1
                code = HuffmanTable.successor(code, length)
            }
        }
        return true
    }

    private func subtableIndexBits(_ length: Int, _ longest: Int, _ counts: UnsafeMutablePointer<Int32>) -> Int {
        var bits = length - indexBits
        var left = Int32(1) << bits
        while bits + indexBits < longest {
            left -= counts[bits + indexBits]
            if left <= 0 { break }
            bits += 1
            left <<= 1
        }
        return bits
    }

    /// The next codeword of `length` bits, reversed.
    private static func successor(_ code: Int, _ length: Int) -> Int {
        var bit = 1 << (length - 1)
        while code & bit != 0 { bit >>= 1 }
        return bit == 0 ? 0 : code & (bit - 1) + bit
    }
}
