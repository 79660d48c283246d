import WarehouseBasics

/// Secrets in what is no SQL: texts within literals, comments, and commands of the shell.
enum SecretText {
    // MARK: By their form

    /// Whether a text holds what looks like a credential wherever it stands: a key or its id, the value of an Authorization
    /// header, a URL with a user or a signature.
    static func holdsCredential(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        // Every literal that is inserted is looked at: most are too short, or have none of the bytes.
        guard bytes.count >= 6 else { return false }
        func has(_ character: Unicode.Scalar) -> Bool { bytes.contains(UInt8(ascii: character)) }
        return bytes.count >= 20 && holdsAWSKey(bytes) || bytes.contains(where: isBlank) && holdsHeader(bytes)
            || has(":") && namesUser(text) || has("=") && holdsSignature(text.uppercased())
            || has("-") && text.contains("-----BEGIN")
    }

    private static func holdsSignature(_ upper: String) -> Bool {
        ["SIGNATURE=", "?SIG=", "&SIG="].contains(where: upper.contains)
    }

    /// Whether a URL in it has a user before its host.
    private static func namesUser(_ text: String) -> Bool {
        text.contains("://") && text.split { "'\" ()".contains($0) }.contains { SecretMask.holdsKeys(url: String($0)) }
    }

    /// An id of a key of AWS: AKIA or ASIA, and 16 more capitals or digits.
    private static func holdsAWSKey(_ bytes: [UInt8]) -> Bool {
        var run = 0
        for (index, byte) in bytes.enumerated() {
            run = (0x41...0x5A).contains(byte) || Byte.isDigit(byte) ? run + 1 : 0
            guard run >= 20 else { continue }
            let start = bytes[index - 19..<index - 15]
            if start.elementsEqual([0x41, 0x4B, 0x49, 0x41]) || start.elementsEqual([0x41, 0x53, 0x49, 0x41]) { return true }
        }
        return false
    }

    /// `Bearer TOKEN`, `Basic BASE64`: in SQL and films these words have other neighbours.
    private static func holdsHeader(_ bytes: [UInt8]) -> Bool {
        var words = Words(bytes)
        while let word = words.next() {
            guard word.count == 5 || word.count == 6, case let name = uppercased(bytes[word]),
                  name == "BEARER" || name == "BASIC" else { continue }
            let start = skip(bytes, from: word.upperBound) { isBlank($0) }
            guard start > word.upperBound, start < bytes.count else { continue }
            let value = bytes[start..<skip(bytes, from: start) { !isEnd($0) }]
            if name == "BEARER" ? value.count >= 3 || isQuote(bytes[start]) : isEncoded(value) { return true }
        }
        return false
    }

    /// Whether it is more likely base64 than a word: `Basic Instinct` is a film.
    private static func isEncoded(_ value: ArraySlice<UInt8>) -> Bool {
        value.count >= 3 && value.allSatisfy { isOfWord($0) || $0 == 0x2B || $0 == 0x2F || $0 == 0x3D }
            && value.dropFirst().contains { (0x41...0x5A).contains($0) || Byte.isDigit($0) || $0 == 0x3D }
    }

    // MARK: By their names

    /// Whether a value stands behind the name of a secret: `password=x`, `"api_token": "x"`, `Authorization: x`,
    /// `IDENTIFIED BY x`. `isLoose`: also with a blank alone between, as in `--token x`; else only where the value is in
    /// quotes or not a plain word.
    static func namesValue(_ bytes: ArraySlice<UInt8>, isLoose: Bool) -> Bool {
        let bytes = Array(bytes)
        var words = Words(bytes)
        while let word = words.next() {
            let name = String(decoding: bytes[word], as: UTF8.self)
            let upper = name.uppercased(), isHeader = upper.hasSuffix("AUTHORIZATION")
            if upper == "IDENTIFIED", let by = words.peek(), uppercased(bytes[by]) == "BY",
               isValue(bytes, skip(bytes, from: by.upperBound) { isBlank($0) || isQuote($0) }) { return true }
            // Too short for a name wherever it stands, but not before what gives it a value.
            let isShort = upper == "PASS"
            guard isHeader || isShort || SecretNames.promise(upper) else { continue }
            let closed = skip(bytes, from: word.upperBound, while: isQuote), next = skip(bytes, from: closed, while: isBlank)
            guard next < bytes.count else { continue }
            if bytes[next] == UInt8(ascii: "=") || bytes[next] == UInt8(ascii: ":") {
                // `token::text` is a cast, `token://x` a URL.
                let second = next + 1 < bytes.count ? bytes[next + 1] : 0
                if bytes[next] == UInt8(ascii: ":"), second == UInt8(ascii: ":") || second == UInt8(ascii: "/") { continue }
                let start = skip(bytes, from: next) { isBlank($0) || isQuote($0) || "=:>(".utf8.contains($0) }
                if isValue(bytes, start) { return true }
            } else if next > closed, !isHeader, !isShort {
                let start = skip(bytes, from: next) { isQuote($0) || isBlank($0) }
                guard isValue(bytes, start) else { continue }
                if isLoose || start > next || isOdd(bytes[start..<skip(bytes, from: start) { !isEnd($0) }]) { return true }
            }
        }
        return false
    }

    /// Whether a value begins at `index`; nothing and truth are none.
    private static func isValue(_ bytes: [UInt8], _ index: Int) -> Bool {
        guard index < bytes.count, !isEnd(bytes[index]) else { return false }
        let word = uppercased(bytes[index..<skip(bytes, from: index, while: isOfWord)])
        return !["NULL", "TRUE", "FALSE", "NONE"].contains(word)
    }

    /// Whether it is long and has letters and digits: no word that people speak.
    private static func isOdd(_ value: ArraySlice<UInt8>) -> Bool {
        value.count >= 6 && value.contains(where: Byte.isDigit) && value.contains { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A }
    }

    // MARK: Of commands

    /// Whether an argument of a command gives a user with a password: `-u a:b`, `--user=a:b`, `a:b@host`.
    static func givesUser(_ command: String) -> Bool {
        let words = command.split(whereSeparator: \.isWhitespace).map { $0.filter { $0 != "'" && $0 != "\"" } }
        for (index, word) in words.enumerated() {
            for option in ["-u", "-U", "--user", "--proxy-user"] where word.hasPrefix(option) {
                var value = word.dropFirst(option.count)
                if value.isEmpty { value = index + 1 < words.count ? words[index + 1][...] : "" }
                if let colon = value.firstIndex(of: ":"), value.index(after: colon) < value.endIndex,
                   !value[colon...].hasPrefix("://") { return true }
            }
            if let at = word.lastIndex(of: "@"), let colon = word[..<at].firstIndex(of: ":"), colon > word.startIndex,
               word.index(after: colon) < at, !word[..<colon].contains("/"), !word[..<at].hasSuffix("/") { return true }
        }
        return false
    }

    // MARK: Bytes

    /// Runs of letters, digits, `_` and `-`, one after the other.
    private struct Words {
        let bytes: [UInt8]
        var index = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        mutating func next() -> Range<Int>? {
            while index < bytes.count, !SecretText.isOfWord(bytes[index]) { index += 1 }
            let start = index
            while index < bytes.count, SecretText.isOfWord(bytes[index]) { index += 1 }
            return start < index ? start..<index : nil
        }

        func peek() -> Range<Int>? {
            var copy = self
            return copy.next()
        }
    }

    private static func isOfWord(_ byte: UInt8) -> Bool {
        Byte.isDigit(byte) || (0x61...0x7A).contains(byte | 0x20) || "_-".utf8.contains(byte) || byte >= 0x80
    }

    private static func isBlank(_ byte: UInt8) -> Bool { Byte.isSpace(byte) }
    private static func isQuote(_ byte: UInt8) -> Bool { "'\"`\\".utf8.contains(byte) }
    /// What ends a value without quotes.
    private static func isEnd(_ byte: UInt8) -> Bool { Byte.isSpace(byte) || ",;)}]&".utf8.contains(byte) || isQuote(byte) }

    private static func skip(_ bytes: [UInt8], from start: Int, while holds: (UInt8) -> Bool) -> Int {
        var index = start
        while index < bytes.count, holds(bytes[index]) { index += 1 }
        return index
    }

    private static func uppercased(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self).uppercased() }
}
