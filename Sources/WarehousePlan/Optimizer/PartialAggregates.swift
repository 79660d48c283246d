import WarehouseBasics

/// Aggregates that are computed in two steps: of parts of the rows, and of what the parts gave.
struct PartialAggregates {
    private let context: OptimizerContext
    /// What is computed of the parts, each once.
    private(set) var calls: [AggregateCall] = []

    init(context: OptimizerContext) { self.context = context }

    private static let countType = LogicalType.number(precision: 18, scale: 0)

    /// Whether parts make the whole. Sums of NUMBER whose digits might not do for some order of adding do not, nor
    /// means of them: one step knows ways around that.
    static func canSplit(_ call: AggregateCall, _ estimator: RowEstimator) -> Bool {
        guard call.order.isEmpty, !call.isDistinct else { return false }
        switch call.function {
        case "COUNT_STAR", "COUNT", "COUNT_IF", "MIN", "MAX", "BOOLAND_AGG", "BOOLOR_AGG": return true
        case "SUM", "AVG":
            guard case .number = call.arguments[0].type else { return call.arguments[0].type == .float }
            let digits = estimator.digits(call.arguments[0])
            return call.function == "SUM" ? digits <= 27 : digits <= 18 && !call.isMoving
        default: return false
        }
    }

    /// Whether an expression raises no error, so that it may be computed for rows that nobody would have asked for.
    static func isSafe(_ expression: BoundExpression) -> Bool {
        switch expression {
        case .column, .constant: return true
        case .call(let name, let arguments, .float):
            return ["ADD", "SUB", "MUL"].contains(name) && arguments.allSatisfy(isSafe)
        case .cast(let operand, .float, _):
            if case .number = operand.type { return isSafe(operand) }
            return false
        default: return false
        }
    }

    /// Whether a call counts: over no parts it is 0, where others are NULL.
    static func isCount(_ function: String) -> Bool { function.hasPrefix("COUNT") }

    /// What a call needs of the parts.
    mutating func add(_ call: AggregateCall) -> [AggregateCall] {
        guard call.function == "AVG" else { return [part(call.function, call.arguments, call.column)] }
        let total = call.arguments[0].type == .float ? LogicalType.float : NumberTypes.total(call.arguments[0].type)
        return [part("SUM", call.arguments, context.make("SUM", total)),
                part("COUNT", call.arguments, context.make("COUNT", Self.countType, isNullable: false))]
    }

    private mutating func part(_ function: String, _ arguments: [BoundExpression], _ like: PlanColumn) -> AggregateCall {
        if let known = calls.first(where: { $0.function == function && $0.arguments == arguments }) { return known }
        let column = context.make(function, like.type, isNullable: !Self.isCount(function))
        calls.append(AggregateCall(column, function, arguments))
        return calls[calls.count - 1]
    }

    /// Puts a part's results together.
    static func merging(_ part: AggregateCall, _ value: BoundExpression, into column: PlanColumn) -> AggregateCall {
        AggregateCall(column, isCount(part.function) ? "SUM" : part.function, [value])
    }

    /// A call's result of the columns of what `add` gave for it. `isGlobal`: there may be no part at all.
    static func result(of call: AggregateCall, _ columns: [PlanColumn], isGlobal: Bool) -> BoundExpression {
        let first = BoundExpression.column(columns[0])
        guard call.function == "AVG" else {
            guard isGlobal, isCount(call.function) else { return first }
            return .call("COALESCE", [first, .constant(Constant(.integer(0), columns[0].type))], columns[0].type)
        }
        let type = call.column.type, count = BoundExpression.column(columns[1])
        let isEmpty = BoundExpression.comparison(.equal, count, .constant(Constant(.integer(0), columns[1].type)))
        let divisor = type == .float ? .cast(count, to: .float, isTry: false) : count
        return .caseWhen([.init(condition: isEmpty, value: .constant(.null(type)))],
                         otherwise: .call("DIV", [first, divisor], type), type)
    }
}
