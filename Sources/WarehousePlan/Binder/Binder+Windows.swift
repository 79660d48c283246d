import WarehouseBasics
import WarehouseSQL

/// A window function met while expressions were bound.
struct PendingWindow {
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
        let window = try windowCall(name, call, at: span, hasOrder: hasOrder, frame: specification.frame, inner)
        return .column(select.add(PendingWindow(call: window, partition: partition, order: order)))
    }

    private func windowCall(_ name: String, _ call: FunctionCall, at span: SourceSpan, hasOrder: Bool,
                            frame: WarehouseSQL.WindowFrame?, _ context: ExpressionContext) throws -> WindowCall {
        let bound: WindowCall
        if AggregateFunctions.function(named: name) != nil {
            if call.isDistinct {
                throw CompilationError.unsupported("\(name)(DISTINCT …) OVER (…)", at: span)
            }
            let aggregate = try aggregateCall(name, call, at: span, context)
            if !aggregate.order.isEmpty {
                throw CompilationError.unsupported("\(name) WITHIN GROUP (…) OVER (…)", at: span)
            }
            let frame = try windowFrame(frame, hasOrder: hasOrder, at: span)
            bound = WindowCall(aggregate.column, aggregate.function, aggregate.arguments, frame: frame)
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
                return try bindExpression(expression, context)
            }
            let signature = try WindowFunctions.signature(name, factory, arguments,
                                                          ignoresNulls: call.nullTreatment == .ignoreNulls,
                                                          isFromLast: call.isFromLast)
            var actual = WindowFrame.wholePartition
            if WindowFunctions.usesFrame(name), let frame {
                actual = try windowFrame(frame, hasOrder: hasOrder, at: span)
            }
            bound = WindowCall(make(name, signature.type), signature.function, signature.arguments, frame: actual)
        }
        return bound
    }

    /// Snowflake's default frames: the whole partition, or with ORDER BY the rows up to the current one and its peers.
    private func windowFrame(_ frame: WarehouseSQL.WindowFrame?, hasOrder: Bool, at span: SourceSpan)
        throws -> WindowFrame {
        guard let frame else { return hasOrder ? .upToCurrent : .wholePartition }
        let unit: WindowFrame.Unit
        switch frame.unit {
        case .rows: unit = .rows
        case .range: unit = .range
        case .groups: throw CompilationError.unsupported("GROUPS frames", at: span)
        }
        let start = try bound(frame.start, unit, at: span)
        let end = try bound(frame.end ?? .currentRow, unit, at: span)
        guard Self.place(start) <= Self.place(end), start != .unboundedFollowing, end != .unboundedPreceding else {
            throw CompilationError.make(.invalidFrame, "Invalid window frame: it ends before it starts", at: span)
        }
        return WindowFrame(unit, start, end)
    }

    private static func place(_ bound: WindowFrame.Bound) -> Int {
        switch bound {
        case .unboundedPreceding: -2
        case .preceding: -1
        case .currentRow: 0
        case .following: 1
        case .unboundedFollowing: 2
        }
    }

    private func bound(_ bound: FrameBound, _ unit: WindowFrame.Unit, at span: SourceSpan) throws -> WindowFrame.Bound {
        func count(_ expression: Expression) throws -> Int {
            if unit == .range { throw CompilationError.unsupported("RANGE frames with an offset", at: expression.span) }
            let context = ExpressionContext(scope: Scope(parent: nil), tables: nil, clause: .limit)
            let value = try factory.constantInteger(try bindExpression(expression, context), of: "window frame")
            guard value >= 0 else {
                throw CompilationError.make(.invalidFrame, "Invalid window frame: an offset is negative",
                    at: expression.span)
            }
            return value
        }
        switch bound {
        case .unboundedPreceding: return .unboundedPreceding
        case .preceding(let expression): return .preceding(try count(expression))
        case .currentRow: return .currentRow
        case .following(let expression): return .following(try count(expression))
        case .unboundedFollowing: return .unboundedFollowing
        }
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
