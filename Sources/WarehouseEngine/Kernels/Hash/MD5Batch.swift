import WarehouseBasics
import WarehouseColumns

/// MD5 of the texts of a batch: short ones in lanes, the others one by one.
struct MD5Batch: ~Copyable {
    private var blocks = MD5.Blocks()
    private var waiting = 0
    /// Those that wait, a lane each.
    private var rows = SIMD16<Int32>(repeating: 0)

    /// Gives the digest of each row that `output` has no null for, in any order.
    @inline(__always)
    static func forEach(_ values: Argument<StringView>, _ output: Vector, _ count: Int, _ body: (Int, MD5.Digest) -> Void) {
        var batch = MD5Batch()
        output.forEachValid(count) { row in batch.add(row, values[row], body) }
        if batch.waiting > 0 { batch.finish(body) }
    }

    @inline(__always)
    private mutating func add(_ row: Int, _ text: StringView, _ body: (Int, MD5.Digest) -> Void) {
        guard text.count <= MD5.oneBlockBytes else {
            return body(row, MD5.digest(UnsafeRawPointer(text.bytes), count: text.count))
        }
        blocks.set(waiting, UnsafeRawPointer(text.bytes), count: text.count)
        rows[waiting] = Int32(truncatingIfNeeded: row)
        waiting += 1
        if waiting == MD5.laneCount { finish(body) }
    }

    @inline(__always)
    private mutating func finish(_ body: (Int, MD5.Digest) -> Void) {
        blocks.compute()
        for lane in 0..<waiting { body(Int(rows[lane]), blocks[lane]) }
        waiting = 0
    }
}
