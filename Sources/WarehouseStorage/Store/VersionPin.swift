import Synchronization
import WarehouseBasics
#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Keeps the data of one version on disk: a shared lock on `pins/<version>`, which the end of the process releases.
/// Where the directory cannot be written, the lock is on `pins/any` and stands for every version; on a medium where
/// nobody can write it is not needed.
///
/// Whoever removes data looks at the pins after he has published that it is forgotten; whoever pins a version looks at
/// what is forgotten after he has the lock. One of them sees the other.
final class VersionPin: Sendable {
    let version: UInt64
    private let held = Lock<Held?>(nil)
    /// Of a version that is pinned when its data is first read.
    private let late: Late?
    private let isKept: Atomic<Bool>

    private struct Held {
        let lock: any DiskLock
        let isOwnFile: Bool
    }

    private struct Late {
        let store: Store
        let state: StoreState
    }

    static let directory = "pins"
    static let anyPath = "pins/any"
    /// As long as a process may take that looks whether a pin is held.
    private static let patienceSeconds = 5.0

    /// A pin that does not hold yet: of a writer, whose write lock keeps everybody from removing anything, or of a reader
    /// that holds it before it looks which version is the newest.
    init(_ version: UInt64) {
        self.version = version
        late = nil
        isKept = Atomic(true)
    }

    /// A pin that holds from `keep` on. Making and removing a file for it is more than a commit of one row writes else.
    init(laterOf state: StoreState, in store: Store) {
        version = state.version
        late = Late(store: store, state: state)
        isKept = Atomic(false)
    }

    deinit {
        held.withLock { held in held?.lock.release(removing: held?.isOwnFile == true) }
    }

    /// Whether the lock is taken.
    var isHolding: Bool { held.withLock { $0 != nil } }

    /// Makes sure that the data of the version is there, and stays. Errors: `objectMissing` when some has been removed.
    func keep() throws(WarehouseError) {
        guard !isKept.load(ordering: .acquiring), let late else { return }
        try hold(on: late.store.disk, isReadOnly: late.store.isReadOnly)
        guard try late.store.holdsData(of: late.state) else {
            throw WarehouseError(.objectMissing, "Time travel data is not available: rows of version \(version) are no "
                + "longer kept.")
        }
        noteKept()
    }

    /// The version was found to be the newest after the lock was taken.
    func noteKept() { isKept.store(true, ordering: .releasing) }

    /// Takes the lock, if it is not yet taken. Errors: `busy` when others have locked the pins all the time; those of the
    /// disk, unless they say that nobody can write there.
    func hold(on disk: any Disk, isReadOnly: Bool) throws(WarehouseError) {
        try held.withLock { (held) throws(WarehouseError) in
            guard held == nil else { return }
            let start = WriteLock.monotonicSeconds()
            while true {
                let own = isReadOnly ? .missing : try tryOwnLock(on: disk)
                if case .got(let lock) = own { return held = Held(lock: lock, isOwnFile: true) }
                let any = Attempt(Self.anyPath, .shared(create: false), on: disk)
                if case .got(let lock) = any { return held = Held(lock: lock, isOwnFile: false) }
                switch (own, any) {
                case (.failed(let error), .failed), (.failed(let error), .missing), (.missing, .failed(let error)):
                    throw error
                case (.missing, .missing): return
                default: break
                }
                // Somebody is just looking whether anyone holds them.
                guard WriteLock.monotonicSeconds() - start < Self.patienceSeconds else {
                    throw WarehouseError(.busy, "Another process has locked the files in "
                        + "'\(disk.rootPath)/\(Self.directory)': version \(version) cannot be read.")
                }
                usleep(200)
            }
        }
    }

    private func tryOwnLock(on disk: any Disk) throws(WarehouseError) -> Attempt {
        let path = "\(Self.directory)/\(version)"
        let attempt = Attempt(path, .shared(create: true), on: disk)
        // A copy of a warehouse may lack directories that were empty.
        guard case .failed = attempt, try disk.entry(Self.directory) == nil else { return attempt }
        try disk.makeDirectory(Self.directory)
        _ = try disk.open(Self.anyPath, .create)
        return Attempt(path, .shared(create: true), on: disk)
    }

    private enum Attempt {
        case got(any DiskLock)
        /// Somebody is in the way.
        case taken
        /// There is no such file to lock, or nobody may write one.
        case missing
        case failed(WarehouseError)

        init(_ path: String, _ kind: DiskLockKind, on disk: any Disk) {
            do throws(WarehouseError) {
                self = try disk.tryLock(path, kind).map { .got($0) } ?? .taken
            } catch {
                let isMissing = kind == .shared(create: false) && ((try? disk.entry(path)) ?? nil) == nil
                self = error.code == ErrorKind.readOnly.code || isMissing ? .missing : .failed(error)
            }
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
