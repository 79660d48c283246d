/// The values of a window of integers that a sketch has been given already, one bit each: to look one up costs less than
/// hashing it, and columns of ids and codes hold each value many times.
final class SeenValues {
    /// Values of the window: 32 kB of bits, which stay in the cache nearest to the processor.
    private static let window: UInt64 = 1 << 18

    private var base: Int64 = 0
    /// Made when first needed.
    private var words: UnsafeMutablePointer<UInt64>?

    deinit { words?.deallocate() }

    /// Moves the window over `low...high`, unless it lies there or they are too far apart; whether it lies there now.
    func cover(_ low: Int64, _ high: Int64) -> Bool {
        let range = UInt64(bitPattern: high &- low)
        guard range < SeenValues.window else { return false }
        if words != nil, low >= base, UInt64(bitPattern: high &- base) < SeenValues.window { return true }
        // With equal room below and above, where the values of the next chunks may lie.
        let room = Int64(bitPattern: (SeenValues.window - 1 - range) / 2)
        base = low < Int64.min + room ? Int64.min : low - room
        let words = words ?? .allocate(capacity: Int(SeenValues.window / 64))
        words.initialize(repeating: 0, count: Int(SeenValues.window / 64))
        self.words = words
        return UInt64(bitPattern: high &- base) < SeenValues.window
    }

    /// Gives `sketch` the values, all within the window, that it has not been given yet.
    func insert<T: FixedWidthInteger>(_ values: UnsafePointer<T>, count: Int, into sketch: inout DistinctSketch) {
        guard let words else { return sketch.insert(values, count: count) }
        let base = base
        var index = 0
        while index < count {
            let offset = UInt64(bitPattern: Int64(truncatingIfNeeded: values[index]) &- base), bit: UInt64 = 1 &<< (offset & 63)
            let word = words[Int(truncatingIfNeeded: offset &>> 6)]
            index &+= 1
            if word & bit != 0 { continue }
            words[Int(truncatingIfNeeded: offset &>> 6)] = word | bit
            sketch.insert(hash: DistinctSketch.hash(UInt64(truncatingIfNeeded: values[index &- 1])))
        }
    }
}
