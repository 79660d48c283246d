import WarehouseBasics
import WarehouseSQL

/// Which rows of its inputs a query reads.
public enum InputFilter: Hashable, Sendable {
    /// All.
    case all
    /// None: queries are checked, and relations made, at no cost (`--empty`).
    case none
    /// Of relations with an `eventTime`, the rows that happened from the one time to before the other; of others all
    /// (`--sample`).
    case between(LocalDateTime, LocalDateTime)
}

extension Lowering {
    /// For each relation that a query reads, through ephemeral models too, and whose rows are filtered, a table of the
    /// statement's own.
    func filteredInputs(
        of query: WarehouseSQL.Query
    ) throws(WarehouseError) -> [(name: Identifier, reference: ObjectReference, rows: WarehouseSQL.Query)] {
        var tables: [(name: Identifier, reference: ObjectReference, rows: WarehouseSQL.Query)] = []
        for relation in read(by: query) {
            let reference = RelationReference.reference(to: relation)
            let from = [SyntaxTree.table(reference)]
            let rows: WarehouseSQL.Query
            switch inputs {
            case .all: continue
            case .none:
                rows = WarehouseSQL.Query(
                    body: .select(SelectStatement(items: [.star(StarItem())], from: from, filter: Bool.literal(false))),
                    limit: LimitClause(count: Int.literal(0)))
            case .between(let start, let end):
                guard let column = Lowering.eventTime(of: relation) else { continue }
                let time = SyntaxTree.cast(SyntaxTree.column(column), to: LocalDateTime.logicalType)
                let filter = SyntaxTree.logical(.and, [
                    SyntaxTree.binary(.greaterOrEqual, time, LocalDateTime.literal(start)),
                    SyntaxTree.binary(.less, time, LocalDateTime.literal(end)),
                ])
                rows = WarehouseSQL.Query(body: .select(SelectStatement(
                    items: [.star(StarItem())], from: from, filter: filter)))
            }
            let name = Identifier(name: "__DBT__INPUT\(tables.count + 1)__" + Identifiers.folded(relation.name))
            tables.append((name, reference, rows))
        }
        return tables
    }

    private static func eventTime<R: Relation>(of relation: R.Type) -> String? {
        R.eventTime.flatMap { R.Columns.columnName($0, naming: R.naming) }
    }

    /// The relations that are kept at the target and are read, directly or through ephemeral models.
    private func read(by query: WarehouseSQL.Query) -> [any Relation.Type] {
        var found: [any Relation.Type] = []
        var open = [query]
        var seen: [any Relation.Type] = []
        while let next = open.popLast() {
            for relation in TreeFacts.dependencies(of: next) where !seen.contains(where: { $0 == relation }) {
                seen.append(relation)
                if let model = relation as? any Model.Type, Lowering.isEphemeral(model) {
                    open.append(Variables.$context.withValue(context) { Lowering.built(model).tree })
                } else {
                    found.append(relation)
                }
            }
        }
        return found
    }
}
