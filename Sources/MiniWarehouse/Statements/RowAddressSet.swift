import WarehouseStorage

/// Rows of a table by their addresses: a bit a row of the segments concerned, since a statement may change them all.
struct RowAddressSet {
    private var parts: [UInt32: Bits] = [:]
    /// The part of the last address: neighbours come one after the other.
    private var last: (number: UInt32, bits: Bits)?
    private(set) var count = 0

    private final class Bits {
        var words: [UInt64] = []
    }

    /// Adds an address; false when it was there.
    mutating func insert(_ address: Int64) -> Bool {
        let bits = part(of: address), row = RowID.row(address)
        while bits.words.count <= row >> 6 {
            bits.words.append(contentsOf: repeatElement(0, count: max(16, row >> 6 + 1 - bits.words.count)))
        }
        let mask: UInt64 = 1 << UInt64(row & 63)
        guard bits.words[row >> 6] & mask == 0 else { return false }
        bits.words[row >> 6] |= mask
        count += 1
        return true
    }

    func contains(_ address: Int64) -> Bool {
        guard count > 0 else { return false }
        let number = RowID.segment(address), row = RowID.row(address)
        guard let bits = last.flatMap({ $0.number == number ? $0.bits : nil }) ?? parts[number],
              row >> 6 < bits.words.count else { return false }
        return bits.words[row >> 6] >> UInt64(row & 63) & 1 != 0
    }

    private mutating func part(of address: Int64) -> Bits {
        let number = RowID.segment(address)
        if let last, last.number == number { return last.bits }
        let bits = parts[number] ?? Bits()
        parts[number] = bits
        last = (number, bits)
        return bits
    }

    /// Calls `body` with the addresses of each segment, ascending.
    func forEachSegment(_ body: ([Int64]) throws -> Void) rethrows {
        for (number, bits) in parts.sorted(by: { $0.key < $1.key }) {
            var addresses: [Int64] = []
            for (index, word) in bits.words.enumerated() {
                var left = word
                while left != 0 {
                    addresses.append(RowID.pack(segment: number, row: index << 6 + left.trailingZeroBitCount))
                    left &= left - 1
                }
            }
            try body(addresses)
        }
    }
}
