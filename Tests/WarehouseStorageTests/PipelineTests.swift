import Synchronization
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

/// Many segments on disks that are slow or fail.
@Suite(.timeLimit(.minutes(2))) struct PipelineTests {
    let columns = [StoredColumn(.integer), StoredColumn(.text)]
    let id = ObjectID(1)
    /// Every 100 rows or so are a segment.
    let options = StoreOptions(inlineRowLimit: 10, chunkBytes: 1000)

    private func rows(_ range: Range<Int>) -> [Row] {
        range.map { [.integer(Int128($0)), .bytes(Array("the text of row \($0)".utf8))] }
    }

    private func append(_ transaction: WriteTransaction, _ count: Int) throws {
        let appender = try transaction.makeAppender(to: id)
        for start in stride(from: 0, to: count, by: 100) {
            try appender.append(StoredRows.buffers(rows(start..<(start + 100)), columns))
        }
        try appender.finish()
    }

    @Test func segmentsThatAreNotDurableYetAreFew() throws {
        let base = SimulatedDisk(), disk = HookedDisk(base)
        let store = try Store.create(on: disk, options: options)
        let counts = Mutex((begun: Set<String>(), synced: 0, most: 0))
        disk.onSteps { (step) throws(WarehouseError) in
            switch step {
            case .write(let path) where path.hasPrefix("segments/"):
                counts.withLock { counts in
                    counts.begun.insert(path)
                    counts.most = max(counts.most, counts.begun.count - counts.synced)
                }
            case .sync(let path) where path.hasPrefix("segments/"):
                usleep(10_000)
                counts.withLock { $0.synced += 1 }
            default: break
            }
        }
        let transaction = try store.beginWrite()
        try transaction.createTable(id, columns: columns)
        try append(transaction, 4000)
        let found = counts.withLock { $0 }
        #expect(found.begun.count == 40 && found.synced == 40)
        // One more may have been counted as synced the moment before it is.
        #expect(found.most <= SegmentPipeline.maximumUnsynced)
        try transaction.commit(queryID: "q", time: 1)
        #expect(try StoredRows.values(#require(store.snapshot().table(id))) == rows(0..<4000))
    }

    @Test(arguments: [1, 2, 5, 39, 40])
    func aSyncThatFailsEndsTheStatement(number: Int) throws {
        let base = SimulatedDisk(), disk = HookedDisk(base)
        let store = try Store.create(on: disk, options: options)
        var transaction = try store.beginWrite()
        try transaction.createTable(id, columns: columns)
        try transaction.appendRows(to: id, columns: StoredRows.buffers(rows(0..<5), columns))
        try transaction.commit(queryID: "q", time: 1)
        let syncs = Mutex(0)
        disk.onSteps { (step) throws(WarehouseError) in
            guard case .sync(let path) = step, path.hasPrefix("segments/") else { return }
            let count = syncs.withLock { count in
                count += 1
                return count
            }
            if count == number { throw WarehouseError(.inputOutput, "Cannot sync the file.") }
        }
        transaction = try store.beginWrite()
        let error = #expect(throws: WarehouseError.self) { try append(transaction, 4000) }
        #expect(error?.message == "Cannot sync the file.")
        transaction.rollback()
        #expect(try base.list("segments").isEmpty)
        #expect(try StoredRows.values(#require(store.snapshot().table(id))) == rows(0..<5))
        // The store goes on.
        transaction = try store.beginWrite()
        try append(transaction, 1000)
        try transaction.commit(queryID: "q", time: 2)
        #expect(try store.snapshot().table(id)?.rowCount == 1005)
        #expect(try store.check().faults.isEmpty)
    }

    @Test func aSegmentThatCannotBeMadeEndsTheStatement() throws {
        let disk = SimulatedDisk()
        let store = try Store.create(on: disk, options: options)
        let transaction = try store.beginWrite()
        try transaction.createTable(id, columns: columns)
        disk.fail(atStep: disk.stepCount + 20, .diskFull)
        let error = #expect(throws: WarehouseError.self) { try append(transaction, 4000) }
        #expect(error?.code == ErrorKind.diskFull.code)
        transaction.rollback()
        disk.recover()
        #expect(try store.snapshot().version == 0)
        #expect(try Store.open(on: disk).check().faults.isEmpty)
    }
}
