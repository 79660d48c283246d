import WarehouseBasics
import WarehouseSQL

// What macros of dbt_utils do in dbt.

/// `SUM(CASE WHEN p THEN x ELSE 0 END)`: a column of a pivot (dbt_utils.pivot).
/// ```swift
/// Columns(user: o.user, open: sum(o.amount, where: o.status == "open"), paid: sum(o.amount, where: o.status == "paid"))
/// ```
public func sum<N: SQLNumber>(_ expression: Expr<N>, where condition: Predicate) -> Expr<N> {
    let chosen = Expression(.conditional(CaseExpression(
        branches: [CaseBranch(condition: condition.tree, result: expression.tree)], otherwise: Int.literal(0))))
    return Expr(tree: SyntaxTree.call("SUM", chosen))
}

/// `COALESCE(a, 0) + COALESCE(b, 0) + …` (dbt_utils.safe_add).
public func safeSum<N: SQLNumber>(_ first: Expr<N>, _ others: Expr<N>...) -> Expr<N.Base> {
    var tree = SyntaxTree.call("COALESCE", first.tree, Int.literal(0))
    for other in others {
        tree = SyntaxTree.binary(.add, tree, SyntaxTree.call("COALESCE", other.tree, Int.literal(0)))
    }
    return Expr<N.Base>(tree: tree)
}

/// `COALESCE(a, 0) - COALESCE(b, 0) - …` (dbt_utils.safe_subtract).
public func safeDifference<N: SQLNumber>(_ first: Expr<N>, _ others: Expr<N>...) -> Expr<N.Base> {
    var tree = SyntaxTree.call("COALESCE", first.tree, Int.literal(0))
    for other in others {
        tree = SyntaxTree.binary(.subtract, tree, SyntaxTree.call("COALESCE", other.tree, Int.literal(0)))
    }
    return Expr<N.Base>(tree: tree)
}

extension Expr where Value.Base == String {
    /// The text without spaces at both ends; NULL where nothing is left (dbt_utils.nullcheck's blank strings).
    public var nonEmpty: Expr<String?> {
        Expr<String?>(tree: SyntaxTree.call("NULLIF", SyntaxTree.call("TRIM", tree), SyntaxTree.text("")))
    }
}

extension Query {
    /// Of rows with equal keys only the first in this order (dbt_utils.deduplicate): `QUALIFY ROW_NUMBER() … = 1`.
    public mutating func deduplicate(by keys: any AnyExpr..., order: Order...) {
        let window = Window(specification: WindowSpecification(
            partitionBy: keys.map(\.tree), orderBy: order.map(\.item)))
        qualify(rowNumber(over: window) == 1)
    }

    /// Starts with a row for each unit of time from `start` to before `end` (dbt_utils.date_spine).
    /// ```swift
    /// let day = q.dateSpine(from: Day(year: 2026, month: 1, day: 1)!, to: Day(year: 2027, month: 1, day: 1)!)
    /// ```
    public mutating func dateSpine(from start: Day, to end: Day, by part: DatePart = .day) -> Expr<Day> {
        let days = max(0, end.daysSinceEpoch - start.daysSinceEpoch)
        // Units shorter than a day, and parts that are no lengths, have no days of their own.
        let isLength = [DatePart.year, .quarter, .month, .week, .day].contains(part)
        if !isLength || days > Query.maximumSpine {
            problems.append(QueryProblem(text: isLength
                ? "dateSpine covers \(days) days; at most \(Query.maximumSpine) fit"
                : "dateSpine goes by year, quarter, month, week or day, not \(part.rawValue)"))
        }
        let spine = from { (inner: inout Query) -> SpineRow in
            inner.raw("""
                SELECT DATEADD(\(raw: part.rawValue), NUMBER, \(tree: Day.literal(start)))::DATE AS DAY FROM (
                    SELECT ROW_NUMBER() OVER (ORDER BY SEQ4()) - 1 AS NUMBER
                    FROM TABLE(GENERATOR(ROWCOUNT => \(tree: Int.literal(min(days, Query.maximumSpine)))))
                ) AS NUMBERS
                """, as: SpineRow.self)
        }
        filter(spine.day < end)
        return spine.day
    }

    private static let maximumSpine = 4_000_000
}

/// The row of a spine of dates.
struct SpineRow: Row { let day: Expr<Day> }
