import SQLLogicTest
import TestSupport
import Trials

/// The 22 queries of TPC-H on generated data, with answers that another engine gave.
enum TPCHSection {
    static func run() throws -> TrialReport {
        let directory = try ScratchDirectory()
        try TPCHGenerator(directory: directory.path, scale: 0.1).run()
        let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
        var test = SQLLogicTest()
        test.variables["TPCH"] = directory.path
        let result = test.run("/" + folder + "/TPCH/tpch.slt")
        var report = TrialReport()
        report.cases = result.passed + result.failures.count
        for failure in result.failures { report.fail("\(failure)") }
        let cases = report.cases
        report.check(cases >= 22 + 8 * 3 + 1, "only \(cases) records were run")
        return report
    }
}
