import WarehouseBasics
import WarehouseSQL

/// Takes a snapshot: the first time a table of all rows, later one MERGE that closes versions and opens new ones.
///
/// The meta columns and their hashes are dbt's. It differs where dbt loses a row: a key that comes back with the stamp
/// of a closed version opens a new one, valid from the snapshot's clock and hashed with it.
struct SnapshotBuild {
    let snapshot: SnapshotContent
    let name: ObjectName
    let graph: ProjectGraph
    let target: any TargetAdapter

    func run() throws -> BuildOutcome {
        let query = try graph.lowering.lower(snapshot.query.tree)
        let reference = Lowering.reference(name)
        let columns = try target.columns(of: query)
        guard let existing = try target.relation(name), !existing.isView else {
            let first = SnapshotStatements(snapshot, reference, query, columns: columns, history: [], now: target.now())
            _ = try target.run(.createTable(CreateTableStatement(
                orReplace: true, name: reference, source: .query(first.initialRows))))
            return .success(try rowCount(reference))
        }
        let meta = HistoryNames(snapshot)
        if let missing = meta.all.first(where: { name in !existing.columns.contains { $0.name == name } }) {
            throw WarehouseError(
                .model, "The table \(name) is no snapshot of this kind: it lacks the column \(missing).",
                hint: "Drop it, or give the snapshot another name; its history would start anew.")
        }
        let old = existing.columns.filter { !meta.contains($0.name) }
        let added = columns.filter { column in !old.contains { $0.name == column.name } }
        try ColumnGrowth(from: old, to: columns, includesNumbers: true).alter(reference, at: target)
        if !added.isEmpty {
            let definitions = added.map {
                ColumnDefinition(name: Identifier(name: $0.name), type: SyntaxTree.typeName($0.type))
            }
            _ = try target.run(.alterTable(AlterTableStatement(
                name: reference, action: .addColumns(definitions, ifNotExists: false))))
        }
        let later = SnapshotStatements(
            snapshot, reference, query, columns: columns, history: (old + added).map(\.name), now: target.now(),
            added: added.map(\.name))
        return .kept(try target.run(.merge(later.merge)))
    }

    private func rowCount(_ reference: ObjectReference) throws -> Int {
        let select = SyntaxTree.select([(SyntaxTree.countStar, as: "ROWS")], from: [SyntaxTree.table(reference)])
        let rows = try target.rows(of: WarehouseSQL.Query(body: .select(select))).rows
        return rows.first?.first.flatMap { $0 }.flatMap { Int($0) } ?? 0
    }
}
