import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// The six orderings of two values of one type.
protocol OrderedOperator: SendableMetatype {
    static func holds<T: Comparable>(_ a: T, _ b: T) -> Bool
    /// For an order given as negative, zero or positive.
    static func holds(order: Int) -> Bool
}

enum EqualOperator: OrderedOperator {
    @inline(__always) static func holds<T: Comparable>(_ a: T, _ b: T) -> Bool { a == b }
    @inline(__always) static func holds(order: Int) -> Bool { order == 0 }
}
enum NotEqualOperator: OrderedOperator {
    @inline(__always) static func holds<T: Comparable>(_ a: T, _ b: T) -> Bool { a != b }
    @inline(__always) static func holds(order: Int) -> Bool { order != 0 }
}
enum LessOperator: OrderedOperator {
    @inline(__always) static func holds<T: Comparable>(_ a: T, _ b: T) -> Bool { a < b }
    @inline(__always) static func holds(order: Int) -> Bool { order < 0 }
}
enum LessOrEqualOperator: OrderedOperator {
    @inline(__always) static func holds<T: Comparable>(_ a: T, _ b: T) -> Bool { a <= b }
    @inline(__always) static func holds(order: Int) -> Bool { order <= 0 }
}
enum GreaterOperator: OrderedOperator {
    @inline(__always) static func holds<T: Comparable>(_ a: T, _ b: T) -> Bool { a > b }
    @inline(__always) static func holds(order: Int) -> Bool { order > 0 }
}
enum GreaterOrEqualOperator: OrderedOperator {
    @inline(__always) static func holds<T: Comparable>(_ a: T, _ b: T) -> Bool { a >= b }
    @inline(__always) static func holds(order: Int) -> Bool { order >= 0 }
}

/// What two values are compared as.
enum ComparisonDomain: Sendable {
    case physical(PhysicalType)
    /// TIMESTAMP_TZ: by the instant, not by the offset.
    case zoned
    /// VARIANT, OBJECT, ARRAY.
    case variant
}

/// `a < b` and its kin, strict: NULL where either is.
final class ComparisonKernel<Op: OrderedOperator>: ScalarKernel {
    private let domain: ComparisonDomain
    init(_ domain: ComparisonDomain) { self.domain = domain }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let a = inputs[0], b = inputs[1], out = output.bools
        switch domain {
        case .physical(.bool): compare(a, b, out, count, as: UInt8.self) { $0 }
        case .physical(.int32): compare(a, b, out, count, as: Int32.self) { $0 }
        case .physical(.int64): compare(a, b, out, count, as: Int64.self) { $0 }
        case .physical(.int128): compare(a, b, out, count, as: Int128.self) { $0 }
        case .physical(.double): compare(a, b, out, count, as: Double.self) { DoubleOrder.key($0) }
        case .zoned: compare(a, b, out, count, as: Int128.self) { $0 >> 16 }
        case .physical(.string): compareStrings(a, b, out, count)
        case .variant: try compareVariants(a, b, output, count)
        case .physical(.list):
            throw WarehouseError(.unsupported, "Unsupported feature 'comparison of arrays'.")
        }
    }

    @inline(__always) private func compare<T: BitwiseCopyable, K: Comparable>(
        _ a: Vector, _ b: Vector, _ out: UnsafeMutablePointer<UInt8>, _ count: Int, as type: T.Type, key: (T) -> K
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

    private func compareStrings(_ a: Vector, _ b: Vector, _ out: UnsafeMutablePointer<UInt8>, _ count: Int) {
        let x = Argument<StringView>(a), y = Argument<StringView>(b)
        if Op.self == EqualOperator.self {
            for row in 0..<count { out[row] = x[row] == y[row] ? 1 : 0 }
        } else if Op.self == NotEqualOperator.self {
            for row in 0..<count { out[row] = x[row] == y[row] ? 0 : 1 }
        } else {
            for row in 0..<count { out[row] = Op.holds(order: StringView.compare(x[row], y[row])) ? 1 : 0 }
        }
    }

    private func compareVariants(_ a: Vector, _ b: Vector, _ output: Vector, _ count: Int) throws {
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

extension ComparisonOperator {
    /// The kernel of an ordering; nil for (IS) NOT DISTINCT.
    func kernel(_ domain: ComparisonDomain) -> ScalarKernel? {
        switch self {
        case .equal: ComparisonKernel<EqualOperator>(domain)
        case .notEqual: ComparisonKernel<NotEqualOperator>(domain)
        case .less: ComparisonKernel<LessOperator>(domain)
        case .lessOrEqual: ComparisonKernel<LessOrEqualOperator>(domain)
        case .greater: ComparisonKernel<GreaterOperator>(domain)
        case .greaterOrEqual: ComparisonKernel<GreaterOrEqualOperator>(domain)
        case .distinct, .notDistinct: nil
        }
    }
}

/// IS [NOT] DISTINCT FROM: NULL equals NULL, never null itself.
final class DistinctKernel: ScalarKernel {
    private let equality: ComparisonKernel<EqualOperator>
    private let isDistinct: UInt8
    override var isStrict: Bool { false }

    init(_ domain: ComparisonDomain, isDistinct: Bool) {
        equality = ComparisonKernel(domain)
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
