import WarehouseBasics
import WarehouseColumns

/// Values of a column at places that come one after another.
final class PlacedValues {
    private let cursor: PlacedCursor
    private let type: PhysicalType
    private var result: ColumnBuffer?
    private var rows = RowList()
    private var nulls = 0

    init(_ source: PlacedSource, column: Int, type: PhysicalType) {
        cursor = source.cursor(column)
        self.type = type
    }

    func add(_ place: Int) throws {
        if nulls > 0 || !cursor.places.contains(place) || rows.count == Vector.standardCapacity { flush() }
        rows.append(try cursor.seek(place).row)
    }

    func addNull() {
        if rows.count > 0 { flush() }
        nulls += 1
    }

    /// The value of another column, which may be of another width.
    func add(_ row: Int, of other: ColumnBuffer) {
        flush()
        made(other).append(other.slice(row..<(row + 1)))
    }

    func finish() -> ColumnBuffer {
        flush()
        let values = result ?? ColumnBuffer(type)
        result = nil
        return values
    }

    private func made(_ like: ColumnBuffer?) -> ColumnBuffer {
        if let result { return result }
        let made = ColumnBuffer(type, elementType: like?.child?.physicalType)
        result = made
        return made
    }

    private func flush() {
        let from = cursor.values
        let target = made(from)
        for _ in 0..<nulls { target.appendNull() }
        nulls = 0
        guard rows.count > 0, let from else { return }
        target.append(from.vector(), selection: rows.selection)
        rows.count = 0
    }
}
