import WarehouseBasics

/// One version of everything in a store; never changes.
public final class StoreSnapshot: Sendable {
    /// Counts commits; 0 is the empty store.
    public let version: UInt64
    /// When it was committed: nanoseconds since the epoch, never less than the version's before.
    public let committedAt: Int64

    init(version: UInt64, committedAt: Int64) {
        self.version = version
        self.committedAt = committedAt
    }

    public func object(_ id: ObjectID) -> ObjectRecord? { nil }
    /// All objects, by id.
    public var objects: [ObjectRecord] { [] }
    /// The objects of one kind, by id.
    public func objects(kind: UInt16) -> [ObjectRecord] { objects.filter { $0.kind == kind } }
    public func table(_ id: ObjectID) -> TableSnapshot? { nil }
}
