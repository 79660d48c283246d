/// Long loops cut short: whoever stops a statement does not wait for the whole.
enum Pieces {
    /// A few milliseconds of work, even where every row misses the processor's caches.
    static let rows = 1 << 16

    /// Calls `body` with `0 ..< count` in pieces, and `check`, which ends it by throwing, before each.
    @inline(__always)
    static func run(_ count: Int, _ check: () throws -> Void, _ body: (Range<Int>) throws -> Void) throws {
        try run(0..<count, check, body)
    }

    /// As above for any range.
    @inline(__always)
    static func run(_ range: Range<Int>, _ check: () throws -> Void, _ body: (Range<Int>) throws -> Void) throws {
        var start = range.lowerBound
        while start < range.upperBound {
            try check()
            let end = min(range.upperBound, start + rows)
            try body(start..<end)
            start = end
        }
    }
}
