import TestSupport
import Testing

/// What the command line promises to scripts: exit codes, streams, names.
@Suite struct CommandLineTests {
    private let directory: ScratchDirectory

    init() throws { directory = try ScratchDirectory() }

    private func mlwh(_ arguments: String..., input: String = "", environment: [String] = []) throws -> Tool.Result {
        try Tool.run(arguments, in: directory, input: input, environment: environment)
    }

    @Test func usageErrorsAreTwo() throws {
        #expect(try mlwh("sql", "-c", "SELECT 1").code == 0)
        for arguments in [["nope"], ["run", "--nope"], ["sql", "--format", "xml"], ["show"], ["generate"],
                          ["ls", "--resource-type", "cat"], ["generate", "x", "--ratings", "3"],
                          ["sql", "-c", "SELECT 1", "-f", "x.sql"], ["test", "--select", "nope:x"],
                          ["run", "--sample", "3 weeks"], ["run", "--empty", "--sample", "1 day"],
                          ["run", "--event-time-start", "2026-01-01"], ["run", "--log-format", "xml"],
                          ["run", "--event-time-start", "2026-02-01", "--event-time-end", "2026-01-01"],
                          ["run", "--event-time-start", "soon", "--event-time-end", "2026-01-01"],
                          ["ls", "--select", "source_status:fresher"], ["source", "nope"]] {
            let result = try Tool.run(arguments, in: directory)
            #expect(result.code == 2, "\(arguments)")
            #expect(!result.errors.isEmpty, "\(arguments)")
            #expect(!result.errors.contains("\n\n"), "\(arguments)")
        }
    }

    /// What people try first is answered with what is meant.
    @Test func wrongWordsAreAnswered() throws {
        #expect(try mlwh("snapshto").errors.contains("'snapshto' is no command. Did you mean snapshot?"))
        for arguments in [["help", "nosuch"], ["help", "docs", "nosuch"]] {
            let result = try Tool.run(arguments, in: directory)
            #expect(result.code == 2 && result.output.isEmpty && result.errors.contains("'nosuch' is no command."))
        }
        #expect(try mlwh("help", "snapsho").errors.contains("Did you mean snapshot?"))
        for arguments in [["help"], ["help", "sql"], ["help", "docs", "generate"], ["help", "--help"], ["help", "help"]] {
            #expect(try Tool.run(arguments, in: directory).code == 0, "\(arguments)")
        }
        #expect(try mlwh("sql", "SELECT 1").errors.contains("Statements are given by -c: sql -c \"SELECT 1\""))
        #expect(try mlwh("sql", "shop.mlwh").errors.contains("The warehouse is named by -d: sql -d shop.mlwh"))
        #expect(try mlwh("ls", "--select", "fct_rating").errors.contains("Did you mean fct_ratings?"))
    }

    @Test func helpAndVersion() throws {
        let version = try mlwh("--version")
        #expect(version.code == 0)
        #expect(version.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
        let help = try mlwh("--help")
        #expect(help.code == 0)
        for code in ["129", "130", "141", "143"] { #expect(help.output.contains(code)) }
        for name in ["demo", "generate", "sql", "seed", "run", "test", "build", "snapshot", "compile", "ls", "show",
                     "info", "check", "put", "ls-stage", "init", "debug", "run-operation", "source", "docs", "retry"] {
            #expect(help.output.contains("\n  \(name)"), "\(name)")
        }
    }

    @Test func debugSaysWhatIsWrong() throws {
        let fresh = try mlwh("debug")
        #expect(fresh.code == 0, "\(fresh.output)")
        #expect(fresh.output.hasSuffix("All checks passed!\n"))
        #expect(fresh.output.contains("warehouse    ./warehouse.mlwh (not there yet)  [OK]"))
        #expect(try mlwh("sql", "-c", "SELECT 1 AS n").code == 0)
        // The warehouse is there now, and lacks the target's database.
        let lacking = try mlwh("debug")
        #expect(lacking.code == 1)
        #expect(lacking.output.contains("MOVIELENS is not there (MAIN)"))
        #expect(lacking.output.hasSuffix("1 check failed\n"))
        #expect(try mlwh("sql", "-c", "CREATE DATABASE movielens").code == 0)
        #expect(try mlwh("debug").code == 0)
        _ = try directory.file("plain", [1])
        #expect(try mlwh("debug", "-d", "plain").code == 1)
        #expect(try mlwh("debug", "--target", "nowhere").code == 2)
    }

    @Test func operationsAreRunByName() throws {
        let listed = try mlwh("run-operation", "list_models", "--args", "{\"kind\": \"table\"}")
        #expect(listed.code == 0, "\(listed.errors)")
        #expect(listed.output.contains("DEV.dim_movies  table  no\n"))
        #expect(!listed.output.contains("genre_ratings"))
        let unknown = try mlwh("run-operation", "list_model")
        #expect(unknown.code == 2)
        #expect(unknown.errors.contains("list_models"))
        #expect(try mlwh("run-operation", "list_models", "--args", "{\"knd\": 1}").code == 2)
        #expect(try mlwh("run-operation", "list_models", "--args", "[]").code == 2)
    }

    @Test func filesGoToStagesAndFolders() throws {
        _ = try directory.file("a b's.csv", Array("1,x\n".utf8))
        _ = try directory.file("c.csv", Array("2,y\n".utf8))
        #expect(try mlwh("sql", "-c", "CREATE STAGE s").code == 0)
        let put = try mlwh("put", "a b's.csv", "c.csv", "@s/in")
        #expect(put.code == 0, "\(put.errors)")
        #expect(put.output == "UPLOADED  a b's.csv  a b's.csv.gz  4 bytes\nUPLOADED  c.csv  c.csv.gz  4 bytes\n")
        #expect(try mlwh("put", "c.csv", "@s/in").output == "SKIPPED  c.csv  c.csv.gz  \n")
        let list = try mlwh("ls-stage", "@s", "--pattern", ".*/c.*", "--format", "csv")
        #expect(list.output.hasPrefix("name,size,md5,last_modified\ns/in/c.csv.gz,"), "\(list.output) \(list.errors)")
        #expect(try mlwh("sql", "-c", "SELECT SUM($1) FROM @s", "--format", "csv").output.hasSuffix("\n3\n"))
        // A URL is a place too; without the S3 trait a folder of this machine.
        let url = "file://\(directory.path)/out/"
        #expect(try mlwh("put", "--no-compress", "c.csv", url).code == 0)
        #expect(try mlwh("ls-stage", url, "--format", "csv").output.contains("/out/c.csv,4,"))
        #expect(try mlwh("put", "c.csv").code == 2)
        #expect(try mlwh("put", "c.csv", "nowhere").code == 2)
        #expect(try mlwh("ls-stage", "s").code == 2)
        let missing = try mlwh("put", "nope.csv", "@s")
        #expect(missing.code == 1)
        #expect(missing.errors.contains("nope.csv"))
    }

    /// A path that is mistyped is an error that says it, and no warehouse afterwards.
    @Test func aProjectIsRunInAWarehouseThatIsThere() throws {
        for command in [["source", "freshness"], ["build"], ["test"], ["docs", "generate"], ["ls-stage", "@s"]] {
            let result = try Tool.run(command + ["-d", "mistyped.mlwh"], in: directory)
            #expect(result.code == 1, "\(command)")
            #expect(result.errors.contains("There is no warehouse at 'mistyped.mlwh': the directory is missing."), "\(result)")
        }
        #expect(try mlwh("info", "-d", "mistyped.mlwh").code == 1)
    }

    @Test func errorsInSQLAreOne() throws {
        let result = try mlwh("sql", "-c", "SELECT 1 AS a; SELECT * FROM nowhere; SELECT 2 AS b", "--format", "csv")
        #expect(result.code == 1)
        #expect(result.output == "A\n1\n")
        #expect(result.errors.hasPrefix("error 002003 (42S02): "))
        #expect(result.errors.contains("NOWHERE"))
        #expect(result.errors.contains("line 1, column 30"))
    }

    @Test func missingAndWrongDirectories() throws {
        _ = try directory.file("plain", Array("text".utf8))
        let file = try mlwh("sql", "-d", "plain", "-c", "SELECT 1")
        #expect(file.code == 1)
        #expect(file.errors.contains("900101"))
        let script = try mlwh("sql", "-f", "missing.sql")
        #expect(script.code == 1)
        #expect(script.errors.contains("missing.sql"))
        let show = try mlwh("show", "-d", "nowhere.mlwh", "--select", "dim_movies")
        #expect(show.code == 1)
        #expect(show.errors.contains("nowhere.mlwh"))
    }

    @Test func theEnvironmentNamesTheWarehouse() throws {
        let here = ["MLWH_DATABASE=one.mlwh"]
        #expect(try mlwh("sql", "-c", "CREATE TABLE t AS SELECT 7 AS n", environment: here).code == 0)
        #expect(try mlwh("sql", "--format", "csv", input: "SELECT n FROM t;", environment: here).output == "N\n7\n")
        #expect(try mlwh("sql", "-c", "SELECT n FROM t").code == 1)
        #expect(try mlwh("sql", "-d", "one.mlwh", "-c", "SELECT n FROM t", "--format", "jsonl").output == "{\"N\":7}\n")
    }

    @Test func readOnlyReads() throws {
        #expect(try mlwh("sql", "-c", "CREATE TABLE t AS SELECT 7 AS n").code == 0)
        #expect(try mlwh("sql", "--readonly", "-c", "SELECT n FROM t", "--format", "csv").output == "N\n7\n")
        let write = try mlwh("sql", "--readonly", "-c", "INSERT INTO t VALUES (8)")
        #expect(write.code == 1)
        #expect(write.errors.contains("900105"))
    }

    @Test func formatsKeepNullAndEmptyApart() throws {
        let query = "SELECT NULL AS a, '' AS b, 'x,\"y' AS c, 1.50 AS d, TRUE AS e"
        func printed(_ format: String) throws -> String { try mlwh("sql", "-c", query, "--format", format).output }
        #expect(try printed("csv") == "A,B,C,D,E\n,\"\",\"x,\"\"y\",1.50,true\n")
        #expect(try printed("json") == """
            [
            {"A":null,"B":"","C":"x,\\"y","D":1.50,"E":true}
            ]

            """)
        #expect(try printed("jsonl") == "{\"A\":null,\"B\":\"\",\"C\":\"x,\\\"y\",\"D\":1.50,\"E\":true}\n")
        #expect(try printed("markdown").contains("| NULL"))
        #expect(try printed("table").contains("│ NULL │"))
    }

    @Test func requestsOfAProgram() throws {
        let result = try mlwh("sql", "--rpc", input: """
            {"sql":"SELECT 1 AS n, NULL AS x, 'a' AS s, 2.50 AS d, 0.1::FLOAT AS f, TRUE AS b"}

            {"sql":"CREATE TABLE t (n INT)","unknown":[1,{"a":2}]}
            {"sql":"INSERT INTO t VALUES (1),(2)"}
            {"sql":"SELECT * FROM nowhere"}
            {"sql":"BEGIN; DELETE FROM t; SELECT COUNT(*) AS c FROM t"}
            {"conn":"other","sql":"SELECT COUNT(*) AS c FROM t"}
            {"sql":"ROLLBACK"}
            {"sql":"SELECT TO_TIMESTAMP_LTZ(1240597180) AS at, SPLIT('a|b','|') AS l"}
            not json
            """)
        #expect(result.code == 0)
        let answers = lines(result.output).dropLast()
        #expect(answers.count == 9)
        guard answers.count == 9 else { return }
        #expect(answers[0] == #"{"columns":[{"name":"N","type":"NUMBER(1,0)"},{"name":"X","type":"VARCHAR(16777216)"},"#
            + #"{"name":"S","type":"VARCHAR(1)"},{"name":"D","type":"NUMBER(3,2)"},{"name":"F","type":"FLOAT"},"#
            + #"{"name":"B","type":"BOOLEAN"}],"rows":[[1,null,"a",2.50,0.1,true]],"rowcount":1}"#)
        #expect(answers[1].contains(#""rows":[["Table T successfully created."]]"#))
        #expect(answers[2].contains(#"[{"name":"number of rows inserted","type":"NUMBER(38,0)"}],"rows":[[2]]"#))
        #expect(answers[3].contains(#""code":"002003","sqlstate":"42S02","line":1,"column":15"#))
        #expect(answers[4].contains(#""rows":[[0]]"#))
        #expect(answers[5].contains(#""rows":[[2]]"#))
        #expect(answers[6].contains("Statement executed successfully."))
        #expect(answers[7].contains(#""rows":[["2009-04-24 11:19:40.000 -0700","[\"a\",\"b\"]"]]"#))
        #expect(answers[8].hasPrefix(#"{"error":"#))
    }

    @Test func generatedFiles() throws {
        let result = try mlwh("generate", "data", "--ratings", "1000", "--lf")
        #expect(result.code == 0)
        #expect(lines(result.output).contains { $0.hasPrefix("ratings.csv: 1000 rows, ") })
        let ratings = try Tool.read(directory.path + "/data/ratings.csv")
        #expect(ratings.hasPrefix("userId,movieId,rating,timestamp\n"))
        #expect(ratings.split(separator: "\n").count == 1001)
    }

    // MARK: The project

    @Test func namesAndSQLNeedNoWarehouse() throws {
        let all = try mlwh("ls")
        #expect(all.code == 0)
        #expect(try mlwh("ls", "--resource-type", "model").output.split(separator: "\n").count == 30)
        #expect(try mlwh("ls", "--resource-type", "model", "--selector", "published").output.split(separator: "\n").count == 21)
        #expect(try mlwh("ls", "--select", "+fct_ratings", "--resource-type", "model", "source").output
            == "raw_ratings\nsrc_ratings\nfct_ratings\n")
        #expect(try mlwh("ls", "--select", "gold", "--exclude", "x").code == 0)
        let compiled = try mlwh("compile", "--select", "dim_movies", "--target-path", "built")
        #expect(compiled.code == 0)
        #expect(compiled.output.contains("INITCAP(TRIM("))
        #expect(try Tool.read(directory.path + "/built/compiled/movielens/models/dim_movies.sql").contains("INITCAP"))
        // None of it has made a warehouse.
        #expect(try mlwh("show", "--select", "dim_movies").code == 1)
    }
}
