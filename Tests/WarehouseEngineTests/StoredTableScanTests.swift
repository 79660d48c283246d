import TestSupport
import Testing
import WarehouseBasics
import WarehouseColumns
import WarehousePlan
import WarehouseStorage
@testable import WarehouseEngine
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A stored table as the catalog would offer it.
private final class StoredTable: ScannableTable {
    let name = ObjectName(database: "MAIN", schema: "PUBLIC", name: "S")
    let columns: [ColumnSchema]
    let snapshot: TableSnapshot

    init(_ snapshot: TableSnapshot) {
        self.snapshot = snapshot
        columns = snapshot.columns.enumerated().map { ColumnSchema("C\($0.offset)", $0.element.type) }
    }

    var rowCount: Int? { snapshot.rowCount }
    func statistics(ofColumn index: Int) -> ColumnStatistics {
        let known = snapshot.statistics(index)
        return ColumnStatistics(low: known.low, high: known.high, nullCount: known.nullCount)
    }
    func makeScan(columns: [Int], ranges: [ColumnRange], context: QueryContext) throws -> any TableScan {
        try StoredTableScan(snapshot, columns: columns, ranges: ranges)
    }
}

@Suite struct StoredTableScanTests {
    /// Number (ascending), text (few distinct, some null), float.
    static func withTable(_ count: Int, deleting: [Int] = [], _ body: (TableSnapshot) throws -> Void) throws {
        let scratch = try ScratchDirectory()
        let store = try Store.create(at: scratch.path + "/w")
        let write = try store.beginWrite()
        let id = try write.allocateID()
        try write.createTable(id, columns: [StoredColumn(.integer), StoredColumn(.text), StoredColumn(.float)])
        let appender = try write.makeAppender(to: id)
        let types: [PhysicalType] = [.int32, .string, .double]
        var buffers = types.map { ColumnBuffer($0) }
        for row in 0..<count {
            buffers[0].append(integer: Int128(row * 3))
            if row % 11 == 0 { buffers[1].appendNull() } else { buffers[1].append(Array("text \(row % 40)".utf8)) }
            buffers[2].append(double: Double(row % 9) / 2)
            if buffers[0].count == 10_000 || row == count - 1 {
                try appender.append(buffers)
                buffers = types.map { ColumnBuffer($0) }
            }
        }
        try appender.finish()
        try write.commit(queryID: "q", time: 1)
        if !deleting.isEmpty {
            let second = try store.beginWrite()
            guard let table = try store.snapshot().table(id) else { throw WarehouseError(.internalFault, "gone") }
            let number = table.segments[0].number
            try second.deleteRows(in: id, rowIDs: deleting.map { RowID.pack(segment: number, row: $0) })
            try second.commit(queryID: "q", time: 2)
        }
        guard let table = try store.snapshot().table(id) else { throw WarehouseError(.internalFault, "gone") }
        try body(table)
    }

    static func scan(_ table: TableSnapshot, _ maker: inout PlanMaker,
                     filter: (BoundExpression) -> [BoundExpression] = { _ in [] }) -> LogicalPlan {
        let stored = StoredTable(table)
        let columns = [2, 0, 1, LogicalScan.rowIDColumn].map { index in
            LogicalScan.ScanColumn(maker.column(index < 0 ? .integer : stored.columns[index].type), tableColumn: index)
        }
        return .scan(LogicalScan(table: stored, columns: columns, filters: filter(.column(columns[1].column))))
    }

    static func expected(_ row: Int) -> [ScalarValue] {
        [.double(Double(row % 9) / 2), .integer(Int128(row * 3)),
         row % 11 == 0 ? .null : .bytes(Array("text \(row % 40)".utf8))]
    }

    static func number(_ value: Int) -> BoundExpression { .constant(Constant(.integer(Int128(value)), .integer)) }

    @Test func readsAllRowsInOrder() throws {
        try Self.withTable(70_000) { table in
            var maker = PlanMaker()
            let answer = try Runner.rows(Self.scan(table, &maker))
            #expect(answer.count == 70_000)
            let same = answer.enumerated().allSatisfy { Array($0.element.prefix(3)) == Self.expected($0.offset) }
            #expect(same)
        }
    }

    @Test func filtersSkipBlocksAndDeletedRows() throws {
        let gone = [1, 5000, 5001, 65_535, 65_536]
        try Self.withTable(70_000, deleting: gone) { table in
            for (low, high) in [(14_990, 15_020), (196_000, 197_000), (-5, 4), (209_990, 300_000), (300_000, 400_000)] {
                var maker = PlanMaker()
                let plan = Self.scan(table, &maker) { column in
                    [.comparison(.greaterOrEqual, column, Self.number(low)),
                     .comparison(.less, column, Self.number(high))]
                }
                let answer = try Runner.rows(plan)
                let rows = (0..<70_000).filter { $0 * 3 >= low && $0 * 3 < high && !gone.contains($0) }
                #expect(answer.map { Array($0.prefix(3)) } == rows.map(Self.expected))
                #expect(answer.map { $0[3] } == rows.map { .integer(Int128(RowID.pack(
                    segment: table.segments[0].number, row: $0))) })
            }
        }
    }

    /// How much is read below a secure view tells of rows that it leaves out.
    @Test func tellsNothingOfScansBelowAFence() throws {
        try Self.withTable(70_000) { table in
            var maker = PlanMaker()
            let scan = Self.scan(table, &maker) { [.comparison(.less, $0, Self.number(30))] }
            let open = QueryContext(session: Runner.session, threads: 1), hidden = QueryContext(session: Runner.session, threads: 1)
            let seen = try QueryRunner.run(scan, context: open)
            let fenced = try QueryRunner.run(.limit(scan, limit: nil, offset: 0), context: hidden)
            #expect(seen.rowCount == 10 && fenced.rowCount == 10)
            #expect(open.progress.rowsTotal == 65_536 && open.progress.rowsDone == 65_536 && open.scannedBytes > 0)
            #expect(hidden.progress.rowsTotal == 0 && hidden.progress.rowsDone == 0 && hidden.scannedBytes == 0)
        }
    }

    @Test func groupsByDictionaryText() throws {
        try Self.withTable(70_000, deleting: [11]) { table in
            var maker = PlanMaker()
            let scan = Self.scan(table, &maker)
            let calls = [maker.call("COUNT_STAR", [], .integer), maker.call("AVG", [scan.reference(0)], .float)]
            let groups = [Projection(maker.column(.text), scan.reference(2))]
            let answer = try Runner.rows(.aggregate(LogicalAggregate(input: scan, groups: groups, aggregates: calls)))
            #expect(answer.count == 41)
            #expect(answer[0][0] == .null)
            #expect(answer[0][1] == .integer(Int128((0..<70_000).count { $0 % 11 == 0 && $0 != 11 })))
        }
    }
}
