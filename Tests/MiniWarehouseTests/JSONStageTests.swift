#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import MiniWarehouse
import TestSupport
import Testing
import WarehouseBasics

/// JSON files of a stage: as one VARIANT column, and through transformations.
@Suite struct JSONStageTests {
    private func stage(_ text: String, _ name: String = "a.json") throws -> (ScratchDirectory, Warehouse) {
        let folder = try ScratchDirectory()
        let path = folder.path + "/" + name
        let file = try #require(fopen(path, "wb"))
        fputs(text, file)
        fclose(file)
        let warehouse = try Warehouse.open(folder.path + "/w.mlwh")
        try warehouse.execute("""
            CREATE FILE FORMAT js TYPE = JSON; CREATE FILE FORMAT stripped TYPE = JSON STRIP_OUTER_ARRAY = TRUE;
            CREATE STAGE s FILE_FORMAT = js; PUT file://\(path) @s; CREATE TABLE raw (v VARIANT)
            """)
        return (folder, warehouse)
    }

    @Test func documentsBecomeVariants() throws {
        let (folder, warehouse) = try stage(#"{"id":1,"t":["x","y"]}"# + "\n" + #"{"id":2,"t":null}"# + "\n[3]\n")
        defer { withExtendedLifetime(folder) {} }
        let result = try warehouse.query("COPY INTO raw FROM @s").textRows()
        #expect(result[0][1] == "LOADED" && result[0][3] == "3")
        #expect(try warehouse.query("SELECT v:id::INT, v:t[1]::VARCHAR, TYPEOF(v) FROM raw").textRows()
            == [["1", "y", "OBJECT"], ["2", nil, "OBJECT"], [nil, nil, "ARRAY"]])
        #expect(try warehouse.query("SELECT $1:id::INT, METADATA$FILE_ROW_NUMBER FROM @s WHERE $1:id = 2").textRows()
            == [["2", "2"]])
        try warehouse.execute("CREATE TABLE flat (id INTEGER, first VARCHAR)")
        try warehouse.execute("COPY INTO flat FROM (SELECT $1:id, $1:t[0]::VARCHAR FROM @s)")
        #expect(try warehouse.query("SELECT id, first FROM flat ORDER BY id").textRows()
            == [["1", "x"], ["2", nil], [nil, nil]])
    }

    @Test func anOuterArrayIsStripped() throws {
        let (folder, warehouse) = try stage(#"[{"a":1}, {"a":2},{"a":3}]"#)
        defer { withExtendedLifetime(folder) {} }
        try warehouse.execute("COPY INTO raw FROM @s FILE_FORMAT = (FORMAT_NAME = stripped)")
        #expect(try warehouse.query("SELECT SUM(v:a::INT) FROM raw").textRows() == [["6"]])
    }

    @Test func whatIsWrongSaysWhere() throws {
        let (folder, warehouse) = try stage("{\"a\":1}\n{\"a\":}\n{\"a\":3}\n")
        defer { withExtendedLifetime(folder) {} }
        do {
            try warehouse.execute("COPY INTO raw FROM @s")
            Issue.record("no error")
        } catch let error as WarehouseError {
            #expect(error.message.contains("line 2"))
        }
        #expect(try warehouse.query("SELECT COUNT(*) FROM raw").textRows() == [["0"]])
        let result = try warehouse.query("COPY INTO raw FROM @s ON_ERROR = CONTINUE").textRows()
        #expect(result[0][1] == "PARTIALLY_LOADED" && result[0][3] == "2" && result[0][5] == "1")
        try warehouse.execute("CREATE TABLE two (a VARIANT, b VARIANT)")
        #expect(throws: WarehouseError.self) { try warehouse.execute("COPY INTO two FROM @s") }
        #expect(throws: WarehouseError.self) { try warehouse.execute("SELECT $2 FROM @s") }
    }
}
