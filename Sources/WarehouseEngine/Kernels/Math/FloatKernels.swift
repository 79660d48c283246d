#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseBasics
import WarehouseColumns

/// A function of one to four doubles. NaN from numbers is an error unless an argument was NaN.
final class FloatFunctionKernel: ScalarKernel {
    typealias Function = @Sendable (Double, Double, Double, Double) -> Double
    private let name: String
    private let function: Function

    init(_ name: String, _ function: @escaping Function) {
        self.name = name
        self.function = function
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let a = Argument<Double>(inputs[0]), b = Argument<Double>(inputs[inputs.count > 1 ? 1 : 0])
        let c = Argument<Double>(inputs[inputs.count > 2 ? 2 : 0])
        let d = Argument<Double>(inputs[inputs.count > 3 ? 3 : 0]), out = output.doubles
        try output.forEachValid(count) { row in
            let value = function(a[row], b[row], c[row], d[row])
            if value.isNaN, !a[row].isNaN, !b[row].isNaN, !c[row].isNaN, !d[row].isNaN {
                throw failure(inputs.map { Argument<Double>($0)[row] })
            }
            out[row] = value
        }
    }

    private func failure(_ arguments: [Double]) -> WarehouseError {
        let shown = arguments.map { FloatText.sqlString($0) }.joined(separator: ",")
        return WarehouseError(ErrorKind("100132", "22023"), "Invalid floating point operation: \(name)(\(shown))")
    }

    /// Functions by name of the function; the name in messages is the C library's.
    static let all: [String: (name: String, function: Function)] = [
        "SQRT": ("sqrt", { x, _, _, _ in x.squareRoot() }),
        "CBRT": ("cbrt", { x, _, _, _ in cubeRoot(x) }),
        "EXP": ("exp", { x, _, _, _ in exp(x) }),
        "LN": ("ln", { x, _, _, _ in x > 0 ? log(x) : .nan }),
        "LOG": ("log", { base, x, _, _ in base > 0 && base != 1 && x > 0 ? logarithm(x, base) : .nan }),
        "POWER": ("pow", { x, y, _, _ in pow(x, y) }),
        "SIN": ("sin", { x, _, _, _ in sin(x) }),
        "COS": ("cos", { x, _, _, _ in cos(x) }),
        "TAN": ("tan", { x, _, _, _ in tan(x) }),
        "COT": ("cot", { x, _, _, _ in x == 0 ? .nan : 1 / tan(x) }),
        "ASIN": ("asin", { x, _, _, _ in asin(x) }),
        "ACOS": ("acos", { x, _, _, _ in acos(x) }),
        "ATAN": ("atan", { x, _, _, _ in atan(x) }),
        "ATAN2": ("atan2", { y, x, _, _ in atan2(y, x) }),
        "SINH": ("sinh", { x, _, _, _ in sinh(x) }),
        "COSH": ("cosh", { x, _, _, _ in cosh(x) }),
        "TANH": ("tanh", { x, _, _, _ in tanh(x) }),
        "ASINH": ("asinh", { x, _, _, _ in asinh(x) }),
        "ACOSH": ("acosh", { x, _, _, _ in acosh(x) }),
        "ATANH": ("atanh", { x, _, _, _ in abs(x) < 1 ? atanh(x) : .nan }),
        "DEGREES": ("degrees", { x, _, _, _ in x * 180 / .pi }),
        "RADIANS": ("radians", { x, _, _, _ in x * .pi / 180 }),
        "HAVERSINE": ("haversine", haversine),
    ]

    /// Exact for cubes of whole numbers, which the C library's need not be.
    @Sendable private static func cubeRoot(_ x: Double) -> Double {
        let root = cbrt(x)
        guard root != 0, root.isFinite, abs(root) > 0x1p-300, abs(root) < 0x1p300 else { return root }
        // One step of Newton's method with the exact residual: the C library may be off in the last place.
        let square = root * root
        let residual = (-x).addingProduct(square, root) + root * (-square).addingProduct(root, root)
        return root - residual / (3 * square)
    }

    /// Exact for powers of 2 and 10.
    @Sendable private static func logarithm(_ x: Double, _ base: Double) -> Double {
        if base == 10 { return log10(x) }
        if base == 2 { return log2(x) }
        return log(x) / log(base)
    }

    /// Kilometres between two points given in degrees, on a sphere of 6371 km.
    @Sendable private static func haversine(_ lat1: Double, _ lon1: Double, _ lat2: Double, _ lon2: Double) -> Double {
        let toRadians = Double.pi / 180
        let dLat = sin((lat2 - lat1) * toRadians / 2), dLon = sin((lon2 - lon1) * toRadians / 2)
        let a = dLat * dLat + cos(lat1 * toRadians) * cos(lat2 * toRadians) * dLon * dLon
        return 2 * 6371 * asin(min(1, a.squareRoot()))
    }
}

/// WIDTH_BUCKET(x, low, high, count): which of `count` equal buckets, 0 below and count + 1 above.
final class WidthBucketKernel: ScalarKernel {
    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let values = Argument<Double>(inputs[0]), lows = Argument<Double>(inputs[1])
        let highs = Argument<Double>(inputs[2]), counts = Argument<Int64>(inputs[3]), out = output.int64s
        try output.forEachValid(count) { row in
            let low = lows[row], high = highs[row], buckets = counts[row], value = values[row]
            guard buckets > 0, low.isFinite, high.isFinite, low != high, !value.isNaN, buckets < 1 << 52 else {
                throw WarehouseError(
                    .invalidValue, "WIDTH_BUCKET needs a positive count of buckets and two different bounds.")
            }
            let isAscending = low < high
            if isAscending ? value < low : value > low { out[row] = 0 }
            else if isAscending ? value >= high : value <= high { out[row] = buckets + 1 }
            else {
                let part = (value - low) / (high - low) * Double(buckets)
                out[row] = min(buckets, Int64(part) + 1)
            }
        }
    }
}

/// FACTORIAL of 0 to 33.
final class FactorialKernel: ScalarKernel {
    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let values = Argument<Int64>(inputs[0]), out = output.int128s
        try output.forEachValid(count) { row in
            let value = values[row]
            guard value >= 0, value <= 33 else {
                throw WarehouseError(.invalidValue, "FACTORIAL takes 0 to 33, not \(value).")
            }
            out[row] = (0..<Int(value)).reduce(Int128(1)) { $0 * Int128($1 + 1) }
        }
    }
}

/// BITAND, BITOR, BITXOR, BITNOT and the shifts, on two's complement.
final class BitKernel: ScalarKernel {
    enum Operation: Sendable { case and, or, xor, not, get, shiftLeft, shiftRight }
    private let operation: Operation
    private let width: PhysicalType

    init(_ operation: Operation, width: PhysicalType) {
        self.operation = operation
        self.width = width
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let other = inputs[inputs.count - 1]
        if width == .int64 {
            combine(Argument<Int64>(inputs[0]), Argument<Int64>(other), output.int64s, count)
            return
        }
        if operation != .shiftLeft {
            combine(Argument<Int128>(inputs[0]), Argument<Int128>(other), output.int128s, count)
            return
        }
        let a = Argument<Int128>(inputs[0]), b = Argument<Int128>(other), out = output.int128s
        try output.forEachValid(count) { row in
            let value = b[row] < 0 || b[row] > 127 ? 0 : a[row] << b[row]
            guard value.magnitude <= DecimalArithmetic.maximum.magnitude else { throw ArithmeticError.outOfRange() }
            out[row] = value
        }
    }

    @inline(__always) private func combine<T: FixedWidthInteger & BitwiseCopyable>(
        _ a: Argument<T>, _ b: Argument<T>, _ out: UnsafeMutablePointer<T>, _ count: Int
    ) {
        switch operation {
        case .and: for row in 0..<count { out[row] = a[row] & b[row] }
        case .or: for row in 0..<count { out[row] = a[row] | b[row] }
        case .xor: for row in 0..<count { out[row] = a[row] ^ b[row] }
        case .not: for row in 0..<count { out[row] = ~a[row] }
        case .get: for row in 0..<count { out[row] = b[row] < 0 ? 0 : (a[row] >> b[row]) & 1 }
        case .shiftLeft, .shiftRight: for row in 0..<count { out[row] = b[row] < 0 ? 0 : a[row] >> b[row] }
        }
    }
}
