import WarehouseBasics

/// Compares a NUMBER column in its own scale instead of rescaling every value: `a > 1.5`, with a whole, is `a >= 2`.
enum IntegerComparison {
    /// The comparison without the cast of its column side, or nil when it has not that form.
    static func simplified(_ op: ComparisonOperator, _ left: BoundExpression, _ right: BoundExpression)
        -> BoundExpression? {
        if left.isConstant, !right.isConstant { return simplified(op.mirrored, right, left) }
        guard case .cast(let operand, .number(_, let wide), false) = left,
              case .number(_, let narrow) = operand.type, narrow < wide,
              case .constant(let constant) = right, case .integer(let value) = constant.value,
              case .number(let precision, wide) = constant.type else { return nil }
        let unit = PowersOfTen.int128(wide - narrow)
        let quotient = value / unit
        let remainder = value % unit
        let floor = remainder < 0 ? quotient - 1 : quotient
        let type = LogicalType.number(precision: precision, scale: narrow)
        func compare(_ op: ComparisonOperator, _ bound: Int128) -> BoundExpression {
            .comparison(op, operand, .constant(Constant(.integer(bound), type)))
        }
        if remainder == 0 { return compare(op, quotient) }
        switch op {
        case .less, .lessOrEqual: return compare(.lessOrEqual, floor)
        case .greater, .greaterOrEqual: return compare(.greater, floor)
        // No value of the narrower scale is equal.
        case .notDistinct: return .constant(.boolean(false))
        case .distinct: return .constant(.boolean(true))
        case .equal, .notEqual: return nil
        }
    }
}
