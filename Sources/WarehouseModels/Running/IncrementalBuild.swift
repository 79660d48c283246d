import WarehouseBasics
import WarehouseSQL

/// Adds what an incremental model's query gives to the table that is there.
struct IncrementalBuild {
    let name: ObjectName
    let strategy: ModelKind.Strategy
    let onSchemaChange: OnSchemaChange
    let existing: TargetRelation
    let query: WarehouseSQL.Query
    let target: any TargetAdapter
    /// What rows of the table must meet to be replaced.
    var predicate: Expression?
    /// Of a microbatch model: the time whose rows are replaced.
    var batch: TimeRange?

    private var reference: ObjectReference { Lowering.reference(name) }

    func run() throws -> BuildOutcome {
        let columns = try reconciled()
        let rows: Int
        switch strategy {
        case .append: rows = try insert(columns)
        case .insertOverwrite: rows = try insert(columns, isOverwrite: true)
        case .merge(let keys, let updating): rows = try merge(columns, on: keys, updating: updating ?? columns)
        case .deleteInsert(let keys):
            let (source, destination) = (IncrementalBuild.sourceAlias, IncrementalBuild.targetAlias)
            rows = try replace(columns, where: matching(keys, source, destination), isJoined: true)
        case .microbatch(let microbatch):
            let time = SyntaxTree.column(IncrementalBuild.targetAlias, microbatch.column)
            let condition = batch.map { Lowering.condition(time, microbatch.type, within: $0) }
            rows = try replace(columns, where: condition ?? Bool.literal(false), isJoined: false)
        }
        return .kept(rows)
    }

    /// Makes the table fit the query as the model wants it; gives the columns to fill.
    private func reconciled() throws -> [String] {
        let offered = try target.columns(of: query)
        try ColumnGrowth(from: existing.columns, to: offered, includesNumbers: onSchemaChange == .syncAllColumns)
            .alter(reference, at: target)
        let change = SchemaChange(from: existing.columns, to: offered)
        switch onSchemaChange {
        case .ignore:
            if !change.removed.isEmpty { throw WarehouseError(.model, change.message(name)) }
            return existing.columns.map(\.name)
        case .fail:
            if !change.isEmpty { throw WarehouseError(.model, change.message(name)) }
        case .appendNewColumns: try add(change.added)
        case .syncAllColumns:
            try add(change.added)
            if !change.removed.isEmpty {
                try alter(.dropColumns(change.removed.map { Identifier(name: $0.name) }, ifExists: true))
            }
            for (column, _) in change.retyped {
                try alter(.alterColumns([ColumnChange(
                    column: Identifier(name: column.name), action: .setType(SyntaxTree.typeName(column.type)))]))
            }
        }
        return offered.map(\.name)
    }

    private func add(_ columns: [ColumnSchema]) throws {
        guard !columns.isEmpty else { return }
        try alter(.addColumns(columns.map {
            ColumnDefinition(name: Identifier(name: $0.name), type: SyntaxTree.typeName($0.type))
        }, ifNotExists: false))
    }

    private func alter(_ action: AlterTableAction) throws {
        _ = try target.run(.alterTable(AlterTableStatement(name: reference, action: action)))
    }

    /// `SELECT columns FROM source`.
    private func select(_ columns: [String], from source: TableExpression) -> WarehouseSQL.Query {
        WarehouseSQL.Query(body: .select(SelectStatement(
            items: columns.map { .expression(SelectExpression(expression: SyntaxTree.column($0))) }, from: [source])))
    }

    private func insert(_ columns: [String], isOverwrite: Bool = false) throws -> Int {
        let source = select(columns, from: SyntaxTree.subquery(query, as: "DBT_INTERNAL_SOURCE"))
        return try target.run(.insert(InsertStatement(
            isOverwrite: isOverwrite, table: reference, columns: columns.map { Identifier(name: $0) }, source: source)))
    }

    private static let sourceAlias = "DBT_INTERNAL_SOURCE"
    static let targetAlias = "DBT_INTERNAL_DEST"

    /// The condition, and the model's own on rows that are there.
    private func limited(_ condition: Expression) -> Expression {
        guard let predicate else { return condition }
        return SyntaxTree.logical(.and, [condition, predicate]) ?? condition
    }

    /// Equality of all keys; a NULL matches nothing.
    private func matching(_ keys: [String], _ left: String, _ right: String) -> Expression {
        let pairs = keys.map {
            SyntaxTree.binary(.equal, SyntaxTree.column(left, $0), SyntaxTree.column(right, $0))
        }
        return SyntaxTree.logical(.and, pairs) ?? Bool.literal(false)
    }

    private func merge(_ columns: [String], on keys: [String], updating: [String]) throws -> Int {
        let (source, destination) = (IncrementalBuild.sourceAlias, IncrementalBuild.targetAlias)
        let assignments = columns.map {
            Assignment(column: [Identifier(name: $0)], value: SyntaxTree.column(source, $0))
        }
        return try target.run(.merge(MergeStatement(
            table: reference, alias: Identifier(name: destination), source: SyntaxTree.subquery(query, as: source),
            condition: limited(matching(keys, source, destination)),
            clauses: [
                MergeClause(isMatched: true, action: .update(
                    zip(columns, assignments).filter { updating.contains($0.0) }.map(\.1))),
                MergeClause(isMatched: false, action: .insert(
                    columns: columns.map { Identifier(name: $0) }, values: assignments.map(\.value))),
            ])))
    }

    /// The new rows are put aside first: they may be computed from the table that is about to lose some.
    private func replace(_ columns: [String], where condition: Expression, isJoined: Bool) throws -> Int {
        var aside = name
        aside.name += "__DBT_TMP"
        let asideReference = Lowering.reference(aside)
        _ = try target.run(.createTable(CreateTableStatement(
            orReplace: true, persistence: .temporary, name: asideReference, source: .query(query))))
        defer { _ = try? target.run(.drop(DropStatement(kind: .table, ifExists: true, name: asideReference))) }
        let (source, destination) = (IncrementalBuild.sourceAlias, IncrementalBuild.targetAlias)
        return try target.transaction {
            _ = try target.run(.delete(DeleteStatement(
                table: reference, alias: Identifier(name: destination),
                using: isJoined ? [SyntaxTree.table(asideReference, as: source)] : [], filter: limited(condition))))
            return try target.run(.insert(InsertStatement(
                table: reference, columns: columns.map { Identifier(name: $0) },
                source: select(columns, from: SyntaxTree.table(asideReference)))))
        }
    }
}
