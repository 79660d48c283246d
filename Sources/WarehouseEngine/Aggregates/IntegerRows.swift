import WarehouseColumns

/// Batches of one column of integers.
enum IntegerRows {
    /// `fill` puts one value after another, all of which fit `type`: 32 or 64 bits.
    static func push(_ type: PhysicalType, check: @escaping () throws -> Void, _ body: @escaping (Batch) throws -> Void,
                     _ fill: ((Int64) throws -> Void) throws -> Void) throws {
        let vector = Vector(type), batch = Batch([vector])
        var count = 0
        func hand() throws {
            try check()
            batch.rowCount = count
            try body(batch)
            count = 0
        }
        try fill { value in
            if count == 0 { vector.beginFlat(Vector.standardCapacity) }
            if type == .int32 { vector.int32s[count] = Int32(truncatingIfNeeded: value) } else { vector.int64s[count] = value }
            count += 1
            if count == Vector.standardCapacity { try hand() }
        }
        if count > 0 {
            vector.count = count
            try hand()
        }
    }
}
