import Testing
import Trials
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
        let report = try CrashTrial.crashes(first: 1, findings: 4, lanes: 1)
        #expect(report.failures == [])
        #expect(report.cases > 800)
    }

    @Test(arguments: [SimulatedDisk.Fault.inputOutputOnce, .diskFull])
    func everyFailedStepLeavesThePublishedVersions(_ fault: SimulatedDisk.Fault) throws {
        let report = try CrashTrial.failures(fault, first: 1, findings: 1, lanes: 1)
        #expect(report.failures == [])
    }
}
