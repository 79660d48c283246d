import Dispatch
import Synchronization
import TestSupport
import Testing
import Trials
import WarehouseBasics
import WarehouseColumns
@testable import WarehouseStorage
#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Readers beside a vacuum, at every moment that one of them can be overtaken.
@Suite(.timeLimit(.minutes(2))) struct PinTests {
    let columns = [StoredColumn(.integer)]
    let id = ObjectID(1)
    let base = SimulatedDisk()

    private func rows(_ range: Range<Int>) -> [Row] { range.map { [.integer(Int128($0))] } }

    /// A table whose rows of version 1 lie in a file; nothing is kept for time travel.
    private func makeStore(_ disk: any Disk) throws -> Store {
        let store = try Store.create(on: disk)
        let transaction = try store.beginWrite()
        try transaction.createTable(id, columns: columns, retentionSeconds: 0)
        try transaction.appendRows(to: id, columns: StoredRows.buffers(rows(0..<5000), columns))
        try transaction.commit(queryID: "q", time: 1)
        return store
    }

    /// Replaces the rows; the file of those before is dropped.
    private func replaceRows(_ store: Store, _ range: Range<Int>, time: Int64) throws {
        let transaction = try store.beginWrite()
        try transaction.truncateTable(id)
        try transaction.appendRows(to: id, columns: StoredRows.buffers(rows(range), columns))
        try transaction.commit(queryID: "q", time: time)
    }

    private func segmentFiles() throws -> Int { try base.list("segments").count }

    @Test func aReaderWaitsWhileSomebodyLooksAtThePins() throws {
        let store = try makeStore(base)
        let reader = try Store.open(on: base)
        let locks = try ["pins/1", "pins/any"].map { try #require(try base.tryLock($0, .exclusive)) }
        // A queue of its own has a thread even while all others are busy with tests.
        DispatchQueue(label: "locks").asyncAfter(deadline: .now() + 0.05) { for lock in locks { lock.release(removing: false) } }
        let snapshot = try reader.snapshot()
        usleep(100_000)
        try replaceRows(store, 0..<6000, time: 2)
        for time in 3..<5 { try store.vacuum(queryID: "v", time: Int64(time)) }
        #expect(try StoredRows.values(#require(snapshot.table(id))) == rows(0..<5000))
    }

    @Test func aPinThatStaysLockedIsAnError() throws {
        let store = try makeStore(base)
        let locks = try ["pins/1", "pins/any"].map { try #require(try base.tryLock($0, .exclusive)) }
        let error = #expect(throws: WarehouseError.self) { try store.snapshot() }
        #expect(error?.code == ErrorKind.busy.code)
        for lock in locks { lock.release(removing: false) }
        #expect(try store.snapshot().version == 1)
    }

    @Test func aVacuumThatHasLookedAlreadySparesALateReader() throws {
        let disk = HookedDisk(base)
        let store = try makeStore(disk)
        let reader = try Store.open(on: base)
        try replaceRows(store, 0..<6000, time: 2)
        // The vacuum has looked at the pins, and not yet published what it has found.
        let late = Mutex<StoreSnapshot?>(nil)
        disk.onSteps { (step) throws(WarehouseError) in
            guard step == .write("manifest/1.log") else { return }
            let snapshot = try reader.snapshot(version: 1)
            late.withLock { $0 = snapshot }
        }
        try store.vacuum(queryID: "v", time: 3)
        disk.onSteps(nil)
        #expect(try StoredRows.values(#require(late.withLock { $0?.table(id) })) == rows(0..<5000))
        #expect(try segmentFiles() == 2)
        // While it reads, neither this process nor one that has just begun takes the file; afterwards the next writer does.
        try replaceRows(Store.open(on: base), 0..<7000, time: 4)
        #expect(try StoredRows.values(#require(late.withLock { $0?.table(id) })) == rows(0..<5000))
        late.withLock { $0 = nil }
        for time in 5..<7 { try store.vacuum(queryID: "v", time: Int64(time)) }
        #expect(try segmentFiles() == 1)
        #expect(try store.check().faults.isEmpty)
    }

    @Test func historyThatIsRemovedWhileItIsLookedForIsNotThere() throws {
        let disk = HookedDisk(base)
        let store = try makeStore(base)
        let reader = try Store.open(on: disk)
        try replaceRows(store, 0..<6000, time: 2)
        _ = try reader.snapshot()
        disk.onSteps { (step) throws(WarehouseError) in
            guard case .lock("pins/1", _) = step else { return }
            disk.onSteps(nil)
            for time in 3..<5 { try store.vacuum(queryID: "v", time: Int64(time)) }
        }
        let past = try reader.snapshot(version: 1)
        #expect(past == nil || past?.table(id) == nil)
        #expect(try segmentFiles() == 1)
    }

    @Test func aSnapshotWithoutAPinSaysWhatHasGone() throws {
        let store = try makeStore(base)
        let reader = try Store.open(on: base)
        do {
            let early = try reader.snapshot(pinned: false), kept = try reader.snapshot(pinned: false)
            #expect(try base.list("pins").allSatisfy { $0.name == "any" })
            #expect(early.table(id)?.rowCount == 5000)
            try replaceRows(store, 0..<6000, time: 2)
            // Its file is dropped and not yet forgotten: from now on it stays.
            try kept.keepData()
            for time in 3..<5 { try store.vacuum(queryID: "v", time: Int64(time)) }
            #expect(try StoredRows.values(#require(early.table(id))) == rows(0..<5000))
        }

        let other = try Store.open(on: base), unpinned = try other.snapshot(pinned: false)
        try replaceRows(store, 0..<7000, time: 5)
        for time in 6..<8 { try store.vacuum(queryID: "v", time: Int64(time)) }
        for _ in 0..<2 {
            let error = #expect(throws: WarehouseError.self) {
                try StoredRows.values(#require(unpinned.table(id))).count
            }
            #expect(error?.code == ErrorKind.objectMissing.code)
            #expect(error?.message.contains("Time travel data is not available") == true)
            #expect(throws: WarehouseError.self) { try unpinned.keepData() }
        }
        #expect(try StoredRows.values(#require(other.snapshot().table(id))).count == 7000)
    }

    @Test func aCopyWithoutEmptyDirectoriesIsPinnedToo() throws {
        let directory = try ScratchDirectory()
        let store = try makeStore(POSIXDisk(directory.path))
        let disk = POSIXDisk(directory.path)
        try disk.remove("pins/any")
        #expect(rmdir(directory.path + "/pins") == 0)
        let snapshot = try Store.open(directory.path).snapshot()
        #expect(try Set(disk.list("pins").map(\.name)) == ["any", "1"])
        try replaceRows(store, 0..<6000, time: 2)
        for time in 3..<5 { try store.vacuum(queryID: "v", time: Int64(time)) }
        #expect(try StoredRows.values(#require(snapshot.table(id))).count == 5000)
    }
}
