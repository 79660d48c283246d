import WarehouseBasics
import WarehouseColumns

/// Which way digits go.
enum RoundingMode: Sendable {
    case halfAway, halfEven, floor, ceiling, truncate
}

extension FixedWidthInteger where Self: SignedInteger {
    /// self / divisor as a whole number; `divisor` is positive.
    @inline(__always) func divided(by divisor: Self, _ mode: RoundingMode) -> Self {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        if remainder == 0 { return quotient }
        let away: Self = self < 0 ? -1 : 1
        switch mode {
        case .truncate: return quotient
        case .floor: return self < 0 ? quotient &- 1 : quotient
        case .ceiling: return self > 0 ? quotient &+ 1 : quotient
        case .halfAway, .halfEven:
            let rest = remainder.magnitude, other = divisor.magnitude &- rest
            if rest > other { return quotient &+ away }
            if rest < other { return quotient }
            return mode == .halfAway || quotient & 1 != 0 ? quotient &+ away : quotient
        }
    }
}

/// ROUND, CEIL, FLOOR, TRUNC of NUMBER to a constant count of digits: divides by 10^drop, multiplies by 10^gain.
final class RoundNumberKernel: ScalarKernel {
    private let mode: RoundingMode
    private let drop: Int
    private let gain: Int
    private let width: PhysicalType

    init(_ mode: RoundingMode, drop: Int, gain: Int, width: PhysicalType) {
        self.mode = mode
        self.drop = drop
        self.gain = gain
        self.width = width
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        if width == .int64 {
            let values = Argument<Int64>(inputs[0]), out = output.int64s, mode = mode
            let divisor = PowersOfTen.int64(drop), factor = PowersOfTen.int64(gain)
            for row in 0..<count { out[row] = values[row].divided(by: divisor, mode) &* factor }
            return
        }
        let values = Argument<Int128>(inputs[0]), out = output.int128s
        let divisor = PowersOfTen.int128(drop), factor = PowersOfTen.int128(gain)
        try output.forEachValid(count) { row in
            let (value, overflow) = values[row].divided(by: divisor, mode).multipliedReportingOverflow(by: factor)
            guard !overflow, value.magnitude <= DecimalArithmetic.maximum.magnitude else {
                throw ArithmeticError.outOfRange()
            }
            out[row] = value
        }
    }
}

/// As `RoundNumberKernel` where the count of digits varies; the scale stays.
final class RoundNumberVariableKernel: ScalarKernel {
    private let mode: RoundingMode
    private let scale: Int

    init(_ mode: RoundingMode, scale: Int) {
        self.mode = mode
        self.scale = scale
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let values = Argument<Int128>(inputs[0]), digits = Argument<Int64>(inputs[1]), out = output.int128s
        try output.forEachValid(count) { row in
            let drop = Int(min(max(Int64(scale) &- min(max(digits[row], -1000), 1000), 0), 38))
            let unit = PowersOfTen.int128(drop)
            let (value, overflow) = values[row].divided(by: unit, mode).multipliedReportingOverflow(by: unit)
            guard !overflow, value.magnitude <= DecimalArithmetic.maximum.magnitude else {
                throw ArithmeticError.outOfRange()
            }
            out[row] = value
        }
    }
}

/// ROUND, CEIL, FLOOR, TRUNC of FLOAT to a count of digits.
final class RoundFloatKernel: ScalarKernel {
    private let mode: RoundingMode
    init(_ mode: RoundingMode) { self.mode = mode }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let values = Argument<Double>(inputs[0]), digits = Argument<Int64>(inputs[1]), out = output.doubles
        for row in 0..<count { out[row] = rounded(values[row], digits[row]) }
    }

    private func rounded(_ value: Double, _ digits: Int64) -> Double {
        guard value.isFinite else { return value }
        let count = Int(min(max(digits, -400), 400))
        if count == 0 { return whole(value) }
        let power = RoundFloatKernel.power(abs(count))
        if count > 0 {
            let shifted = value * power
            // No digit lies behind so large a value's point, or the shift is past what a Double holds.
            guard shifted.isFinite, abs(shifted) < 0x1p52 else { return value }
            return whole(shifted) / power
        }
        return power.isFinite ? whole(value / power) * power : 0
    }

    private static func power(_ exponent: Int) -> Double {
        var value = 1.0
        for _ in 0..<exponent { value *= 10 }
        return value
    }

    @inline(__always) private func whole(_ value: Double) -> Double {
        switch mode {
        case .halfAway: value.rounded(.toNearestOrAwayFromZero)
        case .halfEven: value.rounded(.toNearestOrEven)
        case .floor: value.rounded(.down)
        case .ceiling: value.rounded(.up)
        case .truncate: value.rounded(.towardZero)
        }
    }
}

/// ABS and SIGN of NUMBER in 64 or 128 bits.
final class MagnitudeKernel: ScalarKernel {
    private let width: PhysicalType
    private let isSign: Bool

    init(width: PhysicalType, isSign: Bool) {
        self.width = width
        self.isSign = isSign
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        if width == .int64 {
            let values = Argument<Int64>(inputs[0]), out = output.int64s
            if isSign { for row in 0..<count { out[row] = values[row].signum() } }
            else { for row in 0..<count { out[row] = values[row] < 0 ? 0 &- values[row] : values[row] } }
        } else if isSign {
            let values = Argument<Int128>(inputs[0]), out = output.int64s
            for row in 0..<count { out[row] = Int64(truncatingIfNeeded: values[row].signum()) }
        } else {
            let values = Argument<Int128>(inputs[0]), out = output.int128s
            for row in 0..<count { out[row] = values[row] < 0 ? 0 &- values[row] : values[row] }
        }
    }
}
