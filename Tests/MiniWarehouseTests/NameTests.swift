import MiniWarehouse
import Testing
import WarehouseBasics

/// Quoted names, IDENTIFIER, USE, session variables and kept results.
@Suite struct NameTests {
    static let odd = ["lower", "With Space", "dot.ted", "quo\"te", "per%cent_under", "Ünïcödé 🎬", "semi;colon",
        "a'b", "$x", "new\nline"]

    @Test(arguments: odd) func anyNameWorksEverywhere(_ name: String) throws {
        let quoted = Identifiers.quoted(name)
        let bench = try Bench("CREATE DATABASE \(quoted); CREATE SCHEMA \(quoted); "
            + "CREATE TABLE \(quoted) (\(quoted) INT)")
        let full = "\(quoted).\(quoted).\(quoted)"
        try bench.run("INSERT INTO \(full) (\(quoted)) VALUES (1), (2); "
            + "UPDATE \(quoted) SET \(quoted) = 5 WHERE \(quoted) = 1")
        #expect(try bench.text("SELECT \(quoted) FROM \(full) ORDER BY 1") == "2\n5")
        #expect(try bench.run("SELECT \(quoted) FROM \(quoted)").columns[0].name == name)
        try bench.run("CREATE STAGE \(quoted); CREATE VIEW \(Identifiers.quoted(name + "v")) AS SELECT * FROM \(full)")
        try bench.put("a.csv", "3\n", to: "@\(full)")
        try bench.run("COPY INTO \(full) FROM @\(full)")
        #expect(try bench.text("SELECT COUNT(*), SUM(\(quoted)) FROM \(Identifiers.quoted(name + "v"))") == "3|10")
        #expect(try bench.run("LIST @\(quoted)").rowCount == 1)
        #expect(try bench.text("SELECT $1 FROM @\(full)") == "3")
        for kind in ["DATABASES", "TABLES", "STAGES"] {
            let like = name.map { "%_\\".contains($0) ? "\\\\\($0)" : $0 == "'" ? "''" : "\($0)" }.joined()
            #expect(try bench.run("SHOW \(kind) LIKE '\(like)'").rowCount == 1, "\(kind)")
        }
        try bench.run("USE DATABASE main; USE SCHEMA \(quoted).\(quoted); DESC TABLE \(quoted)")
        #expect(try bench.text("SELECT CURRENT_SCHEMA()") == name)
        try bench.run("GRANT SELECT ON TABLE \(full) TO ROLE PUBLIC; ALTER TABLE \(quoted) RENAME TO plain; "
            + "DROP DATABASE \(quoted)")
        try bench.warehouse.session.use(database: "MAIN")
    }

    @Test func showLikeAndItsKin() throws {
        let bench = try Bench("CREATE TABLE ab (n INT); CREATE TABLE a_b (n INT); CREATE TABLE axb (n INT); "
            + "CREATE TABLE \"a%b\" (n INT)")
        func names(_ show: String) throws -> String {
            try bench.run(show)
            return try bench.text("SELECT LISTAGG(\"name\", ' ') FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))")
        }
        #expect(try names("SHOW TABLES LIKE 'A_B'") == "AXB A_B a%b")
        #expect(try names("SHOW TABLES LIKE 'a\\\\_b'") == "A_B")
        #expect(try names("SHOW TABLES LIKE 'a\\\\%b'") == "a%b")
        #expect(try names("SHOW TABLES LIKE 'a%'") == "AB AXB A_B a%b")
        #expect(try names("SHOW TABLES STARTS WITH 'A'") == "AB AXB A_B")
        #expect(try names("SHOW TABLES STARTS WITH 'a'") == "a%b")
        #expect(try names("SHOW TABLES LIMIT 2") == "AB AXB")
        #expect(try names("SHOW TABLES LIMIT 2 FROM 'AXB'") == "A_B a%b")
        #expect(try names("SHOW TERSE TABLES IN SCHEMA main.public LIKE 'ab'".replacing("IN SCHEMA main.public LIKE "
            + "'ab'", with: "LIKE 'ab' IN SCHEMA main.public")) == "AB")
        #expect(try names("SHOW SCHEMAS IN DATABASE main") == "INFORMATION_SCHEMA PUBLIC")
        bench.fails("SHOW TABLES IN SCHEMA nope", .schemaNotFound)
        bench.fails("SHOW TABLES IN DATABASE nope", .schemaNotFound)
        bench.fails("CREATE SCHEMA information_schema", .alreadyExists)
    }

    @Test func useRules() throws {
        let bench = try Bench("CREATE DATABASE d; CREATE SCHEMA s")
        #expect(try bench.text("SELECT CURRENT_DATABASE(), CURRENT_SCHEMA()") == "D|S")
        try bench.run("USE DATABASE d")
        #expect(try bench.text("SELECT CURRENT_SCHEMA()") == "PUBLIC")
        try bench.run("USE d.s; CREATE TABLE t (n INT); USE SCHEMA main.public")
        #expect(try bench.text("SELECT COUNT(*) FROM d.s.t") == "0")
        bench.fails("SELECT * FROM t", .objectNotFound)
        bench.fails("USE DATABASE nope", .objectMissing)
        bench.fails("USE SCHEMA nope", .objectMissing)
        bench.fails("USE SCHEMA d.nope", .objectMissing)
        bench.fails("USE ROLE nope", .objectMissing)
        bench.fails("USE WAREHOUSE nope", .objectMissing)
        #expect(try bench.text("SELECT CURRENT_DATABASE(), CURRENT_SCHEMA()") == "MAIN|PUBLIC")
        try bench.run("CREATE ROLE r")
        bench.fails("USE ROLE r", .insufficientPrivileges)
        try bench.run("GRANT ROLE r TO USER ADMIN; USE ROLE r")
        #expect(try bench.text("SELECT CURRENT_ROLE()") == "R")
        #expect(try bench.text("SELECT COUNT(*) FROM d..t2".replacing("d..t2", with: "(SELECT 1)")) == "1")
    }

    @Test func identifierAndVariables() throws {
        let bench = try Bench("CREATE TABLE t (n INT); SET name = 'main.public.t'; SET (a, b) = (1, 'two')")
        try bench.run("INSERT INTO IDENTIFIER($name) VALUES ($a), (2)")
        #expect(try bench.text("SELECT COUNT(*), $b FROM IDENTIFIER('public.\"T\"')") == "2|two")
        try bench.run("SET total = (SELECT SUM(n) FROM t); SET dt = '2026-01-04'::DATE")
        #expect(try bench.text("SELECT $total + 1, $dt + 1") == "4|2026-01-05")
        try bench.run("UPDATE IDENTIFIER($name) SET n = 9 WHERE n = $a; "
            + "CREATE TABLE IDENTIFIER('made') AS SELECT 1 AS x")
        #expect(try bench.text("SELECT * FROM made") == "1")
        try bench.run("TRUNCATE TABLE IDENTIFIER($name); DROP TABLE IDENTIFIER('made'); UNSET a")
        bench.fails("SELECT $a", .missingVariable)
        bench.fails("SELECT * FROM IDENTIFIER($nothing)", nil, "NOTHING")
        bench.fails("SELECT * FROM IDENTIFIER('no such; thing')")
        bench.fails("SET (x, y) = (1, 2, 3)", .invalidValue)
        let other = bench.warehouse.makeSession()
        failure { _ = try other.execute("SELECT $b") }
        try bench.run("SHOW VARIABLES LIKE 'b'")
    }

    @Test func keptResults() throws {
        let bench = try Bench("CREATE TABLE t (n INT, s STRING); INSERT INTO t VALUES (1, 'a'), (2, NULL)")
        let first = try bench.run("SELECT n, s, SPLIT('x,y', ',') AS parts FROM t ORDER BY n")
        #expect(try bench.text("SELECT LAST_QUERY_ID()") == first.queryID)
        #expect(try bench.text("SELECT n, s, parts FROM TABLE(RESULT_SCAN('\(first.queryID)')) ORDER BY n DESC")
            == "2|NULL|[\"x\",\"y\"]\n1|a|[\"x\",\"y\"]")
        try bench.run("SHOW TABLES")
        #expect(try bench.text("SELECT \"name\", \"rows\" FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))") == "T|2")
        try bench.run("INSERT INTO t VALUES (3, 'c')")
        #expect(try bench.text("SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))") == "1")
        bench.fails("SELECT * FROM TABLE(RESULT_SCAN('no such id'))", .invalidValue, "no such id")
        let other = bench.warehouse.makeSession()
        failure { _ = try other.execute("SELECT * FROM TABLE(RESULT_SCAN('\(first.queryID)'))") }
    }
}
