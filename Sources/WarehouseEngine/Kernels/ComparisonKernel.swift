import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// The six orderings of two values of one type.
protocol OrderedOperator: SendableMetatype {
    static func holds<T: Comparable>(_ a: T, _ b: T) -> Bool
    /// For an order given as negative, zero or positive.
    static func holds(order: Int) -> Bool
    /// For any left side and a right side that is not NaN, NaN being the greatest.
    static func holdsBelowNaN(_ a: Double, _ b: Double) -> Bool
}

enum EqualOperator: OrderedOperator {
    @inline(__always) static func holds<T: Comparable>(_ a: T, _ b: T) -> Bool { a == b }
    @inline(__always) static func holds(order: Int) -> Bool { order == 0 }
    @inline(__always) static func holdsBelowNaN(_ a: Double, _ b: Double) -> Bool { a == b }
}
enum NotEqualOperator: OrderedOperator {
    @inline(__always) static func holds<T: Comparable>(_ a: T, _ b: T) -> Bool { a != b }
    @inline(__always) static func holds(order: Int) -> Bool { order != 0 }
    @inline(__always) static func holdsBelowNaN(_ a: Double, _ b: Double) -> Bool { a != b }
}
enum LessOperator: OrderedOperator {
    @inline(__always) static func holds<T: Comparable>(_ a: T, _ b: T) -> Bool { a < b }
    @inline(__always) static func holds(order: Int) -> Bool { order < 0 }
    @inline(__always) static func holdsBelowNaN(_ a: Double, _ b: Double) -> Bool { a < b }
}
enum LessOrEqualOperator: OrderedOperator {
    @inline(__always) static func holds<T: Comparable>(_ a: T, _ b: T) -> Bool { a <= b }
    @inline(__always) static func holds(order: Int) -> Bool { order <= 0 }
    @inline(__always) static func holdsBelowNaN(_ a: Double, _ b: Double) -> Bool { a <= b }
}
enum GreaterOperator: OrderedOperator {
    @inline(__always) static func holds<T: Comparable>(_ a: T, _ b: T) -> Bool { a > b }
    @inline(__always) static func holds(order: Int) -> Bool { order > 0 }
    @inline(__always) static func holdsBelowNaN(_ a: Double, _ b: Double) -> Bool { !(a <= b) }
}
enum GreaterOrEqualOperator: OrderedOperator {
    @inline(__always) static func holds<T: Comparable>(_ a: T, _ b: T) -> Bool { a >= b }
    @inline(__always) static func holds(order: Int) -> Bool { order >= 0 }
    @inline(__always) static func holdsBelowNaN(_ a: Double, _ b: Double) -> Bool { !(a < b) }
}

/// What two values are compared as.
enum ComparisonDomain: Sendable {
    case physical(PhysicalType)
    /// TIMESTAMP_TZ: by the instant, not by the offset.
    case zoned
    /// VARIANT, OBJECT, ARRAY.
    case variant
}

/// `a < b` and its kin, strict: NULL where either is. The operator is a type only below `run`: a generic class would
/// not be specialised.
final class ComparisonKernel: ScalarKernel {
    private let op: ComparisonOperator
    private let domain: ComparisonDomain

    /// `op` is one of the six orderings.
    init(_ op: ComparisonOperator, _ domain: ComparisonDomain) {
        self.op = op
        self.domain = domain
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        switch op {
        case .equal, .notDistinct: try run(EqualOperator.self, inputs[0], inputs[1], output, count)
        case .notEqual, .distinct: try run(NotEqualOperator.self, inputs[0], inputs[1], output, count)
        case .less: try run(LessOperator.self, inputs[0], inputs[1], output, count)
        case .lessOrEqual: try run(LessOrEqualOperator.self, inputs[0], inputs[1], output, count)
        case .greater: try run(GreaterOperator.self, inputs[0], inputs[1], output, count)
        case .greaterOrEqual: try run(GreaterOrEqualOperator.self, inputs[0], inputs[1], output, count)
        }
    }

    private func run<Op: OrderedOperator>(_ op: Op.Type, _ a: Vector, _ b: Vector, _ output: Vector, _ count: Int)
        throws {
        let out = output.bools
        switch domain {
        case .physical(.bool): compare(op, a, b, out, count, as: UInt8.self) { $0 }
        case .physical(.int32): compare(op, a, b, out, count, as: Int32.self) { $0 }
        case .physical(.int64): compare(op, a, b, out, count, as: Int64.self) { $0 }
        case .physical(.int128): compare(op, a, b, out, count, as: Int128.self) { $0 }
        case .physical(.double):
            if b.form == .constant, !b.doubles[0].isNaN, a.form != .constant {
                let values = UnsafePointer(a.doubles), right = b.doubles[0]
                for row in 0..<count { out[row] = unsafeBitCast(Op.holdsBelowNaN(values[row], right), to: UInt8.self) }
            } else {
                compare(op, a, b, out, count, as: Double.self) { DoubleOrder.key($0) }
            }
        case .zoned: compare(op, a, b, out, count, as: Int128.self) { $0 >> 16 }
        case .physical(.string): compareStrings(op, a, b, out, count)
        case .variant: compareVariants(op, a, b, output, count)
        case .physical(.list):
            throw WarehouseError(.unsupported, "Unsupported feature 'comparison of arrays'.")
        }
    }

    @inline(__always) private func compare<Op: OrderedOperator, T: BitwiseCopyable, K: Comparable>(
        _ op: Op.Type, _ a: Vector, _ b: Vector, _ out: UnsafeMutablePointer<UInt8>, _ count: Int, as type: T.Type,
        key: (T) -> K
    ) {
        let x = UnsafePointer(a.values.assumingMemoryBound(to: T.self))
        let y = UnsafePointer(b.values.assumingMemoryBound(to: T.self))
        switch (a.form == .constant, b.form == .constant) {
        case (false, false):
            for row in 0..<count { out[row] = unsafeBitCast(Op.holds(key(x[row]), key(y[row])), to: UInt8.self) }
        case (false, true):
            let right = key(y[0])
            for row in 0..<count { out[row] = unsafeBitCast(Op.holds(key(x[row]), right), to: UInt8.self) }
        case (true, false):
            let left = key(x[0])
            for row in 0..<count { out[row] = unsafeBitCast(Op.holds(left, key(y[row])), to: UInt8.self) }
        case (true, true):
            out.update(repeating: unsafeBitCast(Op.holds(key(x[0]), key(y[0])), to: UInt8.self), count: count)
        }
    }

    private func compareStrings<Op: OrderedOperator>(
        _ op: Op.Type, _ a: Vector, _ b: Vector, _ out: UnsafeMutablePointer<UInt8>, _ count: Int
    ) {
        let x = Argument<StringView>(a), y = Argument<StringView>(b)
        if Op.self == EqualOperator.self {
            for row in 0..<count { out[row] = x[row] == y[row] ? 1 : 0 }
        } else if Op.self == NotEqualOperator.self {
            for row in 0..<count { out[row] = x[row] == y[row] ? 0 : 1 }
        } else {
            for row in 0..<count { out[row] = Op.holds(order: StringView.compare(x[row], y[row])) ? 1 : 0 }
        }
    }

    private func compareVariants<Op: OrderedOperator>(
        _ op: Op.Type, _ a: Vector, _ b: Vector, _ output: Vector, _ count: Int
    ) {
        let x = Argument<StringView>(a), y = Argument<StringView>(b), out = output.bools
        output.forEachValid(count) { row in
            out[row] = Op.holds(order: VariantOrder.compare(x[row], y[row])) ? 1 : 0
        }
    }
}

/// Doubles as integers in Snowflake's order: NaN equals itself and is the greatest, -0 equals 0.
enum DoubleOrder {
    @inline(__always) static func key(_ value: Double) -> Int64 {
        // Adding 0 makes -0 into 0; one bit pattern stands for every NaN.
        let bits = value.isNaN ? 0x7FF8_0000_0000_0000 : Int64(bitPattern: (value + 0).bitPattern)
        return bits ^ Int64(bitPattern: UInt64(bitPattern: bits &>> 63) &>> 1)
    }
}

/// IS [NOT] DISTINCT FROM: NULL equals NULL, never null itself.
final class DistinctKernel: ScalarKernel {
    private let equality: ComparisonKernel
    private let isDistinct: UInt8
    override var isStrict: Bool { false }

    init(_ domain: ComparisonDomain, isDistinct: Bool) {
        equality = ComparisonKernel(.equal, domain)
        self.isDistinct = isDistinct ? 1 : 0
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        for input in inputs { output.intersectValidity(with: input, count: count) }
        try equality.run(inputs, into: output, count: count)
        output.clearNulls()
        let out = output.bools, flip = isDistinct
        let left = ArgumentValidity(inputs[0]), right = ArgumentValidity(inputs[1])
        if left.words == nil, right.words == nil {
            for row in 0..<count { out[row] ^= flip }
        } else {
            for row in 0..<count {
                let a = left.isValid(row), b = right.isValid(row)
                out[row] = (a && b ? out[row] : (a == b ? 1 : 0)) ^ flip
            }
        }
    }
}
