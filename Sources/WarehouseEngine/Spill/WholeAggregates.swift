import WarehouseBasics
import WarehouseColumns

/// Finishes aggregates without groups some of whose states took too much memory. Each state has what it took until then,
/// and the rows that came later are on disk: the two together, state after state, are all rows in their order. Aggregates
/// with small states go on from there; the others read those rows again, each in its own way.
final class WholeAggregates {
    private let overflow: AggregateOverflow
    private let states: [GroupedState]
    private let calls: [AggregateDefinition]
    private let context: QueryContext
    /// What the states kept of each call, by call and state.
    private var kept: [[[SpillBlock]]] = []

    init(_ overflow: AggregateOverflow, _ states: [GroupedState], _ calls: [AggregateDefinition], _ context: QueryContext) {
        self.overflow = overflow
        self.states = states
        self.calls = calls
        self.context = context
    }

    /// The one row of results.
    func finish() throws -> RowBuffer {
        var columns = try small().columns
        // The states make room before anything is sorted or counted.
        kept = try calls.indices.map { call in try states.map { try unload($0, call) } }
        for state in states { state.release() }
        for index in calls.indices {
            switch calls[index].external {
            case nil: break
            case .distinct(let fields, let inner)?: columns[index] = try distinct(index, fields, inner())
            case .ordered(let required, let order, let makeReducer)?:
                columns[index] = try ordered(index, required, order, makeReducer())
            case .mode(let field)?: columns[index] = try mode(index, field)
            }
        }
        return RowBuffer(columns: columns, rowCount: 1)
    }

    /// The row, with the results of small states in it.
    private func small() throws -> RowBuffer {
        let small = calls.map(\.withoutExternalState)
        func makeState() throws -> GroupedState {
            try GroupedState(groupColumns: [], fields: [], calls: small, rowBound: nil, context: context)
        }
        let whole = try makeState()
        for state in states {
            let own = try makeState()
            try own.absorb(state, selection: nil)
            try push(blocks(of: state), into: own)
            try own.finishRows()
            try whole.absorb(own, selection: nil)
        }
        return try whole.finish()
    }

    // MARK: Rows

    /// How many of a call's columns are read.
    private func width(_ call: Int) -> Int {
        switch calls[call].external {
        case nil: 0
        case .distinct(let fields, _)?: fields.count
        case .ordered?: calls[call].arguments.count
        case .mode?: 1
        }
    }

    /// Writes what a state keeps of a call.
    private func unload(_ state: GroupedState, _ call: Int) throws -> [SpillBlock] {
        let width = width(call)
        guard width > 0 else { return [] }
        let writer = SpillWriter(try overflow.makeFile())
        try state.pushRows(ofCall: call) { try writer.write(Array($0.vectors.prefix(width)), rows: $0.rowCount) }
        return writer.blocks
    }

    private func blocks(of state: GroupedState) -> [SpillBlock] { state.overflowing?.partitions.first ?? [] }

    private func push(_ blocks: [SpillBlock], into consumer: any BatchConsumer) throws {
        let rows = SpilledRows(file: try overflow.makeFile(), types: overflow.types, stripes: [])
        try rows.push(blocks, columns: overflow.types.count, into: consumer, context: context)
    }

    private func types(_ call: Int) -> [PhysicalType] {
        calls[call].arguments.prefix(width(call)).map { overflow.types[$0] }
    }

    /// Hands out all rows of the columns of a call that are read, in their order.
    private func forEachBatch(_ call: Int, _ body: @escaping (Batch) throws -> Void) throws {
        let columns = calls[call].arguments.prefix(width(call))
        let own = SpilledRows(file: try overflow.makeFile(), types: types(call), stripes: [])
        for (state, kept) in zip(states, kept[call]) {
            let picked = Batch()
            try forEachBatch(own, kept, body)
            try push(blocks(of: state), into: ClosureConsumer { batch in
                picked.vectors = columns.map { batch.vectors[$0] }
                picked.rowCount = batch.rowCount
                try body(picked)
                return true
            })
        }
    }

    /// Cuts rows by the hash of their first columns, again where memory has no room for what `build` makes of a part.
    private func forEachPart<Part>(
        _ types: [PhysicalType], _ fields: [KeyField], level: Int = 0, of rows: (@escaping (Batch) throws -> Void) throws -> Void,
        build: (SpilledRows, [SpillBlock]) throws -> Part, take: (Part) throws -> Void
    ) throws {
        let cut = SpilledRows(file: try overflow.makeFile(), types: types, stripes: [])
        let partitioning = SpillPartitioning(
            keys: Array(fields.indices), fields: fields,
            count: level == 0 ? AggregateOverflow.standardPartitions : AggregateOverflow.furtherPartitions, level: level)
        let writer = PartitionWriter(cut.file, partitioning, types: types, context)
        try rows { try writer.add($0) }
        try writer.flush()
        for blocks in writer.partitions where !blocks.isEmpty {
            let part: Part
            do {
                part = try build(cut, blocks)
            } catch {
                guard (error as? WarehouseError)?.code == ErrorKind.memoryLimit.code, level < SpillPartitioning.maximumLevel
                else { throw error }
                try forEachPart(types, fields, level: level + 1, of: { body in
                    try self.forEachBatch(cut, blocks, body)
                }, build: build, take: take)
                continue
            }
            try take(part)
        }
    }

    private func forEachBatch(_ rows: SpilledRows, _ blocks: [SpillBlock], _ body: @escaping (Batch) throws -> Void) throws {
        _ = try rows.push(blocks, columns: rows.types.count, into: ClosureConsumer { batch in
            try body(batch)
            return true
        }, context: context)
    }

    // MARK: Distinct

    private func distinct(_ call: Int, _ fields: [KeyField], _ inner: Aggregator) throws -> ColumnBuffer {
        inner.context = context
        inner.reserve(groups: 1)
        let types = types(call)
        try forEachPart(types, fields, of: { try forEachBatch(call, $0) }, build: { rows, blocks in
            let values = try PartValues(fields, context)
            try forEachBatch(rows, blocks) { try values.add($0.vectors, $0.rowCount) }
            return values
        }, take: { (values: PartValues) in
            try values.distinct.forEachBatch(context.checkCancelled) { batch in
                try GroupAssignment.single(rows: batch.rowCount) {
                    try inner.update(batch.vectors, rows: batch.rowCount, groups: $0)
                }
            }
        })
        return try inner.finish(groups: 1)
    }

    // MARK: By place

    private func ordered(_ call: Int, _ required: [Int], _ order: [SortColumn], _ reducer: any PlaceReducer) throws
        -> ColumnBuffer {
        guard let spill = context.spill else { throw MemoryAccount.exceeded(context.memory.limitBytes ?? 0) }
        let types = types(call)
        let held = MemoryReservation(context.memory)
        let collector = RowCollector(1, types: types, spill, context, held)
        try forEachBatch(call) { [context] batch in
            let kept = WholeAggregates.withoutNulls(batch, in: required, types)
            try kept.forEachBatch(context.checkCancelled) { try collector.add($0, 0) }
        }
        try collector.finish(0)
        let picked: RowBuffer, total: Int
        switch try collector.rows() {
        case .memory(let parts):
            let rows = try RowBuffer.concatenated(draining: parts, types: types, context)
            let sorted = try RowOrdering.order(rows, by: order, context: context)
            (picked, total) = (RowBuffer(types), rows.rowCount)
            for place in total == 0 ? [] : reducer.places(of: total) {
                let batch = rows.makeBatch()
                rows.show(batch, from: sorted[place], count: 1)
                picked.append(batch)
            }
        case .disk(let rows):
            let sorted = try ExternalSort(rows, by: order, context: context)
                .sorted(columns: types.count, stripeRows: SortOperator.stripeRows)
            total = sorted.rowCount
            picked = try sorted.rows(at: total == 0 ? [] : reducer.places(of: total))
        }
        var result = reducer.makeColumn(picked, groups: 1)
        if total == 0 { result.appendNull() } else { try reducer.reduce(placed: picked, of: total, into: &result) }
        return result
    }

    private static func withoutNulls(_ batch: Batch, in required: [Int], _ types: [PhysicalType]) -> RowBuffer {
        let rows = RowBuffer(types)
        let nullable = required.compactMap { column in
            batch.vectors[column].hasNulls ? batch.vectors[column].flatValidity(rows: batch.rowCount) : nil
        }
        if nullable.isEmpty {
            rows.append(batch)
            return rows
        }
        var kept = RowList(capacity: batch.rowCount)
        for row in 0..<batch.rowCount
        where nullable.allSatisfy({ $0[row >> 6] >> UInt64(row & 63) & 1 != 0 }) { kept.append(row) }
        rows.append(batch, selection: kept.selection)
        return rows
    }

    // MARK: Mode

    private func mode(_ call: Int, _ field: KeyField) throws -> ColumnBuffer {
        let types = types(call)
        var best: (count: Int, first: Int64, value: RowBuffer)?
        try forEachPart(types + [.int64], [field], of: { body in
            var next: Int64 = 0
            let wide = Batch(), positions = Vector(.int64)
            try forEachBatch(call) { [context] batch in
                let kept = WholeAggregates.withoutNulls(batch, in: [0], types)
                try kept.forEachBatch(context.checkCancelled) { batch in
                    positions.beginFlat(batch.rowCount)
                    for row in 0..<batch.rowCount { positions.int64s[row] = next + Int64(row) }
                    next += Int64(batch.rowCount)
                    wide.vectors = batch.vectors + [positions]
                    wide.rowCount = batch.rowCount
                    try body(wide)
                }
            }
        }, build: { rows, blocks in
            let values = try PartValues([field], context, counts: true)
            try forEachBatch(rows, blocks) { try values.add($0.vectors, $0.rowCount) }
            return values.mode
        }, take: { (mode: (count: Int, first: Int64, value: RowBuffer)?) in
            guard let mode else { return }
            if let best, (best.count, -best.first) > (mode.count, -mode.first) { return }
            best = mode
        })
        let result = ColumnBuffer(types[0], elementType: best?.value.columns[0].child?.physicalType, capacity: 1)
        if let best { result.append(best.value.columns[0].vector(), 0..<1) } else { result.appendNull() }
        return result
    }
}

/// The distinct values of one part, in the order they first come; how often each comes where that is counted.
private final class PartValues {
    private let table: GroupTable
    private let held: MemoryReservation
    private let countsRows: Bool
    private let width: Int
    private var ids: [Int32] = []
    private var counts: [Int] = []
    private var firsts: [Int64] = []

    init(_ fields: [KeyField], _ context: QueryContext, counts: Bool = false) throws {
        table = try GroupTable(fields, check: { try context.checkCancelled() })
        held = MemoryReservation(context.memory)
        countsRows = counts
        width = fields.count
    }

    /// Behind the values stand the rows' positions, where rows are counted.
    func add(_ vectors: [Vector], _ rows: Int) throws {
        if ids.count < rows { ids = Array(repeating: 0, count: max(rows, Vector.standardCapacity)) }
        try ids.withUnsafeMutableBufferPointer { ids in
            if let base = ids.baseAddress { try table.insert(Array(vectors.prefix(width)), rows: rows, into: base) }
        }
        if countsRows {
            let positions = vectors[width].int64s
            for row in 0..<rows {
                let id = Int(ids[row])
                // Numbers come in the order of values' first rows.
                if id == counts.count {
                    counts.append(0)
                    firsts.append(positions[row])
                }
                counts[id] += 1
            }
        }
        try held.grow(to: table.allocatedBytes + counts.count * 16)
    }

    var distinct: RowBuffer { RowBuffer(columns: table.keyColumns, rowCount: table.count) }

    /// The value of most rows, the first such; nil of no rows.
    var mode: (count: Int, first: Int64, value: RowBuffer)? {
        guard let id = counts.indices.max(by: { (counts[$0], -firsts[$0]) < (counts[$1], -firsts[$1]) }) else { return nil }
        let rows = distinct, batch = rows.makeBatch(), value = RowBuffer(rows.types)
        rows.show(batch, from: id, count: 1)
        value.append(batch)
        return (counts[id], firsts[id], value)
    }
}

extension SpilledRows {
    /// The rows at some places among all, in the order asked for.
    fileprivate func rows(at places: [Int]) throws -> RowBuffer {
        let picked = RowBuffer(types), scratch = SpillScratch()
        for place in places {
            var start = 0
            for block in stripes.joined() {
                if place < start + block.rowCount {
                    let loaded = RowBuffer(types), batch = loaded.makeBatch()
                    try file.load(block, into: loaded, scratch)
                    loaded.show(batch, from: place - start, count: 1)
                    picked.append(batch)
                    break
                }
                start += block.rowCount
            }
        }
        return picked
    }
}
