import WarehouseColumns

/// Numbers in a row, with the greatest of every 64, of every 64 times 64, and so on: finds those of a range that are large
/// enough without looking at blocks that have none (a priority search tree with wide nodes).
final class BlockMaxima {
    private static let bits = 6

    private let numbers: ColumnBuffer
    /// The greatest numbers of the blocks of each level.
    private let blocks: [ColumnBuffer]
    private let maxima: [UnsafePointer<Int32>]

    /// `numbers`: `int32`, none null; they must not change any more.
    init(_ numbers: ColumnBuffer, check: () throws -> Void) throws {
        self.numbers = numbers
        var blocks: [ColumnBuffer] = [], below = numbers
        repeat {
            let size = 1 << BlockMaxima.bits, count = (below.count + size - 1) / size
            let level = ColumnBuffer(.int32, capacity: count), values = below.int32s
            try Pieces.run(count, check) { range in
                for block in range {
                    var greatest = Int32.min
                    for place in (block * size)..<min(below.count, (block + 1) * size) { greatest = max(greatest, values[place]) }
                    level.int32s[block] = greatest
                }
            }
            level.commit(count)
            blocks.append(level)
            below = level
        } while below.count > 1
        self.blocks = blocks
        maxima = blocks.map { UnsafePointer($0.int32s) }
    }

    /// Bytes that so many numbers and their maxima take.
    static func bytes(_ count: Int) -> Int { (count + count / 32 + 64) * MemoryLayout<Int32>.stride }

    /// Calls `body` with each place in the range whose number is `least` or more, ascending, until it gives false.
    @inline(__always)
    func forEach(in range: Range<Int>, atLeast least: Int32, _ check: () throws -> Void, _ body: (Int) -> Bool) rethrows {
        let numbers = UnsafePointer(numbers.int32s), bits = BlockMaxima.bits, size = 1 << bits
        var place = range.lowerBound
        while place < range.upperBound {
            try check()
            var level = 0
            while level < maxima.count, maxima[level][place >> ((level + 1) * bits)] < least { level += 1 }
            if level > 0 {
                // Behind the largest block that has none.
                place = (place | ((1 << (level * bits)) - 1)) + 1
                continue
            }
            let end = min(range.upperBound, (place | (size - 1)) + 1)
            while place < end {
                if numbers[place] >= least, !body(place) { return }
                place += 1
            }
        }
    }

    /// Whether the range has a number of `least` or more.
    func has(in range: Range<Int>, atLeast least: Int32) -> Bool {
        var found = false
        forEach(in: range, atLeast: least, {}, { _ in
            found = true
            return false
        })
        return found
    }
}
