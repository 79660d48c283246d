import WarehouseBasics
import WarehouseSQL

/// A window function met while expressions were bound.
struct PendingWindow: Hashable {
    var call: WindowCall
    var partition: [BoundExpression]
    var order: [SortKey]
}

extension Binder {
    func bindWindowCall(_ name: String, _ call: FunctionCall, at span: SourceSpan, _ context: ExpressionContext) throws
        -> BoundExpression {
        guard context.clause.allowsWindows, let select = context.select, let over = call.over else {
            throw CompilationError.make(.misplacedWindow, "Window function [\(name)] may not appear inside "
                + "\(context.clause == .filter ? "a WHERE clause" : "a \(context.clause.rawValue) clause")", at: span)
        }
        let specification = try windowSpecification(over, select, at: span)
        let inner = context.within(.windowArgument)
        let partition = try bindAll(specification.partitionBy, inner).filter { !$0.isConstant }
        let order = try specification.orderBy.map {
            sortKey(try bindExpression($0.expression, inner), $0.direction, $0.nulls)
        }.filter { !$0.expression.isConstant }
        let hasOrder = !specification.orderBy.isEmpty
        let place = WindowPlace(span: span, hasOrder: hasOrder, order: order)
        let window = try windowCall(name, call, place, frame: specification.frame, inner)
        if name == "RATIO_TO_REPORT" { return try ratio(window, partition, select) }
        return .column(select.add(PendingWindow(call: window, partition: partition, order: order)))
    }

    /// The value divided by the sum of its partition; NULL where that is zero.
    private func ratio(_ call: WindowCall, _ partition: [BoundExpression], _ select: SelectContext) throws
        -> BoundExpression {
        let value = call.arguments[0]
        let total = WindowCall(make("SUM", value.type == .float ? .float : NumberTypes.total(value.type)), "SUM", [value],
                               frame: .wholePartition)
        let sum = BoundExpression.column(select.add(PendingWindow(call: total, partition: partition, order: [])))
        let divisor = try factory.call("NULLIF", [sum, .constant(.integer(0))])
        return try factory.call("DIV", [value, divisor])
    }

    /// Where a window function stands, and its ORDER BY.
    private struct WindowPlace {
        let span: SourceSpan
        /// Whether ORDER BY was written; constants in it are dropped from `order`.
        let hasOrder: Bool
        let order: [SortKey]
    }

    private func windowCall(_ name: String, _ call: FunctionCall, _ place: WindowPlace,
                            frame: WarehouseSQL.WindowFrame?, _ context: ExpressionContext) throws -> WindowCall {
        let span = place.span, hasOrder = place.hasOrder
        var bound: WindowCall
        if AggregateFunctions.function(named: name) != nil {
            let aggregate = try aggregateCall(name, call, at: span, context)
            let (frame, values) = try windowFrame(frame, place)
            var column = aggregate.column
            if aggregate.function == "AVG", case .number = column.type {
                column.type = NumberTypes.movingAverage(aggregate.arguments[0].type)
            }
            bound = WindowCall(column, aggregate.function, aggregate.arguments, frame: frame)
            bound.rangeValues = values
            bound.isDistinct = aggregate.isDistinct
            bound.aggregateOrder = aggregate.order
        } else {
            guard WindowFunctions.isWindowFunction(name) else {
                if ScalarFunctions.function(named: name) == nil { throw ScalarFunctions.unknown(name) }
                throw CompilationError.make(.misplacedWindow, "Function \(name) is not a window function", at: span)
            }
            if WindowFunctions.needsOrder(name), !hasOrder {
                throw CompilationError.make(.missingOrder, "Window function type [\(name)] requires ORDER BY in window "
                    + "specification", at: span)
            }
            let arguments = try call.arguments.map { argument -> BoundExpression in
                guard case .expression(let expression) = argument else {
                    throw CompilationError.make(.invalidArgumentTypes, "Function \(name) takes plain arguments only",
                        at: span)
                }
                return try bindExpression(expression, WindowFunctions.nests(name) ? context.within(.select) : context)
            }
            let signature = try WindowFunctions.signature(name, factory, arguments,
                                                          ignoresNulls: call.nullTreatment == .ignoreNulls,
                                                          isFromLast: call.isFromLast)
            var actual = (frame: WindowFrame.wholePartition, values: [BoundExpression]())
            if WindowFunctions.usesFrame(name), let frame { actual = try windowFrame(frame, place) }
            bound = WindowCall(make(name, signature.type), signature.function, signature.arguments, frame: actual.frame)
            bound.rangeValues = actual.values
        }
        return bound
    }

    /// Snowflake's default frames: the whole partition, or with ORDER BY the rows up to the current one and its peers.
    /// `values`: the call's `rangeValues`.
    private func windowFrame(_ frame: WarehouseSQL.WindowFrame?, _ place: WindowPlace) throws
        -> (frame: WindowFrame, values: [BoundExpression]) {
        guard let frame else { return (place.hasOrder ? .upToCurrent : .wholePartition, []) }
        let unit: WindowFrame.Unit
        switch frame.unit {
        case .rows: unit = .rows
        case .range: unit = .range
        case .groups: throw CompilationError.unsupported("GROUPS frames", at: place.span)
        }
        let end = frame.end ?? .currentRow
        guard Self.place(frame.start) <= Self.place(end), frame.start != .unboundedFollowing,
              end != .unboundedPreceding else {
            throw CompilationError.make(.invalidFrame, "Invalid window frame: it ends before it starts", at: place.span)
        }
        var values: [BoundExpression] = []
        let bounds = try [frame.start, end].map { try bound($0, unit, place, &values) }
        if !values.isEmpty { values = try factory.unified([place.order[0].expression] + values, in: "RANGE") }
        return (WindowFrame(unit, bounds[0], bounds[1]), values)
    }

    private static func place(_ bound: FrameBound) -> Int {
        switch bound {
        case .unboundedPreceding: -2
        case .preceding: -1
        case .currentRow: 0
        case .following: 1
        case .unboundedFollowing: 2
        }
    }

    private func bound(_ bound: FrameBound, _ unit: WindowFrame.Unit, _ place: WindowPlace,
                       _ values: inout [BoundExpression]) throws -> WindowFrame.Bound {
        switch bound {
        case .unboundedPreceding: return .unboundedPreceding
        case .currentRow: return .currentRow
        case .unboundedFollowing: return .unboundedFollowing
        case .preceding(let offset), .following(let offset):
            var isPreceding = false
            if case .preceding = bound { isPreceding = true }
            guard unit == .range else {
                let count = try rowOffset(offset)
                return isPreceding ? .preceding(count) : .following(count)
            }
            values.append(try rangeValue(offset, isPreceding: isPreceding, place))
            return .value
        }
    }

    private func rowOffset(_ expression: Expression) throws -> Int {
        let context = ExpressionContext(scope: Scope(parent: nil), tables: nil, clause: .limit)
        let value = try factory.constantInteger(try bindExpression(expression, context), of: "window frame")
        guard value >= 0 else { throw Self.negativeOffset(at: expression.span) }
        return value
    }

    private static func negativeOffset(at span: SourceSpan) -> WarehouseError {
        CompilationError.make(.invalidFrame, "Invalid window frame: an offset is negative", at: span)
    }

    /// The key that lies the offset before, or behind, the current row's in the window's order.
    private func rangeValue(_ offset: Expression, isPreceding: Bool, _ place: WindowPlace) throws -> BoundExpression {
        guard place.order.count == 1 else {
            throw CompilationError.make(.invalidFrame, "A RANGE frame with an offset needs exactly one ORDER BY "
                + "expression", at: offset.span)
        }
        let (key, isBack) = (place.order[0].expression, isPreceding != place.order[0].isDescending)
        guard key.type.isNumeric || key.type == .float || key.type.isTemporal else {
            throw CompilationError.make(.invalidFrame, "A RANGE frame with an offset needs numbers, dates or timestamps "
                + "in ORDER BY", at: offset.span)
        }
        if case .literal(.interval(let text, let unit)) = offset.kind {
            guard try Intervals.components(text, unit: unit).allSatisfy({ $0.amount >= 0 }) else {
                throw Self.negativeOffset(at: offset.span)
            }
            return try Intervals.add(text, unit: unit, to: key, negated: isBack, factory)
        }
        let context = ExpressionContext(scope: Scope(parent: nil), tables: nil, clause: .limit)
        let amount = try bindExpression(offset, context)
        guard amount.isConstant, amount.type.isNumeric || amount.type == .float else {
            throw CompilationError.make(.invalidFrame, "The offset of a RANGE frame must be a constant number or an "
                + "INTERVAL", at: offset.span)
        }
        let isNegative = try factory.comparison(.less, amount, .constant(.integer(0)))
        if isNegative == .constant(.boolean(true)) { throw Self.negativeOffset(at: offset.span) }
        return try factory.call(isBack ? "SUB" : "ADD", [key, amount])
    }

    /// The specification with what it takes from the WINDOW clause.
    private func windowSpecification(_ reference: WindowReference, _ select: SelectContext, at span: SourceSpan) throws
        -> WindowSpecification {
        switch reference {
        case .named(let name): return try select.window(name, depth: 0)
        case .specification(var specification):
            guard let base = specification.base else { return specification }
            let named = try select.window(base, depth: 0)
            specification.partitionBy = named.partitionBy
            if specification.orderBy.isEmpty { specification.orderBy = named.orderBy }
            if specification.frame == nil { specification.frame = named.frame }
            specification.base = nil
            return specification
        }
    }
}
