// What the argument parser takes from Foundation, for programs linked statically (`Scripts/static`): Foundation's own
// module would add 6 MB to them. The names are Foundation's. The encoder writes JSON (RFC 8259) as `--experimental-dump-help`
// prints it: indented, keys in order, without fractions.

public protocol LocalizedError: Error {
    var errorDescription: String? { get }
}

extension LocalizedError {
    public var errorDescription: String? { nil }
}

public struct Data {
    var bytes: [UInt8]
}

extension String {
    public struct Encoding: Sendable {
        public static let utf8 = Encoding()
    }

    public init?(data: Data, encoding: Encoding) { self.init(validating: data.bytes, as: UTF8.self) }
}

public final class JSONEncoder {
    public struct OutputFormatting: OptionSet, Sendable {
        public var rawValue: UInt
        public init(rawValue: UInt) { self.rawValue = rawValue }

        public static let prettyPrinted = OutputFormatting(rawValue: 1)
        public static let sortedKeys = OutputFormatting(rawValue: 2)
    }

    public var outputFormatting: OutputFormatting = []

    public init() {}

    public func encode<T: Encodable>(_ value: T) throws -> Data {
        let root = Node()
        try value.encode(to: NodeEncoder(root, codingPath: []))
        var text = ""
        root.write(to: &text, outputFormatting, depth: 0)
        return Data(bytes: Array(text.utf8))
    }
}

/// A value of the document, filled while something is encoded into it.
private final class Node {
    enum Kind {
        case null
        /// A number or a truth value as it is written.
        case word(String)
        case text(String)
        case list([Node])
        case map([(key: String, value: Node)])
    }
    var kind = Kind.null

    func element() -> Node {
        var elements: [Node] = []
        if case .list(let known) = kind { elements = known }
        let made = Node()
        kind = .list(elements + [made])
        return made
    }

    func member(_ key: String) -> Node {
        var members: [(key: String, value: Node)] = []
        if case .map(let known) = kind { members = known.filter { $0.key != key } }
        let made = Node()
        kind = .map(members + [(key, made)])
        return made
    }

    func write(to text: inout String, _ format: JSONEncoder.OutputFormatting, depth: Int) {
        switch kind {
        case .null: text += "null"
        case .word(let word): text += word
        case .text(let value): Node.write(value, to: &text)
        case .list(let elements):
            Node.write(elements, "[", "]", to: &text, format, depth) { $0.write(to: &$1, format, depth: depth + 1) }
        case .map(let members):
            let ordered = format.contains(.sortedKeys) ? members.sorted { $0.key < $1.key } : members
            Node.write(ordered, "{", "}", to: &text, format, depth) { member, text in
                Node.write(member.key, to: &text)
                text += format.contains(.prettyPrinted) ? " : " : ":"
                member.value.write(to: &text, format, depth: depth + 1)
            }
        }
    }

    private static func write<Part>(_ parts: [Part], _ open: String, _ close: String, to text: inout String,
                                    _ format: JSONEncoder.OutputFormatting, _ depth: Int,
                                    _ part: (Part, inout String) -> Void) {
        func newLine(_ depth: Int) {
            if format.contains(.prettyPrinted) { text += "\n" + String(repeating: "  ", count: depth) }
        }
        text += open
        for (index, value) in parts.enumerated() {
            if index > 0 { text += "," }
            newLine(depth + 1)
            part(value, &text)
        }
        // Foundation, too, leaves a line between the brackets of an empty list.
        if parts.isEmpty, format.contains(.prettyPrinted) { text += "\n" }
        newLine(depth)
        text += close
    }

    private static func write(_ value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "/": text += "\\/"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{8}": text += "\\b"
            case "\u{C}": text += "\\f"
            case "\0"..<" ":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

private struct NodeEncoder: Encoder {
    let node: Node
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    init(_ node: Node, codingPath: [any CodingKey]) {
        self.node = node
        self.codingPath = codingPath
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        node.kind = .map([])
        return KeyedEncodingContainer(Members(node: node, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        node.kind = .list([])
        return Elements(node: node, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { Single(node: node, codingPath: codingPath) }
}

extension Node {
    fileprivate func put<T: Encodable>(_ value: T, _ codingPath: [any CodingKey]) throws {
        switch value {
        case let value as String: kind = .text(value)
        case let value as Bool: kind = .word(value ? "true" : "false")
        case let value as any BinaryInteger & CustomStringConvertible: kind = .word(value.description)
        case let value as any BinaryFloatingPoint & CustomStringConvertible:
            guard Double(value).isFinite else {
                throw EncodingError.invalidValue(value, .init(codingPath: codingPath, debugDescription: "JSON has no \(value)."))
            }
            kind = .word(value.description)
        default: try value.encode(to: NodeEncoder(self, codingPath: codingPath))
        }
    }
}

private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let node: Node
    let codingPath: [any CodingKey]

    mutating func encodeNil(forKey key: Key) throws { node.member(key.stringValue).kind = .null }

    mutating func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
        try node.member(key.stringValue).put(value, codingPath + [key])
    }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key)
        -> KeyedEncodingContainer<Nested> {
        NodeEncoder(node.member(key.stringValue), codingPath: codingPath + [key]).container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        NodeEncoder(node.member(key.stringValue), codingPath: codingPath + [key]).unkeyedContainer()
    }

    mutating func superEncoder() -> any Encoder { NodeEncoder(node.member("super"), codingPath: codingPath) }

    mutating func superEncoder(forKey key: Key) -> any Encoder {
        NodeEncoder(node.member(key.stringValue), codingPath: codingPath + [key])
    }
}

private struct Elements: UnkeyedEncodingContainer {
    let node: Node
    let codingPath: [any CodingKey]
    var count: Int { if case .list(let elements) = node.kind { elements.count } else { 0 } }

    mutating func encodeNil() throws { node.element().kind = .null }

    mutating func encode<T: Encodable>(_ value: T) throws { try node.element().put(value, codingPath) }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        NodeEncoder(node.element(), codingPath: codingPath).container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        NodeEncoder(node.element(), codingPath: codingPath).unkeyedContainer()
    }

    mutating func superEncoder() -> any Encoder { NodeEncoder(node.element(), codingPath: codingPath) }
}

private struct Single: SingleValueEncodingContainer {
    let node: Node
    let codingPath: [any CodingKey]

    mutating func encodeNil() throws { node.kind = .null }

    mutating func encode<T: Encodable>(_ value: T) throws { try node.put(value, codingPath) }
}
