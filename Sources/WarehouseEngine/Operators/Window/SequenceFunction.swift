import WarehouseBasics
import WarehouseColumns

/// NEXTVAL: a number of a sequence for each row, in the rows' order.
struct SequenceFunction: WindowFunction {
    /// What the sequence is known by.
    var key: String
    var resultType: PhysicalType { .int64 }

    func compute(_ window: WindowPartitions, _ context: QueryContext) throws -> ColumnBuffer {
        guard let sequences = context.sequences else {
            throw WarehouseError(.unsupported, "Unsupported feature 'sequences in this place'.")
        }
        let result = WindowColumn(.int64, rows: window.rowCount)
        var (number, step) = try sequences.take(window.rowCount, of: key)
        for row in 0..<window.rowCount {
            result.int64s[row] = number
            number &+= step
        }
        return try result.finish(context)
    }
}
