#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import TestSupport

/// Statements that a role tries, about any object of `AccessWorld`: `{n}` its name, `{b}` the last part of it, `{p}` what it
/// is in, `{k}` its kind or another, `{r}` its name as DROP takes it.
enum AccessAttacks {
    /// More by ACCESS_SEEDS, from ACCESS_SEED on.
    static let seeds = {
        let first = getenv("ACCESS_SEED").flatMap { Int(String(cString: $0)) } ?? 0
        return first..<first + (getenv("ACCESS_SEEDS").flatMap { Int(String(cString: $0)) } ?? Effort.pick(2, long: 20))
    }()
    static let count = 250

    /// What the statement needs on the object; nil: to own it.
    static func needs(_ kind: String) -> [(String, String?)] {
        let own: [(String, String?)] = [("ALTER {k} {r} SET COMMENT = 'x'", nil), ("DROP {k} {r}", nil)]
        switch kind {
        case "TABLE":
            return own + [("SELECT COUNT(*) FROM {n}", "SELECT"), ("INSERT INTO {n} VALUES (NULL, NULL)", "INSERT"),
                          ("UPDATE {n} SET n = 3", "UPDATE"), ("DELETE FROM {n}", "DELETE"), ("TRUNCATE TABLE {n}", "TRUNCATE"),
                          ("CREATE TABLE w.w.made CLONE {n}", "SELECT"), ("LIST @{p}.%{b}", nil),
                          ("GRANT SELECT ON TABLE {n} TO ROLE r2", nil)].filter { !$0.0.contains("INSERT") && !$0.0.contains("GRANT") }
        case "VIEW": return own + [("SELECT COUNT(*) FROM {n}", "SELECT")]
        case "STAGE": return own + [("LIST @{n}", "READ")]
        case "FILE FORMAT": return own + [("CREATE FILE FORMAT w.w.made CLONE {n}", "USAGE")]
        case "SEQUENCE": return own + [("SELECT {n}.NEXTVAL", "USAGE")]
        case "FUNCTION": return own + [("SELECT {n}(1)", "USAGE")]
        case "SCHEMA":
            return [("COMMENT ON SCHEMA {n} IS 'x'", "MODIFY"), ("DESC SCHEMA {n}", "MONITOR"), ("DROP SCHEMA {n}", nil)]
        case "DATABASE": return [("COMMENT ON DATABASE {n} IS 'x'", "MODIFY"), ("DESC DATABASE {n}", "MONITOR")]
        default: return own
        }
    }

    static let naming = [
        "DESC {k} {n}", "DESC {n}", "DROP {k} {r}", "DROP {k} IF EXISTS {r}", "DROP {k} {r} CASCADE", "UNDROP {k} {n}",
        "UNDROP TABLE {p}.gone",
        "ALTER {k} {r} SET COMMENT = 'x'", "ALTER {k} IF EXISTS {r} SET COMMENT = 'x'", "ALTER {k} {r} RENAME TO {p}.other",
        "COMMENT ON {k} {r} IS 'x'", "COMMENT IF EXISTS ON {k} {r} IS 'x'", "COMMENT ON COLUMN {n}.n IS 'x'",
        "COMMENT ON COLUMN {n}.zz IS 'x'",
        "GRANT ALL ON {k} {r} TO ROLE r2", "GRANT OWNERSHIP ON {k} {r} TO ROLE r2 COPY CURRENT GRANTS",
        "REVOKE ALL ON {k} {r} FROM ROLE r2",
        "GRANT SELECT ON ALL TABLES IN SCHEMA {p} TO ROLE r2", "GRANT SELECT ON ALL VIEWS IN DATABASE {n} TO ROLE r2",
        "REVOKE SELECT ON ALL TABLES IN SCHEMA {p} FROM ROLE r2", "GRANT SELECT ON FUTURE TABLES IN SCHEMA {n} TO ROLE r2",
        "SHOW GRANTS ON {k} {r}", "SHOW FUTURE GRANTS IN SCHEMA {n}", "SELECT GET_DDL('{k}', '{r}')", "SELECT GET_DDL('SCHEMA', '{p}')",
        "SELECT GET_DDL('DATABASE', '{p}')", "SHOW {k}S LIKE '{b}' IN ACCOUNT", "SHOW {k}S IN SCHEMA {p}", "SHOW {k}S IN DATABASE {p}",
        "SHOW {k}S HISTORY IN SCHEMA {p}", "SHOW TERSE {k}S IN DATABASE D STARTS WITH '{b}'", "SHOW OBJECTS IN SCHEMA {p} LIMIT 2",
        "CREATE {k} w.w.made CLONE {n}", "CREATE SCHEMA w.made CLONE {n}", "CREATE SCHEMA w.made CLONE {p}",
        "CREATE DATABASE made CLONE {n}",
        "SELECT * FROM {n}", "SELECT zz FROM {n}", "SELECT n FROM {n}x", "SELECT n FROM {p}x.{b}", "SELECT COUNT(*) FROM {n}",
        "SELECT * FROM {n} AT (OFFSET => 0)", "SELECT * FROM {n} BEFORE (STATEMENT => '01')", "INSERT INTO {n} (n) VALUES (5)",
        "INSERT INTO {n} (zz) VALUES (5)", "INSERT INTO {n} SELECT 1, 2, 3, 4", "INSERT OVERWRITE INTO {n} (n) SELECT 8",
        "INSERT ALL INTO w.w.mine INTO {n} SELECT 7", "UPDATE {n} SET n = 3",
        "UPDATE {n} SET zz = 3", "DELETE FROM {n}", "DELETE FROM w.w.mine USING {n} WHERE TRUE",
        "MERGE INTO {n} USING w.w.mine m ON m.n = 1 WHEN MATCHED THEN DELETE",
        "MERGE INTO w.w.mine USING {n} x ON TRUE WHEN MATCHED THEN DELETE",
        "TRUNCATE TABLE {n}", "TRUNCATE TABLE IF EXISTS {n}", "CREATE TABLE w.w.made LIKE {n}",
        "CREATE TABLE w.w.made CLONE {n} AT (OFFSET => 0)",
        "CREATE TABLE w.w.made AS SELECT * FROM {n}", "CREATE VIEW w.w.made AS SELECT * FROM {n}",
        "CREATE OR REPLACE TABLE w.w.mine CLONE {n}",
        "ALTER TABLE w.w.mine SWAP WITH {n}", "ALTER SCHEMA w.w SWAP WITH {n}", "ALTER DATABASE w SWAP WITH {n}",
        "ALTER TABLE w.w.mine ADD CONSTRAINT c FOREIGN KEY (n) REFERENCES {n} (n)",
        "ALTER TABLE w.w.mine ADD FOREIGN KEY (n) REFERENCES {n} (zz)",
        "CREATE TABLE w.w.made (n INT REFERENCES {n})", "ALTER TABLE {n} ADD COLUMN q INT",
        "ALTER TABLE {n} ADD COLUMN IF NOT EXISTS zz INT",
        "ALTER TABLE {n} DROP COLUMN zz", "ALTER TABLE IF EXISTS {n} DROP COLUMN IF EXISTS zz", "ALTER VIEW {n} SET SECURE",
        "ALTER VIEW {n} UNSET SECURE", "COPY INTO {n} FROM @w.w.st", "COPY INTO @w.w.st/x FROM {n}", "COPY INTO w.w.mine FROM @{n}",
        "COPY INTO w.w.mine FROM @w.w.st FILE_FORMAT = (FORMAT_NAME = '{n}')", "COPY INTO w.w.mine FROM @{p}.%{b}",
        "COPY INTO {n} FROM @{p}.ST VALIDATION_MODE = RETURN_ERRORS", "COPY INTO @{n}/y FROM (SELECT 1)", "LIST @{n}", "LIST @{p}.%{b}",
        "REMOVE @{n}",
        "SHOW COLUMNS IN {n}", "SHOW COLUMNS IN TABLE {n}", "SHOW COLUMNS IN VIEW {n}", "SHOW PRIMARY KEYS IN TABLE {n}",
        "SHOW IMPORTED KEYS IN {p}.U",
        "SHOW EXPORTED KEYS IN TABLE {n}", "SHOW UNIQUE KEYS IN SCHEMA {p}", "EXPLAIN SELECT * FROM {n}",
        "EXPLAIN USING TEXT DELETE FROM {n}",
        "EXPLAIN USING JSON INSERT INTO {n} (n) VALUES (1)", "EXPLAIN ANALYZE SELECT * FROM {n}", "SELECT {n}(1)", "SELECT {n}('a', 2)",
        "SELECT {n}.NEXTVAL",
        "SELECT {p}.{b}x(1)", "SELECT $1 FROM @{n}", "SELECT $1 FROM @w.w.st (FILE_FORMAT => '{n}')", "SELECT * FROM TABLE({n}(1))",
        "SELECT * FROM TABLE(INFER_SCHEMA(LOCATION => '@{n}', FILE_FORMAT => '{p}.FF'))",
        "SELECT * FROM TABLE(VALIDATE({n}, JOB_ID => '_last'))",
        "SELECT * FROM TABLE({d}.INFORMATION_SCHEMA.COPY_HISTORY(TABLE_NAME => '{n}', START_TIME => "
            + "DATEADD(hour, -1, CURRENT_TIMESTAMP())))",
        "SELECT * FROM IDENTIFIER('{n}')", "SELECT * FROM TABLE('{n}')", "USE SCHEMA {n}", "USE DATABASE {n}", "USE SCHEMA {p}",
        "CREATE STAGE w.w.made FILE_FORMAT = {n}", "CREATE TABLE w.w.made (a INT DEFAULT {n}.NEXTVAL)",
        "CREATE TABLE w.w.made (a INT DEFAULT {n}(1))",
        "CREATE FUNCTION w.w.made() RETURNS INT AS '{n}(1)'", "CREATE FUNCTION w.w.made() RETURNS INT AS '(SELECT MAX(n) FROM {n})'",
        "ALTER TABLE w.w.mine SET TAG {n} = 'x'", "SELECT SYSTEM$GET_TAG('{n}', 'w.w.mine', 'TABLE')",
        "SELECT SYSTEM$GET_TAG('{p}.TG', '{n}', 'TABLE')",
        "ALTER SEQUENCE {n} SET INCREMENT = 5", "ALTER STAGE {n} REFRESH", "SELECT * FROM DIRECTORY(@{n})",
        "ALTER TABLE {n} CLUSTER BY (zz)",
        "VACUUM {n}", "SHOW PARAMETERS IN TABLE {n}", "SHOW PARAMETERS IN SCHEMA {n}", "SHOW PARAMETERS IN DATABASE {n}",
        "DROP SCHEMA {p} CASCADE",
        "DROP SCHEMA {p} RESTRICT", "CALL {n}(1)", "SELECT * FROM w.w.mine, {n}", "SELECT 1 WHERE EXISTS (SELECT 1 FROM {n})",
        "ALTER SCHEMA {n} ENABLE MANAGED ACCESS", "GRANT SELECT ON TABLE w.w.mine TO ROLE {b}",
        "SELECT SYSTEM$CLUSTERING_INFORMATION('{n}')",
        "ALTER TABLE w.w.mine ALTER COLUMN n SET DEFAULT {n}.NEXTVAL", "SHOW ROLES LIKE '{b}'", "SHOW {k}S IN {p}", "DESC {k} {p}x.{b}",
        "SELECT * FROM {d}.INFORMATION_SCHEMA.TABLES WHERE table_name = '{b}'", "SELECT * FROM {d}x.INFORMATION_SCHEMA.TABLES",
    ].map { $0.replacing("{d}", with: "D") }

    /// Statements that take the name.
    static let making = [
        "CREATE TABLE {n} (q INT)", "CREATE OR REPLACE TABLE {n} (q INT)", "CREATE TABLE IF NOT EXISTS {n} (q INT)",
        "CREATE TEMPORARY TABLE {n} (q INT)",
        "CREATE OR REPLACE TEMPORARY TABLE {n} (q INT)", "CREATE OR ALTER TABLE {n} (n INT, q INT)", "CREATE TABLE {n} CLONE w.w.mine",
        "CREATE OR REPLACE TABLE {n} LIKE w.w.mine", "CREATE OR REPLACE TABLE {n} AS SELECT 1 AS q", "CREATE VIEW {n} AS SELECT 1 AS q",
        "CREATE OR REPLACE VIEW {n} AS SELECT 1 AS q", "CREATE VIEW IF NOT EXISTS {n} AS SELECT 1 AS q",
        "CREATE OR REPLACE SECURE VIEW {n} AS SELECT 1 AS q",
        "CREATE TEMPORARY VIEW {n} AS SELECT 1 AS q", "CREATE STAGE {n}", "CREATE OR REPLACE STAGE {n}", "CREATE STAGE IF NOT EXISTS {n}",
        "CREATE TEMPORARY STAGE {n}", "CREATE OR REPLACE FILE FORMAT {n} TYPE = JSON", "CREATE SEQUENCE {n}",
        "CREATE OR REPLACE SEQUENCE {n}",
        "CREATE OR REPLACE FUNCTION {n}(x INT) RETURNS INT AS '1'", "CREATE FUNCTION {n}(x INT) RETURNS INT AS '1'", "CREATE TAG {n}",
        "CREATE FUNCTION IF NOT EXISTS {n}(x INT) RETURNS INT AS '1'", "CREATE OR REPLACE SCHEMA {n}", "CREATE SCHEMA {n}",
        "CREATE SCHEMA IF NOT EXISTS {n}",
        "CREATE DATABASE {n}", "CREATE OR REPLACE DATABASE {n}", "ALTER TABLE w.w.mine RENAME TO {n}", "ALTER STAGE w.w.st RENAME TO {n}",
        "ALTER SCHEMA w.w RENAME TO {n}",
    ]

    static let global = ["TABLES", "VIEWS", "OBJECTS", "SCHEMAS", "DATABASES", "STAGES", "FILE FORMATS", "SEQUENCES", "COLUMNS",
        "USER FUNCTIONS",
                         "TAGS", "PRIMARY KEYS", "UNIQUE KEYS", "IMPORTED KEYS", "EXPORTED KEYS", "ROLES"].map {
        "SHOW \($0)" + (["ROLES", "DATABASES"].contains($0) ? "" : " IN ACCOUNT")
    } + ["D", "E"].flatMap { database in
        ["TABLES", "COLUMNS", "VIEWS", "SCHEMATA", "DATABASES", "STAGES", "FILE_FORMATS", "LOAD_HISTORY", "FUNCTIONS", "SEQUENCES",
        "TABLE_CONSTRAINTS",
         "REFERENTIAL_CONSTRAINTS", "TABLE_STORAGE_METRICS", "TABLE_PRIVILEGES", "USAGE_PRIVILEGES", "OBJECT_PRIVILEGES",
        "APPLICABLE_ROLES",
         "ENABLED_ROLES"].map { "SELECT * FROM \(database).INFORMATION_SCHEMA.\($0)" }
    } + AccessWorld.schemas.map { "EXPLAIN USING TEXT SELECT * FROM \($0).SV WHERE TO_NUMBER(n) > 0" }
        + ["SHOW TABLES HISTORY IN ACCOUNT", "SHOW SCHEMAS HISTORY", "SHOW DATABASES HISTORY", "SHOW GRANTS", "SHOW TRANSACTIONS",
        "SHOW LOCKS",
         "SELECT query_text FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY()) WHERE user_name <> 'MALLORY'", "SHOW USERS", "SHOW WAREHOUSES"]
}
