import WarehouseSQL

// More tests of the package dbt_expectations that look at the values of one column.

private let package = "dbt_expectations"

extension Rule {
    /// Every value is NULL.
    public static var null: Rule {
        Rule(ColumnTest("expect_column_values_to_be_null", of: package, .failingRows { "\(column: $0) IS NOT NULL" }))
    }

    /// Each of the `count` values that occur most often is one of these; of equally many the smaller counts.
    public static func mostCommon(_ count: Int = 1, in values: [Base]) -> Rule {
        let literals = values.map(Base.literal)
        let list = Fragment(list: literals)
        return Rule(ColumnTest(
            "expect_column_most_common_value_to_be_in_set", of: package,
            arguments: [("top_n", "\(count)"), ("value_set", GenericTests.joined(literals))],
            .query { column, model in """
                SELECT VALUE_FIELD FROM (
                    SELECT \(column: column) AS VALUE_FIELD, ROW_NUMBER() OVER (
                        ORDER BY COUNT(*) DESC, \(column: column)) AS PLACE
                    FROM \(relation: model) WHERE \(column: column) IS NOT NULL GROUP BY \(column: column)
                ) AS COUNTED
                WHERE PLACE <= \(tree: Int.literal(count))\(
                    fragment: literals.isEmpty ? "" : " AND VALUE_FIELD NOT IN (\(fragment: list))")
                """ }))
    }
}

extension Rule where Base: SQLNumber {
    /// Every value but NULL lies within so many standard deviations of the mean.
    public static func withinStandardDeviations(_ count: Double) -> Rule {
        let literal = Double.literal(count)
        return Rule(ColumnTest(
            "expect_column_values_to_be_within_n_stdevs", of: package,
            arguments: [("sigma_threshold", GenericTests.text(literal))],
            .query { column, model in """
                SELECT \(column: column) AS VALUE_FIELD FROM \(relation: model) QUALIFY
                    ABS(\(column: column) - AVG(\(column: column)) OVER ())
                        / NULLIF(STDDEV(\(column: column)) OVER (), 0) > \(tree: literal)
                """ }))
    }
}
