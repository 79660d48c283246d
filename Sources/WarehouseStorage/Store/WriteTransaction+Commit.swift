import WarehouseBasics
import WarehouseColumns

extension WriteTransaction {
    /// Publishes the changes durably and ends the transaction. `time`: nanoseconds since the epoch. Gives the new
    /// version, or the old one when nothing has changed. After an error the transaction is rolled back.
    @discardableResult
    public func commit(queryID: String, time: Int64) throws(WarehouseError) -> UInt64 {
        do throws(WarehouseError) {
            return try publish(queryID: queryID, time: time)
        } catch {
            rollback()
            throw error
        }
    }

    /// Rewrites tables (nil: all) into large segments without deleted rows. The commit then removes what neither a
    /// reader nor the retention time needs.
    public func vacuum(tables: [ObjectID]?) throws(WarehouseError) {
        let all = try snapshot().tableIDs
        for id in tables ?? all { try Compaction(self).runFully(id) }
        // Also when nothing was rewritten: what has expired goes with the commit.
        try withWork { (work) throws(WarehouseError) in try work.makeCommitOne() }
        // Generations of the log go when one begins.
        store.shared.withLock { $0.needsCheckpoint = true }
    }

    /// Has the commit free the files of what was dropped before and whose time is over at `time` (nanoseconds since the
    /// epoch), which every commit does, also where nothing else changes. Without files that can be freed there is nothing
    /// to commit. False when somebody still reads such files.
    public func freeExpired(at time: Int64) throws(WarehouseError) -> Bool {
        try withWork { (work) throws(WarehouseError) in
            let free = try store.forgettable(work.base, now: time).count
            if free > 0 { try work.makeCommitOne() }
            return free == work.base.dropped.count { $0.value.expiresAt <= time }
        }
    }

    private func publish(queryID: String, time: Int64) throws(WarehouseError) -> UInt64 {
        let isEmpty = try withWork { (work) throws(WarehouseError) in work.changes.isEmpty }
        if isEmpty {
            let version = try withWork { (work) throws(WarehouseError) in work.base.version }
            rollback()
            return version
        }
        try Compaction(self).run()
        return try work.withLock { (work) throws(WarehouseError) in
            guard work.isOpen else { throw WarehouseError(.transaction, "The write transaction has ended.") }
            let now = max(time, work.base.committedAt)
            // What a clone of an older version has taken up again stays.
            var forgotten = try store.forgettable(work.base, now: now).filter { work.state.references[$0] == nil }
            // Files that this transaction made and replaced belong to no version.
            forgotten += work.files.filter { work.state.dropped[$0] != nil }
            if !forgotten.isEmpty { work.changes.append(.forget(forgotten)) }
            if !work.files.isEmpty { try store.disk.syncDirectory("segments") }
            let version = try store.publish(&work, queryID: queryID, time: now)
            let unused = work.files.filter { work.state.references[$0] == nil && work.state.dropped[$0] == nil }
            store.removeFiles(Set(unused).union(store.unread(forgotten, work.base)).sorted()[...])
            store.checkpointIfWorthwhile(now: now)
            work.end(on: store.disk)
            return version
        }
    }
}

extension WriteTransaction.Work {
    /// A change that changes nothing, so that there is one to commit.
    fileprivate mutating func makeCommitOne() throws(WarehouseError) {
        try make(.reserve(nextID: state.nextID, nextSegmentID: state.nextSegmentID))
    }
}

extension Store {
    /// Appends the commit record and makes its state the newest. Readers see it from here on.
    func publish(_ work: inout WriteTransaction.Work, queryID: String, time: Int64) throws(WarehouseError) -> UInt64 {
        // Times of the commit decide when dropped segments expire: the changes are applied anew.
        var state = work.base
        let version = state.version + 1
        for change in work.changes { try state.apply(change, version: version, time: time) }
        state.version = version
        state.committedAt = time
        state.queryID = queryID
        let (chain, offset) = shared.withLock { ($0.view.chain, $0.view.validBytes) }
        let record = try CommitRecord.encode(version: version, time: time, queryID: queryID, changes: work.changes,
                                             previous: chain)
        do throws(Manifest.AppendFailure) {
            try manifest.append(record.bytes, to: work.log, at: offset)
        } catch {
            // Whoever read the record meanwhile must not take the next one for it.
            shared.withLock { $0.needsCheckpoint = true }
            // A record that could not be withdrawn for certain may come back: its files must be there then.
            if !error.isWithdrawn { work.files = [] }
            throw error.cause
        }
        work.state = state
        shared.withLock { shared in
            shared.view.state = state
            shared.view.chain = record.checksum
            shared.view.validBytes = offset + record.bytes.count
            shared.view.seenBytes = shared.view.validBytes
            manifest.acknowledge(shared.view)
        }
        return version
    }

    /// Dropped segments whose time has come and which no version that anyone reads holds.
    func forgettable(_ state: StoreState, now: Int64) throws(WarehouseError) -> [UInt64] {
        let expired = state.dropped.filter { $0.value.expiresAt <= now }
        guard !expired.isEmpty else { return [] }
        let oldest = try VersionPin.oldest(on: disk) ?? .max
        return expired.filter { $0.value.version <= oldest }.keys.sorted()
    }

    /// Of segments that the newest version has forgotten, those whose files nobody reads. Somebody may have pinned an
    /// older version since `forgettable` looked; the files are left for the sweep then.
    func unread(_ forgotten: [UInt64], _ base: StoreState) -> [UInt64] {
        if forgotten.isEmpty { return [] }
        let oldest = (try? VersionPin.oldest(on: disk) ?? .max) ?? 0
        let unread = forgotten.filter { base.dropped[$0].map { $0.version <= oldest } ?? true }
        if unread.count < forgotten.count { shared.withLock { $0.isSwept = false } }
        return unread
    }

    /// Begins a new generation when the log has grown; a failure is left to the next writer.
    func checkpointIfWorthwhile(now: Int64) {
        // Readers of this process go on meanwhile; writers cannot, the write lock being held.
        var (view, isNeeded) = shared.withLock { ($0.view, $0.needsCheckpoint) }
        guard view.validBytes > options.checkpointLogBytes || isNeeded else { return }
        do throws(WarehouseError) {
            try manifest.checkpoint(&view)
            manifest.acknowledge(view)
            shared.withLock { shared in
                shared.view = view
                shared.durableGeneration = view.generation
                shared.needsCheckpoint = false
            }
            let retention = view.state.longestRetentionSeconds
            let kept = now.subtractingReportingOverflow(Int64(clamping: retention) * 1_000_000_000)
            try manifest.removeOldGenerations(before: view.generation,
                                              keepingAfter: kept.overflow ? .min : kept.partialValue)
        } catch {
            // Which generation is in force is on the disk.
            let found = try? manifest.load()
            shared.withLock { shared in
                if let found { shared.view = found }
                shared.durableGeneration = 0
            }
        }
    }
}

extension StoreState {
    /// The longest that any table's data is kept after it is dropped; at most a hundred years.
    var longestRetentionSeconds: Int {
        let tables = tables.values.map(\.retentionSeconds).max() ?? 0
        let waiting = dropped.values.map { Int(($0.expiresAt - committedAt) / 1_000_000_000) }.max() ?? 0
        return min(max(tables, waiting, 0), 3_155_760_000)
    }
}
