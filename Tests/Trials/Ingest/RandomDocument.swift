/// A JSON document by seed, with what it must print as. It is written with blanks, escapes and keys in any order.
struct RandomDocument {
    var text = ""
    var printed = ""

    init(_ random: inout SeededRandom, depth: Int) {
        (text, printed) = Self.value(&random, depth)
    }

    private static func blank(_ random: inout SeededRandom) -> String {
        random.chance(70) ? "" : random.pick([" ", "\n", "\t", "  ", "\r\n", " \n "])
    }

    private static func value(_ random: inout SeededRandom, _ depth: Int) -> (String, String) {
        switch random.below(depth > 0 ? 9 : 6) {
        case 0: return ("null", "null")
        case 1: return random.chance(50) ? ("true", "true") : ("false", "false")
        case 2:
            let number = String(random.between(-1_000_000_000_000, 1_000_000_000_000))
            return (number, number)
        case 3:
            let whole = random.between(1, 99_999), digits = random.between(1, 9)
            let text = "\(random.chance(50) ? "-" : "")\(whole).\(String(repeating: "0", count: random.below(4)))\(digits)"
            return (text, text)
        case 4, 5: return string(&random)
        case 6, 7: return array(&random, depth)
        default: return object(&random, depth)
        }
    }

    private static func array(_ random: inout SeededRandom, _ depth: Int) -> (String, String) {
        let elements = (0..<random.below(5)).map { _ in value(&random, depth - 1) }
        let parts = elements.map { blank(&random) + $0.0 + blank(&random) }
        return ("[\(parts.isEmpty ? blank(&random) : parts.joined(separator: ","))]",
                "[\(elements.map(\.1).joined(separator: ","))]")
    }

    private static func object(_ random: inout SeededRandom, _ depth: Int) -> (String, String) {
        var members: [String: (text: String, key: String, value: (String, String))] = [:]
        for _ in 0..<random.below(5) {
            let (text, printed) = string(&random)
            members[printed] = (text, printed, value(&random, depth - 1))
        }
        let any = members.keys.sorted().shuffled(using: &random).compactMap { members[$0] }
        let parts = any.map { "\(blank(&random))\($0.text)\(blank(&random)):\(blank(&random))\($0.value.0)" }
        // Objects print their keys in the order of their bytes, as they are without quotes and escapes.
        let sorted = any.sorted { raw($0.key).lexicographicallyPrecedes(raw($1.key)) }
        return ("{\(parts.joined(separator: ","))\(blank(&random))}",
                "{\(sorted.map { "\($0.key):\($0.value.1)" }.joined(separator: ","))}")
    }

    private static func raw(_ printed: String) -> [UInt8] {
        printed.dropFirst().dropLast().replacing("\\n", with: "\n").replacing("\\\"", with: "\"")
            .replacing("\\\\", with: "\\").utf8.map { $0 }
    }

    /// A string as written and as printed.
    private static func string(_ random: inout SeededRandom) -> (String, String) {
        let pieces: [([String], String)] = [
            (["a", "\\u0061"], "a"), (["Z"], "Z"), (["{"], "{"), (["]"], "]"), ([","], ","), (["\\\"", "\\u0022"], "\\\""),
            (["\\\\", "\\u005c"], "\\\\"), (["\\n", "\\u000A"], "\\n"), (["\\/", "/"], "/"), (["é", "\\u00e9"], "é"),
            (["😀", "\\ud83d\\uDE00"], "😀"), (["日"], "日"), ([" "], " "), (["0"], "0"), (["'"], "'"),
        ]
        var text = "\"", printed = "\""
        for _ in 0..<random.below(7) {
            let (ways, result) = random.pick(pieces)
            text += random.pick(ways)
            printed += result
        }
        return (text + "\"", printed + "\"")
    }
}
