import WarehouseBasics
import WarehouseSQL

/// An enforced contract: a model's query must give the types that its row says.
struct Contract {
    let columns: [NodeColumn]

    /// Throws what differs, as a table such as dbt's.
    func check(_ given: [ColumnSchema]) throws(WarehouseError) {
        var lines: [[String]] = []
        for column in columns {
            guard let actual = given.first(where: { $0.name == column.name }) else {
                lines.append([column.name, "", column.type.description, "missing in definition"])
                continue
            }
            if !Contract.fits(actual.type, column.type) {
                lines.append([column.name, actual.type.description, column.type.description, "data type mismatch"])
            }
        }
        guard !lines.isEmpty else { return }
        let table = [["column_name", "definition_type", "contract_type", "mismatch_reason"]] + lines
        let widths = table[0].indices.map { column in table.map { $0[column].count }.max() ?? 0 }
        var texts = table.map { row in
            "| " + zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: " | ") + " |"
        }
        texts.insert("| " + widths.map { String(repeating: "-", count: $0) }.joined(separator: " | ") + " |", at: 1)
        throw WarehouseError(
            .model, "This model has an enforced contract that failed.\nPlease ensure the name, data_type, and number of "
                + "columns in your contract match the columns in your model's definition.\n\n"
                + texts.joined(separator: "\n"))
    }

    /// A row's decimal names no scale, so any fits.
    private static func fits(_ type: LogicalType, _ declared: LogicalType) -> Bool {
        if case .number = type, declared == Decimal128.logicalType { return true }
        return SchemaChange.fits(type, into: declared)
    }

    /// The columns of a table that keeps what the row says of NULL.
    var definitions: [ColumnDefinition] {
        columns.map { ColumnDefinition(name: Identifier(name: $0.name), isNotNull: !$0.isNullable) }
    }
}
