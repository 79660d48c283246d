import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// Flattens lists of one scalar type. Of an output row two numbers are kept, the input's row and the element: all else
/// follows from them.
final class ListFlattener: RowFlattener {
    private let options: FlattenOptions
    private let parentColumns: [Int]
    private let columns: [FlattenColumn]
    private let output: Batch
    private let next: any BatchConsumer
    private var parents = RowList()
    /// Rows of the elements' vector; -1: the list has none.
    private var elements = RowList()
    /// Of the batch, by place among the parents: lists that go through beside their own elements or those of others.
    private var lists: [Int: Vector] = [:]

    init(_ options: FlattenOptions, _ parents: [Int], _ columns: [FlattenColumn], _ output: Batch, _ next: any BatchConsumer) {
        self.options = options
        self.parentColumns = parents
        self.columns = columns
        self.output = output
        self.next = next
    }

    func flatten(_ batch: Batch, _ vector: Vector, _ sequence: Int64) throws -> Bool {
        let holder = vector.valueHolder, flattens = options.mode != .object
        lists.removeAll(keepingCapacity: true)
        for row in 0..<batch.rowCount {
            let range = flattens ? ListFlattener.elements(of: vector, holder, row) : 0..<0
            if range.isEmpty, options.isOuter, try !add(row, -1, count: 1, batch, vector, sequence) { return false }
            if !range.isEmpty, try !add(row, range.lowerBound, count: range.count, batch, vector, sequence) { return false }
        }
        return try flush(batch, vector, sequence)
    }

    private static func elements(of vector: Vector, _ lists: Vector, _ row: Int) -> Range<Int> {
        guard !vector.isNull(row) else { return 0..<0 }
        let index = vector.valueIndex(row)
        return Int(lists.offsets[index])..<Int(lists.offsets[index + 1])
    }

    /// Adds neighbouring elements of a row.
    private func add(_ row: Int, _ first: Int, count: Int, _ batch: Batch, _ vector: Vector, _ sequence: Int64) throws -> Bool {
        var next = first, left = count
        while left > 0 {
            let room = min(left, Vector.standardCapacity - parents.count)
            parents.append(repeating: row, count: room)
            elements.append(ascendingFrom: next, count: room)
            next += room
            left -= room
            if parents.count == Vector.standardCapacity, try !flush(batch, vector, sequence) { return false }
        }
        return true
    }

    /// Hands the rows so far on.
    private func flush(_ batch: Batch, _ vector: Vector, _ sequence: Int64) throws -> Bool {
        guard parents.count > 0 else { return true }
        defer {
            parents.count = 0
            elements.count = 0
        }
        for (index, column) in parentColumns.enumerated() { gather(batch.vectors[column], index) }
        for (index, column) in columns.enumerated() {
            fill(output.vectors[parentColumns.count + index], column, vector, sequence)
        }
        output.rowCount = parents.count
        return try next.consume(output)
    }

    /// A list goes through as a code: it would be copied for each of its elements.
    private func gather(_ source: Vector, _ index: Int) {
        let target = output.vectors[index], rows = parents.selection
        guard source.physicalType == .list, source.form == .flat || source.form == .runs else {
            return target.gather(source, rows)
        }
        let list = lists[index] ?? ListFlattener.dictionary(of: source)
        lists[index] = list
        target.beginDictionary(list, count: rows.count)
        for (place, row) in rows.enumerated() {
            let isNull = source.isNull(Int(row))
            target.codes[place] = isNull ? 0 : row
            if isNull { target.setNull(place) }
        }
    }

    /// A copy that nobody changes, of which no row is null.
    private static func dictionary(of source: Vector) -> Vector {
        let copy = Vector(.list, capacity: max(1, source.count), child: source.valueHolder.child.map { Vector($0.physicalType) })
        copy.fillFlat(from: source)
        copy.clearNulls()
        return copy
    }

    private func fill(_ target: Vector, _ column: FlattenColumn, _ vector: Vector, _ sequence: Int64) {
        let rows = parents.selection, elements = elements.selection
        switch column {
        case .seq:
            target.beginFlat(rows.count)
            for (index, row) in rows.enumerated() { target.int64s[index] = sequence + Int64(row) + 1 }
        case .index:
            target.beginFlat(rows.count)
            forEachPlace(vector) { index, place in
                target.int64s[index] = Int64(place ?? 0)
                if place == nil { target.setNull(index) }
            }
        case .path: fillPaths(target, vector)
        case .element:
            guard let source = vector.valueHolder.child else { return target.fillNull(rows: rows.count) }
            target.gather(source, elements, mayMiss: elements.contains { $0 < 0 })
        case .key, .value, .this: target.fillNull(rows: rows.count)
        }
    }

    /// `[3]`, or an empty text for a row without elements.
    private func fillPaths(_ target: Vector, _ vector: Vector) {
        target.beginFlat(parents.count)
        let bytes = ByteBuffer()
        forEachPlace(vector) { index, place in
            bytes.removeAll()
            if let place { bytes.append(text: "[\(place)]") }
            target.strings[index] = target.arena.copy(bytes.view)
        }
    }

    /// Which of its list's elements each output row has, if any.
    private func forEachPlace(_ vector: Vector, _ body: (_ index: Int, _ place: Int?) -> Void) {
        let rows = parents.selection, elements = elements.selection, offsets = vector.valueHolder.offsets
        var row: Int32 = -1, start = 0
        for index in rows.indices {
            guard elements[index] >= 0 else {
                body(index, nil)
                continue
            }
            if rows[index] != row {
                row = rows[index]
                start = Int(offsets[vector.valueIndex(Int(row))])
            }
            body(index, Int(elements[index]) - start)
        }
    }
}
