/// Statistics of a run of rows of one column, gathered while they are encoded.
struct ColumnSummary: Hashable, Sendable {
    var rowCount = 0
    var nullCount = 0
    /// Of integer-held types; nil while every row is null.
    var low: Int128?
    var high: Int128?
    /// Of doubles; nil while every row is null, or when there is a NaN.
    var lowDouble: Double?
    var highDouble: Double?
    var hasNaN = false
    /// Of integer-held types: non-descending and without nulls.
    var isSorted = true
    var sketch = DistinctSketch()

    /// Adds the rows that follow.
    mutating func append(_ next: ColumnSummary) {
        if next.rowCount > 0 {
            isSorted = isSorted && next.isSorted && (rowCount == 0 || follows(next))
        }
        rowCount += next.rowCount
        nullCount += next.nullCount
        note(low: next.low, high: next.high)
        hasNaN = hasNaN || next.hasNaN
        if let a = next.lowDouble { lowDouble = lowDouble.map { min($0, a) } ?? a }
        if let b = next.highDouble { highDouble = highDouble.map { max($0, b) } ?? b }
        sketch.merge(next.sketch)
    }

    private func follows(_ next: ColumnSummary) -> Bool {
        guard let high, let low = next.low else { return false }
        return high <= low
    }

    mutating func note(low a: Int128?, high b: Int128?) {
        if let a { low = low.map { min($0, a) } ?? a }
        if let b { high = high.map { max($0, b) } ?? b }
    }
}

/// Bounds of one chunk, and of its blocks of 1024 rows.
struct ChunkZones: Hashable, Sendable {
    /// `low > high` when every row is null or the type is not integer-held.
    var low: Int128 = 1
    var high: Int128 = 0
    var nullCount = 0
    /// Empty when not known by blocks.
    var blockLows: [Int64] = []
    var blockHighs: [Int64] = []
}
