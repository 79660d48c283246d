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

    var streaming: WindowStreaming? {
        let settling: WindowSettling = switch kind {
        case .rowNumber, .rank, .denseRank: .here
        case .percentRank: .percentRank
        case .cumeDist: .cumeDist
        case .ntile: .tile
        }
        return .running(settling) { [kind] in RunningRank(kind) }
    }

    func compute(_ window: WindowPartitions, _ context: QueryContext) throws -> ColumnBuffer {
        let column = WindowColumn(resultType, rows: window.rowCount)
        let order = window.order
        switch kind {
        case .rowNumber:
            try window.forEachPartition(context) { places in
                try Pieces.run(places, { try context.checkCancelled() }) { range in
                    for place in range { column.int64s[order[place]] = Int64(place - places.lowerBound + 1) }
                }
            }
        case .ntile(let tiles): try writeTiles(window, window.rows.columns[tiles], column, context)
        default:
            let peers = try window.peerStarts(context)
            try window.forEachPartition(context) { places in try rank(places, peers, order, column, context) }
        }
        return try column.finish(context)
    }

    private func rank(_ places: Range<Int>, _ peers: [UInt32], _ order: RowOrder, _ column: WindowColumn,
                      _ context: QueryContext) throws {
        let count = places.count
        var dense: Int64 = 0
        var place = places.lowerBound
        while place < places.upperBound {
            var end = place + 1
            while end < places.upperBound, peers[end] == peers[place] { end += 1 }
            dense += 1
            let rank = place - places.lowerBound + 1
            for peer in place..<end {
                if peer & 0xFFFF == 0 { try context.checkCancelled() }
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
            let wanted = try RankFunction.tiles(tiles, order[places.lowerBound])
            for place in places {
                if place & 0xFFFF == 0 { try context.checkCancelled() }
                let tile = RankFunction.tile(place - places.lowerBound, of: places.count, into: wanted)
                column.int64s[order[place]] = Int64(tile)
            }
        }
    }

    /// The number of tiles that a partition's first row asks for.
    static func tiles(_ column: ColumnBuffer, _ row: Int) throws -> Int {
        guard let number = column.integer(row), number > 0 else {
            throw WarehouseError(.invalidValue, "NTILE needs a positive number of tiles.")
        }
        return Int(clamping: number)
    }

    /// The tile of a row, from 1; the first ones are larger by one row where rows are left over.
    @inline(__always)
    static func tile(_ index: Int, of count: Int, into tiles: Int) -> Int {
        let size = count / tiles, larger = count % tiles, head = larger * (size + 1)
        return 1 + (index < head ? index / (size + 1) : larger + (index - head) / max(1, size))
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
