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

    /// 1, 2 or 5 times a power of ten, so that there are about `count` steps from low to high; 1 where there is no range.
    static func step(_ low: Double, _ high: Double, about count: Int) -> Double {
        let range = high - low
        guard range > 0, range.isFinite else { return 1 }
        let rough = range / Double(max(1, count))
        let power = pow(10, floor(log10(rough)))
        let digit = rough / power
        return (digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10) * power
    }

    /// Marks of numbers that enclose low and high.
    static func numbers(_ low: Double, _ high: Double, about count: Int = 5) -> Ticks {
        let step = step(low, high, about: count)
        let first = (low / step).rounded(.down), last = max((high / step).rounded(.up), first + 1)
        let positions = stride(from: first, through: min(last, first + 50), by: 1).map { $0 * step }
        return Ticks(positions: positions, labels: positions.map { NumberText.axis($0, step: step) })
    }

    /// Marks of times within low and high: years, months, days or hours.
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
        let unit = days >= 2 ? day : days * 24 >= 2 ? day / 24 : day / 1440
        let step = max(1, Ticks.step(low / unit, high / unit, about: count).rounded(.up))
        let positions = stride(from: (low / unit / step).rounded(.up) * step, through: high / unit, by: step).map { $0 * unit }
        return Ticks(
            positions: positions, labels: positions.map { TimeText.string($0, hasTime: unit < day, hasDate: unit >= day) })
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
    static func string(_ value: Double) -> String {
        guard value.isFinite else { return "\(value)" }
        if value == value.rounded(), abs(value) < 1e15 { return grouped(Int(value)) }
        guard abs(value) >= 1e-4, abs(value) < 1e15 else { return "\(value)" }
        let digits = max(0, min(9, 5 - Int(floor(log10(abs(value))))))
        let scale = pow(10, Double(digits))
        let whole = (abs(value) * scale).rounded()
        let units = (whole / scale).rounded(.down)
        var fraction = String(Int((whole - units * scale).rounded()))
        fraction = String(repeating: "0", count: max(0, digits - fraction.count)) + fraction
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return (value < 0 ? "-" : "") + grouped(Int(units)) + (fraction.isEmpty ? "" : "." + fraction)
    }

    /// On an axis: `20M`, `1.5k`, or as it is.
    static func axis(_ value: Double, step: Double) -> String {
        let value = value == 0 ? 0 : value
        for (unit, name) in [(1e9, "G"), (1e6, "M"), (1e3, "k")] where abs(value) >= unit * (name == "k" ? 10 : 1) {
            return string(value / unit) + name
        }
        return string((value / step).rounded() * step)
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
}
