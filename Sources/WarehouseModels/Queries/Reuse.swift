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

/// A text as a name of a column or an alias: lower case, `_` for spaces and hyphens, without all else but letters, digits
/// and `_`, and with `_` before a digit at its start (dbt_utils.slugify).
/// ```swift
/// slugify("!Hell0 world-hi")         // hell0_world_hi
/// ```
public func slugify(_ text: String) -> String {
    var result = ""
    var wasSpace = false
    for scalar in text.lowercased().unicodeScalars {
        let isSpace = scalar == " " || scalar == "-"
        if isSpace && !wasSpace { result += "_" }
        wasSpace = isSpace
        if ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "_" { result.unicodeScalars.append(scalar) }
    }
    return result.unicodeScalars.first.map { ("0"..."9").contains($0) } == true ? "_" + result : result
}

/// The length of the shortest way between two places on a ball of the Earth's size, given in degrees
/// (dbt_utils.haversine_distance): in miles, or in kilometres when `inKilometres`.
public func haversineDistance<A: SQLNumber, B: SQLNumber, C: SQLNumber, D: SQLNumber>(
    fromLatitude latitude: Expr<A>, longitude: Expr<B>, toLatitude: Expr<C>, longitude toLongitude: Expr<D>,
    inKilometres: Bool = false
) -> Expr<Double?> {
    let radius = Double.literal(inKilometres ? 3961 * 1.60934 : 3961)
    let fragment: Fragment = """
        2 * \(tree: radius) * ASIN(SQRT(
            POWER(SIN(RADIANS(\(tree: toLatitude.tree) - \(tree: latitude.tree)) / 2), 2)
            + COS(RADIANS(\(tree: latitude.tree))) * COS(RADIANS(\(tree: toLatitude.tree)))
                * POWER(SIN(RADIANS(\(tree: toLongitude.tree) - \(tree: longitude.tree)) / 2), 2)))
        """
    return Expr<Double?>(tree: SyntaxTree.cast(fragment.expression, to: .float))
}

extension Expr where Value.Base: SQLNumber {
    /// In which of `count` parts of the span from `low` to `high` a number lies: 0 below, `count` + 1 above
    /// (dbt_utils.width_bucket).
    public func widthBucket(from low: Double, to high: Double, count: Int) -> Expr<Int64?> {
        Expr<Int64?>(tree: SyntaxTree.call(
            "WIDTH_BUCKET", tree, Double.literal(low), Double.literal(high), Int.literal(count)))
    }
}

extension Expr where Value.Base == String {
    /// The host of a URL (dbt_utils.get_url_host).
    public var urlHost: Expr<String?> {
        let fragment: Fragment = "SPLIT_PART(SPLIT_PART(\(tree: withoutScheme), '/', 1), '?', 1)"
        return Expr<String?>(tree: fragment.expression)
    }
    /// The path of a URL, without what stands before the first `/` and behind `?` (dbt_utils.get_url_path).
    public var urlPath: Expr<String?> {
        let fragment: Fragment = """
            SPLIT_PART(IFF(POSITION('/', \(tree: withoutScheme)) > 0,
                SUBSTR(\(tree: withoutScheme), POSITION('/', \(tree: withoutScheme)) + 1), ''), '?', 1)
            """
        return Expr<String?>(tree: fragment.expression)
    }
    /// The value of a parameter in a URL, NULL where it has none (dbt_utils.get_url_parameter).
    public func urlParameter(_ name: String) -> Expr<String?> {
        let key = SyntaxTree.text(name + "=")
        let fragment: Fragment = "NULLIF(SPLIT_PART(SPLIT_PART(\(tree: tree), \(tree: key), 2), '&', 1), '')"
        return Expr<String?>(tree: fragment.expression)
    }

    private var withoutScheme: Expression {
        let fragment: Fragment = """
            REPLACE(REPLACE(REPLACE(\(tree: tree), 'android-app://', ''), 'http://', ''), 'https://', '')
            """
        return fragment.expression
    }

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

    /// Starts with the numbers from 1 to `count` (dbt_utils.generate_series).
    public mutating func series(_ count: Int) -> Expr<Int64> {
        if count < 1 || count > Query.maximumSpine {
            problems.append(QueryProblem(text: "series has \(count) numbers; give 1 to \(Query.maximumSpine)"))
        }
        let numbers = from { (inner: inout Query) -> NumberRow in
            inner.raw("""
                SELECT ROW_NUMBER() OVER (ORDER BY SEQ4()) AS NUMBER
                FROM TABLE(GENERATOR(ROWCOUNT => \(tree: Int.literal(max(1, min(count, Query.maximumSpine))))))
                """, as: NumberRow.self)
        }
        return numbers.number
    }

    /// Starts with a row for each row of `relation` and each of these columns, which must be of one type: its name as
    /// `field`, its value (dbt_utils.unpivot). NULLs stay. Gives the row that they come from too.
    public mutating func unpivot<R: Relation, V: SQLValue>(
        _ relation: R.Type, _ columns: KeyPath<R.Columns, Expr<V>>...
    ) -> (row: R.Columns, field: Expr<String>, value: Expr<V>) {
        let row = from(relation)
        let names = columns.map { R.Columns.columnName($0, naming: R.naming) ?? "?" }
        if names.isEmpty { problems.append(QueryProblem(text: "unpivot names no column; name some")) }
        let fields = crossJoin { (inner: inout Query) -> FieldRow in
            let rows = names.map { name -> Fragment in "(\(tree: SyntaxTree.text(name.lowercased())))" }
            var list: Fragment = rows.first ?? "('')"
            for row in rows.dropFirst() { list = "\(fragment: list), \(fragment: row)" }
            return inner.raw("SELECT COLUMN1 AS FIELD FROM VALUES \(fragment: list)", as: FieldRow.self)
        }
        var branches: [CaseBranch] = []
        for (name, column) in zip(names, columns) {
            branches.append(CaseBranch(
                condition: SyntaxTree.binary(.equal, fields.field.tree, SyntaxTree.text(name.lowercased())),
                result: row[keyPath: column].tree))
        }
        let value = branches.isEmpty
            ? SyntaxTree.null : Expression(.conditional(CaseExpression(branches: branches)))
        return (row, fields.field, Expr<V>(tree: value))
    }
}

/// The row of a series of numbers.
struct NumberRow: Row { let number: Expr<Int64> }

/// The row of a list of columns.
struct FieldRow: Row { let field: Expr<String> }

/// The row of a spine of dates.
struct SpineRow: Row { let day: Expr<Day> }
