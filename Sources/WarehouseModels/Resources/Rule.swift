import WarehouseSQL

/// A test of a column of type `Base`.
public struct Rule<Base: SQLValue>: Expecting {
    var test: ColumnTest

    /// When failures count.
    public var expectation: TestExpectation {
        get { test.expectation }
        set { test.expectation = newValue }
    }

    init(_ test: ColumnTest) { self.test = test }

    /// No value is NULL.
    public static var notNull: Rule {
        Rule(ColumnTest("not_null", .failingRows { "\(column: $0) IS NULL" }))
    }

    /// No value but NULL occurs twice.
    public static var unique: Rule {
        Rule(ColumnTest("unique", .query { column, model in """
            SELECT \(column: column) AS UNIQUE_FIELD, COUNT(*) AS N_RECORDS FROM \(relation: model)
            WHERE \(column: column) IS NOT NULL GROUP BY \(column: column) HAVING COUNT(*) > 1
            """ }, probe: { "COUNT(\(column: $0)) - COUNT(DISTINCT \(column: $0))" }))
    }

    /// Every value but NULL is one of these.
    public static func accepted(_ values: [Base]) -> Rule {
        let literals = values.map(Base.literal)
        let list = Fragment(list: literals)
        let condition: @Sendable (String) -> Fragment = { column in
            literals.isEmpty ? "\(column: column) IS NOT NULL" : "\(column: column) NOT IN (\(fragment: list))"
        }
        return Rule(ColumnTest(
            "accepted_values", arguments: [("values", GenericTests.joined(literals))],
            .failingValues(condition)))
    }

    /// Every value but NULL occurs in a column of another relation.
    public static func relationship<R: Relation, Value: SQLValue>(
        to relation: R.Type, _ column: KeyPath<R.Columns, Expr<Value>>
    ) -> Rule where Value.Base == Base {
        let field = R.Columns.columnName(column, naming: R.naming) ?? "?"
        return Rule(ColumnTest(
            "relationships", arguments: [("field", field.lowercased()), ("to", "ref('\(R.name)')")],
            .query { column, model in """
                WITH CHILD AS (
                    SELECT \(column: column) AS FROM_FIELD FROM \(relation: model) WHERE \(column: column) IS NOT NULL),
                PARENT AS (SELECT \(column: field) AS TO_FIELD FROM \(R.self))
                SELECT CHILD.FROM_FIELD FROM CHILD LEFT JOIN PARENT ON CHILD.FROM_FIELD = PARENT.TO_FIELD
                WHERE PARENT.TO_FIELD IS NULL
                """ }))
    }
}

/// A test of one column, its type forgotten.
struct ColumnTest {
    enum Form {
        /// Rows for which the condition on the column holds are failures.
        case failingRows(@Sendable (_ column: String) -> Fragment)
        /// Values for which the condition on the column holds are failures, each once.
        case failingValues(@Sendable (_ column: String) -> Fragment)
        /// The query gives a row for each failure.
        case query(@Sendable (_ column: String, _ relation: any Relation.Type) -> Fragment)
    }
    /// dbt's name of it.
    var name: String
    /// The package that the test is known from, nil when it is dbt itself.
    var namespace: String?
    /// In dbt's order: by name.
    var arguments: [(name: String, value: String)]
    var form: Form
    /// Of a test whose query gives one row or none: the condition on aggregates of the relation under which it gives one.
    var failsIf: (@Sendable (_ column: String) -> Fragment)?
    /// An aggregate of the relation that is 0 only when there are no failures.
    var probe: (@Sendable (_ column: String) -> Fragment)?
    var expectation = TestExpectation()

    init(
        _ name: String, of namespace: String? = nil, arguments: [(name: String, value: String)] = [], _ form: Form,
        failsIf: (@Sendable (_ column: String) -> Fragment)? = nil,
        probe: (@Sendable (_ column: String) -> Fragment)? = nil
    ) {
        self.failsIf = failsIf
        self.probe = probe
        self.name = name
        self.namespace = namespace
        self.arguments = arguments
        self.form = form
    }
}
