import WarehouseBasics
import WarehouseSQL

/// Turns built queries into statements for a target: relations get their names there, ephemeral models become CTEs,
/// aliases become short.
struct Lowering: Sendable {
    let target: Target
    /// References that stand for common tables of the statement rather than for relations of the target.
    var substitutes: [ObjectReference: Identifier] = [:]
    /// Where relations are read that are not built at the target.
    var deferred: [ObjectReference: ObjectName] = [:]
    /// Which rows of its inputs a query reads.
    var inputs = InputFilter.all
    /// Whether ephemeral models stand in the statements that read them, or are only named there.
    var inlinesEphemeral = true
    /// What `Variables` gives to queries that are made anew.
    var context = ProjectContext()

    /// The name a relation goes by at the target.
    func objectName<R: Relation>(of relation: R.Type) throws(WarehouseError) -> ObjectName {
        if let source = relation as? any Source.Type { return try objectName(written: source.table) }
        return ObjectName(
            database: ColumnNaming.stored(target.database), schema: ColumnNaming.stored(schema(of: relation)),
            name: Identifiers.folded(R.name))
    }

    /// The schema as it is configured, for people.
    func schema(of relation: any Resource.Type) -> String {
        (relation as? any BuiltRelation.Type)?.schema ?? target.schema
    }

    private func objectName(written: String) throws(WarehouseError) -> ObjectName {
        let parts = try Parser.parseObjectName(written).map(\.name)
        let defaults = [ColumnNaming.stored(target.database), ColumnNaming.stored(target.schema)]
        guard parts.count <= 3, let name = parts.last else {
            throw WarehouseError(
                .model, "\(written) is no name of a table: it has \(parts.count) parts, at most 3 fit.")
        }
        let full = defaults.prefix(3 - parts.count) + parts
        return ObjectName(database: full[0], schema: full[1], name: name)
    }

    /// What stands in FROM for a relation.
    func reference(to relation: any Relation.Type) throws(WarehouseError) -> ObjectReference {
        if Lowering.isEphemeral(relation) { return ObjectReference([Lowering.cteName(relation)]) }
        return Lowering.reference(try objectName(of: relation))
    }

    static func reference(_ name: ObjectName) -> ObjectReference {
        ObjectReference([name.database, name.schema, name.name].map { Identifier(name: $0) })
    }

    static func isEphemeral(_ relation: any Resource.Type) -> Bool {
        guard let model = relation as? any Model.Type else { return false }
        return materializationName(model) == "ephemeral"
    }

    static func materializationName<M: Model>(_ model: M.Type) -> String { M.materialized.name }

    private static func cteName(_ relation: any Relation.Type) -> Identifier {
        Identifier(name: "__DBT__CTE__" + Identifiers.folded(relation.name))
    }

    /// The statement's tree for the target.
    func lower(_ query: WarehouseSQL.Query) throws(WarehouseError) -> WarehouseSQL.Query {
        if inputs != .all { return try lower(query, with: filteredInputs(of: query)) }
        var tables: [CommonTableExpression] = []
        var seen: [any Relation.Type] = []
        try collect(query, into: &tables, seen: &seen)
        var lowered = try resolved(query)
        guard !tables.isEmpty else { return lowered }
        lowered.with = WithClause(
            isRecursive: lowered.with?.isRecursive ?? false, tables: tables + (lowered.with?.tables ?? []))
        return lowered
    }

    /// The ephemeral models that a query reads, after those that they read.
    private func collect(
        _ query: WarehouseSQL.Query, into tables: inout [CommonTableExpression], seen: inout [any Relation.Type]
    ) throws(WarehouseError) {
        for relation in TreeFacts.dependencies(of: query) where !seen.contains(where: { $0 == relation }) {
            guard inlinesEphemeral, let model = relation as? any Model.Type, Lowering.isEphemeral(model),
                  substitutes[RelationReference.reference(to: relation)] == nil else { continue }
            seen.append(relation)
            let inner = Variables.$context.withValue(context) { Lowering.built(model).tree }
            try collect(inner, into: &tables, seen: &seen)
            tables.append(CommonTableExpression(name: Lowering.cteName(model), query: try resolved(inner)))
        }
    }

    /// The query of a test, of which only the rows that its expectation asks for are tested. Of no rows these are none.
    func lower(filtered test: TestContent) throws(WarehouseError) -> WarehouseSQL.Query {
        guard inputs != .none, let reference = test.filteredRelation, let filter = test.expectation.filter else {
            return try lower(test.query)
        }
        let name = Identifier(name: "DBT_SUBQUERY")
        let rows = WarehouseSQL.Query(body: .select(SelectStatement(
            items: [.star(StarItem())], from: [SyntaxTree.table(reference)],
            filter: try Parser.parseExpression(filter))))
        return try lower(test.query, with: [(name, reference, rows)])
    }

    /// The statement's tree with common tables in place of some references.
    func lower(
        _ query: WarehouseSQL.Query, with tables: [(name: Identifier, reference: ObjectReference, rows: WarehouseSQL.Query)]
    ) throws(WarehouseError) -> WarehouseSQL.Query {
        var plain = self
        plain.inputs = .all
        var inner = plain
        for table in tables { inner.substitutes[table.reference] = table.name }
        var result = try inner.lower(query)
        var all: [CommonTableExpression] = []
        for table in tables {
            let lowered = try plain.lower(table.rows)
            all += lowered.with?.tables ?? []
            var own = lowered
            own.with = nil
            all.append(CommonTableExpression(name: table.name, query: own))
        }
        for table in result.with?.tables ?? [] where !all.contains(where: { $0.name == table.name }) { all.append(table) }
        result.with = all.isEmpty ? nil : WithClause(isRecursive: result.with?.isRecursive ?? false, tables: all)
        return result
    }

    static func built<M: Model>(_ model: M.Type, isIncremental: Bool = false) -> BuiltQuery {
        var query = Query(Query.Context(isIncremental: isIncremental))
        let row = M.query(&query)
        return query.built(row, naming: M.naming)
    }

    /// Names in place of references, and short aliases.
    private func resolved(_ query: WarehouseSQL.Query) throws(WarehouseError) -> WarehouseSQL.Query {
        let aliases = AliasNames()
        let faults = Collected<WarehouseError>()
        var rewriter = TreeRewriter(
            column: { parts in
                guard let alias = TreeFacts.relationAlias(parts) else { return parts }
                return [Identifier(name: aliases.short(alias)), parts[1]]
            },
            relation: { reference in
                if let name = substitutes[reference] { return ObjectReference([name]) }
                if let name = deferred[reference] { return Lowering.reference(name) }
                guard let (type, _) = RelationReference.relation(reference) else { return reference }
                do throws(WarehouseError) {
                    return try self.reference(to: type)
                } catch {
                    faults.elements.append(error)
                    return reference
                }
            },
            alias: { alias in
                RelationAlias.name(alias.name) == nil ? alias : Identifier(name: aliases.short(alias.name))
            })
        let result = rewriter.rewrite(query)
        if let fault = faults.elements.first { throw fault }
        return result
    }
}

/// The short aliases of one statement: the relation's name, with a number from the second of that name on.
private final class AliasNames {
    private var names: [String: String] = [:]
    private var used: [String: Int] = [:]

    func short(_ alias: String) -> String {
        if let name = names[alias] { return name }
        let base = RelationAlias.name(alias) ?? alias
        let count = used[base, default: 0] + 1
        used[base] = count
        let name = count == 1 ? base : "\(base)_\(count)"
        names[alias] = name
        return name
    }
}
