import WarehouseBasics

/// The XML of S3's answers, read as elements and texts: no attributes, no namespaces, no entities but XML's five and
/// character numbers. Broken XML reads as far as it goes.
struct S3Document {
    indirect enum Node {
        case element(name: String, children: [Node])
        case text(String)
    }

    let root: Node?

    private static let maximumDepth = 32

    init(_ bytes: [UInt8]) {
        var parser = Parser(bytes: bytes)
        root = parser.children(0).first {
            if case .element = $0 { return true }
            return false
        }
    }

    /// The text of the root's child `name`.
    subscript(name: String) -> String? { S3Document.elements(name, of: root).first.map(S3Document.text) }

    /// The root's children called `name`.
    func elements(_ name: String) -> [Node] { S3Document.elements(name, of: root) }

    static func elements(_ name: String, of node: Node?) -> [Node] {
        guard case .element(_, let children)? = node else { return [] }
        return children.filter {
            if case .element(name, _) = $0 { return true }
            return false
        }
    }

    static func text(_ name: String, of node: Node) -> String? { elements(name, of: node).first.map(text) }

    private static func text(_ node: Node) -> String {
        switch node {
        case .text(let text): text
        case .element(_, let children): children.reduce(into: "") { $0 += text($1) }
        }
    }

    private struct Parser {
        let bytes: [UInt8]
        var position = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        /// Nodes up to the end tag of the element around them, which is passed over.
        mutating func children(_ depth: Int) -> [Node] {
            var nodes: [Node] = []
            while position < bytes.count {
                guard bytes[position] == UInt8(ascii: "<") else {
                    nodes.append(.text(text()))
                    continue
                }
                let next = position + 1 < bytes.count ? bytes[position + 1] : 0
                if next == UInt8(ascii: "/") {
                    skip(past: UInt8(ascii: ">"))
                    return nodes
                }
                if next == UInt8(ascii: "?") || next == UInt8(ascii: "!") {
                    skip(past: UInt8(ascii: ">"))
                    continue
                }
                guard depth < maximumDepth else { return nodes }
                nodes.append(element(depth))
            }
            return nodes
        }

        private mutating func element(_ depth: Int) -> Node {
            let start = position + 1
            skip(past: UInt8(ascii: ">"))
            let end = max(start, position - 1)
            let tag = bytes[start..<end]
            let isEmpty = tag.last == UInt8(ascii: "/")
            let name = tag.prefix { $0 != 32 && $0 != 10 && $0 != 13 && $0 != 9 && $0 != UInt8(ascii: "/") }
            return .element(name: String(decoding: name, as: UTF8.self), children: isEmpty ? [] : children(depth + 1))
        }

        private mutating func skip(past byte: UInt8) {
            while position < bytes.count, bytes[position] != byte { position += 1 }
            position = min(bytes.count, position + 1)
        }

        private mutating func text() -> String {
            var result: [UInt8] = []
            while position < bytes.count, bytes[position] != UInt8(ascii: "<") {
                if bytes[position] == UInt8(ascii: "&"), let character = entity() {
                    result.append(contentsOf: character)
                } else {
                    result.append(bytes[position])
                    position += 1
                }
            }
            return String(decoding: result, as: UTF8.self)
        }

        private mutating func entity() -> [UInt8]? {
            guard let end = bytes[position...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else { return nil }
            let name = String(decoding: bytes[(position + 1)..<end], as: UTF8.self)
            let scalar: Unicode.Scalar? = switch name {
            case "amp": "&"
            case "lt": "<"
            case "gt": ">"
            case "quot": "\""
            case "apos": "'"
            default:
                if name.hasPrefix("#x") {
                    UInt32(name.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init)
                } else if name.hasPrefix("#") {
                    UInt32(name.dropFirst()).flatMap(Unicode.Scalar.init)
                } else {
                    nil
                }
            }
            guard let scalar else { return nil }
            position = end + 1
            return Array(String(Character(scalar)).utf8)
        }
    }
}
