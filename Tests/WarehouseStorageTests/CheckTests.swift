import Testing
import Trials
import WarehouseBasics
import WarehouseColumns
@testable import WarehouseStorage

/// `Store.check` finds every change of what was written, and says whom it hurts.
@Suite struct CheckTests {
    private let columns = [StoredColumn(.integer), StoredColumn(.text)]

    /// Table 1 of `rows` rows, table 2 beside it, an older version kept for time travel, and an older generation.
    private func make(rows large: Int = 66_000) throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        let store = try Store.create(on: disk, options: StoreOptions(checkpointLogBytes: 0))
        for (id, count) in [(UInt64(1), large), (2, 1500)] {
            let transaction = try store.beginWrite()
            try transaction.createTable(ObjectID(id), columns: columns)
            let numbers = columns[0].makeBuffer(capacity: count), texts = columns[1].makeBuffer(capacity: count)
            for n in 0..<count {
                numbers.append(.integer(Int128(n &* 7919 % 100_003)))
                texts.append(Array("t\(n % 50)".utf8))
            }
            try transaction.appendRows(to: ObjectID(id), columns: [numbers, texts])
            try transaction.commit(queryID: "q", time: 1)
        }
        let transaction = try store.beginWrite()
        try transaction.truncateTable(ObjectID(2))
        let rows: [Row] = [[.integer(1), .bytes([65])]]
        try transaction.appendRows(to: ObjectID(2), columns: StoredRows.buffers(rows, columns))
        try transaction.commit(queryID: "q", time: 2)
        return disk
    }

    private func check(_ disk: SimulatedDisk) -> [StoreFault] {
        do {
            return try Store.open(on: disk).check().faults
        } catch {
            return [StoreFault(error: error)]
        }
    }

    @Test func soundStoresAreClean() throws {
        let report = try Store.open(on: make()).check()
        #expect(report.faults.map(\.description) == [])
        #expect(report.tables == 2)
        #expect(report.segmentFiles == 2)
        // Two columns: of table 1 two chunks each, of the older version of table 2 one each.
        #expect(report.chunks == 6)
        #expect(report.unusedFiles == 0)
        // Every commit of the three began one.
        #expect(report.generations == 4)
        #expect(try Store.open(on: DamageTrial.make().disk).check().faults.map(\.description) == [])
    }

    @Test func everyChangedBitIsFound() throws {
        let disk = try make(rows: 2500)
        var random = SeededRandom(5)
        for path in disk.filePaths where !path.hasPrefix("pins/") && path != "lock" && !path.hasSuffix("ACKNOWLEDGED") {
            let bytes = try #require(disk.bytes(of: path))
            guard !bytes.isEmpty else { continue }
            for trial in 0..<24 {
                let at = trial < 8 ? min(trial * 3, bytes.count - 1)
                    : trial < 14 ? max(0, bytes.count - 1 - (trial - 8) * 5) : random.below(bytes.count)
                var changed = bytes
                changed[at] ^= 1 << UInt8(random.below(8))
                disk.setBytes(of: path, changed)
                #expect(!check(disk).isEmpty, "\(path), byte \(at)")
            }
            for size in [0, bytes.count / 2, bytes.count - 1] {
                disk.setBytes(of: path, Array(bytes.prefix(size)))
                #expect(!check(disk).isEmpty, "\(path) cut to \(size)")
            }
            disk.setBytes(of: path, bytes)
        }
        #expect(check(disk).isEmpty)
    }

    @Test func theDamagedTableAndChunkAreNamed() throws {
        let disk = try make()
        let state = try Store.open(on: disk).snapshot().state
        let table = try #require(state.tables[ObjectID(1)])
        guard case .file(let record) = table.parts[0].content else { return #expect(Bool(false), "no file") }
        let path = SegmentFormat.path(record.id)
        let bytes = try #require(disk.bytes(of: path))
        let directory = try #require(try SegmentFile(disk: disk, record: record).directory(column: 2))
        for chunk in 0..<2 {
            var changed = bytes
            changed[directory.entries.chunks[chunk].offset + 20] ^= 1
            disk.setBytes(of: path, changed)
            let faults = check(disk)
            #expect(faults.count == 1)
            #expect(faults.first?.table == ObjectID(1))
            #expect(faults.first?.column == 1)
            #expect(faults.first?.chunk == chunk)
            #expect(faults.first?.error.code == ErrorKind.corrupt.code)
            let place = "\(path)' is damaged at byte \(directory.entries.chunks[chunk].offset)"
            #expect(faults.first?.error.message.contains(place) == true)
        }
        try disk.remove(path)
        #expect(check(disk).first?.table == ObjectID(1))
        #expect(check(disk).first?.error.message.contains("is missing") == true)
    }

    /// A sound file that is not the one meant: checksums alone would not find it.
    @Test func exchangedFilesAreFound() throws {
        let disk = try make(rows: 2500)
        let paths = disk.filePaths.filter { $0.hasPrefix("segments/") }
        #expect(paths.count == 2)
        let bytes = try paths.map { try #require(disk.bytes(of: $0)) }
        disk.setBytes(of: paths[0], bytes[1])
        #expect(!check(disk).isEmpty)
        disk.setBytes(of: paths[0], bytes[0])
        let old = try #require(disk.bytes(of: "manifest/1.log"))
        disk.setBytes(of: "manifest/1.log", Array(old.prefix(ManifestFiles.logHeadBytes)))
        #expect(!check(disk).isEmpty)
    }
}
