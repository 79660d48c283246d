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
    private let texts: DocumentTexts
    private let binaryFormat: String

    init(_ table: CatalogEntry, _ options: CopyOptions, _ format: StagedFormat) throws {
        texts = DocumentTexts(format)
        binaryFormat = format.attributes["\(FileFormatOptions.prefix)BINARY_FORMAT"]?.text ?? "HEX"
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
                add(try value(of: table.columns[index]), index)
            }
        }
        let stage = TableExpression(kind: .stage(StageLocation(root: .user), []))
        return (Query(body: .select(SelectStatement(items: items, from: [stage]))), columns)
    }

    /// What a document has under the column's name. BINARY_FORMAT is of the texts that stand for bytes.
    private func value(of column: TableColumn) throws -> Expression {
        let get = "\(isCaseSensitive ? "GET" : "GET_IGNORE_CASE")($1, \(DocumentTexts.literal(column.name)))"
        if case .binary = column.type {
            return try Parser.parseExpression("TO_BINARY(\(texts.text(of: get)), \(DocumentTexts.literal(binaryFormat)))")
        }
        return try Parser.parseExpression(texts.value(of: get))
    }

    private static func field(_ index: Int) -> Expression {
        Expression(.fileColumn(qualifier: [], index: index + 1))
    }
}
