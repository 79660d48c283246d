import WarehouseBasics
import WarehouseIngest
import WarehouseSQL

/// MATCH_BY_COLUMN_NAME: which field of a file fills which column of the table.
struct ColumnMatch {
    let table: CatalogEntry
    let isCaseSensitive: Bool
    /// INCLUDE_METADATA by the table's columns.
    private let metadata: [Int: StagedColumns.Metadata]
    /// Of JSON formats.
    private let trimsSpace: Bool
    private let nullIf: [String]

    init(_ table: CatalogEntry, _ options: CopyOptions, _ format: StagedFormat) throws {
        trimsSpace = format.attributes["\(FileFormatOptions.prefix)TRIM_SPACE"]?.flag ?? false
        nullIf = format.attributes["\(FileFormatOptions.prefix)NULL_IF"]?.list ?? []
        self.table = table
        isCaseSensitive = options.matching == .caseSensitive
        var metadata: [Int: StagedColumns.Metadata] = [:]
        for (column, source) in options.metadata {
            guard let kind = StagedColumns.Metadata(rawValue: source) else {
                throw WarehouseError(
                    .invalidValue, "SQL compilation error:\ninvalid value '\(source)' for INCLUDE_METADATA",
                    hint: "One of \(StagedColumns.Metadata.allCases.map(\.rawValue).joined(separator: ", ")).")
            }
            metadata[try AlterTable.columnIndex(column.name, table, column.span)] = kind
        }
        self.metadata = metadata
    }

    var needsQuery: Bool { !metadata.isEmpty }

    /// For each column of the table the field of that name; nil: none, its value is NULL.
    func fields(_ header: [String], fileName: String) throws -> [Int?] {
        var fields: [String: Int] = [:]
        for (index, name) in header.enumerated() {
            guard fields.updateValue(index, forKey: key(name)) == nil else {
                throw WarehouseError(
                    .invalidValue, "Error with CSV header: duplicated column names \"\(name)\" is not allowed in the "
                        + "header\n  File '\(fileName)'")
            }
        }
        return table.columns.map { fields[key($0.name)] }
    }

    private func key(_ name: String) -> String { isCaseSensitive ? name : name.uppercased() }

    /// The transformation that stands for matching: of a document's keys, or of the fields that the header names.
    func query(header fields: [Int?]?) throws -> (query: Query, columns: [Identifier]) {
        var items: [SelectItem] = [], columns: [Identifier] = []
        func add(_ expression: Expression, _ index: Int) {
            items.append(.expression(SelectExpression(expression: expression)))
            columns.append(Identifier(name: table.columns[index].name, isQuoted: true))
        }
        for index in table.columns.indices {
            if let source = metadata[index] {
                add(Expression(.column([Identifier(name: source.rawValue)])), index)
            } else if let fields {
                add(fields[index].map(ColumnMatch.field) ?? Expression(.literal(.null)), index)
            } else {
                add(try value(ofKey: table.columns[index].name), index)
            }
        }
        let stage = TableExpression(kind: .stage(StageLocation(root: .user), []))
        return (Query(body: .select(SelectStatement(items: items, from: [stage]))), columns)
    }

    /// What a document has under a key. TRIM_SPACE and NULL_IF are of its texts.
    private func value(ofKey name: String) throws -> Expression {
        func literal(_ text: String) -> String { SQLPrinter(dialect: .warehouse).print(Expression(.literal(.string(text)))) }
        let get = "\(isCaseSensitive ? "GET" : "GET_IGNORE_CASE")($1, \(literal(name)))"
        guard trimsSpace || !nullIf.isEmpty else { return try Parser.parseExpression(get) }
        let text = trimsSpace ? "TRIM(\(get)::VARCHAR)" : "\(get)::VARCHAR"
        let list = nullIf.map(literal).joined(separator: ", ")
        let isNull = list.isEmpty ? "FALSE" : "\(text) IN (\(list))"
        return try Parser.parseExpression("IFF(IS_VARCHAR(\(get)), IFF(\(isNull), NULL, TO_VARIANT(\(text))), \(get))")
    }

    private static func field(_ index: Int) -> Expression {
        Expression(.fileColumn(qualifier: [], index: index + 1))
    }
}
