import Synchronization
import WarehouseBasics
import WarehouseSQL

/// How a relation stands in a query's tree until the target says where it lies: `#REF.<type>`; `#THIS.<type>` is an
/// incremental model reading itself as it stands, which is no dependency.
enum RelationReference {
    private static let dependency = "#REF"
    private static let itself = "#THIS"
    /// The types by the names that stand in trees.
    private static let types = Lock<[String: any Relation.Type]>([:])

    static func reference<R: Relation>(to relation: R.Type) -> ObjectReference { make(dependency, relation) }
    static func this<R: Relation>(_ relation: R.Type) -> ObjectReference { make(itself, relation) }

    private static func make<R: Relation>(_ word: String, _ relation: R.Type) -> ObjectReference {
        let key = String(reflecting: relation)
        types.withLock { $0[key] = relation }
        return ObjectReference([Identifier(name: word), Identifier(name: key)])
    }

    /// The relation a table's name in a tree stands for; nil when it is a plain name.
    static func relation(_ reference: ObjectReference) -> (type: any Relation.Type, isThis: Bool)? {
        guard let parts = reference.parts, parts.count == 2, [dependency, itself].contains(parts[0].name),
              let type = types.withLock({ $0[parts[1].name] }) else { return nil }
        return (type, parts[0].name == itself)
    }
}

/// Aliases of relations in trees under construction: `NAME#17`, unique in the process, so that an expression of
/// another query is found out and never read as a column of this one.
enum RelationAlias {
    private static let next = Atomic<Int>(0)

    static func make(_ name: String) -> String {
        "\(name)#\(next.wrappingAdd(1, ordering: .relaxed).newValue)"
    }

    /// The part before `#`; nil when it is none of ours, as in raw SQL.
    static func name(_ alias: String) -> String? {
        guard let mark = alias.lastIndex(of: "#") else { return nil }
        return String(alias[..<mark])
    }
}
