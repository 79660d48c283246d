import Synchronization
import WarehouseBasics
@testable import WarehouseStorage

/// A disk that tells before it does something, so that a test can do something else meanwhile, wait or fail.
final class HookedDisk: Disk {
    enum Step: Equatable {
        case lock(String, DiskLockKind), write(String), sync(String), remove(String), syncDirectory(String)
    }

    typealias Hook = @Sendable (Step) throws(WarehouseError) -> Void

    private let base: any Disk
    private let hook: Mutex<Hook?>

    init(_ base: any Disk, hook: Hook? = nil) {
        self.base = base
        self.hook = Mutex(hook)
    }

    var rootPath: String { base.rootPath }

    func onSteps(_ next: Hook?) { hook.withLock { $0 = next } }

    /// The hook is not locked while it runs: it may come back here.
    fileprivate func tell(_ step: Step) throws(WarehouseError) {
        if let hook = hook.withLock({ $0 }) { try hook(step) }
    }

    func open(_ path: String, _ mode: DiskOpenMode) throws(WarehouseError) -> any DiskFile {
        HookedFile(try base.open(path, mode), self)
    }
    func entry(_ path: String) throws(WarehouseError) -> DiskEntry? { try base.entry(path) }
    func list(_ directory: String) throws(WarehouseError) -> [DiskEntry] { try base.list(directory) }
    func makeDirectory(_ path: String) throws(WarehouseError) { try base.makeDirectory(path) }
    func rename(_ path: String, to newPath: String) throws(WarehouseError) { try base.rename(path, to: newPath) }
    func remove(_ path: String) throws(WarehouseError) {
        try tell(.remove(path))
        try base.remove(path)
    }
    func syncDirectory(_ path: String) throws(WarehouseError) {
        try tell(.syncDirectory(path))
        try base.syncDirectory(path)
    }
    func tryLock(_ path: String, _ kind: DiskLockKind) throws(WarehouseError) -> (any DiskLock)? {
        try tell(.lock(path, kind))
        return try base.tryLock(path, kind)
    }
}

private final class HookedFile: DiskFile {
    private let base: any DiskFile
    private let disk: HookedDisk

    init(_ base: any DiskFile, _ disk: HookedDisk) {
        self.base = base
        self.disk = disk
    }

    var path: String { base.path }
    func sizeBytes() throws(WarehouseError) -> Int { try base.sizeBytes() }
    func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws(WarehouseError) -> Int {
        try base.read(at: offset, into: target)
    }
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(WarehouseError) {
        try disk.tell(.write(path))
        try base.write(bytes, at: offset)
    }
    func truncate(to size: Int) throws(WarehouseError) { try base.truncate(to: size) }
    func sync() throws(WarehouseError) {
        try disk.tell(.sync(path))
        try base.sync()
    }
}
