/// Makes random queries over the test's tables.
struct QueryGenerator {
    private var make: ExpressionGenerator
    private let tables: [TestTable]
    private var names = 0

    init(seed: UInt64, tables: [TestTable]) {
        make = ExpressionGenerator(random: SeededRandom(seed))
        self.tables = tables
    }

    /// A query with columns c0, c1, … of the kinds given.
    struct Query {
        var sql: String
        var kinds: [ValueKind]
    }

    /// A FROM clause, its columns and about how many rows it may have.
    private struct Source {
        var sql: String
        var columns: [TestColumn]
        var rows: Int
        var isJoin = false
    }

    mutating func query() -> Query {
        var query = make.random.chance(12) ? withCTE() : select(2)
        guard make.random.chance(45) else { return query }
        // All columns are keys, so that ties are equal rows and LIMIT is certain.
        let keys = query.kinds.indices.map { index in
            "\(index + 1)\(make.random.pick([" ASC", " DESC"])) NULLS \(make.random.pick(["FIRST", "LAST"]))"
        }.shuffled(using: &make.random)
        query.sql += " ORDER BY " + keys.joined(separator: ", ")
        if make.random.chance(60) {
            query.sql += " LIMIT \(make.random.pick([0, 1, 3, 10, 100])) OFFSET \(make.random.pick([0, 0, 1, 20]))"
        }
        return query
    }

    /// Statements that change a table, for comparing what is left in it.
    mutating func change(_ table: TestTable) -> String {
        let columns = TestTable.columns
        func set(_ kind: ValueKind, _ generator: inout ExpressionGenerator) -> String {
            let target = generator.column(kind, columns.filter { $0.name != "id" }) ?? "k"
            return "\(target) = \(generator.expression(kind, columns, 1))"
        }
        let condition = make.predicate(columns, 2)
        switch make.random.below(4) {
        case 0: return "DELETE FROM \(table.name) WHERE \(condition)"
        case 1:
            let other = make.random.pick(tables)
            let names = columns.map(\.name).joined(separator: ", ")
            return "INSERT INTO \(table.name) SELECT \(names) FROM \(other.name) WHERE id < 60 AND \(condition)"
        default:
            // Only kinds whose every expression fits the column.
            let kind = make.random.pick([ValueKind.integer, .real, .text, .date])
            return "UPDATE \(table.name) SET \(set(kind, &make)) WHERE \(condition)"
        }
    }

    private mutating func alias() -> String {
        names += 1
        return "t\(names)"
    }

    private mutating func table(atMost rows: Int) -> Source {
        let table = make.random.pick(tables.filter { $0.rowCount <= rows })
        let name = alias()
        let columns = TestTable.columns.map { TestColumn(name: "\(name).\($0.name)", kind: $0.kind) }
        return Source(sql: "\(table.name) \(name)", columns: columns, rows: table.rowCount)
    }

    private mutating func source(_ level: Int, atMost rows: Int) -> Source {
        guard level > 0, make.random.chance(25) else { return table(atMost: rows) }
        let inner = select(level - 1, atMost: rows), name = alias()
        let columns = inner.kinds.enumerated().map { TestColumn(name: "\(name).c\($0)", kind: $1) }
        return Source(sql: "(\(inner.sql)) \(name)", columns: columns, rows: rows)
    }

    private mutating func from(_ level: Int, atMost rows: Int) -> Source {
        var left = source(level, atMost: rows)
        while level > 0, left.rows < 30_000, make.random.chance(45) {
            let right = source(level - 1, atMost: max(7, min(400, 20_000 / max(1, left.rows))))
            let columns = left.columns + right.columns
            var kind = make.random.pick(["JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN"])
            // SQLite before 3.47 loses rows of a right side behind other joins.
            if left.isJoin, kind == "RIGHT JOIN" || kind == "FULL JOIN" { kind = "LEFT JOIN" }
            var conditions: [String] = []
            for _ in 0...make.random.below(2) {
                let key = make.random.pick([ValueKind.integer, .integer, .text, .date, .decimal])
                if let a = make.column(key, left.columns), let b = make.column(key, right.columns) {
                    conditions.append("\(a) \(make.random.chance(92) ? "=" : "IS NOT DISTINCT FROM") \(b)")
                }
            }
            if kind != "FULL JOIN", make.random.chance(35) { conditions.append(make.predicate(columns, 1)) }
            if conditions.isEmpty { kind = "CROSS JOIN" }
            let on = kind == "CROSS JOIN" ? "" : " ON " + conditions.joined(separator: " AND ")
            left = Source(sql: "\(left.sql) \(kind) \(right.sql)\(on)", columns: columns,
                          rows: left.rows * max(1, right.rows), isJoin: true)
        }
        return left
    }

    /// A predicate with a subquery in it, correlated or not.
    private mutating func subquery(_ outer: [TestColumn]) -> String {
        let inner = table(atMost: 400)
        var conditions = make.random.chance(50) ? [make.predicate(inner.columns, 1)] : []
        let key = make.random.pick([ValueKind.integer, .text, .date])
        if make.random.chance(60), let a = make.column(key, inner.columns), let b = make.column(key, outer) {
            conditions.append("\(a) = \(b)")
        }
        let tail = " FROM \(inner.sql)" + (conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND "))
        let kind = make.random.pick([ValueKind.integer, .text, .date])
        let not = make.random.chance(40) ? "NOT " : ""
        switch make.random.below(3) {
        case 0:
            let values = make.expression(kind, inner.columns, 1)
            return "(\(make.expression(kind, outer, 1)) \(not)IN (SELECT \(values)\(tail)))"
        case 1: return "(\(not)EXISTS (SELECT 1\(tail)))"
        default:
            let value = make.random.pick(["COUNT(*)", "MAX(\(make.expression(.integer, inner.columns, 1)))"])
            let left = make.expression(.integer, outer, 1)
            return "(\(left) \(make.random.pick(["=", "<", ">="])) (SELECT \(value)\(tail)))"
        }
    }

    private mutating func select(_ level: Int, atMost rows: Int = 2500) -> Query {
        if level > 0, make.random.chance(12) { return setOperation(atMost: rows) }
        let from = from(level, atMost: rows)
        var conditions = make.random.chance(60) ? [make.predicate(from.columns, 2)] : []
        if level > 0, make.random.chance(25) { conditions.append(subquery(from.columns)) }
        let glue = make.random.chance(75) ? " AND " : " OR "
        let tail = " FROM \(from.sql)" + (conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: glue))
        if make.random.chance(45) { return grouped(from, tail) }
        var kinds = (0...make.random.below(4)).map { _ in make.random.pick(ValueKind.allCases) }
        var items = kinds.map { make.expression($0, from.columns, 2) }
        if make.random.chance(22), let window = window(from.columns) {
            items.append(window)
            kinds.append(.integer)
        }
        return Query(sql: list(items, isDistinct: make.random.chance(12)) + tail, kinds: kinds)
    }

    private func list(_ items: [String], isDistinct: Bool = false) -> String {
        "SELECT \(isDistinct ? "DISTINCT " : "")"
            + items.enumerated().map { "\($1) AS c\($0)" }.joined(separator: ", ")
    }

    private mutating func grouped(_ from: Source, _ tail: String) -> Query {
        var items: [String] = [], kinds: [ValueKind] = [], keys: [String] = []
        for _ in 0..<make.random.below(4) {
            let kind = make.random.pick([ValueKind.integer, .integer, .text, .date, .decimal])
            guard let column = make.column(kind, from.columns) else { continue }
            keys.append(kind == .integer && make.random.chance(30) ? "(\(column) % 5)" : column)
            kinds.append(kind)
        }
        items = keys
        for _ in 0...make.random.below(4) {
            let (sql, kind) = make.aggregate(from.columns)
            items.append(sql)
            kinds.append(kind)
        }
        var sql = list(items) + tail
        if !keys.isEmpty { sql += " GROUP BY " + keys.joined(separator: ", ") }
        if !keys.isEmpty, make.random.chance(25) {
            sql += " HAVING COUNT(*) \(make.random.pick([">", "<=", "<>"])) \(make.random.between(0, 5))"
        }
        return Query(sql: sql, kinds: kinds)
    }

    /// An integer window function that no order of ties changes; nil without a unique column.
    private mutating func window(_ columns: [TestColumn]) -> String? {
        let ids = columns.filter { $0.name.hasSuffix(".id") }.map { "\($0.name) NULLS LAST" }
        guard let value = make.column(.integer, columns), let key = make.column(.date, columns) else { return nil }
        let partition = make.column(make.random.pick([.text, .integer]), columns)
        let part = partition.map { make.random.chance(60) ? "PARTITION BY \($0) " : "" } ?? ""
        let order = "ORDER BY \(key) \(make.random.pick(["ASC", "DESC"])) NULLS \(make.random.pick(["FIRST", "LAST"]))"
        if make.random.chance(30) { return "\(make.random.pick(["RANK", "DENSE_RANK"]))() OVER (\(part)\(order))" }
        let total = make.random.pick(["SUM(\(value))", "COUNT(\(value))", "MIN(\(value))", "MAX(\(value))", "COUNT(*)"])
        if make.random.chance(30) || ids.isEmpty { return "\(total) OVER (\(part)\(order))" }
        let frame = make.random.pick([
            "", " ROWS BETWEEN 3 PRECEDING AND CURRENT ROW", " ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING",
            " ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING", " ROWS BETWEEN 2 FOLLOWING AND 4 FOLLOWING",
        ])
        // Rows of an outer join may have equal ids, all NULL; then only what they share is certain.
        guard ids.count == 1, columns.count == TestTable.columns.count else { return "\(total) OVER (\(part)\(order))" }
        let ordered = "\(part)\(order), \(ids.joined(separator: ", "))"
        switch make.random.below(4) {
        case 0: return "ROW_NUMBER() OVER (\(ordered))"
        case 1: return "\(make.random.pick(["LAG", "LEAD"]))(\(value), \(make.random.between(1, 3))) OVER (\(ordered))"
        default: return "\(total) OVER (\(ordered)\(frame))"
        }
    }

    private mutating func setOperation(atMost rows: Int) -> Query {
        let kinds = (0...make.random.below(3)).map { _ in make.random.pick(ValueKind.allCases) }
        let sides = (0...make.random.between(1, 2)).map { _ in
            let from = table(atMost: rows)
            let sql = list(kinds.map { make.expression($0, from.columns, 1) }) + " FROM \(from.sql)"
            return make.random.chance(60) ? sql + " WHERE \(make.predicate(from.columns, 1))" : sql
        }
        // One word for all: the engines differ in how tightly INTERSECT binds.
        let word = make.random.pick(["UNION ALL", "UNION", "INTERSECT", "EXCEPT"])
        return Query(sql: sides.joined(separator: " \(word) "), kinds: kinds)
    }

    private mutating func withCTE() -> Query {
        let inner = select(1), name = alias()
        let columns = inner.kinds.enumerated().map { TestColumn(name: "\(name).c\($0)", kind: $1) }
        let items = inner.kinds.map { make.expression($0, columns, 1) }
        let outer = "\(list(items)) FROM \(name) WHERE \(make.predicate(columns, 1))"
        return Query(sql: "WITH \(name) AS (\(inner.sql)) \(outer)", kinds: inner.kinds)
    }
}
