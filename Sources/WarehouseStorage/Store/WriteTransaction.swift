import WarehouseBasics
import WarehouseColumns

/// The one write transaction of a store. Nothing of it is seen by others before `commit`. Let go without one, it is
/// rolled back. Its calls may come from any thread, one at a time.
public final class WriteTransaction: Sendable {
    let store: Store
    let work: Lock<Work>
    private let interruption = Lock<(@Sendable () throws(WarehouseError) -> Void)?>(nil)

    /// What the transaction has done so far.
    struct Work {
        let lock: WriteLock
        let log: any DiskFile
        /// Keeps what the transaction itself reads, until it ends.
        var pin: VersionPin?
        let base: StoreState
        /// The base with the changes.
        var state: StoreState
        var changes: [Change] = []
        /// Counts changes of catalog objects, undone ones too: a catalog made at the same count is the same.
        var objectRevision = 0
        /// Segment files written, referenced or not.
        var files: [UInt64] = []
        var isOpen = true
    }

    init(_ store: Store, lock: WriteLock, log: any DiskFile, state: StoreState, pin: VersionPin) {
        self.store = store
        work = Lock(Work(lock: lock, log: log, pin: pin, base: state, state: state))
    }

    deinit { rollback() }

    /// The version that the changes are made to.
    public var baseVersion: UInt64 {
        get throws(WarehouseError) { try withWork { (work) throws(WarehouseError) in work.base.version } }
    }

    /// Runs `body` on the work of the open transaction.
    func withWork<R: Sendable>(_ body: (inout Work) throws(WarehouseError) -> R) throws(WarehouseError) -> R {
        try work.withLock { (work) throws(WarehouseError) in
            guard work.isOpen else {
                throw WarehouseError(.transaction, "The write transaction has ended.")
            }
            return try body(&work)
        }
    }

    /// What rewriting segments asks now and then: it throws when the statement is to stop.
    public func onInterruption(_ check: (@Sendable () throws(WarehouseError) -> Void)?) {
        interruption.withLock { $0 = check }
    }

    /// What `onInterruption` was given, for those who must not keep the transaction open.
    var interruptionCheck: (@Sendable () throws(WarehouseError) -> Void)? { interruption.withLock { $0 } }

    func checkInterruption() throws(WarehouseError) {
        if let check = interruptionCheck { try check() }
    }

    // MARK: Looking

    /// The newest version with this transaction's own changes so far.
    public func snapshot() throws(WarehouseError) -> StoreSnapshot {
        try withWork { (work) throws(WarehouseError) in
            StoreSnapshot(work.state, segments: store.segments, pin: work.pin)
        }
    }

    /// Moves with every change of the catalog's objects, also where a savepoint undoes one.
    public var objectRevision: Int { work.withLock { $0.objectRevision } }

    /// Whether anything has been changed.
    public var hasChanges: Bool { work.withLock { !$0.changes.isEmpty } }

    // MARK: Catalog objects

    /// An identity never used before.
    public func allocateID() throws(WarehouseError) -> ObjectID {
        try withWork { (work) throws(WarehouseError) in
            let id = work.state.nextID
            try work.make(.reserve(nextID: id + 1, nextSegmentID: work.state.nextSegmentID))
            return ObjectID(id)
        }
    }

    /// Adds a catalog object, or replaces the one of that id.
    public func putObject(_ record: ObjectRecord) throws(WarehouseError) {
        try withWork { (work) throws(WarehouseError) in try work.make(.putObject(record)) }
    }

    public func removeObject(_ id: ObjectID) throws(WarehouseError) {
        try withWork { (work) throws(WarehouseError) in try work.make(.removeObject(id)) }
    }

    // MARK: Tables

    /// Makes an empty table. `retentionSeconds`: how long data it no longer holds stays on disk for time travel.
    public func createTable(_ id: ObjectID, columns: [StoredColumn],
                            retentionSeconds: Int = 86_400) throws(WarehouseError) {
        try withWork { (work) throws(WarehouseError) in
            guard work.state.tables[id] == nil else {
                throw WarehouseError(.internalFault, "Table \(id) is there already.")
            }
            guard columns.count <= ChangeCodec.maximumColumns else {
                throw WarehouseError(.limitExceeded, "A table has at most \(ChangeCodec.maximumColumns) columns.")
            }
            let fresh = columns.enumerated().map { index, column in
                var column = column
                column.number = UInt32(index + 1)
                return column
            }
            try work.make(.createTable(id, columns: fresh, retentionSeconds: max(0, retentionSeconds)))
        }
    }

    public func dropTable(_ id: ObjectID) throws(WarehouseError) {
        try withWork { (work) throws(WarehouseError) in
            _ = try work.table(id)
            try work.make(.dropTable(id))
        }
    }

    /// Empties a table.
    public func truncateTable(_ id: ObjectID) throws(WarehouseError) {
        try withWork { (work) throws(WarehouseError) in
            for part in try work.table(id).parts { try work.make(.removePart(id, part: part.number)) }
        }
    }

    /// Makes a table that shares the rows of `source`, of any version, without copying them. Errors:
    /// `objectMissing` when data of that version is no longer kept.
    public func cloneTable(_ source: TableSnapshot, as id: ObjectID) throws(WarehouseError) {
        try withWork { (work) throws(WarehouseError) in
            guard work.state.tables[id] == nil else {
                throw WarehouseError(.internalFault, "Table \(id) is there already.")
            }
            let from = source.state
            for part in from.parts {
                guard let segment = part.segmentID else { continue }
                guard work.state.references[segment] != nil || work.state.dropped[segment] != nil else {
                    throw WarehouseError(.objectMissing, "The rows of that version are no longer kept.")
                }
            }
            try work.make(.createTable(id, columns: from.columns, retentionSeconds: from.retentionSeconds))
            try work.make(.reserveNumbers(id, nextPart: 1, nextColumn: from.nextColumnNumber))
            for part in from.parts {
                switch part.content {
                case .file(let record): try work.make(.addSegment(id, part: part.number, record))
                case .inline(let rows): try work.make(.addInline(id, part: part.number, rows.joined))
                }
                if let deleted = part.deleted {
                    try work.make(.deleteRows(id, part: part.number, rows: deleted.rows))
                }
            }
        }
    }

    public func setRetention(_ id: ObjectID, seconds: Int) throws(WarehouseError) {
        try withWork { (work) throws(WarehouseError) in
            _ = try work.table(id)
            try work.make(.setRetention(id, seconds: max(0, seconds)))
        }
    }

    /// Adds a column behind the others; rows so far have `column.fill`, which must be of the column's type.
    public func addColumn(to id: ObjectID, _ column: StoredColumn) throws(WarehouseError) {
        try withWork { (work) throws(WarehouseError) in
            _ = try work.table(id)
            guard column.fillSuits else {
                throw WarehouseError(.internalFault, "The fill of the new column is not of its type.")
            }
            try work.make(.addColumn(id, column))
        }
    }

    /// Drops the column at `index`.
    public func dropColumn(of id: ObjectID, at index: Int) throws(WarehouseError) {
        try withWork { (work) throws(WarehouseError) in
            guard try work.table(id).columns.indices.contains(index) else {
                throw WarehouseError(.internalFault, "Table \(id) has no column \(index).")
            }
            try work.make(.dropColumn(id, index: index))
        }
    }

    // MARK: Rows

    /// Appends rows: a buffer for every column, of equal counts and of the columns' physical types (integers of any
    /// width). Few rows travel in the commit record, many in segment files. The transaction keeps the buffers of few
    /// rows: the caller no longer changes them.
    public func appendRows(to id: ObjectID, columns: [ColumnBuffer]) throws(WarehouseError) {
        let appender = try makeAppender(to: id)
        try appender.append(columns)
        try appender.finish()
    }

    /// Begins appending rows bit by bit with bounded memory. Its rows are part of the transaction after
    /// `TableAppender.finish`; of several appenders of a table, in the order of their ends. Beside the chunk that is being
    /// filled `bufferBytes` of rows, texts not counted, may wait to be encoded (nil: 96 MB), one chunk at least and three at
    /// most.
    public func makeAppender(to id: ObjectID, bufferBytes: Int? = nil) throws(WarehouseError) -> TableAppender {
        let columns = try withWork { (work) throws(WarehouseError) in try work.table(id).columns }
        return TableAppender(self, id, columns: columns, bufferBytes: bufferBytes)
    }

    /// Takes over what an appender has made.
    func finishAppend(to id: ObjectID, records: [SegmentRecord], inline: InlineBlock?) throws(WarehouseError) {
        try withWork { (work) throws(WarehouseError) in
            for record in records {
                let number = try work.table(id).nextPartNumber
                try work.make(.addSegment(id, part: number, record))
            }
            guard let inline else { return }
            let table = try work.table(id)
            var number = table.nextPartNumber
            if let last = table.parts.last, last.segmentID == nil { number = last.number }
            try work.make(.addInline(id, part: number, inline))
        }
    }

    /// Begins a segment file of this transaction.
    func makeSegmentWriter(_ columns: [StoredColumn], sinks: SinkPool) throws(WarehouseError) -> SegmentWriter {
        let id = store.allocateSegmentID()
        try withWork { (work) throws(WarehouseError) in work.files.append(id) }
        return try SegmentWriter(disk: store.disk, id: id, columns: columns, sinks: sinks)
    }

    /// Deletes rows by id, in any order; deleting a deleted row does nothing. Gives the number of rows deleted.
    @discardableResult
    public func deleteRows(in id: ObjectID, rowIDs: [Int64]) throws(WarehouseError) -> Int {
        guard !rowIDs.isEmpty else { return 0 }
        let isSorted = zip(rowIDs, rowIDs.dropFirst()).allSatisfy { $0 <= $1 }
        let sorted = isSorted ? rowIDs : rowIDs.sorted()
        return try withWork { (work) throws(WarehouseError) in
            var deleted = 0, start = 0
            while start < sorted.count {
                let number = RowID.segment(sorted[start])
                var end = start
                while end < sorted.count, RowID.segment(sorted[end]) == number { end += 1 }
                deleted += try work.deleteRows(in: id, part: number, sorted[start..<end])
                start = end
            }
            return deleted
        }
    }

    // MARK: Savepoints

    /// Where the transaction stands, to return to when a statement fails.
    public func savepoint() throws(WarehouseError) -> Savepoint {
        try withWork { (work) throws(WarehouseError) in
            Savepoint(state: work.state, changeCount: work.changes.count, fileCount: work.files.count)
        }
    }

    /// Undoes everything since `savepoint`.
    public func rollback(to savepoint: Savepoint) throws(WarehouseError) {
        try withWork { (work) throws(WarehouseError) in
            precondition(savepoint.changeCount <= work.changes.count && savepoint.fileCount <= work.files.count)
            work.state = savepoint.state
            work.objectRevision += 1
            work.changes.removeSubrange(savepoint.changeCount...)
            store.removeFiles(work.files[savepoint.fileCount...])
            work.files.removeSubrange(savepoint.fileCount...)
        }
    }

    // MARK: The end

    /// Ends the transaction without a trace. Does nothing when it has ended.
    public func rollback() {
        work.withLock { work in
            guard work.isOpen else { return }
            store.removeFiles(work.files[...])
            work.end(on: store.disk)
        }
    }
}

/// A point within a write transaction.
public struct Savepoint: Sendable {
    let state: StoreState
    let changeCount: Int
    let fileCount: Int
}

extension WriteTransaction.Work {
    /// Lets go of everything.
    mutating func end(on disk: any Disk) {
        isOpen = false
        var last = pin
        pin = nil
        // Somebody still reads what the transaction had in hand: without the write lock that needs a pin that holds.
        if last != nil, !isKnownUniquelyReferenced(&last) { try? last?.hold(on: disk, isReadOnly: false) }
        last = nil
        lock.release(clean: true)
    }

    /// Applies a change to the transaction's state and notes it for the commit.
    mutating func make(_ change: Change) throws(WarehouseError) {
        try state.apply(change, version: base.version + 1, time: base.committedAt)
        switch change {
        case .putObject, .removeObject: objectRevision += 1
        default: break
        }
        changes.append(change)
    }

    func table(_ id: ObjectID) throws(WarehouseError) -> TableState {
        guard let table = state.tables[id] else {
            throw WarehouseError(.internalFault, "The store has no table \(id).")
        }
        return table
    }

    /// Deletes rows of one part; a part of which nothing is left goes as a whole.
    fileprivate mutating func deleteRows(in id: ObjectID, part number: UInt32,
                                         _ rowIDs: ArraySlice<Int64>) throws(WarehouseError) -> Int {
        let table = try table(id)
        guard let index = table.partIndex(number) else {
            throw WarehouseError(.internalFault, "Table \(id) has no segment \(number).")
        }
        let part = table.parts[index]
        var rows: [Int64] = []
        rows.reserveCapacity(rowIDs.count)
        for rowID in rowIDs {
            let row = RowID.row(rowID)
            guard row < part.rowCount else {
                throw WarehouseError(.internalFault, "Segment \(number) of table \(id) has no row \(row).")
            }
            if rows.last != Int64(row), part.deleted?.isDeleted(row) != true { rows.append(Int64(row)) }
        }
        guard !rows.isEmpty else { return 0 }
        if rows.count == part.liveRowCount {
            try make(.removePart(id, part: number))
        } else {
            try make(.deleteRows(id, part: number, rows: rows))
        }
        return rows.count
    }
}

extension Store {
    /// Removes segment files that were never published. What cannot be removed now is an orphan, found later.
    func removeFiles(_ ids: ArraySlice<UInt64>) {
        segments.forget(ids)
        for id in ids { try? disk.remove(SegmentFormat.path(id)) }
    }
}
