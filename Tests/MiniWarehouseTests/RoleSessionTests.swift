@testable import MiniWarehouse
import Testing
import WarehouseBasics

/// Opening a warehouse as a user and a role, and what a session's role means from statement to statement.
@Suite struct RoleSessionTests {
    private func bench() throws -> Bench {
        try Bench("""
            CREATE DATABASE d; CREATE SCHEMA d.s; CREATE TABLE d.s.t (n INT); INSERT INTO d.s.t VALUES (1);
            CREATE TABLE d.s.hidden (n INT); CREATE ROLE reader; CREATE ROLE writer; CREATE WAREHOUSE w;
            CREATE USER dbt DEFAULT_ROLE = reader DEFAULT_NAMESPACE = 'd.s' DEFAULT_WAREHOUSE = w DEFAULT_SECONDARY_ROLES = ();
            GRANT ROLE reader TO USER dbt; GRANT ROLE writer TO USER dbt; GRANT USAGE ON WAREHOUSE w TO ROLE reader;
            GRANT USAGE ON DATABASE d TO ROLE reader; GRANT USAGE ON SCHEMA d.s TO ROLE reader;
            GRANT SELECT ON TABLE d.s.t TO ROLE reader;
            GRANT USAGE ON DATABASE d TO ROLE writer; GRANT USAGE ON SCHEMA d.s TO ROLE writer;
            GRANT INSERT ON TABLE d.s.t TO ROLE writer
            """)
    }

    private func open(_ bench: Bench, _ user: String?, _ role: String? = nil) throws -> Warehouse {
        var options = WarehouseOptions()
        options.busyTimeout = 0.2
        return try Warehouse.open(bench.path, user: user, role: role, options: options)
    }

    @Test func opensInTheUsersRole() throws {
        let bench = try bench()
        let warehouse = try open(bench, "dbt")
        let facts = "SELECT CURRENT_USER(), CURRENT_ROLE(), CURRENT_DATABASE(), CURRENT_SCHEMA(), CURRENT_WAREHOUSE()"
        #expect(try warehouse.session.text(facts) == "DBT|READER|D|S|W")
        #expect(try warehouse.session.text("SELECT * FROM t") == "1")
        failure(.insufficientPrivileges) { try warehouse.execute("INSERT INTO t VALUES (2)") }
        failure(.objectNotFound) { try warehouse.execute("SELECT * FROM hidden") }
        failure(.insufficientPrivileges) { try warehouse.execute("USE ROLE accountadmin") }
        // Nor by a further session, or the warehouse of one.
        #expect(try warehouse.makeSession().text("SELECT CURRENT_ROLE()") == "READER")
        #expect(try warehouse.session.warehouse.session.text("SELECT CURRENT_ROLE()") == "READER")
        #expect(try warehouse.session.warehouse.makeSession().text("SELECT CURRENT_USER()") == "DBT")
        try warehouse.execute("USE ROLE writer; INSERT INTO t VALUES (2)")
        failure(.insufficientPrivileges) { try warehouse.execute("SELECT * FROM t") }
        #expect(try open(bench, "DBT", "writer").session.text("SELECT CURRENT_ROLE()") == "WRITER")
    }

    @Test func refusesOthers() throws {
        let bench = try bench()
        try bench.run("CREATE USER off DISABLED = TRUE; CREATE USER plain")
        failure(.insufficientPrivileges) { _ = try open(bench, "nobody") }
        failure(.insufficientPrivileges) { _ = try open(bench, "off") }
        failure(.insufficientPrivileges) { _ = try open(bench, "dbt", "accountadmin") }
        failure(.insufficientPrivileges) { _ = try open(bench, "dbt", "nothing") }
        failure(.insufficientPrivileges) { _ = try open(bench, nil, "reader") }
        #expect(try open(bench, "plain").session.text("SELECT CURRENT_ROLE(), CURRENT_DATABASE()") == "PUBLIC|NULL")
        failure(.noCurrentDatabase) { try open(bench, "plain").execute("CREATE TABLE t (n INT)") }
        #expect(try open(bench, nil).session.text("SELECT CURRENT_USER(), CURRENT_ROLE()") == "ADMIN|ACCOUNTADMIN")
        try bench.run("GRANT ROLE reader TO ROLE accountadmin")
        #expect(try open(bench, nil, "reader").session.text("SELECT CURRENT_USER(), CURRENT_ROLE()") == "ADMIN|READER")
    }

    /// What is granted to a user by a database role counts beside all of its roles, and not for CREATE.
    @Test func databaseRolesOfUsersCount() throws {
        let bench = try bench()
        try bench.run("""
            INSERT INTO d.s.hidden VALUES (7); CREATE DATABASE ROLE d.dr; GRANT USAGE, CREATE TABLE ON SCHEMA d.s TO DATABASE ROLE d.dr;
            GRANT SELECT ON TABLE d.s.hidden TO DATABASE ROLE d.dr; GRANT DATABASE ROLE d.dr TO USER dbt;
            CREATE USER lone; GRANT DATABASE ROLE d.dr TO USER lone
            """)
        let warehouse = try open(bench, "dbt")
        failure(.objectNotFound) { try warehouse.execute("SELECT * FROM hidden") }
        try warehouse.execute("USE SECONDARY ROLES writer")
        failure(.objectNotFound) { try warehouse.execute("SELECT * FROM hidden") }
        try warehouse.execute("USE SECONDARY ROLES ALL")
        #expect(try warehouse.session.text("SELECT *, IS_DATABASE_ROLE_IN_SESSION('DR') FROM hidden") == "7|true")
        #expect(try warehouse.session.text("SELECT CURRENT_SECONDARY_ROLES() ILIKE '%dr%'") == "false")
        failure(.insufficientPrivileges) { try warehouse.execute("CREATE TABLE made (n INT)") }
        let lone = try open(bench, "lone")
        #expect(try lone.session.text("SELECT n, CURRENT_ROLE() FROM d.s.hidden") == "7|PUBLIC")
        failure(.schemaNotFound) { try lone.execute("SELECT * FROM main.public.t") }
        try bench.run("REVOKE DATABASE ROLE d.dr FROM USER lone")
        failure(.schemaNotFound) { try lone.execute("SELECT n FROM d.s.hidden") }
    }

    /// A user that is disabled meanwhile runs no further statement, in a transaction neither, until it is enabled again.
    @Test func disabledUsersStop() throws {
        let bench = try bench()
        let warehouse = try open(bench, "dbt")
        try warehouse.execute("BEGIN; SELECT * FROM t")
        try bench.run("ALTER USER dbt SET DISABLED = TRUE")
        failure(.insufficientPrivileges) { try warehouse.execute("SELECT * FROM t") }
        failure(.insufficientPrivileges) { try warehouse.makeSession().execute("SELECT 1") }
        failure(.insufficientPrivileges) { _ = try warehouse.session.look("SHOW TABLES") }
        try bench.run("ALTER USER dbt SET DISABLED = FALSE; ALTER USER dbt RENAME TO etl; ALTER USER etl SET DISABLED = TRUE")
        failure(.insufficientPrivileges) { try warehouse.execute("SELECT * FROM t") }
        try bench.run("ALTER USER etl SET DISABLED = FALSE")
        #expect(try warehouse.session.text("SELECT * FROM t") == "1")
    }

    /// A session ends with its user: who has the name afterwards is another.
    @Test(arguments: [false, true]) func sessionsEndWithTheirUsers(inAnotherProcess: Bool) throws {
        let bench = try bench()
        try bench.run("CREATE ROLE rich; GRANT SELECT ON TABLE d.s.hidden TO ROLE rich; GRANT USAGE ON DATABASE d TO ROLE rich; "
            + "GRANT USAGE ON SCHEMA d.s TO ROLE rich")
        let old = inAnotherProcess ? try open(bench, "dbt")
            : Warehouse(bench.warehouse.core, try SessionIdentity(user: "dbt", role: nil, bench.warehouse.core))
        let fresh = old.makeSession(), inTransaction = old.makeSession()
        #expect(try old.session.text("SELECT * FROM t") == "1")
        try inTransaction.execute("USE ROLE writer; BEGIN; SELECT 1")
        func expectEnded() {
            for session in [old.session, fresh, inTransaction, old.makeSession()] {
                for sql in ["SELECT 1", "SELECT * FROM d.s.t", "INSERT INTO d.s.t VALUES (2)", "USE ROLE accountadmin", "COMMIT",
                            "SHOW TABLES", "SET x = 1", "CREATE TEMPORARY TABLE d.s.u (n INT)"] {
                    let error = failure(.insufficientPrivileges, of: sql) { try session.execute(sql) }
                    #expect(error.message.contains("was dropped") && error.message.contains("DBT"), "\(error)")
                }
                failure(.insufficientPrivileges) { _ = try session.look("SHOW TABLES") }
            }
        }
        try bench.run("DROP USER dbt")
        expectEnded()
        try bench.run("CREATE USER dbt; GRANT ROLE accountadmin TO USER dbt; GRANT ROLE rich TO USER dbt")
        expectEnded()
        #expect(try open(bench, "dbt", "accountadmin").session.text("SELECT CURRENT_ROLE()") == "ACCOUNTADMIN")
        // Replaced is dropped, too.
        let next = try open(bench, "dbt", "rich")
        #expect(try next.session.text("SELECT COUNT(*) FROM d.s.hidden") == "0")
        try bench.run("CREATE OR REPLACE USER dbt; GRANT ROLE rich TO USER dbt")
        failure(.insufficientPrivileges) { try next.execute("SELECT COUNT(*) FROM d.s.hidden") }
        #expect(try bench.text("SELECT * FROM d.s.t") == "1")
    }

    /// Privileges of the user itself count beside all of its roles, and are no roles.
    @Test func usersHoldPrivileges() throws {
        let bench = try bench()
        try bench.run("""
            CREATE USER direct; CREATE ROLE low; CREATE ROLE other; GRANT ROLE low TO USER direct;
            GRANT USAGE ON DATABASE d TO USER direct; GRANT USAGE, CREATE TABLE ON SCHEMA d.s TO USER direct;
            GRANT SELECT ON TABLE d.s.t TO USER direct WITH GRANT OPTION
            """)
        let warehouse = try open(bench, "direct", "low")
        #expect(try warehouse.session.text("SELECT * FROM d.s.t") == "1")
        failure(.insufficientPrivileges) { try warehouse.execute("INSERT INTO d.s.t VALUES (2)") }
        // To make something is the primary role's.
        failure(.insufficientPrivileges) { try warehouse.execute("CREATE TABLE d.s.own (n INT)") }
        #expect(try warehouse.session.text("SELECT ROLE_NAME FROM d.information_schema.enabled_roles ORDER BY 1") == "LOW\nPUBLIC")
        try warehouse.execute("GRANT SELECT ON TABLE d.s.t TO ROLE other; USE SECONDARY ROLES NONE")
        failure(.schemaNotFound) { try warehouse.execute("SELECT * FROM d.s.t") }
        try bench.run("SHOW GRANTS TO ROLE other")
        let grants = "SELECT \"privilege\", \"granted_by\" FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))"
        #expect(try bench.text(grants) == "SELECT|DIRECT")
        failure(.dependentGrant) { try bench.run("REVOKE SELECT ON TABLE d.s.t FROM USER direct") }
        try bench.run("REVOKE SELECT ON TABLE d.s.t FROM USER direct CASCADE; SHOW GRANTS TO ROLE other")
        #expect(try bench.text(grants) == "")
    }

    /// Sessions go on under the new names of their users and roles; who gets the old ones later gets nothing else.
    @Test func sessionsFollowTheirNames() throws {
        let bench = try bench()
        let warehouse = try open(bench, "dbt")
        let facts = "SELECT CURRENT_USER(), CURRENT_ROLE()"
        #expect(try warehouse.session.text(facts) == "DBT|READER")
        try bench.run("ALTER USER dbt RENAME TO builder; ALTER ROLE reader RENAME TO viewer; CREATE USER dbt; CREATE ROLE reader")
        #expect(try warehouse.session.text(facts) == "BUILDER|VIEWER")
        #expect(try warehouse.session.text("SELECT * FROM t") == "1")
        try warehouse.execute("USE ROLE writer; INSERT INTO t VALUES (2)")
        #expect(try open(bench, "builder").session.text(facts) == "BUILDER|VIEWER")
        #expect(try open(bench, "dbt").session.text(facts) == "DBT|PUBLIC")
        failure(.insufficientPrivileges) { _ = try open(bench, "dbt", "viewer") }
    }

    /// The same message, and no hint, for what is missing and what is hidden.
    @Test func whatIsHiddenIsAsIfItWereMissing() throws {
        let bench = try bench()
        let session = try open(bench, "dbt").session
        for (hidden, missing, sql) in [
            ("HIDDEN", "HIDDAN", "SELECT * FROM #"), ("D.S.HIDDEN", "D.S.HIDDAN", "SELECT * FROM #"),
            ("HIDDEN", "HIDDAN", "INSERT INTO # VALUES (1)"), ("HIDDEN", "HIDDAN", "DESC TABLE #"),
            ("HIDDEN", "HIDDAN", "DROP TABLE #"), ("HIDDEN", "HIDDAN", "ALTER TABLE # ADD COLUMN x INT"),
            ("HIDDEN", "HIDDAN", "GRANT SELECT ON TABLE # TO ROLE writer"), ("HIDDEN", "HIDDAN", "SHOW GRANTS ON TABLE #"),
            ("HIDDEN", "HIDDAN", "SELECT GET_DDL('TABLE', '#')"), ("MAIN", "MIAN", "USE DATABASE #"),
            ("MAIN", "MIAN", "SHOW TABLES IN DATABASE #"), ("D.PUBLIC", "D.PUBLIK", "USE SCHEMA #"),
            ("D.PUBLIC", "D.PUBLIK", "SELECT * FROM #.X"), ("ADMIN", "ADMON", "DESC USER #"),
        ] {
            let one = failure(of: sql) { try session.execute(sql.replacing("#", with: hidden)) }
            let other = failure(of: sql) { try session.execute(sql.replacing("#", with: missing)) }
            #expect(one.description.replacing(hidden, with: "#") == other.description.replacing(missing, with: "#"))
        }
    }

    /// What another session grants and revokes counts from the next statement on.
    @Test func revokesReachOpenSessions() throws {
        let bench = try bench()
        let session = try open(bench, "dbt").session
        #expect(try session.text("SELECT * FROM t") == "1")
        try bench.run("REVOKE SELECT ON TABLE d.s.t FROM ROLE reader")
        failure(.objectNotFound) { try session.execute("SELECT * FROM t") }
        try bench.run("GRANT SELECT ON TABLE d.s.t TO ROLE reader")
        #expect(try session.text("SELECT * FROM t") == "1")
        try bench.run("REVOKE ROLE reader FROM USER dbt")
        failure { try session.execute("SELECT * FROM t") }
        try bench.run("GRANT ROLE reader TO USER dbt")
        #expect(try session.text("SELECT * FROM t") == "1")
        try bench.run("DROP ROLE reader")
        failure { try session.execute("SELECT * FROM t") }
    }

    /// A transaction reads what it wrote, and is asked for rights again where it goes on.
    @Test func transactionsAreAskedEachTime() throws {
        let bench = try bench()
        let session = try open(bench, "dbt", "writer").session
        try session.execute("BEGIN; INSERT INTO d.s.t VALUES (2)")
        failure(.insufficientPrivileges) { try session.execute("SELECT * FROM d.s.t") }
        failure(.insufficientPrivileges) { try session.execute("DELETE FROM d.s.t") }
        try session.execute("INSERT INTO d.s.t VALUES (3); COMMIT")
        #expect(try bench.text("SELECT COUNT(*) FROM d.s.t") == "3")
    }

    @Test func secondaryRoles() throws {
        let bench = try bench()
        try bench.run("CREATE USER two; GRANT ROLE reader TO USER two; GRANT ROLE writer TO USER two")
        // Users have all their roles beside the first, unless said otherwise; CREATE counts the first alone.
        let session = try open(bench, "two", "reader").session
        try session.execute("INSERT INTO d.s.t VALUES (2); SELECT * FROM d.s.t")
        #expect(try session.text("SELECT CURRENT_SECONDARY_ROLES()") == #"{"roles":"WRITER","value":"ALL"}"#)
        try bench.run("GRANT CREATE TABLE ON SCHEMA d.s TO ROLE writer")
        failure(.insufficientPrivileges) { try session.execute("CREATE TABLE d.s.x (n INT)") }
        try session.execute("USE SECONDARY ROLES NONE")
        failure(.insufficientPrivileges) { try session.execute("INSERT INTO d.s.t VALUES (2)") }
        try session.execute("USE ROLE writer; CREATE TABLE d.s.x (n INT)")
    }

    @Test func filesOfTheWarehouseStayClosed() throws {
        let bench = try bench()
        try bench.run("CREATE STAGE st")
        bench.fails("PUT 'file://\(bench.path)/lock' @st", nil)
        for sql in ["CREATE STAGE own URL = 'file://\(bench.path)/'; LIST @own", "GET @st 'file://\(bench.path)/x'",
                    "COPY INTO 'file://\(bench.path)/stages/x/' FROM (SELECT 1)"] {
            bench.fails(sql, .invalidValue, "the warehouse's own directory")
        }
        // A folder around it shows nothing of it.
        try bench.folder.file("data.csv", "1\n")
        try bench.run("CREATE STAGE around URL = 'file://\(bench.folder.path)/'; LIST @around")
        #expect(try bench.text("SELECT \"name\" FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))").hasSuffix("/data.csv"))
        #expect(try bench.run("LIST @around/house").rowCount == 0)
    }
}
