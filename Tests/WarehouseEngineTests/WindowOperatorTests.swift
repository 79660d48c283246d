import Testing
import WarehouseBasics
import WarehouseColumns
import WarehousePlan
@testable import WarehouseEngine

@Suite struct WindowOperatorTests {
    /// Partition, order, value, double.
    static func table(_ count: Int, seed: UInt64) -> MemoryTable {
        var random = SeededGenerator(seed: seed)
        let rows = (0..<count).map { _ in
            [random.text(4, nulls: 10), random.integer(0...12, nulls: 10), random.integer(-50...50, nulls: 20),
             ScalarValue.double(Double(Int.random(in: -40...40, using: &random)) / 4)]
        }
        return MemoryTable([.text, .integer, .integer, .float], rows, stripeRows: 90, batchRows: 40)
    }

    /// Rows of each partition in order, by number.
    static func partitions(_ rows: [[ScalarValue]]) -> [[Int]] {
        let groups = Dictionary(grouping: rows.indices) { rows[$0][0] }
        return groups.values.map { members in
            members.sorted { a, b in
                let order = Scalars.compare(rows[a][1], rows[b][1], isDescending: false, nullsFirst: false)
                return order != 0 ? order < 0 : a < b
            }
        }
    }

    static func frame(_ frame: WindowFrame, _ place: Int, _ list: [Int], _ rows: [[ScalarValue]]) -> [Int] {
        // NULL is the greatest key, and so far off that no offset reaches it.
        func key(_ row: [ScalarValue]) -> Int128 { if case .integer(let value) = row[1] { value } else { 1_000_000 } }
        func peers(_ other: Int) -> Bool { rows[list[other]][1] == rows[list[place]][1] }
        let start = switch frame.start {
        case .unboundedPreceding: 0
        case .preceding(let count): place - count
        case .currentRow: frame.unit == .rows ? place : list.indices.first(where: peers) ?? place
        case .following(let count): place + count
        case .unboundedFollowing: list.count
        case .value: list.indices.first { key(rows[list[$0]]) >= key(rows[list[place]]) - 2 } ?? list.count
        }
        let end = switch frame.end {
        case .unboundedPreceding: 0
        case .preceding(let count): place - count
        case .currentRow: frame.unit == .rows ? place : list.indices.last(where: peers) ?? place
        case .following(let count): place + count
        case .unboundedFollowing: list.count - 1
        case .value: list.indices.last { key(rows[list[$0]]) <= key(rows[list[place]]) + 1 } ?? -1
        }
        return list.indices.filter { $0 >= start && $0 <= end }.map { list[$0] }
    }

    static let frames: [WindowFrame] = [
        .wholePartition, .upToCurrent, WindowFrame(.rows, .unboundedPreceding, .currentRow),
        WindowFrame(.rows, .preceding(2), .following(1)), WindowFrame(.rows, .following(1), .following(3)),
        WindowFrame(.rows, .preceding(3), .preceding(1)), WindowFrame(.range, .currentRow, .unboundedFollowing),
        WindowFrame(.range, .currentRow, .currentRow), WindowFrame(.rows, .preceding(200), .currentRow),
        WindowFrame(.range, .value, .value), WindowFrame(.range, .value, .currentRow),
        WindowFrame(.range, .unboundedPreceding, .value),
    ]

    @Test(arguments: frames)
    func aggregatesOverFramesMatchTheModel(frame: WindowFrame) throws {
        for count in [0, 1, 400] {
            let table = Self.table(count, seed: 21)
            var maker = PlanMaker()
            let scan = maker.scan(table)
            let functions = ["SUM", "COUNT", "MIN", "MAX", "FIRST_VALUE", "LAST_VALUE", "BITOR_AGG", "AVG",
                             "LAST_VALUE_IGNORE_NULLS"]
            var calls = functions.map { WindowCall(maker.column(.integer), $0, [scan.reference(2)], frame: frame) }
            calls.append(WindowCall(maker.column(.float), "SUM", [scan.reference(3)], frame: frame))
            calls.append(WindowCall(maker.column(.integer), "COUNT_STAR", [], frame: frame))
            let two = BoundExpression.constant(.integer(2))
            calls.append(WindowCall(maker.column(.integer), "NTH_VALUE", [scan.reference(2), two], frame: frame))
            let values = [(frame.start, "SUB", two), (frame.end, "ADD", .constant(.integer(1)))].compactMap {
                $0.0 == .value ? BoundExpression.call($0.1, [scan.reference(1), $0.2], .integer) : nil
            }
            for index in calls.indices where !values.isEmpty { calls[index].rangeValues = [scan.reference(1)] + values }
            let plan = LogicalPlan.window(LogicalWindow(input: scan, partition: [scan.reference(0)],
                                                        order: [SortKey(scan.reference(1))], calls: calls))
            let answer = try Runner.rows(plan)
            #expect(answer.count == count)
            for list in Self.partitions(table.rows) {
                for place in list.indices {
                    let members = Self.frame(frame, place, list, table.rows)
                    let wanted = Self.values(table.rows, members)
                    let row = Array(answer[list[place]].dropFirst(4))
                    #expect(Scalars.same(row, wanted), "\(frame) \(row) \(wanted)")
                }
            }
        }
    }

    static func values(_ rows: [[ScalarValue]], _ members: [Int]) -> [ScalarValue] {
        let values = members.compactMap { row in
            if case .integer(let value) = rows[row][2] { return value } else { return Int128?.none }
        }
        let doubles = members.map { row in
            if case .double(let value) = rows[row][3] { return value } else { return 0 }
        }
        func orNull(_ value: Int128?) -> ScalarValue { value.map { .integer($0) } ?? .null }
        return [
            values.isEmpty ? .null : .integer(values.reduce(0, +)), .integer(Int128(values.count)),
            orNull(values.min()), orNull(values.max()), members.first.map { rows[$0][2] } ?? .null,
            members.last.map { rows[$0][2] } ?? .null, values.isEmpty ? .null : .integer(values.reduce(0, |)),
            // Cut, not rounded.
            values.isEmpty ? .null : .integer(values.reduce(0, +) / Int128(values.count)), orNull(values.last),
            doubles.isEmpty ? .null : .double(doubles.reduce(0, +)), .integer(Int128(members.count)),
            members.count > 1 ? rows[members[1]][2] : .null,
        ]
    }

    @Test func ranksAndOffsetsMatchTheModel() throws {
        let table = Self.table(500, seed: 22)
        var maker = PlanMaker()
        let scan = maker.scan(table), value = scan.reference(2)
        let two = BoundExpression.constant(.integer(2)), null = BoundExpression.constant(.null(.integer))
        let seven = BoundExpression.constant(.integer(7)), wide = BoundExpression.constant(
            Constant(.integer(1 << 40), .integer))
        let whole = WindowFrame.wholePartition
        let calls = [
            ("ROW_NUMBER", [], LogicalType.integer), ("RANK", [], .integer), ("DENSE_RANK", [], .integer),
            ("PERCENT_RANK", [], .float), ("CUME_DIST", [], .float), ("NTILE", [seven], .integer),
            ("LAG", [value, two, null], .integer), ("LEAD", [value, two, wide], .integer),
            ("LAG_IGNORE_NULLS", [value, two, null], .integer),
            ("CONDITIONAL_CHANGE_EVENT", [scan.reference(1)], .integer),
        ].map { WindowCall(maker.column($0.2), $0.0, $0.1, frame: whole) }
        let plan = LogicalPlan.window(LogicalWindow(input: scan, partition: [scan.reference(0)],
                                                    order: [SortKey(scan.reference(1))], calls: calls))
        let answer = try Runner.rows(plan)
        for list in Self.partitions(table.rows) {
            var dense = 0, changes = 0
            for place in list.indices {
                let key = table.rows[list[place]][1]
                let first = list.firstIndex { table.rows[$0][1] == key } ?? 0
                let last = list.lastIndex { table.rows[$0][1] == key } ?? 0
                if first == place { dense += 1 }
                if first == place, place > 0, key != .null { changes += 1 }
                let size = list.count / 7, larger = list.count % 7
                let tile = (1...7).first { ($0 * size + min($0, larger)) > place } ?? 0
                let before = list[..<place].filter { table.rows[$0][2] != .null }
                let wanted: [ScalarValue] = [
                    .integer(Int128(place + 1)), .integer(Int128(first + 1)), .integer(Int128(dense)),
                    .double(list.count > 1 ? Double(first) / Double(list.count - 1) : 0),
                    .double(Double(last + 1) / Double(list.count)), .integer(Int128(tile)),
                    place >= 2 ? table.rows[list[place - 2]][2] : .null,
                    place + 2 < list.count ? table.rows[list[place + 2]][2] : .integer(1 << 40),
                    before.count >= 2 ? table.rows[before[before.count - 2]][2] : .null, .integer(Int128(changes)),
                ]
                #expect(Scalars.same(Array(answer[list[place]].dropFirst(4)), wanted))
            }
        }
    }
}
