import WarehouseColumns

/// A column of few distinct values, a byte a row: an eighth of the memory of doubles, which also stays in the
/// processor's caches where rows are gathered in another order.
final class CodedColumn {
    /// Of a null row.
    static let null: UInt8 = .max

    private let codes: UnsafeMutablePointer<UInt8>
    private let count: Int
    private let dictionary: Vector
    private let hasNulls: Bool

    /// Takes the codes over, which `PageMemory` made.
    init(_ codes: UnsafeMutablePointer<UInt8>, count: Int, patterns: [UInt64], hasNulls: Bool) {
        self.codes = codes
        self.count = count
        self.hasNulls = hasNulls
        dictionary = Vector(.double, capacity: max(1, patterns.count))
        dictionary.beginFlat(patterns.count)
        for (index, pattern) in patterns.enumerated() { dictionary.doubles[index] = Double(bitPattern: pattern) }
    }

    deinit { PageMemory.deallocate(codes, count: count) }

    var allocatedBytes: Int { count }

    /// The values again.
    func decoded() -> ColumnBuffer {
        let column = ColumnBuffer(.double, capacity: max(1, count)), values = dictionary.doubles
        for row in 0..<count { column.doubles[row] = isNull(row) ? 0 : values[Int(codes[row])] }
        column.commit(count)
        guard hasNulls else { return column }
        for row in 0..<count where isNull(row) { column.setNull(row) }
        return column
    }

    private func isNull(_ row: Int) -> Bool { hasNulls && codes[row] == CodedColumn.null }

    /// Fills `vector` with the chosen rows.
    func gather(_ selection: UnsafeBufferPointer<Int32>, into vector: Vector) {
        vector.beginDictionary(dictionary, count: selection.count)
        let to = vector.codes, codes = codes
        for row in 0..<selection.count { to[row] = Int32(codes[Int(selection[row])]) }
        guard hasNulls else { return }
        for row in 0..<selection.count where to[row] == Int32(CodedColumn.null) {
            to[row] = 0
            vector.setNull(row)
        }
    }
}
