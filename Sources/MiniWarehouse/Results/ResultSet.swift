import WarehouseBasics
import WarehouseColumns
import WarehouseEngine
import WarehouseIngest

/// A column of a result: its name as shown, and its type.
public struct ResultColumn: Sendable, Hashable {
    public let name: String
    public let type: LogicalType

    public init(_ name: String, _ type: LogicalType) {
        self.name = name
        self.type = type
    }
}

/// What a statement gives: columns and rows, in memory, unchanging. DDL and DML answer with Snowflake's own rows.
public struct ResultSet: Sendable {
    public let columns: [ResultColumn]
    public let rowCount: Int
    /// The id under which RESULT_SCAN finds it.
    public private(set) var queryID = ""
    /// Whether it is the answer to a query, and not DDL's or DML's report.
    public private(set) var isQuery = true
    /// How the session shows dates, times and binaries.
    public private(set) var formats = TextFormats(timeZone: .utc)
    let rows: FrozenRows

    init(columns: [ResultColumn], rows: FrozenRows) {
        self.columns = columns
        self.rows = rows
        rowCount = rows.rowCount
    }

    static let empty = ResultSet(columns: [], rows: FrozenRows(chunks: [], rowCount: 0))

    func with(queryID: String, formats: TextFormats) -> ResultSet {
        var copy = self
        copy.queryID = queryID
        copy.formats = formats
        return copy
    }

    func asReport() -> ResultSet {
        var copy = self
        copy.isQuery = false
        return copy
    }

    /// One column `status` with one row: how DDL answers.
    static func status(_ text: String) -> ResultSet {
        ResultSet.table([ResultColumn("status", .text)], [[.text(text)]]).asReport()
    }

    /// Counts, as DML answers.
    static func counts(_ counts: (name: String, count: Int)...) -> ResultSet {
        ResultSet.table(counts.map { ResultColumn($0.name, .integer) }, [counts.map { .count($0.count) }]).asReport()
    }

    /// A small result from literal rows.
    static func table(_ columns: [ResultColumn], _ rows: [[ScalarValue]]) -> ResultSet {
        let buffers = columns.map { ColumnBuffer($0.type.hasVariableWidth ? .int64 : $0.type.widestPhysicalType) }
        for row in rows {
            for (buffer, value) in zip(buffers, row) { buffer.append(value) }
        }
        return ResultSet(columns: columns,
                         rows: FrozenRows(chunks: rows.isEmpty ? [] : [buffers], rowCount: rows.count))
    }
}

/// Column buffers that nobody changes any more, and so may cross threads.
struct FrozenRows: @unchecked Sendable {
    /// Row ranges in order, each with one buffer a column.
    let chunks: [[ColumnBuffer]]
    let rowCount: Int
}

extension ResultSet {
    /// Only these of its columns, in this order and under new names; those it does not have are left out.
    public func selecting(_ wanted: [(column: String, name: String)]) -> ResultSet {
        let found = wanted.compactMap { item in
            columns.firstIndex { $0.name == item.column }.map { (index: $0, name: item.name) }
        }
        let chunks = rows.chunks.map { chunk in found.map { chunk[$0.index] } }
        var copy = ResultSet(columns: found.map { ResultColumn($0.name, columns[$0.index].type) },
                             rows: FrozenRows(chunks: chunks, rowCount: found.isEmpty ? 0 : rowCount))
            .with(queryID: queryID, formats: formats)
        copy.isQuery = isQuery
        return copy
    }

    /// Hands every batch of rows to `body`, at most `Vector.standardCapacity` a time.
    public func forEachBatch(_ body: (Batch) throws -> Void) rethrows {
        let batch = Batch()
        for chunk in rows.chunks {
            guard let count = chunk.first?.count else { continue }
            let vectors = chunk.map { Vector($0.physicalType, capacity: 1) }
            batch.vectors = vectors
            var start = 0
            while start < count {
                let size = min(Vector.standardCapacity, count - start)
                for (vector, buffer) in zip(vectors, chunk) { buffer.fill(vector, from: start, count: size) }
                batch.rowCount = size
                try body(batch)
                start += size
            }
        }
    }

    /// One formatter a column, in the session's formats.
    public func formatters(variant: TextFormats.VariantStyle = .pretty) -> [ValueFormatter] {
        var formats = formats
        formats.variant = variant
        return columns.map { ValueFormatter(type: $0.type, formats: formats) }
    }

    /// Each row as texts in the session's formats; nil for NULL.
    public func textRows(variant: TextFormats.VariantStyle = .pretty) -> [[String?]] {
        var rows: [[String?]] = []
        rows.reserveCapacity(rowCount)
        let formatters = formatters(variant: variant)
        forEachBatch { batch in
            for row in 0..<batch.rowCount {
                rows.append(zip(formatters, batch.vectors).map { $0.string($1, row) })
            }
        }
        return rows
    }
}
