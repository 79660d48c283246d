/// A column's meaning, and the tests it must pass.
/// ```swift
/// .column(\.movieId, "The film.", .notNull, .unique)
/// ```
public struct Column<Columns: Row> {
    let path: PartialKeyPath<Columns>
    let about: String
    let tests: [ColumnTest]

    /// Takes the column, what it means, and its tests, whose values are of the column's type.
    public static func column<Value: SQLValue>(
        _ path: KeyPath<Columns, Expr<Value>>, _ about: String, _ tests: Rule<Value.Base>...
    ) -> Column { Column(path: path, about: about, tests: tests.map(\.test)) }
}
