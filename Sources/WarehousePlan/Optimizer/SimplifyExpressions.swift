import WarehouseBasics

/// Folds constants and takes away what has no effect: TRUE in AND, double NOT, casts to the same type, NULL tests of
/// what is never NULL.
struct SimplifyExpressions: OptimizerRule {
    let name = "simplify expressions"

    func apply(_ plan: LogicalPlan, _ context: OptimizerContext) throws -> LogicalPlan {
        try plan.mapped { node in
            let simplified = try node.mappingExpressions { expression in
                try expression.mapped { part in
                    try Interruption.check()
                    return Self.step(part, context.factory)
                }
            }
            return Self.withoutTrivialFilter(simplified)
        }
    }

    /// A filter that is TRUE goes; one that is FALSE or NULL leaves no rows.
    private static func withoutTrivialFilter(_ plan: LogicalPlan) -> LogicalPlan {
        guard case .filter(let input, .constant(let constant)) = plan else { return plan }
        if constant.value == .boolean(true) { return input }
        return .values(LogicalValues(columns: input.columns, rows: []))
    }

    /// Whole, unless the statement is to stop: then whoever runs the plan finds out before.
    static func simplified(_ expression: BoundExpression, _ factory: ExpressionFactory) -> BoundExpression {
        expression.mapped { step($0, factory) }
    }

    private static func step(_ expression: BoundExpression, _ factory: ExpressionFactory) -> BoundExpression {
        switch expression {
        case .constant, .column, .lambda: return expression
        case .conjunction(let terms): return connective(terms, identity: true)
        case .disjunction(let terms): return factored(connective(terms, identity: false))
        case .not(let operand): return negated(operand, factory)
        case .isNull(let operand, let isNegated):
            if case .constant(let constant) = operand { return .constant(.boolean(constant.isNull != isNegated)) }
            return operand.isNullable ? expression : .constant(.boolean(isNegated))
        case .cast(let operand, let type, _):
            if operand.type == type { return operand }
            if case .cast = operand {} else if widens(operand.type, to: type) { return operand }
            return factory.fold(expression)
        case .caseWhen(let branches, let otherwise, let type): return cases(branches, otherwise, type)
        case .call(let name, let arguments, _):
            if name == "COALESCE", let first = arguments.first, !first.isNullable { return first }
            return factory.fold(expression, isVolatile: ScalarFunctions.isVolatile(name))
        case .comparison(let op, let left, let right):
            return IntegerComparison.simplified(op, left, right) ?? factory.fold(expression)
        case .inList: return factory.fold(expression)
        }
    }

    /// Only the text's declared length grows.
    private static func widens(_ source: LogicalType, to target: LogicalType) -> Bool {
        switch (source, target) {
        case (.varchar(let n), .varchar(let m)): n <= m || m >= LogicalType.maximumTextLength
        case (.number(let p, let s), .number(let q, let r)): s == r && p <= q
        default: false
        }
    }

    /// AND (identity TRUE) or OR (identity FALSE): flat, without repetition, decided by a constant where one decides.
    private static func connective(_ terms: [BoundExpression], identity: Bool) -> BoundExpression {
        var kept: [BoundExpression] = []
        var seen: Set<BoundExpression> = []
        for term in terms.flatMap({ identity ? $0.conjuncts : $0.disjuncts }).whileWanted {
            if case .constant(let constant) = term, case .boolean(let value) = constant.value {
                if value == identity { continue }
                return .constant(.boolean(!identity))
            }
            if term.isDeterministic, !seen.insert(term).inserted { continue }
            kept.append(term)
        }
        if kept.isEmpty { return .constant(.boolean(identity)) }
        if kept.count == 1 { return kept[0] }
        return identity ? .conjunction(kept) : .disjunction(kept)
    }

    /// `(a AND x) OR (a AND y)` is `a AND (x OR y)`: what all branches share may then become a join key.
    private static func factored(_ expression: BoundExpression) -> BoundExpression {
        guard case .disjunction(let branches) = expression, expression.isDeterministic else { return expression }
        let rest = branches.dropFirst().whileWanted.map { Set($0.conjuncts) }
        let common = branches[0].conjuncts.filter { term in rest.allSatisfy { $0.contains(term) } }
        guard !common.isEmpty else { return expression }
        let shared = Set(common)
        var parts: [BoundExpression] = []
        for branch in branches.whileWanted {
            // A branch that says nothing more makes the others superfluous.
            guard let own = BoundExpression.all(branch.conjuncts.filter({ !shared.contains($0) })) else {
                return BoundExpression.all(common) ?? expression
            }
            parts.append(own)
        }
        return BoundExpression.all(common + [connective(parts, identity: false)]) ?? expression
    }

    /// NOT moves into comparisons, which are total orders in this dialect, NaN included.
    private static func negated(_ operand: BoundExpression, _ factory: ExpressionFactory) -> BoundExpression {
        switch operand {
        case .not(let inner): return inner
        case .conjunction(let terms): return connective(terms.map { negated($0, factory) }, identity: false)
        case .disjunction(let terms): return connective(terms.map { negated($0, factory) }, identity: true)
        case .isNull(let inner, let isNegated): return .isNull(inner, negated: !isNegated)
        case .inList(let value, let list, let isNegated): return .inList(value, list, negated: !isNegated)
        case .comparison(let op, let left, let right):
            let opposite: ComparisonOperator = switch op {
            case .equal: .notEqual
            case .notEqual: .equal
            case .less: .greaterOrEqual
            case .lessOrEqual: .greater
            case .greater: .lessOrEqual
            case .greaterOrEqual: .less
            case .notDistinct: .distinct
            case .distinct: .notDistinct
            }
            return .comparison(opposite, left, right)
        default: return factory.fold(.not(operand))
        }
    }

    private static func cases(_ branches: [BoundExpression.CaseBranch], _ otherwise: BoundExpression,
                              _ type: LogicalType) -> BoundExpression {
        var kept: [BoundExpression.CaseBranch] = []
        var last = otherwise
        for branch in branches {
            if case .constant(let constant) = branch.condition {
                guard constant.value == .boolean(true) else { continue }
                last = branch.value
                break
            }
            kept.append(branch)
        }
        if kept.isEmpty { return last }
        return .caseWhen(kept, otherwise: last, type)
    }
}
