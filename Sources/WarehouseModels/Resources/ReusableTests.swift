extension Query {
    /// The rows of a relation of which any column is NULL: what a macro `no_nulls_in_columns(relation)` gives in dbt.
    public mutating func rowsWithNulls<R: Relation>(in relation: R.Type) -> R.Columns {
        let row = from(relation)
        let conditions = row.trees.map { SyntaxTree.isNull($0) }
        if let any = SyntaxTree.logical(.or, conditions) { filter(Predicate(tree: any)) }
        return row
    }
}
