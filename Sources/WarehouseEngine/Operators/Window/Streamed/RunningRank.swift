import WarehouseBasics
import WarehouseColumns

/// ROW_NUMBER, RANK and DENSE_RANK; room for PERCENT_RANK and CUME_DIST; the tiles of NTILE.
final class RunningRank: RunningWindow {
    private let kind: RankFunction.Kind
    private var tiles: Int64 = 0

    init(_ kind: RankFunction.Kind) { self.kind = kind }

    func run(_ slice: WindowSlice) throws -> ColumnBuffer {
        let count = slice.range.count
        switch kind {
        case .rowNumber: return column(slice.numbers)
        case .rank: return column(slice.peerStarts)
        case .denseRank: return column(slice.denseRanks)
        case .percentRank, .cumeDist:
            let result = ColumnBuffer(.double, capacity: max(1, count))
            result.doubles.update(repeating: 0, count: count)
            result.commit(count)
            return result
        case .ntile(let place):
            let source = slice.rows.columns[place]
            return column(try (0..<count).map { index in
                if slice.numbers[index] == 1 {
                    tiles = Int64(clamping: try RankFunction.tiles(source, slice.range.lowerBound + index))
                }
                return tiles
            })
        }
    }

    private func column(_ values: [Int64]) -> ColumnBuffer {
        let result = ColumnBuffer(.int64, capacity: max(1, values.count))
        for (row, value) in values.enumerated() { result.int64s[row] = value }
        result.commit(values.count)
        return result
    }
}
