import Testing
import WarehouseBasics
import WarehouseSQL

/// What is taken for a secret, and what is only called so.
@Suite struct SecretMaskTests {
    @Test(arguments: [
        "select 'Bearer hunter2'", "select 'Authorization: Bearer XXX'", "select 'authorization: hunter2'", "select 'Basic dXNlcjpw'",
        "select 'bearer ' || 'hunter2'", "set x = 'AKIAIOSFODNN7EXAMPLE'", "select 'ASIAIOSFODNN7EXAMPLE'", "select 'https://u:p@h/'",
        "select 'password=hunter2'", "select '{\"api_token\": \"XXX\"}'", "select 'the token is x1, token: x'", "-- token abc",
        "select /* password hunter2 */ 1", "select * from t where password = 'x'", "select * from t where t.api_key in ('a', 'b')",
        "select * from t where 'x' = db_password", "select * from t where upper(token) like 'X%'", "select 'x' as password",
        "select $$x$$ api_token", "update t set passwd = concat('a', 'b')", "update t set pin = 1, password = 12345",
        "insert into users (name, password) values ('bob', 'hunter2')", "insert into k (api_token) select 'x'",
        "select v:token::string = 'x' from t", "call f(client_secret => 'x')", "AWS_SECRET_KEY=abc", "select AWS_SECRET_KEY=abc",
        "create stage s credentials=(aws_key_id=abc aws_secret_key=def)", "create secret s type = generic_string secret_string = 'x'",
        "create stage s credentials = (aws_keyid = 'hunter", "create stage s encryption=(type='AWS_CSE' master_key='hun",
        "alter user u set password='hun", "select 1; create user u identified by 'x", "alter user u set password = $p",
        "create table t (a int) comment = 'password: hunter2'", "select 'token abc123'", "call identified by hunter2",
        "create external table t location = @s credentials = (aws_keyid = 'x')", "select 'it''s ?sig=abc'",
    ])
    func hidden(_ text: String) { #expect(SecretMask.mayHoldSecret(text)) }

    @Test(arguments: [
        "select 1 as token_count;", "select 1 as secret_santa;", "select * from password_resets", "select 1 as token",
        "select nosuch, token_count from secret", "select token, password from users order by token limit 5", "drop secret s",
        "select * from a join b on a.token = b.token and a.api_key = b.api_key", "select count(token) from secrets where id = 5",
        "select * from secret where name = n", "select * from t where token_count = 5 and secret_santa = 'Bob'",
        "create table users (id int, password varchar, kind text default null)", "grant usage on secret s to role r",
        "select token_count || name from t where title = 'The Secret Garden'", "select * from films where title like 'Basic Instinct%'",
        "select 'a' as secret_santa, 'b' as token_count", "select max(token) as last_token, 1 as kind from t",
        "create stage s encryption = (type = 'SNOWFLAKE_SSE')", "-- the tokens of a user\nselect 1", "select v:token::string from t",
        "select * from t where password is null and name = n", "select password, 1 from t", "select 'Password'",
        "create view v as select token, 1 as kind from users", "select * from t where token = t.other and kind = 1",
        "select secret.token from secret", "show tables like 'token%'", "select 'passwords are hashed'",
        "select * from films where title in ('The Secret Garden', 'Top Secret!') and genre = 'Drama'",
        "select * from t where is_password = true", "execute immediate 'select 1'",
    ])
    func plain(_ text: String) { #expect(!SecretMask.mayHoldSecret(text)) }

    /// The name of a secret stands apart from it: in another literal, or in a list of columns.
    @Test(arguments: [
        "insert into nosuch values ('db_password','hunter2')", "insert into nosuch(k,v) select 'secret','hunter2'",
        "select object_construct('password','hunter2'), nosuch()", "update nosuch set value='hunter2' where name='api_token'",
        "select decode(name,'password','hunter2') from t", "select case name when 'password' then 'hunter2' end from t",
        "with c(u,password) as (select 'bob','hunter2') select nosuch from c", "select * from values ('bob','hunter2') v(u,password)",
        "select column1 u, column2 as password from values ('bob','hunter2')", "select * from t where pw = 'hunter2'",
        "select 'pass: hunter2'", "insert into t values ('Password of the shop', 'hunter2')", "select v['api_key'] = 'hunter2' from t",
        "insert into t values ('aws.access-key', $$hunter2$$)", "insert into t values ('db_password', 'hunt", "select 'pw', 'hunter2'",
        "select nosuch from t where 'bob' || 'hunter2' = t.a || t.\"db_password\"", "select 'dbpassword', 'hunter2'",
        "select * from secret where name = 'n'", "select password, 'x' from t", "select 'x' as kind, max(token) as t from t",
        "create table users (id int, password varchar default 'x')", "select 'token_of_bob', 'hunter2'", "select 'passphrase', 'x'",
        "select 'credentials', 'x'", "select 'passwd', 'x'", "select 'pwd', 'x'", "select 'private_key', 'x'",
    ])
    func hiddenApart(_ text: String) { #expect(SecretMask.mayHoldSecret(text)) }

    /// As above, without what names a secret or without what may be one.
    @Test(arguments: [
        "insert into nosuch values ('db_name','movies')", "insert into nosuch(k,v) select 'secrets','x'",
        "select object_construct('passwords', 'x'), nosuch()", "update nosuch set value=1 where name='api_token'",
        "select decode(name,'password',1) from t", "select case name when 'password' then 1 end from t",
        "with c(u,password) as (select 1, 2) select nosuch from c", "select * from values ('bob','x') v(u,password_resets)",
        "select column1 u, column2 as token_count from values ('bob','x')", "select * from t where power = 'x'", "select 'pass'",
        "select tokens, tokenizer, secret_santa from t where name = 'n' and kind = 'k'", "select 'pass', 'fail'", "select 'pass the salt'",
        "select token_id, 'x' from t", "select 'tokenizer', 'key', 'primary key'", "select 1; select password from t; select 'x'",
    ])
    func plainApart(_ text: String) { #expect(!SecretMask.mayHoldSecret(text)) }

    @Test(arguments: [
        "curl -H 'Authorization: Bearer XXX' https://h", "curl --user me:XXX https://h", "curl -ume:XXX h", "curl -u 'me:XXX' h",
        "curl --user=me:XXX h", "scp me:XXX@h:f .", "curl https://me:XXX@h/", "curl -H \"X-Api-Key: XXX\" h", "PGPASSWORD=XXX psql",
        "mlwh run --vars '{\"api_token\":\"XXX\"}'", "tool --token XXX", "|tool --password=XXX", "api_key XXX", "x 'AKIAIOSFODNN7EXAMPLE'",
        "mysql -e \"create user u identified by 'x'\"", "sh -c 'export DB_PASS=XXX'", "curl -H 'authorization: basic dXNlcjpw' h",
        "curl -d password=XXX h",
    ])
    func commands(_ text: String) { #expect(SecretMask.mayHoldSecret(command: text)) }

    @Test(arguments: [
        "ls -l", "cat passwords.txt", "grep -c x tokens.csv", "sort -u a.txt", "|less -S", "FORMAT csv", "curl https://h:8080/x",
        "head secret.csv", "git log me@host:x", "token_count 5", "git clone git@host:a/b", "wc token",
    ])
    func plainCommands(_ text: String) { #expect(!SecretMask.mayHoldSecret(command: text)) }

    /// The history of queries shows the rest of the statement.
    @Test func literalsAreMasked() {
        for (text, masked) in [
            ("select 'Bearer hunter2', 'x'", "select '***', 'x'"), ("select 'AKIAIOSFODNN7EXAMPLE'", "select '***'"),
            ("select * from t where api_token = 'x' and name = 'n'", "select * from t where api_token = '***' and name = 'n'"),
            ("select * from t where token_count = 'x'", "select * from t where token_count = 'x'"),
            ("select 'Basic Instinct'", "select 'Basic Instinct'"), ("select 'Basic\tdXNlcjpw'", "select '***'"),
            ("insert into t values ('DB_PASSWORD', 'hunter2')", "insert into t values ('DB_PASSWORD', '***')"),
            ("insert into t (k, token) values ('bob', 'x')", "insert into t (k, token) values ('***', '***')"),
            ("update t set v = 'x' where k = 'api_key'", "update t set v = '***' where k = 'api_key'"),
            ("select 'Keys of the house', 'x'", "select 'Keys of the house', 'x'"), ("select '{\"pw\": \"x\"}'", "select '***'"),
            ("select 'a://b:c@d', '?sig=x'", "select '***', '***'"), ("select '-----BEGIN KEY'", "select '***'"),
        ] { #expect(SecretMask.mask(text) == masked) }
    }

    /// A tag or a key that is looked for by its name is none itself.
    @Test(arguments: [
        "SELECT * FROM t WHERE tag='password'", "select * from t where tag = 'password' order by n", "select count(*) from t where k = 'api_key';",
        "select * from settings where name in ('db_password')", "SELECT * FROM t WHERE tag='password' AND n = 5",
        "delete from settings where name = 'db_password'", "select tag, 'password' from t", "update t set n = 1 where tag='password'",
        "select * from t where tag='password' and kind is null", "select * from t where tag like '%password%'",
        "select * from t where lower(tag) = 'token'", "insert into tags values ('password')", "insert into tags (tag) values ('token')",
    ])
    func namesAlone(_ text: String) { #expect(!SecretMask.mayHoldSecret(text)) }

    /// What the parser cannot read it does not repeat, where it may be a secret.
    @Test(arguments: [
        "SELECT * FROM 's3://u:hunter2@b/x'", "SELECT 1 'https://h/f?sig=hunter2'", "SELECT * FROM t AT 's3://u:hunter2@b/x'",
        "COPY INTO t FROM FROM 's3://u:hunter2@b/x'", "SELECT 'password', 'x' 'hunter2'", "SHOW TABLES password = 'hunter2'",
        "GRANT SELECT password = 'hunter2'", "SELECT * FROM t WHERE password = 'x' 'hunter2'", "DROP 'AKIAIOSFODNN7EXAMPLE-hunter2'",
        "SELECT 1; SELECT * FROM 's3://u:hunter2@b/x'", "USE 's3://u:hunter2@\(String(repeating: "long", count: 50))/x'",
        "EXPLAIN 's3://u:hunter2@b/x'", "CREATE TABLE t (a 's3://u:hunter2@b/x')", "LIST 's3://u:hunter2@b/x' 's3://u:hunter2@b/x'",
    ])
    func syntaxErrors(_ text: String) throws {
        let error = #expect(throws: WarehouseError.self) { try Parser.parseStatements(text) }
        #expect(!"\(try #require(error))".contains("hunter2"))
    }

    @Test func otherSyntaxErrorsRepeatTheWord() throws {
        for text in ["SELECT * FROM 'plain text'", "SELECT name FROM t 'plain text'", "SELECT * FROM t AT 'plain text'"] {
            let error = #expect(throws: WarehouseError.self) { try Parser.parseStatements(text) }
            #expect("\(try #require(error))".contains("plain text"), "\(text)")
        }
    }

    @Test func names() {
        for name in ["password", "db_password", "AWS_SECRET_KEY", "apiToken", "RSA_PUBLIC_KEY_2", "x-api-key", "aws_access_key_id",
                     "client_secret", "pw", "db_pw", "DB_PASS", "password2", "private_key"] {
            #expect(SecretNames.promise(name), "\(name)")
        }
        for name in ["token_count", "secret_santa", "password_resets", "tokens", "key", "primary_key", "pass", "a", "", "_", "id"] {
            #expect(!SecretNames.promise(name), "\(name)")
        }
        #expect(SecretNames.hide(variable: "password_of_db", value: "x") && SecretNames.hide(variable: "api_key_old", value: "x"))
        #expect(!SecretNames.hide(variable: "token_count", value: "5") && !SecretNames.hide(variable: "since", value: "2020"))
    }
}
