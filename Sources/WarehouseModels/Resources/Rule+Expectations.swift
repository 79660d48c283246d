import WarehouseSQL

// The most used tests of the package dbt_expectations that look at one column. As there, an aggregate that is NULL
// fails nothing.

private let package = "dbt_expectations"

/// A range of numbers, either end of which may be open.
private struct Bounds: Sendable {
    var low: Double?
    var high: Double?

    var arguments: [(name: String, value: String)] {
        var list: [(name: String, value: String)] = []
        if let high { list.append(("max_value", GenericTests.text(Double.literal(high)))) }
        if let low { list.append(("min_value", GenericTests.text(Double.literal(low)))) }
        return list
    }

    /// The condition that `value` lies outside.
    func isOutside(_ value: Fragment) -> Fragment {
        switch (low.map(Double.literal), high.map(Double.literal)) {
        case (let low?, let high?):
            "\(fragment: value) < \(tree: low) OR \(fragment: value) > \(tree: high)"
        case (let low?, nil): "\(fragment: value) < \(tree: low)"
        case (nil, let high?): "\(fragment: value) > \(tree: high)"
        case (nil, nil): "FALSE"
        }
    }
}

extension Rule {
    /// An aggregate of the column lies within bounds.
    private static func aggregate(
        _ name: String, _ bounds: Bounds, arguments: [(name: String, value: String)] = [],
        _ value: @escaping @Sendable (String) -> Fragment
    ) -> Rule {
        Rule(ColumnTest(name, of: package, arguments: bounds.arguments + arguments, .query { column, model in """
            SELECT AGGREGATE_VALUE FROM (
                SELECT \(fragment: value(column)) AS AGGREGATE_VALUE FROM \(relation: model)
            ) AS AGGREGATED WHERE \(fragment: bounds.isOutside("AGGREGATE_VALUE"))
            """ }, failsIf: { bounds.isOutside(value($0)) }))
    }

    /// So many different values that are not NULL.
    public static func distinctCount(_ count: Int) -> Rule {
        Rule(ColumnTest(
            "expect_column_distinct_count_to_equal", of: package, arguments: [("value", "\(count)")],
            .query { column, model in """
                SELECT AGGREGATE_VALUE FROM (
                    SELECT COUNT(DISTINCT \(column: column)) AS AGGREGATE_VALUE FROM \(relation: model)
                ) AS AGGREGATED WHERE AGGREGATE_VALUE <> \(tree: Int.literal(count))
                """ }, failsIf: { "COUNT(DISTINCT \(column: $0)) <> \(tree: Int.literal(count))" }))
    }

    /// The number of different values that are not NULL lies between the two.
    public static func distinctCount(atLeast low: Int? = nil, atMost high: Int? = nil) -> Rule {
        aggregate(
            "expect_column_unique_value_count_to_be_between", Bounds(low: low.map(Double.init), high: high.map(Double.init))
        ) { "COUNT(DISTINCT \(column: $0))" }
    }

    /// The number of different values divided by the number of rows lies between the two.
    public static func uniqueProportion(atLeast low: Double? = nil, atMost high: Double? = nil) -> Rule {
        aggregate("expect_column_proportion_of_unique_values_to_be_between", Bounds(low: low, high: high)) {
            "COUNT(DISTINCT \(column: $0)) / NULLIF(COUNT(\(column: $0)), 0)::FLOAT"
        }
    }
}

extension Rule where Base: SQLNumber {
    /// The mean lies between the two.
    public static func mean(atLeast low: Double? = nil, atMost high: Double? = nil) -> Rule {
        aggregate("expect_column_mean_to_be_between", Bounds(low: low, high: high)) { "AVG(\(column: $0))" }
    }
    /// The median lies between the two.
    public static func median(atLeast low: Double? = nil, atMost high: Double? = nil) -> Rule {
        aggregate("expect_column_median_to_be_between", Bounds(low: low, high: high)) { "MEDIAN(\(column: $0))" }
    }
    /// The least value lies between the two.
    public static func minimum(atLeast low: Double? = nil, atMost high: Double? = nil) -> Rule {
        aggregate("expect_column_min_to_be_between", Bounds(low: low, high: high)) { "MIN(\(column: $0))" }
    }
    /// The greatest value lies between the two.
    public static func maximum(atLeast low: Double? = nil, atMost high: Double? = nil) -> Rule {
        aggregate("expect_column_max_to_be_between", Bounds(low: low, high: high)) { "MAX(\(column: $0))" }
    }
    /// The sum lies between the two.
    public static func total(atLeast low: Double? = nil, atMost high: Double? = nil) -> Rule {
        aggregate("expect_column_sum_to_be_between", Bounds(low: low, high: high)) { "SUM(\(column: $0))" }
    }
    /// The sample's standard deviation lies between the two.
    public static func standardDeviation(atLeast low: Double? = nil, atMost high: Double? = nil) -> Rule {
        aggregate("expect_column_stdev_to_be_between", Bounds(low: low, high: high)) { "STDDEV(\(column: $0))" }
    }
    /// The quantile, 0.5 being the median, lies between the two.
    public static func quantile(_ quantile: Double, atLeast low: Double? = nil, atMost high: Double? = nil) -> Rule {
        let literal = Double.literal(quantile)
        return aggregate(
            "expect_column_quantile_values_to_be_between", Bounds(low: low, high: high),
            arguments: [("quantile", GenericTests.text(literal))]
        ) { "PERCENTILE_CONT(\(tree: literal)) WITHIN GROUP (ORDER BY \(column: $0))" }
    }
}

extension Rule where Base == String {
    /// The pattern matches somewhere in every value but NULL.
    public static func matching(regex: String) -> Rule {
        Rule(ColumnTest(
            "expect_column_values_to_match_regex", of: package, arguments: [("regex", regex)],
            .failingRows { "REGEXP_INSTR(\(column: $0), \(tree: SyntaxTree.text(regex))) = 0" }))
    }
    /// The pattern matches nowhere in any value.
    public static func notMatching(regex: String) -> Rule {
        Rule(ColumnTest(
            "expect_column_values_to_not_match_regex", of: package, arguments: [("regex", regex)],
            .failingRows { "REGEXP_INSTR(\(column: $0), \(tree: SyntaxTree.text(regex))) > 0" }))
    }
    /// Every value but NULL is LIKE the pattern.
    public static func like(_ pattern: String) -> Rule {
        Rule(ColumnTest(
            "expect_column_values_to_match_like_pattern", of: package, arguments: [("like_pattern", pattern)],
            .failingRows { "\(column: $0) NOT LIKE \(tree: SyntaxTree.text(pattern))" }))
    }
    /// The length in characters of every value but NULL lies between the two.
    public static func length(atLeast low: Int? = nil, atMost high: Int? = nil) -> Rule {
        let bounds = Bounds(low: low.map(Double.init), high: high.map(Double.init))
        return Rule(ColumnTest(
            "expect_column_value_lengths_to_be_between", of: package, arguments: bounds.arguments,
            .failingRows { bounds.isOutside("LENGTH(\(column: $0))") }))
    }
    /// Every value but NULL has so many characters.
    public static func length(_ count: Int) -> Rule {
        Rule(ColumnTest(
            "expect_column_value_lengths_to_equal", of: package, arguments: [("value", "\(count)")],
            .failingRows { "LENGTH(\(column: $0)) <> \(tree: Int.literal(count))" }))
    }
}

extension Rule where Base: SQLTime {
    /// At least one value lies within the last `interval` units before now. A time without a zone is taken as one of
    /// UTC.
    public static func recent(_ interval: Int, _ part: DatePart) -> Rule {
        let time: @Sendable (String) -> Fragment = { GenericTests.utc($0, Base.logicalType) }
        return Rule(ColumnTest(
            "expect_row_values_to_have_recent_data", of: package,
            arguments: [("datepart", part.rawValue), ("interval", "\(interval)")],
            .query { column, model in """
                SELECT NEWEST FROM (
                    SELECT MAX(\(fragment: time(column))) AS NEWEST FROM \(relation: model)
                    WHERE \(fragment: time(column)) <= SYSDATE()
                ) AS RECENT WHERE NEWEST IS NULL
                    OR NEWEST < DATEADD(\(raw: part.rawValue), \(tree: Int.literal(-interval)), SYSDATE())
                """ }))
    }
}
