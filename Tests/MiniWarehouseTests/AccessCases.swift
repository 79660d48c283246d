import WarehouseSQL

/// Statements with exactly the grants that a role needs for each. `{r}` is the role, `{dir}` a folder.
struct AccessCase: Sendable {
    var sql: String
    var grants: [String]
    /// Whether a role that lacks one sees no rows, instead of an error.
    var isList = false
    /// What lets the role see objects that the statement may name whether they are there or not.
    var also: [String] = []

    init(_ sql: String, _ grants: [String] = [], isList: Bool = false, also: [String] = []) {
        self.sql = sql
        self.grants = grants
        self.isList = isList
        self.also = also
    }

    private static let seen = ["GRANT SELECT ON TABLE d.s.t TO ROLE {r}"]

    static let setUp = """
        CREATE DATABASE d; CREATE SCHEMA d.s; CREATE SCHEMA d.z; CREATE TABLE d.s.t (n INT PRIMARY KEY);
        INSERT INTO d.s.t VALUES (1); CREATE TABLE d.s.u (n INT); CREATE VIEW d.s.v AS SELECT n FROM d.s.t;
        CREATE STAGE d.s.st; CREATE STAGE d.s.dir DIRECTORY = (ENABLE = TRUE);
        CREATE FILE FORMAT d.s.ff TYPE = CSV; CREATE SEQUENCE d.s.seq; CREATE TAG d.s.tg;
        CREATE FUNCTION d.s.f(x INT) RETURNS INT AS 'x'; CREATE WAREHOUSE w; CREATE USER bob; CREATE ROLE spare; CREATE ROLE second;
        CREATE STORAGE INTEGRATION si TYPE = EXTERNAL_STAGE STORAGE_PROVIDER = 'S3' ENABLED = TRUE
          STORAGE_AWS_ROLE_ARN = 'arn:x' STORAGE_ALLOWED_LOCATIONS = ('s3://b/');
        CREATE STAGE d.s.ext URL = 's3://b/x/';
        COPY INTO @d.s.st/a.csv FROM (SELECT 1) SINGLE = TRUE FILE_FORMAT = (TYPE = CSV COMPRESSION = NONE);
        GRANT INSERT ON TABLE d.s.t TO ROLE second; CREATE DATABASE ROLE d.dr; CREATE DATABASE ROLE d.dr2;
        CREATE TABLE d.s.loaded (n INT); COPY INTO d.s.loaded FROM @d.s.st; CREATE USER held; GRANT ROLE spare TO USER held
        """

    private static let database = "GRANT USAGE ON DATABASE d TO ROLE {r}"
    private static let schema = "GRANT USAGE ON SCHEMA d.s TO ROLE {r}"

    /// A privilege on something in the schema, which must be reached.
    private static func within(_ grants: String...) -> [String] {
        [database, schema] + grants.map { "GRANT \($0) TO ROLE {r}" }
    }

    private static func own(_ object: String) -> String { "GRANT OWNERSHIP ON \(object) TO ROLE {r} COPY CURRENT GRANTS" }

    private static func owning(_ objects: String...) -> [String] { [database, schema] + objects.map(own) }

    private static func creating(_ kind: String, _ others: String...) -> [String] {
        [database, "GRANT CREATE \(kind) ON SCHEMA d.s TO ROLE {r}"] + others.map { "GRANT \($0) TO ROLE {r}" }
    }

    private static func account(_ privilege: String) -> [String] { ["GRANT \(privilege) ON ACCOUNT TO ROLE {r}"] }

    static let all: [AccessCase] = queries + rows + making + changing + files + lists + catalogViews + grantsAndSessions

    private static let queries = [
        AccessCase("SELECT * FROM d.s.t", within("SELECT ON TABLE d.s.t")),
        AccessCase("SELECT * FROM d.s.v", within("SELECT ON VIEW d.s.v")),
        AccessCase("SELECT * FROM d.s.t AT (OFFSET => 0)", within("SELECT ON TABLE d.s.t")),
        AccessCase("WITH c AS (SELECT * FROM d.s.t) SELECT * FROM c JOIN d.s.u ON c.n = u.n",
                   within("SELECT ON TABLE d.s.t", "SELECT ON TABLE d.s.u")),
        AccessCase("SELECT (SELECT MAX(n) FROM d.s.t)", within("SELECT ON TABLE d.s.t")),
        AccessCase("SELECT 1 UNION ALL SELECT n FROM d.s.t", within("SELECT ON TABLE d.s.t")),
        AccessCase("SELECT $1 FROM @d.s.st", within("READ ON STAGE d.s.st")),
        AccessCase("SELECT $1 FROM @d.s.st (FILE_FORMAT => 'd.s.ff')",
                   within("READ ON STAGE d.s.st", "USAGE ON FILE FORMAT d.s.ff")),
        AccessCase("SELECT * FROM DIRECTORY(@d.s.dir)", within("READ ON STAGE d.s.dir")),
        AccessCase("SELECT * FROM TABLE(INFER_SCHEMA(LOCATION => '@d.s.st', FILE_FORMAT => 'd.s.ff'))",
                   within("READ ON STAGE d.s.st", "USAGE ON FILE FORMAT d.s.ff")),
        AccessCase("SELECT d.s.f(1)", within("USAGE ON FUNCTION d.s.f(INT)")),
        AccessCase("SELECT d.s.seq.NEXTVAL", within("USAGE ON SEQUENCE d.s.seq")),
        AccessCase("SELECT GET_DDL('TABLE', 'd.s.t')", within("REFERENCES ON TABLE d.s.t")),
        AccessCase("SELECT * FROM TABLE(d.information_schema.copy_history(TABLE_NAME => 'd.s.t', START_TIME => "
            + "DATEADD(hour, -1, CURRENT_TIMESTAMP())))", within("SELECT ON TABLE d.s.t")),
        AccessCase("EXPLAIN SELECT * FROM d.s.t", within("SELECT ON TABLE d.s.t")),
        AccessCase("EXPLAIN INSERT INTO d.s.u SELECT * FROM d.s.t", within("INSERT ON TABLE d.s.u", "SELECT ON TABLE d.s.t")),
        AccessCase("EXECUTE IMMEDIATE 'SELECT * FROM d.s.t'", within("SELECT ON TABLE d.s.t")),
        AccessCase("SET x = (SELECT MAX(n) FROM d.s.t)", within("SELECT ON TABLE d.s.t")),
        AccessCase("DESC RESULT LAST_QUERY_ID(-2)"),
    ]

    private static let rows = [
        AccessCase("INSERT INTO d.s.t VALUES (2)", within("INSERT ON TABLE d.s.t")),
        AccessCase("INSERT INTO d.s.u SELECT n FROM d.s.t", within("INSERT ON TABLE d.s.u", "SELECT ON TABLE d.s.t")),
        AccessCase("INSERT OVERWRITE INTO d.s.t VALUES (2)", within("INSERT ON TABLE d.s.t", "DELETE ON TABLE d.s.t")),
        AccessCase("INSERT ALL INTO d.s.t INTO d.s.u SELECT 5", within("INSERT ON TABLE d.s.t", "INSERT ON TABLE d.s.u")),
        AccessCase("UPDATE d.s.t SET n = 3", within("UPDATE ON TABLE d.s.t")),
        AccessCase("UPDATE d.s.t SET n = u.n FROM d.s.u u WHERE t.n = u.n",
                   within("UPDATE ON TABLE d.s.t", "SELECT ON TABLE d.s.u")),
        AccessCase("DELETE FROM d.s.t", within("DELETE ON TABLE d.s.t")),
        AccessCase("DELETE FROM d.s.t USING d.s.u WHERE t.n = u.n", within("DELETE ON TABLE d.s.t", "SELECT ON TABLE d.s.u")),
        AccessCase("MERGE INTO d.s.t USING d.s.u ON t.n = u.n WHEN MATCHED THEN UPDATE SET n = 1 "
            + "WHEN NOT MATCHED THEN INSERT VALUES (u.n)",
                   within("UPDATE ON TABLE d.s.t", "INSERT ON TABLE d.s.t", "SELECT ON TABLE d.s.u")),
        AccessCase("MERGE INTO d.s.t USING (SELECT 1 AS n) x ON t.n = x.n WHEN MATCHED THEN DELETE",
                   within("DELETE ON TABLE d.s.t")),
        AccessCase("TRUNCATE TABLE d.s.t", within("TRUNCATE ON TABLE d.s.t")),
    ]

    private static let making = [
        AccessCase("CREATE TABLE d.s.made (n INT)", creating("TABLE")),
        AccessCase("CREATE TABLE d.s.made AS SELECT * FROM d.s.t", creating("TABLE", "SELECT ON TABLE d.s.t")),
        AccessCase("CREATE TABLE d.s.made LIKE d.s.t", creating("TABLE", "SELECT ON TABLE d.s.t")),
        AccessCase("CREATE TABLE d.s.made CLONE d.s.t", creating("TABLE", "SELECT ON TABLE d.s.t")),
        AccessCase("CREATE TABLE d.s.made (n INT REFERENCES d.s.t (n))", creating("TABLE", "REFERENCES ON TABLE d.s.t"),
                   also: seen),
        AccessCase("CREATE OR REPLACE TABLE d.s.u (n INT)", creating("TABLE") + [own("TABLE d.s.u")]),
        AccessCase("CREATE OR ALTER TABLE d.s.u (n INT, m INT)", owning("TABLE d.s.u")),
        AccessCase("CREATE TEMPORARY TABLE d.s.made (n INT)", within()),
        AccessCase("CREATE TEMPORARY TABLE d.s.u (n INT)", owning("TABLE d.s.u")),
        AccessCase("CREATE VIEW d.s.made AS SELECT * FROM d.s.t", creating("VIEW", "SELECT ON TABLE d.s.t")),
        AccessCase("CREATE OR REPLACE VIEW d.s.v AS SELECT 1 AS x", creating("VIEW") + [own("VIEW d.s.v")]),
        AccessCase("CREATE FUNCTION d.s.made() RETURNS INT AS '1'", creating("FUNCTION")),
        AccessCase("CREATE OR REPLACE FUNCTION d.s.f(x INT) RETURNS INT AS '1'",
                   creating("FUNCTION") + [own("FUNCTION d.s.f(INT)")]),
        AccessCase("CREATE DATABASE made", account("CREATE DATABASE")),
        AccessCase("CREATE DATABASE made CLONE d", account("CREATE DATABASE") + [database]),
        AccessCase("CREATE SCHEMA d.made", ["GRANT CREATE SCHEMA ON DATABASE d TO ROLE {r}"]),
        AccessCase("CREATE SCHEMA d.made CLONE d.s", ["GRANT CREATE SCHEMA ON DATABASE d TO ROLE {r}", schema]),
        AccessCase("CREATE ROLE made", account("CREATE ROLE")),
        AccessCase("CREATE OR REPLACE ROLE spare", account("CREATE ROLE") + [own("ROLE spare")]),
        AccessCase("CREATE DATABASE ROLE d.made", ["GRANT CREATE DATABASE ROLE ON DATABASE d TO ROLE {r}"]),
        AccessCase("CREATE OR REPLACE DATABASE ROLE d.dr",
                   ["GRANT CREATE DATABASE ROLE ON DATABASE d TO ROLE {r}", own("DATABASE ROLE d.dr")]),
        AccessCase("CREATE USER made", account("CREATE USER")),
        AccessCase("CREATE WAREHOUSE made", account("CREATE WAREHOUSE")),
        AccessCase("CREATE STORAGE INTEGRATION made TYPE = EXTERNAL_STAGE STORAGE_PROVIDER = 'S3' ENABLED = TRUE "
            + "STORAGE_AWS_ROLE_ARN = 'a' STORAGE_ALLOWED_LOCATIONS = ('s3://b/')", account("CREATE INTEGRATION")),
        AccessCase("CREATE STAGE d.s.made", creating("STAGE")),
        AccessCase("CREATE STAGE d.s.made URL = 's3://b/y/' STORAGE_INTEGRATION = si",
                   creating("STAGE", "USAGE ON INTEGRATION si")),
        AccessCase("CREATE STAGE d.s.made URL = 'file:///tmp/nowhere/'", creating("STAGE") + account("CREATE INTEGRATION")),
        AccessCase("CREATE STAGE d.s.made FILE_FORMAT = d.s.ff", creating("STAGE", "USAGE ON FILE FORMAT d.s.ff")),
        AccessCase("CREATE STAGE d.s.made CLONE d.s.ext", creating("STAGE", "USAGE ON STAGE d.s.ext")),
        AccessCase("CREATE FILE FORMAT d.s.made CLONE d.s.ff", creating("FILE FORMAT", "USAGE ON FILE FORMAT d.s.ff")),
        AccessCase("CREATE SEQUENCE d.s.made CLONE d.s.seq", creating("SEQUENCE", "USAGE ON SEQUENCE d.s.seq")),
        AccessCase("CREATE FILE FORMAT d.s.made TYPE = CSV", creating("FILE FORMAT")),
        AccessCase("CREATE SEQUENCE d.s.made", creating("SEQUENCE")),
        AccessCase("CREATE TAG d.s.made", creating("TAG")),
    ]

    private static let changing = [
        AccessCase("ALTER TABLE d.s.u ADD COLUMN m INT", owning("TABLE d.s.u")),
        AccessCase("ALTER TABLE d.s.u RENAME TO d.s.w", creating("TABLE") + [own("TABLE d.s.u")]),
        AccessCase("ALTER TABLE d.s.u SWAP WITH d.s.t", owning("TABLE d.s.u", "TABLE d.s.t")),
        AccessCase("ALTER TABLE d.s.u ADD CONSTRAINT c FOREIGN KEY (n) REFERENCES d.s.t (n)",
                   owning("TABLE d.s.u") + ["GRANT REFERENCES ON TABLE d.s.t TO ROLE {r}"], also: seen),
        AccessCase("ALTER VIEW d.s.v SET SECURE", owning("VIEW d.s.v")),
        AccessCase("ALTER FUNCTION d.s.f(INT) SET COMMENT = 'x'", owning("FUNCTION d.s.f(INT)")),
        AccessCase("ALTER DATABASE d SET COMMENT = 'x'", ["GRANT MODIFY ON DATABASE d TO ROLE {r}"]),
        AccessCase("ALTER DATABASE d SET DATA_RETENTION_TIME_IN_DAYS = 2", [own("DATABASE d")]),
        AccessCase("ALTER SCHEMA d.s SET COMMENT = 'x'", [database, "GRANT MODIFY ON SCHEMA d.s TO ROLE {r}"]),
        AccessCase("ALTER SCHEMA d.s ENABLE MANAGED ACCESS", [database, own("SCHEMA d.s")]),
        AccessCase("ALTER SCHEMA d.s SWAP WITH d.z", [database, own("SCHEMA d.s"), own("SCHEMA d.z")]),
        AccessCase("ALTER DATABASE d SWAP WITH main", [own("DATABASE d"), own("DATABASE main")]),
        AccessCase("ALTER SCHEMA d.s RENAME TO d.x", ["GRANT CREATE SCHEMA ON DATABASE d TO ROLE {r}", own("SCHEMA d.s")]),
        AccessCase("ALTER WAREHOUSE w SUSPEND", ["GRANT OPERATE ON WAREHOUSE w TO ROLE {r}"]),
        AccessCase("ALTER WAREHOUSE w SET AUTO_SUSPEND = 60", ["GRANT MODIFY ON WAREHOUSE w TO ROLE {r}"]),
        AccessCase("ALTER WAREHOUSE w RENAME TO w2", [own("WAREHOUSE w")]),
        AccessCase("ALTER USER bob SET DISABLED = TRUE", [own("USER bob")]),
        AccessCase("ALTER DATABASE ROLE d.dr SET COMMENT = 'x'", [database, own("DATABASE ROLE d.dr")]),
        AccessCase("ALTER DATABASE ROLE d.dr RENAME TO d.dr3", [database, own("DATABASE ROLE d.dr")]),
        AccessCase("COMMENT ON DATABASE ROLE d.dr IS 'x'", [database, own("DATABASE ROLE d.dr")]),
        AccessCase("DROP DATABASE ROLE d.dr", [database, own("DATABASE ROLE d.dr")]),
        AccessCase("ALTER ROLE spare SET COMMENT = 'x'", [own("ROLE spare")]),
        AccessCase("ALTER STORAGE INTEGRATION si SET ENABLED = FALSE", [own("INTEGRATION si")]),
        AccessCase("ALTER STAGE d.s.st SET COMMENT = 'x'", owning("STAGE d.s.st")),
        AccessCase("ALTER STAGE d.s.dir REFRESH", within("READ, WRITE ON STAGE d.s.dir")),
        AccessCase("ALTER FILE FORMAT d.s.ff SET COMMENT = 'x'", owning("FILE FORMAT d.s.ff")),
        AccessCase("ALTER SEQUENCE d.s.seq SET INCREMENT = 2", owning("SEQUENCE d.s.seq")),
        AccessCase("ALTER TAG d.s.tg SET COMMENT = 'x'", owning("TAG d.s.tg")),
        AccessCase("COMMENT ON TABLE d.s.t IS 'x'", owning("TABLE d.s.t")),
        AccessCase("COMMENT ON COLUMN d.s.t.n IS 'x'", owning("TABLE d.s.t")),
        AccessCase("COMMENT ON SCHEMA d.s IS 'x'", [database, "GRANT MODIFY ON SCHEMA d.s TO ROLE {r}"]),
        AccessCase("DROP TABLE d.s.u", owning("TABLE d.s.u")), AccessCase("DROP VIEW d.s.v", owning("VIEW d.s.v")),
        AccessCase("DROP FUNCTION d.s.f(INT)", owning("FUNCTION d.s.f(INT)")),
        AccessCase("DROP STAGE d.s.st", owning("STAGE d.s.st")), AccessCase("DROP FILE FORMAT d.s.ff", owning("FILE FORMAT d.s.ff")),
        AccessCase("DROP SEQUENCE d.s.seq", owning("SEQUENCE d.s.seq")), AccessCase("DROP TAG d.s.tg", owning("TAG d.s.tg")),
        AccessCase("DROP SCHEMA d.z", [database, own("SCHEMA d.z")]), AccessCase("DROP DATABASE d", [own("DATABASE d")]),
        AccessCase("DROP WAREHOUSE w", [own("WAREHOUSE w")]), AccessCase("DROP INTEGRATION si", [own("INTEGRATION si")]),
        AccessCase("DROP USER bob", [own("USER bob")]), AccessCase("DROP ROLE spare", [own("ROLE spare")]),
        AccessCase("VACUUM d.s.t", owning("TABLE d.s.t")), AccessCase("VACUUM", account("MANAGE WAREHOUSES")),
        AccessCase("DESC TABLE d.s.t", within("REFERENCES ON TABLE d.s.t")),
        AccessCase("DESC VIEW d.s.v", within("SELECT ON VIEW d.s.v")), AccessCase("DESC STAGE d.s.st", within("READ ON STAGE d.s.st")),
        AccessCase("DESC FILE FORMAT d.s.ff", within("USAGE ON FILE FORMAT d.s.ff")),
        AccessCase("DESC SEQUENCE d.s.seq", within("USAGE ON SEQUENCE d.s.seq")),
        AccessCase("DESC FUNCTION d.s.f(INT)", within("USAGE ON FUNCTION d.s.f(INT)")),
        AccessCase("DESC USER bob", ["GRANT MONITOR ON USER bob TO ROLE {r}"]),
        AccessCase("DESC WAREHOUSE w", ["GRANT USAGE ON WAREHOUSE w TO ROLE {r}"]),
        AccessCase("DESC INTEGRATION si", ["GRANT USAGE ON INTEGRATION si TO ROLE {r}"]),
        AccessCase("DESC DATABASE d", ["GRANT MONITOR ON DATABASE d TO ROLE {r}"]),
        AccessCase("DESC SCHEMA d.s", [database, "GRANT MONITOR ON SCHEMA d.s TO ROLE {r}"]),
    ]

    private static let files = [
        AccessCase("COPY INTO d.s.t FROM @d.s.st", within("INSERT ON TABLE d.s.t", "READ ON STAGE d.s.st")),
        AccessCase("COPY INTO d.s.t FROM (SELECT $1 FROM @d.s.st)", within("INSERT ON TABLE d.s.t", "READ ON STAGE d.s.st")),
        AccessCase("COPY INTO d.s.t FROM @d.s.st FILE_FORMAT = (FORMAT_NAME = 'd.s.ff')",
                   within("INSERT ON TABLE d.s.t", "READ ON STAGE d.s.st", "USAGE ON FILE FORMAT d.s.ff")),
        AccessCase("COPY INTO d.s.t", within("INSERT ON TABLE d.s.t")),
        AccessCase("COPY INTO @d.s.st/out FROM d.s.t", within("SELECT ON TABLE d.s.t", "READ, WRITE ON STAGE d.s.st")),
        AccessCase("COPY INTO 'file://{dir}/out/' FROM (SELECT 1)", account("CREATE INTEGRATION")),
        AccessCase("PUT 'file:///etc/passwd' @d.s.st", within("READ, WRITE ON STAGE d.s.st")),
        AccessCase("GET @d.s.st 'file://{dir}/got'", within("READ ON STAGE d.s.st")),
        AccessCase("LIST @d.s.st", within("READ ON STAGE d.s.st")), AccessCase("LIST @d.s.%t", owning("TABLE d.s.t")),
        AccessCase("REMOVE @d.s.st", within("READ, WRITE ON STAGE d.s.st")),
        AccessCase("LIST @~"),
    ]

    private static let lists = [
        AccessCase("SHOW TABLES IN ACCOUNT", within("INSERT ON TABLE d.s.t"), isList: true),
        AccessCase("SHOW VIEWS IN ACCOUNT", within("REFERENCES ON VIEW d.s.v"), isList: true),
        AccessCase("SHOW OBJECTS IN ACCOUNT", within("SELECT ON TABLE d.s.t"), isList: true),
        AccessCase("SHOW COLUMNS IN ACCOUNT", within("SELECT ON TABLE d.s.t"), isList: true),
        AccessCase("SHOW PRIMARY KEYS IN ACCOUNT", within("SELECT ON TABLE d.s.t"), isList: true),
        AccessCase("SHOW STAGES IN ACCOUNT", within("READ ON STAGE d.s.st"), isList: true),
        AccessCase("SHOW FILE FORMATS IN ACCOUNT", within("USAGE ON FILE FORMAT d.s.ff"), isList: true),
        AccessCase("SHOW SEQUENCES IN ACCOUNT", within("USAGE ON SEQUENCE d.s.seq"), isList: true),
        AccessCase("SHOW TAGS IN ACCOUNT", within("APPLY ON TAG d.s.tg"), isList: true),
        AccessCase("SHOW USER FUNCTIONS IN ACCOUNT", within("USAGE ON FUNCTION d.s.f(INT)"), isList: true),
        AccessCase("SHOW DATABASES", [database], isList: true),
        AccessCase("SHOW WAREHOUSES", ["GRANT MONITOR ON WAREHOUSE w TO ROLE {r}"], isList: true),
        AccessCase("SHOW INTEGRATIONS", ["GRANT USAGE ON INTEGRATION si TO ROLE {r}"], isList: true),
        AccessCase("SHOW USERS LIKE 'bob'", ["GRANT MONITOR ON USER bob TO ROLE {r}"], isList: true),
        AccessCase("SHOW ROLES LIKE 'spare'", account("MONITOR ROLE"), isList: true),
        AccessCase("SHOW DATABASE ROLES IN DATABASE d", [database], isList: true),
        AccessCase("SHOW GRANTS OF DATABASE ROLE d.dr", [database]),
        AccessCase("SHOW GRANTS TO DATABASE ROLE d.dr", [database]),
        AccessCase("SHOW FUTURE GRANTS TO DATABASE ROLE d.dr", [database]),
        AccessCase("SHOW SCHEMAS LIKE 's' IN DATABASE d", [database, schema], isList: true),
        AccessCase("SHOW UNIQUE KEYS IN TABLE d.s.t", within("SELECT ON TABLE d.s.t")),
        AccessCase("SHOW IMPORTED KEYS IN TABLE d.s.t", within("SELECT ON TABLE d.s.t")),
        AccessCase("SHOW EXPORTED KEYS IN TABLE d.s.t", within("SELECT ON TABLE d.s.t")),
        AccessCase("SHOW GRANTS ON TABLE d.s.t", within("SELECT ON TABLE d.s.t")),
        AccessCase("SHOW GRANTS TO ROLE second", account("MANAGE GRANTS")),
        AccessCase("SHOW FUTURE GRANTS IN SCHEMA d.s", within()),
    ]

    private static func view(_ name: String, _ condition: String, _ grants: [String]) -> AccessCase {
        AccessCase("SELECT * FROM d.information_schema.\(name) WHERE \(condition)", grants, isList: true)
    }

    /// INFORMATION_SCHEMA: rows of what the role sees only.
    private static let catalogViews = [
        view("tables", "table_name = 'T'", within("INSERT ON TABLE d.s.t")),
        view("columns", "table_name = 'T'", within("REFERENCES ON TABLE d.s.t")),
        view("views", "table_name = 'V'", within("SELECT ON VIEW d.s.v")),
        view("schemata", "schema_name = 'S'", [database, schema]),
        view("databases", "database_name = 'D'", [database]),
        view("stages", "stage_name = 'ST'", within("READ ON STAGE d.s.st")),
        view("file_formats", "file_format_name = 'FF'", within("USAGE ON FILE FORMAT d.s.ff")),
        view("functions", "function_name = 'F'", within("USAGE ON FUNCTION d.s.f(INT)")),
        view("sequences", "sequence_name = 'SEQ'", within("USAGE ON SEQUENCE d.s.seq")),
        view("table_constraints", "table_name = 'T'", within("SELECT ON TABLE d.s.t")),
        view("table_storage_metrics", "table_name = 'T'", ["GRANT ROLE accountadmin TO ROLE {r}"]),
        view("load_history", "table_name = 'LOADED'", within("SELECT ON TABLE d.s.loaded")),
        view("table_privileges", "table_name = 'T' AND grantee = 'SECOND'", within("SELECT ON TABLE d.s.t")),
        view("usage_privileges", "object_name = 'SEQ'", within("USAGE ON SEQUENCE d.s.seq")),
        view("object_privileges", "object_name = 'ST'", within("READ ON STAGE d.s.st")),
        view("object_privileges", "object_name = 'D'", [database]),
        view("object_privileges", "object_name = 'W'", [database, "GRANT USAGE ON WAREHOUSE w TO ROLE {r}"]),
        view("object_privileges", "object_name = 'SI'", [database, "GRANT USAGE ON INTEGRATION si TO ROLE {r}"]),
        view("object_privileges", "object_name = 'BOB'", [database, "GRANT MONITOR ON USER bob TO ROLE {r}"]),
        view("object_privileges", "object_name = 'SPARE'", [database] + account("MONITOR ROLE")),
        view("applicable_roles", "role_name = 'SECOND' AND grantee ILIKE '{r}'", [database, "GRANT ROLE second TO ROLE {r}"]),
        view("applicable_roles", "role_name = 'D.DR'", ["GRANT DATABASE ROLE d.dr TO ROLE {r}"]),
        view("enabled_roles", "role_name = 'SECOND'", [database, "GRANT ROLE second TO ROLE {r}"]),
        view("enabled_roles", "role_name = 'D.DR'", ["GRANT DATABASE ROLE d.dr TO ROLE {r}"]),
        AccessCase("SELECT * FROM snowflake.account_usage.tables", ["GRANT ROLE accountadmin TO ROLE {r}"]),
    ]

    private static let grantsAndSessions = [
        AccessCase("GRANT DATABASE ROLE d.dr TO ROLE spare", [database, own("DATABASE ROLE d.dr")]),
        AccessCase("GRANT DATABASE ROLE d.dr TO USER bob", [database, own("DATABASE ROLE d.dr")]),
        AccessCase("GRANT DATABASE ROLE d.dr TO DATABASE ROLE d.dr2", [database, own("DATABASE ROLE d.dr")]),
        AccessCase("REVOKE DATABASE ROLE d.dr FROM ROLE second", [database, own("DATABASE ROLE d.dr")],
                   also: ["GRANT DATABASE ROLE d.dr TO ROLE second"]),
        AccessCase("GRANT SELECT ON TABLE d.s.t TO DATABASE ROLE d.dr", owning("TABLE d.s.t")),
        AccessCase("GRANT OWNERSHIP ON TABLE d.s.u TO DATABASE ROLE d.dr", owning("TABLE d.s.u")),
        AccessCase("REVOKE ROLE spare FROM USER held", [own("ROLE spare")]),
        AccessCase("USE ROLE second", ["GRANT ROLE second TO USER admin"]),
        AccessCase("USE SECONDARY ROLES second", ["GRANT ROLE second TO USER admin"]),
        AccessCase("GRANT SELECT ON TABLE d.s.t TO ROLE spare", owning("TABLE d.s.t")),
        AccessCase("GRANT SELECT ON TABLE d.s.t TO ROLE spare", within("SELECT ON TABLE d.s.t").map {
            $0.contains("TABLE") ? $0 + " WITH GRANT OPTION" : $0
        }),
        AccessCase("GRANT SELECT ON TABLE d.s.t TO ROLE spare", account("MANAGE GRANTS")),
        AccessCase("GRANT SELECT ON FUTURE TABLES IN SCHEMA d.s TO ROLE spare", account("MANAGE GRANTS")),
        AccessCase("GRANT OWNERSHIP ON TABLE d.s.u TO ROLE spare", owning("TABLE d.s.u")),
        AccessCase("GRANT ROLE spare TO ROLE second", [own("ROLE spare")]),
        AccessCase("GRANT ROLE spare TO USER bob", account("MANAGE GRANTS")),
        AccessCase("GRANT CREATE DATABASE ON ACCOUNT TO ROLE spare",
                   ["GRANT CREATE DATABASE ON ACCOUNT TO ROLE {r} WITH GRANT OPTION"]),
        AccessCase("REVOKE INSERT ON TABLE d.s.t FROM ROLE second", owning("TABLE d.s.t")),
        AccessCase("USE DATABASE d", [database]), AccessCase("USE SCHEMA d.s", [database, schema]),
        AccessCase("USE WAREHOUSE w", ["GRANT USAGE ON WAREHOUSE w TO ROLE {r}"]),
        AccessCase("UNSET x"), AccessCase("BEGIN"), AccessCase("COMMIT"), AccessCase("ROLLBACK"),
        AccessCase("CALL SYSTEM$WAIT(0)"), AccessCase("ALTER SESSION SET TIMEZONE = 'UTC'"),
        AccessCase("ALTER ACCOUNT SET WEEK_START = 0", ["GRANT ROLE accountadmin TO ROLE {r}"]),
        AccessCase("SHOW PARAMETERS FOR USER bob", ["GRANT MONITOR ON USER bob TO ROLE {r}"]),
        AccessCase("SHOW PARAMETERS IN WAREHOUSE w", ["GRANT USAGE ON WAREHOUSE w TO ROLE {r}"]),
    ]
}
