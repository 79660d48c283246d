import WarehouseColumns

/// Integers in another width: a wider one, or a narrower one that their bounds promise to fit.
final class WidthKernel: ScalarKernel {
    private let from: PhysicalType
    private let to: PhysicalType

    init(from: PhysicalType, to: PhysicalType) {
        self.from = from
        self.to = to
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let input = inputs[0]
        switch (from, to) {
        case (.int32, .int64): convert(input.int32s, output.int64s, count)
        case (.int32, .int128): convert(input.int32s, output.int128s, count)
        case (.int64, .int32): convert(input.int64s, output.int32s, count)
        case (.int64, .int128): convert(input.int64s, output.int128s, count)
        case (.int128, .int32): convert(input.int128s, output.int32s, count)
        case (.int128, .int64): convert(input.int128s, output.int64s, count)
        default: preconditionFailure("integers of two widths")
        }
    }

    @inline(__always) private func convert<A: FixedWidthInteger, B: FixedWidthInteger>(
        _ from: UnsafePointer<A>, _ to: UnsafeMutablePointer<B>, _ count: Int
    ) {
        for row in 0..<count { to[row] = B(truncatingIfNeeded: from[row]) }
    }
}
