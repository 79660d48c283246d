/// Identity of a catalog object or table; never used twice in one store.
public struct ObjectID: Hashable, Sendable, Comparable, CustomStringConvertible {
    public var value: UInt64
    public init(_ value: UInt64) { self.value = value }
    public static func < (a: ObjectID, b: ObjectID) -> Bool { a.value < b.value }
    public var description: String { String(value) }
}

/// A catalog object: opaque bytes to the store.
public struct ObjectRecord: Hashable, Sendable {
    public var id: ObjectID
    /// What sort of object it is, to the layer above.
    public var kind: UInt16
    public var payload: [UInt8]

    public init(id: ObjectID, kind: UInt16, payload: [UInt8]) {
        self.id = id
        self.kind = kind
        self.payload = payload
    }
}
