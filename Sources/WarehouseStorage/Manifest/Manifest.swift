import WarehouseBasics

/// The manifest as read so far: the newest state known, and where in which log the next record will stand.
struct ManifestView: Sendable {
    var generation: UInt64
    var log: any DiskFile
    var state: StoreState
    /// Bytes of the log that are right.
    var validBytes: Int
    /// Bytes of the log when it was last looked at: more than `validBytes` while its tail is torn, or being written.
    var seenBytes: Int
    /// Checksum of the last record.
    var chain: UInt64
}

/// Reads and writes the manifest of one store.
///
/// The log decides: a commit exists when its record is whole. A crash may leave the last record torn; it was never
/// acknowledged then and is passed over, and cut off by the next writer. A wrong record that has been acknowledged, or
/// that a right one follows, is damage.
struct Manifest: Sendable {
    let disk: any Disk

    func source(_ path: String) -> String { "The file '\(disk.rootPath)/\(path)'" }

    // MARK: Creating

    /// Writes generation 1 of an empty store. The directories exist.
    func create() throws(WarehouseError) {
        try writeGeneration(1, StoreState())
        try disk.replace(ManifestFiles.currentPath, with: ManifestFiles.current(1))
    }

    /// Whether a file of the manifest may be there before a warehouse is whole: no commit has been made then.
    static func isOfCreation(_ entry: DiskEntry) -> Bool {
        switch "manifest/" + entry.name {
        case ManifestFiles.checkpointPath(1), ManifestFiles.currentPath, ManifestFiles.currentPath + ".new": true
        case ManifestFiles.logPath(1): entry.sizeBytes <= ManifestFiles.logHeadBytes
        default: false
        }
    }

    private func writeGeneration(_ generation: UInt64, _ state: StoreState) throws(WarehouseError) {
        let checkpoint = try disk.open(ManifestFiles.checkpointPath(generation), .create)
        try checkpoint.write(ManifestFiles.checkpoint(generation, state), at: 0)
        try checkpoint.sync()
        let log = try disk.open(ManifestFiles.logPath(generation), .create)
        try log.write(ManifestFiles.logHead(generation), at: 0)
        try log.sync()
        try disk.syncDirectory("manifest")
    }

    // MARK: Reading

    func currentGeneration() throws(WarehouseError) -> UInt64 {
        let bytes = try disk.contents(ManifestFiles.currentPath, limit: 4096)
        return try ManifestFiles.readCurrent(bytes, source: source(ManifestFiles.currentPath))
    }

    private func acknowledgement() -> ManifestFiles.Acknowledgement? {
        guard let file = try? disk.open(ManifestFiles.acknowledgedPath, .read),
              let bytes = try? file.bytes(from: 0, count: 64) else { return nil }
        return ManifestFiles.readAcknowledged(bytes)
    }

    /// Reads everything anew.
    func load() throws(WarehouseError) -> ManifestView {
        var attempt = 0
        while true {
            let generation = try currentGeneration()
            do throws(WarehouseError) {
                return try load(generation: generation)
            } catch {
                // A writer may have begun a new generation and removed this one meanwhile.
                attempt += 1
                guard attempt < 100, try currentGeneration() != generation else { throw error }
            }
        }
    }

    func load(generation: UInt64) throws(WarehouseError) -> ManifestView {
        // Before the log: what is acknowledged now must be found in what is read later.
        let acknowledged = acknowledgement()
        var view = try begin(generation)
        let tail = try view.log.bytes(from: view.validBytes, limit: ManifestFiles.maximumFileBytes)
        let rest = try replay(tail, &view, until: nil)
        try checkEnd(rest, view, acknowledged)
        return view
    }

    /// A generation as its checkpoint tells it, before the records of its log.
    private func begin(_ generation: UInt64) throws(WarehouseError) -> ManifestView {
        let path = ManifestFiles.checkpointPath(generation)
        let bytes = try disk.contents(path, limit: ManifestFiles.maximumFileBytes)
        let state = try ManifestFiles.readCheckpoint(bytes, generation: generation, source: source(path))
        let log = try openLog(generation)
        let head = try log.bytes(from: 0, count: ManifestFiles.logHeadBytes)
        let chain = try ManifestFiles.readLogHead(head, generation: generation, source: source(log.path))
        return ManifestView(generation: generation, log: log, state: state, validBytes: ManifestFiles.logHeadBytes,
                            seenBytes: ManifestFiles.logHeadBytes, chain: chain)
    }

    private func openLog(_ generation: UInt64) throws(WarehouseError) -> any DiskFile {
        try disk.open(ManifestFiles.logPath(generation), .read)
    }

    /// Applies the right records at the beginning of `tail`, and gives the bytes behind them.
    private func replay(_ tail: [UInt8], _ view: inout ManifestView,
                        until stop: ((StoreState) -> Bool)?) throws(WarehouseError) -> ArraySlice<UInt8> {
        var rest = tail[...]
        view.seenBytes = view.validBytes + tail.count
        while let header = CommitRecord.header(rest), header.previous == view.chain {
            let body = rest.dropFirst(CommitRecord.headerBytes).prefix(header.bodyBytes)
            let place = "\(source(view.log.path)), record at \(view.validBytes),"
            if let stop {
                var state = view.state
                try CommitRecord.apply(body, to: &state, source: place)
                if stop(state) { break }
                view.state = state
            } else {
                // In place: a copy would be one of every table and object.
                try CommitRecord.apply(body, to: &view.state, source: place)
            }
            view.chain = header.checksum
            view.validBytes += CommitRecord.headerBytes + header.bodyBytes
            rest = rest.dropFirst(CommitRecord.headerBytes + header.bodyBytes)
        }
        return rest
    }

    /// Decides whether the bytes behind the last right record are a torn record or damage.
    private func checkEnd(_ rest: ArraySlice<UInt8>, _ view: ManifestView,
                          _ acknowledged: ManifestFiles.Acknowledgement?) throws(WarehouseError) {
        let place = source(view.log.path)
        if let acknowledged, acknowledged.generation == view.generation, acknowledged.logBytes > view.validBytes {
            throw WarehouseError(.corrupt, "\(place) is damaged at byte \(view.validBytes): commits up to byte "
                + "\(acknowledged.logBytes) have been acknowledged.")
        }
        guard rest.count > CommitRecord.headerBytes else { return }
        let magic = withUnsafeBytes(of: CommitRecord.magic.littleEndian) { Array($0) }
        for start in rest.startIndex..<(rest.endIndex - CommitRecord.headerBytes)
        where rest[start] == magic[0] && rest[start + 1] == magic[1] && rest[start + 2] == magic[2] {
            if CommitRecord.header(rest[start...]) != nil {
                throw WarehouseError(.corrupt, "\(place) is damaged at byte \(view.validBytes): "
                    + "a right record follows at byte \(view.validBytes + start - rest.startIndex).")
            }
        }
    }

    /// Takes in what was committed since; gives whether anything was.
    func refresh(_ view: inout ManifestView) throws(WarehouseError) -> Bool {
        let version = view.state.version, generation = view.generation
        if try currentGeneration() != view.generation {
            view = try load()
            return view.state.version != version || view.generation != generation
        }
        let size = try view.log.sizeBytes()
        if size == view.seenBytes, size == view.validBytes { return false }
        let acknowledged = acknowledgement()
        var next = view
        if size > view.validBytes {
            let tail = try view.log.bytes(from: view.validBytes, limit: ManifestFiles.maximumFileBytes)
            let rest = try replay(tail, &next, until: nil)
            let isBehind = acknowledged.map { $0.generation == generation && $0.logBytes > next.validBytes } ?? false
            if !isBehind, CommitRecord.header(rest) == nil {
                view = next
                return next.state.version != version
            }
        }
        // What was read before has changed (a commit that failed was withdrawn), or the log is damaged.
        view = try load()
        return true
    }

    // MARK: Writing

    /// Cuts a torn record off, and opens the log for writing. Only with the write lock, after `refresh`.
    func prepareToWrite(_ view: inout ManifestView) throws(WarehouseError) -> any DiskFile {
        let log = try disk.open(view.log.path, .readWrite)
        if view.seenBytes > view.validBytes {
            try log.truncate(to: view.validBytes)
            view.seenBytes = view.validBytes
        }
        return log
    }

    /// Why a record could not be appended.
    struct AppendFailure: Error {
        let cause: WarehouseError
        /// The log durably ends as before; else the record may yet be found in it.
        let isWithdrawn: Bool
    }

    /// Appends a record and makes it durable. After an error the log ends as before, as far as the disk obeys.
    func append(_ record: [UInt8], to log: any DiskFile, at offset: Int) throws(AppendFailure) {
        do throws(WarehouseError) {
            try log.write(record, at: offset)
            try log.sync()
        } catch {
            let isCut = (try? log.truncate(to: offset)) != nil
            let isDurable = (try? log.sync()) != nil
            throw AppendFailure(cause: error, isWithdrawn: isCut && isDurable)
        }
    }

    /// Notes, without making it durable, that the commits so far were acknowledged: a later loss is then seen to be
    /// one. It is written after the log is durable, so that it never says too much.
    func acknowledge(_ view: ManifestView) {
        let bytes = ManifestFiles.acknowledged(generation: view.generation, logBytes: view.validBytes,
                                               version: view.state.version)
        let mode: DiskOpenMode = (try? disk.entry(ManifestFiles.acknowledgedPath)) == nil ? .create : .readWrite
        guard let file = try? disk.open(ManifestFiles.acknowledgedPath, mode) else { return }
        try? file.write(bytes, at: 0)
    }

    /// Begins a new generation with a checkpoint of the view's state. Only with the write lock. After an error the old
    /// generation or the new one is in force: the caller must load anew.
    func checkpoint(_ view: inout ManifestView) throws(WarehouseError) {
        let next = view.generation + 1
        try writeGeneration(next, view.state)
        let head = try disk.contents(ManifestFiles.logPath(next), limit: 4096)
        let log = try openLog(next)
        let chain = try ManifestFiles.readLogHead(head, generation: next, source: source(log.path))
        try disk.replace(ManifestFiles.currentPath, with: ManifestFiles.current(next))
        view.generation = next
        view.log = log
        view.chain = chain
        view.validBytes = ManifestFiles.logHeadBytes
        view.seenBytes = ManifestFiles.logHeadBytes
    }

    /// Removes generations that ended more than the longest retention ago, and leftovers of failed checkpoints.
    func removeOldGenerations(before current: UInt64, keepingAfter time: Int64) throws(WarehouseError) {
        var generations: Set<UInt64> = []
        for entry in try disk.list("manifest") {
            if let generation = ManifestFiles.generation(fileName: entry.name), generation != current {
                generations.insert(generation)
            }
        }
        for generation in generations.sorted() {
            let isNewer = generation > current
            // A generation ended when the next began.
            let ended = isNewer ? nil : try? checkpointHead(generation + 1).time
            if !isNewer, let ended, ended > time { continue }
            try disk.remove(ManifestFiles.checkpointPath(generation))
            try disk.remove(ManifestFiles.logPath(generation))
        }
    }

    func checkpointHead(_ generation: UInt64) throws(WarehouseError) -> ManifestFiles.CheckpointHead {
        let path = ManifestFiles.checkpointPath(generation)
        let file = try disk.open(path, .read)
        let bytes = try file.bytes(from: 0, count: ManifestFiles.checkpointHeadBytes)
        return try ManifestFiles.readCheckpointHead(bytes[...], source: source(path))
    }

    // MARK: History

    /// The newest state that `isTooNew` does not refuse, from the generations that are kept; nil when even the oldest
    /// is too new.
    func state(before isTooNew: @escaping (_ version: UInt64, _ time: Int64) -> Bool) throws(WarehouseError)
        -> StoreState? {
        let generations = try disk.list("manifest").compactMap { ManifestFiles.generation(fileName: $0.name) }
        let current = try currentGeneration()
        for generation in Set(generations).sorted(by: >) where generation <= current {
            guard let head = try? checkpointHead(generation) else { continue }
            if isTooNew(head.version, head.time) { continue }
            do throws(WarehouseError) {
                return try state(of: generation, before: isTooNew)
            } catch {
                // A writer may have removed it meanwhile.
                guard try disk.entry(ManifestFiles.logPath(generation)) == nil else { throw error }
            }
        }
        return nil
    }

    private func state(of generation: UInt64,
                       before isTooNew: @escaping (UInt64, Int64) -> Bool) throws(WarehouseError) -> StoreState {
        var view = try begin(generation)
        let tail = try view.log.bytes(from: view.validBytes, limit: ManifestFiles.maximumFileBytes)
        _ = try replay(tail, &view) { isTooNew($0.version, $0.committedAt) }
        return view.state
    }
}
