#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import MiniWarehouse
import Testing
import WarehouseBasics
@testable import WarehouseCommands

/// A directory that goes away with its last user.
final class TemporaryDirectory {
    let path: String

    init() throws {
        var template = Array("/tmp/mlwh-commands-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw WarehouseError(.inputOutput, "no temporary directory") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        TemporaryDirectory.removeAll(path)
    }

    private static func removeAll(_ path: String) {
        for name in names(path) { removeAll(path + "/" + name) }
        remove(path)
    }

    /// What is in a directory, sorted; nothing where there is none.
    static func names(_ path: String) -> [String] {
        guard let entries = opendir(path) else { return [] }
        defer { closedir(entries) }
        var names: [String] = []
        while let entry = readdir(entries) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Makes a file in the directory; its path.
    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        let path = "\(path)/\(name)"
        guard let file = fopen(path, "w") else { throw WarehouseError(.inputOutput, "no file \(path)") }
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
        return path
    }
}

/// A session in a new warehouse, and what commands print.
final class CommandBench {
    let directory: TemporaryDirectory
    let session: Session
    let output = TextOutput()
    let diagnostics = TextOutput()
    let interrupts = Interrupts(exit: {})

    init() throws {
        directory = try TemporaryDirectory()
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
