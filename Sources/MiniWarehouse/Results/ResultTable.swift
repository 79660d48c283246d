import WarehouseBasics
import WarehouseColumns
import WarehouseEngine
import WarehousePlan

/// Rows in memory as a table: a kept result, an INFORMATION_SCHEMA view.
final class ResultTable: ScannableTable {
    let name: ObjectName
    let columns: [ColumnSchema]
    private let result: ResultSet

    init(_ result: ResultSet, name: String) {
        self.result = result
        self.name = ObjectName(database: "", schema: "", name: name)
        columns = result.columns.map { ColumnSchema($0.name, $0.type) }
    }

    var rowCount: Int? { result.rowCount }
    func statistics(ofColumn index: Int) -> ColumnStatistics { .unknown }

    func makeScan(columns: [Int], ranges: [ColumnRange], context: QueryContext) throws -> any TableScan {
        ResultScan(result, columns: columns)
    }
}

/// Scans buffers in memory; every column in the widest physical form of its type.
private final class ResultScan: TableScan {
    let outputTypes: [PhysicalType]
    private let result: ResultSet
    private let columns: [Int]

    init(_ result: ResultSet, columns: [Int]) {
        self.result = result
        self.columns = columns
        outputTypes = columns.map { $0 < 0 ? .int64 : result.columns[$0].type.widestPhysicalType }
    }

    var stripeCount: Int { 1 }

    func run(stripe: Int, context: QueryContext, into consumer: any BatchConsumer) throws {
        let outputs = outputTypes.map { Vector($0) }
        let batch = Batch(outputs)
        var row = 0, isWanted = true
        try result.forEachBatch { source in
            guard isWanted else { return }
            try context.checkCancelled()
            for (output, column) in zip(outputs, columns) {
                if column >= 0 {
                    ResultScan.fill(output, from: source.vectors[column])
                } else {
                    output.beginFlat(source.rowCount)
                    for offset in 0..<source.rowCount { output.int64s[offset] = Int64(row + offset) }
                }
            }
            batch.rowCount = source.rowCount
            row += source.rowCount
            isWanted = try consumer.consume(batch)
        }
    }

    private static func fill(_ output: Vector, from source: Vector) {
        if source.physicalType == output.physicalType {
            if let child = source.child, output.child == nil { output.setChild(Vector(child.physicalType)) }
            output.fillFlat(from: source)
            return
        }
        output.beginFlat(source.count)
        for row in 0..<source.count {
            let value = source.physicalType == .int32 ? Int128(source.int32s[row])
                : source.physicalType == .int64 ? Int128(source.int64s[row]) : source.int128s[row]
            switch output.physicalType {
            case .int32: output.int32s[row] = Int32(truncatingIfNeeded: value)
            case .int64: output.int64s[row] = Int64(truncatingIfNeeded: value)
            default: output.int128s[row] = value
            }
        }
        if let words = source.validity {
            ValidityWords.copy(words, from: 0, to: output.makeValidity(), at: 0, count: source.count)
        }
    }
}
