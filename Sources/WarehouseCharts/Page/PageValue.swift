import WarehouseBasics

/// A JSON value that goes into a page: it keeps the order of its members, and its text can stand in a script element.
package enum PageValue: Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([PageValue])
    case object([(String, PageValue)])

    package static func optional(_ text: String?) -> PageValue { text.map(PageValue.string) ?? .null }
    package static func strings(_ texts: some Sequence<String>) -> PageValue { .array(texts.map(PageValue.string)) }

    /// Compact text. What could end a script element, open a comment in it or end a line of script is escaped.
    package var text: String {
        var out = ""
        write(to: &out)
        return out
    }

    private func write(to out: inout String) {
        switch self {
        case .null: out += "null"
        case .bool(let value): out += value ? "true" : "false"
        case .integer(let value): out += String(value)
        case .number(let value):
            guard value.isFinite else { out += "null"; return }
            let whole = value.rounded(.towardZero)
            out += whole == value && abs(value) < 1e15 ? String(Int(value)) : value.description
        case .string(let value): PageValue.write(value, to: &out)
        case .array(let elements):
            out += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { out += "," }
                element.write(to: &out)
            }
            out += "]"
        case .object(let members):
            out += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { out += "," }
                PageValue.write(member.0, to: &out)
                out += ":"
                member.1.write(to: &out)
            }
            out += "}"
        }
    }

    private static func write(_ text: String, to out: inout String) {
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
    }
}

extension PageValue: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) { self = .string(value) }
}

extension PageValue: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int) { self = .integer(value) }
}

extension PageValue: ExpressibleByBooleanLiteral {
    package init(booleanLiteral value: Bool) { self = .bool(value) }
}

/// Members of an object, put together one by one; what is not there is left out.
package struct PageMembers: Sendable {
    private var members: [(String, PageValue)] = []

    package init() {}
    package var value: PageValue { .object(members) }

    package mutating func add(_ name: String, _ value: PageValue?) { if let value { members.append((name, value)) } }
    /// An empty text is none.
    package mutating func add(_ name: String, text: String?) {
        if let text, !text.isEmpty { members.append((name, .string(text))) }
    }
    package mutating func add(_ name: String, number: Int?) { add(name, number.map(PageValue.integer)) }
    package mutating func add(_ name: String, number: Double?) { add(name, number.map(PageValue.number)) }
    /// False is left out.
    package mutating func add(_ name: String, flag: Bool) { if flag { members.append((name, .bool(true))) } }
    /// No elements are left out.
    package mutating func add(_ name: String, list: [PageValue]) {
        if !list.isEmpty { members.append((name, .array(list))) }
    }
}

/// Text as it stands in HTML and SVG, between tags and in quoted attributes.
package enum MarkupText {
    package static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            // What XML allows in no form.
            case _ where scalar.value < 0x20 && scalar != "\n" && scalar != "\t" && scalar != "\r": out += "\u{FFFD}"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
