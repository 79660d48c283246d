import WarehouseBasics
import WarehouseColumns

/// Finds the places of a partition whose keys a RANGE frame's value lets in. Values never move back along the window's
/// order, so that neither does the place.
struct RangeBoundFinder {
    private let keys: ColumnBuffer
    private let bounds: ColumnBuffer
    private let order: RowOrder
    private let values: FrameBounds.Values
    private let partition: Range<Int>
    private var place: Int

    /// `column`: that of the bound's values.
    init(_ values: FrameBounds.Values, column: Int, _ window: WindowPartitions, _ partition: Range<Int>) {
        keys = window.rows.columns[values.key]
        bounds = window.rows.columns[column]
        order = window.order
        self.values = values
        self.partition = partition
        place = partition.lowerBound
    }

    /// The first place whose key is not before the value of the row at `current`; with `isEnd` the first one behind it.
    mutating func find(_ current: Int, isEnd: Bool) -> Int {
        let row = order[current]
        while place < partition.upperBound {
            let comparison = Self.compare(keys, order[place], bounds, row, values)
            if comparison > 0 || comparison == 0 && !isEnd { break }
            place += 1
        }
        return place
    }

    /// The key of one row against the bound of another, in the window's order.
    static func compare(_ keys: ColumnBuffer, _ keyRow: Int, _ bounds: ColumnBuffer, _ boundRow: Int,
                        _ values: FrameBounds.Values) -> Int {
        let isKeyNull = keys.isNull(keyRow), isBoundNull = bounds.isNull(boundRow)
        if isKeyNull || isBoundNull {
            if isKeyNull == isBoundNull { return 0 }
            return isKeyNull == values.nullsFirst ? -1 : 1
        }
        var comparison: Int
        if keys.physicalType == .double {
            let key = DoubleOrder.key(keys.doubles[keyRow]), bound = DoubleOrder.key(bounds.doubles[boundRow])
            comparison = key < bound ? -1 : key == bound ? 0 : 1
        } else {
            let shift = Int128(values.isZoned ? 16 : 0)
            let key = (keys.integer(keyRow) ?? 0) >> shift, bound = (bounds.integer(boundRow) ?? 0) >> shift
            comparison = key < bound ? -1 : key == bound ? 0 : 1
        }
        return values.isDescending ? -comparison : comparison
    }
}
