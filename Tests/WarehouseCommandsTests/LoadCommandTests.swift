#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import TestSupport
import Testing
import WarehouseBasics

/// `mlwh load` as a process: a user with a file, and no knowledge.
@Suite struct LoadCommandTests {
    private let directory: ScratchDirectory

    init() throws { directory = try ScratchDirectory() }

    private func load(_ arguments: String...) throws -> Tool.Result {
        try Tool.run(["load", "-d", "w"] + arguments, in: directory)
    }

    private func query(_ sql: String) throws -> String {
        let result = try Tool.run(["sql", "-d", "w", "--format", "csv", "-c", sql], in: directory)
        #expect(result.code == 0, "\(result.errors)")
        return result.output
    }

    private func write(_ name: String, _ text: String) throws { _ = try directory.file(name, Array(text.utf8)) }

    @Test func aFileBecomesATable() throws {
        try write("sales data.csv", "id,First Name,amount,day,ok,zip\n1,\"Smith, J\",1.5,2024-01-02,true,00123\n"
            + "2,Bob,2.25,2024-02-03,false,99999\n3,,,,,\n")
        let result = try load("sales data.csv")
        #expect(result.code == 0, "\(result.errors)")
        #expect(result.output.contains("MAIN.PUBLIC.SALES_DATA\n"))
        #expect(result.output.contains("3 rows from 1 file, 112 bytes"))
        #expect(result.output.contains("rows/s"))
        #expect(try query("SELECT * FROM sales_data ORDER BY id") == """
            ID,FIRST_NAME,AMOUNT,DAY,OK,ZIP
            1,"Smith, J",1.50,2024-01-02,true,00123
            2,Bob,2.25,2024-02-03,false,99999
            3,,,,,

            """)
        let types = try query("SELECT data_type, numeric_scale FROM information_schema.columns WHERE table_name = 'SALES_DATA' "
            + "ORDER BY ordinal_position")
        #expect(types == "DATA_TYPE,NUMERIC_SCALE\nNUMBER,0\nTEXT,\nNUMBER,2\nDATE,\nBOOLEAN,\nTEXT,\n")
    }

    /// Remarks are no records, and keep their place: errors name the lines of the file.
    @Test func remarksArePassedOver() throws {
        try write("remarks.csv", "# made by hand\nid,t\n1,\"a\n# b\"\n# later\n2,c\n")
        let result = try load("remarks.csv")
        #expect(result.code == 0 && result.output.contains("2 rows"), "\(result.errors)")
        #expect(result.output.contains("2 lines that begin with # were passed over as remarks."))
        #expect(try query("SELECT * FROM remarks ORDER BY id") == "ID,T\n1,\"a\n# b\"\n2,c\n")
        try write("bad.csv", "id,t\n# one\n1,a\n# two\nx\n")
        #expect(try load("bad.csv", "--comment", "#").errors.contains("bad.csv:5:"))
        #expect(try load("remarks.csv", "--comment", "none", "--replace").errors.contains("remarks.csv:5:"))
        for comment in ["##", "\"", "\t", "\n", "\r"] {
            #expect(try load("remarks.csv", "--comment", comment).code != 0, "\(comment)")
        }
        #expect(try load("remarks.csv", "--comment", ";", "--delimiter", ";").errors.contains("--comment takes no"))
        #expect(try load("remarks.csv", "--comment", ",", "--replace").code != 0)
    }

    /// FLOAT was guessed from Doubles: a decimal that is none keeps its digits.
    @Test func laterDecimalsLoseNoDigits() throws {
        var text = "v\n"
        for index in 0..<200 { text += "0.025000000000000022\n\(index).5\n" }
        try write("doubles.csv", text)
        try write("decimals.csv", text + "12345678901234567.25\n")
        #expect(try load("doubles.csv", "--sample", "100").code == 0)
        #expect(try load("decimals.csv", "--sample", "100").code == 0)
        #expect(try query("SELECT data_type FROM information_schema.columns WHERE table_name IN ('DOUBLES', 'DECIMALS') "
            + "ORDER BY table_name") == "DATA_TYPE\nNUMBER\nFLOAT\n")
        #expect(try query("SELECT MAX(v) FROM decimals") == "MAX(V)\n12345678901234567.250000000000000000\n")
    }

    @Test func laterValuesThatFitNoTypeWidenIt() throws {
        var text = "id,v,d,f,t\n"
        for index in 0..<200 { text += "\(index),\(index).5,2024-01-01,true,2024-01-01 10:00:00\n" }
        text += "007,3.125,2024-01-01 10:30:00,1,2024-01-01 10:00:00+02:00\n"
        try write("late.csv", text)
        #expect(try load("late.csv", "--sample", "100").code == 0)
        #expect(try query("SELECT * FROM late QUALIFY ROW_NUMBER() OVER (ORDER BY d DESC) = 1") == """
            ID,V,D,F,T
            007,3.125,2024-01-01 10:30:00.000,1,2024-01-01 10:00:00.000 +0200

            """)
        #expect(try query("SELECT SUM(v), COUNT(*) FROM late") == "SUM(V),COUNT(*)\n20003.125,201\n")
    }

    @Test func badRowsAreShownWithTheirPlaces() throws {
        try write("bad.csv", "id,name\n1,a\n2,b,c\n3\n5,e\n")
        let refused = try load("bad.csv")
        #expect(refused.code == 1 && refused.output.isEmpty)
        #expect(refused.errors.contains("bad.csv:3:1: Number of columns in file (3)"), "\(refused.errors)")
        #expect(refused.errors.contains("    2,b,c\n"))
        #expect(refused.errors.contains("bad.csv:4:2: "))
        #expect(refused.errors.contains("Nothing was loaded."))
        #expect(try query("SHOW TABLES LIKE 'BAD'").split(separator: "\n").count == 1)
        let rest = try load("bad.csv", "--on-error", "continue")
        #expect(rest.code == 0)
        #expect(rest.output.contains("2 rows from 1 file"))
        #expect(rest.output.contains("2 records could not be loaded:\nbad.csv:3:1: "))
        #expect(try query("SELECT * FROM bad ORDER BY 1") == "ID,NAME\n1,a\n5,e\n")
        #expect(refused.errors.contains("--ragged"))
        #expect(try load("bad.csv", "--ragged", "--replace").output.contains("4 rows from 1 file"))
        #expect(try query("SELECT * FROM bad ORDER BY 1") == "ID,NAME\n1,a\n2,b\n3,\n5,e\n")
    }

    /// The line of the quote that is never closed, and rows that a record too long for the sample does not hide.
    @Test func quotesAndLongRecords() throws {
        try write("open.csv", "a,b\n1,x\n2,\"y\n3,z\n")
        let refused = try load("open.csv")
        #expect(refused.code == 1 && refused.errors.contains("open.csv:3:3: End of file reached"), "\(refused.errors)")
        #expect(refused.errors.contains("--quote none"))
        #expect(try load("open.csv", "--quote", "none").code == 0)
        #expect(try query("SELECT b FROM open ORDER BY a") == "B\nx\n\"\"\"y\"\nz\n")
        try write("long.csv", "a,b\n1,\(String(repeating: "x", count: 300_000))\n2,y\n")
        #expect(try load("long.csv").output.contains("2 rows from 1 file"))
        #expect(try query("SELECT a, LENGTH(b) AS n FROM long ORDER BY a") == "A,N\n1,300000\n2,1\n")
        // Who encloses every value writes a missing one as an empty text.
        try write("all.csv", "\"a\",\"b\"\n\"1\",\"\"\n\"2\",\"3\"\n")
        #expect(try load("all.csv").code == 0)
        #expect(try query("SELECT a + 0 AS a, b + 1 AS b FROM \"ALL\" ORDER BY a") == "A,B\n1,\n2,4\n")
    }

    @Test func aTableThatIsThere() throws {
        try write("a.csv", "id,amount\n1,2\n")
        try write("b.csv", "AMOUNT,id\n7,9\nabc,10\n")
        #expect(try load("a.csv").code == 0)
        let again = try load("a.csv")
        #expect(again.code == 1 && again.errors.contains("The table A is already there."))
        #expect(again.errors.contains("--append") && again.errors.contains("--replace"))
        let known = try load("a.csv", "--append")
        #expect(known.code == 0 && known.output.contains("a.csv was loaded before; --force loads it again."))
        let wrong = try load("b.csv", "--table", "a", "--append")
        #expect(wrong.code == 1 && wrong.errors.contains("b.csv:3:1: Numeric value 'abc' is not recognized (column AMOUNT)"))
        #expect(try query("SELECT COUNT(*) AS n FROM a") == "N\n1\n")
        #expect(try load("b.csv", "--table", "a", "--append", "--on-error", "continue").code == 0)
        #expect(try query("SELECT * FROM a ORDER BY id") == "ID,AMOUNT\n1,2\n9,7\n")
        #expect(try load("a.csv", "--append", "--force").code == 0)
        #expect(try query("SELECT COUNT(*) AS n FROM a") == "N\n3\n")
        #expect(try load("a.csv", "--replace").code == 0)
        #expect(try query("SELECT COUNT(*) AS n FROM a") == "N\n1\n")
        // A load that fails leaves what it was to replace.
        try write("a.csv", "id,amount\n1,2\n3\n")
        #expect(try load("a.csv", "--replace").code == 1)
        #expect(try query("SELECT COUNT(*) AS n FROM a") == "N\n1\n")
        let other = try load("b.csv", "--table", "t.x.y.z")
        #expect(other.code == 1)
    }

    @Test func aFolderBecomesTables() throws {
        mkdir(directory.path + "/data", 0o755)
        mkdir(directory.path + "/data/more", 0o755)
        try write("data/part_1.csv", "a,b\n1,2\n")
        try write("data/more/part_2.csv", "a,b\n3,4\n")
        try write("data/events.jsonl", "{\"id\": 1, \"Tags\": [\"x\"], \"n\": 1.5}\n{\"id\": 2, \"extra\": true}\n")
        try write("data/README.txt", "hello\n")
        try write("data/.hidden.csv", "a\n1\n")
        let result = try load("data")
        #expect(result.code == 0, "\(result.errors)")
        #expect(try query("SELECT * FROM part ORDER BY a") == "A,B\n1,2\n3,4\n")
        #expect(try query("SELECT id, tags[0]::STRING AS tag, n, extra FROM events ORDER BY id") ==
            "ID,TAG,N,EXTRA\n1,x,1.5,\n2,,,true\n")
        #expect(try query("SHOW TABLES").split(separator: "\n").count == 3)
        // Files of different columns are no one table.
        let one = try load("data", "--table", "everything")
        #expect(one.code == 1 && one.errors.contains("have different columns"), "\(one.errors)")
    }

    @Test func filesOfAStage() throws {
        try write("m.csv", "a;b\n1;x\n2;y\n")
        _ = try query("CREATE STAGE s; PUT file://\(directory.path)/m.csv @s/in")
        let result = try load("@s/in", "--table", "t")
        #expect(result.code == 0, "\(result.errors)")
        #expect(try query("SELECT * FROM t ORDER BY a") == "A,B\n1,x\n2,y\n")
        #expect(try load("@s/nothing").errors.contains("There are no files at @s/nothing."))
    }

    @Test func whatCannotBeLoadedSaysSo() throws {
        try write("empty.csv", "")
        try write("x.parquet", "PAR1....")
        #expect(try load("empty.csv").errors.contains("'empty.csv' is empty"))
        #expect(try load("x.parquet").errors.contains("is a Parquet file"))
        let missing = try load("emty.csv")
        #expect(missing.code == 1 && missing.errors.contains("'emty.csv' does not exist.\nDid you mean empty.csv?"))
        #expect(try load("/dev/null").errors.contains("is no regular file"))
        #expect(try load().code == 2)
        #expect(try load("empty.csv", "--append", "--replace").code == 2)
        #expect(try load("empty.csv", "--on-error", "ignore").code == 2)
        #expect(try load("empty.csv", "--delimiter", "ab").code == 2)
    }

    @Test func formatByOptions() throws {
        try write("odd.txt", "1:NA:'x'\n2:3:'y:z'\n")
        #expect(try load("odd.txt", "--delimiter", ":", "--quote", "'", "--null", "NA", "--no-header").code == 0)
        #expect(try query("SELECT * FROM odd ORDER BY 1") == "C1,C2,C3\n1,,x\n2,3,y:z\n")
        #expect(try load("odd.txt", "--table", "texts", "--all-text", "--delimiter", ":").code == 0)
        #expect(try query("SELECT c2 FROM texts ORDER BY c1") == "C2\nNA\n3\n")
    }

    /// Values of options may begin with a dash, as missing numbers do.
    @Test func valuesOfOptionsBeginWithADash() throws {
        try write("missing.csv", "a-b\n1-x\n-1-2\n3-4\n")
        #expect(try load("missing.csv", "--delimiter", "-", "--table", "dashed").errors.contains("missing.csv:3"))
        try write("index.csv", ",a,b\n0,1,-999\n1,-1,3\n")
        #expect(try load("index.csv", "--null", "-999", "--null", "-1", "--quote", "none", "--comment", "none").code == 0)
        // The index that pandas writes has no name.
        #expect(try query("SELECT * FROM \"INDEX\" ORDER BY 1") == "C1,A,B\n0,1,\n1,,3\n")
    }
}
