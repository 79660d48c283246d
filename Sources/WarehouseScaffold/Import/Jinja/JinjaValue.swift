/// A part of a model's text after Jinja.
enum SQLPiece: Hashable {
    case text(String)
    /// Another relation, by its key: `model:stg_orders`, `source:shop.orders`.
    case relation(String)
    /// The model itself as it stands.
    case this
    /// `{% if is_incremental() %}`.
    indirect case whenIncremental([SQLPiece], otherwise: [SQLPiece])
}

extension [SQLPiece] {
    /// Text that is joined where pieces of text meet.
    mutating func add(_ text: String) {
        guard !text.isEmpty else { return }
        if case .text(let before)? = last { self[count - 1] = .text(before + text) } else { append(.text(text)) }
    }
    mutating func add(_ pieces: [SQLPiece]) {
        for piece in pieces { if case .text(let text) = piece { add(text) } else { append(piece) } }
    }
    /// The text, nil when it is not text alone.
    var plainText: String? {
        var result = ""
        for piece in self {
            guard case .text(let text) = piece else { return nil }
            result += text
        }
        return result
    }
    /// Keys of the relations in it.
    var relations: [String] {
        flatMap { piece -> [String] in
            switch piece {
            case .text, .this: []
            case .relation(let key): [key]
            case .whenIncremental(let inner, let other): inner.relations + other.relations
            }
        }
    }
    /// Bytes of text, to keep what loops can make within bounds.
    var byteCount: Int {
        reduce(0) { sum, piece in
            switch piece {
            case .text(let text): sum + text.utf8.count
            case .relation, .this: sum + 32
            case .whenIncremental(let inner, let other): sum + inner.byteCount + other.byteCount
            }
        }
    }
}

/// A member of a dictionary. A type of its own: the compiler takes a tuple here for a circle.
struct JinjaMember {
    var key: String
    var value: JinjaValue
}

/// A value of Jinja's expressions.
indirect enum JinjaValue {
    case none
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case list([JinjaValue])
    case dict([JinjaMember])
    /// Text with relations in it.
    case pieces([SQLPiece])
    /// Something that is called: a macro, a function, `dbt_utils.star`.
    case function(String)

    var isTrue: Bool {
        switch self {
        case .none: false
        case .bool(let value): value
        case .int(let value): value != 0
        case .double(let value): value != 0
        case .string(let text): !text.isEmpty
        case .list(let elements): !elements.isEmpty
        case .dict(let members): !members.isEmpty
        case .pieces(let pieces): !pieces.isEmpty
        case .function: true
        }
    }

    /// As `{{ }}` prints it.
    var pieces: [SQLPiece] {
        switch self {
        case .pieces(let pieces): pieces
        case .none: [.text("None")]
        default: text.isEmpty ? [] : [.text(text)]
        }
    }

    /// As text; of relations nothing.
    var text: String {
        switch self {
        case .none: "None"
        case .bool(let value): value ? "True" : "False"
        case .int(let value): String(value)
        case .double(let value): value.description
        case .string(let text): text
        case .list(let elements): "[" + elements.map(\.quoted).joined(separator: ", ") + "]"
        case .dict(let members): "{" + members.map { "'\($0.key)': \($0.value.quoted)" }.joined(separator: ", ") + "}"
        case .pieces(let pieces): pieces.plainText ?? ""
        case .function(let name): name
        }
    }
    private var quoted: String { if case .string(let text) = self { "'\(text)'" } else { text } }

    /// Text without relations as a text.
    var plain: JinjaValue {
        if case .pieces(let pieces) = self, let text = pieces.plainText { return .string(text) }
        return self
    }

    /// Texts of a list, or of one value.
    var texts: [String] {
        switch self {
        case .list(let elements): elements.map(\.text)
        case .none: []
        default: [text]
        }
    }

    subscript(key: String) -> JinjaValue? {
        guard case .dict(let members) = self else { return nil }
        return members.last { $0.key == key }?.value
    }

    func equals(_ other: JinjaValue) -> Bool {
        switch (self, other) {
        case (.none, .none): true
        case (.bool(let a), .bool(let b)): a == b
        case (.int(let a), .int(let b)): a == b
        case (.int(let a), .double(let b)), (.double(let b), .int(let a)): Double(a) == b
        case (.double(let a), .double(let b)): a == b
        case (.list(let a), .list(let b)): a.count == b.count && zip(a, b).allSatisfy { $0.equals($1) }
        case (.string, .string), (.pieces, .pieces), (.string, .pieces), (.pieces, .string): pieces == other.pieces
        default: false
        }
    }
}

/// What cannot be worked out without running dbt.
struct JinjaError: Error {
    var text: String
    var line: Int
}
