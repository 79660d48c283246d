import WarehouseSQL

/// A test of a relation as a whole.
public struct Check<Columns: Row>: Expecting {
    enum Form {
        /// Rows for which the condition does not hold are failures; unknown holds.
        case condition((Columns) -> Predicate)
        /// The query gives a row for each failure. `columns` are the names of those the check is about.
        case query((_ columns: [String], _ relation: any Relation.Type) -> Fragment)
    }
    /// dbt's name of it.
    let name: String
    /// The package that the test is known from.
    let namespace: String
    /// The columns it is about.
    let columns: [PartialKeyPath<Columns>]
    /// In dbt's order, by name; the columns are added to them under `columnsArgument`.
    let arguments: [(name: String, value: String)]
    let columnsArgument: String
    let form: Form
    /// Of a check whose query gives one row or none: the condition on aggregates of the relation under which it gives
    /// one.
    let failsIf: Fragment?
    /// When failures count.
    public var expectation = TestExpectation()

    init(
        _ name: String, of namespace: String, columns: [PartialKeyPath<Columns>] = [], as columnsArgument: String = "",
        arguments: [(name: String, value: String)] = [], _ form: Form, failsIf: Fragment? = nil
    ) {
        self.failsIf = failsIf
        self.name = name
        self.namespace = namespace
        self.columns = columns
        self.columnsArgument = columnsArgument
        self.arguments = arguments
        self.form = form
    }

    /// No combination of values occurs twice (dbt_utils.unique_combination_of_columns).
    public static func unique(_ columns: PartialKeyPath<Columns>...) -> Check {
        Check(
            "unique_combination_of_columns", of: "dbt_utils", columns: columns, as: "combination_of_columns",
            .query { names, model in
                let list = Fragment(columns: names)
                return """
                    SELECT \(fragment: list) FROM \(relation: model) GROUP BY \(fragment: list) HAVING COUNT(*) > 1
                    """
            })
    }

    /// The condition holds for every row, or is unknown (dbt_utils.expression_is_true). `name` becomes part of the
    /// test's name.
    public static func expect(_ name: String, _ condition: @escaping (Columns) -> Predicate) -> Check {
        Check("expression_is_true", of: "dbt_utils", arguments: [("expression", name)], .condition(condition))
    }
}

extension Check {
    /// As many rows as another relation (dbt_utils.equal_rowcount).
    public static func sameRowCount<R: Relation>(as relation: R.Type) -> Check {
        Check(
            "equal_rowcount", of: "dbt_utils", arguments: [("compare_model", "ref('\(R.name)')")],
            .query { _, model in """
                SELECT A.N AS COUNT_A, B.N AS COUNT_B FROM (SELECT COUNT(*) AS N FROM \(relation: model)) AS A
                CROSS JOIN (SELECT COUNT(*) AS N FROM \(R.self)) AS B WHERE A.N <> B.N
                """ })
    }

    /// Fewer rows than another relation (dbt_utils.fewer_rows_than).
    public static func fewerRows<R: Relation>(than relation: R.Type) -> Check {
        Check(
            "fewer_rows_than", of: "dbt_utils", arguments: [("compare_model", "ref('\(R.name)')")],
            .query { _, model in """
                SELECT A.N AS COUNT_A, B.N AS COUNT_B FROM (SELECT COUNT(*) AS N FROM \(relation: model)) AS A
                CROSS JOIN (SELECT COUNT(*) AS N FROM \(R.self)) AS B WHERE A.N >= B.N
                """ })
    }

    /// The same rows as another relation, as far as the columns go (dbt_utils.equality). How often each occurs does
    /// not matter.
    public static func equality<R: Relation>(with relation: R.Type, _ columns: PartialKeyPath<Columns>...) -> Check {
        Check(
            "equality", of: "dbt_utils", columns: columns, as: "compare_columns",
            arguments: [("compare_model", "ref('\(R.name)')")],
            .query { names, model in
                let list = Fragment(columns: names)
                return """
                    (SELECT 'a_minus_b' AS WHICH_DIFF, A.* FROM (
                        SELECT \(fragment: list) FROM \(relation: model) EXCEPT
                        SELECT \(fragment: list) FROM \(R.self)) AS A)
                    UNION ALL
                    (SELECT 'b_minus_a' AS WHICH_DIFF, B.* FROM (
                        SELECT \(fragment: list) FROM \(R.self) EXCEPT
                        SELECT \(fragment: list) FROM \(relation: model)) AS B)
                    """
            })
    }

    /// The newest value of a time lies within the last `interval` units (dbt_utils.recency). Of no rows it holds. A time
    /// without a zone is taken as one of UTC.
    public static func recency(_ field: PartialKeyPath<Columns>, _ interval: Int, _ part: DatePart) -> Check {
        let type = Columns.columnType(field) ?? LocalDateTime.logicalType
        return Check(
            "recency", of: "dbt_utils", columns: [field], as: "field",
            arguments: [("datepart", part.rawValue), ("interval", "\(interval)")],
            .query { names, model in """
                SELECT MOST_RECENT FROM (
                    SELECT MAX(\(fragment: GenericTests.utc(names[0], type))) AS MOST_RECENT FROM \(relation: model)
                ) AS RECENCY
                WHERE MOST_RECENT < DATEADD(\(raw: part.rawValue), \(tree: Int.literal(-interval)), SYSDATE())
                """ })
    }

    /// Ranges from `lower` to `upper` do not overlap, within equal values of `partition` where it is given
    /// (dbt_utils.mutually_exclusive_ranges).
    public static func exclusiveRanges(
        lower: PartialKeyPath<Columns>, upper: PartialKeyPath<Columns>, partition: PartialKeyPath<Columns>? = nil,
        gaps: RangeGaps = .allowed, allowsEmpty: Bool = false
    ) -> Check {
        Check(
            "mutually_exclusive_ranges", of: "dbt_utils", columns: [lower, upper] + (partition.map { [$0] } ?? []),
            as: "bounds", arguments: [("gaps", gaps.rawValue)],
            .query { names, model in
                let division: Fragment = names.count > 2 ? "PARTITION BY \(column: names[2])" : ""
                return """
                    SELECT * FROM (
                        SELECT \(column: names[0]) AS LOWER_BOUND, \(column: names[1]) AS UPPER_BOUND,
                            LEAD(\(column: names[0])) OVER (
                                \(fragment: division) ORDER BY \(column: names[0]), \(column: names[1])
                            ) AS NEXT_LOWER_BOUND,
                            ROW_NUMBER() OVER (
                                \(fragment: division) ORDER BY \(column: names[0]) DESC, \(column: names[1]) DESC
                            ) = 1 AS IS_LAST_RECORD
                        FROM \(relation: model)
                    ) AS WINDOWED WHERE NOT (
                        COALESCE(LOWER_BOUND \(raw: allowsEmpty ? "<=" : "<") UPPER_BOUND, FALSE)
                        AND COALESCE(UPPER_BOUND \(raw: gaps.comparison) NEXT_LOWER_BOUND, IS_LAST_RECORD, FALSE))
                    """
            })
    }

    /// The number of rows lies between the two (dbt_expectations.expect_table_row_count_to_be_between).
    public static func rowCount(atLeast low: Int = 0, atMost high: Int? = nil) -> Check {
        let limit: Fragment = high.map { " OR N > \(tree: Int.literal($0))" } ?? ""
        return Check(
            "expect_table_row_count_to_be_between", of: "dbt_expectations",
            arguments: (high.map { [("max_value", "\($0)")] } ?? []) + [("min_value", "\(low)")],
            .query { _, model in """
                SELECT N FROM (SELECT COUNT(*) AS N FROM \(relation: model)) AS COUNTED
                WHERE N < \(tree: Int.literal(low))\(fragment: limit)
                """ },
            failsIf: """
                COUNT(*) < \(tree: Int.literal(low))\(
                    fragment: high.map { " OR COUNT(*) > \(tree: Int.literal($0))" } ?? "")
                """)
    }

    /// So many rows (dbt_expectations.expect_table_row_count_to_equal).
    public static func rowCount(_ count: Int) -> Check {
        Check(
            "expect_table_row_count_to_equal", of: "dbt_expectations", arguments: [("value", "\(count)")],
            .query { _, model in """
                SELECT N FROM (SELECT COUNT(*) AS N FROM \(relation: model)) AS COUNTED
                WHERE N <> \(tree: Int.literal(count))
                """ }, failsIf: "COUNT(*) <> \(tree: Int.literal(count))")
    }
}

/// What may lie between one range and the next.
public enum RangeGaps: String, Sendable {
    /// Nothing or something.
    case allowed
    /// Nothing.
    case notAllowed = "not_allowed"
    /// Something.
    case required

    var comparison: String {
        switch self {
        case .allowed: "<="
        case .notAllowed: "="
        case .required: "<"
        }
    }
}
