import WarehouseBasics

/// A value of a YAML file, with the line it stands on.
struct YAMLValue {
    enum Kind {
        case null
        /// `isPlain` is a text without quotes, which may mean a number or a truth value.
        case text(String, isPlain: Bool)
        case list([YAMLValue])
        case map([(key: String, value: YAMLValue)])
    }
    var kind: Kind
    /// From 1.
    var line: Int

    /// Reads a file's text. Throws `model` with the place where it is no YAML, `limitExceeded` where it unfolds to too much.
    static func read(_ text: String, path: String) throws(WarehouseError) -> YAMLValue {
        do {
            return try YAMLComposer.compose(text) ?? YAMLValue(kind: .null, line: 1)
        } catch {
            let place = "line \(error.mark.line), column \(error.mark.column + 1): \(error.message)"
            throw error.isLimit
                ? WarehouseError(.limitExceeded, "\(path) asks for too much: \(place).")
                : WarehouseError(.model, "\(path) is no YAML: \(place).")
        }
    }

    // MARK: Reading

    static var none: YAMLValue { YAMLValue(kind: .null, line: 0) }

    var isNull: Bool { if case .null = kind { true } else { false } }
    var members: [(key: String, value: YAMLValue)] { if case .map(let members) = kind { members } else { [] } }
    var elements: [YAMLValue] { if case .list(let elements) = kind { elements } else { [] } }

    /// The first of these members that is there.
    subscript(names: String...) -> YAMLValue {
        for name in names {
            if let found = members.first(where: { $0.key == name }) { return found.value }
        }
        return .none
    }

    var text: String? { if case .text(let text, _) = kind { text } else { nil } }
    /// A truth value as YAML 1.1 writes it.
    var bool: Bool? {
        guard case .text(let text, true) = kind else { return nil }
        switch text.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default: return nil
        }
    }
    /// One text or a list of texts.
    var texts: [String] { text.map { [$0] } ?? elements.compactMap(\.text) }

    /// The value as Jinja knows it.
    var jinja: JinjaValue {
        switch kind {
        case .null: return .none
        case .text(let text, let isPlain):
            if isPlain, let bool { return .bool(bool) }
            if isPlain, let number = Int(text) { return .int(number) }
            if isPlain, let number = Double(text), text.utf8.first.map({ $0 < 58 }) == true { return .double(number) }
            return .string(text)
        case .list(let elements): return .list(elements.map(\.jinja))
        case .map(let members): return .dict(members.map { JinjaMember(key: $0.key, value: $0.value.jinja) })
        }
    }
}

extension StringProtocol {
    /// Without white space at both ends.
    var trimmingSpaces: String {
        var rest = String(self)[...]
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }
}
