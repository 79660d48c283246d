import WarehouseBasics
import WarehouseColumns

/// LAG, LEAD, FIRST_VALUE, LAST_VALUE and NTH_VALUE, however far the row and with or without NULLs.
final class PlacedPick: PlacedWindow {
    let frame: FrameBounds
    private let function: RowPickFunction
    private let values: PlacedValues
    private let present: PresentValues?

    /// Values present before the frame's start, and before its end, and the one that is looked for.
    private struct PresentValues {
        let starts: PresentCount
        let ends: PresentCount
        let found: PresentCount
    }

    init(_ function: RowPickFunction, _ source: PlacedSource) {
        self.function = function
        if case .nth(_, let frame) = function.kind { self.frame = frame } else { frame = .partition }
        values = PlacedValues(source, column: function.column, type: function.resultType)
        let counts = (0..<(function.ignoresNulls ? 3 : 0)).map { _ in PresentCount(source, function.column) }
        present = counts.isEmpty ? nil : PresentValues(starts: counts[0], ends: counts[1], found: counts[2])
    }

    func run(_ slice: PlacedSlice, _ frames: [Range<Int>]) throws -> ColumnBuffer {
        for index in 0..<slice.places.count {
            if let place = try place(slice.places.lowerBound + index, frames[index]) {
                try values.add(place)
            } else if case .offset(_, let column?) = function.kind {
                values.add(slice.rows.range.lowerBound + index, of: slice.rows.rows.columns[column])
            } else {
                values.addNull()
            }
        }
        return values.finish()
    }

    /// The place that a row takes its value from.
    private func place(_ place: Int, _ frame: Range<Int>) throws -> Int? {
        switch function.kind {
        case .offset(let offset, _):
            guard let present, offset != 0 else {
                let (target, overflow) = place.addingReportingOverflow(offset)
                return !overflow && frame.contains(target) ? target : nil
            }
            let next = try present.starts.before(offset > 0 ? place + 1 : place)
            let (number, overflow) = next.addingReportingOverflow(offset > 0 ? offset - 1 : offset)
            guard !overflow, number >= 0, let target = try present.found.place(number, before: frame.upperBound)
            else { return nil }
            return target >= frame.lowerBound ? target : nil
        case .nth(let number, _):
            guard let present else {
                let target = number > 0 ? frame.lowerBound + number - 1 : frame.upperBound + number
                return frame.contains(target) ? target : nil
            }
            let first = try present.starts.before(frame.lowerBound), end = try present.ends.before(frame.upperBound)
            let wanted = number > 0 ? first + number - 1 : end + number
            return wanted >= first && wanted < end ? try present.found.place(wanted, before: frame.upperBound) : nil
        case .extreme: return nil
        }
    }
}

/// Counts the values of a column that are not NULL along the places.
final class PresentCount {
    private let cursor: PlacedCursor
    private var place = 0, count = 0

    init(_ source: PlacedSource, _ column: Int) { cursor = source.cursor(column) }

    /// How many there are before a place; places come ascending.
    func before(_ wanted: Int) throws -> Int {
        guard wanted > place else { return count }
        try cursor.forEach(place..<wanted) { values, range in
            guard values.hasNulls else { return count += range.count }
            for row in range where !values.isNull(row) { count += 1 }
        }
        place = wanted
        return count
    }

    /// The place of value `number`, from 0, where that is before `end`; numbers come ascending.
    func place(_ number: Int, before end: Int) throws -> Int? {
        while place < end {
            let (values, row) = try cursor.seek(place)
            let isPresent = !values.isNull(row)
            if isPresent, count == number { return place }
            place += 1
            count += isPresent ? 1 : 0
        }
        return nil
    }
}
