import MiniWarehouse
import TestSupport
import Testing
import WarehouseBasics

/// What GET_DDL writes runs, and makes the same object: its definition is the same again.
@Suite struct DefinitionTests {
    @Test func definitionsComeBack() throws {
        let folder = try ScratchDirectory()
        let warehouse = try Warehouse.open(folder.path + "/w.mlwh")
        try warehouse.execute(#"""
            CREATE TABLE parent (a INTEGER PRIMARY KEY, b VARCHAR(3) UNIQUE);
            CREATE TABLE child (
                n NUMBER(9,2) NOT NULL DEFAULT 1.5, t TIMESTAMP_TZ(3) COMMENT 'back\\slash ''quote''', v VARIANT,
                "Mixed Case" DATE, i INTEGER AUTOINCREMENT START 10 INCREMENT 5,
                CONSTRAINT fk FOREIGN KEY (i) REFERENCES parent (a)) COMMENT = 'line\nbreak';
            CREATE VIEW looks AS SELECT n + 1 AS m FROM child WHERE t IS NOT NULL;
            CREATE SEQUENCE numbers START 5 INCREMENT -2;
            CREATE FILE FORMAT odd TYPE = CSV FIELD_DELIMITER = '\t' NULL_IF = ('', 'it''s') SKIP_HEADER = 1
            """#)
        for (kind, word, name) in [("TABLE", "TABLE", "child"), ("VIEW", "VIEW", "looks"),
                                   ("SEQUENCE", "SEQUENCE", "numbers"), ("FILE_FORMAT", "FILE FORMAT", "odd")] {
            let query = "SELECT GET_DDL('\(kind)', '\(name)')"
            let first = try #require(try warehouse.query(query).textRows()[0][0])
            let described = kind == "SEQUENCE" ? [] : try warehouse.query("DESC \(word) \(name)").textRows()
            try warehouse.execute("DROP \(word) \(name)")
            try warehouse.execute(first)
            #expect(try warehouse.query(query).textRows()[0][0] == first)
            if kind != "SEQUENCE" { #expect(try warehouse.query("DESC \(word) \(name)").textRows() == described) }
        }
    }

    /// Foreign keys in a circle, and to a schema that comes later: what they refer to is made first.
    @Test(arguments: [("SCHEMA", "c.s", "false"), ("SCHEMA", "c.s", "true"), ("DATABASE", "c", "false"), ("DATABASE", "c", "true")])
    func keysThatPointForward(_ kind: String, _ name: String, _ qualified: String) throws {
        let folder = try ScratchDirectory()
        let warehouse = try Warehouse.open(folder.path + "/w.mlwh")
        try warehouse.execute("""
            CREATE DATABASE c; CREATE SCHEMA c.s; CREATE SCHEMA c.z;
            CREATE TABLE c.z.last (id INT PRIMARY KEY);
            CREATE TABLE c.s.a (id INT PRIMARY KEY, b INT, up INT REFERENCES c.s.a (id), z INT REFERENCES c.z.last (id));
            CREATE TABLE c.s.b (id INT PRIMARY KEY, a INT REFERENCES c.s.a (id));
            ALTER TABLE c.s.a ADD CONSTRAINT ab FOREIGN KEY (b) REFERENCES c.s.b (id);
            ALTER TABLE c.z.last ADD a INT UNIQUE REFERENCES c.s.a (id);
            CREATE VIEW c.s.v AS SELECT id FROM c.s.a
            """)
        let query = "SELECT GET_DDL('\(kind)', '\(name)', \(qualified))"
        func keys() throws -> [[String?]] {
            try warehouse.execute("SHOW IMPORTED KEYS IN \(kind) \(name)")
            return try warehouse.query("""
                SELECT "fk_schema_name", "fk_table_name", "fk_column_name", "pk_schema_name", "pk_table_name", "pk_column_name"
                FROM TABLE(RESULT_SCAN(LAST_QUERY_ID())) ORDER BY ALL
                """).textRows()
        }
        let first = try #require(try warehouse.query(query).textRows()[0][0]), before = try keys()
        #expect(before.count == (kind == "SCHEMA" ? 4 : 5))
        #expect(first.contains("foreign key (") && first.hasSuffix(";") && first.contains("\n\nalter table "))
        try warehouse.execute(kind == "SCHEMA" ? "USE DATABASE c; DROP SCHEMA c.s" : "DROP DATABASE c")
        try warehouse.execute(first)
        #expect(try keys() == before)
        #expect(try warehouse.query(query).textRows()[0][0] == first)
    }

    /// Errors of keys show where the key is.
    @Test func keyErrorsHaveAPlace() throws {
        let bench = try Bench("""
            CREATE TABLE p (id INT PRIMARY KEY, name VARCHAR, PRIMARY_CODE INT UNIQUE); CREATE TABLE d (x INT, y VARCHAR);
            CREATE TEMPORARY TABLE passing (id INT PRIMARY KEY)
            """)
        for (key, column) in [("x INT REFERENCES p (nosuch)", 18), ("x VARCHAR REFERENCES p (name)", 22),
                              ("x VARCHAR REFERENCES p", 22), ("x INT, y INT, FOREIGN KEY (x, y) REFERENCES p (id)", 45),
                              ("x INT REFERENCES passing", 18), ("x INT, FOREIGN KEY (q) REFERENCES p", 21)] {
            let span = bench.fails("CREATE TABLE c (\n\(key))").span
            #expect(span?.line == 2 && span?.column == column, "\(key): \(String(describing: span))")
        }
        let span = bench.fails("ALTER TABLE d ADD\n FOREIGN KEY (y) REFERENCES p (id)").span
        #expect(span?.line == 2 && span?.column == 29)
    }
}
