import MiniWarehouse
import TestSupport
import Trials
import WarehouseBasics
import WarehouseStorage

/// A warehouse directory with a byte changed or a file cut: each query answers rightly or with an error that says
/// so, and what cannot be read a check has named.
enum FilesSection {
    static let queries = [
        "SELECT COUNT(*), SUM(a), SUM(b), COUNT(c), MIN(d), MAX(d), SUM(HASH(c)) FROM big",
        "SELECT c, COUNT(*), SUM(a) FROM big WHERE b > 100 GROUP BY c ORDER BY c",
        "SELECT a, d FROM big WHERE a BETWEEN 1000 AND 1010 ORDER BY a",
        "SELECT * FROM small ORDER BY ALL", "SELECT * FROM evens ORDER BY a LIMIT 5",
        "SELECT v:x::INT, COUNT(*) FROM documents GROUP BY 1 ORDER BY 1",
    ]

    static func run(first: UInt64, count: Int) throws -> TrialReport {
        let directory = try ScratchDirectory()
        let path = directory.path + "/w.mlwh"
        try create(path)
        let disk = POSIXDisk(path)
        let files = try list(disk, "").filter { try !contents(disk, $0).isEmpty }.sorted()
        let undamaged = try files.map { try contents(disk, $0) }
        let wanted = try answers(path)
        var report = TrialReport()
        report.check(!wanted.contains(nil) && files.count > 3, "the undamaged warehouse cannot be read")
        for index in 0..<count {
            let seed = first &+ UInt64(index)
            Lanes.begin(seed)
            var random = SeededRandom(seed)
            let bytes = undamaged[index % files.count], file = files[index % files.count]
            var damaged = bytes
            let at = random.chance(30) ? random.below(min(64, bytes.count)) : random.below(bytes.count)
            switch random.below(4) {
            case 0: damaged.removeSubrange(at...)
            case 1: damaged[at] = UInt8(random.below(256))
            default: damaged[at] ^= 1 << UInt8(random.below(8))
            }
            try put(disk, file, damaged)
            report.cases += 1
            let isSound = (try? Warehouse.check(path))?.isClean ?? false
            let found = try answers(path)
            report.check(!isSound || !found.contains(nil), "seed \(seed): \(file), byte \(at): a check finds no damage")
            for (query, pair) in zip(queries, zip(found, wanted)) where pair.0 != nil && pair.0 != pair.1 {
                report.fail("seed \(seed): \(file), byte \(at): another answer to \(query)")
            }
            // Whatever was written while it was damaged goes too.
            for name in try list(disk, "") where !files.contains(name) { try disk.remove(name) }
            for (name, content) in zip(files, undamaged) where try contents(disk, name) != content {
                try put(disk, name, content)
            }
        }
        report.check(try answers(path) == wanted, "the restored warehouse answers otherwise")
        return report
    }

    private static func create(_ path: String) throws {
        let warehouse = try Warehouse.open(path)
        for statement in [
            "CREATE TABLE big (a INTEGER, b FLOAT, c VARCHAR, d DATE)",
            """
            INSERT INTO big SELECT SEQ4(), SEQ4() / 8, 'word ' || (SEQ4() % 50), DATEADD(day, SEQ4() % 900, '2020-01-01'::DATE)
            FROM TABLE(GENERATOR(ROWCOUNT => 30000))
            """,
            "DELETE FROM big WHERE a % 7 = 3", "UPDATE big SET c = NULL WHERE a % 501 = 0",
            "CREATE TABLE small (n NUMBER(38,10), t TIMESTAMP_NTZ, f BOOLEAN)",
            "INSERT INTO small VALUES (1.5, '2024-01-01 10:00:00', TRUE), (NULL, NULL, NULL), (-99999999999.25, '1999-12-31', FALSE)",
            "CREATE TABLE documents (v VARIANT)",
            "INSERT INTO documents SELECT OBJECT_CONSTRUCT('x', SEQ4() % 5) FROM TABLE(GENERATOR(ROWCOUNT => 400))",
            "CREATE VIEW evens AS SELECT a, c FROM big WHERE a % 2 = 0", "CREATE SEQUENCE numbers",
            "CREATE ROLE reader",
        ] { try warehouse.execute(statement) }
    }

    /// The answers to all queries; nil for one that ends in an error.
    private static func answers(_ path: String) throws -> [[[String?]]?] {
        guard let warehouse = try? Warehouse.open(path) else { return queries.map { _ in nil } }
        return queries.map { query in (try? warehouse.query(query))?.textRows() }
    }

    private static func list(_ disk: POSIXDisk, _ folder: String) throws -> [String] {
        try disk.list(folder).flatMap { entry -> [String] in
            let path = folder.isEmpty ? entry.name : folder + "/" + entry.name
            return entry.isDirectory ? try list(disk, path) : [path]
        }
    }

    private static func contents(_ disk: POSIXDisk, _ path: String) throws -> [UInt8] {
        let file = try disk.open(path, .read)
        var bytes = [UInt8](repeating: 0, count: try file.sizeBytes())
        let count = try bytes.withUnsafeMutableBytes { try file.read(at: 0, into: $0) }
        return Array(bytes.prefix(count))
    }

    private static func put(_ disk: POSIXDisk, _ path: String, _ bytes: [UInt8]) throws {
        let file = try disk.open(path, .create)
        try bytes.withUnsafeBytes { try file.write($0, at: 0) }
    }
}
