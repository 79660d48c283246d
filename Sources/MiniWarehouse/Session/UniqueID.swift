/// Ids of sessions and queries: random, in the shape of a UUID.
enum UniqueID {
    /// Characters of each.
    static let length = 36

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
