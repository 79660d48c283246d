import WarehouseBasics
import WarehousePlan
import WarehouseSQL
import WarehouseStorage

/// Makes ARRAY columns whose elements are kept as one scalar type (SPLIT's, in a table made by CREATE TABLE … AS) hold
/// arrays of anything, by writing the table anew. It happens once, when the first other array arrives: casting that
/// array's elements instead would turn 1 into '1'.
enum ArrayWidening {
    static func isNeeded(_ table: CatalogEntry) -> Bool {
        table.columns.contains { if case .array(.some) = $0.type { true } else { false } }
    }

    /// Gives the table's entry as it is then. The addresses of its rows change.
    static func widen(_ table: CatalogEntry, _ transaction: WriteTransaction,
                      _ run: StatementRun) throws -> CatalogEntry {
        guard isNeeded(table) else { return table }
        let name = try run.catalog().fullName(table)
        let parts = [name.database, name.schema, name.name]
        let reference = ObjectReference(parts.map { Identifier(name: $0, isQuoted: true) })
        let columns = table.columns.map { column in
            SelectItem.expression(SelectExpression(
                expression: Expression(.column([Identifier(name: column.name, isQuoted: true)]))))
        }
        let all = SelectStatement(items: columns, from: [TableExpression(kind: .table(reference, nil))])
        // Who may insert need not be able to read.
        let rows = try QueryExecution.bind(Query(body: .select(all)), catalog: run.unrestrictedCatalog(), in: run)
        var wide = table
        for (index, column) in table.columns.enumerated() {
            if case .array = column.type { wide.columns[index].type = .array(element: nil) }
        }
        let plan = try DMLBinding.assign(rows, to: wide.columns.map(\.schema))
        try transaction.dropTable(table.id)
        try transaction.createTable(table.id, columns: wide.storedColumns,
                                    retentionSeconds: try run.catalog().retentionSeconds(of: wide))
        _ = try RowAppender.append(plan, to: &wide, transaction, run)
        try transaction.put(wide)
        return wide
    }
}
