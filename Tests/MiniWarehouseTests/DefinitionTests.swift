import MiniWarehouse
import Testing
import WarehouseBasics

/// What GET_DDL writes runs, and makes the same object: its definition is the same again.
@Suite struct DefinitionTests {
    @Test func definitionsComeBack() throws {
        let folder = try TemporaryFolder()
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
}
