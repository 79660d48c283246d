import TestSupport
import Testing
import Trials
import WarehouseBasics
import WarehouseColumns
@testable import WarehouseStorage

/// Every step of a script of commits is cut and failed here, each found again in a few ways; `torture crash` looks at
/// more of them.
@Suite struct CrashTests {
    @Test func theScriptReachesEveryKindOfWork() throws {
        var report = TrialReport()
        let disk = try CrashTrial.undisturbed(&report)
        #expect(report.failures == [])
        // Checkpoints, compactions and the removal of dropped segments.
        #expect(disk.stepCount > 200)
        #expect(!disk.filePaths.contains("manifest/1.log"))
        let files = disk.filePaths.filter { $0.hasPrefix("segments/") }
        #expect(files.count > 2 && !files.contains(SegmentFormat.path(1)))
    }

    @Test func everyCutPointLeavesAPublishedVersion() throws {
        let report = try CrashTrial.crashes(first: 1, findings: Effort.pick(2, long: 20), lanes: 1)
        #expect(report.failures == [])
        #expect(report.cases > 400)
    }

    @Test(arguments: [SimulatedDisk.Fault.inputOutputOnce, .diskFull])
    func everyFailedStepLeavesThePublishedVersions(_ fault: SimulatedDisk.Fault) throws {
        let report = try CrashTrial.failures(fault, first: 1, findings: 1, lanes: 1)
        #expect(report.failures == [])
    }

    /// A writer was killed, not the machine: its record is in the log, and not yet durable. The next writer removes what
    /// that record has forgotten; then the power fails.
    @Test func orphansOfARecordThatMayStillBeLostStay() throws {
        let columns = [StoredColumn(.integer)], id = ObjectID(1)
        for seed in 0..<60 {
            let disk = SimulatedDisk()
            let store = try Store.create(on: disk)
            func rows(_ count: Int) -> [ColumnBuffer] {
                StoredRows.buffers((0..<count).map { [.integer(Int128($0))] }, columns)
            }
            var transaction = try store.beginWrite()
            try transaction.createTable(id, columns: columns, retentionSeconds: 0)
            try transaction.appendRows(to: id, columns: rows(5000))
            try transaction.commit(queryID: "q", time: 1)
            transaction = try store.beginWrite()
            try transaction.truncateTable(id)
            try transaction.appendRows(to: id, columns: rows(6000))
            try transaction.commit(queryID: "q", time: 2)
            transaction = try store.beginWrite()
            let (log, base) = try transaction.withWork { (work) throws(WarehouseError) in (work.log, work.base) }
            let forgotten = try store.forgettable(base, now: 3)
            #expect(forgotten.count == 1)
            let (chain, offset) = store.shared.withLock { ($0.view.chain, $0.view.validBytes) }
            let record = try CommitRecord.encode(version: 3, time: 3, queryID: "q", changes: [.forget(forgotten)],
                                                 previous: chain)
            try log.write(record.bytes, at: offset)
            try transaction.withWork { (work) throws(WarehouseError) in work.lock.release(clean: false) }

            _ = try Store.open(on: disk).beginWrite()
            #expect(disk.filePaths.filter { $0.hasPrefix("segments/") }.count == 1)
            let found = disk.afterCrash(seed: UInt64(seed))
            let faults = try Store.open(on: found).check().faults
            #expect(faults.isEmpty, "seed \(seed): \(faults)")
        }
    }
}
