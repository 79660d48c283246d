import WarehouseBasics
import WarehouseColumns

/// Rows kept beyond their batch, column by column; owns its bytes.
final class RowBuffer {
    private(set) var columns: [ColumnBuffer]
    private(set) var rowCount = 0

    init(_ types: [PhysicalType]) { columns = types.map { ColumnBuffer($0) } }

    /// Takes columns that were filled elsewhere, of `rowCount` rows each.
    init(columns: [ColumnBuffer], rowCount: Int) {
        self.columns = columns
        self.rowCount = rowCount
    }

    var types: [PhysicalType] { columns.map(\.physicalType) }
    var allocatedBytes: Int { columns.reduce(0) { $0 + $1.allocatedBytes } }

    /// Makes room for `rows` more rows.
    func reserve(_ rows: Int) { for column in columns { column.reserve(rows) } }

    /// Gives up room that is left over, once no rows come any more.
    func trim() { for column in columns { column.trim() } }

    /// Bytes of the rows themselves, strings in full, whatever room is left over.
    var contentBytes: Int { columns.reduce(0) { $0 + $1.contentBytes } }

    /// Copies all rows of the batch.
    func append(_ batch: Batch) {
        guard batch.rowCount > 0 else { return }
        for index in columns.indices {
            let vector = batch.vectors[index]
            adoptElementType(index, vector)
            columns[index].append(vector, 0..<batch.rowCount)
        }
        rowCount += batch.rowCount
    }

    /// Copies rows `range` of the batch.
    func append(_ batch: Batch, _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        for index in columns.indices {
            adoptElementType(index, batch.vectors[index])
            columns[index].append(batch.vectors[index], range)
        }
        rowCount += range.count
    }

    /// Copies the chosen rows of the batch.
    func append(_ batch: Batch, selection: UnsafeBufferPointer<Int32>) {
        guard !selection.isEmpty else { return }
        for index in columns.indices {
            adoptElementType(index, batch.vectors[index])
            columns[index].append(batch.vectors[index], selection: selection)
        }
        rowCount += selection.count
    }

    /// Appends the rows of a block on disk.
    func append(encoded bytes: UnsafeRawBufferPointer, rows: Int) throws {
        try SpillCodec.decode(bytes, rows: rows, into: &columns)
        rowCount += rows
    }

    /// The type of a list's elements is known from its first vector only.
    private func adoptElementType(_ index: Int, _ vector: Vector) {
        guard vector.physicalType == .list, columns[index].count == 0, let child = vector.valueHolder.child,
              columns[index].child?.physicalType != child.physicalType else { return }
        columns[index] = ColumnBuffer(.list, elementType: child.physicalType)
    }

    /// Makes `batch` show rows `start ..< start + count` without copying values. Its vectors must be of `types` and
    /// used for nothing else.
    func show(_ batch: Batch, from start: Int, count: Int) {
        for index in columns.indices { columns[index].fill(batch.vectors[index], from: start, count: count) }
        batch.rowCount = count
    }

    func makeBatch() -> Batch { Batch(columns.map { Vector($0.physicalType, capacity: 1) }) }

    /// The rows in batches, each valid during the call. `check` ends it by throwing.
    func forEachBatch(_ check: () throws -> Void, _ body: (Batch) throws -> Void) throws {
        let batch = makeBatch()
        var start = 0
        while start < rowCount {
            let count = min(Vector.standardCapacity, rowCount - start)
            try check()
            show(batch, from: start, count: count)
            try body(batch)
            start += count
        }
    }

    /// Pushes the rows in batches; false when the consumer wants no more.
    @discardableResult
    func push(into consumer: any BatchConsumer, context: QueryContext, range: Range<Int>? = nil) throws -> Bool {
        let range = range ?? 0..<rowCount
        let batch = makeBatch()
        var start = range.lowerBound
        while start < range.upperBound {
            try context.checkCancelled()
            let count = min(Vector.standardCapacity, range.upperBound - start)
            show(batch, from: start, count: count)
            if try !consumer.consume(batch) { return false }
            start += count
        }
        return true
    }

    /// One buffer with the rows of all parts, in order. The parts' string bytes are shared, not copied.
    static func concatenated(_ parts: [RowBuffer], types: [PhysicalType]) -> RowBuffer {
        let filled = parts.filter { $0.rowCount > 0 }
        if filled.count == 1 { return filled[0] }
        if filled.isEmpty { return RowBuffer(types) }
        let total = filled.reduce(0) { $0 + $1.rowCount }
        let columns = types.indices.map { index in
            ColumnBuffer.concatenated(filled.map { $0.columns[index] }, rowCount: total) {}
        }
        return RowBuffer(columns: columns, rowCount: total)
    }

    /// As above; each part of a column goes as soon as it is copied, so that rows do not stand in memory twice.
    /// Columns `without` were taken out of the parts and stay empty.
    static func concatenated(draining parts: [RowBuffer], types: [PhysicalType], _ context: QueryContext,
                             without: Set<Int> = []) throws -> RowBuffer {
        let filled = parts.filter { $0.rowCount > 0 }
        if filled.count == 1 { return filled[0] }
        if filled.isEmpty { return RowBuffer(types) }
        let total = filled.reduce(0) { $0 + $1.rowCount }
        let columns = try types.indices.map { index in
            if without.contains(index) { return ColumnBuffer(types[index]) }
            let columns = filled.map { $0.take(index) }
            // A list's elements are to be appended part by part.
            if types[index] == .list {
                return try ColumnBuffer.concatenated(columns, rowCount: total) { try context.checkCancelled() }
            }
            let result = ColumnBuffer(columns[0].physicalType, capacity: total)
            result.commit(total)
            try DrainedParts(columns).copy(into: result, context)
            return result
        }
        for part in filled { part.rowCount = 0 }
        return RowBuffer(columns: columns, rowCount: total)
    }

    /// Gives a column away: the buffer is not to be asked for it until another was put there.
    func take(_ index: Int) -> ColumnBuffer {
        let column = columns[index]
        columns[index] = ColumnBuffer(column.physicalType)
        return column
    }

    /// Gives all rows away.
    func removeAll() {
        for index in columns.indices { _ = take(index) }
        rowCount = 0
    }

    /// Takes a column of as many rows.
    func put(_ column: ColumnBuffer, at index: Int) { columns[index] = column }
}

extension ColumnBuffer {
    /// Bytes of the values, strings in full.
    var contentBytes: Int {
        var bytes = count * physicalType.stride + (child?.contentBytes ?? 0)
        guard physicalType == .string else { return bytes }
        for row in 0..<count { bytes &+= strings[row].count }
        return bytes
    }

    /// The rows of all parts in one buffer, which keeps the parts' string bytes instead of copying them.
    static func concatenated(_ parts: [ColumnBuffer], rowCount: Int, check: () throws -> Void) rethrows
        -> ColumnBuffer {
        let type = parts[0].physicalType
        let result = ColumnBuffer(type, elementType: parts[0].child?.physicalType, capacity: rowCount)
        for part in parts {
            try check()
            if type == .list {
                result.append(part)
                continue
            }
            result.reserve(part.count)
            let start = result.count
            (result.values + start * type.stride).copyMemory(from: part.values, byteCount: part.count * type.stride)
            result.commit(part.count)
            if type == .string { result.retainBytes(of: part) }
            guard let words = part.validity else { continue }
            for row in 0..<part.count where !ValidityWords.isValid(words, row) { result.setNull(start + row) }
        }
        return result
    }

    /// Appends a view whose bytes somebody else keeps; see `retain`.
    func append(shared view: StringView) {
        reserve(1)
        strings[count] = view
        commit(1)
    }
}
