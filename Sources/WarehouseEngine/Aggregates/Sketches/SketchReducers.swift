import WarehouseBasics
import WarehouseColumns

/// A reducer whose result is one document a group.
protocol DocumentReducer: GroupReducer {
    var builder: VariantBuilder { get }
    /// Writes the group's document; false: NULL. `check` throws when the statement is to stop.
    func write(_ rows: RowBuffer, _ members: [Int], _ check: () throws -> Void) throws -> Bool
}

extension DocumentReducer {
    func makeColumn(_ rows: RowBuffer, groups: Int) -> ColumnBuffer { ColumnBuffer(.string, capacity: groups) }

    func reduce(_ rows: RowBuffer, _ members: [Int], into column: inout ColumnBuffer, check: () throws -> Void) throws {
        builder.reset()
        guard try write(rows, members, check) else { return column.appendNull() }
        try builder.checkSize()
        column.append(shared: column.arena.copy(builder.encoded))
    }
}

extension RowBuffer {
    func variant(_ column: Int, _ row: Int) -> VariantView { VariantView(columns[column].strings[row]) }
}

/// ARRAY_UNION_AGG: every value as often as in the array that has most of it, in the order they come.
struct ArrayUnionReducer: DocumentReducer {
    let builder = VariantBuilder()

    func write(_ rows: RowBuffer, _ members: [Int], _ check: () throws -> Void) throws -> Bool {
        var result: [VariantView] = []
        var taken = VariantBag(capacity: 0)
        var meter = LoopMeter()
        for row in members {
            let array = rows.variant(0, row)
            var own = VariantBag(capacity: array.elementCount)
            for element in ScalarKernels.elements(array) {
                try meter.step()
                own.add(element)
                if own.count(element) > taken.count(element) {
                    taken.add(element)
                    result.append(element)
                }
            }
        }
        try builder.beginArray()
        for value in result {
            try meter.pass(bytes: value.count)
            builder.value(value)
        }
        try builder.endArray()
        return true
    }
}

/// MIN_BY and MAX_BY with a count: the values of the first rows in the key's order.
struct FirstRowsReducer: DocumentReducer {
    let builder = VariantBuilder()
    var count: Int

    func write(_ rows: RowBuffer, _ members: [Int], _ check: () throws -> Void) throws -> Bool {
        try builder.beginArray()
        for row in members.prefix(count) {
            if let words = rows.columns[0].validity, !ValidityWords.isValid(words, row) { builder.undefined() }
            else { builder.value(rows.variant(0, row)) }
        }
        try builder.endArray()
        return true
    }
}

/// APPROX_TOP_K: the most frequent values with their counts; with `counters` the state of as many.
struct TopFrequenciesReducer: DocumentReducer {
    let builder = VariantBuilder()
    var limit: Int
    var isState: Bool

    func write(_ rows: RowBuffer, _ members: [Int], _ check: () throws -> Void) throws -> Bool {
        var table = FrequencyTable()
        try Pieces.run(members.count, check) { range in
            for index in range { table.add(rows.variant(0, members[index])) }
        }
        if isState { try FrequencyTable.writeState(table.top(limit), counters: limit, to: builder) }
        else { try FrequencyTable.write(table.top(limit), to: builder) }
        return true
    }
}

/// APPROX_TOP_K_COMBINE: one state of several, with as many counters as the largest of them unless said.
struct CombineFrequenciesReducer: DocumentReducer {
    let builder = VariantBuilder()
    /// 0: as the states have.
    var counters: Int

    func write(_ rows: RowBuffer, _ members: [Int], _ check: () throws -> Void) throws -> Bool {
        guard !members.isEmpty else { return false }
        var table = FrequencyTable()
        var limit = counters
        for row in members {
            try check()
            let own = try table.addState(rows.variant(0, row))
            if counters == 0 { limit = max(limit, own) }
        }
        try FrequencyTable.writeState(table.top(limit), counters: limit, to: builder)
        return true
    }
}

/// APPROX_PERCENTILE_ACCUMULATE.
struct PercentileStateReducer: DocumentReducer {
    let builder = VariantBuilder()

    func write(_ rows: RowBuffer, _ members: [Int], _ check: () throws -> Void) throws -> Bool {
        let values = rows.columns[0].doubles
        try PercentileSketch(values: members.map { values[$0] }).write(to: builder)
        return true
    }
}

/// APPROX_PERCENTILE_COMBINE.
struct CombinePercentilesReducer: DocumentReducer {
    let builder = VariantBuilder()

    func write(_ rows: RowBuffer, _ members: [Int], _ check: () throws -> Void) throws -> Bool {
        guard !members.isEmpty else { return false }
        var sketch = PercentileSketch()
        for row in members {
            try check()
            sketch.add(try PercentileSketch(object: rows.variant(0, row)).centroids)
        }
        try sketch.write(to: builder)
        return true
    }
}
