import WarehouseSQL

/// A test of a model's logic: given these rows in place of what it reads, it must give those.
/// ```swift
/// enum PaidLinesOnly: UnitTest {
///     typealias Tested = FctLines
///     static var given: [Given] { [
///         .rows(of: RawOrderLines.self,
///             .with(\.orderID, 1).with(\.status, "paid").with(\.quantity, 2),
///             .with(\.orderID, 2).with(\.status, "open")),
///     ] }
///     static var expected: Expected<Tested.Columns> { .rows(.with(\.orderID, 1)) }
/// }
/// ```
/// It reads nothing of the warehouse, and runs before its model is built. Columns that are not given are NULL; columns
/// that are not expected are not compared.
public protocol UnitTest: Resource {
    /// The model whose query is tested.
    associatedtype Tested: Model
    /// Rows for each relation that the model reads.
    static var given: [Given] { get }
    /// The rows that the query must give, in any order.
    static var expected: Expected<Tested.Columns> { get }
    /// Whether the query is the one for adding to what is there, given by `Given.this`.
    static var isIncremental: Bool { get }
}

extension UnitTest {
    public static var isIncremental: Bool { false }
}

/// A row of constants, of which only the columns that matter are said.
public struct GivenRow<Columns: Row> {
    var values: [(path: PartialKeyPath<Columns>, value: Expression)] = []

    /// A row with a value in that column.
    public static func with<Value: SQLValue>(_ path: KeyPath<Columns, Expr<Value>>, _ value: Value) -> GivenRow {
        GivenRow().with(path, value)
    }

    /// The row with a value in that column too.
    public func with<Value: SQLValue>(_ path: KeyPath<Columns, Expr<Value>>, _ value: Value) -> GivenRow {
        var copy = self
        copy.values.append((path, Value.literal(value)))
        return copy
    }
}

/// Rows as they are written in a unit test.
enum FixtureRows {
    case empty
    /// A header with names of columns, and rows.
    case csv(String)
    /// For each row the values of the columns that are said, by their names; nil is no column.
    case values([[(column: String?, value: Expression)]])

    static func rows<C: Row>(_ rows: [GivenRow<C>], naming: ColumnNaming) -> FixtureRows {
        .values(rows.map { row in row.values.map { (C.columnName($0.path, naming: naming), $0.value) } })
    }
}

/// Rows in place of a relation that a model reads.
public struct Given {
    let relation: any Relation.Type
    let isThis: Bool
    let rows: FixtureRows

    /// These rows.
    public static func rows<R: Relation>(of relation: R.Type, _ rows: GivenRow<R.Columns>...) -> Given {
        Given(relation: relation, isThis: false, rows: .rows(rows, naming: R.naming))
    }
    /// Rows of CSV text, whose header names the columns that are given. Empty fields are NULL.
    public static func csv<R: Relation>(of relation: R.Type, _ text: String) -> Given {
        Given(relation: relation, isThis: false, rows: .csv(text))
    }
    /// No rows.
    public static func none<R: Relation>(of relation: R.Type) -> Given {
        Given(relation: relation, isThis: false, rows: .empty)
    }
    /// What an incremental model holds before it is added to.
    public static func this<M: Model>(_ model: M.Type, _ rows: GivenRow<M.Columns>...) -> Given {
        Given(relation: model, isThis: true, rows: .rows(rows, naming: M.naming))
    }
    /// What an incremental model holds before it is added to, as CSV text whose header names the columns that are given.
    public static func this<M: Model>(_ model: M.Type, csv text: String) -> Given {
        Given(relation: model, isThis: true, rows: .csv(text))
    }
}

/// The rows that a model must give.
public struct Expected<Columns: Row> {
    enum Kind {
        case csv(String)
        case rows([GivenRow<Columns>])
    }
    let kind: Kind

    /// These rows, in any order. Compared are the columns that any of them says.
    public static func rows(_ rows: GivenRow<Columns>...) -> Expected { Expected(kind: .rows(rows)) }
    /// Rows of CSV text, in any order. Compared are the columns that its header names.
    public static func csv(_ text: String) -> Expected { Expected(kind: .csv(text)) }
    /// No rows at all.
    public static var none: Expected { Expected(kind: .rows([])) }
}
