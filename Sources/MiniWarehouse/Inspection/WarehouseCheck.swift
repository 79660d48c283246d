import WarehouseBasics
import WarehouseStorage

/// Something in a warehouse that is not as it was written.
public struct WarehouseFault: Sendable, CustomStringConvertible {
    /// `DATABASE.SCHEMA.TABLE` that it hurts; nil: none as it stands now, or the whole warehouse.
    public var table: String?
    /// A column of the table; nil: all of them.
    public var column: String?
    /// The chunk of its segment: rows `chunk × 65,536` and on of the segment.
    public var chunk: Int?
    /// Names file and offset.
    public var error: WarehouseError

    public var description: String {
        var place: [String] = []
        if let table { place.append("table \(table)") }
        if let column { place.append("column \(column)") }
        if let chunk { place.append("chunk \(chunk)") }
        return place.isEmpty ? error.message : place.joined(separator: ", ") + ": " + error.message
    }
}

/// What `Warehouse.check` has looked at, and what it found wrong.
public struct WarehouseReport: Sendable {
    /// Objects of the catalog: databases, tables, roles, grants, ….
    public var objects = 0
    public var tables = 0
    /// Segment files, those kept for time travel too.
    public var files = 0
    public var fileBytes = 0
    public var chunks = 0
    /// Generations of the log of commits that are kept.
    public var generations = 0
    /// Segment files that no version holds: left by a crash, or of a writer at work. The next writer removes them.
    public var unusedFiles = 0
    public var faults: [WarehouseFault] = []

    public var isClean: Bool { faults.isEmpty }
}

extension Warehouse {
    /// Verifies every checksum, length, bound and reference of the warehouse at `path`, without changing anything.
    /// Others may use it meanwhile.
    ///
    /// Throws `notAWarehouse`, `newerFormat` and what keeps it from looking at all; damage is in the report.
    public static func check(_ path: String) throws -> WarehouseReport {
        var report = WarehouseReport()
        do {
            let store = try Store.open(path)
            let found = try store.check()
            report.tables = found.tables
            report.files = found.segmentFiles
            report.fileBytes = found.segmentBytes
            report.chunks = found.chunks
            report.generations = found.generations
            report.unusedFiles = found.unusedFiles
            let snapshot = try store.snapshot()
            var check = CatalogCheck(snapshot)
            check.run()
            report.objects = snapshot.objects.count
            report.faults = found.faults.map(check.named) + check.faults
        } catch {
            guard error.code == ErrorKind.corrupt.code else { throw error }
            report.faults.append(WarehouseFault(error: error))
        }
        return report
    }
}

/// Whether the objects of a catalog refer to what is there.
struct CatalogCheck {
    let snapshot: StoreSnapshot
    private var entries: [ObjectID: CatalogEntry] = [:]
    private(set) var faults: [WarehouseFault] = []

    init(_ snapshot: StoreSnapshot) { self.snapshot = snapshot }

    mutating func run() {
        for record in snapshot.objects {
            do {
                entries[record.id] = try CatalogEntry(decoding: record)
            } catch let error as WarehouseError {
                faults.append(WarehouseFault(error: error))
            } catch {
                refuse("catalog record \(record.id) cannot be read")
            }
        }
        for entry in entries.values.sorted(by: { $0.id < $1.id }) { check(entry) }
        for id in snapshot.tableIDs where entries[id]?.kind != .table && snapshot.object(id) == nil {
            refuse("there are rows of a table \(id), but no such table")
        }
    }

    private mutating func refuse(_ reason: String, table: String? = nil) {
        faults.append(WarehouseFault(table: table, error: WarehouseError(
            .corrupt, "The catalog is damaged: \(reason).")))
    }

    private mutating func check(_ entry: CatalogEntry) {
        let title = "\(entry.kind.title.lowercased()) \(entry.name)"
        if let parent = entry.parent, snapshot.object(parent) == nil {
            refuse("\(title) lies in an object \(parent) that is not there")
        }
        if let target = entry.target, snapshot.object(target) == nil {
            refuse("\(title) is for an object \(target) that is not there")
        }
        guard entry.kind == .table else { return }
        let name = fullName(entry.id)
        guard let table = snapshot.table(entry.id) else { return refuse("its rows are missing", table: name) }
        if table.columns.map(\.type) != entry.columns.map(\.type) {
            refuse("its rows have other columns", table: name)
        }
    }

    private func fullName(_ id: ObjectID) -> String {
        var names: [String] = []
        var next: ObjectID? = id
        // Damaged records may lead in a circle.
        while let id = next, let entry = entries[id], names.count < 3 {
            names.insert(entry.name, at: 0)
            next = entry.parent
        }
        return names.isEmpty ? String(id.value) : names.joined(separator: ".")
    }

    /// A fault of the store with the names of the catalog.
    func named(_ fault: StoreFault) -> WarehouseFault {
        let columns = fault.table.flatMap { entries[$0]?.columns } ?? []
        let column = fault.column.map { columns.indices.contains($0) ? columns[$0].name : "number \($0 + 1)" }
        return WarehouseFault(table: fault.table.map(fullName), column: column, chunk: fault.chunk, error: fault.error)
    }
}
