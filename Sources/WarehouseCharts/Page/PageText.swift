import WarehouseBasics
import WarehouseModels

extension JSON {
    /// Compact text that can stand in a script element of a page: what could end the element, open a comment in it or end a
    /// line of script is escaped.
    package var pageText: String {
        var out = ""
        writePage(to: &out)
        return out
    }

    private func writePage(to out: inout String) {
        switch self {
        case .null: out += "null"
        case .bool(let value): out += value ? "true" : "false"
        case .integer(let value): out += String(value)
        case .number(let value):
            guard value.isFinite else { out += "null"; return }
            let whole = value.rounded(.towardZero)
            out += whole == value && abs(value) < 1e15 ? String(Int(value)) : value.description
        case .string(let value): JSON.writePage(value, to: &out)
        case .array(let elements):
            out += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { out += "," }
                element.writePage(to: &out)
            }
            out += "]"
        case .object(let members):
            out += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { out += "," }
                JSON.writePage(member.0, to: &out)
                out += ":"
                member.1.writePage(to: &out)
            }
            out += "}"
        }
    }

    private static func writePage(_ text: String, to out: inout String) {
        out += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            case "<": out += "\\u003c"
            case ">": out += "\\u003e"
            case "&": out += "\\u0026"
            case "\u{2028}": out += "\\u2028"
            case "\u{2029}": out += "\\u2029"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                out += "\\u00" + HexText.string([UInt8(scalar.value)])
            default: out.unicodeScalars.append(scalar)
            }
        }
        out += "\""
    }}
