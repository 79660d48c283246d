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

    /// Of these rows only those within a span of time.
    func limited(to range: TimeRange) -> InputFilter {
        switch self {
        case .all: .between(range.start, range.end)
        case .none: .none
        case .between(let start, let end): .between(max(start, range.start), min(end, range.end))
        }
    }
}

extension Lowering {
    /// For each relation that a query reads, through ephemeral models too, and whose rows are filtered, a table of the
    /// statement's own.
    func filteredInputs(
        of query: WarehouseSQL.Query
    ) throws(WarehouseError) -> [(name: Identifier, reference: ObjectReference, rows: WarehouseSQL.Query)] {
        var tables: [(name: Identifier, reference: ObjectReference, rows: WarehouseSQL.Query)] = []
        for relation in relations(readBy: query) {
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
                guard let time = Lowering.eventTime(of: relation) else { continue }
                let filter = Lowering.condition(
                    SyntaxTree.column(time.name), time.type, within: TimeRange(start: start, end: end))
                rows = WarehouseSQL.Query(body: .select(SelectStatement(
                    items: [.star(StarItem())], from: from, filter: filter)))
            }
            let name = Identifier(name: "__DBT__INPUT\(tables.count + 1)__" + Identifiers.folded(relation.name))
            tables.append((name, reference, rows))
        }
        return tables
    }

    /// The column that says when a relation's rows happened.
    static func eventTime<R: Relation>(of relation: R.Type) -> (name: String, type: LogicalType)? {
        guard let name = R.eventTime.flatMap({ R.Columns.columnName($0, naming: R.naming) }),
              let column = R.Columns.layout(R.naming).columns.first(where: { $0.name == name }) else { return nil }
        return (name, column.type)
    }

    /// That a time lies within a span of UTC. A time without a zone is taken as one of UTC.
    static func condition(_ time: Expression, _ type: LogicalType, within range: TimeRange) -> Expression {
        var time = time
        let bounds: [Expression]
        switch type {
        case .timestampLTZ, .timestampTZ:
            bounds = [range.start, range.end].map { Instant.literal(Instant(nanoseconds: $0.nanoseconds)) }
        case .timestampNTZ: bounds = [range.start, range.end].map(LocalDateTime.literal)
        default:
            time = SyntaxTree.cast(time, to: LocalDateTime.logicalType)
            bounds = [range.start, range.end].map(LocalDateTime.literal)
        }
        let parts = [
            SyntaxTree.binary(.greaterOrEqual, time, bounds[0]), SyntaxTree.binary(.less, time, bounds[1]),
        ]
        return SyntaxTree.logical(.and, parts) ?? parts[0]
    }

    /// The relations that are kept at the target and are read, directly or through ephemeral models.
    func relations(readBy query: WarehouseSQL.Query) -> [any Relation.Type] {
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
