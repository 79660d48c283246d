import WarehouseBasics
import WarehouseColumns
import WarehouseStorage

/// Bytes of a store are changed or cut off: an error, or the right rows.
public enum DamageTrial {
    public static let columns = [
        StoredColumn(.integer), StoredColumn(.text), StoredColumn(.float), StoredColumn(.integer),
        StoredColumn(.array(element: .text)), StoredColumn(.text),
    ]

    public static func row(_ n: Int) -> Row {
        [
            .integer(Int128(n / 20)), .bytes(Array("kind \(n % 9)".utf8)), .double(Double(n % 7) / 2),
            n % 11 == 0 ? .null : .integer(Int128((n &* 7919) % 100_003)), .bytes(Array("a|b\(n % 3)".utf8)),
            .bytes(Array("title \(n)".utf8)),
        ]
    }

    /// A store with large and small segments, inline rows, deletes and a checkpoint.
    public static func make() throws -> (disk: SimulatedDisk, rows: [Row]) {
        let disk = SimulatedDisk()
        let options = StoreOptions(checkpointLogBytes: 4000)
        let store = try Store.create(on: disk, options: options)
        var rows: [Row] = []
        for (start, count) in [(0, 2500), (2500, 10), (2510, 1200), (3710, 5)] {
            let transaction = try store.beginWrite()
            if start == 0 { try transaction.createTable(ObjectID(1), columns: columns) }
            let part = (start..<(start + count)).map(row)
            try transaction.appendRows(to: ObjectID(1), columns: StoredRows.buffers(part, columns))
            rows += part
            try transaction.commit(queryID: "q", time: Int64(start))
        }
        let transaction = try store.beginWrite()
        guard let table = try transaction.snapshot().table(ObjectID(1)) else { return (disk, []) }
        let ids = try StoredRows.read(table).enumerated().filter { $0.offset % 10 == 3 }.map(\.element.id)
        try transaction.deleteRows(in: ObjectID(1), rowIDs: ids)
        rows = rows.enumerated().filter { $0.offset % 10 != 3 }.map(\.element)
        try transaction.commit(queryID: "delete", time: 9999)
        return (disk, rows)
    }

    /// Opens and reads everything; gives whether that went well. Rows other than `rows` are a failure of the test.
    static func read(_ disk: SimulatedDisk, _ rows: [Row], _ comment: String, _ report: inout TrialReport) -> Bool {
        do {
            let store = try Store.open(on: disk)
            guard let table = try store.snapshot().table(ObjectID(1)) else {
                report.fail("\(comment): the table is gone")
                return true
            }
            let found = try StoredRows.values(table)
            report.check(StoredRows.areIdentical(found, rows), "\(comment): other rows")
            return true
        } catch let error as WarehouseError {
            report.check(error.code.hasPrefix("9001"), "\(comment): \(error)")
            return false
        } catch {
            report.fail("\(comment): \(error)")
            return false
        }
    }

    /// A file's bytes, and whether a change of any of them must be noticed.
    public typealias Victim = (path: String, bytes: [UInt8], mustBeNoticed: Bool)

    /// `count` changed bits, the ends of the files above all.
    public static func bits(
        _ disk: SimulatedDisk, _ rows: [Row], _ victims: [Victim], first: UInt64, count: Int
    ) -> TrialReport {
        var report = TrialReport()
        for index in 0..<count {
            let seed = first &+ UInt64(index)
            Lanes.begin(seed)
            var random = SeededRandom(seed)
            let (path, bytes, mustBeNoticed) = victims[index % victims.count]
            let trial = index / victims.count
            let at = trial < 24 ? min(trial, bytes.count - 1)
                : trial < 48 ? max(0, bytes.count - 1 - (trial - 24)) : random.below(bytes.count)
            var changed = bytes
            changed[at] ^= 1 << UInt8(random.below(8))
            let comment = "seed \(seed): \(path), bit of byte \(at)"
            let isRight = read(disk, path, changed, bytes, rows, comment, &report)
            report.cases += 1
            if mustBeNoticed { report.check(!isRight, "\(comment) changed unseen") }
        }
        return report
    }

    /// `count` files cut short or grown.
    public static func lengths(
        _ disk: SimulatedDisk, _ rows: [Row], _ victims: [Victim], first: UInt64, count: Int
    ) -> TrialReport {
        var report = TrialReport()
        for index in 0..<count {
            let seed = first &+ UInt64(index)
            Lanes.begin(seed)
            var random = SeededRandom(seed)
            let (path, bytes, _) = victims[index % victims.count]
            let trial = index / victims.count
            let size = trial < 8 ? trial : trial < 16 ? bytes.count - (trial - 7) : random.below(bytes.count)
            let cut = Array(bytes.prefix(max(0, size)))
            _ = read(disk, path, cut, bytes, rows, "seed \(seed): \(path) cut to \(size) bytes", &report)
            let longer = bytes + (0...random.below(trial + 40)).map { _ in UInt8(random.below(256)) }
            _ = read(disk, path, longer, bytes, rows, "seed \(seed): \(path) grown to \(longer.count)", &report)
            report.cases += 2
        }
        return report
    }

    /// Reads the store with other bytes in a file, and puts the right ones back.
    private static func read(
        _ disk: SimulatedDisk, _ path: String, _ damaged: [UInt8], _ right: [UInt8], _ rows: [Row], _ comment: String,
        _ report: inout TrialReport
    ) -> Bool {
        disk.setBytes(of: path, damaged)
        defer { disk.setBytes(of: path, right) }
        return read(disk, rows, comment, &report)
    }
}
