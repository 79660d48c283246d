import Testing
import Trials
import WarehouseBasics
import WarehouseColumns
@testable import WarehouseStorage

@Suite struct TableTests {
    let columns = [StoredColumn(.integer), StoredColumn(.text)]
    let id = ObjectID(1)

    func row(_ n: Int) -> Row { [.integer(Int128(n)), .bytes(Array("v\(n % 50)".utf8))] }

    func append(_ transaction: WriteTransaction, _ range: Range<Int>) throws {
        try transaction.appendRows(to: id, columns: StoredRows.buffers(range.map(row), columns))
    }

    func makeStore(_ disk: SimulatedDisk = SimulatedDisk(), retention: Int = 86_400,
                   options: StoreOptions = StoreOptions()) throws -> Store {
        let store = try Store.create(on: disk, options: options)
        let transaction = try store.beginWrite()
        try transaction.createTable(id, columns: columns, retentionSeconds: retention)
        try transaction.commit(queryID: "create", time: 0)
        return store
    }

    @Test func manySingleRowsBecomeFewSegments() throws {
        let disk = SimulatedDisk()
        let store = try makeStore(disk)
        for n in 0..<1000 {
            let transaction = try store.beginWrite()
            try append(transaction, n..<(n + 1))
            try transaction.commit(queryID: "q", time: Int64(n))
        }
        let table = try #require(try store.snapshot().table(id))
        #expect(table.segments.count == 1 && table.segments[0].isInline)
        #expect(try StoredRows.values(table) == (0..<1000).map(row))
        // Many more: inline rows move to a file when they have become too many.
        for n in 0..<4 {
            let transaction = try store.beginWrite()
            try append(transaction, (1000 * (n + 1))..<(1000 * (n + 2)))
            try transaction.commit(queryID: "q", time: 2000)
        }
        let after = try #require(try store.snapshot().table(id))
        #expect(after.segments.count == 1 && !after.segments[0].isInline)
        #expect(try StoredRows.values(after) == (0..<5000).map(row))
        #expect(disk.filePaths.count < 20)
        let reopened = try #require(try Store.open(on: disk).snapshot().table(id))
        #expect(try StoredRows.values(reopened) == (0..<5000).map(row))
    }

    @Test func smallSegmentsAreMerged() throws {
        let store = try makeStore(retention: 0)
        for n in 0..<20 {
            let transaction = try store.beginWrite()
            try append(transaction, (n * 1500)..<((n + 1) * 1500))
            try transaction.commit(queryID: "q", time: Int64(n))
        }
        let table = try #require(try store.snapshot().table(id))
        #expect(table.segments.count <= 8)
        #expect(try StoredRows.values(table) == (0..<30_000).map(row))
        #expect(table.statistics(0).isSorted)
        // Replaced files are gone, retention being 0.
        #expect(try store.disk.list("segments").count <= 9)
    }

    @Test(.timeLimit(.minutes(1))) func mergingLongTextsEnds() throws {
        // Texts so long that no segment holds more than a window of rows, however many are merged.
        let store = try makeStore(options: StoreOptions(chunkBytes: 2000))
        for windows in [0..<9, 9..<10] {
            let transaction = try store.beginWrite()
            let appender = try transaction.makeAppender(to: id)
            for window in windows {
                try appender.append(StoredRows.buffers(((window * 2048)..<((window + 1) * 2048)).map(row), columns))
            }
            try appender.finish()
            try transaction.commit(queryID: "q", time: 1)
        }
        let table = try #require(try store.snapshot().table(id))
        #expect(table.segments.count == 10 && table.rowCount == 10 * 2048)
    }

    @Test func aCloneOfDroppedRowsKeepsThem() throws {
        let store = try makeStore(retention: 0)
        let load = try store.beginWrite()
        try append(load, 0..<2000)
        try load.commit(queryID: "load", time: 1)
        var old: StoreSnapshot? = try store.snapshot()
        let drop = try store.beginWrite()
        try drop.dropTable(id)
        try drop.commit(queryID: "drop", time: 2)
        // Its retention over, only the reader keeps the file; the clone takes it up, and the reader goes.
        let clone = try store.beginWrite()
        try clone.cloneTable(try #require(old?.table(id)), as: ObjectID(77))
        old = nil
        try clone.commit(queryID: "clone", time: 3)
        let cloned = try #require(try Store.open(on: store.disk).snapshot().table(ObjectID(77)))
        #expect(try StoredRows.values(cloned) == (0..<2000).map(row))
    }

    @Test func orderIsThatOfInsertion() throws {
        let store = try makeStore()
        let transaction = try store.beginWrite()
        try append(transaction, 0..<3)
        try append(transaction, 3..<3000)
        try append(transaction, 3000..<3004)
        try append(transaction, 3004..<6000)
        #expect(try StoredRows.values(#require(try transaction.snapshot().table(id))) == (0..<6000).map(row))
        try transaction.commit(queryID: "q", time: 1)
        let table = try #require(try store.snapshot().table(id))
        #expect(try StoredRows.values(table) == (0..<6000).map(row))
        #expect(table.segments.allSatisfy { !$0.isInline })
        let statistics = table.statistics(0)
        #expect(statistics.isSorted && statistics.low == 0 && statistics.high == 5999 && statistics.nullCount == 0)
        let distinct = try #require(statistics.distinctCount)
        #expect(distinct > 4800 && distinct <= 6000)
        let words = try #require(table.statistics(1).distinctCount)
        #expect(words >= 45 && words <= 55)
    }

    @Test func deletesAreKeptAndStatisticsStaySafe() throws {
        let store = try makeStore()
        var transaction = try store.beginWrite()
        try append(transaction, 0..<5000)
        try append(transaction, 5000..<5010)
        try transaction.commit(queryID: "q", time: 1)
        transaction = try store.beginWrite()
        let before = try StoredRows.read(#require(try transaction.snapshot().table(id)))
        let victims = before.filter { row in
            guard case .integer(let n) = row.row[0] else { return false }
            return n % 4 == 0 || n == 5009
        }.map(\.id)
        #expect(try transaction.deleteRows(in: id, rowIDs: victims.reversed()) == victims.count)
        #expect(try transaction.deleteRows(in: id, rowIDs: victims) == 0)
        // Rows keep their ids while others are appended in the same transaction.
        try append(transaction, 9000..<9003)
        let survivor = try #require(before.first { $0.row == row(5006) })
        #expect(try transaction.deleteRows(in: id, rowIDs: [survivor.id]) == 1)
        try transaction.commit(queryID: "q", time: 2)
        let wanted = (0..<5009).filter { $0 % 4 != 0 && $0 != 5006 }.map(row) + (9000..<9003).map(row)
        let table = try #require(try store.snapshot().table(id))
        #expect(try StoredRows.values(table) == wanted)
        #expect(table.rowCount == wanted.count)
        let statistics = table.statistics(0)
        #expect(statistics.low == 0 && statistics.high == 9002 && statistics.isSorted)
        // All rows of a part: the part goes.
        transaction = try store.beginWrite()
        let all = try StoredRows.read(#require(try transaction.snapshot().table(id))).map(\.id)
        try transaction.deleteRows(in: id, rowIDs: all)
        try transaction.commit(queryID: "q", time: 3)
        #expect(try store.snapshot().table(id)?.segments.isEmpty == true)
        #expect(try store.snapshot().table(id)?.statistics(0).low == nil)
    }

    @Test func savepointsUndoAStatement() throws {
        let disk = SimulatedDisk()
        let store = try makeStore(disk)
        let transaction = try store.beginWrite()
        try append(transaction, 0..<2000)
        let files = disk.filePaths
        let savepoint = try transaction.savepoint()
        try append(transaction, 2000..<5000)
        try transaction.truncateTable(id)
        try transaction.rollback(to: savepoint)
        #expect(disk.filePaths == files)
        try append(transaction, 7000..<7002)
        try transaction.commit(queryID: "q", time: 1)
        let wanted = (0..<2000).map(row) + (7000..<7002).map(row)
        #expect(try StoredRows.values(#require(try store.snapshot().table(id))) == wanted)
    }

    @Test func columnsComeAndGo() throws {
        let disk = SimulatedDisk()
        let store = try makeStore(disk)
        var transaction = try store.beginWrite()
        try append(transaction, 0..<1500)
        try append(transaction, 1500..<1503)
        try transaction.addColumn(to: id, StoredColumn(.integer, fill: .integer(9)))
        try transaction.addColumn(to: id, StoredColumn(.text))
        try transaction.dropColumn(of: id, at: 0)
        try transaction.commit(queryID: "q", time: 1)
        transaction = try store.beginWrite()
        let table = try #require(try transaction.snapshot().table(id))
        let added: Row = [.bytes([1]), .integer(-5), .bytes([2])]
        try transaction.appendRows(to: id, columns: StoredRows.buffers([added], table.columns))
        try transaction.commit(queryID: "q", time: 2)
        let wanted = (0..<1503).map { [row($0)[1], .integer(9), .null] } + [added]
        for opened in [store, try Store.open(on: disk)] {
            let found = try #require(opened.snapshot().table(id))
            #expect(try StoredRows.values(found) == wanted)
            let statistics = found.statistics(1)
            #expect(statistics.low == -5 && statistics.high == 9 && statistics.nullCount == 0)
            #expect(found.statistics(2).nullCount == 1503)
        }
        try store.vacuum(queryID: "vacuum", time: 3)
        let vacuumed = try #require(try store.snapshot().table(id))
        #expect(vacuumed.segments.count == 1 && vacuumed.segments[0].rowCount == 1504)
        #expect(try StoredRows.values(vacuumed) == wanted)
    }

    @Test func historyAndClones() throws {
        let disk = SimulatedDisk()
        let store = try makeStore(disk, retention: 100, options: StoreOptions(checkpointLogBytes: 3000))
        let second: Int64 = 1_000_000_000
        for n in 1...8 {
            let transaction = try store.beginWrite()
            try append(transaction, (n * 2000)..<((n + 1) * 2000))
            try transaction.commit(queryID: "q\(n)", time: Int64(n) * 10 * second)
        }
        let drop = try store.beginWrite()
        try drop.dropTable(id)
        try drop.commit(queryID: "drop", time: 90 * second)
        do {
            let old = try #require(try store.snapshot(at: 35 * second))
            #expect(old.queryID == "q3" && old.version == 4)
            #expect(try store.snapshot(version: 4)?.committedAt == 30 * second)
            let table = try #require(old.table(id))
            #expect(try StoredRows.values(table) == (2000..<8000).map(row))
            let clone = try store.beginWrite()
            try clone.cloneTable(table, as: ObjectID(77))
            try clone.commit(queryID: "clone", time: 95 * second)
        }
        // Long after, what only the dropped table held is gone, and the clone is whole.
        for n in 0..<3 {
            let later = try store.beginWrite()
            try later.putObject(ObjectRecord(id: ObjectID(5), kind: 1, payload: [UInt8(n)]))
            try later.commit(queryID: "later", time: (1000 + Int64(n)) * second)
        }
        let cloned = try #require(try Store.open(on: disk).snapshot().table(ObjectID(77)))
        #expect(try StoredRows.values(cloned) == (2000..<8000).map(row))
        #expect(try store.disk.list("segments").count == cloned.segments.count)
    }

    @Test func readersKeepWhatTheyRead() throws {
        let disk = SimulatedDisk()
        let store = try makeStore(disk, retention: 0)
        var transaction = try store.beginWrite()
        try append(transaction, 0..<2000)
        try transaction.commit(queryID: "q", time: 1)
        let reader = try Store.open(on: disk, readOnly: true), other = try Store.open(on: disk)
        for pinning in [reader, other] {
            var table = try pinning.snapshot().table(id)
            transaction = try store.beginWrite()
            try transaction.truncateTable(id)
            try append(transaction, 0..<2000)
            try transaction.commit(queryID: "q", time: 2)
            for time in 3..<5 { try store.vacuum(queryID: "v", time: Int64(time)) }
            #expect(try StoredRows.values(#require(table)) == (0..<2000).map(row))
            #expect(try disk.list("segments").count >= 2)
            table = nil
            try store.vacuum(queryID: "v", time: 6)
            #expect(try disk.list("segments").count == 1)
        }
    }

    @Test func zonesAndForms() throws {
        let store = try makeStore()
        let transaction = try store.beginWrite()
        try append(transaction, 0..<70_000)
        try transaction.commit(queryID: "q", time: 1)
        let table = try #require(try store.snapshot().table(id))
        let reader = try table.reader(segment: 0)
        #expect(try reader.zoneRange(column: 0, block65536: 1) == ZoneRange(low: 65_536, high: 69_999, hasNulls: false))
        #expect(try reader.zoneRange(column: 0, block1024: 3) == ZoneRange(low: 3072, high: 4095, hasNulls: false))
        #expect(try reader.zoneRange(column: 1, block65536: 0) == nil)
        #expect(try reader.zoneRange(column: 0, block65536: 2) == nil)
        let text = try reader.makeColumnCursor(1), vector = table.makeVector(1)
        try text.read(row: 2048, count: 100, into: vector, as: .string)
        #expect(vector.form == .dictionary && vector.dictionary?.count == 50)
        let dictionary = vector.dictionary
        let again = try table.reader(segment: 0).makeColumnCursor(1)
        try again.read(row: 69_999, count: 1, into: vector, as: .string)
        #expect(vector.dictionary === dictionary)
        let number = try reader.makeColumnCursor(0), wide = Vector(.int128)
        try number.read(row: 69_000, count: 632, into: wide, as: .int128)
        #expect(StoredRows.value(wide, 631) == .integer(69_631))
    }
}
