import WarehouseBasics
import WarehouseColumns

/// A stretch of a table's rows: a segment file, or rows kept in the manifest.
struct TablePart: Sendable {
    /// Its number in the table, never used twice.
    var number: UInt32
    var content: Content
    var deleted: DeletedRows?

    enum Content: Sendable {
        case file(SegmentRecord)
        case inline(InlineRows)
    }

    var rowCount: Int {
        switch content {
        case .file(let record): record.rowCount
        case .inline(let rows): rows.rowCount
        }
    }

    var liveRowCount: Int { rowCount - (deleted?.count ?? 0) }

    var segmentID: UInt64? {
        if case .file(let record) = content { record.id } else { nil }
    }
}

/// One version of a table. Never changes: a change makes another.
final class TableState: Sendable {
    let id: ObjectID
    let columns: [StoredColumn]
    let nextColumnNumber: UInt32
    let parts: [TablePart]
    let nextPartNumber: UInt32
    let retentionSeconds: Int
    /// When its rows were last changed: nanoseconds since the epoch; 0 where they never were, or nobody knows.
    let changedAt: Int64
    private let statisticsSlots = Lock<[Int: StoredStatistics]>([:])

    /// Files that hold its rows.
    var segmentIDs: [UInt64] { parts.compactMap(\.segmentID) }

    init(id: ObjectID, columns: [StoredColumn], nextColumnNumber: UInt32, parts: [TablePart], nextPartNumber: UInt32,
         retentionSeconds: Int, changedAt: Int64 = 0) {
        self.id = id
        self.columns = columns
        self.nextColumnNumber = nextColumnNumber
        self.parts = parts
        self.nextPartNumber = nextPartNumber
        self.retentionSeconds = retentionSeconds
        self.changedAt = changedAt
    }

    func with(columns: [StoredColumn]? = nil, nextColumnNumber: UInt32? = nil, parts: [TablePart]? = nil,
              nextPartNumber: UInt32? = nil, retentionSeconds: Int? = nil, changedAt: Int64? = nil) -> TableState {
        TableState(id: id, columns: columns ?? self.columns,
                   nextColumnNumber: nextColumnNumber ?? self.nextColumnNumber, parts: parts ?? self.parts,
                   nextPartNumber: nextPartNumber ?? self.nextPartNumber,
                   retentionSeconds: retentionSeconds ?? self.retentionSeconds,
                   changedAt: changedAt ?? self.changedAt)
    }

    /// These rows in the columns of another version.
    func shaped(as other: TableState) -> TableState {
        if columns.map(\.number) == other.columns.map(\.number) { return self }
        let kept = Set(other.columns.map(\.number)), known = Set(columns.map(\.number))
        let removed = columns.indices.filter { !kept.contains(columns[$0].number) }
        let added = other.columns.filter { !known.contains($0.number) }
        let parts = parts.map { part in
            guard case .inline(var rows) = part.content else { return part }
            // Columns are added behind the others only: numbers rise with places in every version.
            for index in removed.reversed() { rows = rows.removing(column: index) }
            for column in added { rows = rows.adding(column) }
            var part = part
            part.content = .inline(rows)
            return part
        }
        return with(columns: columns.filter { kept.contains($0.number) } + added, parts: parts)
    }

    var liveRowCount: Int { parts.reduce(0) { $0 + $1.liveRowCount } }

    func partIndex(_ number: UInt32) -> Int? { parts.firstIndex { $0.number == number } }

    // MARK: Statistics

    /// Merged over the parts when first asked for.
    func statistics(_ column: Int) -> StoredStatistics {
        statisticsSlots.withLock { slots in
            if let known = slots[column] { return known }
            let made = mergeStatistics(column)
            slots[column] = made
            return made
        }
    }

    private func mergeStatistics(_ column: Int) -> StoredStatistics {
        var total = ColumnSummary()
        var hasDeletes = false
        for part in parts {
            hasDeletes = hasDeletes || part.deleted != nil
            switch part.content {
            case .file(let record):
                total.append(record.summary(column: columns[column].number)
                    ?? columns[column].fillSummary(rowCount: record.rowCount))
            case .inline(let rows): total.append(rows.summary(column: column))
            }
        }
        let kind = ColumnKind(columns[column].type)
        var result = StoredStatistics(isSorted: kind.isInteger && total.isSorted && total.nullCount == 0)
        result.low = total.low
        result.high = total.high
        if !total.hasNaN {
            result.lowDouble = total.lowDouble
            result.highDouble = total.highDouble
        }
        // A deleted row may have been a null.
        result.nullCount = hasDeletes && total.nullCount > 0 ? nil : total.nullCount
        if case .list = kind { return result }
        var distinct = min(total.sketch.estimate, max(0, total.rowCount - total.nullCount))
        if let low = total.low, let high = total.high {
            let (span, overflow) = high.subtractingReportingOverflow(low)
            if !overflow, span < Int128(Int32.max) { distinct = min(distinct, Int(span) + 1) }
        }
        result.distinctCount = distinct
        return result
    }
}

extension StoredColumn {
    /// Statistics of rows that were written before the column was added.
    func fillSummary(rowCount: Int) -> ColumnSummary {
        var summary = ColumnSummary()
        summary.rowCount = rowCount
        summary.isSorted = false
        switch fill {
        case .null: summary.nullCount = rowCount
        case .boolean(let flag): summary.note(low: flag ? 1 : 0, high: flag ? 1 : 0)
        case .integer(let value): summary.note(low: value, high: value)
        case .double(let value):
            summary.hasNaN = value.isNaN
            if !value.isNaN { (summary.lowDouble, summary.highDouble) = (value, value) }
        case .bytes: break
        }
        if fill != .null { summary.sketch.insert(hash: DistinctSketch.hash(1)) }
        return summary
    }
}
