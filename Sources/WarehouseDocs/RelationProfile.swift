import MiniWarehouse
import WarehouseBasics

/// What the values of a relation look like. Of few rows everything is counted; of more, number, NULLs, least and
/// greatest are exact, and the rest is told from a random sample.
package struct RelationProfile: Sendable {
    package struct Column: Sendable {
        package var name: String
        package var type: LogicalType
        package var nulls: Int
        package var distinct: Int
        package var isDistinctExact: Bool
        package var least: String?
        package var greatest: String?
        /// Where the bars begin and end.
        package var low: String?
        package var high: String?
        package var bars: [Int]
        package var tops: [(text: String, count: Int)]
        /// How many values bars and tops are counts of.
        package var counted: Int
    }
    package var rowCount: Int
    /// How many rows were looked at; as many as there are where everything is exact.
    package var sampleCount: Int
    package var columns: [Column]
    /// The first rows looked at.
    package var sample: [[String?]]

    package var isExact: Bool { sampleCount == rowCount }

    /// Up to so many rows, everything is counted.
    private static let exactRows = 50_000
    private static let sampledRows = 10_000
    private static let shownRows = 6

    /// Looks at the relation of that name. `rowCount` is what the catalog says, nil of views.
    package init(_ name: ObjectName, rowCount known: Int?, in session: Session) throws {
        let table = [name.database, name.schema, name.name].map { Identifiers.quoted($0) }.joined(separator: ".")
        if known ?? 0 <= RelationProfile.exactRows {
            let rows = try session.execute("SELECT * FROM \(table) LIMIT \(RelationProfile.exactRows + 1)")
            if rows.rowCount <= RelationProfile.exactRows {
                self.init(exact: rows)
                return
            }
        }
        try self.init(sampling: table, in: session)
    }

    private init(exact rows: ResultSet) {
        rowCount = rows.rowCount
        sampleCount = rows.rowCount
        sample = RelationProfile.head(rows)
        columns = rows.columns.indices.map { index in
            let found = ColumnSample(rows, column: index)
            return Column(
                name: rows.columns[index].name, type: rows.columns[index].type, nulls: found.nullCount,
                distinct: found.distinctCount, isDistinctExact: true, least: found.least, greatest: found.greatest,
                low: found.least, high: found.greatest, bars: found.bars, tops: found.tops, counted: found.valueCount)
        }
    }

    private init(sampling table: String, in session: Session) throws {
        let shape = try session.execute("SELECT * FROM \(table) LIMIT 0").columns
        var items = ["COUNT(*)"]
        for column in shape {
            let name = Identifiers.quoted(column.name)
            items.append("COUNT(\(name))")
            if RelationProfile.isOrdered(column.type) { items += ["MIN(\(name))", "MAX(\(name))"] }
        }
        let whole = try session.execute("SELECT \(items.joined(separator: ", ")) FROM \(table)").textRows().first ?? []
        var values = whole[...]
        let count = values.popFirst().flatMap { $0 }.flatMap { Int($0) } ?? 0
        let share = min(100, Double(RelationProfile.sampledRows) / Double(max(1, count)) * 100)
        let rows = try session.execute(
            "SELECT * FROM \(table) SAMPLE BERNOULLI (\(RelationProfile.decimal(share))) SEED (20260124)")
        rowCount = count
        sampleCount = rows.rowCount
        sample = RelationProfile.head(rows)
        columns = shape.indices.map { index in
            let found = ColumnSample(rows, column: index)
            let filled = values.popFirst().flatMap { $0 }.flatMap { Int($0) } ?? 0
            var least: String?, greatest: String?
            if RelationProfile.isOrdered(shape[index].type) {
                least = values.popFirst().flatMap { $0 }
                greatest = values.popFirst().flatMap { $0 }
            }
            var distinct = found.estimatedDistinct(among: filled)
            if case .number(_, 0) = shape[index].type, let low = least.flatMap({ Int($0) }),
               let high = greatest.flatMap({ Int($0) }), case let range = high.subtractingReportingOverflow(low), !range.overflow,
               range.partialValue < distinct {
                distinct = max(found.distinctCount, range.partialValue + 1)
            }
            return Column(
                name: shape[index].name, type: shape[index].type, nulls: count - filled, distinct: distinct,
                isDistinctExact: false, least: least, greatest: greatest, low: found.least, high: found.greatest,
                bars: found.bars, tops: found.tops, counted: found.valueCount)
        }
    }

    private static func isOrdered(_ type: LogicalType) -> Bool {
        switch type {
        case .number, .float, .varchar, .boolean, .date, .time, .timestampNTZ, .timestampLTZ, .timestampTZ: true
        case .binary, .variant, .object, .array, .null: false
        }
    }

    private static func head(_ rows: ResultSet) -> [[String?]] {
        var shown: [[String?]] = []
        let formatters = rows.formatters(variant: .compact)
        rows.forEachBatch { batch in
            for row in 0..<batch.rowCount where shown.count < shownRows {
                shown.append(zip(formatters, batch.vectors).map { $0.string($1, row) })
            }
        }
        return shown
    }

    /// A percentage without an exponent.
    private static func decimal(_ share: Double) -> String {
        let billionths = Int((share * 1_000_000_000).rounded())
        let digits = String(billionths % 1_000_000_000)
        return "\(billionths / 1_000_000_000)." + String(repeating: "0", count: 9 - digits.count) + digits
    }
}
