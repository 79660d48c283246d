import Testing
import struct WarehouseSQL.SQLPrinter
@testable import WarehouseModels

/// Swift beside the SQL it prints.
@Suite struct ExpressionTests {
    struct Columns: Row {
        let id: Expr<Int64>
        let count: Expr<Int64?>
        let price: Expr<Double?>
        let name: Expr<String>
        let note: Expr<String?>
        let moment: Expr<Instant?>
        let seen: Expr<LocalDateTime>
        let born: Expr<Day?>
        let isNew: Expr<Bool?>
        let cost: Expr<Decimal128>
    }
    let t = Columns.reference(alias: "T", naming: .snakeCase)

    private func sql(_ expression: any AnyExpr) -> String { SQLPrinter().print(expression.tree) }
    private func sql(_ predicate: Predicate) -> String { SQLPrinter().print(predicate.tree) }

    @Test func comparisons() {
        #expect(sql(t.id == t.count) == "T.ID = T.COUNT")
        #expect(sql(t.count != 3) == "T.COUNT <> 3")
        #expect(sql(t.price >= -0.5) == "T.PRICE >= -0.5")
        #expect(sql(t.id < 1 && t.note.isNull && !(t.name == "it's")) ==
            "T.ID < 1 AND T.NOTE IS NULL AND NOT T.NAME = 'it''s'")
        #expect(sql((t.id < 1 || t.id > 5) && t.isNew == true) == "(T.ID < 1 OR T.ID > 5) AND T.IS_NEW = TRUE")
        #expect(sql(Predicate(t.isNew) || t.id.isIn([1, 2])) == "T.IS_NEW OR T.ID IN (1, 2)")
        #expect(sql(t.id.isIn([])) == "FALSE")
        #expect(sql(t.id.isBetween(1, 9)) == "T.ID BETWEEN 1 AND 9")
        #expect(sql(t.note.isDifferent(from: t.name)) == "T.NOTE IS DISTINCT FROM T.NAME")
        #expect(sql(t.note.isLike("a%")) == "T.NOTE LIKE 'a%'")
        #expect(sql((t.id > 1).value) == "T.ID > 1")
    }

    @Test func arithmetic() {
        #expect(sql((t.id + 1) * t.id) == "(T.ID + 1) * T.ID")
        #expect(sql(t.price - 0.1) == "T.PRICE - 0.1")
        #expect(sql(-t.price) == "-T.PRICE")
        let quotient: Expr<Decimal128> = t.id / t.id
        #expect(sql(quotient) == "T.ID / T.ID")
        #expect(sql(t.price.rounded(4)) == "ROUND(T.PRICE, 4)")
        #expect(sql(t.price.safelyDivided(by: t.id)) == "(T.PRICE / NULLIF(T.ID, 0))::FLOAT")
        #expect(sql(t.cost * Decimal128(unscaled: 125, scale: 2)) == "T.COST * 1.25")
    }

    @Test func texts() {
        let clean: Expr<String?> = t.note.trimmed.initcapped
        #expect(sql(clean) == "INITCAP(TRIM(T.NOTE))")
        let parts: Expr<[String]> = t.name.split(on: "|")
        let maybeParts: Expr<[String]?> = t.note.split(on: "|")
        #expect(sql(parts) == "SPLIT(T.NAME, '|')" && sql(maybeParts) == "SPLIT(T.NOTE, '|')")
        #expect(sql(concat(t.name, t.note)) == "T.NAME || T.NOTE")
        #expect(sql(t.name.md5) == "MD5(T.NAME)")
        #expect(sql(surrogateKey(t.id, t.note)) == "MD5(COALESCE(T.ID::VARCHAR, '_dbt_utils_surrogate_key_null_') "
            + "|| '-' || COALESCE(T.NOTE::VARCHAR, '_dbt_utils_surrogate_key_null_'))")
    }

    @Test func times() {
        let month: Expr<Instant?> = t.moment.truncated(to: .month)
        #expect(sql(month) == "DATE_TRUNC('MONTH', T.MOMENT)")
        let year: Expr<Int64?> = t.born.part(.year)
        let hour: Expr<Int64> = t.seen.part(.hour)
        #expect(sql(year) == "EXTRACT(YEAR FROM T.BORN)" && sql(hour) == "EXTRACT(HOUR FROM T.SEEN)")
        let local: Expr<LocalDateTime?> = t.moment.localDateTime
        #expect(sql(local) == "T.MOMENT::TIMESTAMP_NTZ")
        let instant: Expr<Instant?> = t.count.asInstant
        #expect(sql(instant) == "TO_TIMESTAMP_LTZ(T.COUNT)")
        // 1240597180 s: 2009-04-24 18:19:40 UTC.
        #expect(sql(t.moment > Instant(nanoseconds: 1_240_597_180_000_000_000))
            == "T.MOMENT > TIMESTAMP_LTZ '2009-04-24 18:19:40 +0000'")
        #expect(sql(t.seen < LocalDateTime(nanoseconds: -1))
            == "T.SEEN < TIMESTAMP_NTZ '1969-12-31 23:59:59.999999999'")
        #expect(sql(Expr(OffsetDateTime(nanoseconds: 0, offsetMinutes: -450)))
            == "TIMESTAMP_TZ '1969-12-31 16:30:00 -0730'")
        #expect(sql(t.born == Day(daysSinceEpoch: 59)) == "T.BORN = DATE '1970-03-01'")
    }

    @Test func nullsAndConditions() {
        let note: Expr<String> = t.note.or("none")
        #expect(sql(note) == "COALESCE(T.NOTE, 'none')")
        #expect(sql(t.note.or(t.name)) == "COALESCE(T.NOTE, T.NAME)")
        #expect(sql(when(t.id > 1, "many", else: "one")) == "CASE WHEN T.ID > 1 THEN 'many' ELSE 'one' END")
        let text: Expr<String?> = t.count.cast(to: String.self)
        #expect(sql(text) == "T.COUNT::VARCHAR")
        #expect(sql(Expr<Double>(0.1)) == "0.1::FLOAT")
        #expect(sql(Expr<String?>(nil)) == "NULL::VARCHAR")
        // 17 digits do not go through a decimal.
        #expect(sql(t.price == 0.10000000000000001) == "T.PRICE = 0.1")
        #expect(sql(t.price == 0.30000000000000004) == "T.PRICE = '0.30000000000000004'::FLOAT")
    }

    @Test func aggregatesAndWindows() {
        let mean: Expr<Double?> = avg(t.price)
        let exact: Expr<Decimal128?> = avg(t.id)
        #expect(sql(mean) == "AVG(T.PRICE)" && sql(exact) == "AVG(T.ID)")
        #expect(sql(countDistinct(t.id)) == "COUNT(DISTINCT T.ID)" && sql(WarehouseModels.count()) == "COUNT(*)")
        let window = Window.partition(by: t.name, t.note).order(by: t.price.descending, t.id.ascending.nullsFirst)
        #expect(sql(rowNumber(over: window))
            == "ROW_NUMBER() OVER (PARTITION BY T.NAME, T.NOTE ORDER BY T.PRICE DESC, T.ID NULLS FIRST)")
        #expect(sql(sum(t.price).over(.partition(by: t.name))) == "SUM(T.PRICE) OVER (PARTITION BY T.NAME)")
    }

    @Test func rawSQLKeepsItsExpressions() {
        let days = WarehouseModels.sql("DATEDIFF('day', \(t.seen), \(t.moment)) + \(value: 7)", as: Int64?.self)
        #expect(sql(days) == "DATEDIFF('day', T.SEEN, T.MOMENT) + 7")
        #expect(sql(WarehouseModels.sql(condition: "\(t.note) REGEXP '^a'")) == "T.NOTE RLIKE '^a'")
    }
}
