import WarehouseBasics

/// What can be said of constants without an engine: comparisons of whole numbers, logic, and NULL.
enum ConstantRules {
    /// The value of an expression over constants; nil where the engine is needed.
    static func fold(_ expression: BoundExpression) -> Constant? {
        switch expression {
        case .comparison(let op, .constant(let left), .constant(let right)): return compare(op, left, right)
        case .comparison(let op, let left, let right):
            // Beside NULL nothing is known, whatever the other side is.
            guard op != .notDistinct, op != .distinct, [left, right].contains(.constant(.null(left.type)))
                    || [left, right].contains(.constant(.null(right.type))) else { return nil }
            return .null(.boolean)
        case .not(.constant(let operand)):
            if operand.isNull { return .null(.boolean) }
            guard case .boolean(let value) = operand.value else { return nil }
            return .boolean(!value)
        case .isNull(.constant(let operand), let negated): return .boolean(operand.isNull != negated)
        case .conjunction(let terms): return connective(terms, identity: true)
        case .disjunction(let terms): return connective(terms, identity: false)
        case .cast(.constant(let operand), let type, _): return operand.isNull ? .null(type) : nil
        case .call(let name, let arguments, let type): return nullOperand(name, arguments) ? .null(type) : nil
        default: return nil
        }
    }

    /// Functions that are NULL when any argument is, and fail for none.
    static let strict: Set<String> = [
        "ADD", "SUB", "MUL", "DIV", "MOD", "NEG", "ABS", "ROUND", "CONCAT", "LIKE", "ILIKE", "CONTAINS", "STARTSWITH",
        "ENDSWITH", "UPPER", "LOWER", "TRIM", "LTRIM", "RTRIM", "LENGTH", "SUBSTR", "DATE_TRUNC", "DATE_PART",
            "DATEADD",
        "DATEDIFF", "REGEXP_LIKE",
    ]

    private static func nullOperand(_ name: String, _ arguments: [BoundExpression]) -> Bool {
        strict.contains(name)
            && arguments.contains { if case .constant(let constant) = $0 { constant.isNull } else { false } }
    }

    private static func compare(_ op: ComparisonOperator, _ left: Constant, _ right: Constant) -> Constant? {
        if op == .notDistinct || op == .distinct {
            guard left.isNull || right.isNull
                else { return compare(op == .notDistinct ? .equal : .notEqual, left, right) }
            return .boolean((left.isNull && right.isNull) == (op == .notDistinct))
        }
        if left.isNull || right.isNull { return .null(.boolean) }
        switch (left.value, right.value) {
        case (.integer(let a), .integer(let b)) where left.type.isSameForm(as: right.type) && !isZoned(left.type):
            return .boolean(holds(op, a, b))
        case (.boolean(let a), .boolean(let b)): return .boolean(holds(op, a ? 1 : 0, b ? 1 : 0))
        case (.bytes(let a), .bytes(let b)) where left.type.isText && right.type.isText
            && (op == .equal || op == .notEqual):
            return .boolean((a == b) == (op == .equal))
        default: return nil
        }
    }

    /// Its integers hold an offset too.
    private static func isZoned(_ type: LogicalType) -> Bool {
        if case .timestampTZ = type { return true }
        return false
    }

    private static func holds(_ op: ComparisonOperator, _ a: Int128, _ b: Int128) -> Bool {
        switch op {
        case .equal, .notDistinct: a == b
        case .notEqual, .distinct: a != b
        case .less: a < b
        case .lessOrEqual: a <= b
        case .greater: a > b
        case .greaterOrEqual: a >= b
        }
    }

    private static func connective(_ terms: [BoundExpression], identity: Bool) -> Constant? {
        var isUnknown = false
        for term in terms {
            guard case .constant(let constant) = term else { return nil }
            if constant.value == .boolean(!identity) { return .boolean(!identity) }
            if constant.isNull { isUnknown = true }
        }
        return isUnknown ? .null(.boolean) : .boolean(identity)
    }
}
