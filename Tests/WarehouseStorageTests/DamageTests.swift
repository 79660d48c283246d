import TestSupport
import Testing
import Trials
import WarehouseBasics
import WarehouseColumns
@testable import WarehouseStorage

/// Every file of a store is changed or cut off somewhere: an error, or the right rows. `torture damage` does more.
@Suite struct DamageTests {
    /// The files of a store. What the store reads when it is opened and scanned, it must not read wrongly.
    private func victims(_ disk: SimulatedDisk) throws -> [DamageTrial.Victim] {
        let generation = try Manifest(disk: disk).currentGeneration()
        return disk.filePaths.compactMap { path in
            guard let bytes = disk.bytes(of: path), !bytes.isEmpty else { return nil }
            // Files that say nothing about rows may be changed unseen.
            let isAdvice = path == "lock" || path.hasSuffix("ACKNOWLEDGED")
            let isInForce = !path.hasPrefix("manifest/") || path.contains("CURRENT")
                || path == ManifestFiles.logPath(generation) || path == ManifestFiles.checkpointPath(generation)
            return (path, bytes, !isAdvice && isInForce)
        }
    }

    @Test func changedBitsAreFound() throws {
        let (disk, rows) = try DamageTrial.make()
        #expect(!rows.isEmpty)
        let report = DamageTrial.bits(disk, rows, try victims(disk), first: 3, count: Effort.pick(400, long: 5000))
        #expect(report.failures == [])
    }

    @Test func truncationsAreFound() throws {
        let (disk, rows) = try DamageTrial.make()
        let report = DamageTrial.lengths(disk, rows, try victims(disk), first: 4, count: Effort.pick(120, long: 2000))
        #expect(report.failures == [])
    }

    @Test func otherTablesStayReadable() throws {
        let (disk, _) = try DamageTrial.make()
        let store = try Store.open(on: disk)
        let transaction = try store.beginWrite()
        try transaction.createTable(ObjectID(2), columns: DamageTrial.columns)
        let rows = (0..<1500).map(DamageTrial.row)
        try transaction.appendRows(to: ObjectID(2), columns: StoredRows.buffers(rows, DamageTrial.columns))
        try transaction.commit(queryID: "q", time: 10_000)
        let first = try #require(store.snapshot().table(ObjectID(1))?.segments.first?.fileID)
        var bytes = try #require(disk.bytes(of: SegmentFormat.path(first)))
        bytes[300] ^= 4
        disk.setBytes(of: SegmentFormat.path(first), bytes)
        let snapshot = try Store.open(on: disk).snapshot()
        let error = #expect(throws: WarehouseError.self) {
            try StoredRows.values(#require(snapshot.table(ObjectID(1))))
        }
        #expect(error?.code == ErrorKind.corrupt.code)
        #expect(error?.message.contains(SegmentFormat.path(first)) == true)
        #expect(try StoredRows.areIdentical(StoredRows.values(#require(snapshot.table(ObjectID(2)))), rows))
    }
}
