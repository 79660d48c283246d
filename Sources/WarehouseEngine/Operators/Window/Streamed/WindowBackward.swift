import WarehouseBasics
import WarehouseColumns

/// The way back: settles running results.
final class WindowBackward {
    private let source: SpilledRows
    private let settlings: [WindowSettling]
    private let inputCount: Int
    private let writer: SpillWriter
    private let file: SpillFile
    private let context: QueryContext
    /// Of the row behind the block: its number in its partition (0: there is none), its first peer's, its last peer's,
    /// and the rows of its partition.
    private var next = RowFacts()
    /// What each function settled on for that row.
    private var carried: [ColumnBuffer?]

    private struct RowFacts {
        var number: Int64 = 0
        var peerStart: Int64 = 0
        var peerEnd: Int64 = 0
        var rows: Int64 = 0
    }

    init(_ source: SpilledRows, settlings: [WindowSettling], inputCount: Int, _ file: SpillFile,
         _ context: QueryContext) {
        self.source = source
        self.settlings = settlings
        self.inputCount = inputCount
        self.file = file
        self.context = context
        writer = SpillWriter(file)
        carried = settlings.map { _ in nil }
    }

    func run() throws -> SpilledRows {
        let scratch = SpillScratch(), first = inputCount + 3
        for block in source.stripes.flatMap({ $0 }).reversed() {
            try context.checkCancelled()
            let rows = RowBuffer(source.types)
            try source.file.load(block, into: rows, scratch)
            let results = try settle(rows, first)
            let columns = Array(rows.columns.prefix(inputCount)) + results + [rows.columns[inputCount]]
            try writer.write(RowBuffer(columns: columns, rowCount: rows.rowCount),
                             blockBytes: SpillSizes(context).blockBytes, context: context)
        }
        let types = Array(source.types.prefix(inputCount)) + source.types[first...] + [.int64]
        return SpilledRows(file: file, types: types, stripes: [writer.blocks])
    }

    private func settle(_ rows: RowBuffer, _ first: Int) throws -> [ColumnBuffer] {
        let count = rows.rowCount, numbers = rows.columns[inputCount + 1].int64s
        let peerStarts = rows.columns[inputCount + 2].int64s
        var facts = [RowFacts](repeating: RowFacts(), count: count)
        // The rows whose results count; `count` is the one behind the block.
        var peerEnds = [Int](repeating: count, count: count), partitionEnds = peerEnds
        for row in (0..<count).reversed() {
            let follower = row + 1 < count ? facts[row + 1] : next
            let isSame = follower.number > 1, arePeers = isSame && follower.peerStart == peerStarts[row]
            facts[row] = RowFacts(number: numbers[row], peerStart: peerStarts[row],
                                  peerEnd: arePeers ? follower.peerEnd : numbers[row],
                                  rows: isSame ? follower.rows : numbers[row])
            peerEnds[row] = !arePeers ? row : row + 1 < count ? peerEnds[row + 1] : count
            partitionEnds[row] = !isSame ? row : row + 1 < count ? partitionEnds[row + 1] : count
        }
        let results = try settlings.indices.map { index in
            let column = rows.columns[first + index]
            return switch settlings[index] {
            case .here: column
            case .atPeerEnd: try taken(column, peerEnds, index)
            case .atPartitionEnd: try taken(column, partitionEnds, index)
            case .percentRank, .cumeDist, .tile: made(column, facts, settlings[index])
            }
        }
        if let fact = facts.first { next = fact }
        return results
    }

    private func taken(_ column: ColumnBuffer, _ places: [Int], _ index: Int) throws -> ColumnBuffer {
        let both = ColumnBuffer(column.physicalType, elementType: column.child?.physicalType)
        both.append(column)
        if let behind = carried[index] { both.append(behind) }
        carried[index] = try both.gathered(1, {}) { _ in places[0] }
        return try both.gathered(places.count, {}) { places[$0] }
    }

    private func made(_ column: ColumnBuffer, _ facts: [RowFacts], _ settling: WindowSettling) -> ColumnBuffer {
        let result = ColumnBuffer(column.physicalType, capacity: max(1, facts.count))
        for (row, fact) in facts.enumerated() {
            switch settling {
            case .percentRank:
                result.doubles[row] = fact.rows > 1 ? Double(fact.peerStart - 1) / Double(fact.rows - 1) : 0
            case .cumeDist: result.doubles[row] = Double(fact.peerEnd) / Double(fact.rows)
            default:
                result.int64s[row] = Int64(RankFunction.tile(Int(fact.number) - 1, of: Int(fact.rows),
                                                             into: Int(column.int64s[row])))
            }
        }
        result.commit(facts.count)
        return result
    }
}
