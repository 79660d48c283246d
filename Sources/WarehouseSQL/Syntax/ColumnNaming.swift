import WarehouseBasics

extension SelectExpression {
    /// The name of the result's column: the alias, or what Snowflake calls an unaliased expression.
    public var columnName: String {
        if let alias { return alias.name }
        if let name = expression.referenceName { return name }
        guard let sourceText else { return expression.defaultColumnName }
        return ColumnNaming.normalized(sourceText)
    }
}

extension Expression {
    /// The name of an unaliased column of a result, as Snowflake gives it: a column's own name, the last of its
    /// parts; of anything else its text in upper case, such as `COUNT(*)`, `A + 1`, `'X'`, `SRC:DEALERSHIP`.
    ///
    /// The text is the printer's here; `SelectExpression.columnName` takes it as it was written.
    public var defaultColumnName: String {
        referenceName ?? ColumnNaming.normalized(SQLPrinter(dialect: .snowflake).print(self))
    }

    /// The last part of a column's name; nil for anything else.
    fileprivate var referenceName: String? {
        switch kind {
        case .column(let parts): parts.last?.name
        case .fileColumn(_, let index): "$\(index)"
        default: nil
        }
    }
}

enum ColumnNaming {
    /// The text in upper case, every run of white space and comments outside quotes as one space.
    static func normalized(_ text: String) -> String {
        var lexer = Lexer(text)
        var result = ""
        var end = 0
        while true {
            let token: Token
            do {
                token = try lexer.next()
            } catch {
                return text.uppercased()
            }
            guard token.kind != .end else { return result.uppercased() }
            if token.start > end, end > 0 { result += " " }
            result += String(decoding: lexer.bytes[token.start..<token.end], as: UTF8.self)
            end = token.end
        }
    }
}
