import WarehouseBasics
import WarehouseColumns

/// PERCENTILE_CONT and MEDIAN: the value at a share of the way through the ordered rows, between two rows by their
/// distance.
struct ContinuousPercentileReducer: PlaceReducer {
    /// 0 to 1.
    var share: Double
    /// The column of values, ordered.
    var column: Int
    var resultType: PhysicalType
    /// Digits that the result has behind the point more than the values.
    var scaleShift: Int

    func makeColumn(_ rows: RowBuffer, groups: Int) -> ColumnBuffer { ColumnBuffer(resultType, capacity: groups) }

    func reduce(_ rows: RowBuffer, _ members: [Int], into result: inout ColumnBuffer, check: () throws -> Void) throws {
        guard !members.isEmpty else { return result.appendNull() }
        let place = share * Double(members.count - 1)
        let first = Int(place.rounded(.down)), second = min(members.count - 1, first + 1)
        try append(rows.columns[column], members[first], members[second], weight: place - Double(first), to: &result)
    }

    func places(of count: Int) -> [Int] {
        let first = Int((share * Double(count - 1)).rounded(.down))
        return [first, min(count - 1, first + 1)]
    }

    func reduce(placed rows: RowBuffer, of count: Int, into result: inout ColumnBuffer) throws {
        let place = share * Double(count - 1)
        try append(rows.columns[column], 0, 1, weight: place - place.rounded(.down), to: &result)
    }

    /// Appends the value at `weight` of the way from that of row `first` to that of row `second`.
    func append(_ values: ColumnBuffer, _ first: Int, _ second: Int, weight: Double,
                to result: inout ColumnBuffer) throws {
        if values.physicalType == .double {
            let low = values.doubles[first], high = values.doubles[second]
            // Equal ends stay as they are, infinities too.
            result.append(double: weight == 0 || low == high ? low : low + (high - low) * weight)
            return
        }
        guard let low = values.integer(first), let high = values.integer(second) else {
            return result.appendNull()
        }
        let power = SumFinish.powerOfTen(max(0, min(37, scaleShift)))
        let (base, baseOverflow) = low.multipliedReportingOverflow(by: power)
        let (top, topOverflow) = high.multipliedReportingOverflow(by: power)
        guard !baseOverflow, !topOverflow, -DecimalArithmetic.maximum...DecimalArithmetic.maximum ~= base,
              -DecimalArithmetic.maximum...DecimalArithmetic.maximum ~= top else { throw SumFinish.overflow }
        // Halves, the usual share, exactly; others by doubles of the distance.
        guard weight > 0, low != high else { return result.append(integer: base) }
        let (span, isFar) = top.subtractingReportingOverflow(base)
        if weight == 0.5 {
            // Numbers too large to add are on one side of zero, and near enough to subtract.
            let (sum, overflow) = base.addingReportingOverflow(top)
            let half = overflow ? SumFinish.rounded(span, 2) : 0
            return result.append(integer: !overflow ? SumFinish.rounded(sum, 2) : base < 0 ? top - half : base + half)
        }
        let part = (isFar ? Double(top) - Double(base) : Double(span)) * weight
        let value = isFar ? Int128((Double(base) + part).rounded(.toNearestOrAwayFromZero))
            : base + Int128(part.rounded(.toNearestOrAwayFromZero))
        result.append(integer: min(max(base, top), max(min(base, top), value)))
    }
}

/// Picks one of the group's rows and gives a column's value of it.
final class PickReducer: PlaceReducer {
    enum Kind {
        /// PERCENTILE_DISC: the first row with at least this share of the rows up to it.
        case share(Double)
        /// MODE: the value of most rows, the first such.
        case mode
        /// MIN_BY, MAX_BY: the first row, ordered by the second argument.
        case first
    }
    private let kind: Kind
    private let column: Int
    private let field: KeyField
    /// The whole column of values.
    private var source: Vector

    init(kind: Kind, column: Int, field: KeyField) {
        self.kind = kind
        self.column = column
        self.field = field
        source = Vector(field.physicalType, capacity: 1)
    }

    func makeColumn(_ rows: RowBuffer, groups: Int) -> ColumnBuffer {
        source = rows.columns[column].vector()
        return ColumnBuffer(rows.columns[column].physicalType, elementType: rows.columns[column].child?.physicalType,
                     capacity: groups)
    }

    func reduce(_ rows: RowBuffer, _ members: [Int], into result: inout ColumnBuffer, check: () throws -> Void) throws {
        guard !members.isEmpty else { return result.appendNull() }
        let row: Int
        switch kind {
        case .first: row = members[0]
        case .share(let share): row = members[PickReducer.place(share, of: members.count)]
        case .mode: row = try mode(members, check)
        }
        result.append(source, row..<(row + 1))
    }

    private static func place(_ share: Double, of count: Int) -> Int {
        max(0, min(count - 1, Int((share * Double(count)).rounded(.up)) - 1))
    }

    func places(of count: Int) -> [Int] {
        if case .share(let share) = kind { return [PickReducer.place(share, of: count)] }
        return [0]
    }

    func reduce(placed rows: RowBuffer, of count: Int, into result: inout ColumnBuffer) throws {
        result.append(rows.columns[column].vector(), 0..<1)
    }

    private func mode(_ members: [Int], _ check: () throws -> Void) throws -> Int {
        let table = try GroupTable([field], expectedRows: members.count, keepsKeys: false)
        let picked = Vector(source.physicalType, child: source.child.map { Vector($0.physicalType) })
        var list = RowList(), ids = [Int32](repeating: 0, count: Vector.standardCapacity)
        var counts: [Int] = [], firsts: [Int] = []
        var start = 0
        while start < members.count {
            try check()
            let count = min(Vector.standardCapacity, members.count - start)
            list.reset(capacity: count)
            for index in start..<(start + count) { list.append(members[index]) }
            picked.gather(source, list.selection)
            try ids.withUnsafeMutableBufferPointer { ids in
                if let base = ids.baseAddress { try table.insert([picked], rows: count, into: base) }
            }
            for index in 0..<count {
                let id = Int(ids[index])
                // Numbers come in the order of values' first rows.
                if id == counts.count {
                    counts.append(0)
                    firsts.append(members[start + index])
                }
                counts[id] += 1
            }
            start += count
        }
        let best = counts.indices.max { counts[$0] < counts[$1] || (counts[$0] == counts[$1] && $0 > $1) } ?? 0
        return firsts[best]
    }
}
