/// The right side of a left join: a row of which every column may be missing.
@dynamicMemberLookup
public struct Maybe<Base: Row>: Sendable {
    let base: Base

    /// A column, which may now be NULL.
    public subscript<Value: SQLValue>(dynamicMember path: KeyPath<Base, Expr<Value>>) -> Expr<Value.Base?> {
        base[keyPath: path].optional
    }

    /// A row within the row, of which every column may be missing too.
    public subscript<Nested: Row>(dynamicMember path: KeyPath<Base, Nested>) -> Maybe<Nested> {
        Maybe<Nested>(base: base[keyPath: path])
    }
}
