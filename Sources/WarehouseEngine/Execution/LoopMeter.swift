import WarehouseBasics

/// Counts what a loop does for the values of a batch, of which one may be megabytes, and looks now and then whether the
/// statement is to stop: about every millisecond.
struct LoopMeter {
    /// Steps of a few hundred nanoseconds each.
    private static let stepsPerLook = 4096
    /// Of loops that go byte by byte.
    private static let bytesPerStep = 64

    private var left = LoopMeter.stepsPerLook

    /// Counts a step; throws when the statement is to stop.
    @inline(__always) mutating func step() throws {
        left &-= 1
        if left <= 0 { try look() }
    }

    /// Counts a value of `byteCount` bytes; throws when the statement is to stop.
    @inline(__always) mutating func pass(bytes byteCount: Int) throws {
        left &-= 1 &+ byteCount / LoopMeter.bytesPerStep
        if left <= 0 { try look() }
    }

    @inline(never) private mutating func look() throws {
        left = LoopMeter.stepsPerLook
        try Interruption.check()
    }
}
