import WarehouseBasics
import WarehouseColumns

/// ROW_NUMBER, RANK, DENSE_RANK, NTILE, PERCENT_RANK and CUME_DIST.
struct RankFunction: WindowFunction {
    enum Kind {
        case rowNumber, rank, denseRank, percentRank, cumeDist
        /// Column that holds the number of tiles.
        case ntile(Int)
    }
    var kind: Kind

    var resultType: PhysicalType {
        switch kind {
        case .percentRank, .cumeDist: .double
        default: .int64
        }
    }

    func compute(_ window: WindowPartitions, _ context: QueryContext) throws -> ColumnBuffer {
        let column = WindowColumn(resultType, rows: window.rowCount)
        let order = window.order
        switch kind {
        case .rowNumber:
            try window.forEachPartition(context) { places in
                for place in places { column.int64s[order[place]] = Int64(place - places.lowerBound + 1) }
            }
        case .ntile(let tiles): try writeTiles(window, window.rows.columns[tiles], column, context)
        default:
            let peers = window.peerStarts()
            try window.forEachPartition(context) { places in rank(places, peers, order, column) }
        }
        return column.finish()
    }

    private func rank(_ places: Range<Int>, _ peers: [UInt32], _ order: RowOrder, _ column: WindowColumn) {
        let count = places.count
        var dense: Int64 = 0
        var place = places.lowerBound
        while place < places.upperBound {
            var end = place + 1
            while end < places.upperBound, peers[end] == peers[place] { end += 1 }
            dense += 1
            let rank = place - places.lowerBound + 1
            for peer in place..<end {
                let row = order[peer]
                switch kind {
                case .rank: column.int64s[row] = Int64(rank)
                case .denseRank: column.int64s[row] = dense
                case .percentRank: column.doubles[row] = count > 1 ? Double(rank - 1) / Double(count - 1) : 0
                default: column.doubles[row] = Double(end - places.lowerBound) / Double(count)
                }
            }
            place = end
        }
    }

    private func writeTiles(_ window: WindowPartitions, _ tiles: ColumnBuffer, _ column: WindowColumn,
                            _ context: QueryContext) throws {
        let order = window.order
        try window.forEachPartition(context) { places in
            let first = order[places.lowerBound]
            guard let number = tiles.integer(first), number > 0 else {
                throw WarehouseError(.invalidValue, "NTILE needs a positive number of tiles.")
            }
            let count = places.count, wanted = Int(clamping: number)
            let size = count / wanted, larger = count % wanted
            for place in places {
                let index = place - places.lowerBound
                let head = larger * (size + 1)
                let tile = index < head ? index / (size + 1) : larger + (index - head) / max(1, size)
                column.int64s[order[place]] = Int64(tile + 1)
            }
        }
    }
}

extension ColumnBuffer {
    /// The integer in a row; nil for null and other types. Not for hot loops.
    func integer(_ row: Int) -> Int128? {
        if isNull(row) { return nil }
        switch physicalType {
        case .int32: return Int128(int32s[row])
        case .int64: return Int128(int64s[row])
        case .int128: return int128s[row]
        default: return nil
        }
    }
}
