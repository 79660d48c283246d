import TestSupport
import Testing
import WarehouseStorage

/// `mlwh check` and `mlwh info`.
@Suite struct InspectionTests {
    private let directory: ScratchDirectory

    init() throws {
        directory = try ScratchDirectory()
        let made = try Tool.run(["sql", "-d", "w", "-c", """
            CREATE SCHEMA shop; CREATE TABLE big (n INT, c VARCHAR);
            INSERT INTO big SELECT SEQ4(), 'kind ' || (SEQ4() % 5) FROM TABLE(GENERATOR(ROWCOUNT => 5000));
            CREATE TABLE small (x FLOAT); INSERT INTO small VALUES (1.5);
            CREATE VIEW evens AS SELECT n FROM big WHERE n % 2 = 0;
            """], in: directory)
        #expect(made.code == 0, "\(made.errors)")
    }

    @Test func soundWarehousesAreClean() throws {
        let result = try Tool.run(["check", "-d", "w"], in: directory)
        #expect(result.code == 0, "\(result.errors)")
        #expect(result.output.hasPrefix("ok: "))
        #expect(result.output.contains(" 2 tables, 1 files "))
        let missing = try Tool.run(["check", "-d", "nowhere"], in: directory)
        #expect(missing.code == 1)
        #expect(missing.errors.contains("900101"))
    }

    @Test func damageIsNamed() throws {
        let disk = POSIXDisk(directory.path + "/w")
        let name = try #require(disk.list("segments").first { $0.name.hasSuffix(".segment") }?.name)
        let file = try disk.open("segments/" + name, .readWrite)
        // The first chunk begins behind the file's head, with its encoding.
        let changed: [UInt8] = [0xFF]
        try changed.withUnsafeBytes { try file.write($0, at: 24) }
        let result = try Tool.run(["check", "-d", "w"], in: directory)
        #expect(result.code == 1)
        #expect(result.output.hasPrefix("table MAIN.SHOP.BIG, column N, chunk 0: "))
        #expect(result.output.contains("\(name)' is damaged at byte 24: "))
        #expect(result.errors.contains("damaged in one place"))
        // What is not damaged can be read.
        let small = try Tool.run(["sql", "-d", "w", "--format", "csv", "-c", "SELECT x FROM shop.small"], in: directory)
        #expect(small.output == "X\n1.5\n")
        let big = try Tool.run(["sql", "-d", "w", "-c", "SELECT SUM(n) FROM shop.big"], in: directory)
        #expect(big.code == 1)
        #expect(big.errors.contains("damaged at byte 24"))
    }

    @Test func infoShowsTablesAndColumns() throws {
        let result = try Tool.run(["info", "-d", "w", "--format", "csv"], in: directory)
        #expect(result.code == 0, "\(result.errors)")
        let parts = result.output.split(separator: "\n\n", omittingEmptySubsequences: false).map(String.init)
        #expect(parts.count == 2)
        let tables = parts[0].split(separator: "\n")
        #expect(tables.count == 3)
        #expect(tables[0].lowercased().hasPrefix("database_name,schema_name,name,rows,files,"))
        #expect(tables[1].hasPrefix("MAIN,SHOP,BIG,5000,1,0,0,"))
        #expect(tables[2].hasPrefix("MAIN,SHOP,SMALL,1,0,1,0,0,8,"))
        let columns = parts[1].split(separator: "\n")
        #expect(columns.count == 4)
        // Ascending numbers; five texts, 6 bytes and 4 of length each.
        #expect(columns[1].hasPrefix("MAIN.SHOP.BIG,N,\"NUMBER(38,0)\",delta,"))
        #expect(columns[2].hasPrefix("MAIN.SHOP.BIG,C,VARCHAR,dictionary,") || columns[2].contains(",dictionary,"))
        #expect(columns[2].contains(",50000,"))
        let one = try Tool.run(["info", "-d", "w", "--format", "jsonl", "shop.small"], in: directory)
        #expect(one.output.split(separator: "\n").count == 2)
        #expect(try Tool.run(["info", "-d", "w", "nothing"], in: directory).code == 1)
    }
}
