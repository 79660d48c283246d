import WarehouseBasics

/// One version of everything in a store; never changes. What it needs stays on disk while it lives,
/// unless it was asked for without a pin.
public final class StoreSnapshot: Sendable {
    let state: StoreState
    private let segments: SegmentCache
    private let pin: VersionPin?

    init(_ state: StoreState, segments: SegmentCache, pin: VersionPin?) {
        self.state = state
        self.segments = segments
        self.pin = pin
    }

    /// Makes sure, of a snapshot that was not pinned, that its rows are there and stay. Errors: `objectMissing` when some
    /// have been removed meanwhile.
    public func keepData() throws(WarehouseError) { try pin?.keep() }

    /// Counts commits; 0 is the empty store. Within a write transaction: the version it began from.
    public var version: UInt64 { state.version }
    /// When it was committed: nanoseconds since the epoch, never less than the version's before.
    public var committedAt: Int64 { state.committedAt }
    /// The statement that committed it.
    public var queryID: String { state.queryID }

    public func object(_ id: ObjectID) -> ObjectRecord? { state.objects[id] }

    /// All objects, by id.
    public var objects: [ObjectRecord] { state.objects.values.sorted { $0.id < $1.id } }

    /// The objects of one kind, by id.
    public func objects(kind: UInt16) -> [ObjectRecord] {
        state.objects.values.filter { $0.kind == kind }.sorted { $0.id < $1.id }
    }

    public func table(_ id: ObjectID) -> TableSnapshot? {
        state.tables[id].map { TableSnapshot($0, segments: segments, pin: pin) }
    }

    /// A table's rows of this version in the columns of another version of it: those it dropped are gone, those it added
    /// hold what they were filled with. Nil when it has no rows in this version.
    public func table(_ id: ObjectID, withColumnsOf other: TableSnapshot) -> TableSnapshot? {
        state.tables[id].map { TableSnapshot($0.shaped(as: other.state), segments: segments, pin: pin) }
    }

    /// Bytes of the files that only earlier versions hold, which are kept until after `time` (nanoseconds since the epoch),
    /// by the table that held them last.
    public func replacedBytes(keptAfter time: Int64) -> [ObjectID: Int] {
        var bytes: [ObjectID: Int] = [:]
        for segment in state.dropped.values where segment.expiresAt > time {
            if let table = segment.table { bytes[table, default: 0] += segment.fileBytes }
        }
        return bytes
    }

    /// The tables, by id.
    public var tableIDs: [ObjectID] { state.tables.keys.sorted() }
}
