import WarehouseBasics
import WarehouseColumns

/// A window function over ordered rows on disk that may look at any of their places: frames however wide, from either
/// end of a partition, by value. Places that it looks at never move back, so that each goes along the rows once, with
/// one block in memory.
protocol PlacedWindow: AnyObject {
    /// The results of the next rows.
    func run(_ slice: PlacedSlice) throws -> ColumnBuffer
}

/// Neighbouring rows of ordered ones, and their places among all.
struct PlacedSlice {
    let rows: WindowSlice
    let places: Range<Int>

    /// The place where the partition of the row at `index` of the slice begins.
    func partitionStart(_ index: Int) -> Int { places.lowerBound + index - Int(rows.numbers[index]) + 1 }

    /// Likewise its first peer's.
    func peerStart(_ index: Int) -> Int { partitionStart(index) + Int(rows.peerStarts[index]) - 1 }
}

/// What a function over places looks at.
final class PlacedSource {
    let rows: PlacedRows
    let scout: PlacedScout
    let context: QueryContext

    init(_ rows: PlacedRows, scout: PlacedScout, _ context: QueryContext) {
        self.rows = rows
        self.scout = scout
        self.context = context
    }
}

/// Values of a column at places that come one after another.
final class PlacedValues {
    private let cursor: PlacedCursor
    private let column: Int
    private let type: PhysicalType
    private var result: ColumnBuffer?
    private var rows = RowList()
    private var nulls = 0

    init(_ source: PlacedSource, column: Int, type: PhysicalType) {
        cursor = PlacedCursor(source.rows)
        self.column = column
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
        let from = cursor.buffer?.columns[column]
        let target = made(from)
        for _ in 0..<nulls { target.appendNull() }
        nulls = 0
        guard rows.count > 0, let from else { return }
        target.append(from.vector(), selection: rows.selection)
        rows.count = 0
    }
}
