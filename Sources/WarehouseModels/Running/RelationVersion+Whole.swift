import WarehouseBasics
import WarehouseSQL

extension RelationVersion {
    private static let maximumDepth = 50

    /// The state of a relation, of a view with all that it reads; nil where that is not certain: of other objects, and of
    /// views that give other rows each time.
    package static func whole(
        of name: ObjectName, _ version: (ObjectName) throws -> RelationVersion?
    ) throws -> String? { try whole(of: name, version, depth: 0) }

    private static func whole(
        of name: ObjectName, _ version: (ObjectName) throws -> RelationVersion?, depth: Int
    ) throws -> String? {
        guard depth < maximumDepth, let own = try version(name) else { return nil }
        guard let text = own.viewText else { return own.text }
        guard let query = try? Parser.parseQuery(text), let relations = QueryInputs.relations(of: query) else { return nil }
        var texts = [own.text, text]
        for relation in relations {
            guard let inner = try whole(of: relation, version, depth: depth + 1) else { return nil }
            texts.append(inner)
        }
        return texts.joined(separator: "\u{2}")
    }
}
