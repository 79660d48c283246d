import WarehouseBasics
import WarehouseStorage

/// A script of commits on a simulated disk that is cut off, torn, reordered and failed at every step: what is found
/// after it equals the model at a published version, at or after the last acknowledged one.
public enum CrashTrial {
    /// What the script does when nothing fails: the steps it takes, and the files it leaves.
    public static func undisturbed(_ report: inout TrialReport) throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        var script = CrashScript()
        try script.run(on: disk)
        script.check(disk.copy(), "no crash", &report)
        return disk
    }

    /// Crashes at every step, each found again in `findings` ways.
    public static func crashes(first: UInt64, findings: Int, lanes: Int) throws -> TrialReport {
        var report = TrialReport()
        let steps = try undisturbed(&report).stepCount
        report += Lanes.run(first, steps, lanes: lanes) { seed, report in
            let step = Int(seed &- first) + 1
            let disk = SimulatedDisk()
            disk.fail(atStep: step, .crash)
            var script = CrashScript()
            // A crash while cleaning up behind the last commit is not an error.
            try? script.run(on: disk)
            for finding in 0..<findings {
                let found = disk.afterCrash(seed: seed &* 1000 &+ UInt64(finding))
                script.check(found, "seed \(first): crash at step \(step), finding \(finding)", &report)
            }
            report.cases += findings - 1
        }
        return report
    }

    /// Every step fails once, or the disk is full from it on; with and without a crash behind it.
    public static func failures(
        _ fault: SimulatedDisk.Fault, first: UInt64, findings: Int, lanes: Int
    ) throws -> TrialReport {
        var report = TrialReport()
        let steps = try undisturbed(&report).stepCount
        report += Lanes.run(first, steps, lanes: lanes) { seed, report in
            let step = Int(seed &- first) + 1
            let disk = SimulatedDisk()
            disk.fail(atStep: step, fault)
            var script = CrashScript()
            // A step whose failure does no harm (cleaning up, a checkpoint) is not an error.
            try? script.run(on: disk)
            disk.recover()
            for finding in 0..<findings {
                let found = disk.afterCrash(seed: seed &* 1000 &+ UInt64(finding))
                script.check(found, "seed \(first): \(fault) at step \(step), then crash \(finding)", &report)
            }
            script.check(disk, "\(fault) at step \(step)", &report)
            report.cases += findings
        }
        return report
    }
}
