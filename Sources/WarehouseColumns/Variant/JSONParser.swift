import WarehouseBasics

extension ErrorKind {
    /// Text that is no JSON.
    public static let jsonNotRecognized = ErrorKind("100069", "22P02")
}

/// Reads JSON text into `VariantEncoding`, as PARSE_JSON and JSON files do.
///
/// Whole numbers of up to 38 digits become integers, numbers with a point exact decimals where 38 digits hold them,
/// those with an exponent and all others doubles. Beyond RFC 8259, as Snowflake: `true`, `false` and `null` in any
/// case, `NaN`, `Infinity` and `-Infinity`, leading zeros and a leading `+`; strings and keys in single quotes, keys
/// without any; a comma before the end of an object; elements of an array that are missing (`[1,,2,]`) or written
/// `undefined` are undefined.
public struct JSONParser {
    public struct Options: Sendable, Hashable {
        /// ALLOW_DUPLICATE and PARSE_JSON(…, 'd'): of equal keys the last wins. Else they are an error.
        public var allowsDuplicateKeys = false
        /// STRIP_NULL_VALUES: pairs and elements that are `null` are dropped.
        public var stripsNulls = false
        /// ENABLE_OCTAL: whole numbers with a leading zero are octal.
        public var enablesOctal = false

        public init() {}
    }

    private let options: Options
    private let builder: VariantBuilder
    private var start: UnsafePointer<UInt8>
    private var position: UnsafePointer<UInt8>
    private var end: UnsafePointer<UInt8>
    /// Until the next look at whether the statement is to stop.
    private var valuesLeft = JSONParser.valuesPerLook
    private static let valuesPerLook = 16_384

    /// Documents are written into `builder`.
    public init(into builder: VariantBuilder, options: Options = Options()) {
        self.builder = builder
        self.options = options
        start = StringView.empty.bytes
        position = start
        end = start
    }

    /// Reads one document of valid UTF-8 into the builder, which is reset first. False, with nothing written, when
    /// the text is empty or white space: PARSE_JSON then gives NULL. Throws `jsonNotRecognized` with the place.
    public mutating func parse(_ bytes: UnsafePointer<UInt8>, count: Int) throws(WarehouseError) -> Bool {
        start = bytes
        position = bytes
        end = bytes + count
        builder.reset()
        skipSpace()
        if position == end { return false }
        try value()
        skipSpace()
        if position < end { throw error("more than one document in the input", at: position) }
        try builder.checkSize()
        return true
    }

    /// As the byte form; for constants.
    public mutating func parse(_ text: String) throws(WarehouseError) -> Bool {
        let bytes = Array(text.utf8) + [0]
        let count = bytes.count - 1
        var outcome: Result<Bool, WarehouseError> = .success(false)
        bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            do throws(WarehouseError) { outcome = .success(try parse(base, count: count)) } catch {
                outcome = .failure(error)
            }
        }
        return try outcome.get()
    }

    // MARK: Values

    @inline(__always) private mutating func skipSpace() {
        while position < end {
            let byte = position.pointee
            guard byte <= 32, byte == 32 || (byte >= 9 && byte <= 13) else { return }
            position += 1
        }
    }

    private mutating func value() throws(WarehouseError) {
        guard position < end else { throw error("incomplete value", at: position) }
        valuesLeft &-= 1
        if valuesLeft == 0 {
            valuesLeft = JSONParser.valuesPerLook
            try Interruption.check()
        }
        switch position.pointee {
        case UInt8(ascii: "{"): try object()
        case UInt8(ascii: "["): try array()
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            builder.beginString()
            try string()
            builder.endString()
        case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "0")...UInt8(ascii: "9"):
            try number()
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
            try keyword()
        default: throw misplaced()
        }
    }

    private mutating func array() throws(WarehouseError) {
        try builder.beginArray()
        position += 1
        skipSpace()
        if take(UInt8(ascii: "]")) { return try builder.endArray() }
        while true {
            skipSpace()
            guard position < end else { throw error("unfinished array", at: position) }
            if position.pointee == UInt8(ascii: ",") || position.pointee == UInt8(ascii: "]") {
                builder.undefined()
            } else if !(options.stripsNulls && skipNull()) {
                try value()
            }
            skipSpace()
            guard position < end else { throw error("unfinished array", at: position) }
            if take(UInt8(ascii: "]")) { return try builder.endArray() }
            guard take(UInt8(ascii: ",")) else { throw error("missing comma", at: position) }
        }
    }

    private mutating func object() throws(WarehouseError) {
        try builder.beginObject()
        let opening = position
        position += 1
        skipSpace()
        if take(UInt8(ascii: "}")) { return try builder.endObject() }
        while true {
            skipSpace()
            guard position < end else { throw error("incomplete object value", at: position) }
            let keyStart = builder.buffer.count
            if position.pointee == UInt8(ascii: "}"), position > opening + 1 {
                position += 1
                break
            }
            try key()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw error("missing colon", at: position) }
            skipSpace()
            if options.stripsNulls, skipNull() {
                builder.buffer.truncate(to: keyStart)
            } else {
                builder.endKey()
                try value()
            }
            skipSpace()
            guard position < end else { throw error("incomplete object value", at: position) }
            if take(UInt8(ascii: "}")) { break }
            guard take(UInt8(ascii: ",")) else { throw error("missing comma", at: position) }
        }
        do throws(WarehouseError) {
            try builder.endObject(options.allowsDuplicateKeys ? .lastWins : .error)
        } catch {
            guard error.code == ErrorKind.invalidValue.code else { throw error }
            throw try duplicateKey(from: opening) ?? error
        }
    }

    private mutating func key() throws(WarehouseError) {
        switch position.pointee {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): try string()
        default: try bareKey()
        }
    }

    /// Which key of the object that begins at `opening` is there twice, read once more: only an error is to tell.
    private func duplicateKey(from opening: UnsafePointer<UInt8>) throws(WarehouseError) -> WarehouseError? {
        var again = JSONParser(into: VariantBuilder(), options: options)
        (again.start, again.position, again.end) = (start, opening + 1, end)
        var seen: Set<[UInt8]> = []
        repeat {
            again.skipSpace()
            again.builder.reset()
            guard again.position < end, again.position.pointee != UInt8(ascii: "}") else { return nil }
            try again.key()
            let key = again.builder.encoded
            guard seen.insert(Array(key.buffer)).inserted else {
                return error("duplicate object attribute \"\(key.string.prefix(200))\"", at: again.position - 1)
            }
            again.skipSpace()
            guard again.take(UInt8(ascii: ":")) else { return nil }
            again.skipSpace()
            again.builder.reset()
            try again.value()
            again.skipSpace()
        } while again.take(UInt8(ascii: ","))
        return nil
    }

    /// A key without quotes, as Snowflake reads it: a letter, `_` or `$`, then digits too.
    private mutating func bareKey() throws(WarehouseError) {
        let begin = position
        while position < end {
            let byte = position.pointee, letter = byte | 0x20
            let isLetter = letter >= 97 && letter <= 122 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$")
            guard isLetter || position > begin && byte >= 48 && byte <= 57 else { break }
            position += 1
        }
        guard position > begin else { throw misplaced() }
        builder.append(begin, count: position - begin)
    }

    @inline(__always) private mutating func take(_ byte: UInt8) -> Bool {
        guard position < end, position.pointee == byte else { return false }
        position += 1
        return true
    }

    // MARK: Keywords

    private static func isWordByte(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 97 < 26 || byte &- 48 < 10 || byte == UInt8(ascii: "_")
    }

    private func isWord(_ word: StaticString, from first: UnsafePointer<UInt8>) -> Bool {
        let count = word.utf8CodeUnitCount
        guard end - first >= count else { return false }
        for index in 0..<count where first[index] | 0x20 != word.utf8Start[index] { return false }
        return end - first == count || !JSONParser.isWordByte(first[count])
    }

    private mutating func takeWord(_ word: StaticString) -> Bool {
        guard isWord(word, from: position) else { return false }
        position += word.utf8CodeUnitCount
        return true
    }

    private mutating func skipNull() -> Bool { takeWord("null") }

    private mutating func keyword() throws(WarehouseError) {
        if takeWord("true") { return builder.boolean(true) }
        if takeWord("false") { return builder.boolean(false) }
        if takeWord("null") { return builder.null() }
        if takeWord("nan") { return builder.double(.nan) }
        if takeWord("infinity") { return builder.double(.infinity) }
        if takeWord("undefined") { return builder.undefined() }
        var last = position
        while last < end, JSONParser.isWordByte(last.pointee), last - position < 100 { last += 1 }
        let word = String(decoding: UnsafeBufferPointer(start: position, count: last - position), as: UTF8.self)
        throw error("unknown keyword \"\(word)\"", at: position)
    }

    // MARK: Numbers

    private mutating func number() throws(WarehouseError) {
        let first = position
        let isNegative = first.pointee == UInt8(ascii: "-")
        if isNegative || first.pointee == UInt8(ascii: "+") { position += 1 }
        if position < end, position.pointee | 0x20 == UInt8(ascii: "i"), isWord("infinity", from: position) {
            position += 8
            return builder.double(isNegative ? -.infinity : .infinity)
        }
        var magnitude: Int64 = 0
        let whole = digits(into: &magnitude)
        var fraction = 0, hasPoint = false, hasExponent = false
        if take(UInt8(ascii: ".")) {
            hasPoint = true
            fraction = digits(into: &magnitude)
        }
        guard whole + fraction > 0, !hasPoint || fraction > 0 else { throw error("malformed number", at: first) }
        if position < end, position.pointee | 0x20 == UInt8(ascii: "e") {
            hasExponent = true
            position += 1
            if position < end, position.pointee == UInt8(ascii: "-") || position.pointee == UInt8(ascii: "+") {
                position += 1
            }
            guard digits(into: &magnitude) > 0 else { throw error("malformed number", at: first) }
        }
        if position < end, JSONParser.isWordByte(position.pointee) || position.pointee == UInt8(ascii: ".") {
            throw error("malformed number", at: first)
        }
        if options.enablesOctal, !hasPoint, !hasExponent, try octal(first) { return }
        if !hasExponent, whole + fraction <= JSONParser.wordDigits {
            return builder.decimal(word: isNegative ? -magnitude : magnitude, scale: fraction)
        }
        if !hasExponent, fraction <= 37 {
            var unscaled: Int128 = 0
            let status = DecimalText.parse(
                first, count: position - first, precision: 38, scale: fraction, into: &unscaled)
            if status == .ok { return builder.decimal(unscaled, scale: fraction) }
        }
        var value = 0.0
        guard FloatText.parse(first, count: position - first, into: &value) == .ok else {
            throw error("number out of range", at: first)
        }
        builder.double(value)
    }

    /// Digits that an Int64 holds whatever they are.
    private static let wordDigits = 18

    /// How many digits stand here; they are appended to `magnitude`, which holds while there are up to `wordDigits`.
    @inline(__always) private mutating func digits(into magnitude: inout Int64) -> Int {
        let first = position
        while position < end {
            let digit = position.pointee &- 48
            guard digit <= 9 else { break }
            magnitude = magnitude &* 10 &+ Int64(digit)
            position += 1
        }
        return position - first
    }

    /// A whole number with a leading zero, in base 8; false when it is another.
    private func octal(_ first: UnsafePointer<UInt8>) throws(WarehouseError) -> Bool {
        var digit = first
        let isNegative = digit.pointee == UInt8(ascii: "-")
        if isNegative || digit.pointee == UInt8(ascii: "+") { digit += 1 }
        guard position - digit > 1, digit.pointee == 48 else { return false }
        var value: Int128 = 0
        while digit < position {
            guard digit.pointee < 56, value < DecimalArithmetic.maximum / 8 else {
                throw error("malformed number", at: first)
            }
            value = value * 8 + Int128(digit.pointee - 48)
            digit += 1
        }
        builder.integer(isNegative ? -value : value)
        return true
    }

    // MARK: Strings

    /// Appends the string that begins at the opening quote to the builder's buffer.
    private mutating func string() throws(WarehouseError) {
        let opening = position, quote = position.pointee
        position += 1
        var run = position
        while true {
            skipPlain(quote)
            guard position < end else { break }
            let byte = position.pointee
            if byte == quote {
                builder.append(run, count: position - run)
                position += 1
                return
            }
            guard byte == UInt8(ascii: "\\") else {
                throw error("invalid control character in a string", at: position)
            }
            builder.append(run, count: position - run)
            try escape()
            run = position
        }
        throw error("unfinished string", at: opening)
    }

    /// On to the next quote, backslash or control character, eight bytes at a time: a byte below a limit borrows from
    /// its top bit when the limit is subtracted, and one equal to another is zero when they are combined by XOR (Mycroft).
    /// The lowest mark is exact, those above it need not be.
    @inline(__always) private mutating func skipPlain(_ quote: UInt8) {
        let ones: UInt64 = 0x0101_0101_0101_0101, tops: UInt64 = 0x8080_8080_8080_8080
        let quotes = ones &* UInt64(quote), slashes = ones &* UInt64(UInt8(ascii: "\\"))
        while end - position >= 8 {
            let word = UInt64(littleEndian: UnsafeRawPointer(position).loadUnaligned(as: UInt64.self))
            let quoted = word ^ quotes, escaped = word ^ slashes
            let marks = ((word &- ones &* 32) & ~word | (quoted &- ones) & ~quoted | (escaped &- ones) & ~escaped) & tops
            if marks != 0 {
                position += marks.trailingZeroBitCount >> 3
                return
            }
            position += 8
        }
        while position < end, position.pointee != quote, position.pointee != UInt8(ascii: "\\"), position.pointee >= 32 {
            position += 1
        }
    }

    private mutating func escape() throws(WarehouseError) {
        guard end - position >= 2 else { throw error("unfinished string", at: position) }
        let byte = position[1]
        position += 2
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"), UInt8(ascii: "/"): builder.append(byte)
        case UInt8(ascii: "b"): builder.append(8)
        case UInt8(ascii: "f"): builder.append(12)
        case UInt8(ascii: "n"): builder.append(10)
        case UInt8(ascii: "r"): builder.append(13)
        case UInt8(ascii: "t"): builder.append(9)
        case UInt8(ascii: "u"): try unicodeEscape()
        default: throw error("invalid escape sequence in a string", at: position - 2)
        }
    }

    /// The four digits behind `\u`, with a second escape where the first is half of a pair; a half alone becomes
    /// U+FFFD.
    private mutating func unicodeEscape() throws(WarehouseError) {
        guard let unit = fourDigits(position) else {
            throw error("invalid escape sequence in a string", at: position - 2)
        }
        position += 4
        var scalar = unit
        if unit & 0xFC00 == 0xD800, end - position >= 6, position[0] == UInt8(ascii: "\\"),
            position[1] == UInt8(ascii: "u"),
            let low = fourDigits(position + 2), low & 0xFC00 == 0xDC00
        {
            scalar = 0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF
            position += 6
        }
        let character = Unicode.Scalar(scalar) ?? "\u{FFFD}"
        for byte in UTF8.encode(character) ?? UTF8.encodedReplacementCharacter { builder.append(byte) }
    }

    private func fourDigits(_ first: UnsafePointer<UInt8>) -> UInt32? {
        guard end - first >= 4 else { return nil }
        var value: UInt32 = 0
        for index in 0..<4 {
            let byte = first[index]
            let digit: UInt8 = byte &- 48 <= 9 ? byte &- 48 : (byte | 0x20) &- 97 <= 5 ? (byte | 0x20) &- 87 : 255
            guard digit < 16 else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    // MARK: Errors

    private func misplaced() -> WarehouseError {
        let (scalar, _) = UTF8Text.scalar(position, remaining: end - position)
        switch scalar {
        case ",", ":", "}", "]": return error("misplaced \(scalar)", at: position)
        default: return error("invalid character outside of a string: '\(scalar)'", at: position)
        }
    }

    /// The place is told in bytes from 1, and the line when there is more than one.
    private func error(_ reason: String, at place: UnsafePointer<UInt8>) -> WarehouseError {
        var line = 1, lineStart = start
        var byte = start
        while byte < place {
            if byte.pointee == 10 {
                line += 1
                lineStart = byte + 1
            }
            byte += 1
        }
        let lineText = line > 1 ? "line \(line), " : ""
        return WarehouseError(
            .jsonNotRecognized, "Error parsing JSON: \(reason), \(lineText)pos \(place - lineStart + 1)")
    }
}
