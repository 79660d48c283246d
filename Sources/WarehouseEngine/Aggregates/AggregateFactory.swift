import WarehouseBasics
import WarehouseColumns

/// A column that an aggregate reads.
struct AggregateArgument {
    var type: LogicalType
    var binding: ColumnBinding
    var physicalType: PhysicalType { binding.physicalType }
    var field: KeyField { binding.keyField(type) }
}

/// A key of WITHIN GROUP (ORDER BY …).
struct AggregateOrder {
    var argument: AggregateArgument
    var isDescending: Bool
    var nullsFirst: Bool
}

/// Chooses how an aggregate call is computed, from its name and what is known of its arguments.
struct AggregateFactory {
    var function: String
    var isDistinct: Bool
    var result: LogicalType
    var arguments: [AggregateArgument]
    var order: [AggregateOrder]
    /// Values of constant arguments.
    var constants: [ScalarValue?]
    /// Upper bound of rows, where known.
    var rowBound: Int?
    var isGrouped: Bool
    /// Over a window: AVG of NUMBER is cut where it is rounded otherwise.
    var isMoving = false
    /// The registered aggregate that `function` names.
    var native: NativeFunction?

    struct Choice {
        /// The result's.
        var binding: ColumnBinding
        var shared: (state: SharedState, result: SharedResult)?
        /// How it is computed on disk; nil: the state is small, or must fit in memory.
        var external: ExternalAggregate?
        /// A new empty state.
        var make: () throws -> Aggregator
    }

    /// The result's binding, and a maker of states. Throws `unsupported` for an unknown function.
    func resolve() throws -> Choice {
        let plain = try resolvePlain()
        guard isDistinct, !Self.ignoresDistinct.contains(function), plain.deduplicates == false else {
            return Choice(binding: plain.binding, shared: isDistinct ? nil : plain.shared,
                          external: isDistinct && !plain.deduplicates ? nil : plain.external, make: plain.make)
        }
        let fields = arguments.map(\.field), isGrouped = isGrouped, rowBound = rowBound
        // On disk values come in the order of their hashes, which is not the same to every aggregate.
        let isOrderless = native == nil && Self.orderless.contains(function)
        let external = !isOrderless ? nil : ExternalAggregate.distinct(fields, inner: plain.make)
        if let marks = countOfMarks(plain, external) { return marks }
        return Choice(binding: plain.binding, external: external) {
            try DistinctAggregator(try plain.make(), arguments: fields, isGrouped: isGrouped, expectedRows: rowBound)
        }
    }

    /// COUNT(DISTINCT x) over integers of a known range: marks or bits instead of a table of keys.
    private func countOfMarks(_ plain: Plain, _ external: ExternalAggregate?) -> Choice? {
        guard function == "COUNT", arguments.count == 1, let range = arguments[0].binding.range,
              let low = Int64(exactly: range.low), let high = Int64(exactly: range.high), !arguments[0].type.isZoned,
              arguments[0].physicalType == .int32 || arguments[0].physicalType == .int64 else { return nil }
        let (span, overflow) = high.subtractingReportingOverflow(low)
        guard !overflow, span >= 0 else { return nil }
        let type = plain.binding.physicalType, values = arguments[0].physicalType
        if !isGrouped, span < CountMarksAggregator.maximumDomain, Int(span) / 64 <= rowBound ?? 0 {
            return Choice(binding: plain.binding, external: external) {
                CountMarksAggregator(low: low, domain: Int(span) + 1, type: values, resultType: type)
            }
        }
        // Two values and a count: nothing to bring to disk.
        if arguments[0].binding.isSorted { return Choice(binding: plain.binding) { CountChangesAggregator(resultType: type) } }
        guard span <= DistinctBitsAggregator.maximumSpan else { return nil }
        return Choice(binding: plain.binding, external: external) {
            DistinctBitsAggregator(low: low, span: UInt64(span), type: values, resultType: type)
        }
    }

    /// Same in whatever order values come, but for the last digits of sums of FLOAT.
    private static let orderless: Set<String> = ["COUNT", "SUM", "AVG", "HASH_AGG", "BITXOR_AGG"]

    /// Same over distinct values as over all.
    private static let ignoresDistinct: Set<String> = [
        "MIN", "MAX", "ANY_VALUE", "BOOLAND_AGG", "BOOLOR_AGG", "BITAND_AGG", "BITOR_AGG", "APPROX_COUNT_DISTINCT",
    ]

    struct Plain {
        var binding: ColumnBinding
        /// Whether the aggregate drops duplicates itself when DISTINCT is asked for.
        var deduplicates = false
        /// Its kind of state, and what it makes of one, where other calls over the argument may use it too.
        var shared: (state: SharedState, result: SharedResult)?
        /// As of the choice.
        var external: ExternalAggregate?
        var make: () throws -> Aggregator
    }

    private func resolvePlain() throws -> Plain {
        if let native, case .aggregate(let make) = native.body {
            let type = native.result.physicalType
            let range = native.result == .integer ? ValueRange.of(.int64) : nil
            return Plain(binding: ColumnBinding(index: 0, physicalType: type, range: range)) {
                NativeAggregator(native, make())
            }
        }
        switch function {
        case "COUNT_STAR", "COUNT": return count(countsTrue: false)
        case "COUNT_IF": return count(countsTrue: true)
        case "SUM", "AVG": return try sum(isAverage: function == "AVG")
        case "MIN", "MAX": return try extreme(isMaximum: function == "MAX")
        case "ANY_VALUE":
            let argument = try first
            return Plain(binding: nullable(argument.binding)) { FirstValueAggregator(argument.physicalType) }
        case "BOOLAND_AGG": return boolean(.and)
        case "BOOLOR_AGG": return boolean(.or)
        case "BOOLXOR_AGG": return boolean(.xor)
        default: return try resolveStatistics() ?? resolveCollecting() ?? resolveSketches() ?? unsupported()
        }
    }

    private func unsupported() throws -> Plain {
        throw WarehouseError(.unsupported, "Aggregate function \(function) is not supported.")
    }

    var first: AggregateArgument {
        get throws {
            guard let argument = arguments.first else {
                throw WarehouseError(.internalFault, "Aggregate \(function) without its argument.")
            }
            return argument
        }
    }

    func nullable(_ binding: ColumnBinding) -> ColumnBinding {
        var copy = binding
        copy.mayBeNull = true
        copy.distinctCount = nil
        return copy
    }

    // MARK: Counting

    private func count(countsTrue: Bool) -> Plain {
        let high = Int128(rowBound ?? Int.max)
        let type = result.physicalType(low: 0, high: high)
        let binding = ColumnBinding(index: 0, physicalType: type, range: ValueRange(0, high), mayBeNull: false)
        return Plain(binding: binding) { CountAggregator(resultType: type, countsTrue: countsTrue) }
    }

    private func boolean(_ kind: BooleanAggregator.Kind) -> Plain {
        Plain(binding: ColumnBinding(index: 0, physicalType: .bool)) { BooleanAggregator(kind) }
    }

    // MARK: Sums

    private func sum(isAverage: Bool) throws -> Plain {
        let argument = try first
        if argument.physicalType == .double {
            return Plain(binding: ColumnBinding(index: 0, physicalType: .double),
                         shared: (.double, isAverage ? .doubleAverage : .doubleSum)) {
                DoubleSumAggregator(isAverage: isAverage)
            }
        }
        guard argument.physicalType.isInteger else {
            throw WarehouseError(.internalFault, "\(function) of \(argument.type).")
        }
        let total = sumRange(argument.binding)
        let range = isAverage ? averageRange(argument) : total
        let finish = try sumFinish()
        let binding = ColumnBinding(index: 0, physicalType: finish.resultType, range: range)
        // 2^32 values of 32 bits cannot overflow 64.
        let isNarrow = total.map { $0.low >= Int128(Int64.min) && $0.high <= Int128(Int64.max) } ?? false
            || (argument.physicalType == .int32 && (rowBound ?? 0) < 1 << 31)
        return Plain(binding: binding, shared: isNarrow ? (.integer, .integerSum(finish)) : nil) {
            isNarrow ? IntegerSumAggregator(finish) : WideSumAggregator(finish)
        }
    }

    private func averageRange(_ argument: AggregateArgument) -> ValueRange? {
        argument.binding.range.flatMap { AggregateFactory.scaled($0, by: averageShift(argument)) }
    }

    private func averageShift(_ argument: AggregateArgument) -> Int {
        (result.scale ?? 0) - (argument.type.scale ?? 0)
    }

    /// How SUM or AVG of integers ends.
    func sumFinish() throws -> SumFinish {
        let argument = try first
        let isAverage = function == "AVG"
        let range = isAverage ? averageRange(argument) : sumRange(argument.binding)
        return SumFinish(kind: isAverage ? .average(scaleShift: averageShift(argument), isCut: isMoving) : .sum,
                         resultType: range.map { result.physicalType(low: $0.low, high: $0.high) } ?? .int128)
    }

    /// Bounds of a sum over at most `rowBound` values; nil when unknown or past 128 bits.
    private func sumRange(_ binding: ColumnBinding) -> ValueRange? {
        guard let range = binding.range, let rowBound else { return nil }
        let rows = Int128(rowBound)
        let (low, lowOverflow) = min(0, range.low).multipliedReportingOverflow(by: rows)
        let (high, highOverflow) = max(0, range.high).multipliedReportingOverflow(by: rows)
        guard !lowOverflow, !highOverflow, low > -SumFinish.limit, high < SumFinish.limit else { return nil }
        return ValueRange(low, high)
    }

    /// Bounds of values given `shift` more digits; nil when past 38 digits.
    static func scaled(_ range: ValueRange, by shift: Int) -> ValueRange? {
        guard shift >= 0, shift <= 37 else { return shift < 0 ? range : nil }
        let power = SumFinish.powerOfTen(shift)
        let (low, lowOverflow) = range.low.multipliedReportingOverflow(by: power)
        let (high, highOverflow) = range.high.multipliedReportingOverflow(by: power)
        guard !lowOverflow, !highOverflow, low > -SumFinish.limit, high < SumFinish.limit else { return nil }
        return ValueRange(low, high)
    }

    // MARK: Extremes

    private func extreme(isMaximum: Bool) throws -> Plain {
        let argument = try first
        let binding = nullable(argument.binding)
        switch argument.physicalType {
        case .string:
            let isVariant = argument.type.isSemiStructured
            return Plain(binding: binding) { StringExtremeAggregator(isMaximum: isMaximum, isVariant: isVariant) }
        case .list:
            throw WarehouseError(.unsupported, "\(function) of ARRAY is not supported.")
        default:
            let type = argument.physicalType, isZoned = argument.type.isZoned
            let isShared = !isZoned && (type == .int32 || type == .int64)
            return Plain(binding: binding, shared: isShared ? (.bounds(type), isMaximum ? .maximum : .minimum) : nil) {
                ExtremeAggregator(type, isMaximum: isMaximum, isZoned: isZoned)
            }
        }
    }
}
