import WarehouseColumns

/// Row numbers in order.
final class RowOrder {
    let rows: UnsafeMutablePointer<Int32>
    let count: Int
    private let reservation: MemoryReservation?

    /// Takes the numbers over, which `PageMemory` made for `count` rows.
    init(_ rows: UnsafeMutablePointer<Int32>, count: Int, _ reservation: MemoryReservation?) {
        self.rows = rows
        self.count = count
        self.reservation = reservation
    }

    deinit { PageMemory.deallocate(rows, count: count) }

    /// The rows at the places of a range.
    func selection(_ range: Range<Int>) -> UnsafeBufferPointer<Int32> {
        UnsafeBufferPointer(start: rows + range.lowerBound, count: range.count)
    }

    @inline(__always)
    subscript(_ place: Int) -> Int { Int(rows[place]) }
}
