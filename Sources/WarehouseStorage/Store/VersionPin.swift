import WarehouseBasics

/// Keeps the data of one version on disk: a shared lock on `pins/<version>`, which the end of the process releases.
/// Where the directory cannot be written, the lock is on `pins/any` and stands for every version; on a medium where
/// nobody can write it is not needed.
final class VersionPin: Sendable {
    let version: UInt64
    private let lock: (any DiskLock)?
    private let isOwnFile: Bool

    static let directory = "pins"
    static let anyPath = "pins/any"

    init(_ version: UInt64, on disk: any Disk, isReadOnly: Bool) {
        self.version = version
        let own = isReadOnly ? nil : try? disk.tryLock("\(Self.directory)/\(version)", .shared(create: true))
        if let own {
            lock = own
            isOwnFile = true
        } else {
            // A failure leaves the reader without a pin: there is nothing to lock, or somebody is just cleaning up.
            lock = (try? disk.tryLock(Self.anyPath, .shared(create: false))) ?? nil
            isOwnFile = false
        }
    }

    deinit { lock?.release(removing: isOwnFile) }

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
