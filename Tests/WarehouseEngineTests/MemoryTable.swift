import WarehouseBasics
import WarehouseColumns
import WarehousePlan
@testable import WarehouseEngine

/// A table of constants in memory, cut into stripes and batches of odd sizes.
final class MemoryTable: ScannableTable, Sendable {
    let name = ObjectName(database: "MAIN", schema: "PUBLIC", name: "T")
    let columns: [ColumnSchema]
    let rows: [[ScalarValue]]
    let stripeRows: Int
    let batchRows: Int
    /// Tells ranges and null counts, so that dense paths are taken.
    let tellsStatistics: Bool

    init(_ types: [LogicalType], _ rows: [[ScalarValue]], stripeRows: Int = 500, batchRows: Int = 100,
         tellsStatistics: Bool = true) {
        columns = types.enumerated().map { ColumnSchema("C\($0.offset)", $0.element) }
        self.rows = rows
        self.stripeRows = stripeRows
        self.batchRows = batchRows
        self.tellsStatistics = tellsStatistics
    }

    var rowCount: Int? { tellsStatistics ? rows.count : nil }

    func statistics(ofColumn index: Int) -> ColumnStatistics {
        guard tellsStatistics else { return .unknown }
        let integers = rows.compactMap { row in
            if case .integer(let value) = row[index] { return value } else { return nil }
        }
        return ColumnStatistics(low: integers.min(), high: integers.max(),
                                nullCount: rows.count { $0[index] == .null })
    }

    func physicalType(_ column: Int) -> PhysicalType {
        let type = columns[column].type
        guard tellsStatistics, type.hasVariableWidth else { return type.widestPhysicalType }
        let known = statistics(ofColumn: column)
        return type.physicalType(low: known.low ?? 0, high: known.high ?? 0)
    }

    func makeScan(columns: [Int], ranges: [ColumnRange], context: QueryContext) throws -> any TableScan {
        MemoryScan(self, columns)
    }
}

final class MemoryScan: TableScan {
    private let table: MemoryTable
    private let columns: [Int]
    let outputTypes: [PhysicalType]

    init(_ table: MemoryTable, _ columns: [Int]) {
        self.table = table
        self.columns = columns
        outputTypes = columns.map { $0 < 0 ? .int64 : table.physicalType($0) }
    }

    var stripeCount: Int { (table.rows.count + table.stripeRows - 1) / table.stripeRows }

    func run(stripe: Int, context: QueryContext, into consumer: any BatchConsumer) throws {
        let end = min(table.rows.count, (stripe + 1) * table.stripeRows)
        var start = stripe * table.stripeRows
        while start < end {
            let count = min(table.batchRows, end - start)
            let vectors = columns.enumerated().map { index, column in
                let buffer = ColumnBuffer(outputTypes[index])
                for row in start..<(start + count) {
                    buffer.append(column < 0 ? .integer(Int128(row)) : table.rows[row][column])
                }
                return buffer.vector()
            }
            if try !consumer.consume(Batch(vectors, rowCount: count)) { return }
            start += count
        }
    }
}

/// Makes plans over memory tables and runs them.
struct PlanMaker {
    var ids = ColumnIDSource()

    mutating func column(_ type: LogicalType, _ name: String = "X") -> PlanColumn {
        PlanColumn(id: ids.make(), name: name, type: type)
    }

    mutating func scan(_ table: MemoryTable, filters: [BoundExpression] = []) -> LogicalPlan {
        let columns = table.columns.enumerated().map {
            LogicalScan.ScanColumn(column($0.element.type, $0.element.name), tableColumn: $0.offset)
        }
        return .scan(LogicalScan(table: table, columns: columns, filters: filters))
    }

    mutating func call(_ function: String, _ arguments: [BoundExpression], _ type: LogicalType,
                       isDistinct: Bool = false, order: [SortKey] = []) -> AggregateCall {
        AggregateCall(column(type), function, arguments, isDistinct: isDistinct, order: order)
    }
}

extension LogicalPlan {
    func reference(_ index: Int) -> BoundExpression { .column(columns[index]) }
}

enum Runner {
    static let session = SessionContext(role: "R", user: "U", database: nil, schema: nil, warehouse: nil,
                                        statementTime: 0)

    static func rows(_ plan: LogicalPlan, threads: Int) throws -> [[ScalarValue]] {
        let result = try QueryRunner.run(plan, context: QueryContext(session: session, threads: threads))
        return result.chunks.flatMap { chunk in
            (0..<chunk.rowCount).map { row in chunk.columns.map { $0.scalar(row) } }
        }
    }

    /// Runs with one thread and with two, which must agree.
    static func rows(_ plan: LogicalPlan) throws -> [[ScalarValue]] {
        let one = try rows(plan, threads: 1), two = try rows(plan, threads: 2)
        guard one.count == two.count, zip(one, two).allSatisfy({ Scalars.same($0, $1) }) else {
            throw WarehouseError(.internalFault, "One thread and two disagree.")
        }
        return one
    }
}

extension Batch {
    func scalarRows() -> [[ScalarValue]] {
        let columns = vectors.map { vector in
            let column = ColumnBuffer(vector.physicalType)
            column.append(vector, 0..<rowCount)
            return column
        }
        return (0..<rowCount).map { row in columns.map { $0.scalar(row) } }
    }
}

extension ColumnBuffer {
    func scalar(_ row: Int) -> ScalarValue {
        if isNull(row) { return .null }
        switch physicalType {
        case .bool: return .boolean(bools[row] != 0)
        case .int32: return .integer(Int128(int32s[row]))
        case .int64: return .integer(Int128(int64s[row]))
        case .int128: return .integer(int128s[row])
        case .double: return .double(doubles[row])
        case .string: return .bytes(Array(strings[row].buffer))
        case .list:
            let parts = (Int(offsets[row])..<Int(offsets[row + 1])).map { child?.scalar($0) ?? .null }
            return .bytes(Array("\(parts)".utf8))
        }
    }
}

/// Comparison of scalars as SQL groups and orders them.
enum Scalars {
    static func same(_ a: ScalarValue, _ b: ScalarValue) -> Bool {
        if case .double(let x) = a, case .double(let y) = b { return x == y || (x.isNaN && y.isNaN) }
        return a == b
    }

    static func same(_ a: [ScalarValue], _ b: [ScalarValue]) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { same($0, $1) }
    }

    /// Equality key: NaN is NaN, -0.0 is 0.0.
    static func key(_ row: [ScalarValue]) -> [ScalarValue] {
        row.map { value in
            guard case .double(let number) = value else { return value }
            return .bytes(Array("\(number.isNaN ? "nan" : "\(number + 0)")".utf8))
        }
    }

    /// Negative, zero, positive; not null.
    static func compare(_ a: ScalarValue, _ b: ScalarValue) -> Int {
        switch (a, b) {
        case (.integer(let x), .integer(let y)): return x < y ? -1 : x == y ? 0 : 1
        case (.boolean(let x), .boolean(let y)): return x == y ? 0 : x ? 1 : -1
        case (.bytes(let x), .bytes(let y)): return x == y ? 0 : x.lexicographicallyPrecedes(y) ? -1 : 1
        case (.double(let x), .double(let y)):
            if x.isNaN || y.isNaN { return x.isNaN == y.isNaN ? 0 : x.isNaN ? 1 : -1 }
            return x < y ? -1 : x == y ? 0 : 1
        default: return 0
        }
    }

    static func compare(_ a: ScalarValue, _ b: ScalarValue, isDescending: Bool, nullsFirst: Bool) -> Int {
        if a == .null || b == .null { return a == b ? 0 : (a == .null) == nullsFirst ? -1 : 1 }
        return isDescending ? -compare(a, b) : compare(a, b)
    }
}

/// Deterministic random numbers (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func integer(_ range: ClosedRange<Int>, nulls: Int = 0) -> ScalarValue {
        if nulls > 0, Int.random(in: 0..<100, using: &self) < nulls { return .null }
        return .integer(Int128(Int.random(in: range, using: &self)))
    }

    mutating func text(_ distinct: Int, nulls: Int = 0) -> ScalarValue {
        if nulls > 0, Int.random(in: 0..<100, using: &self) < nulls { return .null }
        let number = Int.random(in: 0..<distinct, using: &self)
        let words = ["", "a", "ab", "abcd", "abcde", "abcdefgh", "abcdefghi", "abcdefghij", "zebra", "Zürich"]
        return .bytes(Array((words[number % words.count] + (number < words.count ? "" : "\(number)")).utf8))
    }

    mutating func double(nulls: Int = 0) -> ScalarValue {
        if nulls > 0, Int.random(in: 0..<100, using: &self) < nulls { return .null }
        let special: [Double] = [0, -0.0, .nan, .infinity, -.infinity, 1.5, -1.5, 1e300]
        let pick = Int.random(in: 0..<24, using: &self)
        return .double(pick < special.count ? special[pick] : Double(Int.random(in: -8...8, using: &self)) / 4)
    }
}
