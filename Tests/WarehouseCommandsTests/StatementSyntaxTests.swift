import MiniWarehouse
import Testing
import WarehouseBasics
import WarehouseSQL
@testable import WarehouseCommands

/// What `\h` says of statements is what the parser reads.
@Suite struct StatementSyntaxTests {
    /// A statement of each, with the parts that its lines name.
    private let examples: [String: [String]] = [
        "ALTER": ["ALTER SCHEMA IF EXISTS s SET COMMENT = 'c'", "ALTER FILE FORMAT f RENAME TO g", "ALTER VIEW v UNSET COMMENT",
                  "ALTER SCHEMA s SWAP WITH t", "ALTER DATABASE IF EXISTS d SWAP WITH e"],
        "ALTER SESSION": ["ALTER SESSION SET TIMEZONE = 'UTC'", "ALTER SESSION UNSET TIMEZONE"],
        "ALTER TABLE": [
            "ALTER TABLE IF EXISTS t ADD COLUMN IF NOT EXISTS a INT NOT NULL, b TEXT", "ALTER TABLE t DROP COLUMN IF EXISTS a, b",
            "ALTER TABLE t RENAME COLUMN a TO b", "ALTER TABLE t RENAME TO u", "ALTER TABLE t ALTER COLUMN a SET DATA TYPE TEXT",
            "ALTER TABLE t ALTER a TYPE TEXT, b SET NOT NULL, c DROP NOT NULL, d COMMENT 'x'",
            "ALTER TABLE t ADD CONSTRAINT p PRIMARY KEY (a)", "ALTER TABLE t DROP CONSTRAINT p", "ALTER TABLE t CLUSTER BY (a, b)",
            "ALTER TABLE t SWAP WITH u", "ALTER TABLE t SET COMMENT = 'x'",
        ],
        "ALTER USER": ["ALTER USER IF EXISTS u SET EMAIL = 'a'", "ALTER USER u UNSET EMAIL, TIMEZONE", "ALTER USER u RENAME TO v"],
        "BEGIN": ["BEGIN WORK NAME n", "BEGIN TRANSACTION", "START TRANSACTION NAME n"], "CALL": ["CALL p(1, 'x')"],
        "COMMENT": ["COMMENT IF EXISTS ON TABLE t IS 'x'"], "COMMIT": ["COMMIT WORK"],
        "COPY INTO": [
            "COPY INTO t (a, b) FROM @s/p FILES = ('a') PATTERN = 'x' FILE_FORMAT = (TYPE = CSV) ON_ERROR = CONTINUE PURGE = TRUE",
            "COPY INTO t FROM 's3://b/' FORCE = TRUE MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE VALIDATION_MODE = RETURN_ERRORS",
            "COPY INTO t FROM (SELECT $1, $2:name FROM @s/p)",
            "COPY INTO @s/p FROM t PARTITION BY (a) FILE_FORMAT = (TYPE = CSV) OVERWRITE = TRUE SINGLE = TRUE HEADER = TRUE",
            "COPY INTO 's3://b/' FROM (SELECT 1)",
        ],
        "CREATE DATABASE": ["CREATE OR REPLACE TRANSIENT DATABASE d CLONE e AT (OFFSET => -60) DATA_RETENTION_TIME_IN_DAYS = 1",
                            "CREATE DATABASE IF NOT EXISTS d COMMENT = 'x'"],
        "CREATE FILE FORMAT": ["CREATE OR REPLACE TEMPORARY FILE FORMAT f TYPE = CSV FIELD_DELIMITER = ',' SKIP_HEADER = 1 "
            + "PARSE_HEADER = TRUE FIELD_OPTIONALLY_ENCLOSED_BY = '\"' NULL_IF = ('x', 'y') COMPRESSION = GZIP COMMENT = 'x'",
            "CREATE FILE FORMAT IF NOT EXISTS f TYPE = JSON", "CREATE FILE FORMAT f CLONE g"],
        "CREATE FUNCTION": ["CREATE OR REPLACE SECURE FUNCTION f(a INT, b INT DEFAULT 1) RETURNS INT COMMENT = 'x' AS $$ a + b $$",
                            "CREATE FUNCTION IF NOT EXISTS f() RETURNS TABLE (a INT) AS $$ SELECT 1 $$"],
        "CREATE ROLE": ["CREATE OR REPLACE ROLE r COMMENT = 'x'", "CREATE ROLE IF NOT EXISTS r"],
        "CREATE SCHEMA": ["CREATE OR REPLACE TRANSIENT SCHEMA d.s CLONE t BEFORE (STATEMENT => 'x')",
                          "CREATE SCHEMA IF NOT EXISTS s WITH MANAGED ACCESS DATA_RETENTION_TIME_IN_DAYS = 1 COMMENT = 'x'"],
        "CREATE SEQUENCE": ["CREATE OR REPLACE SEQUENCE s START = 1 INCREMENT = 2 ORDER COMMENT = 'x'",
                            "CREATE SEQUENCE IF NOT EXISTS s NOORDER", "CREATE SEQUENCE s CLONE t COMMENT = 'x'"],
        "CREATE STAGE": ["CREATE OR REPLACE TEMPORARY STAGE s URL = 's3://b/p/' CREDENTIALS = (AWS_KEY_ID = 'i' AWS_SECRET_KEY = 'k')",
                         "CREATE STAGE IF NOT EXISTS s URL = 'file:///p/' STORAGE_INTEGRATION = i DIRECTORY = (ENABLE = TRUE) "
                             + "FILE_FORMAT = (FORMAT_NAME = 'f') COMMENT = 'x'", "CREATE STAGE s CLONE t"],
        "CREATE TABLE": [
            "CREATE OR REPLACE TEMPORARY TABLE t (a INT NOT NULL AUTOINCREMENT PRIMARY KEY, b TEXT DEFAULT 'x' UNIQUE COMMENT 'x', "
                + "CONSTRAINT f FOREIGN KEY (a) REFERENCES u (a)) CLUSTER BY (a) DATA_RETENTION_TIME_IN_DAYS = 1 COMMENT = 'x'",
            "CREATE OR ALTER TRANSIENT TABLE t (a INT)", "CREATE TABLE IF NOT EXISTS t (a) AS SELECT 1", "CREATE TABLE t LIKE u",
            "CREATE TABLE t CLONE u AT (OFFSET => -60)",
        ],
        "CREATE USER": ["CREATE OR REPLACE USER u PASSWORD = 'p' LOGIN_NAME = 'l' EMAIL = 'e' DEFAULT_ROLE = r DEFAULT_WAREHOUSE = w",
                        "CREATE USER IF NOT EXISTS u DEFAULT_NAMESPACE = d.s COMMENT = 'x'"],
        "CREATE VIEW": ["CREATE OR REPLACE SECURE VIEW v (a COMMENT 'x', b) COMMENT = 'x' AS SELECT 1, 2",
                        "CREATE TEMPORARY RECURSIVE VIEW IF NOT EXISTS v AS SELECT 1"],
        "CREATE WAREHOUSE": ["CREATE OR REPLACE WAREHOUSE w WAREHOUSE_SIZE = XSMALL AUTO_SUSPEND = 60",
                             "CREATE WAREHOUSE IF NOT EXISTS w STATEMENT_TIMEOUT_IN_SECONDS = 1 COMMENT = 'x'"],
        "DELETE": ["DELETE FROM t a USING u, v WHERE a.x = u.x"],
        "DESCRIBE": ["DESCRIBE TABLE t", "DESC FILE FORMAT f", "DESC VIEW v", "DESC STAGE s", "DESC USER u"],
        "DROP": ["DROP TABLE IF EXISTS t CASCADE", "DROP FILE FORMAT f", "DROP SCHEMA s RESTRICT", "DROP FUNCTION f(INT)"],
        "EXECUTE IMMEDIATE": ["EXECUTE IMMEDIATE 'SELECT 1'", "EXECUTE IMMEDIATE $q"],
        "EXPLAIN": ["EXPLAIN USING JSON SELECT 1", "EXPLAIN ANALYZE SELECT 1", "EXPLAIN SELECT 1"],
        "GET": ["GET @s/p file:///tmp/ PARALLEL = 2 PATTERN = 'x'"],
        "GRANT": ["GRANT SELECT, INSERT ON TABLE t TO ROLE r WITH GRANT OPTION", "GRANT ALL PRIVILEGES ON ALL TABLES IN SCHEMA s TO ROLE r",
                  "GRANT SELECT ON FUTURE VIEWS IN DATABASE d TO ROLE r", "GRANT CREATE USER ON ACCOUNT TO ROLE r", "GRANT ROLE r TO USER u",
                  "GRANT ROLE r TO ROLE q", "GRANT DATABASE ROLE d.r TO USER u", "GRANT OWNERSHIP ON TABLE t TO ROLE r COPY CURRENT GRANTS"],
        "INSERT": ["INSERT OVERWRITE INTO t (a, b) VALUES (1, 2), (3, 4)", "INSERT INTO t SELECT 1",
                   "INSERT ALL INTO t (a) VALUES (x) INTO u SELECT 1 AS x",
                   "INSERT OVERWRITE FIRST WHEN x > 1 THEN INTO t ELSE INTO u SELECT 1 AS x"],
        "LIST": ["LIST @s/p PATTERN = 'x'", "LS @s"],
        "MERGE": ["MERGE INTO t a USING (SELECT 1 AS x) b ON a.x = b.x WHEN MATCHED AND a.x > 1 THEN UPDATE SET y = 1, z = 2 "
            + "WHEN MATCHED THEN DELETE WHEN NOT MATCHED AND b.x > 1 THEN INSERT (x) VALUES (b.x)"],
        "PUT": ["PUT file:///tmp/x* @s/p AUTO_COMPRESS = FALSE OVERWRITE = TRUE PARALLEL = 2"],
        "REMOVE": ["REMOVE @s/p PATTERN = 'x'", "RM @s"],
        "REVOKE": ["REVOKE GRANT OPTION FOR SELECT ON TABLE t FROM ROLE r CASCADE", "REVOKE ALL PRIVILEGES ON SCHEMA s FROM ROLE r",
                   "REVOKE ROLE r FROM USER u", "REVOKE ROLE r FROM ROLE q"],
        "ROLLBACK": ["ROLLBACK WORK"],
        "SELECT": ["WITH RECURSIVE w (a) AS (SELECT 1) SELECT DISTINCT a AS b, * EXCLUDE c FROM w, t LEFT JOIN u ON w.a = u.a "
            + "WHERE a > 1 GROUP BY ALL HAVING COUNT(*) > 1 QUALIFY RANK() OVER (ORDER BY a) = 1 UNION ALL SELECT 1, 2 "
            + "ORDER BY 1 DESC NULLS LAST LIMIT 1 OFFSET 2", "SELECT TOP 3 a FROM t NATURAL JOIN u ORDER BY ALL",
                   "SELECT 1 FROM t JOIN u USING (a) CROSS JOIN v"],
        "SET": ["SET a = 1", "SET (a, b) = (1, 2)"],
        "SHOW": ["SHOW TERSE TABLES HISTORY LIKE 'x' IN DATABASE d STARTS WITH 'x' LIMIT 1", "SHOW VIEWS IN ACCOUNT",
                 "SHOW PARAMETERS LIKE 'x' IN WAREHOUSE w", "SHOW GRANTS ON TABLE t", "SHOW GRANTS TO ROLE r", "SHOW GRANTS OF ROLE r"],
        "TRUNCATE": ["TRUNCATE TABLE IF EXISTS t", "TRUNCATE t"], "UNDROP": ["UNDROP TABLE t", "UNDROP SCHEMA s"],
        "UNSET": ["UNSET a", "UNSET (a, b)"], "UPDATE": ["UPDATE t a SET x = 1, y = 2 FROM u, v WHERE a.x = u.x"],
        "USE": ["USE d", "USE DATABASE d", "USE SCHEMA d.s", "USE ROLE r", "USE WAREHOUSE w", "USE SECONDARY ROLES ALL",
                "USE SECONDARY ROLES r, q"],
        "VACUUM": ["VACUUM", "VACUUM t"],
    ]

    @Test func examplesAreRead() {
        #expect(Set(StatementSyntax.all.map(\.name)) == Set(examples.keys))
        for (name, statements) in examples {
            let words = StatementSyntax.all.first { $0.name == name }?.lines ?? ""
            for statement in statements {
                #expect(throws: Never.self, "\(statement)") { try Parser.parseStatement(statement) }
                // What an example shows, the lines tell: but for names and values in small letters and quotes.
                let shown = SourceTokens.of(statement).filter { $0.kind == .word && $0.text == Self.typed($0, statement) && $0.text.count > 1 }
                for word in shown where !Self.values.contains(word.text) {
                    #expect(words.contains(word.text) || words.contains("kind"), "\(word.text) of \(statement)")
                }
            }
        }
    }

    private static func typed(_ token: SourceTokens.Token, _ statement: String) -> String {
        String(decoding: Array(statement.utf8)[token.range], as: UTF8.self)
    }

    /// Words of examples that stand for others, or are any name's.
    private static let values: Set<String> = [
        "TIMEZONE", "EMAIL", "INT", "TEXT", "RETURN_ERRORS", "OFFSET", "STATEMENT", "REFERENCES", "RANK", "OVER", "COUNT", "TABLES",
        "VIEWS", "AS", "INTO", "USER", "VALUES", "TRUE", "FALSE", "SELECT",
    ]

    @Test func everyStatementHasSyntax() {
        for word in SQLWords.statements { #expect(!StatementSyntax.meant(by: word).isEmpty, "\(word)") }
        for syntax in StatementSyntax.all {
            let lines = syntax.lines.split(separator: "\n")
            #expect((1...6).contains(lines.count) && lines.allSatisfy { $0.count <= 120 }, "\(syntax.name)")
        }
    }

    @Test func whatIsMeant() {
        func names(_ text: String) -> [String] { StatementSyntax.meant(by: text).map(\.name) }
        #expect(names("select") == ["SELECT"] && names("with") == ["SELECT"] && names("sel;") == ["SELECT"])
        #expect(names("create table") == ["CREATE TABLE"] && names("create or replace temporary table") == ["CREATE TABLE"])
        #expect(names("create table films") == ["CREATE TABLE"] && names("drop table") == ["DROP"] && names("copy") == ["COPY INTO"])
        #expect(names("create").contains("CREATE VIEW") && names("create").count > 5)
        #expect(names("alter stage") == ["ALTER"] && names("desc table") == ["DESCRIBE"] && names("alter table t") == ["ALTER TABLE"])
        #expect(names("abs").isEmpty && names("").isEmpty && names("tables").isEmpty)
    }

    @Test func help() {
        let functions = ["ABS", "INSERT", "SELECTED"]
        #expect(PromptHelp.words("create table", functions: functions).contains("(column type [NOT NULL]"))
        #expect(PromptHelp.words("insert", functions: functions).contains("VALUES (value, …)"))
        #expect(PromptHelp.words("insert", functions: functions).hasSuffix("Functions\n  INSERT\n"))
        #expect(PromptHelp.words("ab", functions: functions) == "  ABS\n")
        #expect(PromptHelp.words("nothing", functions: functions) == "No statement and no function begins with 'nothing'.\n")
    }
}
