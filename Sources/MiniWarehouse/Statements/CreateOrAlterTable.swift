import WarehouseBasics
import WarehousePlan
import WarehouseSQL
import WarehouseStorage

/// CREATE OR ALTER TABLE: makes a table as written, or makes the one that is there so, keeping its rows.
enum CreateOrAlterTable {
    static func run(_ statement: CreateTableStatement, in run: StatementRun) throws -> ResultSet {
        guard statement.source == .none else {
            throw StatementDispatcher.unsupported("CREATE OR ALTER TABLE … AS, LIKE, CLONE and USING TEMPLATE")
        }
        if statement.persistence != .permanent {
            throw StatementDispatcher.unsupported("CREATE OR ALTER \(statement.persistence.rawValue) TABLE")
        }
        return try run.define { open in
            let place = try CreateObject.Place(.table, run.parts(statement.name), statement.name.span, run)
            guard var table = place.existing else { return try CreateTable.run(statement, open, in: run) }
            guard table.kind == .table else { throw CreateTable.wrongKind(table, statement.name.span) }
            let old = table
            try conform(&table, statement, open.store, run)
            try ForeignKeys.follow(old, &table, open.store, run)
            table.alteredAt = run.timestamp
            try open.store.put(table)
            return .status("Table \(table.name) successfully altered.")
        }
    }

    private static func conform(_ table: inout CatalogEntry, _ statement: CreateTableStatement,
                                _ transaction: WriteTransaction, _ run: StatementRun) throws {
        let wanted = statement.columns.map(\.name.name)
        try TableColumns.checkNames(wanted)
        let old = table.columns
        let kept = old.map(\.name).filter(wanted.contains)
        guard wanted.starts(with: kept) else {
            throw StatementDispatcher.unsupported("CREATE OR ALTER TABLE with columns in another order: new ones come last")
        }
        for definition in statement.columns.prefix(kept.count) {
            guard let index = table.columns.firstIndex(where: { $0.name == definition.name.name }) else { continue }
            var column = table.columns[index]
            try conform(&column, of: table, to: definition, run)
            table.columns[index] = column
        }
        let reader = PropertyReader(properties: statement.properties, run: run)
        try ObjectProperties.check(reader, of: .table)
        try Collation.check(reader)
        table.comment = try reader.text("COMMENT") ?? ""
        table.attributes[Retention.attribute] = nil
        try Retention.apply(reader, to: &table)
        // NULLs are looked for while the columns still stand where the rows have them.
        var primary = statement.constraints.filter { $0.kind == .primaryKey }.flatMap { $0.columns.map(\.name) }
        primary += statement.columns.filter { $0.constraints.contains { $0.kind == .primaryKey } }.map(\.name.name)
        for (index, column) in old.enumerated() where column.isNullable && kept.contains(column.name) {
            guard !table.columns[index].isNullable || primary.contains(column.name) else { continue }
            try AlterTable.checkNoNulls(index, of: table, run)
        }
        for definition in statement.columns.dropFirst(kept.count) {
            try AlterTable.add(definition, ifNotExists: false, to: &table, transaction, run)
        }
        for column in old where !wanted.contains(column.name) {
            let name = Identifier(name: column.name, isQuoted: true)
            try AlterTable.drop(name, ifExists: false, from: &table, transaction)
        }
        DeclaredKey.set([], of: &table)
        try TableColumns.applyKeys(statement, to: &table, run)
        try transaction.setRetention(table.id, seconds: try run.catalog().retentionSeconds(of: table))
    }

    private static func conform(_ column: inout TableColumn, of table: CatalogEntry, to definition: ColumnDefinition,
                                _ run: StatementRun) throws {
        let wanted = try TableColumns.column(definition, of: table, beside: [], run)
        guard TypeWidening.allows(column.type, wanted.type) else {
            throw AlterTable.wrongType(column, wanted.type)
        }
        guard wanted.identity == column.identity else {
            throw StatementDispatcher.unsupported("CREATE OR ALTER TABLE with another AUTOINCREMENT of column "
                + column.name)
        }
        if let text = wanted.defaultText, text != column.defaultText {
            throw StatementDispatcher.unsupported("CREATE OR ALTER TABLE with another DEFAULT of column \(column.name)")
        }
        column.type = wanted.type
        column.isNullable = wanted.isNullable
        column.comment = wanted.comment
        column.defaultText = wanted.defaultText
    }
}
