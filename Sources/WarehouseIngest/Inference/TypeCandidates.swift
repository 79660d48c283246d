import WarehouseBasics
import WarehouseColumns

/// The types that hold every value seen so far.
struct TypeCandidates {
    private struct Kinds: OptionSet {
        let rawValue: UInt16
        static let number = Kinds(rawValue: 1), real = Kinds(rawValue: 2), boolean = Kinds(rawValue: 4)
        static let date = Kinds(rawValue: 8), time = Kinds(rawValue: 16), timestamp = Kinds(rawValue: 32)
        static let array = Kinds(rawValue: 64), object = Kinds(rawValue: 128)
        static let all = Kinds(rawValue: 255)
        static let temporal: Kinds = [.date, .time, .timestamp]
    }

    /// How texts stand for dates and times.
    struct Formats {
        let date: TimestampFormat
        let time: TimestampFormat
        let timestamp: TimestampFormat

        init(_ format: CSVFormat) {
            date = format.dateFormat
            time = format.timeFormat
            timestamp = format.timestampFormat
        }
    }

    private var kinds = Kinds.all
    private var hasValue = false
    private var hasLeadingZeros = false
    private var hasShortBooleans = false
    private var hasOffsets = false
    /// Every number is a Double as programs print it, and one has a long fraction.
    private var areDoubles = true
    private var hasLongFraction = false
    /// Digits written behind the point; those of a decimal type are as many in every value.
    private var fractionDigits: ClosedRange<Int>?
    /// Digits before the point, at least one, and behind it.
    private var wholeDigits = 1
    private var scale = 0

    /// VARCHAR when no other type holds them, or there was no value.
    func type(_ options: SchemaInference.Options) -> LogicalType {
        guard hasValue else { return .text }
        let isNumeric = kinds.contains(.number) || kinds.contains(.real)
        if options.keepsLeadingZeros, isNumeric, hasLeadingZeros { return .text }
        if options.recognizesDoubles, hasLongFraction, areDoubles, kinds.contains(.real), (fractionDigits?.count ?? 0) > 1 {
            return .float
        }
        if kinds.contains(.number) {
            return wholeDigits + scale <= 38 ? .number(precision: wholeDigits + scale, scale: scale) : .text
        }
        if kinds.contains(.real) { return .float }
        if kinds.contains(.boolean) { return options.takesOnlyWordsForBooleans && hasShortBooleans ? .text : .boolean }
        if kinds.contains(.date) { return .date }
        if kinds.contains(.time) { return .time(scale: 9) }
        if kinds.contains(.timestamp) {
            return options.keepsOffsets && hasOffsets ? .timestampTZ(scale: 9) : .timestampNTZ(scale: 9)
        }
        if kinds.contains(.array) { return .array(element: nil) }
        if kinds.contains(.object) { return .object }
        return .text
    }

    /// What another file's values allow too.
    mutating func merge(_ other: TypeCandidates) {
        guard other.hasValue else { return }
        hasValue = true
        hasLeadingZeros = hasLeadingZeros || other.hasLeadingZeros
        hasShortBooleans = hasShortBooleans || other.hasShortBooleans
        hasOffsets = hasOffsets || other.hasOffsets
        areDoubles = areDoubles && other.areDoubles
        hasLongFraction = hasLongFraction || other.hasLongFraction
        if let written = other.fractionDigits { noteFraction(written) }
        kinds.formIntersection(other.kinds)
        wholeDigits = max(wholeDigits, other.wholeDigits)
        scale = max(scale, other.scale)
    }

    /// A field of a CSV file.
    mutating func note(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ formats: Formats) {
        hasValue = true
        guard !kinds.isEmpty else { return }
        if let shape = NumberShape(bytes, count) {
            kinds.formIntersection(shape.isExact ? [.number, .real] : .real)
            noteDigits(whole: shape.wholeDigits, scale: shape.scale)
            hasLeadingZeros = hasLeadingZeros || shape.hasLeadingZeros
            if areDoubles, shape.isExact { noteDouble(bytes, count, shape) }
            return
        }
        var possible = temporal(bytes, count, formats, among: kinds)
        if kinds.contains(.boolean), BooleanText.parse(bytes, count: count) != nil {
            possible.insert(.boolean)
            // Shorter than `true`.
            if count < 4 { hasShortBooleans = true }
        }
        if kinds.contains(.real), TypeCandidates.isSpecialReal(bytes, count) { possible.insert(.real) }
        kinds.formIntersection(possible)
    }

    /// A value of a JSON document.
    mutating func note(_ value: VariantView, _ formats: Formats) {
        switch value.kind {
        case .null, .undefined: return
        case .boolean: kinds.formIntersection(.boolean)
        case .integer, .decimal:
            kinds.formIntersection([.number, .real])
            var digits = 1, rest = value.unscaled.magnitude
            while rest > 9 {
                rest /= 10
                digits += 1
            }
            noteDigits(whole: max(1, digits - value.scale), scale: value.scale)
            if digits > PrintedDouble.safeDigits {
                var text: [UInt8] = []
                DecimalText.append(value.unscaled, scale: value.scale, to: &text)
                text.withUnsafeBufferPointer { bytes in
                    guard let base = bytes.baseAddress, let shape = NumberShape(base, bytes.count) else { return }
                    noteDouble(base, bytes.count, shape)
                }
            } else {
                noteFraction(value.scale...value.scale)
            }
        case .double: kinds.formIntersection(.real)
        case .array: kinds.formIntersection(.array)
        case .object: kinds.formIntersection(.object)
        case .string:
            let text = value.string
            // The text of a number is a text here.
            let isNumber = NumberShape(text.bytes, text.count) != nil
            kinds.formIntersection(isNumber ? [] : temporal(text.bytes, text.count, formats, among: kinds))
        default: kinds = []
        }
        hasValue = true
    }

    private mutating func noteDigits(whole: Int, scale: Int) {
        wholeDigits = max(wholeDigits, whole)
        self.scale = max(self.scale, scale)
    }

    private mutating func noteDouble(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ shape: NumberShape) {
        noteFraction(shape.fractionDigits...shape.fractionDigits)
        guard areDoubles, shape.wholeDigits + shape.scale > PrintedDouble.safeDigits else { return }
        areDoubles = PrintedDouble.matches(bytes, count, scale: shape.scale)
        if shape.scale >= PrintedDouble.longFraction { hasLongFraction = true }
    }

    private mutating func noteFraction(_ digits: ClosedRange<Int>) {
        let known = fractionDigits ?? digits
        fractionDigits = min(known.lowerBound, digits.lowerBound)...max(known.upperBound, digits.upperBound)
    }

    /// Of date, time and timestamp those that the text is.
    private mutating func temporal(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ formats: Formats, among kinds: Kinds)
        -> Kinds {
        guard !kinds.isDisjoint(with: .temporal), count > 3, count < 64 else { return [] }
        var result: Kinds = []
        var hasColon = false
        for index in 0..<count where bytes[index] == UInt8(ascii: ":") { hasColon = true }
        // A date of AUTO is the day of any timestamp, which would lose the time.
        if kinds.contains(.date), !hasColon, count <= 11 || formats.date != .auto,
           formats.date.parseDate(bytes, count: count) != nil { result.insert(.date) }
        if kinds.contains(.time), hasColon, formats.time.parseTime(bytes, count: count) != nil { result.insert(.time) }
        if kinds.contains(.timestamp), let parsed = formats.timestamp.parseTimestamp(bytes, count: count) {
            result.insert(.timestamp)
            if parsed.hasOffset, !parsed.isEpoch { hasOffsets = true }
        }
        return result
    }

    /// `NaN`, `inf`, `-Infinity`
    private static func isSpecialReal(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        guard count >= 3, count <= 9 else { return false }
        var value = 0.0
        return FloatText.parse(bytes, count: count, into: &value) == .ok && !value.isFinite
    }
}

/// A number as it is written: its digits.
struct NumberShape {
    var wholeDigits = 0
    var scale = 0
    /// As `scale`, also of 0.00.
    var fractionDigits = 0
    /// Written without an exponent.
    var isExact = true
    var hasLeadingZeros = false

    /// Nil when the text is no number, or none that FLOAT can hold.
    /// Spaces around it are no part of it, as they are none of a NUMBER's text.
    init?(_ padded: UnsafePointer<UInt8>, _ paddedCount: Int) {
        var bytes = padded, count = paddedCount, index = 0
        while count > 0, bytes[0] == 32 || bytes[0] == 9 {
            bytes += 1
            count -= 1
        }
        while count > 0, bytes[count - 1] == 32 || bytes[count - 1] == 9 { count -= 1 }
        if count > 0, bytes[0] == UInt8(ascii: "-") || bytes[0] == UInt8(ascii: "+") { index = 1 }
        let start = index
        while index < count, bytes[index] &- 48 <= 9 { index += 1 }
        var digits = index - start, first = start, isZero = true
        while first < index - 1, bytes[first] == 48 { first += 1 }
        hasLeadingZeros = first > start
        wholeDigits = max(1, index - first)
        for place in start..<index where bytes[place] != 48 { isZero = false }
        if index < count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            let point = index
            while index < count, bytes[index] &- 48 <= 9 {
                if bytes[index] != 48 { isZero = false }
                index += 1
            }
            scale = index - point
            fractionDigits = scale
            digits += scale
        }
        guard digits > 0 else { return nil }
        // 0.00 needs no more room than 0.
        if isZero { scale = 0 }
        if index == count { return }
        guard bytes[index] | 0x20 == UInt8(ascii: "e") else { return nil }
        isExact = false
        var value = 0.0
        guard FloatText.parse(bytes, count: count, into: &value) == .ok else { return nil }
    }
}
