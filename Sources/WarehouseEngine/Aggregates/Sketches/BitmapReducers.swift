import WarehouseBasics
import WarehouseColumns

/// BITMAP_CONSTRUCT_AGG and BITMAP_OR_AGG: 32,768 bits, the lowest of each byte first; of no rows NULL.
struct BitmapReducer: GroupReducer {
    static let bitCount = 32_768
    /// Whether the rows are bitmaps themselves, and not places of bits.
    var isCombining: Bool

    func makeColumn(_ rows: RowBuffer, groups: Int) -> ColumnBuffer { ColumnBuffer(.string, capacity: groups) }

    func reduce(_ rows: RowBuffer, _ members: [Int], into column: inout ColumnBuffer, check: () throws -> Void) throws {
        guard !members.isEmpty else { return column.appendNull() }
        var bits = [UInt8](repeating: 0, count: BitmapReducer.bitCount / 8)
        for (index, row) in members.enumerated() {
            if index & 0xFFF == 0 { try check() }
            if isCombining {
                let other = rows.columns[0].strings[row]
                guard other.count <= bits.count else {
                    throw WarehouseError(.invalidValue, "A bitmap of \(other.count) bytes is longer than \(bits.count).")
                }
                for index in 0..<other.count { bits[index] |= other.bytes[index] }
            } else if let place = rows.columns[0].integer(row) {
                guard place >= 0, place < Int128(BitmapReducer.bitCount) else {
                    throw WarehouseError(.invalidValue, "BITMAP_CONSTRUCT_AGG: position \(place) is not between 0 and "
                        + "\(BitmapReducer.bitCount - 1).", hint: "BITMAP_BIT_POSITION gives the position of a number.")
                }
                bits[Int(place) >> 3] |= 1 << UInt8(place & 7)
            }
        }
        column.append(shared: column.arena.copy(bits))
    }
}
