import WarehouseBasics
import WarehouseColumns

/// Rows that travelled in commit records, as columns in memory. Never changes.
final class InlineBlock: @unchecked Sendable {
    /// A buffer for every column of the table; nobody grows them any more.
    let columns: [ColumnBuffer]
    let rowCount: Int
    private let kinds: [ColumnKind]
    private let summariesSlot = Lock<[ColumnSummary]?>(nil)

    init(_ columns: [ColumnBuffer], kinds: [ColumnKind], rowCount: Int) {
        self.columns = columns
        self.kinds = kinds
        self.rowCount = rowCount
    }

    /// Statistics by column, gathered when first asked for.
    var summaries: [ColumnSummary] {
        summariesSlot.withLock { slot in
            if let slot { return slot }
            // The encoder's statistics are the same as those of segments; the bytes are not needed.
            let sink = ByteSink()
            let made = zip(columns, kinds).map { buffer, kind in
                let encoder = ColumnEncoder(kind)
                sink.removeAll()
                _ = encoder.encode(buffer, into: sink)
                return encoder.summary
            }
            slot = made
            return made
        }
    }

    /// The rows of `blocks`, one behind the other, copied.
    static func joined(_ blocks: [InlineBlock]) -> InlineBlock {
        guard let first = blocks.first, blocks.count > 1 else { return blocks[0] }
        let rows = blocks.reduce(0) { $0 + $1.rowCount }
        let columns = first.columns.indices.map { index in
            let source = first.columns[index]
            let buffer = ColumnBuffer(source.physicalType, elementType: source.child?.physicalType, capacity: rows)
            for block in blocks { buffer.append(block.columns[index].vector()) }
            return buffer
        }
        return InlineBlock(columns, kinds: first.kinds, rowCount: rows)
    }

    /// The same rows with one column more, every value of which is `fill`.
    func adding(_ column: StoredColumn) -> InlineBlock {
        let buffer = column.makeBuffer(capacity: rowCount)
        for _ in 0..<rowCount { buffer.append(column.fill) }
        return InlineBlock(columns + [buffer], kinds: kinds + [ColumnKind(column.type)], rowCount: rowCount)
    }

    func removing(column index: Int) -> InlineBlock {
        var columns = columns, kinds = kinds
        columns.remove(at: index)
        kinds.remove(at: index)
        return InlineBlock(columns, kinds: kinds, rowCount: rowCount)
    }
}

/// The inline rows of a table: blocks in order, sixteen of a size joined into one, so that thousands of commits of one
/// row make a few dozen blocks. A value; versions share blocks.
final class InlineRows: Sendable {
    static let fanOut = 16

    let blocks: [InlineBlock]
    let rowCount: Int
    private let joinedSlot = Lock<InlineBlock?>(nil)

    init(_ blocks: [InlineBlock]) {
        self.blocks = blocks
        rowCount = blocks.reduce(0) { $0 + $1.rowCount }
    }

    /// These rows and those of `block` behind them.
    func appending(_ block: InlineBlock) -> InlineRows {
        var blocks = blocks
        blocks.append(block)
        while blocks.count >= Self.fanOut {
            let tail = Array(blocks.suffix(Self.fanOut))
            let level = InlineRows.level(block: tail[Self.fanOut - 1])
            guard tail.allSatisfy({ InlineRows.level(block: $0) <= level }) else { break }
            blocks.removeLast(Self.fanOut)
            blocks.append(InlineBlock.joined(tail))
        }
        return InlineRows(blocks)
    }

    private static func level(block: InlineBlock) -> Int {
        (Int.bitWidth - block.rowCount.leadingZeroBitCount - 1) / 4
    }

    /// All rows in one block, made when first asked for.
    var joined: InlineBlock {
        joinedSlot.withLock { slot in
            if let slot { return slot }
            let made = InlineBlock.joined(blocks)
            slot = made
            return made
        }
    }

    func summary(column index: Int) -> ColumnSummary {
        var summary = blocks[0].summaries[index]
        for block in blocks.dropFirst() { summary.append(block.summaries[index]) }
        return summary
    }

    func adding(_ column: StoredColumn) -> InlineRows { InlineRows(blocks.map { $0.adding(column) }) }
    func removing(column index: Int) -> InlineRows { InlineRows(blocks.map { $0.removing(column: index) }) }
}
