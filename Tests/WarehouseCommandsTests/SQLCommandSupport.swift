#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import MiniWarehouse
import TestSupport
import Testing
import WarehouseBasics
@testable import WarehouseCommands

/// A session in a new warehouse, and what commands print.
final class CommandBench {
    let directory: ScratchDirectory
    let session: Session
    let output = TextOutput()
    let diagnostics = TextOutput()
    let interrupts = Interrupts(exit: {})

    init() throws {
        directory = try ScratchDirectory()
        session = try Warehouse.open(directory.path + "/warehouse").session
    }

    func runner(_ format: OutputFormat = .table, showsTiming: Bool = false) -> ScriptRunner {
        ScriptRunner(session: session, format: format, showsTiming: showsTiming, output: output,
                     diagnostics: diagnostics, interrupts: interrupts)
    }

    /// What one result looks like.
    func printed(_ sql: String, as format: OutputFormat, columns: Int? = nil) throws -> String {
        let output = TextOutput()
        try format.write(session.execute(sql), to: output, columns: columns)
        return output.text
    }
}

/// The lines of a text; behind the last line end an empty one.
func lines(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
}
