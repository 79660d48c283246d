import WarehouseBasics

/// Files under one root directory. Paths are relative to it, with `/` between names. What was written is durable
/// only after `sync` of the file; that a name exists (or is gone) only after `syncDirectory` of its directory.
/// Every error is a `WarehouseError` naming the path.
public protocol Disk: AnyObject, Sendable {
    /// The root as the user knows it, for messages.
    var rootPath: String { get }

    /// Opens a file. `create`: makes it when missing, and empties it when it exists.
    func open(_ path: String, _ mode: DiskOpenMode) throws(WarehouseError) -> any DiskFile
    /// What stands at `path`; nil when nothing does.
    func entry(_ path: String) throws(WarehouseError) -> DiskEntry?
    /// The entries of a directory, in no order, `name` without the directory. Empty when there is no such directory.
    func list(_ directory: String) throws(WarehouseError) -> [DiskEntry]
    /// Makes a directory, and those above it, where missing; `""` is the root.
    func makeDirectory(_ path: String) throws(WarehouseError)
    /// Atomically gives a file a new name, replacing what had it.
    func rename(_ path: String, to newPath: String) throws(WarehouseError)
    /// Removes a file; nothing happens when it is missing.
    func remove(_ path: String) throws(WarehouseError)
    func syncDirectory(_ path: String) throws(WarehouseError)
    /// Locks the file at `path` until the result is released or the process ends; nil when another holder is in the
    /// way. Two locks of one process exclude each other like those of two processes.
    func tryLock(_ path: String, _ kind: DiskLockKind) throws(WarehouseError) -> (any DiskLock)?
}

public enum DiskOpenMode: Sendable {
    /// The file must exist.
    case read
    /// The file must exist.
    case readWrite
    /// Made when missing, emptied when not.
    case create
}

public enum DiskLockKind: Sendable, Equatable {
    /// One holder. Makes the file when missing.
    case exclusive
    /// Many holders. Makes the file when missing and `create`; else needs no right to write.
    case shared(create: Bool)
}

public struct DiskEntry: Sendable, Hashable {
    public var name: String
    public var isDirectory: Bool
    public var sizeBytes: Int

    public init(name: String, isDirectory: Bool, sizeBytes: Int) {
        self.name = name
        self.isDirectory = isDirectory
        self.sizeBytes = sizeBytes
    }
}

/// An open file. Reads may come from many threads at a time. Closed when the last reference goes.
public protocol DiskFile: AnyObject, Sendable {
    /// Path under the root.
    var path: String { get }
    func sizeBytes() throws(WarehouseError) -> Int
    /// Reads from `offset` until `target` is full or the file ends; gives the number of bytes read.
    func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws(WarehouseError) -> Int
    /// Writes all of `bytes` at `offset`, growing the file when needed.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(WarehouseError)
    func truncate(to size: Int) throws(WarehouseError)
    /// Makes all written bytes durable.
    func sync() throws(WarehouseError)
}

/// A lock that is held.
public protocol DiskLock: AnyObject, Sendable {
    /// Replaces what stands in the locked file (who holds it). Not made durable.
    func write(_ note: [UInt8]) throws(WarehouseError)
    /// What stands in the locked file, at most 4 KB.
    func read() throws(WarehouseError) -> [UInt8]
    /// Lets go; a later call does nothing. `removing`: removes the file too, if nobody else holds it.
    func release(removing: Bool)
}
