import WarehouseBasics
import WarehouseColumns

extension AggregateFactory {
    /// Aggregates of moments and bits; nil when the name is none.
    func resolveStatistics() throws -> Plain? {
        let double = ColumnBinding(index: 0, physicalType: .double)
        func moments(_ kind: MomentsAggregator.Kind) -> Plain {
            Plain(binding: double) { MomentsAggregator(kind) }
        }
        switch function {
        case "VAR_POP": return moments(.variancePopulation)
        case "VAR_SAMP": return moments(.varianceSample)
        case "STDDEV_POP": return moments(.deviationPopulation)
        case "STDDEV_SAMP": return moments(.deviationSample)
        case "SKEW": return moments(.skew)
        case "KURTOSIS": return moments(.kurtosis)
        case "BITAND_AGG": return try bits(.and)
        case "BITOR_AGG": return try bits(.or)
        case "BITXOR_AGG": return try bits(.xor)
        case "HASH_AGG":
            let fields = arguments.map(\.field)
            let binding = ColumnBinding(index: 0, physicalType: .int64, range: ValueRange.of(.int64), mayBeNull: false)
            return Plain(binding: binding) { HashAggregator(fields) }
        default: break
        }
        guard let kind = CovarianceAggregator.Kind(rawValue: function) else { return nil }
        let isCount = kind == .count && result.hasVariableWidth
        let type: PhysicalType = isCount ? .int64 : .double
        let binding = ColumnBinding(index: 0, physicalType: type, range: isCount ? ValueRange.of(.int64) : nil)
        return Plain(binding: binding) { CovarianceAggregator(kind, resultType: type) }
    }

    private func bits(_ kind: BitAggregator.Kind) throws -> Plain {
        let type = try first.physicalType
        // Bits of values of one width stay within it.
        let binding = ColumnBinding(index: 0, physicalType: type, range: ValueRange.of(type))
        return Plain(binding: binding) { BitAggregator(kind, resultType: type) }
    }

    // MARK: Aggregates that keep their rows

    /// nil when the name is none.
    func resolveCollecting() throws -> Plain? {
        let text = ColumnBinding(index: 0, physicalType: .string, mayBeNull: false)
        switch function {
        case "LISTAGG":
            guard case .bytes(let separator)? = constants.count > 1 ? constants[1] : .bytes([]) else {
                throw WarehouseError(.invalidValue, "LISTAGG needs a constant separator.")
            }
            return listed(text, required: [0], distinct: [0], TextListReducer(separator: separator))
        case "ARRAY_AGG": return listed(text, required: [0], distinct: [0], ArrayReducer())
        case "OBJECT_AGG": return listed(text, required: [0, 1], distinct: [], ObjectReducer())
        case "MEDIAN": return try continuous(0.5, valueColumn: 0, try first, sorts: true)
        case "APPROX_PERCENTILE": return try continuous(try share(1), valueColumn: 0, try first, sorts: true)
        case "PERCENTILE_CONT":
            return try continuous(try share(0), valueColumn: arguments.count, try firstOrder, sorts: false)
        case "PERCENTILE_DISC":
            let argument = try firstOrder, share = try share(0)
            return placed(nullable(argument.binding), required: [arguments.count], distinct: [],
                          PickReducer(kind: .share(share), column: arguments.count, field: argument.field))
        case "MODE":
            let argument = try first
            var mode = collecting(nullable(argument.binding), required: [0], distinct: [],
                                  PickReducer(kind: .mode, column: 0, field: argument.field))
            mode.external = .mode(argument.field)
            return mode
        case "MIN_BY", "MAX_BY": return try extremeBy(isMaximum: function == "MAX_BY")
        case "APPROX_COUNT_DISTINCT":
            // Exact: the answer an estimate aims at.
            var exact = self
            exact.function = "COUNT"
            exact.isDistinct = true
            let choice = try exact.resolve()
            return Plain(binding: choice.binding, deduplicates: true, external: choice.external, make: choice.make)
        default: return nil
        }
    }

    private var firstOrder: AggregateArgument {
        get throws {
            guard let key = order.first else {
                throw WarehouseError(.internalFault, "\(function) without WITHIN GROUP (ORDER BY …).")
            }
            return key.argument
        }
    }

    /// Sort columns of WITHIN GROUP, which stand behind the arguments.
    private var sortColumns: [SortColumn] {
        order.enumerated().map { index, key in
            SortColumn(column: arguments.count + index, isDescending: key.isDescending, nullsFirst: key.nullsFirst,
                       order: SortColumn.ValueOrder(key.argument.type))
        }
    }

    /// - Parameters:
    ///   - distinct: columns whose equal values count once where DISTINCT is asked for.
    ///   - unique: columns whose equal values count once anyway.
    func collecting(_ binding: ColumnBinding, required: [Int], distinct: [Int], order: [SortColumn]? = nil,
                    unique: [KeyColumn] = [],
                    _ reducer: @autoclosure @escaping () -> any GroupReducer) -> Plain {
        let types = arguments.map(\.physicalType) + self.order.map(\.argument.physicalType)
        let columns = keyColumns(distinct, unique), order = order ?? sortColumns
        let orderFields = self.order.map(\.argument.field)
        return Plain(binding: binding, deduplicates: !distinct.isEmpty) {
            CollectingAggregator(types: types, required: required, order: order, distinct: columns,
                                 orderFields: orderFields, reducer: reducer())
        }
    }

    /// The columns whose equal values count once.
    private func keyColumns(_ distinct: [Int], _ unique: [KeyColumn]) -> [KeyColumn] {
        isDistinct && unique.isEmpty ? distinct.map { KeyColumn(column: $0, field: arguments[$0].field) } : unique
    }

    /// As `collecting`, of a value that takes the rows one after the other.
    func listed(_ binding: ColumnBinding, required: [Int], distinct: [Int], unique: [KeyColumn] = [],
                _ reducer: @autoclosure @escaping () -> any ListReducer) -> Plain {
        var plain = collecting(binding, required: required, distinct: distinct, unique: unique, reducer())
        plain.external = .listed(required: required, order: sortColumns, distinct: keyColumns(distinct, unique), reducer)
        return plain
    }

    /// As `collecting`, of a result that one or two rows by their order give.
    private func placed(_ binding: ColumnBinding, required: [Int], distinct: [Int], order: [SortColumn]? = nil,
                        _ reducer: @autoclosure @escaping () -> any PlaceReducer) -> Plain {
        var plain = collecting(binding, required: required, distinct: distinct, order: order, reducer())
        plain.external = .ordered(required: required, order: order ?? sortColumns, reducer)
        return plain
    }

    private func continuous(_ share: Double, valueColumn: Int, _ argument: AggregateArgument,
                            sorts: Bool) throws -> Plain {
        let isDouble = argument.physicalType == .double
        guard isDouble || argument.physicalType.isInteger else {
            throw WarehouseError(.internalFault, "\(function) of \(argument.type).")
        }
        let shift = (result.scale ?? 0) - (argument.type.scale ?? 0)
        let type = isDouble ? .double : result.widestPhysicalType
        let binding = ColumnBinding(index: 0, physicalType: type, range: isDouble ? nil : ValueRange.of(result))
        let order = sorts ? [SortColumn(column: valueColumn)] : sortColumns
        let reducer = ContinuousPercentileReducer(share: share, column: valueColumn, resultType: type, scaleShift: shift)
        let collecting = placed(binding, required: [valueColumn], distinct: [], order: order, reducer)
        guard let known = argument.binding.distinctCount, known <= CountedPercentileAggregator.expectedValues,
              argument.physicalType != .int128, order.count == 1, case .plain = order[0].order else { return collecting }
        let types = arguments.map(\.physicalType) + self.order.map(\.argument.physicalType)
        let isDescending = order[0].isDescending
        return Plain(binding: binding) {
            CountedPercentileAggregator(types: types, reducer: reducer, isDescending: isDescending,
                                        collecting: collecting.make)
        }
    }

    private func share(_ index: Int) throws -> Double {
        guard index < constants.count, let constant = constants[index] else {
            throw WarehouseError(.invalidValue, "\(function) needs a constant percentile.")
        }
        var share = -1.0
        if case .double(let value) = constant { share = value }
        if case .integer(let value) = constant {
            share = Double(value) / Double(SumFinish.powerOfTen(min(37, max(0, arguments[index].type.scale ?? 0))))
        }
        guard share >= 0, share <= 1 else {
            throw WarehouseError(.invalidValue, "The percentile of \(function) must be between 0 and 1.")
        }
        return share
    }

    private func extremeBy(isMaximum: Bool) throws -> Plain {
        let order = SortColumn(column: 1, isDescending: isMaximum, order: SortColumn.ValueOrder(arguments[1].type))
        if let count = constantCount(2) {
            return collecting(nullable(ColumnBinding(index: 0, physicalType: .string)), required: [1], distinct: [],
                              order: [order], FirstRowsReducer(count: count))
        }
        let value = arguments[0].physicalType, key = arguments[1].physicalType, isZoned = arguments[1].type.isZoned
        if ExtremeRowAggregator.serves(value: value, key: key) {
            return Plain(binding: nullable(arguments[0].binding)) {
                ExtremeRowAggregator(value: value, key: key, isMaximum: isMaximum, isZoned: isZoned)
            }
        }
        if isMoving, ExtremeTextRowAggregator.serves(value: value, key: key) {
            return Plain(binding: nullable(arguments[0].binding)) {
                ExtremeTextRowAggregator(value: value, key: key, isMaximum: isMaximum, order: order.order)
            }
        }
        return placed(nullable(arguments[0].binding), required: [1], distinct: [], order: [order],
                      PickReducer(kind: .first, column: 0, field: arguments[0].field))
    }
}
