import WarehouseBasics
import WarehouseColumns

/// An operation on two integers of one width; unary ones ignore the second.
protocol IntegerOperator: SendableMetatype {
    static func wrapping<T: FixedWidthInteger & SignedInteger>(_ a: T, _ b: T) -> T
    static func reporting<T: FixedWidthInteger & SignedInteger>(_ a: T, _ b: T) -> (partialValue: T, overflow: Bool)
}

/// An operation on two doubles; unary ones ignore the second.
protocol DoubleOperator: SendableMetatype {
    /// Whether `b` equal to 0 is an error.
    static var refusesZero: Bool { get }
    static func apply(_ a: Double, _ b: Double) -> Double
}

extension DoubleOperator { static var refusesZero: Bool { false } }

enum AddOperator: IntegerOperator, DoubleOperator {
    @inline(__always) static func wrapping<T: FixedWidthInteger & SignedInteger>(_ a: T, _ b: T) -> T { a &+ b }
    @inline(__always) static func reporting<T: FixedWidthInteger & SignedInteger>(_ a: T, _ b: T)
        -> (partialValue: T, overflow: Bool) { a.addingReportingOverflow(b) }
    @inline(__always) static func apply(_ a: Double, _ b: Double) -> Double { a + b }
}

enum SubtractOperator: IntegerOperator, DoubleOperator {
    @inline(__always) static func wrapping<T: FixedWidthInteger & SignedInteger>(_ a: T, _ b: T) -> T { a &- b }
    @inline(__always) static func reporting<T: FixedWidthInteger & SignedInteger>(_ a: T, _ b: T)
        -> (partialValue: T, overflow: Bool) { a.subtractingReportingOverflow(b) }
    @inline(__always) static func apply(_ a: Double, _ b: Double) -> Double { a - b }
}

enum MultiplyOperator: IntegerOperator, DoubleOperator {
    @inline(__always) static func wrapping<T: FixedWidthInteger & SignedInteger>(_ a: T, _ b: T) -> T { a &* b }
    @inline(__always) static func reporting<T: FixedWidthInteger & SignedInteger>(_ a: T, _ b: T)
        -> (partialValue: T, overflow: Bool) { a.multipliedReportingOverflow(by: b) }
    @inline(__always) static func apply(_ a: Double, _ b: Double) -> Double { a * b }
}

enum NegateOperator: IntegerOperator, DoubleOperator {
    @inline(__always) static func wrapping<T: FixedWidthInteger & SignedInteger>(_ a: T, _ b: T) -> T { 0 &- a }
    @inline(__always) static func reporting<T: FixedWidthInteger & SignedInteger>(_ a: T, _ b: T)
        -> (partialValue: T, overflow: Bool) { T(0).subtractingReportingOverflow(a) }
    @inline(__always) static func apply(_ a: Double, _ b: Double) -> Double { -a }
}

enum DivideOperator: DoubleOperator {
    static var refusesZero: Bool { true }
    @inline(__always) static func apply(_ a: Double, _ b: Double) -> Double { a / b }
}

enum RemainderOperator: DoubleOperator {
    static var refusesZero: Bool { true }
    @inline(__always) static func apply(_ a: Double, _ b: Double) -> Double {
        a.truncatingRemainder(dividingBy: b)
    }
}

/// Errors of arithmetic.
enum ArithmeticError {
    static var divisionByZero: WarehouseError { WarehouseError(.divisionByZero, "Division by zero") }
    static func outOfRange(_ type: LogicalType = .integer) -> WarehouseError {
        WarehouseError(.numberOverflow, "Number out of representable range: type FIXED[SB16]"
            + "(\(LogicalType.maximumPrecision),\(type.scale ?? 0)), a result has more than 38 digits.")
    }
}

/// Applies `body` to rows of one or two arguments, each flat or constant.
@inline(__always)
func mapRows<A: BitwiseCopyable, B: BitwiseCopyable, R: BitwiseCopyable>(
    _ a: Vector, _ b: Vector, _ out: UnsafeMutablePointer<R>, _ count: Int, _ body: (A, B) -> R
) {
    let x = UnsafePointer(a.values.assumingMemoryBound(to: A.self))
    let y = UnsafePointer(b.values.assumingMemoryBound(to: B.self))
    switch (a.form == .constant, b.form == .constant) {
    case (false, false): for row in 0..<count { out[row] = body(x[row], y[row]) }
    case (false, true):
        let right = y[0]
        for row in 0..<count { out[row] = body(x[row], right) }
    case (true, false):
        let left = x[0]
        for row in 0..<count { out[row] = body(left, y[row]) }
    case (true, true): out.update(repeating: body(x[0], y[0]), count: count)
    }
}

/// Which operation; below `run` it becomes a type, for a generic class would not be specialised.
enum ArithmeticOperation: Sendable { case add, subtract, multiply, negate, divide, remainder }

/// ADD, SUB, MUL, NEG of integers of 64 or 128 bits. Unchecked where bounds promise that nothing passes 38 digits.
final class IntegerArithmeticKernel: ScalarKernel {
    private let operation: ArithmeticOperation
    private let width: PhysicalType
    private let isChecked: Bool

    init(_ operation: ArithmeticOperation, width: PhysicalType, isChecked: Bool) {
        self.operation = operation
        self.width = width
        self.isChecked = isChecked
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let a = inputs[0], b = inputs[inputs.count - 1]
        switch operation {
        case .add: try run(AddOperator.self, a, b, output, count)
        case .subtract: try run(SubtractOperator.self, a, b, output, count)
        case .multiply: try run(MultiplyOperator.self, a, b, output, count)
        default: try run(NegateOperator.self, a, b, output, count)
        }
    }

    private func run<Op: IntegerOperator>(_ op: Op.Type, _ a: Vector, _ b: Vector, _ output: Vector, _ count: Int)
        throws {
        if width == .int64 {
            mapRows(a, b, output.int64s, count) { (x: Int64, y: Int64) in Op.wrapping(x, y) }
        } else if !isChecked {
            mapRows(a, b, output.int128s, count) { (x: Int128, y: Int128) in Op.wrapping(x, y) }
        } else {
            var isBad = false
            mapRows(a, b, output.int128s, count) { (x: Int128, y: Int128) in
                let (value, overflow) = Op.reporting(x, y)
                isBad = isBad || overflow || value.magnitude > DecimalArithmetic.maximum.magnitude
                return value
            }
            if isBad { try check(op, a, b, output, count) }
        }
    }

    /// Something was out of range: an error if it was a row that counts.
    private func check<Op: IntegerOperator>(_ op: Op.Type, _ a: Vector, _ b: Vector, _ output: Vector, _ count: Int)
        throws {
        let x = Argument<Int128>(a), y = Argument<Int128>(b)
        try output.forEachValid(count) { row in
            let (value, overflow) = Op.reporting(x[row], y[row])
            if overflow || value.magnitude > DecimalArithmetic.maximum.magnitude { throw ArithmeticError.outOfRange() }
        }
    }
}

/// Doubles, as IEEE 754 says, but division by zero is an error.
final class DoubleArithmeticKernel: ScalarKernel {
    private let operation: ArithmeticOperation
    init(_ operation: ArithmeticOperation) { self.operation = operation }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let a = inputs[0], b = inputs[inputs.count - 1]
        switch operation {
        case .add: try run(AddOperator.self, a, b, output, count)
        case .subtract: try run(SubtractOperator.self, a, b, output, count)
        case .multiply: try run(MultiplyOperator.self, a, b, output, count)
        case .negate: try run(NegateOperator.self, a, b, output, count)
        case .divide: try run(DivideOperator.self, a, b, output, count)
        case .remainder: try run(RemainderOperator.self, a, b, output, count)
        }
    }

    private func run<Op: DoubleOperator>(_ op: Op.Type, _ a: Vector, _ b: Vector, _ output: Vector, _ count: Int)
        throws {
        if Op.refusesZero {
            let divisors = Argument<Double>(b)
            try output.forEachValid(count) { row in
                if divisors[row] == 0 { throw ArithmeticError.divisionByZero }
            }
        }
        mapRows(a, b, output.doubles, count) { (x: Double, y: Double) in Op.apply(x, y) }
    }
}

/// NUMBER × NUMBER with digits rounded away, or past 38 digits on the way.
final class DecimalMultiplyKernel: ScalarKernel {
    private let width: PhysicalType
    private let dropping: Int

    init(width: PhysicalType, dropping: Int) {
        self.width = width
        self.dropping = dropping
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        if width == .int64, dropping <= 18 {
            let divisor = PowersOfTen.int64(dropping)
            mapRows(inputs[0], inputs[1], output.int64s, count) { (x: Int64, y: Int64) in
                DecimalArithmetic.divideRounded(x &* y, by: divisor)
            }
            return
        }
        if width == .int64 {
            // A product of 64 bits has no digit that far up.
            output.int64s.update(repeating: 0, count: count)
            return
        }
        let x = Argument<Int128>(inputs[0]), y = Argument<Int128>(inputs[1]), out = output.int128s
        try output.forEachValid(count) { row in
            guard let product = DecimalArithmetic.multiply(x[row], y[row], dropping: dropping) else {
                throw ArithmeticError.outOfRange()
            }
            out[row] = product
        }
    }
}

/// NUMBER / NUMBER: a × 10^shift / b, half away from zero.
final class DecimalDivideKernel: ScalarKernel {
    private let width: PhysicalType
    private let shift: Int

    init(width: PhysicalType, shift: Int) {
        self.width = width
        self.shift = shift
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        if width == .int64 {
            let x = Argument<Int64>(inputs[0]), y = Argument<Int64>(inputs[1]), out = output.int64s
            let factor = PowersOfTen.int64(min(shift, 18))
            try output.forEachValid(count) { row in
                let divisor = y[row]
                if divisor == 0 { throw ArithmeticError.divisionByZero }
                out[row] = DecimalDivideKernel.rounded(x[row] &* factor, divisor)
            }
            return
        }
        let x = Argument<Int128>(inputs[0]), y = Argument<Int128>(inputs[1]), out = output.int128s
        try output.forEachValid(count) { row in
            let divisor = y[row]
            if divisor == 0 { throw ArithmeticError.divisionByZero }
            guard let quotient = DecimalArithmetic.divide(x[row], by: divisor, shift: shift) else {
                throw ArithmeticError.outOfRange()
            }
            out[row] = quotient
        }
    }

    @inline(__always) private static func rounded(_ dividend: Int64, _ divisor: Int64) -> Int64 {
        let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
        let rest = remainder.magnitude
        guard rest >= divisor.magnitude &- rest else { return quotient }
        return (dividend < 0) != (divisor < 0) ? quotient &- 1 : quotient &+ 1
    }
}

/// NUMBER % NUMBER of one scale: the sign of the dividend.
final class RemainderKernel: ScalarKernel {
    private let width: PhysicalType
    init(width: PhysicalType) { self.width = width }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        if width == .int64 { try apply(inputs, output.int64s, output, count) }
        else { try apply(inputs, output.int128s, output, count) }
    }

    @inline(__always) private func apply<T: FixedWidthInteger & SignedInteger & BitwiseCopyable>(
        _ inputs: [Vector], _ out: UnsafeMutablePointer<T>, _ output: Vector, _ count: Int
    ) throws {
        let x = Argument<T>(inputs[0]), y = Argument<T>(inputs[1])
        try output.forEachValid(count) { row in
            let divisor = y[row]
            if divisor == 0 { throw ArithmeticError.divisionByZero }
            // The quotient of the least integer by -1 would not fit.
            out[row] = divisor == -1 ? 0 : x[row] % divisor
        }
    }
}
