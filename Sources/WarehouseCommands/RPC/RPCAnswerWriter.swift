import MiniWarehouse
import WarehouseBasics
import WarehouseColumns
import WarehouseIngest

/// Writes results and errors as one line of JSON each.
struct RPCAnswerWriter {
    private let output: TextOutput
    private let buffer = ByteBuffer()

    init(_ output: TextOutput) { self.output = output }

    func write(_ result: ResultSet) throws {
        buffer.append("{\"columns\":[")
        for (index, column) in result.columns.enumerated() {
            buffer.append(index == 0 ? "{\"name\":" : ",{\"name\":")
            append(column.name)
            buffer.append(",\"type\":")
            append("\(column.type)")
            buffer.append("}")
        }
        buffer.append("],\"rows\":[")
        let rows = JSONRowWriter(columns: result.columns.map { (name: $0.name, type: $0.type) },
                                 formats: result.formats)
        var isFirst = true
        try result.forEachBatch { batch in
            try StatementCancellation.check()
            for row in 0..<batch.rowCount {
                if !isFirst { buffer.append(",") }
                isFirst = false
                rows.appendArray(batch.vectors, row, to: buffer)
                if buffer.count > 1 << 16 { try output.write(buffer) }
            }
        }
        buffer.append("],\"rowcount\":")
        buffer.append(text: String(result.rowCount))
        try finish()
    }

    func write(_ error: WarehouseError) throws {
        buffer.append("{\"error\":")
        append(error.hint.map { error.message + "\n" + $0 } ?? error.message)
        buffer.append(",\"code\":")
        append(error.code)
        buffer.append(",\"sqlstate\":")
        append(error.sqlState)
        buffer.append(",\"line\":")
        buffer.append(text: error.span.map { String($0.line) } ?? "null")
        buffer.append(",\"column\":")
        buffer.append(text: error.span.map { String($0.column) } ?? "null")
        try finish()
    }

    private func finish() throws {
        buffer.append("}\n")
        try output.write(buffer)
        try output.flush()
    }

    private func append(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            JSONPrinter.appendString(bytes.baseAddress.map { StringView($0, count: bytes.count) } ?? .empty, to: buffer)
        }
    }
}
