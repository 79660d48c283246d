/// Makes random YAML texts, most of which are valid: small ones, since what is wrong shows in them as well.
struct YAMLGenerator {
    private var state: UInt64
    private var anchors: [String] = []

    init(seed: UInt64) { state = seed }

    /// SplitMix64.
    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func number(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    private mutating func chance(_ percent: Int) -> Bool { number(100) < percent }
    private mutating func pick(_ choices: [String]) -> String { choices[number(choices.count)] }

    // MARK: Documents

    mutating func document() -> String {
        anchors = []
        var text = ""
        if chance(3) { text += "\u{FEFF}" }
        if chance(5) { text += "%YAML 1.\(1 + number(2))\n---\n" } else if chance(8) { text += pick(["---\n", "--- ", "---\t"]) }
        if chance(5) { text += "%TAG !e! tag:example.com,2000:\n---\n" }
        text += block(indent: 0, depth: 0)
        if chance(6) { text += pick(["...\n", "...", "---\n", "# end", "\n\n"]) }
        if chance(4) { text = text.replacing("\n", with: "\r\n") } else if chance(2) { text = text.replacing("\n", with: "\r") }
        return text
    }

    /// Fragments in any order.
    mutating func soup() -> String {
        var text = ""
        for _ in 0..<(1 + number(14)) { text += pick(YAMLGenerator.fragments) }
        return text
    }

    /// Any bytes, most of them ASCII, as a file's text.
    mutating func bytes() -> String {
        var bytes: [UInt8] = []
        for _ in 0..<number(40) { bytes.append(UInt8(chance(30) ? number(256) : 32 + number(95))) }
        return String(decoding: bytes, as: UTF8.self)
    }

    static let fragments = [
        "a", "b", "a: ", "b: ", "a", "- ", "-", ": ", ":", "? ", "?", ", ", ",", "[", "]", "{", "}", "[", "]", "{", "}", "&a ", "*a ", "*a",
        "&b", "!!str ", "!", "!a", "!!a!b ", "!<x> ", "|", ">", "|\n", ">\n", "|-\n", ">+\n", "|2\n", ">1-\n", "'", "\"", "''", "\\", "\\n",
        "\\\n", "\\x41", "\\u00e9", "#", " #", " # c\n", "\n", "\n", "\n", "\n ", "\n  ", "\n   ", " ", "  ", "\t", "\r\n", "\r", "\u{85}",
        "\u{2028}", "---", "---\n", "\n---\n", "...", "\n...\n", "%YAML 1.2\n", "%TAG ! x\n", "%", "<<: ", "<<", "é", "\u{FEFF}", "\u{7}",
        "1", "null", "~", "@", "`", "=", "a b", "x\ny", "\n- ", "\n  - ", "\na: ", "\n  b: ", "{a: 1}", "[a]", "\"q\"", "'q'", "😀",
    ]

    /// A text with a few places changed.
    mutating func mutation(of text: String) -> String {
        var scalars = Array(text.unicodeScalars)
        for _ in 0..<(1 + number(4)) {
            let start = number(scalars.count + 1), end = min(scalars.count, start + number(6))
            switch number(4) {
            case 0: scalars.removeSubrange(start..<end)
            case 1: scalars.insert(contentsOf: pick(YAMLGenerator.fragments).unicodeScalars, at: start)
            case 2: scalars.insert(contentsOf: scalars[start..<end], at: number(scalars.count + 1))
            default: scalars.replaceSubrange(start..<end, with: pick(YAMLGenerator.fragments).unicodeScalars)
            }
        }
        return String(String.UnicodeScalarView(scalars))
    }

    // MARK: Blocks

    /// A node on lines of its own, or the rest of one.
    private mutating func block(indent: Int, depth: Int) -> String {
        let spaces = String(repeating: " ", count: indent)
        switch number(depth > 3 ? 4 : 10) {
        case 0...1: return spaces + scalar(indent: indent) + "\n"
        case 2: return spaces + properties() + flow(depth: depth) + comment() + "\n"
        case 3: return spaces + literal(indent: indent)
        case 4...6:
            var text = ""
            for _ in 0..<(1 + number(3)) { text += spaces + "-" + value(indent: indent, depth: depth + 1) }
            return text
        default:
            var text = ""
            for _ in 0..<(1 + number(3)) { text += spaces + key() + value(indent: indent, depth: depth + 1) }
            return text
        }
    }

    private mutating func key() -> String {
        let name = pick(["a", "b", "c", "d d", "name", "é", "1", "~", "x-y"])
        switch number(14) {
        case 0: return "'\(name)':"
        case 1: return "\"\(name)\" :"
        case 2: return "? \(name)\n:"
        case 3: return anchors.isEmpty ? "<<:" : "<<: *\(anchors[number(anchors.count)])\n#"
        case 4: return properties() + name + ":"
        case 5: return "[\(name)]:"
        case 6: return "? \(name) #"
        default: return name + ":"
        }
    }

    /// What follows `-` or `key:`.
    private mutating func value(indent: Int, depth: Int) -> String {
        let deeper = indent + 1 + number(3)
        switch number(12) {
        case 0: return comment() + "\n"
        case 1...4: return " " + scalar(indent: indent + 1) + comment() + "\n"
        case 5: return " " + properties() + flow(depth: depth) + "\n"
        case 6: return " " + properties() + literal(indent: deeper)
        case 7: return " " + block(indent: indent + 2, depth: depth).drop { $0 == " " }
        case 8: return "\n" + block(indent: indent, depth: depth + 1)
        case 9: return anchors.isEmpty ? " x\n" : " *\(anchors[number(anchors.count)])\n"
        default: return properties().isEmpty ? comment() + "\n" + block(indent: deeper, depth: depth) : " &\(anchor())\n"
            + block(indent: deeper, depth: depth)
        }
    }

    private mutating func literal(indent: Int) -> String {
        let spaces = String(repeating: " ", count: indent)
        var text = pick(["|", ">"]) + pick(["", "", "-", "+", "1", "2-", "+1"]) + comment() + "\n"
        for _ in 0..<number(5) { text += chance(25) ? pick(["\n", " \n", "\t\n"]) : spaces + pick(["", "", " ", "\t"]) + words() + "\n" }
        return text
    }

    private mutating func comment() -> String { chance(12) ? pick([" # c", "  #", "\t# x: y", " #'"]) : "" }

    private mutating func anchor() -> String {
        let name = pick(["a", "b", "c1"])
        anchors.append(name)
        return name
    }

    private mutating func properties() -> String {
        switch number(20) {
        case 0: return "&\(anchor()) "
        case 1: return pick(["!!str ", "!x ", "! ", "!<tag:yaml.org,2002:str> ", "!!int ", "!e!y "])
        case 2: return "!!str &\(anchor()) "
        default: return ""
        }
    }

    // MARK: Flows

    private mutating func flow(depth: Int) -> String {
        let gap = pick(["", " ", "\n ", "\n", " # c\n  "])
        var entries: [String] = []
        if chance(50) {
            for _ in 0..<number(4) { entries.append(chance(15) ? key() + " " + entry(depth: depth) : entry(depth: depth)) }
            return "[" + gap + entries.joined(separator: pick([",", ", ", " ,", ",\n "])) + (chance(10) ? "," : "") + "]"
        }
        for _ in 0..<number(4) { entries.append(key() + pick([" ", "", "\n "]) + entry(depth: depth)) }
        return "{" + gap + entries.joined(separator: pick([",", ", ", " ,", ",\n "])) + (chance(10) ? "," : "") + "}"
    }

    private mutating func entry(depth: Int) -> String {
        switch number(8) {
        case 0: return ""
        case 1 where depth < 4: return properties() + flow(depth: depth + 1)
        case 2: return anchors.isEmpty ? "x" : "*\(anchors[number(anchors.count)])"
        default: return scalar(indent: 1)
        }
    }

    // MARK: Scalars

    private mutating func words() -> String {
        var words: [String] = []
        for _ in 0..<(1 + number(4)) {
            words.append(pick(["a", "bc", "d:e", "-f", "é", "1", "x#y", "http://z", "it's", "{", "null", "\u{A0}", "\\", "%"]))
        }
        return words.joined(separator: pick([" ", "  ", " "]))
    }

    private mutating func scalar(indent: Int) -> String {
        let next = pick([" ", "\n" + String(repeating: " ", count: indent), "\n\n" + String(repeating: " ", count: indent + 1)])
        let text = words() + (chance(20) ? next + words() : "")
        switch number(7) {
        case 0: return properties() + "'" + text.replacing("'", with: "''") + "'"
        case 1: return properties() + "\"" + text.replacing("\\", with: pick(["\\\\", "\\n", "\\x41", "\\\n ", "\\u263A", "\\ ", "\\_"])) + "\""
        case 2: return pick(["null", "~", "true", "1", "1.5", "<<", "2020-01-01", "=", "-1", "!!str", "!!str 1", "! 1"])
        default: return properties() + text
        }
    }
}
