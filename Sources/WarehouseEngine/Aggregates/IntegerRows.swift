import WarehouseColumns

/// Batches of a column of integers, and one of group numbers.
enum IntegerRows {
    /// `fill` puts one value and its group after another; values fit `type`: 32 or 64 bits.
    static func push(_ type: PhysicalType, check: @escaping () throws -> Void, _ body: @escaping (Batch) throws -> Void,
                     _ fill: ((Int64, Int32) throws -> Void) throws -> Void) throws {
        let vector = Vector(type), groups = Vector(.int32), batch = Batch([vector, groups])
        var count = 0
        func hand() throws {
            try check()
            batch.rowCount = count
            try body(batch)
            count = 0
        }
        try fill { value, group in
            if count == 0 {
                vector.beginFlat(Vector.standardCapacity)
                groups.beginFlat(Vector.standardCapacity)
            }
            groups.int32s[count] = group
            if type == .int32 { vector.int32s[count] = Int32(truncatingIfNeeded: value) } else { vector.int64s[count] = value }
            count += 1
            if count == Vector.standardCapacity { try hand() }
        }
        if count > 0 {
            vector.count = count
            groups.count = count
            try hand()
        }
    }
}
