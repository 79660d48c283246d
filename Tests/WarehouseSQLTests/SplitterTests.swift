import Testing
import WarehouseBasics
import WarehouseSQL

@Suite struct SplitterTests {
    @Test(arguments: [
        ("select 1;", ["select 1"], ""), ("select 1; select 2", ["select 1"], "select 2"), ("", [], ""),
        (" -- only a comment ; \n", [], ""), (";;", [], ""), ("select ';' ; ", ["select ';'"], ""),
        ("select 'open;\n", [], "select 'open;\n"), ("select $$;$$; x", ["select $$;$$"], "x"),
        ("select 1 /* ; ", [], "select 1 /* ; "), ("a; /* b", ["a"], " /* b"),
        ("select \";\" -- ;\n;", ["select \";\""], ""),
        ("put file:///tmp/*.csv @s; ls @s;", ["put file:///tmp/*.csv @s", "ls @s"], ""),
    ] as [(String, [String], String)])
    func splits(_ text: String, _ statements: [String], _ rest: String) {
        let found = StatementSplitter.split(text)
        #expect(found.statements == statements)
        #expect(found.rest == rest)
        #expect(StatementSplitter.isComplete(text) == rest.isEmpty)
    }

    @Test func urlsAreShownWithoutKeys() {
        #expect(SecretMask.withoutKeys(url: "s3://k:hunter/11@b/x") == "s3://***")
        #expect(SecretMask.withoutKeys(url: "https://h/x?a=1&sig=hunter") == "https://***")
        #expect(SecretMask.withoutKeys(url: "s3://b/a@b:c/") == "s3://b/a@b:c/")
        #expect(SecretMask.withoutKeys(url: "plain@path") == "plain@path")
    }

    @Test func masksSecrets() {
        #expect(SecretMask.mask("create user u password = 'p' type=person")
            == "create user u password = '***' type=person")
        #expect(SecretMask.mask("create stage s credentials=(aws_key_id='a' aws_secret_key='b')")
            == "create stage s credentials=(aws_key_id='***' aws_secret_key='***')")
        #expect(SecretMask.mask("alter user u set password='open") == "alter user u set password= …")
        #expect(SecretMask.mask("select 'password = x', 'y'") == "select '***', '***'")
        #expect(SecretMask.mask("create user u password 'p' login_name = 'n'") == "create user u password '***' login_name = 'n'")
        #expect(SecretMask.mask("create user u password = a 'p' comment = 'c'")
            == "create user u password = '***' '***' comment = 'c'")
        #expect(SecretMask.mask("create stage s credentials = ('p') comment = 'c'")
            == "create stage s credentials = ('***') comment = 'c'")
        #expect(SecretMask.mask("create stage s credentials = (aws_key = 'p' x = 1) comment = 'c'")
            == "create stage s credentials = (aws_key = '***' x = 1) comment = 'c'")
        #expect(SecretMask.mask("execute immediate 'alter user u set password = ''p'' '") == "execute immediate '***'")
        for (text, masked) in [
            ("create user u pasword = 'p' email = 'e'", "create user u pasword = '***' email = 'e'"),
            ("create or replace user u identified by p", "create or replace user u identified by '***'"),
            ("alter user u set pwd 'p' comment = 'c'", "alter user u set pwd '***' comment = 'c'"),
            ("create stage s encryption = (type = 'AWS_CSE' masterkey = 'p') comment = 'c'",
             "create stage s encryption = (type = 'AWS_CSE' masterkey = '***') comment = 'c'"),
            ("execute immediate $$create user u pwd 'p'$$", "execute immediate '***'"),
            ("execute immediate 'select 1'", "execute immediate 'select 1'"), ("set my_password = 'p'", "set my_password = '***'"),
            ("set name = 'n'", "set name = 'n'"), ("select 'https://h/f?sig=p'", "select '***'"),
            ("select * from user where name = 'n'", "select * from user where name = 'n'"),
            ("create table t comment = 'c'", "create table t comment = 'c'"),
        ] { #expect(SecretMask.mask(text) == masked) }
        for text in ["create user u pasword = 'p'", "ALTER  USER u SET x = 'p'", "list 's3://k:s@b/'", "select 'u://h/?sig=1'"] {
            #expect(SecretMask.mayHoldSecret(text))
        }
        for text in ["select * from user where name = 'n'", "create table user (n int)", "copy into 's3://b/x' from t"] {
            #expect(!SecretMask.mayHoldSecret(text))
        }
        #expect(SecretMask.mask("set q = $$alter user u set password = 'p'$$") == "set q = '***'")
    }

    /// Pieces of statements, and what no statement is: the secret of each is `hunter2`.
    @Test(arguments: [
        "EXECUTE IMMEDIATE 'ALTER USER uu SET PASSWORD = \'\'' || 'hunter2' || '\'\''",
        "EXECUTE IMMEDIATE CONCAT('ALTER USER admin SET PASS','WORD = \'\'hunter2\'\'')",
        "EXECUTE IMMEDIATE $q || 'hunter2'", "EXECUTE IMMEDIATE $$BEGIN CREATE USER c PWD='hunter2'; END$$",
        "SET q = 'CREATE USER k PASSWORD = \'\'' || 'hunter2' || '\'\''", "SET q = 'CREATE USER k PASSWD ' || '\'\'hunter2\'\''",
        "SET pwd = CONCAT('hunter2','x')", "SET pw2 = (SELECT 'hunter2')", "SET (a, pw) = ('x','hunter2')",
        "SET name = 'CREATE USER k PASSWD \'\'hunter2\'\''", "SET \"pw\" = 'hunter2'", "SET pw = hunter2", "SET pw = \"hunter2\"",
        "EXPLAIN SET pw = 'hunter2'", "EXPLAIN ALTER USER admin SET PASWORD='hunter2'", "CREATE USER c PASWORD = \"hunter2\"",
        "CREATE USER c PASWORD = hunter2", "CREATE USER c PWD hunter2", "CREATE USER c hunter2", "CREATE USER c MY PWD hunter2",
        "CREATE USER IF NOT EXISTS PASSWD = hunter2", "ALTER USER c RESET PASSWORD hunter2", "ALTER USER c UNSET PWD = hunter2",
        "CREATE STAGE s URL='s3://b/' CREDENTIAL=(AWS_KEYID='hunter2')", "CREATE STAGE s CREDENTIALS (AWS_KEYID='hunter2')",
        "CREATE STAGE s CREDENTIALS = (AWS_KEYID = hunter2)", "ALTER USER c SET DISABLED = TRUE PASWORD => hunter2",
    ])
    func masks(_ text: String) {
        #expect(!SecretMask.mask(text).contains("hunter2"), "\(SecretMask.mask(text))")
        if !text.hasPrefix("EXECUTE") { #expect(SecretMask.mayHoldSecret(text)) }
    }

    @Test(arguments: [
        "ALTER USER u RENAME TO v", "ALTER USER IF EXISTS u ABORT ALL QUERIES", "ALTER USER u SET AUTHENTICATION POLICY d.s.p",
        "ALTER USER u SET PASSWORD POLICY p", "ALTER USER u RESET PASSWORD", "ALTER USER u UNSET EMAIL, COMMENT",
        "CREATE USER u DEFAULT_ROLE = r DEFAULT_NAMESPACE = d.s MUST_CHANGE_PASSWORD = TRUE DAYS_TO_EXPIRY = 3 COMMENT = 'c'",
        "GRANT CREATE USER ON ACCOUNT TO ROLE r", "ALTER USER u ADD DELEGATED AUTHORIZATION OF ROLE r TO SECURITY INTEGRATION i",
        "SET (a, b) = ('it\'\'s', 2)", "EXECUTE IMMEDIATE 'select ?' USING (a)", "ALTER SESSION SET QUERY_TAG = 'it\'\'s'",
        "CREATE USER IF NOT EXISTS \"u\" LOGIN_NAME = \"l\"", "SELECT REPLACE(user, 'a', 'b') FROM t",
        "CREATE STAGE s ENCRYPTION = (TYPE = 'SNOWFLAKE_SSE') COMMENT = 'c'",
    ])
    func keeps(_ text: String) {
        #expect(SecretMask.mask(text) == text)
    }

    @Test func proseIsNotCut() {
        #expect(SecretMask.mask(prose: "File doesn't exist: /* a\"") == "File doesn't exist: /* a\"")
        #expect(SecretMask.mask(prose: "password = 'p' doesn't") == "password = '***' doesn …")
    }

    @Test func statementsKnowTheirPlaces() throws {
        let parsed = try Parser.parseStatements("-- head\nselect 1 ;\n\n  select 'é', x; ;")
        #expect(parsed.map(\.text) == ["select 1", "select 'é', x"])
        #expect(parsed[1].span.line == 4)
        #expect(parsed[1].span.column == 3)
    }

    @Test func viewsKeepTheirText() throws {
        let parsed = try Parser.parseStatement("create view v as\n select  1 -- one\n as a ;")
        guard case .createView(let view) = parsed.statement else {
            Issue.record("not a view")
            return
        }
        #expect(view.queryText == "select  1 -- one\n as a")
    }
}
