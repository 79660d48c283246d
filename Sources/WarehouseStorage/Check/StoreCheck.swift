import WarehouseBasics

/// Something in a store that is not as it was written.
public struct StoreFault: Sendable, CustomStringConvertible {
    /// A table that it hurts; nil: none of the newest version, or all of them.
    public var table: ObjectID?
    /// Index into the table's columns; nil: all of them, or one that was dropped.
    public var column: Int?
    /// The chunk of the segment: its rows `chunk × 65,536` and on.
    public var chunk: Int?
    /// Kind `corrupt` or `inputOutput`; names file and offset.
    public var error: WarehouseError

    public init(table: ObjectID? = nil, column: Int? = nil, chunk: Int? = nil, error: WarehouseError) {
        self.table = table
        self.column = column
        self.chunk = chunk
        self.error = error
    }

    public var description: String {
        var place: [String] = []
        if let table { place.append("table \(table)") }
        if let column { place.append("column \(column)") }
        if let chunk { place.append("chunk \(chunk)") }
        return place.isEmpty ? error.message : place.joined(separator: ", ") + ": " + error.message
    }
}

/// What a check of a store has looked at, and what it found wrong.
public struct StoreReport: Sendable {
    public var tables = 0
    /// Segment files, those kept for time travel too.
    public var segmentFiles = 0
    public var segmentBytes = 0
    public var chunks = 0
    /// Generations of the manifest, the one in force too.
    public var generations = 0
    /// Segment files that no version holds: left by a crash, or of a writer at work. The next writer removes them.
    public var unusedFiles = 0
    public var faults: [StoreFault] = []

    public init() {}
}

extension Store {
    /// Reads everything that the newest version and its history hold: every checksum, length, bound and reference.
    /// Others may read and write meanwhile. Errors: only those that keep it from looking at all.
    public func check() throws(WarehouseError) -> StoreReport {
        var report = StoreReport()
        // Its pin keeps the files while they are read.
        let snapshot = try snapshot()
        checkGenerations(&report)
        report.tables = snapshot.state.tables.count
        var checked: Set<UInt64> = []
        for id in snapshot.tableIDs {
            guard let table = snapshot.state.tables[id] else { continue }
            for part in table.parts {
                guard case .file(let record) = part.content else { continue }
                // A clone shares its source's files; its columns may have another order, never another content.
                let check = SegmentCheck(disk: disk, record: record, table: table)
                if checked.insert(record.id).inserted {
                    check.run(&report)
                } else {
                    check.runColumns(&report)
                }
            }
        }
        try checkDropped(snapshot.state, &report)
        let files = try disk.list("segments").compactMap { SegmentFormat.id(fileName: $0.name) }
        // Of the newest version now: others may have written meanwhile.
        let newest = try self.snapshot().state
        for id in files where newest.references[id] == nil && newest.dropped[id] == nil { report.unusedFiles += 1 }
        return report
    }

    /// Files that only older versions need.
    private func checkDropped(_ state: StoreState, _ report: inout StoreReport) throws(WarehouseError) {
        for (id, dropped) in state.dropped.sorted(by: { $0.key < $1.key }) {
            var found = StoreReport()
            do throws(WarehouseError) {
                let record = try SegmentRecord(readingFooterOf: id, fileBytes: dropped.fileBytes, on: disk)
                SegmentCheck(disk: disk, record: record, table: nil).run(&found)
            } catch {
                found.faults.append(StoreFault(error: error))
            }
            // A writer may have removed it meanwhile: its time had come.
            if !found.faults.isEmpty, try self.snapshot().state.dropped[id] == nil { continue }
            report.segmentFiles += found.segmentFiles
            report.segmentBytes += found.segmentBytes
            report.chunks += found.chunks
            report.faults += found.faults
        }
    }

    private func checkGenerations(_ report: inout StoreReport) {
        do throws(WarehouseError) {
            let current = try manifest.currentGeneration()
            report.generations = 1
            _ = try manifest.load()
            for generation in try manifest.completeGenerations() where generation < current {
                do throws(WarehouseError) {
                    try manifest.checkOld(generation)
                    report.generations += 1
                } catch {
                    // A writer may have removed it meanwhile.
                    guard try manifest.completeGenerations().contains(generation) else { continue }
                    report.faults.append(StoreFault(error: error))
                }
            }
        } catch {
            report.faults.append(StoreFault(error: error))
        }
    }
}

extension Manifest {
    /// Generations of which both files are there. A crash while one is removed leaves one of them.
    func completeGenerations() throws(WarehouseError) -> [UInt64] {
        var counts: [UInt64: Int] = [:]
        for entry in try disk.list("manifest") {
            if let generation = ManifestFiles.generation(fileName: entry.name) { counts[generation, default: 0] += 1 }
        }
        return counts.filter { $0.value == 2 }.keys.sorted()
    }

    /// Reads a generation that is no longer in force; it must lead to where the next one begins.
    func checkOld(_ generation: UInt64) throws(WarehouseError) {
        let view = try load(generation: generation)
        guard let next = try? checkpointHead(generation + 1), next.version > view.state.version else { return }
        throw WarehouseError(.corrupt, "\(source(view.log.path)) is damaged at byte \(view.validBytes): its commits "
            + "end at version \(view.state.version), but the next generation begins at version \(next.version).")
    }
}
