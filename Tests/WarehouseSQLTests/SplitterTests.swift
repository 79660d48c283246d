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

    @Test func masksSecrets() {
        #expect(SecretMask.mask("create user u password = 'p' type=person")
            == "create user u password = '***' type=person")
        #expect(SecretMask.mask("create stage s credentials=(aws_key_id='a' aws_secret_key='b')")
            == "create stage s credentials=(aws_key_id='***' aws_secret_key='***')")
        #expect(SecretMask.mask("alter user u set password='open") == "alter user u set password= …")
        #expect(SecretMask.mask("select 'password = x'") == "select 'password = x'")
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
