import WarehouseBasics

extension PlanPrinter {
    /// An expression with its columns as `NAME#id` and its casts written out.
    public static func text(_ expression: BoundExpression) -> String {
        switch expression {
        case .constant(let constant): return text(constant)
        case .column(let column): return "\(column.name)\(ShownNumbers.text(column.id))"
        case .call(let name, let arguments, _): return call(name, arguments)
        case .cast(let operand, let type, let isTry):
            return "\(isTry ? "TRY_CAST" : "CAST")(\(text(operand)) AS \(type))"
        case .comparison(let op, let left, let right): return "(\(text(left)) \(op.rawValue) \(text(right)))"
        case .conjunction(let terms): return "(" + terms.map { text($0) }.joined(separator: " AND ") + ")"
        case .disjunction(let terms): return "(" + terms.map { text($0) }.joined(separator: " OR ") + ")"
        case .not(let operand): return "NOT \(text(operand))"
        case .isNull(let operand, let negated): return "(\(text(operand)) IS \(negated ? "NOT " : "")NULL)"
        case .caseWhen(let branches, let otherwise, _):
            let cases = branches.map { "WHEN \(text($0.condition)) THEN \(text($0.value))" }.joined(separator: " ")
            return "CASE \(cases) ELSE \(text(otherwise)) END"
        case .inList(let value, let list, let negated):
            let shown = list.prefix(10).map { text($0) }.joined(separator: ", ")
            let rest = list.count > 10 ? ", … \(list.count) values" : ""
            return "(\(text(value)) \(negated ? "NOT IN" : "IN") (\(shown)\(rest)))"
        case .lambda(let parameters, let body):
            return "(" + parameters.map { "\($0.name)\(ShownNumbers.text($0.id))" }.joined(separator: ", ") + ") -> \(text(body))"
        }
    }

    private static let operators = ["ADD": "+", "SUB": "-", "MUL": "*", "DIV": "/", "MOD": "%", "CONCAT": "||"]

    private static func call(_ name: String, _ arguments: [BoundExpression]) -> String {
        if let symbol = operators[name], arguments.count > 1 {
            return "(" + arguments.map { text($0) }.joined(separator: " \(symbol) ") + ")"
        }
        if name == Binder.secureValue { return "\(name)()" }
        return "\(name)(\(arguments.map { text($0) }.joined(separator: ", ")))"
    }

    /// A constant as SQL writes it.
    public static func text(_ constant: Constant) -> String {
        switch constant.value {
        case .null: return "NULL"
        case .boolean(let value): return value ? "TRUE" : "FALSE"
        case .double(let value): return FloatText.sqlString(value)
        case .integer(let value): return text(value, constant.type)
        case .bytes(let bytes):
            switch constant.type {
            case .varchar:
                let text = String(decoding: bytes, as: UTF8.self)
                return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
            case .binary: return "X'" + bytes.map { hexadecimal($0) }.joined() + "'"
            default: return "\(constant.type)(\(bytes.count) bytes)"
            }
        }
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return digits.utf8.count == 1 ? "0" + digits : digits
    }

    private static func text(_ value: Int128, _ type: LogicalType) -> String {
        switch type {
        case .number(_, let scale): return DecimalText.string(value, scale: scale)
        case .date:
            guard let days = Int(exactly: value) else { return "\(value)" }
            return "DATE '\(TimestampFormat.date.string(date: days))'"
        case .timestampNTZ(let scale), .timestampLTZ(let scale):
            let kind = if case .timestampNTZ = type { "TIMESTAMP_NTZ" } else { "TIMESTAMP_LTZ" }
            return "\(kind) '\(TimestampFormat.timestampNTZ.string(localTicks: value, scale: scale))'"
        default: return "\(type) \(value)"
        }
    }
}
