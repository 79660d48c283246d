import WarehouseBasics
import WarehouseColumns

/// A SQL format model for numbers, compiled: `$9,999.00`, `S0XXX`, `TM9`, `FM990.99MI`.
struct NumberFormat: Sendable {
    enum Piece: Hashable, Sendable {
        case literal(UInt8)
        /// 0: always printed; 9: blank where it is a leading or trailing zero.
        case zero, nine
        case group, point, dollar
        case hexadecimal(isUpper: Bool)
    }
    /// Where nothing is said a minus, else S and MI before or behind the digits.
    enum Sign: Sendable { case leading, plusLeading, plusTrailing, minusLeading, minusTrailing }
    enum Style: Sendable { case positional, hexadecimal, text, scientific }

    private(set) var style = Style.positional
    private(set) var sign = Sign.leading
    /// FM: no blanks.
    private(set) var isFilled = true
    /// B: a zero before the point is blank.
    private(set) var blanksZero = false
    /// Before the first digit, the dollar or the point; digits and what stands among them; behind.
    private(set) var prefix: [UInt8] = []
    private(set) var pieces: [Piece] = []
    private(set) var suffix: [UInt8] = []
    private(set) var integerDigits = 0
    private(set) var fractionDigits = 0
    private(set) var hasDollar = false
    /// %: the value times 100.
    private(set) var isPercentage = false
    /// From the first 0 on, digits before the point must be there to be read; behind it, those up to the last 0.
    private(set) var requiredIntegers = 0
    private(set) var requiredFractions = 0

    /// Throws `invalidValue` for a model it does not know.
    init(_ text: String) throws {
        var rest = Array(text.utf8)[...]
        var isBehindPoint = false
        func invalid() -> WarehouseError { 
            WarehouseError(.invalidValue, "Invalid number format '\(text)'.",
                           hint: "It is made of 9, 0 or X for digits, . or D, , or G, $, S or MI, B, FM, one %, TM, TM9 or TME, "
                               + "texts in double quotes, and | between formats.")
        }
        func take(_ word: String) -> Bool {
            let bytes = Array(word.utf8)
            guard rest.count >= bytes.count,
                  zip(rest, bytes).allSatisfy({ ($0 >= 97 && $0 <= 122 ? $0 - 32 : $0) == $1 }) else { return false }
            rest = rest.dropFirst(bytes.count)
            return true
        }
        guard text.utf8.count <= 256 else { throw invalid() }
        while let byte = rest.first {
            let hasDigits = !pieces.isEmpty || style != .positional
            if byte == UInt8(ascii: "\"") {
                rest = rest.dropFirst()
                while let next = rest.first, next != UInt8(ascii: "\"") {
                    addLiteral(next)
                    rest = rest.dropFirst()
                }
                guard rest.first != nil else { throw invalid() }
                rest = rest.dropFirst()
            } else if take("FM") { isFilled = false }
            else if take("TM9") || take("TM") { style = take("E") ? .scientific : .text }
            else if take("MI") { sign = hasDigits ? .minusTrailing : .minusLeading }
            else if take("_") { continue }
            else if byte == UInt8(ascii: "%") {
                guard !isPercentage else { throw invalid() }
                isPercentage = true
                addLiteral(byte)
                rest = rest.dropFirst()
            }
            else if take("S") { sign = hasDigits ? .plusTrailing : .plusLeading }
            else if take("B") { blanksZero = true }
            else if take("$") { hasDollar = true }
            else if take(".") || take("D") {
                guard !isBehindPoint else { throw invalid() }
                isBehindPoint = true
                pieces.append(.point)
            } else if take(",") || take("G") { pieces.append(.group) }
            else if byte == UInt8(ascii: "X") || byte == UInt8(ascii: "x") {
                rest = rest.dropFirst()
                style = .hexadecimal
                pieces.append(.hexadecimal(isUpper: byte == UInt8(ascii: "X")))
                integerDigits += 1
            } else if take("0") || take("9") {
                pieces.append(byte == UInt8(ascii: "0") ? .zero : .nine)
                if isBehindPoint {
                    fractionDigits += 1
                    if byte == UInt8(ascii: "0") { requiredFractions = fractionDigits }
                } else {
                    integerDigits += 1
                    if requiredIntegers > 0 || byte == UInt8(ascii: "0") { requiredIntegers += 1 }
                }
            } else if " -/;:=()".utf8.contains(byte) {
                addLiteral(byte)
                rest = rest.dropFirst()
            } else { throw invalid() }
        }
        guard !isPercentage || style != .hexadecimal else { throw invalid() }
        guard integerDigits <= 38, fractionDigits <= 38, !pieces.isEmpty || style != .positional else {
            throw invalid()
        }
    }

    /// The formats that a text of alternatives, `MI999|999MI`, lists.
    static func alternatives(_ text: String) throws -> [NumberFormat] {
        var formats: [String] = [""]
        var isQuoted = false
        for character in text {
            if character == "\"" { isQuoted.toggle() }
            if character == "|", !isQuoted { formats.append("") } else { formats[formats.count - 1].append(character) }
        }
        return try formats.map(NumberFormat.init)
    }

    private mutating func addLiteral(_ byte: UInt8) {
        if pieces.isEmpty && style == .positional { prefix.append(byte) } else { suffix.append(byte) }
    }

    // MARK: Writing

    /// Appends a NUMBER of a scale.
    func append(_ value: Int128, scale: Int, to out: inout [UInt8]) {
        out.append(contentsOf: prefix)
        defer { out.append(contentsOf: suffix) }
        guard isPercentage else { return appendNumber(value, scale: scale, to: &out) }
        // The point moves by two places.
        guard scale < 2, style == .positional else { return appendNumber(value, scale: scale - 2, to: &out) }
        // More than 38 digits are too many for any model of places.
        let whole = DecimalArithmetic.rescale(value, from: scale, to: 2) ?? (value < 0 ? -.max : .max)
        appendNumber(whole, scale: 0, to: &out)
    }

    /// `scale` may be negative where the model has no places.
    private func appendNumber(_ value: Int128, scale: Int, to out: inout [UInt8]) {
        switch style {
        case .text, .scientific: return appendText(value, scale: scale, to: &out)
        case .hexadecimal: return appendHexadecimal(value, scale: scale, to: &out)
        case .positional: break
        }
        // Past 38 digits after rounding: no model has so many places.
        let rounded = fractionDigits >= scale ? DecimalArithmetic.rescale(value, from: scale, to: fractionDigits)
            : value.divided(by: PowersOfTen.int128(scale - fractionDigits), .halfAway)
        let isNegative = value < 0
        var digits: [UInt8] = []
        var overflows = rounded == nil
        if let rounded {
            var magnitude = rounded.magnitude
            while magnitude > 0 || digits.count <= fractionDigits {
                digits.append(UInt8(magnitude % 10) + 48)
                magnitude /= 10
            }
            overflows = digits.count - fractionDigits > max(1, integerDigits)
                || (integerDigits == 0 && digits.count > fractionDigits && digits[fractionDigits] != 48)
        }
        appendPositional(overflows ? nil : digits, isNegative: isNegative, to: &out)
    }

    /// `digits` from the last to the first, at least one before the point; nil: too many for the model.
    private func appendPositional(_ digits: [UInt8]?, isNegative: Bool, to out: inout [UInt8]) {
        let body = bodyBytes(digits)
        let blanks = body.prefix { $0 == 32 }.count
        if sign == .minusLeading { appendMinus(isNegative, to: &out) }
        if isFilled { out.append(contentsOf: repeatElement(32, count: blanks)) }
        switch sign {
        case .leading:
            if isNegative { out.append(UInt8(ascii: "-")) } else if isFilled { out.append(32) }
        case .plusLeading: out.append(isNegative ? UInt8(ascii: "-") : UInt8(ascii: "+"))
        default: break
        }
        if hasDollar { out.append(UInt8(ascii: "$")) }
        var number = Array(body.dropFirst(blanks))
        if !isFilled { number.removeAll { $0 == 32 } }
        out.append(contentsOf: number)
        switch sign {
        case .plusTrailing: out.append(isNegative ? UInt8(ascii: "-") : UInt8(ascii: "+"))
        case .minusTrailing: appendMinus(isNegative, to: &out)
        default: break
        }
    }

    /// MI: a minus or a blank.
    private func appendMinus(_ isNegative: Bool, to out: inout [UInt8]) {
        if isNegative { out.append(UInt8(ascii: "-")) } else if isFilled { out.append(32) }
    }

    /// TM, TM9 and TME: no more characters than the number has, with the sign and the dollar in their places.
    private func appendText(_ value: Int128, scale: Int, to out: inout [UInt8]) {
        let isNegative = value < 0
        switch sign {
        case .leading: if isNegative { out.append(UInt8(ascii: "-")) }
        case .plusLeading: out.append(isNegative ? UInt8(ascii: "-") : UInt8(ascii: "+"))
        case .minusLeading: appendMinus(isNegative, to: &out)
        case .plusTrailing, .minusTrailing: break
        }
        if hasDollar { out.append(UInt8(ascii: "$")) }
        let magnitude = isNegative ? -value : value
        if style == .text {
            DecimalText.append(magnitude, scale: max(0, scale), to: &out)
            if magnitude != 0 { out.append(contentsOf: repeatElement(48, count: max(0, -scale))) }
        } else {
            appendScientific(magnitude, scale: scale, to: &out)
        }
        switch sign {
        case .plusTrailing: out.append(isNegative ? UInt8(ascii: "-") : UInt8(ascii: "+"))
        case .minusTrailing: appendMinus(isNegative, to: &out)
        case .leading, .plusLeading, .minusLeading: break
        }
    }

    private func bodyBytes(_ digits: [UInt8]?) -> [UInt8] {
        var body: [UInt8] = []
        var place = integerDigits - 1
        var isSignificant = false
        var isFraction = false
        // The last fraction digit that is not a trailing zero.
        let lastUseful = digits.flatMap { digits in (0..<fractionDigits).first { digits[$0] != 48 } } ?? fractionDigits
        for piece in pieces {
            switch piece {
            case .point:
                body.append(UInt8(ascii: "."))
                isFraction = true
                place = fractionDigits - 1
            case .group: body.append(isSignificant ? UInt8(ascii: ",") : 32)
            case .zero, .nine:
                guard let digits else {
                    body.append(UInt8(ascii: "#"))
                    isSignificant = true
                    place -= 1
                    continue
                }
                let index = isFraction ? place : place + fractionDigits
                let digit = index < digits.count ? digits[index] : 48
                if isFraction {
                    body.append(piece == .nine && place < lastUseful ? 32 : digit)
                } else {
                    let isLast = place == 0 && !blanksZero
                    if digit != 48 || piece == .zero || isLast { isSignificant = true }
                    body.append(isSignificant ? digit : 32)
                }
                place -= 1
            default: break
            }
        }
        return body
    }

    private func appendHexadecimal(_ value: Int128, scale: Int, to out: inout [UInt8]) {
        let whole = value.divided(by: PowersOfTen.int128(scale), .halfAway)
        // With a place for the sign the number stands without it; else negative ones have all their bits.
        let isSigned = sign != .leading
        let bits = UInt128(truncatingIfNeeded: isSigned ? Int128(whole.magnitude) : whole)
        let places = pieces.count
        let isUpper = pieces.contains(.hexadecimal(isUpper: true))
        let text = String(bits, radix: 16, uppercase: isUpper)
        let padding = max(0, places - text.utf8.count)
        let isZeroed = pieces.contains(.zero)
        if sign == .minusLeading { appendMinus(whole < 0, to: &out) }
        if isFilled, !isZeroed { out.append(contentsOf: repeatElement(32, count: padding)) }
        if sign == .plusLeading { out.append(whole < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+")) }
        if isZeroed { out.append(contentsOf: repeatElement(48, count: padding)) }
        let isCut = !isSigned && whole < 0
        if text.utf8.count > places && !isCut {
            out.append(contentsOf: repeatElement(UInt8(ascii: "#"), count: places))
        } else {
            out.append(contentsOf: text.utf8.suffix(places))
        }
        if sign == .plusTrailing { out.append(whole < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+")) }
        if sign == .minusTrailing { appendMinus(whole < 0, to: &out) }
    }

    private func appendScientific(_ value: Int128, scale: Int, to out: inout [UInt8]) {
        guard value != 0 else { return out.append(contentsOf: "0E0".utf8) }
        var digits = Array(String(value.magnitude).utf8)
        let exponent = digits.count - 1 - scale
        while digits.count > 1, digits.last == 48 { digits.removeLast() }
        out.append(digits[0])
        if digits.count > 1 {
            out.append(UInt8(ascii: "."))
            out.append(contentsOf: digits.dropFirst())
        }
        out.append(UInt8(ascii: "E"))
        out.append(contentsOf: String(exponent).utf8)
    }
}

extension NumberFormat {
    /// Reads a text written by this model into NUMBER(precision, scale); nil when it does not follow it.
    func parse(_ text: StringView, precision: Int, scale: Int) -> Int128? {
        var bytes = Array(text.buffer)[...]
        while bytes.first == 32 { bytes = bytes.dropFirst() }
        while bytes.last == 32 { bytes = bytes.dropLast() }
        if !prefix.isEmpty, bytes.starts(with: prefix) { bytes = bytes.dropFirst(prefix.count) }
        if !suffix.isEmpty, bytes.reversed().starts(with: suffix.reversed()) { bytes = bytes.dropLast(suffix.count) }
        var isNegative = false
        if let last = bytes.last, sign == .minusTrailing || sign == .plusTrailing, last == 43 || last == 45 {
            isNegative = last == 45
            bytes = bytes.dropLast()
        } else if let first = bytes.first, first == 43 || first == 45 {
            isNegative = first == 45
            bytes = bytes.dropFirst()
            while bytes.first == 32 { bytes = bytes.dropFirst() }
        }
        if hasDollar, bytes.first == UInt8(ascii: "$") { bytes = bytes.dropFirst() }
        if style == .hexadecimal { return hexadecimal(bytes, isNegative, precision, scale) }
        var number: [UInt8] = isNegative ? [45] : []
        // Those before the point without leading zeros, and all of them.
        var integers = 0, fractions = 0, written = 0, isFraction = false
        for byte in bytes {
            switch byte {
            case 48...57:
                if isFraction { fractions += 1 } else { written += 1 }
                if !isFraction, integers > 0 || byte != 48 { integers += 1 }
                if isFraction, style == .positional, fractions > fractionDigits { continue }
                number.append(byte)
            case UInt8(ascii: ",") where pieces.contains(.group) && !isFraction: continue
            case UInt8(ascii: ".") where !isFraction && (style != .positional || pieces.contains(.point)):
                isFraction = true
                number.append(byte)
            case UInt8(ascii: "e"), UInt8(ascii: "E"), 43, 45:
                guard style == .scientific || style == .text else { return nil }
                number.append(byte)
            default: return nil
            }
        }
        if style == .positional {
            guard integers <= integerDigits, written >= requiredIntegers, fractions >= requiredFractions
            else { return nil }
        }
        // A percentage is a hundredth of what is written, rounded once.
        return NumberFormat.decimal(number, precision, isPercentage ? scale - 2 : scale)
    }

    private static func decimal(_ number: [UInt8], _ precision: Int, _ scale: Int) -> Int128? {
        var value: Int128 = 0
        let status = number.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map {
                DecimalText.parse($0, count: buffer.count, precision: precision, scale: scale, into: &value)
            }
        }
        return status == .ok ? value : nil
    }

    private func hexadecimal(_ bytes: ArraySlice<UInt8>, _ isNegative: Bool, _ precision: Int, _ scale: Int)
        -> Int128? {
        guard !bytes.isEmpty, bytes.count <= max(1, pieces.count),
              let magnitude = Int128(String(decoding: bytes, as: UTF8.self), radix: 16) else { return nil }
        guard let value = DecimalArithmetic.rescale(isNegative ? -magnitude : magnitude, from: 0, to: scale),
              DecimalArithmetic.fits(value, precision: precision) else { return nil }
        return value
    }
}

/// TO_VARCHAR(number, format).
final class NumberFormatKernel: ScalarKernel {
    private let model: NumberFormat
    private let scale: Int
    private var text: [UInt8] = []
    init(_ model: NumberFormat, scale: Int) {
        self.model = model
        self.scale = scale
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let values = Argument<Int128>(inputs[0]), out = output.strings, arena = output.arena
        output.forEachValid(count) { row in
            text.removeAll(keepingCapacity: true)
            model.append(values[row], scale: scale, to: &text)
            out[row] = arena.copy(text)
        }
    }
}

/// TO_VARCHAR(float, format): by the digits the model has room for.
final class FloatFormatKernel: ScalarKernel {
    private let model: NumberFormat
    private var text: [UInt8] = []
    init(_ model: NumberFormat) { self.model = model }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let values = Argument<Double>(inputs[0]), out = output.strings, arena = output.arena
        output.forEachValid(count) { row in
            text.removeAll(keepingCapacity: true)
            let value = values[row]
            // As many places as the value's own text has, so that nothing is rounded twice.
            if let (number, scale) = FloatFormatKernel.decimal(value) {
                model.append(number, scale: scale, to: &text)
            } else {
                FloatText.appendSQL(value, to: &text)
            }
            out[row] = arena.copy(text)
        }
    }
}

extension FloatFormatKernel {
    /// The decimal that a double's shortest text says; nil past 38 digits and for what is not finite.
    static func decimal(_ value: Double) -> (unscaled: Int128, scale: Int)? {
        var shown: [UInt8] = []
        FloatText.append(value, to: &shown)
        return shown.withUnsafeBufferPointer { buffer in
            var number: Int128 = 0
            guard let base = buffer.baseAddress, let natural = DecimalText.naturalType(base, count: buffer.count)
            else { return nil }
            let status = DecimalText.parse(base, count: buffer.count, precision: 38, scale: natural.scale,
                                           into: &number)
            guard status == .ok else { return nil }
            return (number, natural.scale)
        }
    }
}

/// TO_NUMBER(text, format).
final class NumberParseKernel: TextParseKernel {
    private let models: [NumberFormat]
    private let format: String
    private let precision: Int
    private let scale: Int

    /// `models`: the format's alternatives; what the first of them can read counts.
    init(_ models: [NumberFormat], format: String, precision: Int, scale: Int, isTry: Bool) {
        self.models = models
        self.format = format
        self.precision = precision
        self.scale = scale
        super.init(isTry: isTry)
    }

    override func failure(_ text: StringView) -> WarehouseError {
        WarehouseError(.formatMismatch,
                       "Can't parse '\(TextParseKernel.shown(text))' as number with format '\(format)'")
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        try parse(inputs, output, count) { text, row in
            for model in models {
                guard let value = model.parse(text, precision: precision, scale: scale) else { continue }
                output.storeInteger(value, at: row)
                return true
            }
            return false
        }
    }
}
