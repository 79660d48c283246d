import ArgumentParser
import MiniWarehouse
import WarehouseBasics

/// `mlwh check`.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Verify every checksum, length and reference of a warehouse.",
        discussion: """
            Changes nothing and waits for nobody. What is damaged is named, a line each; the exit code is 1 then.

              mlwh check -d shop.mlwh
            """)

    @OptionGroup(title: "Warehouse") var warehouse: WarehouseArguments

    func run() throws {
        let report = try Warehouse.check(warehouse.path)
        let output = TextOutput.standardOutput
        for fault in report.faults {
            try output.write(fault.description.split(whereSeparator: \.isNewline).joined(separator: " ") + "\n")
        }
        guard report.isClean else {
            let places = report.faults.count == 1 ? "one place" : "\(report.faults.count) places"
            throw WarehouseError(.corrupt, "The warehouse '\(warehouse.path)' is damaged in \(places).")
        }
        var line = "ok: \(report.objects) objects, \(report.tables) tables, \(report.files) files "
            + "(\(report.fileBytes) bytes), \(report.chunks) chunks, \(report.generations) generations of the log"
        if report.unusedFiles > 0 { line += "; \(report.unusedFiles) unused files, which the next write removes" }
        try output.write(line + "\n")
    }
}
