/// What `\h` says of statements: what they begin with, and how they go on, in few lines. What is rare is left out.
struct StatementSyntax {
    var name: String
    var lines: String

    init(_ name: String, _ lines: String) {
        self.name = name
        self.lines = lines
    }

    /// In the order of their names.
    static let all = [
        StatementSyntax("ALTER", """
            ALTER kind [IF EXISTS] name SET property = value … | UNSET property, …
            ALTER kind [IF EXISTS] name RENAME TO new_name
            ALTER {SCHEMA | DATABASE} [IF EXISTS] name SWAP WITH name
            kind: DATABASE, SCHEMA, VIEW, SEQUENCE, STAGE, FILE FORMAT, ROLE, WAREHOUSE, …
            """),
        StatementSyntax("ALTER SESSION", """
            ALTER SESSION SET parameter = value …
            ALTER SESSION UNSET parameter, …
            """),
        StatementSyntax("ALTER TABLE", """
            ALTER TABLE [IF EXISTS] name ADD [COLUMN] [IF NOT EXISTS] column type [constraints], …
              | DROP [COLUMN] [IF EXISTS] column, … | RENAME COLUMN column TO new_name | RENAME TO new_name
              | ALTER [COLUMN] column {[SET DATA] TYPE type | SET NOT NULL | DROP NOT NULL | COMMENT 'text'}, …
              | ADD CONSTRAINT name {PRIMARY KEY | UNIQUE} (column, …) | DROP CONSTRAINT name
              | CLUSTER BY (expression, …) | SWAP WITH table | SET property = value …
            """),
        StatementSyntax("ALTER USER", """
            ALTER USER [IF EXISTS] name SET property = value … | UNSET property, … | RENAME TO new_name
            """),
        StatementSyntax("BEGIN", """
            BEGIN [WORK | TRANSACTION] [NAME name]
            START TRANSACTION [NAME name]
            """),
        StatementSyntax("CALL", "CALL procedure([argument, …])"),
        StatementSyntax("COMMENT", "COMMENT [IF EXISTS] ON kind name IS 'text'"),
        StatementSyntax("COMMIT", "COMMIT [WORK]"),
        StatementSyntax("COPY INTO", """
            COPY INTO table [(column, …)] FROM {@stage[/path] | 'url' | (SELECT $1, $2:name, … FROM @stage[/path])}
              [FILES = ('file', …)] [PATTERN = 'regex'] [FILE_FORMAT = (TYPE = CSV …)] [ON_ERROR = CONTINUE | …]
              [PURGE = TRUE] [FORCE = TRUE] [MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE] [VALIDATION_MODE = …]
            COPY INTO {@stage[/path] | 'url'} FROM {table | (query)}
              [PARTITION BY (expression)] [FILE_FORMAT = (TYPE = …)] [OVERWRITE = TRUE] [SINGLE = TRUE] [HEADER = TRUE]
            """),
        StatementSyntax("CREATE DATABASE", """
            CREATE [OR REPLACE] [TRANSIENT] DATABASE [IF NOT EXISTS] name [CLONE database [AT | BEFORE (…)]]
              [DATA_RETENTION_TIME_IN_DAYS = n] [COMMENT = 'text']
            """),
        StatementSyntax("CREATE FILE FORMAT", """
            CREATE [OR REPLACE] [TEMPORARY] FILE FORMAT [IF NOT EXISTS] name TYPE = CSV | JSON
              [FIELD_DELIMITER = ','] [SKIP_HEADER = n] [PARSE_HEADER = TRUE] [FIELD_OPTIONALLY_ENCLOSED_BY = '"']
              [NULL_IF = ('text', …)] [COMPRESSION = GZIP | …] [COMMENT = 'text'] …
            CREATE … FILE FORMAT name CLONE format [COMMENT = 'text']
            """),
        StatementSyntax("CREATE FUNCTION", """
            CREATE [OR REPLACE] [SECURE] FUNCTION [IF NOT EXISTS] name([argument type [DEFAULT value], …])
              RETURNS {type | TABLE (column type, …)} [COMMENT = 'text'] AS $$ expression or query $$
            """),
        StatementSyntax("CREATE ROLE", "CREATE [OR REPLACE] ROLE [IF NOT EXISTS] name [COMMENT = 'text']"),
        StatementSyntax("CREATE SCHEMA", """
            CREATE [OR REPLACE] [TRANSIENT] SCHEMA [IF NOT EXISTS] [database.]name [CLONE schema [AT | BEFORE (…)]]
              [WITH MANAGED ACCESS] [DATA_RETENTION_TIME_IN_DAYS = n] [COMMENT = 'text']
            """),
        StatementSyntax("CREATE SEQUENCE", """
            CREATE [OR REPLACE] SEQUENCE [IF NOT EXISTS] name [START = n] [INCREMENT = n] [ORDER | NOORDER] [COMMENT = 'text']
            CREATE … SEQUENCE name CLONE sequence [COMMENT = 'text']
            """),
        StatementSyntax("CREATE STAGE", """
            CREATE [OR REPLACE] [TEMPORARY] STAGE [IF NOT EXISTS] name [URL = 's3://bucket/path/' | 'file:///path/']
              [STORAGE_INTEGRATION = name | CREDENTIALS = (AWS_KEY_ID = 'id' AWS_SECRET_KEY = 'key')]
              [DIRECTORY = (ENABLE = TRUE)] [FILE_FORMAT = (TYPE = … | FORMAT_NAME = 'name')] [COMMENT = 'text']
            CREATE … STAGE name CLONE external_stage [COMMENT = 'text']
            """),
        StatementSyntax("CREATE TABLE", """
            CREATE [OR REPLACE | OR ALTER] [TEMPORARY | TRANSIENT] TABLE [IF NOT EXISTS] name
              (column type [NOT NULL] [DEFAULT value | AUTOINCREMENT] [PRIMARY KEY | UNIQUE] [COMMENT 'text'], …
               [, [CONSTRAINT name] {PRIMARY KEY | UNIQUE | FOREIGN KEY} (column, …) …])
              [CLUSTER BY (expression, …)] [DATA_RETENTION_TIME_IN_DAYS = n] [COMMENT = 'text']
            CREATE … TABLE name [(column [type], …)] AS query
            CREATE … TABLE name {LIKE table | CLONE table [AT | BEFORE (…)]}
            """),
        StatementSyntax("CREATE USER", """
            CREATE [OR REPLACE] USER [IF NOT EXISTS] name [PASSWORD = 'text'] [LOGIN_NAME = 'name'] [EMAIL = 'address']
              [DEFAULT_ROLE = role] [DEFAULT_WAREHOUSE = name] [DEFAULT_NAMESPACE = database.schema] [COMMENT = 'text']
            """),
        StatementSyntax("CREATE VIEW", """
            CREATE [OR REPLACE] [SECURE] [TEMPORARY] [RECURSIVE] VIEW [IF NOT EXISTS] name [(column [COMMENT 'text'], …)]
              [COMMENT = 'text'] AS query
            """),
        StatementSyntax("CREATE WAREHOUSE", """
            CREATE [OR REPLACE] WAREHOUSE [IF NOT EXISTS] name [WAREHOUSE_SIZE = XSMALL | …] [AUTO_SUSPEND = seconds]
              [STATEMENT_TIMEOUT_IN_SECONDS = n] [COMMENT = 'text']
            """),
        StatementSyntax("DELETE", "DELETE FROM table [alias] [USING relation, …] [WHERE condition]"),
        StatementSyntax("DESCRIBE", """
            {DESCRIBE | DESC} {TABLE | VIEW | STAGE | FILE FORMAT | USER | FUNCTION | …} name
            """),
        StatementSyntax("DROP", """
            DROP {DATABASE | SCHEMA | TABLE | VIEW | SEQUENCE | STAGE | FILE FORMAT | FUNCTION | ROLE | USER | …}
              [IF EXISTS] name [CASCADE | RESTRICT]
            """),
        StatementSyntax("EXECUTE IMMEDIATE", "EXECUTE IMMEDIATE {'statement' | $variable}"),
        StatementSyntax("EXPLAIN", "EXPLAIN [USING {TEXT | JSON | TABULAR} | ANALYZE] statement"),
        StatementSyntax("GET", "GET @stage[/path] file:///folder/ [PARALLEL = n] [PATTERN = 'regex']"),
        StatementSyntax("GRANT", """
            GRANT {privilege, … | ALL [PRIVILEGES]} ON {kind name | ALL kinds IN {DATABASE | SCHEMA} name
              | FUTURE kinds IN {DATABASE | SCHEMA} name | ACCOUNT} TO ROLE role [WITH GRANT OPTION]
            GRANT ROLE role TO {USER name | ROLE name}
            GRANT DATABASE ROLE role TO {USER name | ROLE name | DATABASE ROLE name}
            GRANT OWNERSHIP ON kind name TO ROLE role [COPY CURRENT GRANTS | REVOKE CURRENT GRANTS]
            """),
        StatementSyntax("INSERT", """
            INSERT [OVERWRITE] INTO table [(column, …)] {VALUES (value, …), … | query}
            INSERT [OVERWRITE] ALL INTO table [(column, …)] [VALUES (expression, …)] … query
            INSERT [OVERWRITE] {ALL | FIRST} WHEN condition THEN INTO table … [ELSE INTO table …] query
            """),
        StatementSyntax("LIST", "{LIST | LS} @stage[/path] [PATTERN = 'regex']"),
        StatementSyntax("MERGE", """
            MERGE INTO table [alias] USING {table | (query)} [alias] ON condition
              [WHEN MATCHED [AND condition] THEN {UPDATE SET column = expression, … | DELETE}] …
              [WHEN NOT MATCHED [AND condition] THEN INSERT [(column, …)] VALUES (expression, …)] …
            """),
        StatementSyntax("PUT", """
            PUT file:///path/name* @stage[/path] [AUTO_COMPRESS = TRUE | FALSE] [OVERWRITE = TRUE] [PARALLEL = n]
            """),
        StatementSyntax("REMOVE", "{REMOVE | RM} @stage[/path] [PATTERN = 'regex']"),
        StatementSyntax("REVOKE", """
            REVOKE [GRANT OPTION FOR] {privilege, … | ALL [PRIVILEGES]} ON kind name FROM ROLE role [CASCADE]
            REVOKE ROLE role FROM {USER name | ROLE name}
            """),
        StatementSyntax("ROLLBACK", "ROLLBACK [WORK]"),
        StatementSyntax("SELECT", """
            [WITH [RECURSIVE] name [(column, …)] AS (query), …]
            SELECT [DISTINCT] [TOP n] {* [EXCLUDE column] | expression [[AS] alias]}, … [FROM relation, …]
              [{[INNER] | {LEFT | RIGHT | FULL} | CROSS | NATURAL | ASOF} JOIN relation {ON condition | USING (column, …)}]
              [WHERE condition] [GROUP BY {expression, … | ALL}] [HAVING condition] [QUALIFY condition]
              [{UNION | INTERSECT | EXCEPT} [ALL] query]
              [ORDER BY {expression [ASC | DESC] [NULLS FIRST | LAST], … | ALL}] [LIMIT n [OFFSET n]]
            """),
        StatementSyntax("SET", """
            SET variable = expression
            SET (variable, …) = (expression, …)
            """),
        StatementSyntax("SHOW", """
            SHOW [TERSE] kinds [HISTORY] [LIKE 'pattern'] [IN {ACCOUNT | DATABASE [name] | SCHEMA [name]}]
              [STARTS WITH 'text'] [LIMIT n]
            SHOW PARAMETERS [LIKE 'pattern'] [IN {SESSION | ACCOUNT | USER name | WAREHOUSE name | TABLE name}]
            SHOW GRANTS [ON kind name | TO {ROLE | USER} name | OF ROLE name]
            """),
        StatementSyntax("TRUNCATE", "TRUNCATE [TABLE] [IF EXISTS] name"),
        StatementSyntax("UNDROP", "UNDROP {TABLE | SCHEMA | DATABASE} name"),
        StatementSyntax("UNSET", "UNSET variable | (variable, …)"),
        StatementSyntax("UPDATE", "UPDATE table [alias] SET column = expression, … [FROM relation, …] [WHERE condition]"),
        StatementSyntax("USE", """
            USE {[DATABASE] name | [SCHEMA] [database.]name | ROLE name | WAREHOUSE name}
            USE SECONDARY ROLES {ALL | NONE | role, …}
            """),
        StatementSyntax("VACUUM", "VACUUM [table]"),
    ]

    /// Other words for what a statement begins with.
    private static let synonyms = [
        "DESC": "DESCRIBE", "LS": "LIST", "RM": "REMOVE", "WITH": "SELECT", "VALUES": "SELECT", "START": "BEGIN",
        "COPY": "COPY INTO", "EXECUTE": "EXECUTE IMMEDIATE",
    ]

    /// Words that stand between CREATE and the kind of object.
    private static let modifiers: Set<String> = [
        "OR", "REPLACE", "TEMPORARY", "TEMP", "TRANSIENT", "SECURE", "RECURSIVE", "VOLATILE", "LOCAL", "GLOBAL",
    ]

    /// The statements that are meant by some words: the one that is named, or begins the words, else all that begin as them.
    static func meant(by text: String) -> [StatementSyntax] {
        var words = text.uppercased().split { $0.isWhitespace || $0 == ";" }.map(String.init)
        if words.first == "CREATE" { words.removeAll { modifiers.contains($0) } }
        guard let first = words.first else { return [] }
        if let synonym = synonyms[first] { words = synonym.split(separator: " ").map(String.init) + words.dropFirst() }
        let typed = words.joined(separator: " ")
        if let named = all.first(where: { $0.name == typed }) { return [named] }
        let begun = all.filter { $0.name.hasPrefix(typed) }
        if !begun.isEmpty { return begun }
        return all.filter { typed.hasPrefix($0.name + " ") }.max { $0.name.count < $1.name.count }.map { [$0] } ?? []
    }
}
