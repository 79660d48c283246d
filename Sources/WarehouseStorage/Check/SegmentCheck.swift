import WarehouseBasics
import WarehouseColumns

/// Reads a whole segment file: its parts follow one another without a gap, each with the right checksum; its chunks
/// decode; the values lie within the bounds that scans and the optimizer trust.
struct SegmentCheck {
    let disk: any Disk
    let record: SegmentRecord
    /// A table that holds it; nil when no table of the newest version does.
    let table: TableState?

    func run(_ report: inout StoreReport) {
        report.segmentFiles += 1
        report.segmentBytes += record.fileBytes
        do throws(WarehouseError) {
            let file = try SegmentFile(disk: disk, record: record)
            var extents: [Range<Int>] = []
            guard record.columns.isEmpty || record.columns.map(\.number).sorted() == file.columnNumbers else {
                throw file.damaged(at: file.footerOffset, "it holds other columns than its commit says")
            }
            for number in file.columnNumbers { try check(file, number, &extents, &report) }
            try checkLayout(file, extents)
        } catch {
            report.faults.append(StoreFault(table: table?.id, error: error))
        }
        runColumns(&report)
    }

    /// What the table takes its columns for.
    func runColumns(_ report: inout StoreReport) {
        guard let table, let file = try? SegmentFile(disk: disk, record: record) else { return }
        for (index, column) in table.columns.enumerated() {
            guard let directory = try? file.directory(column: column.number) else { continue }
            if directory.kind != ColumnKind(column.type) {
                report.faults.append(StoreFault(table: table.id, column: index, error: file.damaged(
                    at: 0, "column \(column.number) is of another kind than its table's")))
            }
        }
    }

    private func index(_ number: UInt32) -> Int? { table?.columns.firstIndex { $0.number == number } }

    private func checkLayout(_ file: SegmentFile, _ extents: [Range<Int>]) throws(WarehouseError) {
        var end = SegmentFormat.headerBytes
        for extent in extents.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            guard extent.lowerBound == end else { throw file.damaged(at: end, "parts overlap or leave a gap") }
            end = extent.upperBound
        }
        guard end == file.footerOffset else { throw file.damaged(at: end, "bytes before the footer are nobody's") }
    }

    // MARK: Columns

    private func check(_ file: SegmentFile, _ number: UInt32, _ extents: inout [Range<Int>],
                       _ report: inout StoreReport) throws(WarehouseError) {
        let column = index(number)
        do throws(WarehouseError) {
            guard let directory = try file.directory(column: number) else { return }
            let entries = directory.entries, place = directory.place
            var size = place.count
            extents.append(place)
            for chunk in entries.chunks {
                extents.append(chunk.offset..<(chunk.offset + chunk.byteCount))
                size += chunk.byteCount
            }
            if entries.dictionaryBytes > 0 {
                extents.append(entries.dictionaryOffset..<(entries.dictionaryOffset + entries.dictionaryBytes))
                size += entries.dictionaryBytes
            }
            _ = try directory.dictionary()
            let known = record.columns.first { $0.number == number }
            guard known == nil || known?.byteCount == size else {
                throw file.damaged(at: place.lowerBound, "column \(number) takes \(size) bytes instead of "
                    + "\(known?.byteCount ?? 0)")
            }
            var values = ColumnValues(directory)
            for chunk in entries.chunks.indices {
                report.chunks += 1
                do throws(WarehouseError) {
                    try values.check(chunk)
                } catch {
                    report.faults.append(StoreFault(table: table?.id, column: column, chunk: chunk, error: error))
                    values.isComplete = false
                }
            }
            if let known { try values.check(against: known.summary) }
        } catch {
            report.faults.append(StoreFault(table: table?.id, column: column, error: error))
        }
    }
}

/// The values of one column of a segment, compared with what is said about them.
private struct ColumnValues {
    private let directory: ColumnDirectory
    private let decoder: ColumnDecoder?
    private let vector: Vector
    private let flat: Vector
    private var nullCount = 0
    private var low: Int128?, high: Int128?
    private var lowDouble: Double?, highDouble: Double?
    private var hasNaN = false
    private var isSorted = true
    /// Every chunk could be read.
    var isComplete = true

    init(_ directory: ColumnDirectory) {
        self.directory = directory
        let physical = directory.kind.widestPhysical
        var element: PhysicalType?
        if case .list(let kind) = directory.kind { element = kind.widestPhysical }
        // A damaged dictionary has been reported; chunks of codes then have none.
        decoder = ColumnDecoder(directory.kind, physical: physical, elementPhysical: element,
                                dictionary: (try? directory.dictionary()) ?? nil)
        vector = Vector(physical, child: element.map { Vector($0) })
        flat = Vector(physical, child: element.map { Vector($0) })
    }

    mutating func check(_ index: Int) throws(WarehouseError) {
        let chunk = directory.entries.chunks[index], file = directory.file
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(16, chunk.byteCount), alignment: 16)
        defer { memory.deallocate() }
        let bytes = UnsafeMutableRawBufferPointer(rebasing: memory[0..<chunk.byteCount])
        try directory.readChunk(index, bytes)
        let rows = directory.rowCount(chunk: index)
        var nulls = 0
        do throws(CodecFault) {
            try decoder?.load(UnsafeRawBufferPointer(bytes), expected: rows)
            var row = 0
            while row < rows {
                let count = min(1024, rows - row)
                try decoder?.fill(vector, row, count)
                nulls += try checkWindow(block: row / 1024, count, chunk.zones)
                row += count
            }
            guard nulls == chunk.zones.nullCount else {
                throw CodecFault("\(nulls) values are null instead of \(chunk.zones.nullCount)")
            }
        } catch {
            throw file.damaged(at: chunk.offset, error.reason)
        }
        nullCount += nulls
    }

    /// Looks at up to 1024 decoded rows; gives how many are null.
    private mutating func checkWindow(block: Int, _ count: Int, _ zones: ChunkZones) throws(CodecFault) -> Int {
        var nulls = 0
        if vector.hasNulls { for row in 0..<count where vector.isNull(row) { nulls += 1 } }
        switch directory.kind {
        case .bool, .integer:
            let source = vector.flattened(into: flat)
            var range = zones.low...max(zones.low, zones.high)
            if zones.low <= zones.high, zones.blockLows.indices.contains(block) {
                range = Int128(zones.blockLows[block])...Int128(max(zones.blockHighs[block], zones.blockLows[block]))
            }
            for row in 0..<count where !source.isNull(row) {
                let value = directory.kind == .bool ? Int128(source.bools[row]) : source.int128s[row]
                guard range.contains(value), value <= zones.high else {
                    throw CodecFault("the value \(value) is outside its chunk's bounds")
                }
                if let before = high, value < before { isSorted = false }
                low = min(low ?? value, value)
                high = max(high ?? value, value)
            }
        case .double:
            let source = vector.flattened(into: flat)
            for row in 0..<count where !source.isNull(row) {
                let value = source.doubles[row]
                if value.isNaN { hasNaN = true; continue }
                lowDouble = min(lowDouble ?? value, value)
                highDouble = max(highDouble ?? value, value)
            }
        case .string, .list: break
        }
        return nulls
    }

    func check(against summary: ColumnSummary) throws(WarehouseError) {
        guard isComplete else { return }
        func refuse(_ reason: String) -> WarehouseError {
            directory.file.damaged(at: directory.place.lowerBound, "column \(directory.number): \(reason)")
        }
        guard summary.rowCount == directory.file.rowCount, summary.nullCount == nullCount else {
            throw refuse("its commit says \(summary.nullCount) of \(summary.rowCount) rows are null, but \(nullCount) "
                + "of \(directory.file.rowCount) are")
        }
        if let low, let high {
            guard let least = summary.low, let greatest = summary.high, least <= low, greatest >= high else {
                throw refuse("values from \(low) to \(high) are outside the bounds in its commit")
            }
            if summary.isSorted, !isSorted || nullCount > 0 { throw refuse("its commit calls it sorted") }
        }
        if hasNaN, !summary.hasNaN { throw refuse("its commit knows of no NaN") }
        if let lowDouble, let highDouble, !summary.hasNaN {
            guard let least = summary.lowDouble, let greatest = summary.highDouble, least <= lowDouble,
                  greatest >= highDouble else {
                throw refuse("values from \(lowDouble) to \(highDouble) are outside the bounds in its commit")
            }
        }
    }
}

extension ColumnKind {
    /// In which every value that may be stored can be read.
    fileprivate var widestPhysical: PhysicalType {
        switch self {
        case .bool: .bool
        case .integer: .int128
        case .double: .double
        case .string: .string
        case .list: .list
        }
    }
}

extension SegmentRecord {
    /// What the file says of itself, for a segment of which the manifest knows no more than its size.
    init(readingFooterOf id: UInt64, fileBytes: Int, on disk: any Disk) throws(WarehouseError) {
        let path = SegmentFormat.path(id), place = "The segment file '\(disk.rootPath)/\(path)'"
        guard try disk.entry(path) != nil else { throw WarehouseError(.corrupt, "\(place) is missing.") }
        let file = try disk.open(path, .read)
        let size = try file.sizeBytes()
        guard size == fileBytes, size >= SegmentFormat.headerBytes + SegmentFormat.trailerBytes else {
            throw WarehouseError(.corrupt, "\(place) is damaged at byte \(min(size, fileBytes)): it is \(size) bytes "
                + "long instead of \(fileBytes).")
        }
        let end = size - SegmentFormat.trailerBytes
        var trailer = ByteReader(try file.bytes(from: end, count: SegmentFormat.trailerBytes), source: place)
        let footerBytes = Int(try trailer.uint32())
        _ = try trailer.uint32()
        let checksum = try trailer.uint64()
        guard footerBytes <= SegmentFormat.maximumFooterBytes, footerBytes <= end - SegmentFormat.headerBytes else {
            throw WarehouseError(.corrupt, "\(place) is damaged at byte \(end): its end is wrong.")
        }
        var footer = ByteReader(try file.bytes(from: end - footerBytes, count: footerBytes), source: place)
        _ = try footer.uint64()
        let rows = try footer.count(limit: SegmentFormat.maximumRows)
        self.init(id: id, fileBytes: fileBytes, rowCount: rows, footerChecksum: checksum, columns: [])
    }
}
