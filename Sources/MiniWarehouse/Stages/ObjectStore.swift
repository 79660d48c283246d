import WarehouseIngest

/// A file of an object store.
public struct StoredObject: Sendable, Hashable {
    /// Its whole key: what stands behind the bucket's name in the URL.
    public var key: String
    /// Bytes.
    public var size: Int
    /// Nanoseconds since the epoch.
    public var modifiedAt: Int64
    /// What the store tells its content's versions apart by: on S3 an MD5 for objects put in one piece.
    public var contentTag: String

    public init(key: String, size: Int, modifiedAt: Int64, contentTag: String) {
        self.key = key
        self.size = size
        self.modifiedAt = modifiedAt
        self.contentTag = contentTag
    }
}

/// An object that is being written. Nothing is there until `finish`; a writer that is let go leaves nothing behind.
public protocol ObjectWriter: ByteSink {
    /// Everything is written: gives back descriptors and memory until `finish`, so that many can wait for it.
    func seal() throws
    /// Makes the object. Throws a `WarehouseError`.
    func finish() throws
}

extension ObjectWriter {
    public func seal() throws {}
}

/// One bucket of an object store, reached with one set of credentials. Calls block, and throw `WarehouseError`s.
public protocol ObjectStore: Sendable {
    /// Objects whose key begins with `prefix`, in the order of their keys.
    func list(prefix: String) throws -> [StoredObject]
    /// The object's bytes, as they were when it was listed: one that was replaced since is an error.
    func read(_ object: StoredObject) throws -> any ByteSource
    /// Writes an object, over one that is there.
    func write(_ key: String) throws -> any ObjectWriter
    /// Removes an object; one that is not there is none.
    func remove(_ key: String) throws
}

/// Where an external stage is, and with what it is reached.
public struct ObjectLocation: Sendable {
    /// `s3://bucket/path/`.
    public var url: String
    /// AWS_KEY_ID, AWS_SECRET_KEY and AWS_TOKEN of the stage; empty: those of the environment.
    public var credentials: [String: String]
    /// ENDPOINT of the stage.
    public var endpoint: String?

    public init(url: String, credentials: [String: String] = [:], endpoint: String? = nil) {
        self.url = url
        self.credentials = credentials
        self.endpoint = endpoint
    }
}

/// Opens object stores: `WarehouseOptions.objectStores` holds those that a build has.
public protocol ObjectStoreProvider: Sendable {
    /// Beginnings of the URLs it is for: `s3://`.
    var schemes: [String] { get }
    /// The store of `location`, without a request; `prefix` is the path behind its bucket.
    func open(_ location: ObjectLocation) throws -> (store: any ObjectStore, prefix: String)
}
