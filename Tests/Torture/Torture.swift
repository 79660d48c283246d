import Trials
#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Runs sections one after another and says how each went.
struct Torture {
    let settings: Settings

    /// True where nothing failed.
    func run(_ sections: [Section]) -> Bool {
        Watchdog.start(secondsWithoutCase: 300)
        var isRight = true
        for section in sections {
            Watchdog.section(section.rawValue)
            say("\(section.rawValue.padded(14))seed \(settings.seed) …")
            let start = Self.seconds()
            var report = TrialReport()
            do {
                report = try section.run(settings)
            } catch {
                report.fail("\(error)")
            }
            for failure in report.failures { say(failure) }
            let name = section.rawValue.padded(14)
            let time = "\(((Self.seconds() - start) * 10).rounded() / 10) s"
            if let reason = report.skipped {
                say("\(name)SKIPPED: \(reason)")
            } else if report.failureCount > 0 || report.cases == 0 {
                say("\(name)FAILED: \(report.failureCount) failures in \(report.cases) cases, \(time)")
            } else {
                say("\(name)ok: \(report.cases) cases, \(time)")
            }
            if report.failureCount > 0 || (report.cases == 0 && report.skipped == nil) { isRight = false }
        }
        return isRight
    }

    private static func seconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
