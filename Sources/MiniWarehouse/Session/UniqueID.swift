/// Ids of sessions and queries: random, in the shape of a UUID.
enum UniqueID {
    /// Characters of each.
    static let length = 36

    /// Whether these are the characters of one.
    static func hasItsForm(_ text: some Collection<UInt8>) -> Bool {
        text.count == length && text.enumerated().allSatisfy { index, byte in
            switch index {
            case 8, 13, 18, 23: byte == UInt8(ascii: "-")
            default: UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte
            }
        }
    }

    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        let high = generator.next() & ~0xF000 | 0x4000
        let low = generator.next() & ~(0xC << 60) | (0x8 << 60)
        func hex(_ value: UInt64) -> String {
            let digits = String(value, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        let digits = Array(hex(high) + hex(low))
        var start = 0
        return [8, 12, 16, 20, 32].map { end in
            defer { start = end }
            return String(digits[start..<end])
        }.joined(separator: "-")
    }
}
