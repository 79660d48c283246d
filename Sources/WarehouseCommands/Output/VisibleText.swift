import WarehouseBasics

/// Makes characters visible that a terminal would obey instead of showing: line ends, escape sequences, marks that
/// turn the direction of writing.
enum VisibleText {
    /// `text` with `\n`, `\t`, `\r`, `\x1B`, `\u{202E}` and their kin written out.
    static func escaped(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 32 && $0 < 127 }) { return text }
        if !text.unicodeScalars.contains(where: isInvisible) { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if isInvisible(scalar) { result += escape(scalar) } else { result.unicodeScalars.append(scalar) }
        }
        return result
    }

    /// The first part of `text` that takes at most `columns`; a cut text ends in `…`.
    static func fitted(_ text: String, columns: Int) -> String {
        var result = "", used = 0
        for character in text {
            let width = DisplayWidth.columns(character)
            if used + width > columns - 1 {
                // Only now is it known that the text may not fit; the last column is for its end or for the mark.
                return self.columns(text, upTo: columns) <= columns ? text : result + "…"
            }
            result.append(character)
            used += width
        }
        return result
    }

    /// The columns that `text` takes; of one that takes more than `most`, some number above that.
    static func columns(_ text: String, upTo most: Int?) -> Int {
        guard let most, text.utf8.count > most else { return DisplayWidth.columns(text) }
        var used = 0
        for character in text {
            used += DisplayWidth.columns(character)
            if used > most { break }
        }
        return used
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        let value = scalar.value
        return value < 32 || (value >= 0x7F && value < 0xA0) || value == 0x2028 || value == 0x2029
            || (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value)
            || value == 0x200E || value == 0x200F || value == 0xFEFF
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        default:
            let digits = String(scalar.value, radix: 16, uppercase: true)
            if scalar.value < 256 { return "\\x" + (digits.count < 2 ? "0" : "") + digits }
            return "\\u{\(digits)}"
        }
    }
}
