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
    private let parts: ExternalParts
    /// What the states kept of each call, by call and state.
    private var kept: [[[SpillBlock]]] = []

    init(_ overflow: AggregateOverflow, _ states: [GroupedState], _ calls: [AggregateDefinition], _ context: QueryContext) {
        self.overflow = overflow
        self.states = states
        self.calls = calls
        self.context = context
        parts = ExternalParts(overflow, context)
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
            case .listed(let required, let order, let distinct, let makeReducer)?:
                let lists = SpilledLists(order: order, distinct: distinct, makeReducer(), parts, context)
                columns[index] = try lists.values(try grouped(index, required), groups: 1, MemoryReservation(context.memory))
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
            try own.absorb(state, selection: nil, lends: false)
            try push(blocks(of: state), into: own)
            try own.finishRows()
            try whole.absorb(own, selection: nil, lends: false)
        }
        return try whole.finish()
    }

    // MARK: Rows

    /// How many of a call's columns are read.
    private func width(_ call: Int) -> Int { calls[call].externalWidth ?? 0 }

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
            try parts.forEachBatch(own, kept, body)
            try push(blocks(of: state), into: ClosureConsumer { batch in
                picked.vectors = columns.map { batch.vectors[$0] }
                picked.rowCount = batch.rowCount
                try body(picked)
                return true
            })
        }
    }

    /// All rows of a call on disk, as those of one group.
    private func grouped(_ call: Int, _ required: [Int]) throws -> SpilledRows {
        let types = types(call), writer = SpillWriter(try overflow.makeFile()), number = Vector(.int32)
        let blockBytes = SpillSizes(context).blockBytes
        try forEachBatch(call) { [context] batch in
            let kept = ExternalParts.withoutNulls(batch, in: required, types)
            guard kept.rowCount > 0 else { return }
            number.beginFlat(kept.rowCount)
            number.int32s.update(repeating: 0, count: kept.rowCount)
            let column = ColumnBuffer(.int32, capacity: kept.rowCount)
            column.append(number)
            try writer.write(RowBuffer(columns: kept.columns + [column], rowCount: kept.rowCount), blockBytes: blockBytes,
                             context: context)
        }
        return SpilledRows(file: try overflow.makeFile(), types: types + [.int32], stripes: [writer.blocks])
    }

    // MARK: Distinct

    private func distinct(_ call: Int, _ fields: [KeyField], _ inner: Aggregator) throws -> ColumnBuffer {
        inner.context = context
        inner.reserve(groups: 1)
        let types = types(call)
        try parts.forEach(types, fields, of: { try forEachBatch(call, $0) }, build: { try parts.values(fields, of: $0, $1) },
                          take: { values in
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
        guard context.spill != nil else { throw MemoryAccount.exceeded(context.memory.limitBytes ?? 0) }
        let types = types(call)
        let held = MemoryReservation(context.memory)
        let collector = RowCollector(1, types: types, context, held)
        try forEachBatch(call) { [context] batch in
            let kept = ExternalParts.withoutNulls(batch, in: required, types)
            try kept.forEachBatch(context.checkCancelled) { try collector.add($0, 0) }
        }
        try collector.finish(0)
        let picked: RowBuffer, total: Int
        switch try collector.rows() {
        case .memory(let parts):
            let rows = try RowBuffer.concatenated(draining: parts, types: types, context)
            total = rows.rowCount
            do {
                let sorted = try RowOrdering.order(rows, by: order, context: context)
                picked = RowBuffer(types)
                for place in total == 0 ? [] : reducer.places(of: total) {
                    let batch = rows.makeBatch()
                    rows.show(batch, from: sorted[place], count: 1)
                    picked.append(batch)
                }
            } catch {
                // Narrow rows may fit where sorting them does not.
                guard error.isMemoryLimit, let spilled = try SpilledRows.written([rows], types: types, context) else {
                    throw error
                }
                held.shrink(to: 0)
                picked = try self.picked(spilled, order, reducer)
            }
        case .disk(let rows):
            total = rows.rowCount
            picked = try self.picked(rows, order, reducer)
        }
        var result = reducer.makeColumn(picked, groups: 1)
        if total == 0 { result.appendNull() } else { try reducer.reduce(placed: picked, of: total, into: &result) }
        return result
    }

    /// The rows of the reducer's places in the order.
    private func picked(_ rows: SpilledRows, _ order: [SortColumn], _ reducer: any PlaceReducer) throws -> RowBuffer {
        let sorted = try ExternalSort(rows, by: order, context: context)
            .sorted(columns: rows.types.count, stripeRows: SortOperator.stripeRows)
        return try sorted.rows(at: sorted.rowCount == 0 ? [] : reducer.places(of: sorted.rowCount))
    }

    // MARK: Mode

    private func mode(_ call: Int, _ field: KeyField) throws -> ColumnBuffer {
        let types = types(call)
        var best: (count: Int, first: Int64, value: RowBuffer)?
        try parts.forEach(types + [.int64], [field], of: { body in
            let positions = RowPositions()
            try forEachBatch(call) { [context] batch in
                let kept = ExternalParts.withoutNulls(batch, in: [0], types)
                try kept.forEachBatch(context.checkCancelled) { try body(positions.append(to: $0)) }
            }
        }, build: { try parts.values([field], of: $0, $1, counts: true).mode },
                          take: { (mode: (count: Int, first: Int64, value: RowBuffer)?) in
            guard let mode else { return }
            if let best, (best.count, -best.first) > (mode.count, -mode.first) { return }
            best = mode
        })
        let result = ColumnBuffer(types[0], elementType: best?.value.columns[0].child?.physicalType, capacity: 1)
        if let best { result.append(best.value.columns[0].vector(), 0..<1) } else { result.appendNull() }
        return result
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
