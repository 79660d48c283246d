import WarehouseBasics

/// Reads the few members that a request may have out of a JSON object (RFC 8259) of any size, and checks the rest of
/// it without keeping it. VARIANT's parser is more lenient and bounds what it reads by what a value may take.
struct JSONRequestReader {
    enum Member: Equatable {
        case string(String)
        case null
        /// A number, a boolean, an array or an object.
        case other
    }

    /// How deep ignored values may nest.
    private static let maximumDepth = 10_000

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Reads an object that is all of the text, and gives the members of these names. Throws `usage`.
    mutating func readObject(keys: Set<String>) throws(WarehouseError) -> [String: Member] {
        skipSpace()
        guard take("{") else { throw error("an object was expected") }
        var members: [String: Member] = [:]
        skipSpace()
        if !take("}") {
            repeat {
                skipSpace()
                let key = try readString()
                skipSpace()
                guard take(":") else { throw error("':' was expected") }
                skipSpace()
                if keys.contains(key) { members[key] = try readMember() } else { try skipValue() }
                skipSpace()
            } while take(",")
            guard take("}") else { throw error("',' or '}' was expected") }
        }
        skipSpace()
        guard position == bytes.count else { throw error("nothing may follow the object") }
        return members
    }

    private mutating func readMember() throws(WarehouseError) -> Member {
        switch current {
        case UInt8(ascii: "\""): return .string(try readString())
        case UInt8(ascii: "n"):
            try skipValue()
            return .null
        default:
            try skipValue()
            return .other
        }
    }

    // MARK: Strings

    private mutating func readString() throws(WarehouseError) -> String {
        let start = try skipString()
        let content = bytes[start..<position - 1]
        let plain = content.contains(UInt8(ascii: "\\")) ? try unescaped(content)[...] : content
        guard let text = String(validating: plain, as: UTF8.self) else {
            position = start
            throw error("the string is not valid UTF-8")
        }
        return text
    }

    /// Stands behind the closing quote afterwards; gives where the content begins.
    private mutating func skipString() throws(WarehouseError) -> Int {
        guard take("\"") else { throw error("a string was expected") }
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                return start
            }
            guard byte >= 32 else { throw error("a control character must be escaped") }
            position += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        position = bytes.count
        throw error("the string is not closed")
    }

    private mutating func unescaped(_ content: ArraySlice<UInt8>) throws(WarehouseError) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(content.count)
        var index = content.startIndex
        while index < content.endIndex {
            let byte = content[index]
            index += 1
            if byte != UInt8(ascii: "\\") {
                result.append(byte)
                continue
            }
            let escape = content[index]
            index += 1
            if escape == UInt8(ascii: "u") {
                let scalar = try readScalar(content, &index)
                result.append(contentsOf: scalar.utf8)
            } else if let plain = JSONRequestReader.plain(escape) {
                result.append(plain)
            } else {
                position = index - 2
                throw error("this escape is unknown")
            }
        }
        return result
    }

    private static func plain(_ escape: UInt8) -> UInt8? {
        switch escape {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): escape
        case UInt8(ascii: "b"): 8
        case UInt8(ascii: "f"): 12
        case UInt8(ascii: "n"): 10
        case UInt8(ascii: "r"): 13
        case UInt8(ascii: "t"): 9
        default: nil
        }
    }

    /// What stands behind `\u`: four digits, and the other half of a pair of surrogates.
    private mutating func readScalar(_ content: ArraySlice<UInt8>, _ index: inout Int) throws(WarehouseError)
        -> Unicode.Scalar {
        let start = index - 2
        var code = hexadecimal(content, &index)
        if let first = code, (0xD800...0xDBFF).contains(first), index + 1 < content.endIndex,
           content[index] == UInt8(ascii: "\\"), content[index + 1] == UInt8(ascii: "u") {
            index += 2
            code = hexadecimal(content, &index).flatMap {
                (0xDC00...0xDFFF).contains($0) ? 0x10000 + (first - 0xD800) << 10 + ($0 - 0xDC00) : nil
            }
        }
        guard let code, let scalar = Unicode.Scalar(code) else {
            position = start
            throw error("this escape is no character")
        }
        return scalar
    }

    private func hexadecimal(_ content: ArraySlice<UInt8>, _ index: inout Int) -> UInt32? {
        guard index + 4 <= content.endIndex else { return nil }
        var code: UInt32 = 0
        for byte in content[index..<index + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            code = code << 4 | UInt32(digit)
        }
        index += 4
        return code
    }

    // MARK: Values that are ignored

    private mutating func skipValue() throws(WarehouseError) {
        // The brackets that are open, instead of a call for each: depth is then not bounded by the stack.
        var open: [UInt8] = []
        repeat {
            try skipScalarOrOpen(&open)
            try closeFinished(&open)
        } while !open.isEmpty
    }

    /// Steps into containers up to their first value, and reads that.
    private mutating func skipScalarOrOpen(_ open: inout [UInt8]) throws(WarehouseError) {
        while true {
            skipSpace()
            switch current {
            case UInt8(ascii: "\""): _ = try readString()
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try skipNumber()
            case UInt8(ascii: "t"): try skipWord("true")
            case UInt8(ascii: "f"): try skipWord("false")
            case UInt8(ascii: "n"): try skipWord("null")
            case UInt8(ascii: "["):
                position += 1
                skipSpace()
                if take("]") { return }
                try enter(UInt8(ascii: "["), &open)
                continue
            case UInt8(ascii: "{"):
                position += 1
                skipSpace()
                if take("}") { return }
                try enter(UInt8(ascii: "{"), &open)
                try skipKey()
                continue
            default: throw error("a value was expected")
            }
            return
        }
    }

    private func enter(_ bracket: UInt8, _ open: inout [UInt8]) throws(WarehouseError) {
        guard open.count < JSONRequestReader.maximumDepth else { throw error("values nest too deeply") }
        open.append(bracket)
    }

    private mutating func skipKey() throws(WarehouseError) {
        skipSpace()
        _ = try readString()
        skipSpace()
        guard take(":") else { throw error("':' was expected") }
    }

    /// Behind a value: closes containers that end here, or steps behind the comma to the next value.
    private mutating func closeFinished(_ open: inout [UInt8]) throws(WarehouseError) {
        while let innermost = open.last {
            let isObject = innermost == UInt8(ascii: "{")
            skipSpace()
            if take(",") {
                if isObject { try skipKey() }
                return
            }
            guard take(isObject ? "}" : "]") else {
                throw error(isObject ? "',' or '}' was expected" : "',' or ']' was expected")
            }
            open.removeLast()
        }
    }

    private mutating func skipNumber() throws(WarehouseError) {
        _ = take("-")
        if !take("0") { try skipDigits() }
        if take(".") { try skipDigits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try skipDigits()
        }
    }

    private mutating func skipDigits() throws(WarehouseError) {
        let start = position
        while current >= UInt8(ascii: "0"), current <= UInt8(ascii: "9") { position += 1 }
        if position == start { throw error("a digit was expected") }
    }

    private mutating func skipWord(_ word: StaticString) throws(WarehouseError) {
        for index in 0..<word.utf8CodeUnitCount {
            guard current == word.utf8Start[index] else { throw error("a value was expected") }
            position += 1
        }
    }

    // MARK: Bytes

    /// 0 at the end.
    private var current: UInt8 { position < bytes.count ? bytes[position] : 0 }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard current == UInt8(ascii: character), position < bytes.count else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while current == 32 || current == 9 || current == 10 || current == 13 { position += 1 }
    }

    private func error(_ what: String) -> WarehouseError {
        WarehouseError(.usage, "The request is not valid JSON at byte \(position + 1): \(what).",
                       hint: "A request is one JSON object a line, such as {\"sql\":\"SELECT 1\"}.")
    }
}
