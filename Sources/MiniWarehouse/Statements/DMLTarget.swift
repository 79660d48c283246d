import WarehouseBasics
import WarehouseSQL

/// The table that DML changes, and the hidden column by which it names rows.
enum DMLTarget {
    /// A stored table's hidden last column: the address of the row, for UPDATE, DELETE and MERGE.
    static let rowIDName = "METADATA$ROW_POSITION"

    static func table(_ reference: ObjectReference, _ run: StatementRun) throws -> CatalogEntry {
        let table = try ObjectFinder.require(.table, reference, run)
        try check(table, reference.span)
        return table
    }

    static func check(_ table: CatalogEntry, _ span: SourceSpan) throws {
        guard table.kind == .table else {
            throw WarehouseError(.unsupported, "SQL compilation error:\nObject '\(table.name)' is a view: only tables "
                + "can be changed.", span: span)
        }
    }

    static func defaultExpression(_ column: TableColumn) throws -> Expression {
        try column.defaultText.map { try Parser.parseExpression($0) } ?? Expression(.literal(.null))
    }

    /// The target in FROM, under the name by which the statement speaks of it.
    static func source(_ reference: ObjectReference, alias: Identifier?) -> TableExpression {
        TableExpression(kind: .table(reference, nil), alias: alias.map { TableAlias(name: $0) }, span: reference.span)
    }

    /// How the statement's expressions qualify the target's columns.
    static func qualifier(_ reference: ObjectReference, alias: Identifier?, _ run: StatementRun) throws -> [Identifier] {
        if let alias { return [alias] }
        return try run.parts(reference).map { Identifier(name: $0, isQuoted: true) }
    }

    static func column(_ name: String, _ qualifier: [Identifier]) -> Expression {
        Expression(.column(qualifier + [Identifier(name: name, isQuoted: true)]))
    }

    /// Values of SET by the table's columns. A column named twice is an error.
    static func assignments(_ list: [Assignment], _ table: CatalogEntry) throws -> [Int: Expression] {
        var values: [Int: Expression] = [:]
        for assignment in list {
            guard let name = assignment.column.last else { continue }
            let index = try AlterTable.columnIndex(name.name, table, name.span)
            guard values[index] == nil else {
                throw WarehouseError(.invalidValue, "SQL compilation error:\nduplicate column name '\(name.name)' in SET",
                                     span: name.span)
            }
            if case .defaultValue = assignment.value.kind {
                values[index] = try defaultExpression(table.columns[index])
            } else {
                values[index] = assignment.value
            }
        }
        return values
    }
}
