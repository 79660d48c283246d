import WarehouseBasics
import WarehouseSQL

/// TRIM_SPACE and NULL_IF of a JSON format, which are of the texts that documents have under their keys: they take effect
/// where keys fill columns, by MATCH_BY_COLUMN_NAME or a transformation.
struct DocumentTexts {
    private let trimsSpace: Bool
    private let nullIf: [String]

    init(_ format: StagedFormat) {
        trimsSpace = format.attributes["\(FileFormatOptions.prefix)TRIM_SPACE"]?.flag ?? false
        nullIf = format.attributes["\(FileFormatOptions.prefix)NULL_IF"]?.list ?? []
    }

    static func literal(_ text: String) -> String {
        SQLPrinter(dialect: .warehouse).print(Expression(.literal(.string(text))))
    }

    /// A key as a path names it in quotes.
    static func quotedKey(_ key: String) -> String {
        "\"" + key.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    /// The value of an expression that gives a VARIANT.
    func value(of source: String) -> String {
        guard trimsSpace || !nullIf.isEmpty else { return source }
        return "IFF(IS_VARCHAR(\(source)), TO_VARIANT(\(text(of: source))), \(source))"
    }

    /// The same as VARCHAR.
    func text(of source: String) -> String {
        let text = trimsSpace ? "TRIM(\(source)::VARCHAR)" : "\(source)::VARCHAR"
        let list = nullIf.map(DocumentTexts.literal).joined(separator: ", ")
        return list.isEmpty ? text : "IFF(\(text) IN (\(list)), NULL, \(text))"
    }

    /// The transformation with the paths into documents that its list holds, cast or not, replaced by their values.
    func applied(to query: Query) throws -> Query {
        guard trimsSpace || !nullIf.isEmpty, case .select(var select) = query.body else { return query }
        select.items = try select.items.map { item in
            guard case .expression(var part) = item else { return item }
            part.expression = try replaced(part.expression)
            return .expression(part)
        }
        var copy = query
        copy.body = .select(select)
        return copy
    }

    private func replaced(_ expression: Expression) throws -> Expression {
        switch expression.kind {
        case .cast(var cast):
            cast.operand = try replaced(cast.operand)
            return Expression(.cast(cast), span: expression.span)
        case .path(let base, _):
            guard case .fileColumn = base.kind else { return expression }
            var value = try Parser.parseExpression(value(of: SQLPrinter(dialect: .warehouse).print(expression)))
            value.span = expression.span
            return value
        default: return expression
        }
    }
}
