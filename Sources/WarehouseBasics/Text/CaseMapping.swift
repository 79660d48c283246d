/// UPPER, LOWER and INITCAP over UTF-8 bytes, by Unicode's full case mappings (`ß` becomes `SS`).
public enum CaseMapping {
    /// Upper-cases ASCII bytes; `out` may be `bytes`. Bytes of 0x80 and above stay as they are.
    public static func upperASCII(_ bytes: UnsafePointer<UInt8>, count: Int, to out: UnsafeMutablePointer<UInt8>) {
        for index in 0..<count {
            let byte = bytes[index]
            out[index] = byte &- (unsafeBitCast(byte &- 97 < 26, to: UInt8.self) << 5)
        }
    }

    /// Lower-cases ASCII bytes; `out` may be `bytes`. Bytes of 0x80 and above stay as they are.
    public static func lowerASCII(_ bytes: UnsafePointer<UInt8>, count: Int, to out: UnsafeMutablePointer<UInt8>) {
        for index in 0..<count {
            let byte = bytes[index]
            out[index] = byte &+ (unsafeBitCast(byte &- 65 < 26, to: UInt8.self) << 5)
        }
    }

    /// Appends the upper-case form of valid UTF-8.
    public static func appendUpper(_ bytes: UnsafePointer<UInt8>, count: Int, to out: inout [UInt8]) {
        append(bytes, count, &out, upperASCII) { $0.properties.uppercaseMapping }
    }

    /// Appends the lower-case form of valid UTF-8.
    public static func appendLower(_ bytes: UnsafePointer<UInt8>, count: Int, to out: inout [UInt8]) {
        append(bytes, count, &out, lowerASCII) { $0.properties.lowercaseMapping }
    }

    @inline(__always) private static func append(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, _ out: inout [UInt8],
        _ ascii: (UnsafePointer<UInt8>, Int, UnsafeMutablePointer<UInt8>) -> Void,
        _ mapping: (Unicode.Scalar) -> String
    ) {
        var index = 0
        while index < count {
            let run = UTF8Text.asciiPrefix(bytes + index, count: count - index)
            if run > 0 {
                let start = out.count
                out.append(contentsOf: UnsafeBufferPointer(start: bytes + index, count: run))
                out.withUnsafeMutableBufferPointer { buffer in
                    guard let base = buffer.baseAddress else { return }
                    ascii(UnsafePointer(base + start), run, base + start)
                }
                index += run
            }
            if index < count {
                let (scalar, length) = UTF8Text.scalar(bytes + index, remaining: count - index)
                out.append(contentsOf: mapping(scalar).utf8)
                index += length
            }
        }
    }

    /// The upper-case form of a text; for constants.
    public static func upper(_ text: String) -> String {
        var out: [UInt8] = []
        TimestampText.withBytes(text) { appendUpper($0, count: $1, to: &out) }
        return String(decoding: out, as: UTF8.self)
    }

    /// The lower-case form of a text; for constants.
    public static func lower(_ text: String) -> String {
        var out: [UInt8] = []
        TimestampText.withBytes(text) { appendLower($0, count: $1, to: &out) }
        return String(decoding: out, as: UTF8.self)
    }
}

/// INITCAP with its set of delimiters.
public struct InitialCapitals: Sendable {
    private var asciiDelimiters: (low: UInt64, high: UInt64) = (0, 0)
    private let otherDelimiters: Set<Unicode.Scalar>
    private let isWhiteSpaceDelimiter: Bool

    /// White space and ``! ? @ " ^ # $ & ~ _ , . : ; + - * % / | \ [ ] ( ) { } < >``.
    public static let standard = InitialCapitals(
        delimiters: "!?@\"^#$&~_,.:;+-*%/|\\[](){}<> \t\n\u{B}\u{C}\r", whiteSpace: true)

    /// A character of `delimiters` ends a word; with none the whole text is one word.
    public init(delimiters: String) {
        self.init(delimiters: delimiters, whiteSpace: false)
    }

    private init(delimiters: String, whiteSpace: Bool) {
        otherDelimiters = Set(delimiters.unicodeScalars.filter { !$0.isASCII })
        isWhiteSpaceDelimiter = whiteSpace
        for scalar in delimiters.unicodeScalars where scalar.isASCII {
            if scalar.value < 64 {
                asciiDelimiters.low |= 1 << UInt64(scalar.value)
            } else {
                asciiDelimiters.high |= 1 << UInt64(scalar.value - 64)
            }
        }
    }

    @inline(__always) private func isDelimiter(ascii byte: UInt8) -> Bool {
        let word = byte < 64 ? asciiDelimiters.low : asciiDelimiters.high
        return word >> UInt64(byte & 63) & 1 == 1
    }

    /// Appends valid UTF-8 with the first letter of each word upper case and the others lower case.
    public func append(_ bytes: UnsafePointer<UInt8>, count: Int, to out: inout [UInt8]) {
        var isWordStart = true
        var index = 0
        out.reserveCapacity(out.count + count)
        while index < count {
            if bytes[index] < 0x80 {
                index += appendASCII(bytes + index, count - index, &isWordStart, &out)
                continue
            }
            let (scalar, length) = UTF8Text.scalar(bytes + index, remaining: count - index)
            let properties = scalar.properties
            if otherDelimiters.contains(scalar) || (isWhiteSpaceDelimiter && properties.isWhitespace) {
                out.append(contentsOf: UnsafeBufferPointer(start: bytes + index, count: length))
                isWordStart = true
            } else {
                out.append(contentsOf: (isWordStart ? properties.titlecaseMapping : properties.lowercaseMapping).utf8)
                isWordStart = false
            }
            index += length
        }
    }

    /// Appends the ASCII bytes up to the next other one; their count.
    private func appendASCII(
        _ bytes: UnsafePointer<UInt8>, _ limit: Int, _ isWordStart: inout Bool, _ out: inout [UInt8]
    ) -> Int {
        let count = UTF8Text.asciiPrefix(bytes, count: limit)
        let start = out.count
        out.append(contentsOf: UnsafeBufferPointer(start: bytes, count: count))
        var isStart = isWordStart
        out.withUnsafeMutableBufferPointer { buffer in
            for index in start..<start + count {
                let byte = buffer[index]
                if isDelimiter(ascii: byte) {
                    isStart = true
                } else {
                    let letter = byte | 0x20
                    if letter &- 97 < 26 { buffer[index] = isStart ? letter &- 32 : letter }
                    isStart = false
                }
            }
        }
        isWordStart = isStart
        return count
    }

    /// The INITCAP of a text; for constants.
    public func string(_ text: String) -> String {
        var out: [UInt8] = []
        TimestampText.withBytes(text) { append($0, count: $1, to: &out) }
        return String(decoding: out, as: UTF8.self)
    }
}
