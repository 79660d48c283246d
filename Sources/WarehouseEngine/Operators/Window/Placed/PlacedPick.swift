import WarehouseBasics
import WarehouseColumns

/// LAG, LEAD, FIRST_VALUE, LAST_VALUE and NTH_VALUE, however far the row and with or without NULLs.
final class PlacedPick: PlacedWindow {
    private let function: RowPickFunction
    private let source: PlacedSource
    private let frames: PlacedFrames?
    private let values: PlacedValues
    /// Values present before the frame's start, and before its end.
    private let starts: PresentCount
    private let ends: PresentCount
    private let found: PresentCount

    init(_ function: RowPickFunction, _ source: PlacedSource) {
        self.function = function
        self.source = source
        if case .nth(_, let frame) = function.kind { frames = PlacedFrames(frame, source) } else { frames = nil }
        values = PlacedValues(source, column: function.column, type: function.resultType)
        starts = PresentCount(source, function.column)
        ends = PresentCount(source, function.column)
        found = PresentCount(source, function.column)
    }

    func run(_ slice: PlacedSlice) throws -> ColumnBuffer {
        for index in 0..<slice.places.count {
            if let place = try place(slice, index) {
                try values.add(place)
            } else if case .offset(_, let column?) = function.kind {
                values.add(slice.rows.range.lowerBound + index, of: slice.rows.rows.columns[column])
            } else {
                values.addNull()
            }
        }
        return values.finish()
    }

    private func place(_ slice: PlacedSlice, _ index: Int) throws -> Int? {
        let place = slice.places.lowerBound + index
        switch function.kind {
        case .offset(let offset, _):
            let partition = slice.partitionStart(index)..<(try source.scout.partitionEnd(place))
            guard function.ignoresNulls, offset != 0 else {
                let (target, overflow) = place.addingReportingOverflow(offset)
                return !overflow && partition.contains(target) ? target : nil
            }
            let next = try starts.before(offset > 0 ? place + 1 : place)
            let (number, overflow) = next.addingReportingOverflow(offset > 0 ? offset - 1 : offset)
            if overflow { return nil }
            guard number >= 0, let target = try found.place(number, before: partition.upperBound) else { return nil }
            return target >= partition.lowerBound ? target : nil
        case .nth(let number, _):
            guard let range = try frames?.range(slice, index) else { return nil }
            guard function.ignoresNulls else {
                let target = number > 0 ? range.lowerBound + number - 1 : range.upperBound + number
                return range.contains(target) ? target : nil
            }
            let first = try starts.before(range.lowerBound), end = try ends.before(range.upperBound)
            let wanted = number > 0 ? first + number - 1 : end + number
            return wanted >= first && wanted < end ? try found.place(wanted, before: range.upperBound) : nil
        case .extreme: return nil
        }
    }
}

/// Counts the values of a column that are not NULL along the places.
final class PresentCount {
    private let cursor: PlacedCursor
    private let column: Int
    private var place = 0, count = 0

    init(_ source: PlacedSource, _ column: Int) {
        cursor = PlacedCursor(source.rows)
        self.column = column
    }

    /// How many there are before a place; places come ascending.
    func before(_ wanted: Int) throws -> Int {
        guard wanted > place else { return count }
        try cursor.forEach(place..<wanted) { rows, range in
            let values = rows.columns[column]
            for row in range where !values.isNull(row) { count += 1 }
        }
        place = wanted
        return count
    }

    /// The place of value `number`, from 0, where that is before `end`; numbers come ascending.
    func place(_ number: Int, before end: Int) throws -> Int? {
        while place < end {
            let (rows, row) = try cursor.seek(place)
            let isPresent = !rows.columns[column].isNull(row)
            if isPresent, count == number { return place }
            place += 1
            count += isPresent ? 1 : 0
        }
        return nil
    }
}
