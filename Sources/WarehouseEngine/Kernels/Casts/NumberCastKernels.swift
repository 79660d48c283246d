import WarehouseBasics
import WarehouseColumns

/// NUMBER to NUMBER: another scale, half away from zero, and the digits checked where bounds do not promise them.
final class RescaleKernel: ScalarKernel {
    private let from: Int
    private let to: Int
    private let precision: Int
    private let width: PhysicalType
    private let isChecked: Bool
    private let isTry: Bool

    init(from: Int, to: Int, precision: Int, width: PhysicalType, isChecked: Bool, isTry: Bool) {
        self.from = from
        self.to = to
        self.precision = precision
        self.width = width
        self.isChecked = isChecked
        self.isTry = isTry
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        if width == .int64, !isChecked, abs(to - from) <= 18 {
            let values = Argument<Int64>(inputs[0]), out = output.int64s
            if to >= from {
                let factor = PowersOfTen.int64(to - from)
                for row in 0..<count { out[row] = values[row] &* factor }
            } else {
                let divisor = PowersOfTen.int64(from - to)
                for row in 0..<count { out[row] = DecimalArithmetic.divideRounded(values[row], by: divisor) }
            }
        } else if width == .int64 {
            try rescale(Argument<Int64>(inputs[0]), output, count) { output.int64s[$0] = Int64(truncatingIfNeeded: $1) }
        } else {
            try rescale(Argument<Int128>(inputs[0]), output, count) { output.int128s[$0] = $1 }
        }
    }

    @inline(__always) private func rescale<T: FixedWidthInteger & BitwiseCopyable>(
        _ values: Argument<T>, _ output: Vector, _ count: Int, _ store: (Int, Int128) -> Void
    ) throws {
        try output.forEachValid(count) { row in
            let value = Int128(values[row])
            if let result = DecimalArithmetic.rescale(value, from: from, to: to),
               DecimalArithmetic.fits(result, precision: precision) {
                store(row, result)
                return
            }
            guard isTry else {
                throw WarehouseError(.numberOverflow, "Number out of representable range: type "
                    + "NUMBER(\(precision),\(to)), value \(DecimalText.string(value, scale: from))")
            }
            store(row, 0)
            output.setNull(row)
        }
    }
}

/// NUMBER to FLOAT, to the nearest.
final class NumberToFloatKernel: ScalarKernel {
    private let scale: Int
    private let width: PhysicalType
    init(scale: Int, width: PhysicalType) {
        self.scale = scale
        self.width = width
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let out = output.doubles
        if width == .int64, scale == 0 {
            let values = Argument<Int64>(inputs[0])
            for row in 0..<count { out[row] = Double(values[row]) }
        } else if width == .int64 {
            let values = Argument<Int64>(inputs[0])
            let isExact = scale <= 22, divisor = isExact ? Self.exactPower(scale) : 1
            for row in 0..<count {
                let value = values[row]
                // Both sides exact: the division rounds once.
                out[row] = isExact && value.magnitude < 1 << 53
                    ? Double(value) / divisor : DecimalArithmetic.double(Int128(value), scale: scale)
            }
        } else {
            let values = Argument<Int128>(inputs[0])
            for row in 0..<count { out[row] = DecimalArithmetic.double(values[row], scale: scale) }
        }
    }

    private static func exactPower(_ exponent: Int) -> Double {
        (0..<exponent).reduce(1.0) { power, _ in power * 10 }
    }
}

/// FLOAT to NUMBER(p,s), half away from zero.
final class FloatToNumberKernel: ScalarKernel {
    private let precision: Int
    private let scale: Int
    private let isTry: Bool

    init(precision: Int, scale: Int, isTry: Bool) {
        self.precision = precision
        self.scale = scale
        self.isTry = isTry
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let values = Argument<Double>(inputs[0])
        try output.forEachValid(count) { row in
            let value = values[row]
            var result: Int128 = 0
            if DecimalArithmetic.number(value, precision: precision, scale: scale, into: &result) != .ok {
                guard isTry else {
                    throw WarehouseError(.numberOverflow, "Number out of representable range: type "
                        + "NUMBER(\(precision),\(scale)), value \(FloatText.sqlString(value))")
                }
                output.setNull(row)
            }
            output.storeInteger(result, at: row)
        }
    }
}

/// NUMBER or FLOAT to BOOLEAN: 0 is false.
final class NumericToBooleanKernel: ScalarKernel {
    private let from: PhysicalType
    init(from: PhysicalType) { self.from = from }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let out = output.bools
        switch from {
        case .int32: test(Argument<Int32>(inputs[0]), 0, out, count)
        case .int64: test(Argument<Int64>(inputs[0]), 0, out, count)
        case .int128: test(Argument<Int128>(inputs[0]), 0, out, count)
        default: test(Argument<Double>(inputs[0]), 0, out, count)
        }
    }

    @inline(__always) private func test<T: Equatable & BitwiseCopyable>(
        _ values: Argument<T>, _ zero: T, _ out: UnsafeMutablePointer<UInt8>, _ count: Int
    ) {
        for row in 0..<count { out[row] = values[row] == zero ? 0 : 1 }
    }
}

/// BOOLEAN to NUMBER(p,s) or FLOAT: 1 and 0.
final class BooleanToNumericKernel: ScalarKernel {
    private let one: Int128
    private let width: PhysicalType

    /// `one`: how 1 is held.
    init(one: Int128, width: PhysicalType) {
        self.one = one
        self.width = width
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let values = Argument<UInt8>(inputs[0])
        switch width {
        case .double: for row in 0..<count { output.doubles[row] = values[row] != 0 ? 1 : 0 }
        case .int64:
            let one = Int64(truncatingIfNeeded: one)
            for row in 0..<count { output.int64s[row] = values[row] != 0 ? one : 0 }
        default: for row in 0..<count { output.int128s[row] = values[row] != 0 ? one : 0 }
        }
    }
}
