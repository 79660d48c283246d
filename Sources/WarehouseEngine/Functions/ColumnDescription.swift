import WarehouseBasics
import WarehouseColumns

/// GENERATE_COLUMN_DESCRIPTION: the columns of CREATE TABLE, EXTERNAL TABLE or VIEW from INFER_SCHEMA's rows.
enum ColumnDescription {
    static func append(_ columns: VariantView, kind: String, to text: ByteBuffer) throws(WarehouseError) {
        let kind = kind.lowercased()
        guard ["table", "external_table", "view"].contains(kind) else {
            throw WarehouseError(.invalidValue, "Invalid value '\(kind)' for function 'GENERATE_COLUMN_DESCRIPTION'",
                                 hint: "table, external_table or view.")
        }
        for index in 0..<columns.elementCount {
            let column = columns[index]
            guard let name = column.find("COLUMN_NAME"), name.kind == .string else {
                throw WarehouseError(.invalidValue, "GENERATE_COLUMN_DESCRIPTION needs objects with COLUMN_NAME and TYPE.")
            }
            if index > 0 { text.append(text: kind == "view" ? " ,\n" : ",\n") }
            text.append(text: "\"" + name.string.string.split(separator: "\"", omittingEmptySubsequences: false)
                .joined(separator: "\"\"") + "\"")
            if kind == "view" { continue }
            guard let type = column.find("TYPE"), type.kind == .string else {
                throw WarehouseError(.invalidValue, "GENERATE_COLUMN_DESCRIPTION needs objects with COLUMN_NAME and TYPE.")
            }
            text.append(text: " " + type.string.string)
            if let nullable = column.find("NULLABLE"), nullable.kind == .boolean, !nullable.boolean {
                text.append(text: " NOT NULL")
            }
            if kind == "external_table" {
                let expression = column.find("EXPRESSION").flatMap { $0.kind == .string ? $0.string.string : nil }
                text.append(text: " AS (\(expression ?? "null"))")
            }
        }
    }
}
