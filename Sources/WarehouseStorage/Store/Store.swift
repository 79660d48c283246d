import WarehouseBasics

/// One warehouse directory, opened by this process. Any number of stores, here and in other processes, may have it
/// open; one at a time writes.
public final class Store: Sendable {
    /// As given.
    public let path: String
    /// Writing was not asked for.
    public let isReadOnly: Bool

    let disk: any Disk
    let options: StoreOptions
    let manifest: Manifest
    let segments: SegmentCache
    let shared: Lock<Shared>

    /// What all users of the store share.
    struct Shared {
        var view: ManifestView
        /// The pin of the newest snapshot, while anyone holds it.
        weak var pin: VersionPin?
        /// Segment ids below are taken, also those of transactions that were rolled back.
        var nextSegmentID: UInt64 = 1
        /// The generation that this process knows to be durably current.
        var durableGeneration: UInt64 = 0
        /// The directory has been searched for files of crashed writers.
        var isSwept = false
        /// A commit failed in a way that may have left others with a version that never came to be.
        var needsCheckpoint = false
    }

    private init(disk: any Disk, readOnly: Bool, options: StoreOptions) throws(WarehouseError) {
        self.disk = disk
        path = disk.rootPath
        isReadOnly = readOnly
        self.options = options
        manifest = Manifest(disk: disk)
        segments = SegmentCache(disk)
        shared = Lock(Shared(view: try manifest.load()))
    }

    // MARK: Opening

    /// Makes a new warehouse; the directory is made when missing. Errors: `alreadyExists` when it holds a warehouse,
    /// `notAWarehouse` when it holds anything else.
    public static func create(at path: String, options: StoreOptions = StoreOptions()) throws(WarehouseError) -> Store {
        try create(on: POSIXDisk(path), options: options)
    }

    /// Opens a warehouse. Errors: `notAWarehouse`, `newerFormat`, `corrupt`, `inputOutput`. Opening takes no lock and
    /// changes nothing, unless `options.createIfMissing` asks for a new warehouse where there is none.
    public static func open(_ path: String, readOnly: Bool = false,
                            options: StoreOptions = StoreOptions()) throws(WarehouseError) -> Store {
        try open(on: POSIXDisk(path), readOnly: readOnly, options: options)
    }

    /// `create(at:)` on any disk.
    public static func create(on disk: any Disk,
                              options: StoreOptions = StoreOptions()) throws(WarehouseError) -> Store {
        if try disk.entry(ManifestFiles.identityPath) != nil {
            throw WarehouseError(.alreadyExists, "'\(disk.rootPath)' is a warehouse already.")
        }
        try requireFree(disk)
        try disk.makeDirectory("")
        let lock = try WriteLock.acquire(on: disk, timeoutSeconds: options.busyTimeoutSeconds)
        defer { lock.release(clean: true) }
        // Another process may have been faster.
        guard try disk.entry(ManifestFiles.identityPath) == nil else {
            throw WarehouseError(.alreadyExists, "'\(disk.rootPath)' is a warehouse already.")
        }
        try requireUnused(disk)
        // `tmp` is made by whoever puts something there, for its owner alone.
        for directory in ["manifest", "segments", VersionPin.directory, "stages"] { try disk.makeDirectory(directory) }
        _ = try disk.open(VersionPin.anyPath, .create)
        try Manifest(disk: disk).create()
        var random = SystemRandomNumberGenerator()
        let identity = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        try disk.replace(ManifestFiles.identityPath, with: ManifestFiles.identity(identity))
        return try Store(disk: disk, readOnly: false, options: options)
    }

    /// `open(_:)` on any disk.
    public static func open(on disk: any Disk, readOnly: Bool = false,
                            options: StoreOptions = StoreOptions()) throws(WarehouseError) -> Store {
        guard let entry = try disk.entry(ManifestFiles.identityPath), !entry.isDirectory else {
            guard options.createIfMissing, !readOnly else { throw notAWarehouse(disk) }
            do throws(WarehouseError) {
                return try create(on: disk, options: options)
            } catch {
                guard error.code == ErrorKind.alreadyExists.code else { throw error }
                return try open(on: disk, readOnly: readOnly, options: options)
            }
        }
        let bytes = try disk.contents(ManifestFiles.identityPath, limit: 4096)
        let source = "The file '\(disk.rootPath)/\(ManifestFiles.identityPath)'"
        _ = try ManifestFiles.readIdentity(bytes, source: source)
        return try Store(disk: disk, readOnly: readOnly, options: options)
    }

    private static func notAWarehouse(_ disk: any Disk) -> WarehouseError {
        guard let root = (try? disk.entry("")) ?? nil else {
            return WarehouseError(.notAWarehouse,
                                  "There is no warehouse at '\(disk.rootPath)': the directory is missing.")
        }
        return WarehouseError(.notAWarehouse, root.isDirectory
            ? "The directory '\(disk.rootPath)' is not a warehouse: it holds no file MLWH."
            : "'\(disk.rootPath)' is not a warehouse: it is a file.")
    }

    /// A new warehouse may only take a directory that is empty, or that a crash left in the middle of its creation.
    private static func requireFree(_ disk: any Disk) throws(WarehouseError) {
        if let root = try disk.entry(""), !root.isDirectory { throw notAWarehouse(disk) }
        let ours: Set = [ManifestFiles.identityPath, "MLWH.new", "lock", "manifest", "segments", "pins", "stages", "tmp"]
        if let other = try disk.list("").first(where: { !ours.contains($0.name) }) {
            throw WarehouseError(.notAWarehouse, "The directory '\(disk.rootPath)' is not empty (it holds "
                + "'\(other.name)') and not a warehouse; a new warehouse needs an empty directory.")
        }
    }

    /// One that has lost only its file MLWH still holds all its tables.
    private static func requireUnused(_ disk: any Disk) throws(WarehouseError) {
        var used = try disk.list("manifest").first { !Manifest.isOfCreation($0) }.map { "manifest/" + $0.name }
        for directory in ["segments", "stages"] where used == nil {
            used = try disk.list(directory).first.map { directory + "/" + $0.name }
        }
        guard let used else { return }
        throw WarehouseError(.corrupt, "The file '\(disk.rootPath)/\(ManifestFiles.identityPath)' is missing, but the "
            + "directory holds a warehouse's '\(used)': nothing is made anew over it.",
            hint: "Bring the file back from a copy of the directory; that of any warehouse will do.")
    }

    // MARK: Reading

    /// The newest published version, whichever process published it. Cheap when nothing has changed. Whatever the
    /// snapshot needs stays on disk while the snapshot lives; when not `pinned`, from the first `StoreSnapshot.keepData`
    /// or the first look into a segment file on, which fails if that has been removed by then.
    public func snapshot(pinned: Bool = true) throws(WarehouseError) -> StoreSnapshot {
        try shared.withLock { (shared) throws(WarehouseError) in
            // A pin of the version known, taken before looking for a newer one, covers that too until it has its own.
            var pin = shared.pin
            if pinned {
                let early = pin ?? VersionPin(shared.view.state.version)
                try early.hold(on: disk, isReadOnly: isReadOnly)
                pin = early
            }
            _ = try manifest.refresh(&shared.view)
            let state = shared.view.state
            let own: VersionPin
            if let pin, pin.version == state.version {
                own = pin
            } else {
                own = pinned ? VersionPin(state.version) : VersionPin(laterOf: state, in: self)
                if pinned { try own.hold(on: disk, isReadOnly: isReadOnly) }
            }
            if pinned { own.noteKept() }
            shared.pin = own
            // Lets go of the earlier one behind its own.
            return withExtendedLifetime(pin) { StoreSnapshot(state, segments: segments, pin: own) }
        }
    }

    /// Whether every segment file of a version is kept. To be asked with a pin of the version.
    func holdsData(of state: StoreState) throws(WarehouseError) -> Bool {
        try shared.withLock { (shared) throws(WarehouseError) in
            _ = try manifest.refresh(&shared.view)
            let now = shared.view.state
            if now.version == state.version { return true }
            return state.references.keys.allSatisfy { now.references[$0] != nil || now.dropped[$0] != nil }
        }
    }

    /// The newest version that was committed at or before `time` (nanoseconds since the epoch); nil when the history
    /// that is kept does not reach back so far. A table whose rows of then are no longer kept is missing in it.
    public func snapshot(at time: Int64) throws(WarehouseError) -> StoreSnapshot? {
        try history { _, committedAt in committedAt > time }
    }

    /// Version `version`; nil when the history that is kept does not reach back so far, or has not come so far.
    public func snapshot(version: UInt64) throws(WarehouseError) -> StoreSnapshot? {
        let found = try history { candidate, _ in candidate > version }
        return found?.version == version ? found : nil
    }

    private func history(_ isTooNew: @escaping (UInt64, Int64) -> Bool) throws(WarehouseError) -> StoreSnapshot? {
        // The newest version cannot lose anything meanwhile.
        let newest = try snapshot()
        if !isTooNew(newest.version, newest.committedAt) { return newest }
        guard let state = try manifest.state(before: isTooNew) else { return nil }
        let pin = VersionPin(state.version)
        try pin.hold(on: disk, isReadOnly: isReadOnly)
        // Segments may have been forgotten, by the retention of their tables, or while the pin was not yet there.
        let now = try snapshot().state
        return StoreSnapshot(state.keeping { now.references[$0] != nil || now.dropped[$0] != nil },
                             segments: segments, pin: pin)
    }

    // MARK: Writing

    /// Begins the write transaction, waiting up to `timeoutSeconds` (nil: the options' `busyTimeoutSeconds`) for another
    /// one, of this process too. Errors: `busy` naming the holder, `readOnly`.
    public func beginWrite(timeoutSeconds: Double? = nil) throws(WarehouseError) -> WriteTransaction {
        guard !isReadOnly else {
            throw WarehouseError(.readOnly, "The warehouse '\(path)' is open for reading only.")
        }
        let lock = try WriteLock.acquire(on: disk, timeoutSeconds: timeoutSeconds ?? options.busyTimeoutSeconds)
        do throws(WarehouseError) {
            return try beginWrite(holding: lock)
        } catch {
            lock.release(clean: !lock.previousCrashed)
            throw error
        }
    }

    private func beginWrite(holding lock: WriteLock) throws(WarehouseError) -> WriteTransaction {
        try shared.withLock { (shared) throws(WarehouseError) in
            _ = try manifest.refresh(&shared.view)
            let log = try manifest.prepareToWrite(&shared.view)
            if shared.durableGeneration != shared.view.generation {
                // Whoever made it current may have crashed before that was durable.
                try disk.syncDirectory("manifest")
                shared.durableGeneration = shared.view.generation
            }
            if lock.previousCrashed || !shared.isSwept {
                shared.isSwept = try removeOrphans(shared.view.state, log)
            }
            let state = shared.view.state
            shared.nextSegmentID = max(shared.nextSegmentID, state.nextSegmentID)
            // The write lock keeps everything while the transaction lasts.
            let pin = shared.pin.flatMap { $0.isHolding ? $0 : nil } ?? VersionPin(state.version)
            return WriteTransaction(self, lock: lock, log: log, state: state, pin: pin)
        }
    }

    /// Removes segment files that no version holds: of transactions that did not end, and such as were still read when
    /// they were forgotten. False when somebody reads an older version still: nothing is removed then.
    private func removeOrphans(_ state: StoreState, _ log: any DiskFile) throws(WarehouseError) -> Bool {
        let orphans = try disk.list("segments").filter { entry in
            guard let id = SegmentFormat.id(fileName: entry.name) else { return false }
            return state.references[id] == nil && state.dropped[id] == nil
        }
        if orphans.isEmpty { return true }
        if let oldest = try VersionPin.oldest(on: disk), oldest < state.version { return false }
        // A writer that was killed may have left its record where only the running system sees it: the version before,
        // which a power failure would bring back, holds files that the state no longer does.
        try log.sync()
        for entry in orphans {
            try disk.remove("segments/" + entry.name)
            if let id = SegmentFormat.id(fileName: entry.name) { segments.forget([id]) }
        }
        return true
    }

    /// Rewrites all tables into large segments without deleted rows, and removes what neither a reader nor the
    /// retention time needs. `time`: nanoseconds since the epoch.
    public func vacuum(queryID: String, time: Int64) throws(WarehouseError) {
        let transaction = try beginWrite()
        try transaction.vacuum(tables: nil)
        try transaction.commit(queryID: queryID, time: time)
    }

    /// Which process has the right to write now, as messages call it; nil when none has.
    public func writer() -> String? { WriteLock.holder(on: disk) }

    /// A segment id that nobody has had.
    func allocateSegmentID() -> UInt64 {
        shared.withLock { shared in
            defer { shared.nextSegmentID += 1 }
            return shared.nextSegmentID
        }
    }
}
