import WarehouseBasics
import WarehouseColumns
import WarehousePlan
import WarehouseStorage

/// A scan that can drop rows by itself, so that columns are read only where rows remain.
protocol FilteringTableScan: TableScan {
    /// The same scan, putting out only rows that the filter lets through.
    func filtered(by filter: ScanFilter) -> any TableScan
}

/// Reads a version of a stored table: skips chunks and blocks by zone maps, leaves deleted rows out, reads what a
/// filter needs first and the other columns only where rows remain. Stripes are runs of chunks, fixed by the table
/// alone.
public final class StoredTableScan: FilteringTableScan {
    let table: TableSnapshot
    /// Indexes of the table's columns, or `LogicalScan.rowIDColumn`.
    let columns: [Int]
    let ranges: [ColumnRange]
    public let outputTypes: [PhysicalType]
    private let stripes: [[ScanUnit]]
    let filter: ScanFilter?
    let bound: ZoneBound?
    /// By output column.
    let dynamicFilters: [(filter: DynamicFilter, column: Int)]
    /// Whether what it reads is told of, in the query's progress and history.
    let isCounted: Bool

    /// Rows that lie in one chunk of one segment.
    struct ScanUnit: Sendable {
        var segment: Int
        var rows: Range<Int>
    }

    static let chunkRows = 65_536
    /// A stripe's part of all rows, at first; and where the last ones begin, which are a quarter as large: no thread has
    /// long to wait for the others at the end.
    private static let share = 24, smallBehind = (numerator: 11, denominator: 12)

    /// - Parameters:
    ///   - columns: indexes of the table's columns, or `LogicalScan.rowIDColumn` for rows' ids.
    ///   - ranges: bounds that wanted rows satisfy; columns that are not integer-held are ignored.
    /// Errors: `corrupt`, `inputOutput`, when a segment cannot be opened.
    public convenience init(_ table: TableSnapshot, columns: [Int], ranges: [ColumnRange] = []) throws {
        let units = try StoredTableScan.units(table, ranges)
        self.init(table, columns, ranges, StoredTableScan.striped(units), nil, nil, [], isCounted: true)
    }

    private init(_ table: TableSnapshot, _ columns: [Int], _ ranges: [ColumnRange], _ stripes: [[ScanUnit]],
                 _ filter: ScanFilter?, _ bound: ZoneBound?,
                 _ dynamicFilters: [(filter: DynamicFilter, column: Int)], isCounted: Bool) {
        self.table = table
        self.columns = columns
        self.ranges = ranges
        self.stripes = stripes
        self.filter = filter
        self.bound = bound
        self.dynamicFilters = dynamicFilters
        self.isCounted = isCounted
        outputTypes = columns.map { $0 < 0 ? .int64 : table.physicalType($0) }
    }

    public var stripeCount: Int { stripes.count }

    /// Rows of the chunks that are read.
    var scannedRowCount: Int { stripes.reduce(0) { $1.reduce($0) { $0 + $1.rows.count } } }

    /// The same scan, of which nothing is told.
    func uncounted() -> StoredTableScan {
        StoredTableScan(table, columns, ranges, stripes, filter, bound, dynamicFilters, isCounted: false)
    }

    func filtered(by filter: ScanFilter) -> any TableScan {
        StoredTableScan(table, columns, ranges, stripes, filter, bound, dynamicFilters, isCounted: isCounted)
    }

    func with(bound: ZoneBound) -> StoredTableScan {
        StoredTableScan(table, columns, ranges, stripes, filter, bound, dynamicFilters, isCounted: isCounted)
    }

    /// The same scan, dropping rows whose value in an output column is not among a filter's keys.
    func with(_ dynamicFilter: DynamicFilter, column: Int) -> StoredTableScan {
        StoredTableScan(table, columns, ranges, stripes, filter, bound, dynamicFilters + [(dynamicFilter, column)],
                        isCounted: isCounted)
    }

    /// Rows of each stripe; nil where only reading tells.
    func stripeRows() -> [Int]? {
        isWhole ? stripes.map { $0.reduce(0) { $0 + $1.rows.count } } : nil
    }

    /// Whether every row of the chunks is put out.
    private var isWhole: Bool {
        filter == nil && bound == nil && dynamicFilters.isEmpty && ranges.isEmpty
            && table.segments.allSatisfy { $0.deletedCount == 0 }
    }

    /// The scan of these rows alone, counted from the first; nil where only reading tells which rows they are.
    func rows(_ wanted: Range<Int>) -> StoredTableScan? {
        guard isWhole else { return nil }
        var units: [ScanUnit] = [], place = 0
        for unit in stripes.joined() {
            let rows = wanted.clamped(to: place..<(place + unit.rows.count))
            if !rows.isEmpty {
                let shift = unit.rows.lowerBound - place
                units.append(ScanUnit(segment: unit.segment, rows: (rows.lowerBound + shift)..<(rows.upperBound + shift)))
            }
            place += unit.rows.count
        }
        return StoredTableScan(table, columns, ranges, StoredTableScan.striped(units), nil, nil, [], isCounted: isCounted)
    }

    /// The chunks that may hold wanted rows, in scan order.
    private static func units(_ table: TableSnapshot, _ ranges: [ColumnRange]) throws -> [ScanUnit] {
        var units: [ScanUnit] = []
        for (index, segment) in table.segments.enumerated() where segment.rowCount > segment.deletedCount {
            // Opening a file costs some twenty microseconds: those that cannot matter stay closed.
            guard ranges.allSatisfy({ $0.admits(table.zoneRange(column: $0.tableColumn, segment: index)) }) else { continue }
            let reader = ranges.isEmpty ? nil : try table.reader(segment: index)
            var start = 0
            while start < segment.rowCount {
                let end = min(segment.rowCount, start + chunkRows)
                let chunk = start / chunkRows
                let mayMatch = try ranges.allSatisfy { range in
                    try range.admits(reader?.zoneRange(column: range.tableColumn, block65536: chunk))
                }
                if mayMatch { units.append(ScanUnit(segment: index, rows: start..<end)) }
                start = end
            }
        }
        return units
    }

    private static func striped(_ units: [ScanUnit]) -> [[ScanUnit]] {
        let total = units.reduce(0) { $0 + $1.rows.count }
        let large = max(chunkRows, (total + share - 1) / share), small = max(chunkRows, large / 4)
        let turn = total / smallBehind.denominator * smallBehind.numerator
        var stripes: [[ScanUnit]] = []
        var open: [ScanUnit] = [], rows = 0, done = 0
        for unit in units {
            open.append(unit)
            rows += unit.rows.count
            if rows >= (done < turn ? large : small) {
                stripes.append(open)
                open = []
                done += rows
                rows = 0
            }
        }
        if !open.isEmpty { stripes.append(open) }
        return stripes
    }

    public func run(stripe: Int, context: QueryContext, into consumer: any BatchConsumer) throws {
        let reader = StripeReader(self, context, consumer)
        for unit in stripes[stripe] {
            if try !reader.read(unit) { return }
            if isCounted { context.progress.add(unit.rows.count) }
        }
    }
}

extension ColumnRange {
    /// Whether rows of a zone may lie in the range. Nil: nothing is known.
    func admits(_ zone: ZoneRange?) -> Bool {
        guard let zone else { return true }
        if zone.low > zone.high { return false }
        if let low, zone.high < low { return false }
        if let high, zone.low > high { return false }
        return true
    }
}
