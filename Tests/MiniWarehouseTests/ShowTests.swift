import MiniWarehouse
import Testing
import WarehouseBasics

/// Columns and values of SHOW, DESC and INFORMATION_SCHEMA that clients read.
@Suite struct ShowTests {
    static let columns: [(String, String)] = [
        ("SHOW OBJECTS", "created_on name database_name schema_name kind is_dynamic is_iceberg is_interactive"),
        ("SHOW TERSE OBJECTS", "created_on name kind database_name schema_name"),
        ("SHOW TABLES", "created_on name database_name schema_name kind comment cluster_by rows bytes owner "
            + "retention_time"),
        ("SHOW VIEWS", "created_on name reserved database_name schema_name owner comment text is_secure "
            + "is_materialized"),
        ("SHOW TERSE SCHEMAS", "created_on name kind database_name schema_name"),
        ("SHOW SCHEMAS", "created_on name is_default is_current database_name owner comment options retention_time"),
        ("SHOW DATABASES", "created_on name is_default is_current origin owner comment options retention_time kind"),
        ("SHOW STAGES", """
            created_on name database_name schema_name url has_credentials has_encryption_key owner comment region \
            type cloud notification_channel storage_integration endpoint owner_role_type directory_enabled
            """),
        ("SHOW WAREHOUSES", "name state type size"),
        ("SHOW ROLES", """
            created_on name is_default is_current is_inherited assigned_to_users granted_to_roles \
            granted_roles owner comment
            """),
        ("SHOW USERS", "name created_on login_name display_name"),
        ("SHOW GRANTS TO ROLE accountadmin", "created_on privilege granted_on name granted_to grantee_name grant_option granted_by"),
        ("SHOW FUTURE GRANTS IN SCHEMA public", "created_on privilege grant_on name grant_to grantee_name "
            + "grant_option"),
        ("SHOW FILE FORMATS", "created_on name database_name schema_name type owner comment format_options"),
        ("SHOW INTEGRATIONS", "name type category enabled comment created_on"),
        ("DESC TABLE t", """
            name type kind null? default primary,key unique,key check expression comment policy,name privacy,domain
            """),
        ("DESC STAGE s", "parent_property property property_type property_value property_default"),
        ("DESC FILE FORMAT f", "property property_type property_value property_default"),
        ("DESC INTEGRATION i", "property property_type property_value property_default"),
        ("SELECT * FROM INFORMATION_SCHEMA.TABLES", """
            TABLE_CATALOG TABLE_SCHEMA TABLE_NAME TABLE_OWNER TABLE_TYPE IS_TRANSIENT CLUSTERING_KEY ROW_COUNT BYTES \
            RETENTION_TIME CREATED LAST_ALTERED COMMENT IS_DYNAMIC
            """),
        ("SELECT * FROM INFORMATION_SCHEMA.COLUMNS", """
            ORDINAL_POSITION COLUMN_DEFAULT IS_NULLABLE DATA_TYPE CHARACTER_MAXIMUM_LENGTH NUMERIC_PRECISION \
            NUMERIC_SCALE COMMENT
            """),
    ]

    @Test func columnsThatClientsRead() throws {
        let bench = try Bench("""
            CREATE TABLE t (n INT); CREATE VIEW v AS SELECT n FROM t; CREATE STAGE s; CREATE FILE FORMAT f TYPE = CSV;
            CREATE STORAGE INTEGRATION i TYPE = EXTERNAL_STAGE STORAGE_PROVIDER = 'S3' ENABLED = TRUE
              STORAGE_AWS_ROLE_ARN = 'arn:x' STORAGE_ALLOWED_LOCATIONS = ('s3://b/ok/');
            CREATE WAREHOUSE w;
            """)
        for (sql, names) in ShowTests.columns {
            let wanted = names.split(whereSeparator: \.isWhitespace).map { String($0).replacing(",", with: " ") }
            let given = try bench.run(sql).columns.map(\.name)
            #expect(wanted.allSatisfy { given.contains($0) }, "\(sql): \(given)")
        }
        try bench.run("DESC INTEGRATION i")
        #expect(try bench.text("SELECT \"property\" FROM "
            + "TABLE(RESULT_SCAN(LAST_QUERY_ID()))").split(separator: "\n") == [
            "ENABLED", "STORAGE_PROVIDER", "STORAGE_ALLOWED_LOCATIONS", "STORAGE_BLOCKED_LOCATIONS",
            "STORAGE_AWS_IAM_USER_ARN", "STORAGE_AWS_ROLE_ARN", "STORAGE_AWS_EXTERNAL_ID",
                "USE_PRIVATELINK_ENDPOINT", "COMMENT"])
        try bench.run("CREATE STAGE e URL = 's3://b/ok/x' STORAGE_INTEGRATION = i")
        bench.fails("CREATE STAGE e2 URL = 's3://b/okay/x' STORAGE_INTEGRATION = i", .invalidValue, "not allowed")
    }

    @Test func typesAndKinds() throws {
        let bench = try Bench("""
            CREATE TABLE t (a NUMBER(10,2) NOT NULL COMMENT 'money', b STRING DEFAULT 'x', c VARCHAR(5),
                            d TIMESTAMP_LTZ,
                            e ARRAY, f VARIANT, g BOOLEAN, h DATE, i FLOAT, j INT IDENTITY);
            CREATE TRANSIENT TABLE tt (n INT); CREATE VIEW v (x COMMENT 'c') AS SELECT a FROM t;
            """)
        #expect(try bench.text("SELECT COLUMN_NAME, DATA_TYPE, IS_NULLABLE, NUMERIC_PRECISION, NUMERIC_SCALE, "
            + "CHARACTER_MAXIMUM_LENGTH, COMMENT FROM INFORMATION_SCHEMA.COLUMNS "
            + "WHERE TABLE_NAME = 'T' ORDER BY ORDINAL_POSITION") == """
            A|NUMBER|NO|10|2|NULL|money
            B|TEXT|YES|NULL|NULL|16777216|NULL
            C|TEXT|YES|NULL|NULL|5|NULL
            D|TIMESTAMP_LTZ|YES|NULL|NULL|NULL|NULL
            E|ARRAY|YES|NULL|NULL|NULL|NULL
            F|VARIANT|YES|NULL|NULL|NULL|NULL
            G|BOOLEAN|YES|NULL|NULL|NULL|NULL
            H|DATE|YES|NULL|NULL|NULL|NULL
            I|FLOAT|YES|NULL|NULL|NULL|NULL
            J|NUMBER|YES|38|0|NULL|NULL
            """)
        try bench.run("DESC TABLE t")
        #expect(try bench.text("SELECT \"name\", \"type\", \"null?\", \"default\" "
            + "FROM TABLE(RESULT_SCAN(LAST_QUERY_ID())) LIMIT 3") == """
            A|NUMBER(10,2)|N|NULL
            B|VARCHAR(16777216)|Y|'x'
            C|VARCHAR(5)|Y|NULL
            """)
        #expect(try bench.text("SELECT TABLE_NAME, TABLE_TYPE, IS_TRANSIENT FROM INFORMATION_SCHEMA.TABLES ORDER BY 1")
            == "T|BASE TABLE|NO\nTT|BASE TABLE|YES\nV|VIEW|NULL")
        try bench.run("SHOW OBJECTS")
        #expect(try bench.text("SELECT \"name\", \"kind\" FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))")
            == "T|TABLE\nTT|TRANSIENT\nV|VIEW")
        bench.fails("DESC TABLE nope", .objectNotFound)
        bench.fails("SELECT * FROM INFORMATION_SCHEMA.TABELS", .objectNotFound, "TABLES")
    }

    @Test func messages() throws {
        let bench = try Bench()
        let wanted: [(String, String)] = [
            ("CREATE DATABASE d", "Database D successfully created."), ("CREATE SCHEMA s",
                "Schema S successfully created."),
            ("CREATE TABLE t (n INT)", "Table T successfully created."),
            ("CREATE TABLE IF NOT EXISTS t (n INT)", "T already exists, statement succeeded."),
            ("CREATE VIEW v AS SELECT * FROM t", "View V successfully created."),
            ("CREATE STAGE st", "Stage area ST successfully created."),
            ("CREATE FILE FORMAT f TYPE = CSV", "File format F successfully created."),
            ("CREATE ROLE r", "Role R successfully created."), ("CREATE USER u", "User U successfully created."),
            ("CREATE WAREHOUSE w", "Warehouse W successfully created."),
            ("INSERT INTO t VALUES (1), (2)", "2"), ("UPDATE t SET n = 3", "2|0"), ("DELETE FROM t", "2"),
            ("DROP VIEW v", "V successfully dropped."), ("DROP TABLE t", "T successfully dropped."),
            ("DROP TABLE IF EXISTS t", "Drop statement executed successfully (T already dropped)."),
            ("USE SCHEMA public", "Statement executed successfully."),
            ("GRANT ROLE r TO USER u", "Statement executed successfully."), ("SET x = 1",
                "Statement executed successfully."),
            ("ALTER SESSION SET TIMEZONE = 'UTC'", "Statement executed successfully."),
        ]
        for (sql, message) in wanted { #expect(try bench.text(sql) == message, "\(sql)") }
        #expect(try bench.run("CREATE ROLE r2").columns.map(\.name) == ["status"])
        bench.fails("CREATE ROLE r", .alreadyExists)
    }
}
