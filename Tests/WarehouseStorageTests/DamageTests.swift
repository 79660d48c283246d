import Testing
import WarehouseBasics
import WarehouseColumns
@testable import WarehouseStorage

/// Every byte of a store is changed or cut off somewhere: an error, or the right rows.
@Suite struct DamageTests {
    static let columns = [
        StoredColumn(.integer), StoredColumn(.text), StoredColumn(.float), StoredColumn(.integer),
        StoredColumn(.array(element: .text)), StoredColumn(.text),
    ]

    static func row(_ n: Int) -> Row {
        [
            .integer(Int128(n / 20)), .bytes(Array("kind \(n % 9)".utf8)), .double(Double(n % 7) / 2),
            n % 11 == 0 ? .null : .integer(Int128((n &* 7919) % 100_003)), .bytes(Array("a|b\(n % 3)".utf8)),
            .bytes(Array("title \(n)".utf8)),
        ]
    }

    /// A store with large and small segments, inline rows, deletes and a checkpoint.
    static func make() throws -> (disk: SimulatedDisk, rows: [Row]) {
        let disk = SimulatedDisk()
        let options = StoreOptions(checkpointLogBytes: 4000)
        let store = try Store.create(on: disk, options: options)
        var rows: [Row] = []
        for (start, count) in [(0, 2500), (2500, 10), (2510, 1200), (3710, 5)] {
            let transaction = try store.beginWrite()
            if start == 0 { try transaction.createTable(ObjectID(1), columns: columns) }
            let part = (start..<(start + count)).map(row)
            try transaction.appendRows(to: ObjectID(1), columns: Rows.buffers(part, columns))
            rows += part
            try transaction.commit(queryID: "q", time: Int64(start))
        }
        let transaction = try store.beginWrite()
        let table = try #require(transaction.snapshot().table(ObjectID(1)))
        let ids = try Rows.read(table).enumerated().filter { $0.offset % 10 == 3 }.map(\.element.id)
        try transaction.deleteRows(in: ObjectID(1), rowIDs: ids)
        rows = rows.enumerated().filter { $0.offset % 10 != 3 }.map(\.element)
        try transaction.commit(queryID: "delete", time: 9999)
        return (disk, rows)
    }

    /// Opens and reads everything; gives whether that went well. Rows other than `rows` are a failure of the test.
    static func read(_ disk: SimulatedDisk, _ rows: [Row], _ comment: String) -> Bool {
        do {
            let store = try Store.open(on: disk)
            guard let table = try store.snapshot().table(ObjectID(1)) else {
                Issue.record("\(comment): the table is gone")
                return true
            }
            #expect(Rows.areIdentical(try Rows.values(table), rows), "\(comment): other rows")
            return true
        } catch let error as WarehouseError {
            #expect(error.code.hasPrefix("9001"), "\(comment): \(error)")
            return false
        } catch {
            Issue.record("\(comment): \(error)")
            return false
        }
    }

    @Test func changedBitsAreFound() throws {
        let (disk, rows) = try Self.make()
        #expect(Self.read(disk.copy(), rows, "undamaged"))
        var random = SeededRandom(3)
        var cases = 0
        let generation = try Manifest(disk: disk).currentGeneration()
        let paths = disk.filePaths.filter { disk.bytes(of: $0)?.isEmpty == false }
        for path in paths {
            guard let bytes = disk.bytes(of: path) else { continue }
            // Files that say nothing about rows may be changed unseen.
            let isAdvice = path == "lock" || path.hasSuffix("ACKNOWLEDGED")
            let isInForce = !path.hasPrefix("manifest/") || path.contains("CURRENT")
                || path == ManifestFiles.logPath(generation) || path == ManifestFiles.checkpointPath(generation)
            let damaged = disk.copy()
            for trial in 0..<max(60, min(400, bytes.count / 20)) {
                var changed = bytes
                let at = trial < 24 ? min(trial, bytes.count - 1)
                    : trial < 48 ? max(0, bytes.count - 1 - (trial - 24)) : random.below(bytes.count)
                changed[at] ^= 1 << UInt8(random.below(8))
                damaged.setBytes(of: path, changed)
                let isRight = Self.read(damaged, rows, "\(path), bit of byte \(at)")
                if !isAdvice, isInForce { #expect(!isRight, "\(path): byte \(at) changed unseen") }
                cases += 1
            }
        }
        #expect(cases >= 1000)
    }

    @Test func truncationsAreFound() throws {
        let (disk, rows) = try Self.make()
        var random = SeededRandom(4)
        for path in disk.filePaths {
            guard let bytes = disk.bytes(of: path), !bytes.isEmpty else { continue }
            let damaged = disk.copy()
            for trial in 0..<25 {
                let size = trial < 8 ? trial : trial < 16 ? bytes.count - (trial - 7) : random.below(bytes.count)
                damaged.setBytes(of: path, Array(bytes.prefix(max(0, size))))
                _ = Self.read(damaged, rows, "\(path) cut to \(size) bytes")
                damaged.setBytes(of: path, bytes + [UInt8](repeating: UInt8(trial), count: trial + 1))
                _ = Self.read(damaged, rows, "\(path) with \(trial + 1) bytes more")
            }
        }
    }

    @Test func otherTablesStayReadable() throws {
        let (disk, _) = try Self.make()
        let store = try Store.open(on: disk)
        let transaction = try store.beginWrite()
        try transaction.createTable(ObjectID(2), columns: Self.columns)
        let rows = (0..<1500).map(Self.row)
        try transaction.appendRows(to: ObjectID(2), columns: Rows.buffers(rows, Self.columns))
        try transaction.commit(queryID: "q", time: 10_000)
        let first = try #require(store.snapshot().table(ObjectID(1))?.segments.first?.fileID)
        var bytes = try #require(disk.bytes(of: SegmentFormat.path(first)))
        bytes[300] ^= 4
        disk.setBytes(of: SegmentFormat.path(first), bytes)
        let snapshot = try Store.open(on: disk).snapshot()
        let error = #expect(throws: WarehouseError.self) {
            try Rows.values(#require(snapshot.table(ObjectID(1))))
        }
        #expect(error?.code == ErrorKind.corrupt.code)
        #expect(error?.message.contains(SegmentFormat.path(first)) == true)
        #expect(try Rows.areIdentical(Rows.values(#require(snapshot.table(ObjectID(2)))), rows))
    }
}
