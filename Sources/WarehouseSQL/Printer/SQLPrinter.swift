import WarehouseBasics

/// Writes syntax trees as readable SQL: a clause a line, keywords in upper case, as few parentheses and quotes as
/// can be. In the `warehouse` and `snowflake` dialects, parsing what was printed gives an equal tree.
public struct SQLPrinter: Sendable {
    /// Whose SQL is written.
    public enum Dialect: String, Sendable, CaseIterable {
        case snowflake
        /// This software's own, which is Snowflake's with VACUUM and EXPLAIN ANALYZE.
        case warehouse
        /// Names in backquotes, casts as calls, Spark's names of types. What a function does there is not looked at.
        case spark
    }

    public var dialect: Dialect

    public init(dialect: Dialect = .warehouse) { self.dialect = dialect }

    /// One statement, without `;`.
    public func print(_ statement: Statement) -> String {
        var writer = SQLWriter(dialect)
        writer.write(statement)
        return writer.text
    }

    public func print(_ query: Query) -> String {
        var writer = SQLWriter(dialect)
        writer.write(query)
        return writer.text
    }

    public func print(_ expression: Expression) -> String {
        var writer = SQLWriter(dialect)
        writer.write(expression)
        return writer.text
    }

    public func print(_ type: TypeName) -> String {
        var writer = SQLWriter(dialect)
        writer.write(type)
        return writer.text
    }

    public func print(_ name: ObjectReference) -> String {
        var writer = SQLWriter(dialect)
        writer.write(name)
        return writer.text
    }
}
