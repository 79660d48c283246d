import Synchronization
import WarehouseBasics

/// Keeps the data of one version on disk: a shared lock on `pins/<version>`, which the end of the process releases.
/// Where the directory cannot be written, the lock is on `pins/any` and stands for every version; on a medium where
/// nobody can write it is not needed.
final class VersionPin: Sendable {
    let version: UInt64
    private let held = Mutex<Held?>(nil)

    private struct Held {
        let lock: any DiskLock
        let isOwnFile: Bool
    }

    static let directory = "pins"
    static let anyPath = "pins/any"

    init(_ version: UInt64, on disk: any Disk, isReadOnly: Bool) {
        self.version = version
        hold(on: disk, isReadOnly: isReadOnly)
    }

    /// A pin that does not hold yet: of a writer, whose write lock keeps everybody from removing anything. Making and
    /// removing a file for it is more than a commit of one row writes else.
    init(ofWriterAt version: UInt64) { self.version = version }

    deinit {
        held.withLock { held in held?.lock.release(removing: held?.isOwnFile == true) }
    }

    /// Takes the lock, if it is not yet taken.
    func hold(on disk: any Disk, isReadOnly: Bool) {
        held.withLock { held in
            guard held == nil else { return }
            if !isReadOnly, let own = try? disk.tryLock("\(Self.directory)/\(version)", .shared(create: true)) {
                held = Held(lock: own, isOwnFile: true)
            } else if let any = try? disk.tryLock(Self.anyPath, .shared(create: false)) {
                held = Held(lock: any, isOwnFile: false)
            }
            // A failure leaves the reader without a pin: there is nothing to lock, or somebody is just cleaning up.
        }
    }

    /// The oldest version that anyone reads; nil when nobody does. Removes what crashed readers left.
    static func oldest(on disk: any Disk) throws(WarehouseError) -> UInt64? {
        var oldest: UInt64?
        for entry in try disk.list(directory) {
            let version = entry.name == "any" ? 0 : UInt64(entry.name)
            guard let version else { continue }
            if let free = try disk.tryLock("\(directory)/\(entry.name)", .exclusive) {
                free.release(removing: entry.name != "any")
            } else {
                oldest = min(oldest ?? version, version)
            }
        }
        return oldest
    }
}
