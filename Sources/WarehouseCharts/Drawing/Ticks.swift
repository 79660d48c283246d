#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseBasics

/// Where an axis has its marks, and what stands there.
struct Ticks {
    var positions: [Double]
    var labels: [String]

    /// 1, 2 or 5 times a power of ten, so that there are about `count` steps from low to high; where there is no range,
    /// the power of ten below the value, and 1 of zero.
    static func step(_ low: Double, _ high: Double, about count: Int) -> Double {
        let largest = max(abs(low), abs(high))
        guard largest > 0, largest.isFinite else { return 1 }
        // Steps that a value of this size cannot be told apart by are none.
        let least = power(largest * 1e-14)
        // Halves, since the range of the largest numbers is not a number.
        let half = high / 2 - low / 2
        guard half > 0 else { return power(largest) }
        let rough = min(half / Double(max(1, count)) * 2, 1e308)
        let unit = power(rough), digit = rough / unit
        return max(least, min((digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10) * unit, 1e308))
    }

    /// The power of ten that is not greater.
    private static func power(_ value: Double) -> Double { pow(10, floor(log10(max(value, 1e-300)))) }

    /// Marks of numbers that enclose low and high.
    static func numbers(_ low: Double, _ high: Double, about count: Int = 5) -> Ticks {
        let step = step(low, high, about: count)
        let first = (low / step).rounded(.down), last = max((high / step).rounded(.up), first + 1)
        let largest = Double.greatestFiniteMagnitude
        let positions = (0...Int(min(last - first, 50))).map { max(-largest, min((first + Double($0)) * step, largest)) }
        return Ticks(positions: positions, labels: positions.map { NumberText.axis($0, step: step) })
    }

    /// How far a value lies from low to high: 0 at low, 1 at high.
    static func share(_ value: Double, _ low: Double, _ high: Double) -> Double {
        let range = high / 2 - low / 2
        return range > 0 ? (value / 2 - low / 2) / range : 0
    }

    /// Marks of times within low and high: years, months, days, hours, minutes or seconds; the first time where none of
    /// them lies between.
    static func times(_ low: Double, _ high: Double, about count: Int = 6) -> Ticks {
        let day = 86_400_000.0
        // What no calendar of four digits knows.
        guard abs(low) < 2.6e14, abs(high) < 2.6e14 else { return Ticks(positions: [], labels: []) }
        let days = max((high - low) / day, 0)
        if days > 365 * 2 {
            let from = date(low).year, to = date(high).year
            let step = max(1, Int(Ticks.step(Double(from), Double(to), about: count)))
            let years = stride(from: (from + step - 1) / step * step, through: to, by: step).filter { start($0, 1, 1) >= low }
            return Ticks(positions: years.map { start($0, 1, 1) }, labels: years.map(String.init))
        }
        if days > 60 {
            let step = [1, 2, 3, 6].first { days / 30.4 / Double($0) <= Double(count) } ?? 12
            let first = date(low), last = date(high)
            let months = ((first.year * 12 + first.month - 1)...(last.year * 12 + last.month - 1)).filter { $0 % step == 0 }
            let kept = months.filter { start($0 / 12, $0 % 12 + 1, 1) >= low }
            return Ticks(
                positions: kept.map { start($0 / 12, $0 % 12 + 1, 1) },
                labels: kept.map { "\($0 / 12)-\(padded($0 % 12 + 1))" })
        }
        let unit = days >= 2 ? day : days * 24 >= 2 ? day / 24 : days * 1440 >= 2 ? day / 1440 : 1000
        let step = max(1, Ticks.step(low / unit, high / unit, about: count).rounded(.up))
        let positions = stride(from: (low / unit / step).rounded(.up) * step, through: high / unit, by: step).map { $0 * unit }
        guard !positions.isEmpty else { return Ticks(positions: [low], labels: [TimeText.string(low, hasTime: true)]) }
        return Ticks(positions: positions, labels: positions.map { position in
            let text = TimeText.string(position, hasTime: unit < day, hasDate: unit >= day)
            return unit == 1000 ? text + ":" + padded(Int(position / 1000 - (position / 60_000).rounded(.down) * 60)) : text
        })
    }

    private static func date(_ milliseconds: Double) -> CivilDate {
        CivilDate(daysSinceEpoch: Int((milliseconds / 86_400_000).rounded(.down)))
    }

    private static func start(_ year: Int, _ month: Int, _ day: Int) -> Double {
        Double(CivilDate(year: year, month: month, day: day).daysSinceEpoch) * 86_400_000
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}

/// Numbers as people read them.
enum NumberText {
    /// `1,234`, `0.25`, `3.14159`: six digits at most behind which there are none in whole numbers.
    static func string(_ value: Double) -> String { string(value, isGrouped: true) }

    /// As a name: of a year, of a user. `1995`, and not `1,995`.
    static func name(_ value: Double) -> String { string(value, isGrouped: false) }

    /// Where there is little room: four digits, of whole numbers all.
    static func short(_ value: Double) -> String {
        guard value != value.rounded(), abs(value) >= 1e-4, abs(value) < 1e4 else { return string(value) }
        let scale = pow(10, Double(3 - Int(floor(log10(abs(value))))))
        return string((value * scale).rounded() / scale)
    }

    private static func string(_ value: Double, isGrouped: Bool) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-inf" : "inf" }
        if value == value.rounded(), abs(value) < 1e15 { return decimals(value, 0, isGrouped) }
        guard abs(value) >= 1e-4, abs(value) < 1e15 else { return scientific(value) }
        return decimals(value, max(0, min(9, 5 - Int(floor(log10(abs(value)))))), isGrouped)
    }

    /// With at most so many digits behind the point; of values below 10¹⁵.
    private static func decimals(_ value: Double, _ digits: Int, _ isGrouped: Bool) -> String {
        let scale = pow(10, Double(digits))
        let units = (abs(value) * scale).rounded()
        let integral = (units / scale).rounded(.down)
        var fraction = String(Int((units - integral * scale).rounded()))
        fraction = digits == 0 ? "" : String(repeating: "0", count: max(0, digits - fraction.count)) + fraction
        while fraction.hasSuffix("0") { fraction.removeLast() }
        let whole = isGrouped ? grouped(Int(integral)) : String(Int(integral))
        return (value < 0 && units > 0 ? "-" : "") + whole + (fraction.isEmpty ? "" : "." + fraction)
    }

    /// `1.79769e+308`, with as many digits as others have.
    private static func scientific(_ value: Double, digits: Int = 6) -> String {
        let text = "\(abs(value))"
        let parts = text.split(separator: "e", maxSplits: 1)
        var exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        // Without an exponent there are whole digits: `1000000000000000.0`.
        let point = parts[0].split(separator: ".", maxSplits: 1)
        exponent += point[0].count - 1
        let all = point[0] + (point.count > 1 && point[1] != "0" ? point[1] : "")
        let scale = pow(10, Double(max(0, all.count - digits)))
        var kept = String(Int(((Double(all) ?? 0) / scale).rounded()))
        if kept.count > min(digits, all.count) { exponent += 1 }
        while kept.hasSuffix("0"), kept.count > 1 { kept.removeLast() }
        let mantissa = kept.count > 1 ? "\(kept.prefix(1)).\(kept.dropFirst())" : kept
        return (value < 0 ? "-" : "") + mantissa + "e" + (exponent < 0 ? "-" : "+") + String(exponent.magnitude)
    }

    /// On an axis: `20M`, `1.5k`, or with the digits that its step has.
    static func axis(_ value: Double, step: Double) -> String {
        let size = abs(value)
        guard size < 1e15 else { return scientific(value, digits: 17) }
        guard step >= 1e-9 || size == 0 else { return string(value) }
        for (unit, text) in [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e4, "k")] where size >= unit && step >= size * 1e-5 {
            return name(value / (unit == 1e4 ? 1e3 : unit)) + text
        }
        let digits = max(0, min(9, Int((-log10(max(step, 1e-9)) - 1e-9).rounded(.up))))
        return decimals(value, digits, size >= 1e4)
    }

    static func grouped(_ number: Int) -> String {
        let digits = Array(String(number.magnitude))
        var text = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }
}

/// Times as people read them: `2001-12-31`, with `23:59` where it is not the start of a day.
enum TimeText {
    static func string(_ milliseconds: Double, hasTime: Bool? = nil, hasDate: Bool = true) -> String {
        guard milliseconds.isFinite, abs(milliseconds) < 2.6e14 else { return "" }
        let minutes = Int((milliseconds / 60_000).rounded(.down))
        let day = minutes >= 0 ? minutes / 1440 : (minutes - 1439) / 1440
        let minute = minutes - day * 1440
        let date = CivilDate(daysSinceEpoch: day)
        func padded(_ number: Int, _ width: Int = 2) -> String {
            String(repeating: "0", count: max(0, width - String(number).count)) + String(number)
        }
        let clock = "\(padded(minute / 60)):\(padded(minute % 60))"
        let text = "\(padded(date.year, 4))-\(padded(date.month))-\(padded(date.day))"
        guard hasTime ?? (minute != 0) else { return text }
        return hasDate ? text + " " + clock : clock
    }

    /// To the last digit: `2001-12-31 23:59:07.125`.
    static func exact(_ milliseconds: Double) -> String {
        let rest = milliseconds - (milliseconds / 60_000).rounded(.down) * 60_000
        guard rest.isFinite, rest >= 1 else { return string(milliseconds) }
        let units = Int(rest), thousandths = String(1000 + units % 1000).dropFirst()
        return string(milliseconds, hasTime: true) + ":" + String(100 + units / 1000).dropFirst()
            + (units % 1000 == 0 ? "" : "." + thousandths)
    }
}

extension ChartValue {
    /// As people read it.
    package var text: String {
        switch self {
        case .null: "NULL"
        case .number(let value): NumberText.string(value)
        case .text(let text): text
        case .time(let value): TimeText.string(value)
        }
    }

    /// As the name of what other values belong to: whole numbers without commas.
    var name: String {
        if case .number(let value) = self { NumberText.name(value) } else { text }
    }
}
