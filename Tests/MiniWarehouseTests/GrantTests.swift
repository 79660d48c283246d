import MiniWarehouse
import Testing
import WarehouseBasics

/// GRANT and REVOKE as the catalog keeps them.
@Suite struct GrantTests {
    private func bench() throws -> Bench {
        try Bench("CREATE DATABASE d; CREATE SCHEMA s; CREATE TABLE t1 (n INT); CREATE TABLE t2 (n INT); "
            + "CREATE VIEW v AS SELECT n FROM t1; CREATE STAGE st; CREATE FILE FORMAT f TYPE = CSV; "
                + "CREATE WAREHOUSE w; "
            + "CREATE ROLE r; CREATE ROLE p")
    }

    private func grants(_ bench: Bench, _ role: String = "r") throws -> [String] {
        try bench.run("SHOW GRANTS TO ROLE \(role)").textRows().map { "\($0[1] ?? "") \($0[2] ?? "") "
            + "\($0[3] ?? "")" }.sorted()
    }

    @Test func formsOfGrant() throws {
        let bench = try bench()
        try bench.run("""
            GRANT USAGE ON DATABASE d TO ROLE r; GRANT USAGE, CREATE TABLE ON SCHEMA d.s TO ROLE r;
            GRANT USAGE ON WAREHOUSE w TO r; GRANT SELECT ON ALL TABLES IN SCHEMA s TO ROLE r;
            GRANT SELECT ON VIEW v TO ROLE r; GRANT READ, WRITE ON STAGE st TO ROLE r;
            GRANT USAGE ON FILE FORMAT f TO ROLE r;
            GRANT CREATE DATABASE ON ACCOUNT TO ROLE r WITH GRANT OPTION;
            """)
        #expect(try grants(bench) == [
            "CREATE DATABASE ACCOUNT ACCOUNT", "CREATE TABLE SCHEMA D.S", "READ STAGE D.S.ST", "SELECT TABLE D.S.T1",
            "SELECT TABLE D.S.T2", "SELECT VIEW D.S.V", "USAGE DATABASE D", "USAGE FILE_FORMAT D.S.F",
                "USAGE SCHEMA D.S",
            "USAGE WAREHOUSE W", "WRITE STAGE D.S.ST"])
        try bench.run("GRANT SELECT ON TABLE t1 TO ROLE r; ALTER TABLE t1 RENAME TO t9")
        #expect(try grants(bench).filter { $0.hasPrefix("SELECT TABLE") }
            == ["SELECT TABLE D.S.T2", "SELECT TABLE D.S.T9"])
        try bench.run("REVOKE SELECT ON ALL TABLES IN DATABASE d FROM ROLE r; "
            + "REVOKE ALL PRIVILEGES ON SCHEMA s FROM ROLE r")
        #expect(try grants(bench).count == 7)
        bench.fails("GRANT SELECT ON DATABASE d TO ROLE r", nil, "SELECT", "DATABASE")
        bench.fails("GRANT SELECT ON TABLE nope TO ROLE r", .objectNotFound)
        bench.fails("GRANT SELECT ON TABLE t2 TO ROLE nope", .objectNotFound, "NOPE")
    }

    @Test func allOnADatabaseIsNotItsTables() throws {
        let bench = try bench()
        try bench.run("GRANT ALL PRIVILEGES ON DATABASE d TO ROLE r; "
            + "GRANT ALL ON ALL TABLES IN SCHEMA public TO ROLE r")
        #expect(try grants(bench).allSatisfy { $0.hasSuffix("DATABASE D") })
        #expect(try grants(bench).contains("CREATE SCHEMA DATABASE D"))
    }

    @Test func futureGrants() throws {
        let bench = try bench()
        try bench.run("GRANT SELECT, INSERT ON FUTURE TABLES IN DATABASE d TO ROLE r; "
            + "GRANT SELECT ON FUTURE TABLES IN SCHEMA d.s TO ROLE p")
        #expect(try grants(bench) == [])
        try bench.run("CREATE TABLE d.s.new (n INT); CREATE TABLE d.public.new AS SELECT 1 AS n; "
            + "CREATE VIEW d.s.nv AS SELECT 1 AS x")
        #expect(try grants(bench) == ["INSERT TABLE D.PUBLIC.NEW", "SELECT TABLE D.PUBLIC.NEW"])
        #expect(try grants(bench, "p") == ["SELECT TABLE D.S.NEW"])
        #expect(try bench.run("SHOW FUTURE GRANTS IN DATABASE d").textRows().map { $0[3] }
            == ["D.<TABLE>", "D.<TABLE>"])
        #expect(try bench.run("SHOW FUTURE GRANTS TO ROLE p").textRows().map { [$0[1], $0[2], $0[3]] }
            == [["SELECT", "TABLE", "D.S.<TABLE>"]])
        try bench.run("GRANT OWNERSHIP ON FUTURE VIEWS IN SCHEMA d.s TO ROLE p; "
            + "CREATE VIEW d.s.owned AS SELECT 1 AS x; SHOW VIEWS IN SCHEMA d.s")
        #expect(try bench.text("SELECT \"owner\" FROM TABLE(RESULT_SCAN(LAST_QUERY_ID())) WHERE \"name\" = "
            + "'OWNED'") == "P")
        try bench.run("REVOKE INSERT ON FUTURE TABLES IN DATABASE d FROM ROLE r; CREATE TABLE d.public.later (n INT)")
        #expect(try grants(bench).filter { $0.hasSuffix("LATER") } == ["SELECT TABLE D.PUBLIC.LATER"])
    }

    @Test func rolesAndOwnership() throws {
        let bench = try bench()
        try bench.run("CREATE USER u; GRANT ROLE r TO ROLE p; GRANT ROLE p TO USER u")
        bench.fails("GRANT ROLE p TO ROLE r", .invalidValue)
        #expect(try bench.run("SHOW GRANTS OF ROLE r").textRows().map { [$0[1], $0[2], $0[3]] } == [["R", "ROLE", "P"]])
        #expect(try bench.run("SHOW GRANTS TO USER u").textRows().map { $0[1] } == ["P"])
        try bench.run("GRANT OWNERSHIP ON TABLE t1 TO ROLE r COPY CURRENT GRANTS; SHOW GRANTS ON TABLE t1")
        #expect(try bench.text("SELECT \"privilege\", \"grantee_name\" FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))")
            == "OWNERSHIP|R")
        try bench.run("REVOKE ROLE r FROM ROLE p; GRANT ROLE p TO ROLE r")
    }
}
