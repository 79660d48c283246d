import WarehouseBasics

/// One step of a commit. A checkpoint is a list of them too: those that make its state out of nothing.
enum Change: Sendable {
    case putObject(ObjectRecord)
    case removeObject(ObjectID)
    /// Identities below are taken.
    case reserve(nextID: UInt64, nextSegmentID: UInt64)
    case createTable(ObjectID, columns: [StoredColumn], retentionSeconds: Int)
    case dropTable(ObjectID)
    case setRetention(ObjectID, seconds: Int)
    case addColumn(ObjectID, StoredColumn)
    case dropColumn(ObjectID, index: Int)
    case addSegment(ObjectID, part: UInt32, SegmentRecord)
    /// Appends to the last part if that is inline and has this number, else begins a part.
    case addInline(ObjectID, part: UInt32, InlineBlock)
    case removePart(ObjectID, part: UInt32)
    /// Rows of a part are deleted.
    case deleteRows(ObjectID, part: UInt32, rows: [Int64])
    /// Parts that follow one another give way to segments with their rows, numbered from `number` on.
    case replaceParts(ObjectID, parts: [UInt32], number: UInt32, [SegmentRecord])
    /// Numbers below are taken in the table.
    case reserveNumbers(ObjectID, nextPart: UInt32, nextColumn: UInt32)
    /// In a checkpoint: when the table's rows were last changed.
    case noteChanged(ObjectID, Int64)
    /// A segment that no table holds, but whose file stays.
    case noteDropped(UInt64, DroppedSegment)
    /// The files of dropped segments may go.
    case forget([UInt64])
}

/// A segment that no table of the newest version holds.
struct DroppedSegment: Hashable, Sendable {
    /// The first version without it.
    var version: UInt64
    /// From when on its file may go: nanoseconds since the epoch.
    var expiresAt: Int64
    var fileBytes: Int
    /// The last table that held it; nil where a checkpoint of an earlier version did not say.
    var table: ObjectID?
}
