/// SplitMix64: the same numbers for the same seed on every machine.
public struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    public init(_ seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// True so often in a hundred.
    public mutating func chance(_ percent: Int) -> Bool { Int(next() % 100) < percent }
    public mutating func below(_ count: Int) -> Int { Int(next() % UInt64(max(1, count))) }
    public mutating func between(_ low: Int, _ high: Int) -> Int { low + below(high - low + 1) }
    public mutating func pick<T>(_ items: [T]) -> T { items[below(items.count)] }
}
