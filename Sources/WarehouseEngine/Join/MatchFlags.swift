import Synchronization

/// Which rows of a join's build side some probe has matched: one byte a row, set by any number of threads at once.
final class MatchFlags {
    private let flags: UnsafeMutablePointer<Atomic<UInt8>>
    private let count: Int

    init(rows: Int) {
        count = max(1, rows)
        flags = .allocate(capacity: count)
        for row in 0..<count { (flags + row).initialize(to: Atomic<UInt8>(0)) }
    }

    deinit {
        flags.deinitialize(count: count)
        flags.deallocate()
    }

    @inline(__always)
    func set(_ row: Int) {
        // Read first: a line that several threads only read is not passed from core to core.
        if flags[row].load(ordering: .relaxed) == 0 { flags[row].store(1, ordering: .relaxed) }
    }

    @inline(__always)
    func isSet(_ row: Int) -> Bool { flags[row].load(ordering: .relaxed) != 0 }
}
