import WarehouseBasics

extension LogicalType {
    /// Whether two values can be equal and yet be told apart: instants by their offsets, numbers in documents by their
    /// kind, zeros by their sign.
    var hasDistinctEquals: Bool {
        switch self {
        case .timestampTZ, .float: true
        default: isSemiStructured
        }
    }
}

extension BoundExpression {
    /// Whether equal values of its columns give equal values, so that it may be computed from any one value of a group
    /// of equal ones. DATE_PART(TZH, z) is not, nor is TYPEOF(v).
    var respectsEquality: Bool {
        switch self {
        case .column, .constant: return true
        case .comparison, .conjunction, .disjunction, .not, .isNull, .inList, .caseWhen:
            return operands.allSatisfy(\.respectsEquality)
        case .cast(let operand, let type, _):
            guard operand.type.hasDistinctEquals else { return operand.respectsEquality }
            switch (operand.type, type) {
            case (_, .number), (.float, .float), (.timestampTZ, .timestampTZ), (.timestampTZ, .timestampLTZ):
                return operand.respectsEquality
            default: return operand.isConstantInput
            }
        case .call(let name, let arguments, _):
            guard arguments.contains(where: { $0.type.hasDistinctEquals && !$0.isConstantInput }) else {
                return arguments.allSatisfy(\.respectsEquality)
            }
            return Self.equalityRespecting.contains(name) && arguments.allSatisfy(\.respectsEquality)
        case .lambda: return false
        }
    }

    /// Whether no column is read.
    private var isConstantInput: Bool { columnIDs.isEmpty }

    private static let equalityRespecting: Set<String> = [
        "ADD", "SUB", "MUL", "NEG", "ABS", "FLOOR", "CEIL", "ROUND", "TRUNC", "GET", "GET_PATH", "COALESCE", "IFNULL", "NVL",
    ]
}
