/// Prefix operators.
public enum UnaryOperator: String, Hashable, Sendable {
    case minus = "-"
    case plus = "+"
    case not = "NOT"
    /// Of CONNECT BY.
    case prior = "PRIOR"
    case connectByRoot = "CONNECT_BY_ROOT"
}

/// Operators of two operands, apart from AND, OR and `||`, which take any number (see `ExpressionKind`).
public enum BinaryOperator: String, Hashable, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case modulo = "%"
    case equal = "="
    case notEqual = "<>"
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case isDistinctFrom = "IS DISTINCT FROM"
    case isNotDistinctFrom = "IS NOT DISTINCT FROM"

    public var isComparison: Bool {
        switch self {
        case .add, .subtract, .multiply, .divide, .modulo: false
        default: true
        }
    }
}

/// AND or OR.
public enum LogicalOperator: String, Hashable, Sendable {
    case and = "AND"
    case or = "OR"
}

/// ANY (also written SOME) or ALL.
public enum Quantifier: String, Hashable, Sendable {
    case any = "ANY"
    case all = "ALL"
}
