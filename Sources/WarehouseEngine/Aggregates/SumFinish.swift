import WarehouseBasics
import WarehouseColumns

/// What a sum and a count become.
struct SumFinish {
    enum Kind {
        /// SUM: the sum itself.
        case sum
        /// AVG of NUMBER: sum × 10^`scaleShift` ÷ count, rounded half away from zero; over a window it is cut.
        case average(scaleShift: Int, isCut: Bool = false)
    }
    var kind: Kind
    var resultType: PhysicalType

    static let limit: Int128 = powerOfTen(38)

    static func powerOfTen(_ exponent: Int) -> Int128 {
        var value: Int128 = 1
        for _ in 0..<exponent { value *= 10 }
        return value
    }

    /// nil over no values.
    func value(sum: Int128, count: Int64) throws -> Int128? {
        guard count > 0 else { return nil }
        var result = sum
        if case .average(let shift, let isCut) = kind {
            result = try SumFinish.average(sum, Int128(count), shift, isCut)
        }
        guard result > -SumFinish.limit, result < SumFinish.limit else { throw SumFinish.overflow }
        return result
    }

    static var overflow: WarehouseError {
        WarehouseError(.numberOverflow, "Number out of representable range: an aggregate needs more than 38 digits.")
    }

    private static func average(_ sum: Int128, _ count: Int128, _ shift: Int, _ isCut: Bool) throws -> Int128 {
        func quotient(_ value: Int128, _ divisor: Int128) -> Int128 { isCut ? value / divisor : rounded(value, divisor) }
        if shift < 0 { return quotient(sum, count * powerOfTen(min(-shift, 18))) }
        let power = powerOfTen(min(shift, 37))
        // In two steps, since sum × power may not fit: the remainder is below the count.
        let (whole, overflow) = (sum / count).multipliedReportingOverflow(by: power)
        if overflow { throw SumFinish.overflow }
        let (rest, restOverflow) = (sum % count).multipliedReportingOverflow(by: power)
        if restOverflow { throw SumFinish.overflow }
        return whole + quotient(rest, count)
    }

    /// Quotient rounded half away from zero; `divisor` > 0.
    static func rounded(_ value: Int128, _ divisor: Int128) -> Int128 {
        let quotient = value / divisor, rest = value % divisor
        let magnitude = rest < 0 ? -rest : rest
        guard magnitude >= divisor - magnitude else { return quotient }
        return value < 0 ? quotient - 1 : quotient + 1
    }
}
