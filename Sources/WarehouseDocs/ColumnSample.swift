import MiniWarehouse
import WarehouseBasics
import WarehouseColumns
import WarehouseIngest

/// The values of one column of a result, counted.
struct ColumnSample {
    private(set) var nullCount = 0
    private(set) var valueCount = 0
    private(set) var distinctCount = 0
    /// How many values occur once.
    private(set) var singleCount = 0
    private(set) var least: String?
    private(set) var greatest: String?
    /// Counts of values in ranges of equal width from least to greatest; of numbers and times only.
    private(set) var bars: [Int] = []
    /// The most frequent values, of texts that are not all different.
    private(set) var tops: [(text: String, count: Int)] = []

    private static let barCount = 24
    private static let topCount = 4

    init(_ result: ResultSet, column: Int) {
        switch result.columns[column].type {
        case .number, .float, .date, .time, .timestampNTZ, .timestampLTZ, .timestampTZ: countNumbers(result, column)
        default: countTexts(result, column)
        }
    }

    // MARK: Numbers

    private mutating func countNumbers(_ result: ResultSet, _ column: Int) {
        var numbers: [Double] = []
        var counts: [Int128: Int] = [:]
        var low = (number: Double.infinity, row: -1), high = (number: -Double.infinity, row: -1)
        var start = 0
        let isZoned = if case .timestampTZ = result.columns[column].type { true } else { false }
        result.forEachBatch { batch in
            let vector = batch.vectors[column]
            for row in 0..<batch.rowCount {
                guard !vector.isNull(row) else { nullCount += 1; continue }
                var (key, number) = ColumnSample.number(vector, row)
                if isZoned {
                    key = ZonedTicks.ticks(key)
                    number = Double(key)
                }
                counts[key, default: 0] += 1
                numbers.append(number)
                if number < low.number || low.row < 0 { low = (number, start + row) }
                if number > high.number || high.row < 0 { high = (number, start + row) }
            }
            start += batch.rowCount
        }
        valueCount = numbers.count
        distinctCount = counts.count
        singleCount = counts.values.count { $0 == 1 }
        least = ColumnSample.text(result, column, low.row)
        greatest = ColumnSample.text(result, column, high.row)
        let width = high.number - low.number
        guard width > 0, width.isFinite else { return }
        // As many bars as there are values, where those are few whole steps.
        let count = min(ColumnSample.barCount, max(2, distinctCount))
        bars = Array(repeating: 0, count: count)
        for number in numbers where number.isFinite {
            bars[min(count - 1, Int((number - low.number) / width * Double(count)))] += 1
        }
    }

    /// What tells the value from others, and about how great it is.
    private static func number(_ vector: Vector, _ row: Int) -> (key: Int128, number: Double) {
        let holder = vector.valueHolder, index = vector.valueIndex(row)
        switch holder.physicalType {
        case .int32: return (Int128(holder.int32s[index]), Double(holder.int32s[index]))
        case .int64: return (Int128(holder.int64s[index]), Double(holder.int64s[index]))
        case .int128: return (holder.int128s[index], Double(holder.int128s[index]))
        case .double:
            let value = holder.doubles[index]
            return (Int128((value == 0 ? 0 : value).bitPattern), value)
        case .bool: return (Int128(holder.bools[index]), Double(holder.bools[index]))
        case .string, .list: return (0, 0)
        }
    }

    // MARK: Texts

    private mutating func countTexts(_ result: ResultSet, _ column: Int) {
        var counts: [String: Int] = [:]
        let formatter = result.formatters(variant: .compact)[column]
        result.forEachBatch { batch in
            let vector = batch.vectors[column]
            for row in 0..<batch.rowCount {
                guard let text = formatter.string(vector, row) else { nullCount += 1; continue }
                valueCount += 1
                counts[text, default: 0] += 1
            }
        }
        distinctCount = counts.count
        singleCount = counts.values.count { $0 == 1 }
        // Texts are compared by bytes, as SQL does.
        let isOrdered = switch result.columns[column].type {
        case .varchar, .boolean: true
        default: false
        }
        if isOrdered {
            least = counts.keys.min { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            greatest = counts.keys.max { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        }
        guard singleCount < distinctCount else { return }
        let order = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        tops = order.prefix(ColumnSample.topCount).map { ($0.key, $0.value) }
    }

    // MARK: Estimates

    /// How many different values there are among `total`, of which these are a random part: Haas and Stokes' estimator
    /// Duj1, which PostgreSQL uses too.
    func estimatedDistinct(among total: Int) -> Int {
        guard valueCount > 0, singleCount > 0, total > valueCount else { return distinctCount }
        let n = Double(valueCount), d = Double(distinctCount), f1 = Double(singleCount), all = Double(total)
        let estimate = n * d / (n - f1 + f1 * n / all)
        return max(distinctCount, min(total, Int(estimate.rounded())))
    }

    private static func text(_ result: ResultSet, _ column: Int, _ row: Int) -> String? {
        guard row >= 0 else { return nil }
        let formatter = result.formatters(variant: .compact)[column]
        var start = 0, found: String?
        result.forEachBatch { batch in
            if (start..<(start + batch.rowCount)).contains(row) { found = formatter.string(batch.vectors[column], row - start) }
            start += batch.rowCount
        }
        return found
    }
}
