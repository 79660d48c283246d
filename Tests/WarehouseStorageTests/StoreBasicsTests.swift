import TestSupport
import Testing
import Trials
import WarehouseBasics
import WarehouseColumns
@testable import WarehouseStorage

@Suite struct StoreBasicsTests {
    let columns = [
        StoredColumn(.integer), StoredColumn(.text), StoredColumn(.float), StoredColumn(.boolean),
        StoredColumn(.array(element: .text)),
    ]

    func row(_ n: Int) -> Row {
        [
            n % 7 == 0 ? .null : .integer(Int128(n)), .bytes(Array("text \(n % 13)".utf8)), .double(Double(n) / 4),
            .boolean(n % 3 == 0), n % 5 == 0 ? .null : .bytes(Array("a|b\(n % 3)".utf8)),
        ]
    }

    @Test func rowsComeBackAfterReopening() throws {
        let directory = try ScratchDirectory()
        let store = try Store.create(at: directory.path + "/w")
        let small = (0..<10).map(row), large = (0..<150_000).map(row)
        var transaction = try store.beginWrite()
        let id = try transaction.allocateID()
        try transaction.createTable(id, columns: columns)
        try transaction.putObject(ObjectRecord(id: id, kind: 7, payload: [1, 2, 3]))
        try transaction.appendRows(to: id, columns: StoredRows.buffers(small, columns))
        #expect(try transaction.snapshot().table(id)?.rowCount == 10)
        #expect(try store.snapshot().table(id) == nil)
        #expect(try transaction.commit(queryID: "q1", time: 5) == 1)
        #expect(try StoredRows.areIdentical(StoredRows.values(#require(store.snapshot().table(id))), small))

        transaction = try store.beginWrite()
        try transaction.appendRows(to: id, columns: StoredRows.buffers(large, columns))
        #expect(try transaction.commit(queryID: "q2", time: 6) == 2)

        let again = try Store.open(directory.path + "/w", readOnly: true)
        for opened in [store, again] {
            let snapshot = try opened.snapshot()
            let table = try #require(snapshot.table(id))
            #expect(snapshot.version == 2 && snapshot.committedAt == 6 && snapshot.queryID == "q2")
            #expect(snapshot.object(id)?.payload == [1, 2, 3])
            #expect(table.segments.map(\.rowCount) == [10, 150_000])
            #expect(table.segments.allSatisfy { !$0.isInline })
            #expect(try StoredRows.areIdentical(StoredRows.values(table), small + large))
            let statistics = table.statistics(0)
            #expect(statistics.low == 1 && statistics.high == 149_999)
            #expect(table.physicalType(0) == .int32)
        }
        #expect(throws: WarehouseError.self) { try again.beginWrite() }
    }

    @Test func anUnendedTransactionLeavesNoTrace() throws {
        let directory = try ScratchDirectory()
        let store = try Store.create(at: directory.path)
        let id = ObjectID(1)
        do {
            let transaction = try store.beginWrite()
            try transaction.createTable(id, columns: columns)
            try transaction.appendRows(to: id, columns: StoredRows.buffers((0..<5000).map(row), columns))
        }
        #expect(try store.snapshot().version == 0)
        #expect(try store.disk.list("segments").isEmpty)
        _ = try store.beginWrite()
    }
}
