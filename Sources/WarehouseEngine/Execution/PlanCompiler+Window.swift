import WarehouseBasics
import WarehouseColumns
import WarehousePlan

extension PlanCompiler {
    /// `limit`: rows that ROW_NUMBER or RANK number behind it are not wanted.
    func compileWindow(_ window: LogicalWindow, limit: Int?) throws -> Relation {
        let input = try compile(window.input)
        let order = window.order.filter { !$0.expression.isConstant }
        let leading = window.partition + order.map(\.expression)
        let (wide, places) = try extended(input, leading + window.calls.flatMap(columnInputs))
        let partition = Array(places.prefix(window.partition.count))
        var next = window.partition.count + order.count
        let sortColumns = sortColumns(order, Array(places[window.partition.count..<next]))
        var functions: [any WindowFunction] = []
        var bindings = input.bindings
        for call in window.calls {
            // Those that are no columns have none: nobody asks for them.
            let columns = call.inputs.indices.map { index in
                guard isColumn(call, index) else { return -1 }
                next += 1
                return places[next - 1]
            }
            let frame = FrameBounds(call, columns: Array(columns.suffix(call.rangeValues.count)), key: order.first)
            let arguments = Array(columns.dropLast(call.rangeValues.count))
            let (function, binding) = try windowFunction(call, wide, arguments, frame)
            functions.append(function)
            bindings.append(binding)
        }
        let fields = partition.map { wide.keyField($0) }
        var source = wide.source
        if let limit, let key = sortColumns.first, case .plain = key.order,
            [.int32, .int64, .double].contains(wide.bindings[key.column].physicalType) {
            source = PartitionTopOperator(input: source, partition: partition, fields: fields, key: key, limit: limit)
        }
        let operation = WindowOperator(input: source, partition: partition, fields: fields, order: sortColumns,
                                       functions: functions, inputCount: input.columns.count)
        return Relation(operation, input.columns + window.calls.map(\.column), bindings, rowBound: input.rowBound)
    }

    private func columnInputs(_ call: WindowCall) -> [BoundExpression] {
        call.inputs.indices.filter { isColumn(call, $0) }.map { call.inputs[$0] }
    }

    /// Whether a call reads an input row by row. What it reads as a constant would be a column of every row.
    private func isColumn(_ call: WindowCall, _ index: Int) -> Bool {
        guard index < call.arguments.count, let value = constantValue(call.arguments[index]) else { return true }
        return switch call.function {
        case "LAG", "LEAD", "LAG_IGNORE_NULLS", "LEAD_IGNORE_NULLS": index == 0 || index == 2 && value != .null
        case "NTH_VALUE", "NTH_VALUE_IGNORE_NULLS": index == 0
        case "NEXTVAL": false
        default: true
        }
    }

    private typealias Choice = (any WindowFunction, ColumnBinding)

    private func windowFunction(_ call: WindowCall, _ wide: Relation, _ arguments: [Int],
                                _ frame: FrameBounds) throws -> Choice {
        let count = Int128(wide.rowBound ?? Int.max)
        let numbers = ColumnBinding(index: 0, physicalType: .int64, range: ValueRange(0, count), mayBeNull: false)
        let doubles = ColumnBinding(index: 0, physicalType: .double, mayBeNull: false)
        switch call.function {
        case "ROW_NUMBER": return (RankFunction(kind: .rowNumber), numbers)
        case "RANK": return (RankFunction(kind: .rank), numbers)
        case "DENSE_RANK": return (RankFunction(kind: .denseRank), numbers)
        case "PERCENT_RANK": return (RankFunction(kind: .percentRank), doubles)
        case "CUME_DIST": return (RankFunction(kind: .cumeDist), doubles)
        case "NTILE": return (RankFunction(kind: .ntile(try column(call, arguments, 0))), numbers)
        case "CONDITIONAL_TRUE_EVENT":
            return (EventFunction(column: try column(call, arguments, 0), countsChanges: false), numbers)
        case "CONDITIONAL_CHANGE_EVENT":
            let place = try column(call, arguments, 0)
            return (EventFunction(column: place, countsChanges: true,
                                  valueOrder: SortColumn.ValueOrder(wide.columns[place].type)), numbers)
        case "NEXTVAL":
            guard case .bytes(let key)? = call.arguments.first.flatMap(constantValue) else {
                throw WarehouseError(.internalFault, "NEXTVAL lacks its sequence.")
            }
            return (SequenceFunction(key: String(decoding: key, as: UTF8.self)),
                    ColumnBinding(index: 0, physicalType: .int64, range: ValueRange.of(.int64), mayBeNull: false))
        default: return try rowPick(call, wide, arguments, frame) ?? frameAggregate(call, wide, arguments, frame)
        }
    }

    private func column(_ call: WindowCall, _ arguments: [Int], _ index: Int) throws -> Int {
        guard index < arguments.count, arguments[index] >= 0 else {
            throw WarehouseError(.internalFault, "Window function \(call.function) lacks an argument.")
        }
        return arguments[index]
    }

    // MARK: Values of other rows

    private func rowPick(_ call: WindowCall, _ wide: Relation, _ arguments: [Int], _ frame: FrameBounds) throws
        -> Choice? {
        let suffix = "_IGNORE_NULLS"
        let ignoresNulls = call.function.hasSuffix(suffix)
        let name = ignoresNulls ? String(call.function.dropLast(suffix.count)) : call.function
        let kind: RowPickFunction.Kind
        switch name {
        case "LAG", "LEAD":
            let distance = try constantInteger(call, 1)
            return try offset(call, wide, arguments, name == "LEAD" ? distance : -distance, ignoresNulls)
        case "FIRST_VALUE": kind = .nth(1, frame)
        case "LAST_VALUE": kind = .nth(-1, frame)
        case "NTH_VALUE":
            let number = try constantInteger(call, 1)
            guard number != 0 else { throw WarehouseError(.invalidValue, "NTH_VALUE counts from 1.") }
            kind = .nth(number, frame)
        case "MIN", "MAX": kind = .extreme(isMaximum: name == "MAX", frame)
        default: return nil
        }
        let place = try column(call, arguments, 0)
        var binding = wide.bindings[place]
        binding.mayBeNull = true
        let order = SortColumn.ValueOrder(wide.columns[place].type)
        var function = RowPickFunction(kind: kind, column: place, ignoresNulls: ignoresNulls, valueOrder: order,
                                       resultType: binding.physicalType)
        if case .extreme = kind {
            let make = try aggregateFactory(call, wide, arguments).resolve().make
            function.extreme = AggregateDefinition(arguments: [place], resultType: binding.physicalType, make: make)
        }
        return (function, binding)
    }

    /// LAG and LEAD: value and default may differ in width, and the result has the wider.
    private func offset(_ call: WindowCall, _ wide: Relation, _ arguments: [Int], _ distance: Int,
                        _ ignoresNulls: Bool) throws -> Choice {
        let place = try column(call, arguments, 0)
        var binding = wide.bindings[place]
        binding.mayBeNull = true
        guard isColumn(call, 2) else {
            return (RowPickFunction(kind: .offset(distance, defaultColumn: nil), column: place, ignoresNulls: ignoresNulls,
                                    resultType: binding.physicalType), binding)
        }
        let other = try column(call, arguments, 2)
        binding.formUnion(wide.bindings[other])
        binding.mayBeNull = true
        let types = [wide.bindings[place].physicalType, wide.bindings[other].physicalType]
        binding.physicalType = types[0].isInteger && types[1].isInteger && types[1].rawValue > types[0].rawValue
            ? types[1] : types[0]
        return (RowPickFunction(kind: .offset(distance, defaultColumn: other), column: place,
                                ignoresNulls: ignoresNulls, resultType: binding.physicalType), binding)
    }

    private func constantInteger(_ call: WindowCall, _ index: Int) throws -> Int {
        guard index < call.arguments.count, case .constant(let constant) = call.arguments[index],
              case .integer(let value) = constant.value, let number = Int(exactly: value), number > Int.min else {
            throw WarehouseError(.invalidValue, "\(call.function) needs a constant integer as argument \(index + 1).")
        }
        return number
    }

    // MARK: Aggregates

    private func aggregateFactory(_ call: WindowCall, _ wide: Relation, _ arguments: [Int]) -> AggregateFactory {
        let keys = arguments.dropFirst(call.arguments.count)
        return AggregateFactory(
            function: call.function, isDistinct: call.isDistinct, result: call.column.type,
            arguments: arguments.prefix(call.arguments.count).map { column in
                var argument = argument(wide, column)
                // Rows come in the window's order, not as they came.
                argument.binding.isSorted = false
                return argument
            },
            order: zip(keys, call.aggregateOrder).map { column, key in
                AggregateOrder(argument: argument(wide, column), isDescending: key.isDescending,
                               nullsFirst: key.nullsFirst)
            },
            constants: call.arguments.map(constantValue), rowBound: wide.rowBound, isGrouped: true, isMoving: true)
    }

    private func frameAggregate(_ call: WindowCall, _ wide: Relation, _ arguments: [Int], _ frame: FrameBounds) throws
        -> Choice {
        let factory = aggregateFactory(call, wide, arguments)
        let choice = try factory.resolve(), binding = choice.binding
        switch call.function {
        case _ where call.isDistinct: break
        case "COUNT_STAR":
            return (FrameSumFunction(finish: nil, column: nil, frame: frame, resultType: binding.physicalType),
                    binding)
        case "COUNT" where arguments.count == 1:
            return (FrameSumFunction(finish: nil, column: arguments[0], frame: frame,
                                     resultType: binding.physicalType), binding)
        case "SUM", "AVG":
            if binding.physicalType == .double {
                return (FrameDoubleFunction(isAverage: call.function == "AVG", column: arguments[0],
                                            frame: frame), binding)
            }
            return (FrameSumFunction(finish: try factory.sumFinish(), column: arguments[0], frame: frame,
                                     resultType: binding.physicalType), binding)
        default: break
        }
        let definition = AggregateDefinition(arguments: arguments, resultType: binding.physicalType, make: choice.make)
        return (FrameAggregateFunction(definition: definition, frame: frame), binding)
    }
}
