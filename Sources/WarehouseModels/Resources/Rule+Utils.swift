import WarehouseSQL

// The tests of the package dbt_utils that look at one column.

private let package = "dbt_utils"

extension Rule {
    /// At least one value is not NULL.
    public static var atLeastOne: Rule {
        Rule(ColumnTest("at_least_one", of: package, .query { column, model in """
            SELECT COUNT(*) AS FILLER_COLUMN FROM \(relation: model) HAVING COUNT(\(column: column)) = 0
            """ }, failsIf: { "COUNT(\(column: $0)) = 0" }))
    }

    /// There is not one value only.
    public static var notConstant: Rule {
        Rule(ColumnTest("not_constant", of: package, .query { column, model in """
            SELECT COUNT(DISTINCT \(column: column)) AS FILLER_COLUMN FROM \(relation: model)
            HAVING COUNT(DISTINCT \(column: column)) = 1
            """ }, failsIf: { "COUNT(DISTINCT \(column: $0)) = 1" }))
    }

    /// The part of values that are not NULL lies between the two, both included.
    public static func notNullProportion(atLeast low: Double, atMost high: Double = 1) -> Rule {
        let (low, high) = (Double.literal(low), Double.literal(high))
        return Rule(ColumnTest(
            "not_null_proportion", of: package,
            arguments: [("at_least", GenericTests.text(low)), ("at_most", GenericTests.text(high))],
            .query { column, model in """
                SELECT PROPORTION FROM (
                    SELECT COUNT(\(column: column)) / NULLIF(COUNT(*), 0)::FLOAT AS PROPORTION FROM \(relation: model)
                ) AS VALIDATION WHERE PROPORTION < \(tree: low) OR PROPORTION > \(tree: high)
                """ },
            failsIf: { column in
                let proportion: Fragment = "COUNT(\(column: column)) / NULLIF(COUNT(*), 0)::FLOAT"
                return """
                    \(fragment: proportion) < \(tree: low) OR \(fragment: proportion) > \(tree: high)
                    """
            }))
    }

    /// Every value but NULL lies between the two, which are included unless said otherwise; nil is no bound.
    public static func accepted(atLeast low: Base? = nil, atMost high: Base? = nil, inclusive: Bool = true) -> Rule {
        let (low, high) = (low.map(Base.literal), high.map(Base.literal))
        var arguments: [(name: String, value: String)] = inclusive ? [] : [("inclusive", "False")]
        if let high { arguments.append(("max_value", GenericTests.text(high))) }
        if let low { arguments.append(("min_value", GenericTests.text(low))) }
        return Rule(ColumnTest("accepted_range", of: package, arguments: arguments, .failingRows { column in
            var parts: [Fragment] = []
            if let low { parts.append("\(column: column) \(raw: inclusive ? "<" : "<=") \(tree: low)") }
            if let high { parts.append("\(column: column) \(raw: inclusive ? ">" : ">=") \(tree: high)") }
            switch parts.count {
            case 0: return "FALSE"
            case 1: return parts[0]
            default: return "\(fragment: parts[0]) OR \(fragment: parts[1])"
            }
        }))
    }

    /// No value is one of these.
    public static func notAccepted(_ values: [Base]) -> Rule {
        let literals = values.map(Base.literal)
        let list = Fragment(list: literals)
        return Rule(ColumnTest(
            "not_accepted_values", of: package, arguments: [("values", GenericTests.joined(literals))],
            .failingValues { column in
                literals.isEmpty ? "FALSE" : "\(column: column) IN (\(fragment: list))"
            }))
    }

    /// Every value but NULL that meets `fromCondition` occurs among the values of another relation's column that meet
    /// `toCondition`. The conditions are SQL on the columns of their relations.
    public static func relationship<R: Relation, Value: SQLValue>(
        to relation: R.Type, _ column: KeyPath<R.Columns, Expr<Value>>, fromCondition: Fragment,
        toCondition: Fragment = "1 = 1"
    ) -> Rule where Value.Base == Base {
        let field = R.Columns.columnName(column, naming: R.naming) ?? "?"
        return Rule(ColumnTest(
            "relationships_where", of: package, arguments: [
                ("field", field.lowercased()), ("from_condition", fromCondition.text), ("to", "ref('\(R.name)')"),
                ("to_condition", toCondition.text),
            ],
            .query { column, model in """
                WITH LEFT_TABLE AS (
                    SELECT \(column: column) AS ID FROM \(relation: model)
                    WHERE \(column: column) IS NOT NULL AND (\(fragment: fromCondition))),
                RIGHT_TABLE AS (
                    SELECT \(column: field) AS ID FROM \(R.self)
                    WHERE \(column: field) IS NOT NULL AND (\(fragment: toCondition)))
                SELECT LEFT_TABLE.ID FROM LEFT_TABLE LEFT JOIN RIGHT_TABLE ON LEFT_TABLE.ID = RIGHT_TABLE.ID
                WHERE RIGHT_TABLE.ID IS NULL
                """ }))
    }

    /// Each value occurs as often as in a column of another relation.
    public static func sameCardinality<R: Relation, Value: SQLValue>(
        as relation: R.Type, _ column: KeyPath<R.Columns, Expr<Value>>
    ) -> Rule where Value.Base == Base {
        let field = R.Columns.columnName(column, naming: R.naming) ?? "?"
        return Rule(ColumnTest(
            "cardinality_equality", of: package, arguments: [("field", field.lowercased()), ("to", "ref('\(R.name)')")],
            .query { column, model in """
                WITH TABLE_A AS (
                    SELECT \(column: column) AS ID, COUNT(*) AS NUM_ROWS FROM \(relation: model) GROUP BY 1),
                TABLE_B AS (SELECT \(column: field) AS ID, COUNT(*) AS NUM_ROWS FROM \(R.self) GROUP BY 1)
                (SELECT * FROM TABLE_A EXCEPT SELECT * FROM TABLE_B) UNION ALL
                (SELECT * FROM TABLE_B EXCEPT SELECT * FROM TABLE_A)
                """ }))
    }
}

extension Rule where Base == String {
    /// No value is empty; spaces at both ends do not count unless said otherwise.
    public static func notEmpty(trimming: Bool = true) -> Rule {
        Rule(ColumnTest(
            "not_empty_string", of: package, arguments: trimming ? [] : [("trim_whitespace", "False")],
            .failingRows { trimming ? "TRIM(\(column: $0)) = ''" : "\(column: $0) = ''" }))
    }
    /// No value is empty or of spaces only.
    public static var notEmpty: Rule { notEmpty() }
}

extension Rule where Base: SQLNumber {
    /// In their order, each value is the one before plus `interval`.
    public static func sequential(interval: Int = 1) -> Rule {
        Rule(ColumnTest(
            "sequential_values", of: package, arguments: interval == 1 ? [] : [("interval", "\(interval)")],
            .query { column, model in """
                SELECT * FROM (
                    SELECT \(column: column) AS VALUE_FIELD,
                        LAG(\(column: column)) OVER (ORDER BY \(column: column)) AS PREVIOUS
                    FROM \(relation: model)
                ) AS WINDOWED WHERE NOT (VALUE_FIELD = PREVIOUS + \(tree: Int.literal(interval)))
                """ }))
    }
}

extension Rule where Base: SQLTime {
    /// In their order, each value is the one before plus `interval` of a unit.
    public static func sequential(interval: Int = 1, _ part: DatePart) -> Rule {
        Rule(ColumnTest(
            "sequential_values", of: package,
            arguments: [("datepart", part.rawValue)] + (interval == 1 ? [] : [("interval", "\(interval)")]),
            .query { column, model in """
                SELECT * FROM (
                    SELECT \(column: column) AS VALUE_FIELD,
                        LAG(\(column: column)) OVER (ORDER BY \(column: column)) AS PREVIOUS
                    FROM \(relation: model)
                ) AS WINDOWED
                WHERE NOT (VALUE_FIELD = DATEADD(\(raw: part.rawValue), \(tree: Int.literal(interval)), PREVIOUS))
                """ }))
    }
}
