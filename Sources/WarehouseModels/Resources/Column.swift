import WarehouseSQL

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

/// A test of a column of type `Base`.
public struct Rule<Base: SQLValue> {
    var test: ColumnTest

    /// No value is NULL.
    public static var notNull: Rule { Rule(test: ColumnTest(kind: .notNull)) }
    /// No value but NULL occurs twice.
    public static var unique: Rule { Rule(test: ColumnTest(kind: .unique)) }
    /// Every value but NULL is one of these.
    public static func accepted(_ values: [Base]) -> Rule {
        Rule(test: ColumnTest(kind: .acceptedValues(values.map(Base.literal))))
    }
    /// Every value but NULL occurs in a column of another relation.
    public static func relationship<R: Relation, Value: SQLValue>(
        to relation: R.Type, _ column: KeyPath<R.Columns, Expr<Value>>
    ) -> Rule where Value.Base == Base {
        Rule(test: ColumnTest(kind: .relationship(
            relation, column: R.Columns.columnName(column, naming: R.naming) ?? "?")))
    }

    /// The same test, whose failures are warnings.
    public var warning: Rule { expecting(TestExpectation(severity: .warn)) }

    /// The same test, with its own idea of when failures count.
    public func expecting(_ expectation: TestExpectation) -> Rule {
        var copy = self
        copy.test.expectation = expectation
        return copy
    }
}

/// A test of one column, its type forgotten.
struct ColumnTest {
    enum Kind {
        case notNull
        case unique
        case acceptedValues([Expression])
        case relationship(any Relation.Type, column: String)
    }
    var kind: Kind
    var expectation = TestExpectation()
}

/// When a test's failures count.
public struct TestExpectation: Hashable, Sendable {
    /// What too many failures are.
    public enum Severity: String, Sendable { case error, warn }

    /// What failures are.
    public var severity: Severity
    /// A condition on the number of failures, such as `!= 0` or `> 10`: an error when it holds.
    public var errorIf: String
    /// A condition on the number of failures: a warning when it holds.
    public var warnIf: String
    /// At most so many failures are counted.
    public var limit: Int?

    /// By default any failure is an error.
    public init(severity: Severity = .error, errorIf: String = "!= 0", warnIf: String = "!= 0", limit: Int? = nil) {
        self.severity = severity
        self.errorIf = errorIf
        self.warnIf = warnIf
        self.limit = limit
    }
}

/// A test of a relation as a whole.
public struct Check<Columns: Row> {
    enum Kind {
        case uniqueCombination([PartialKeyPath<Columns>])
        case expression((Columns) -> Predicate)
    }
    let name: String
    let kind: Kind
    var expectation = TestExpectation()

    /// No combination of values occurs twice (dbt_utils.unique_combination_of_columns).
    public static func unique(_ columns: PartialKeyPath<Columns>...) -> Check {
        Check(name: "unique_combination_of_columns", kind: .uniqueCombination(columns))
    }
    /// The condition holds for every row, or is unknown (dbt_utils.expression_is_true). `name` becomes part of the
    /// test's name.
    public static func expect(_ name: String, _ condition: @escaping (Columns) -> Predicate) -> Check {
        Check(name: name, kind: .expression(condition))
    }
    /// The same test, with its own idea of when failures count.
    public func expecting(_ expectation: TestExpectation) -> Check {
        var copy = self
        copy.expectation = expectation
        return copy
    }
}
