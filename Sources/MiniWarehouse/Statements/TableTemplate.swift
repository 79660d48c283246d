import WarehouseBasics
import WarehouseColumns
import WarehouseEngine
import WarehouseSQL

/// CREATE TABLE … USING TEMPLATE: columns from an array of objects, as INFER_SCHEMA's rows make them.
enum TableTemplate {
    static func columns(of query: Query, in run: StatementRun) throws -> [TableColumn] {
        let result = try QueryExecution.run(query, in: run)
        guard result.rowCount == 1, result.columns.count == 1 else {
            throw invalid("The query of USING TEMPLATE must give one array; it gave \(result.rowCount) rows.", query)
        }
        var encoded: [UInt8]?
        result.forEachBatch { batch in
            if batch.rowCount == 1, batch.vectors[0].physicalType == .string,
               case .bytes(let bytes) = ScalarReading.value(batch.vectors[0], row: 0) { encoded = bytes }
        }
        guard let encoded else { throw invalid("The query of USING TEMPLATE must give an array of objects.", query) }
        let columns = try encoded.withUnsafeBufferPointer { buffer -> [TableColumn] in
            guard let base = buffer.baseAddress else { return [] }
            let array = VariantView(base, count: buffer.count)
            guard array.kind == .array else {
                throw invalid("The query of USING TEMPLATE must give an array of objects.", query)
            }
            return try (0..<array.elementCount).map { try column(array[$0], query, run) }
        }
        guard !columns.isEmpty else {
            throw WarehouseError(
                .invalidValue, "SQL compilation error:\nThe query of USING TEMPLATE gave no columns.",
                hint: "INFER_SCHEMA finds none where there are no files, or no records in them.", span: query.span)
        }
        try TableColumns.checkNames(columns.map(\.name))
        return columns
    }

    private static func column(_ object: VariantView, _ query: Query, _ run: StatementRun) throws -> TableColumn {
        guard let name = object.find("COLUMN_NAME"), name.kind == .string, let type = object.find("TYPE"),
              type.kind == .string else {
            throw invalid("Each object of USING TEMPLATE needs a COLUMN_NAME and a TYPE.", query)
        }
        var column = TableColumn(name.string.string, try run.logicalType(Parser.parseTypeName(type.string.string)))
        if let nullable = object.find("NULLABLE"), nullable.kind == .boolean { column.isNullable = nullable.boolean }
        return column
    }

    private static func invalid(_ message: String, _ query: Query) -> WarehouseError {
        WarehouseError(.invalidValue, "SQL compilation error:\n\(message)",
                       hint: "SELECT ARRAY_AGG(OBJECT_CONSTRUCT(*)) FROM TABLE(INFER_SCHEMA(…))", span: query.span)
    }
}
