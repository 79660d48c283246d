import TestSupport
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

/// Pipes and links where files should be: an error or the right answer, and nobody waits for a writer that never comes.
@Suite struct SpecialFilesTests {
    private let columns = [StoredColumn(.integer)]
    private let rows: [Row] = (0..<20_000).map { [.integer(Int128($0 * $0 % 10_007))] }

    @Test(.timeLimit(.minutes(1))) func pipesInPlaceOfFiles() throws {
        let directory = try ScratchDirectory()
        do {
            let store = try Store.create(at: directory.path)
            let transaction = try store.beginWrite()
            try transaction.createTable(ObjectID(1), columns: columns)
            try transaction.appendRows(to: ObjectID(1), columns: StoredRows.buffers(rows, columns))
            try transaction.commit(queryID: "q", time: 0)
        }
        let disk = POSIXDisk(directory.path)
        let segment = try #require(try disk.list("segments").first?.name)
        for name in ["MLWH", "lock", "manifest/CURRENT", "manifest/ACKNOWLEDGED", "manifest/1.log", "manifest/1.checkpoint",
                     "segments/\(segment)"] {
            let path = directory.path + "/" + name
            #expect(rename(path, path + ".kept") == 0, "\(name)")
            #expect(mkfifo(path, 0o644) == 0)
            if let found = try? answer(directory.path) { #expect(found == rows, "\(name)") }
            _ = try? write(directory.path)
            #expect(unlink(path) == 0)
            #expect(rename(path + ".kept", path) == 0)
        }
        #expect(try answer(directory.path).prefix(rows.count) == rows[...])
    }

    @Test func aPipeIsSaidToBeNoFile() throws {
        let directory = try ScratchDirectory()
        _ = try Store.create(at: directory.path)
        #expect(unlink(directory.path + "/MLWH") == 0 && mkfifo(directory.path + "/MLWH", 0o644) == 0)
        let error = #expect(throws: WarehouseError.self) { try Store.open(directory.path) }
        #expect(error?.message.hasSuffix("/MLWH' is damaged: it is no regular file.") == true, "\(error?.message ?? "")")
    }

    private func answer(_ path: String) throws -> [Row] {
        let store = try Store.open(path)
        return try store.snapshot().table(ObjectID(1)).map { try StoredRows.values($0) } ?? []
    }

    private func write(_ path: String) throws {
        let transaction = try Store.open(path).beginWrite()
        try transaction.appendRows(to: ObjectID(1), columns: StoredRows.buffers([[.integer(1)]], columns))
        try transaction.commit(queryID: "q", time: 0)
    }
}
