import WarehouseBasics

extension Parser {
    /// The kind of object named here, and how many words name it; the longest that fits.
    func objectKindAhead(plural: Bool = false) -> (kind: ObjectKind, length: Int)? {
        let kinds = plural ? Self.pluralKinds : Self.singularKinds
        for length in [3, 2, 1] {
            var words: [String] = []
            for offset in 0..<length where peek(offset).kind == .word { words.append(peek(offset).text) }
            if words.count == length, let kind = kinds[words.joined(separator: " ")] { return (kind, length) }
        }
        return nil
    }

    private static let singularKinds = Dictionary(uniqueKeysWithValues: ObjectKind.allCases.map { ($0.rawValue, $0) })
    private static let pluralKinds = Dictionary(uniqueKeysWithValues: ObjectKind.allCases.map { ($0.plural, $0) })

    /// A kind, then past it.
    mutating func parseObjectKind(plural: Bool = false) throws(WarehouseError) -> ObjectKind {
        guard let (kind, length) = objectKindAhead(plural: plural) else {
            throw unexpected(hint: "A kind of object was expected, such as \(plural ? "TABLES" : "TABLE").")
        }
        advance(length)
        return kind
    }
}
