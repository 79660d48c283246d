import WarehouseBasics

extension RowEstimator {
    /// How many digits the values of a NUMBER expression have at most, those behind the point among them. Bounds of the
    /// columns it reads tell, where a table keeps them; else the type does. (An INTEGER may have 38 digits by its type.)
    func digits(_ expression: BoundExpression) -> Int {
        guard case .number(let precision, let scale) = expression.type else { return LogicalType.maximumPrecision }
        return min(precision, computedDigits(expression, scale) ?? precision)
    }

    private func computedDigits(_ expression: BoundExpression, _ scale: Int) -> Int? {
        switch expression {
        case .constant(let constant):
            guard case .integer(let value) = constant.value else { return 0 }
            return Self.digits(value)
        case .column:
            guard let known = statistics(expression), let low = known.low, let high = known.high else { return nil }
            return max(Self.digits(low), Self.digits(high))
        case .cast(let operand, _, _):
            guard case .number(_, let from) = operand.type else { return nil }
            return digits(operand) + (scale < from ? 1 : scale - from)
        case .call(let name, let arguments, _): return computedDigits(name, arguments, scale)
        case .caseWhen(let branches, let otherwise, _):
            return (branches.map(\.value) + [otherwise]).map { digits($0) }.max()
        default: return nil
        }
    }

    private func computedDigits(_ name: String, _ arguments: [BoundExpression], _ scale: Int) -> Int? {
        let own = arguments.map { argument -> Int in
            guard case .number(_, let from) = argument.type else { return LogicalType.maximumPrecision }
            return digits(argument) + max(0, scale - from)
        }
        switch name {
        case "ADD", "SUB": return own.max().map { $0 + 1 }
        case "MUL": return arguments.reduce(0) { $0 + digits($1) } + 1
        case "NEG", "ABS", "COALESCE": return own.max()
        default: return nil
        }
    }

    private static func digits(_ value: Int128) -> Int { value == 0 ? 0 : String(value.magnitude).count }
}
