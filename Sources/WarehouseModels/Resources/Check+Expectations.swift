import WarehouseSQL

// Tests of the package dbt_expectations that look at several columns. As there, a comparison that is NULL fails nothing.

private let package = "dbt_expectations"

extension Check {
    /// One column's value is greater than another's
    /// (dbt_expectations.expect_column_pair_values_A_to_be_greater_than_B).
    public static func greater<A: SQLValue, B: SQLValue>(
        _ column: KeyPath<Columns, Expr<A>>, than other: KeyPath<Columns, Expr<B>>, orEqual: Bool = false
    ) -> Check where A.Base == B.Base {
        Check(
            "expect_column_pair_values_A_to_be_greater_than_B", of: package, columns: [column, other], as: "columns",
            arguments: orEqual ? [("or_equal", "True")] : [],
            .condition { row in
                Predicate(tree: SyntaxTree.binary(
                    orEqual ? .greaterOrEqual : .greater, row[keyPath: column].tree, row[keyPath: other].tree))
            })
    }

    /// Two columns are equal (dbt_expectations.expect_column_pair_values_to_be_equal).
    public static func equal<A: SQLValue, B: SQLValue>(
        _ column: KeyPath<Columns, Expr<A>>, _ other: KeyPath<Columns, Expr<B>>
    ) -> Check where A.Base == B.Base {
        Check(
            "expect_column_pair_values_to_be_equal", of: package, columns: [column, other], as: "columns",
            .condition { row in
                Predicate(tree: SyntaxTree.binary(.equal, row[keyPath: column].tree, row[keyPath: other].tree))
            })
    }

    /// The columns of a row hold as many different values as they are; of NULL there is none. A row whose columns are
    /// all NULL is passed over
    /// (dbt_expectations.expect_select_column_values_to_be_unique_within_record).
    public static func uniqueWithinRecord(_ columns: PartialKeyPath<Columns>...) -> Check {
        Check(
            "expect_select_column_values_to_be_unique_within_record", of: package, columns: columns, as: "column_list",
            .query { names, model in
                var pairs: [Fragment] = []
                for (index, name) in names.enumerated() {
                    for other in names[(index + 1)...] {
                        pairs.append("COALESCE(\(column: name) = \(column: other), TRUE)")
                    }
                }
                let anyPair = Check.joined(pairs, by: " OR ", empty: "FALSE")
                let anyValue = Check.joined(names.map { "\(column: $0) IS NOT NULL" }, by: " OR ", empty: "FALSE")
                return """
                    SELECT \(fragment: Fragment(columns: names)) FROM \(relation: model)
                    WHERE (\(fragment: anyValue)) AND (\(fragment: anyPair))
                    """
            })
    }

    /// The sums of the columns add up to a number (dbt_expectations.expect_multicolumn_sum_to_equal).
    public static func total(of columns: PartialKeyPath<Columns>..., equals sum: Double) -> Check {
        Check(
            "expect_multicolumn_sum_to_equal", of: package, columns: columns, as: "column_list",
            arguments: [("sum_total", GenericTests.text(Double.literal(sum)))],
            .query { names, model in
                let total = Check.joined(names.map { "SUM(\(column: $0))" }, by: " + ", empty: "NULL")
                return """
                    SELECT TOTAL FROM (SELECT \(fragment: total) AS TOTAL FROM \(relation: model)) AS ADDED
                    WHERE TOTAL <> \(tree: Double.literal(sum))
                    """
            })
    }

    /// In the order of another column no value is less than the one before, or, when `strictly`, equal to it
    /// (dbt_expectations.expect_column_values_to_be_increasing).
    public static func increasing(
        _ column: PartialKeyPath<Columns>, by order: PartialKeyPath<Columns>, strictly: Bool = true
    ) -> Check { ordered("increasing", column, order, strictly, strictly ? ">" : ">=") }

    /// In the order of another column no value is greater than the one before, or, when `strictly`, equal to it
    /// (dbt_expectations.expect_column_values_to_be_decreasing).
    public static func decreasing(
        _ column: PartialKeyPath<Columns>, by order: PartialKeyPath<Columns>, strictly: Bool = true
    ) -> Check { ordered("decreasing", column, order, strictly, strictly ? "<" : "<=") }

    private static func ordered(
        _ word: String, _ column: PartialKeyPath<Columns>, _ order: PartialKeyPath<Columns>, _ strictly: Bool,
        _ comparison: String
    ) -> Check {
        Check(
            "expect_column_values_to_be_\(word)", of: package, columns: [column, order], as: "columns",
            arguments: strictly ? [] : [("strictly", "False")],
            .query { names, model in """
                SELECT * FROM (
                    SELECT \(column: names[0]) AS VALUE_FIELD,
                        LAG(\(column: names[0])) OVER (ORDER BY \(column: names[1])) AS VALUE_FIELD_LAG
                    FROM \(relation: model)
                ) AS WINDOWED WHERE NOT (VALUE_FIELD \(raw: comparison) VALUE_FIELD_LAG)
                """ })
    }

    /// In each group of rows with equal keys at least one time lies within the last `interval` units before now; a time
    /// without a zone is taken as one of UTC
    /// (dbt_expectations.expect_grouped_row_values_to_have_recent_data).
    public static func recent(
        _ time: PartialKeyPath<Columns>, by keys: PartialKeyPath<Columns>..., within interval: Int, _ part: DatePart
    ) -> Check {
        let type = Columns.columnType(time) ?? LocalDateTime.logicalType
        return Check(
            "expect_grouped_row_values_to_have_recent_data", of: package, columns: [time] + keys, as: "columns",
            arguments: [("datepart", part.rawValue), ("interval", "\(interval)")],
            .query { names, model in
                let keys = Fragment(columns: Array(names.dropFirst()))
                return """
                    SELECT * FROM (
                        SELECT \(fragment: keys), MAX(\(fragment: GenericTests.utc(names[0], type))) AS NEWEST
                        FROM \(relation: model) WHERE \(fragment: GenericTests.utc(names[0], type)) <= SYSDATE()
                        GROUP BY \(fragment: keys)
                    ) AS RECENT
                    WHERE NEWEST < DATEADD(\(raw: part.rawValue), \(tree: Int.literal(-interval)), SYSDATE())
                    """
            })
    }

    private static func joined(_ parts: [Fragment], by separator: String, empty: Fragment) -> Fragment {
        guard var result = parts.first else { return empty }
        for part in parts.dropFirst() { result = "\(fragment: result)\(raw: separator)\(fragment: part)" }
        return result
    }
}
