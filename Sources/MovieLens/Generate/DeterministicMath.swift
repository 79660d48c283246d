/// Real functions that give the same bits on every machine: only +, -, *, / and square root, which IEEE 754 rounds
/// exactly, where two C libraries' `exp` and `log` may differ in the last bit.
enum DeterministicMath {
    private static let ln2 = 0.693147180559945309417232121458

    /// e to the power `x`, within a few units in the last place, for |x| < 700.
    static func exp(_ x: Double) -> Double {
        let k = (x / ln2).rounded()
        let r = x - k * ln2
        var sum = 1.0
        var n = 18.0
        while n >= 1 {
            sum = 1 + sum * r / n
            n -= 1
        }
        return sum * Double(sign: .plus, exponent: Int(k), significand: 1)
    }

    /// The natural logarithm of a positive, normal number.
    static func ln(_ x: Double) -> Double {
        var m = x.significand
        var k = Double(x.exponent)
        if m > 1.4142135623730951 {
            m /= 2
            k += 1
        }
        let s = (m - 1) / (m + 1)
        let square = s * s
        var sum = 0.0
        var n = 27.0
        while n >= 1 {
            sum = sum * square + 1 / n
            n -= 2
        }
        return k * ln2 + 2 * s * sum
    }

    /// `base`, which is positive, to the power `exponent`.
    static func pow(_ base: Double, _ exponent: Double) -> Double {
        exp(exponent * ln(base))
    }

    /// The standard normal quantile of `p` in 0..<1 (Acklam's rational approximation, relative error 1.2e-9).
    static func inverseNormal(_ p: Double) -> Double {
        if p > 0.5 { return -inverseNormal(1 - p) }
        if p < 0.02425 {
            let q = (-2 * ln(max(p, 0x1p-60))).squareRoot()
            let top = polynomial(q, [
                -7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838, -2.549732539343734,
                4.374664141464968, 2.938163982698783,
            ])
            let bottom = polynomial(q, [
                7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996, 3.754408661907416, 1,
            ])
            return top / bottom
        }
        let q = p - 0.5
        let r = q * q
        let top = polynomial(r, [
            -3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02, 1.383577518672690e+02,
            -3.066479806614716e+01, 2.506628277459239,
        ])
        let bottom = polynomial(r, [
            -5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02, 6.680131188771972e+01,
            -1.328068155288572e+01, 1,
        ])
        return q * top / bottom
    }

    /// `y` at `x` on the line through `points`, whose x ascend; outside them, the nearest one's y.
    static func interpolate(_ x: Double, _ points: [(x: Double, y: Double)]) -> Double {
        guard let first = points.first, let last = points.last else { return 0 }
        if x <= first.x { return first.y }
        for (left, right) in zip(points, points.dropFirst()) where x <= right.x {
            return left.y + (right.y - left.y) * (x - left.x) / (right.x - left.x)
        }
        return last.y
    }

    /// Highest power first.
    private static func polynomial(_ x: Double, _ coefficients: [Double]) -> Double {
        coefficients.reduce(0) { $0 * x + $1 }
    }
}
