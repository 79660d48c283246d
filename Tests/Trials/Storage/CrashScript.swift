import WarehouseBasics
import WarehouseColumns
import WarehouseStorage

/// A fixed script of commits on a disk that fails, against a model of what each version holds.
struct CrashScript {
    static let columns = [StoredColumn(.integer), StoredColumn(.text)]
    static let options = StoreOptions(busyTimeoutSeconds: 0, inlineRowLimit: 6, inlineTableRowLimit: 14,
                                      checkpointLogBytes: 2500)

    /// What the versions hold: tables by id, each with its rows in order of their first value; and objects.
    struct Model: Equatable {
        var tables: [UInt64: [Int]] = [:]
        var objects: [UInt64: [UInt8]] = [:]
    }

    /// By version, from 0; the last may not have been acknowledged.
    var models = [Model()]
    var acknowledged = -1

    static func text(_ n: Int) -> [UInt8] { Array("row \(n) of them".utf8) }

    private static func buffers(_ numbers: [Int]) -> [ColumnBuffer] {
        StoredRows.buffers(numbers.map { [.integer(Int128($0)), .bytes(text($0))] }, columns)
    }

    struct Fault: Error, CustomStringConvertible { let description: String }

    /// Runs the whole script, up to the first error.
    mutating func run(on disk: SimulatedDisk) throws {
        let store = try Store.create(on: disk, options: Self.options)
        acknowledged = 0
        var next = 0
        for turn in 0..<24 {
            let transaction = try store.beginWrite()
            var model = models[models.count - 1]
            switch turn % 8 {
            case 0:
                let id = UInt64(100 + turn)
                try transaction.createTable(ObjectID(id), columns: Self.columns, retentionSeconds: turn == 8 ? 5 : 0)
                model.tables[id] = []
                try transaction.putObject(ObjectRecord(id: ObjectID(id), kind: 1, payload: Self.text(turn)))
                model.objects[id] = Self.text(turn)
            case 1, 2, 5, 6:
                for id in model.tables.keys.sorted() {
                    let rows = Array(next..<(next + (turn % 8 == 2 ? 40 : 3)))
                    next += rows.count
                    try transaction.appendRows(to: ObjectID(id), columns: Self.buffers(rows))
                    model.tables[id, default: []] += rows
                }
            case 3:
                for id in model.tables.keys.sorted() { try delete(transaction, id, &model) }
            case 4 where turn > 12:
                guard let id = model.tables.keys.min() else { break }
                try transaction.dropTable(ObjectID(id))
                try transaction.removeObject(ObjectID(id))
                model.tables[id] = nil
                model.objects[id] = nil
            default:
                guard let id = model.tables.keys.max() else { break }
                try transaction.putObject(ObjectRecord(id: ObjectID(id), kind: 1, payload: Self.text(turn)))
                model.objects[id] = Self.text(turn)
            }
            models.append(model)
            let version = try transaction.commit(queryID: "q\(turn)", time: Int64(turn) * 1_000_000_000)
            if Int(version) != models.count - 1 { throw Fault(description: "commit gave version \(version)") }
            acknowledged = Int(version)
        }
    }

    private func delete(_ transaction: WriteTransaction, _ id: UInt64, _ model: inout Model) throws {
        guard let table = try transaction.snapshot().table(ObjectID(id)) else { return }
        let rows = try StoredRows.read(table)
        var rowIDs: [Int64] = []
        var kept: [Int] = []
        for (rowID, row) in rows {
            guard case .integer(let value) = row[0] else { continue }
            if value % 3 == 0 { rowIDs.append(rowID) } else { kept.append(Int(value)) }
        }
        let deleted = try transaction.deleteRows(in: ObjectID(id), rowIDs: rowIDs)
        if deleted != rowIDs.count { throw Fault(description: "deleted \(deleted) rows of \(rowIDs.count)") }
        model.tables[id] = kept
    }

    /// Reads a store into the form of the model.
    static func read(_ snapshot: StoreSnapshot) throws -> Model {
        var model = Model()
        for record in snapshot.objects { model.objects[record.id.value] = record.payload }
        for id in snapshot.tableIDs {
            guard let table = snapshot.table(id) else { continue }
            model.tables[id.value] = try StoredRows.values(table).map { row in
                guard case .integer(let n) = row[0], row[1] == .bytes(text(Int(n))) else { return -1 }
                return Int(n)
            }
        }
        return model
    }

    /// Opens what a crash has left, and compares; then writes to it.
    func check(_ disk: SimulatedDisk, _ comment: String, _ report: inout TrialReport) {
        do {
            try compare(disk, comment, &report)
        } catch {
            report.fail("\(comment): \(error)")
        }
    }

    private func compare(_ disk: SimulatedDisk, _ comment: String, _ report: inout TrialReport) throws {
        guard try disk.entry("MLWH") != nil else {
            report.check(acknowledged < 0, "\(comment): the store is gone")
            _ = try Store.create(on: disk, options: Self.options)
            return
        }
        let store = try Store.open(on: disk, options: Self.options)
        let snapshot = try store.snapshot()
        let version = Int(snapshot.version)
        guard version >= acknowledged && version < models.count else {
            return report.fail("\(comment): version \(version), acknowledged \(acknowledged)")
        }
        let found = try Self.read(snapshot)
        let faults = try store.check().faults
        report.check(faults.isEmpty, "\(comment): \(faults.first.map(\.description) ?? "")")
        report.check(found == models[version], "\(comment): version \(version) reads differently")
        let transaction = try store.beginWrite()
        try transaction.putObject(ObjectRecord(id: ObjectID(999), kind: 2, payload: [1]))
        try transaction.commit(queryID: "after", time: 0)
        var wanted = models[version]
        wanted.objects[999] = [1]
        let again = try Self.read(Store.open(on: disk, options: Self.options).snapshot())
        report.check(again == wanted, "\(comment): differs after another commit")
    }
}
