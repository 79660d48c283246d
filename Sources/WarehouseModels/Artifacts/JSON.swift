import WarehouseBasics

/// A JSON value that keeps the order of its members: of artifacts and of pages.
///
/// It says that it is Sendable, and has no literals: left to find that out by itself, the compiler comes upon a circle
/// through the tuples when it meets the files in some orders.
package enum JSON: Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([(String, JSON)])

    package static func optional(_ text: String?) -> JSON { text.map(JSON.string) ?? .null }
    /// An object of these members.
    package static func record(_ members: KeyValuePairs<String, JSON>) -> JSON { .object(members.map { ($0.key, $0.value) }) }
    package static func strings(_ texts: some Sequence<String>) -> JSON { .array(texts.map(JSON.string)) }

    /// As dbt's artifacts stand.
    package var text: String { text(in: .artifact) }

    /// Without spaces, and fit for a script element of a page: what could end the element, open a comment in it or end a
    /// line of script is escaped.
    package var pageText: String { text(in: .page) }

    private enum Style { case artifact, page }

    private func text(in style: Style) -> String {
        var out = ""
        write(to: &out, style)
        return out
    }

    private func write(to out: inout String, _ style: Style) {
        let comma = style == .page ? "," : ", ", colon = style == .page ? ":" : ": "
        switch self {
        case .null: out += "null"
        case .bool(let value): out += value ? "true" : "false"
        case .integer(let value): out += String(value)
        case .number(let value): out += JSON.text(value, style)
        case .string(let value): JSON.write(value, to: &out, style)
        case .array(let elements):
            out += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { out += comma }
                element.write(to: &out, style)
            }
            out += "]"
        case .object(let members):
            out += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { out += comma }
                JSON.write(member.0, to: &out, style)
                out += colon
                member.1.write(to: &out, style)
            }
            out += "}"
        }
    }

    /// A page's whole numbers have no point; what is no number is null.
    private static func text(_ value: Double, _ style: Style) -> String {
        guard value.isFinite else { return "null" }
        let isWhole = value.rounded(.towardZero) == value && abs(value) < 1e15
        return style == .page && isWhole ? String(Int(value)) : value.description
    }

    private static func write(_ text: String, to out: inout String, _ style: Style) {
        out += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            case _ where scalar.value < 0x20: out += "\\u00" + HexText.string([UInt8(scalar.value)])
            case "<", ">", "&", "\u{7F}", "\u{2028}", "\u{2029}":
                if style == .page {
                    out += "\\u" + HexText.string([UInt8(scalar.value >> 8), UInt8(scalar.value & 0xFF)])
                } else {
                    out.unicodeScalars.append(scalar)
                }
            default: out.unicodeScalars.append(scalar)
            }
        }
        out += "\""
    }
}
