import WarehouseBasics
import WarehouseColumns

/// Finishes the groups of one partition where memory has no room for the rows that their aggregates keep: medians,
/// percentiles and lists by sorting rows by group and order, distinct values and modes by counting group and value, all
/// on disk.
/// The groups themselves and small states fit.
final class LargeGroups {
    private let overflow: AggregateOverflow
    /// Has the groups' numbers, keys and small states.
    private let groups: GroupedState
    private let calls: [AggregateDefinition]
    private let context: QueryContext
    private let parts: ExternalParts
    private let held: MemoryReservation
    /// Of each call that is computed on disk.
    private var rows: [CallRows?] = []
    private let numbers = Vector(.int32)

    /// The rows of a call: the columns that are read, then the group's number.
    private final class CallRows {
        let types: [PhysicalType]
        /// Columns in which a null leaves a row out.
        let required: [Int]
        let writer: SpillWriter
        /// Rows of each group.
        var counts: [Int]
        let columns: [Int]

        init(_ columns: [Int], of types: [PhysicalType], required: [Int], _ file: SpillFile, groups: Int) {
            self.columns = columns
            self.types = columns.map { types[$0] } + [.int32]
            self.required = required
            writer = SpillWriter(file)
            counts = Array(repeating: 0, count: groups)
        }
    }

    init(_ overflow: AggregateOverflow, _ groups: GroupedState, _ calls: [AggregateDefinition], _ context: QueryContext)
        throws {
        self.overflow = overflow
        self.groups = groups
        self.calls = calls
        self.context = context
        parts = ExternalParts(overflow, context)
        held = MemoryReservation(context.memory)
        rows = try calls.map { call in
            guard let width = call.externalWidth else { return nil }
            return CallRows(Array(call.arguments.prefix(width)), of: overflow.types,
                            required: call.external?.required ?? [], try overflow.makeFile(), groups: groups.groupCount)
        }
        try held.grow(to: rows.compactMap(\.self).count * groups.groupCount * 32)
    }

    // MARK: Rows

    /// Takes the rows that a state kept of some of its groups, by call, and those of them that it did not take.
    func add(_ state: GroupedState, _ selection: [Int32], _ kept: [[SpillBlock]], _ blocks: [SpillBlock]) throws {
        let known = try groups.numbers(of: state, selection)
        for (index, call) in rows.enumerated() {
            guard let call, !selection.isEmpty else { continue }
            let width = call.columns.count
            let own = SpilledRows(file: try overflow.makeFile(), types: call.types, stripes: [])
            try parts.forEachBatch(own, kept[index]) { [self] batch in
                guard let own = batch.vectors.last else { return }
                try put(batch.vectors.prefix(width), batch.rowCount, call) { row in
                    let group = Int(own.int32s[row])
                    return group < known.count ? known[group] : -1
                }
            }
        }
        let spilled = SpilledRows(file: try overflow.makeFile(), types: overflow.types, stripes: [])
        try parts.forEachBatch(spilled, blocks) { [self] batch in
            let ids = try groups.number(batch)
            for call in rows {
                guard let call else { continue }
                try put(call.columns.map { batch.vectors[$0] }[...], batch.rowCount, call) { ids[$0] }
            }
        }
    }

    /// Writes rows whose `group` is one of the partition's; -1: it is not.
    private func put(_ vectors: ArraySlice<Vector>, _ count: Int, _ call: CallRows, group: (Int) -> Int32) throws {
        numbers.beginFlat(count)
        let nullable = call.required.compactMap { column in
            let vector = vectors[vectors.startIndex + column]
            return vector.hasNulls ? vector.flatValidity(rows: count) : nil
        }
        var kept = RowList(capacity: count)
        for row in 0..<count {
            let number = group(row)
            numbers.int32s[row] = number
            guard number >= 0, nullable.allSatisfy({ $0[row >> 6] >> UInt64(row & 63) & 1 != 0 }) else { continue }
            call.counts[Int(number)] += 1
            kept.append(row)
        }
        guard kept.count > 0 else { return }
        let picked = RowBuffer(call.types)
        picked.append(Batch(Array(vectors) + [numbers], rowCount: count), selection: kept.selection)
        try call.writer.write(picked, blockBytes: SpillSizes(context).blockBytes, context: context)
    }

    // MARK: Results

    /// Keys and results, a row a group.
    func finish() throws -> RowBuffer {
        let small = try groups.finish()
        var columns = small.columns
        let keyCount = columns.count - calls.count
        for (index, call) in calls.enumerated() {
            guard let rows = rows[index], let external = call.external else { continue }
            switch external {
            case .distinct(let fields, let inner): columns[keyCount + index] = try distinct(rows, fields, inner())
            case .listed(_, let order, let distinct, let reducer):
                let lists = SpilledLists(order: order, distinct: distinct, reducer(), parts, context)
                columns[keyCount + index] = try lists.values(try spilled(rows), groups: groups.groupCount, held)
            case .ordered(_, let order, let reducer): columns[keyCount + index] = try ordered(rows, order, reducer())
            case .mode(let field): columns[keyCount + index] = try mode(rows, field)
            }
            self.rows[index] = nil
        }
        return RowBuffer(columns: columns, rowCount: small.rowCount)
    }

    private static let numberField = KeyField(.int32, range: 0...Int128(Int32.max))

    private func spilled(_ rows: CallRows) throws -> SpilledRows {
        SpilledRows(file: try overflow.makeFile(), types: rows.types, stripes: [rows.writer.blocks])
    }

    private func distinct(_ rows: CallRows, _ fields: [KeyField], _ inner: Aggregator) throws -> ColumnBuffer {
        inner.context = context
        inner.reserve(groups: groups.groupCount)
        let fields = fields + [LargeGroups.numberField], source = try spilled(rows), width = fields.count - 1
        try parts.forEach(rows.types, fields, of: { try parts.forEachBatch(source, rows.writer.blocks, $0) },
                          build: { try parts.values(fields, of: $0, $1) }, take: { values in
            try values.distinct.forEachBatch(context.checkCancelled) { batch in
                try inner.update(Array(batch.vectors.prefix(width)), rows: batch.rowCount,
                                 groups: .rows(batch.vectors[width].int32s))
            }
        })
        return try inner.finish(groups: groups.groupCount)
    }

    private func ordered(_ rows: CallRows, _ order: [SortColumn], _ reducer: any PlaceReducer) throws -> ColumnBuffer {
        // Places in the order of groups; a place may be wanted twice.
        var places: [Int] = [], start = 0
        for count in rows.counts where count > 0 {
            places += reducer.places(of: count).map { start + $0 }
            start += count
        }
        let number = rows.types.count - 1
        let sorted = try ExternalSort(try spilled(rows), by: [SortColumn(column: number)] + order, context: context)
            .sorted(columns: rows.types.count, stripeRows: SortOperator.stripeRows)
        let picked = try sorted.rows(ascending: places, held, context)
        var result = reducer.makeColumn(picked, groups: groups.groupCount)
        let batch = picked.makeBatch()
        var next = 0
        for count in rows.counts {
            guard count > 0 else {
                result.appendNull()
                continue
            }
            let own = RowBuffer(rows.types), width = reducer.places(of: count).count
            picked.show(batch, from: next, count: width)
            own.append(batch)
            next += width
            try reducer.reduce(placed: own, of: count, into: &result)
        }
        return result
    }

    private func mode(_ rows: CallRows, _ field: KeyField) throws -> ColumnBuffer {
        let fields = [field, LargeGroups.numberField], source = try spilled(rows), types = rows.types + [.int64]
        var best: [(count: Int, first: Int64, place: Int)] = Array(repeating: (0, 0, -1), count: groups.groupCount)
        let kept = RowBuffer([rows.types[0]]), before = held.bytes
        try parts.forEach(types, fields, of: { body in
            let positions = RowPositions()
            try parts.forEachBatch(source, rows.writer.blocks) { try body(positions.append(to: $0)) }
        }, build: { try parts.values(fields, of: $0, $1, counts: true) }, take: { values in
            let distinct = values.distinct, one = RowBuffer(columns: [distinct.columns[0]], rowCount: distinct.rowCount)
            let batch = one.makeBatch()
            for id in 0..<distinct.rowCount {
                let group = Int(distinct.columns[1].int32s[id])
                let (count, first) = (values.counts[id], values.firsts[id])
                guard (best[group].count, -best[group].first) < (count, -first) else { continue }
                best[group] = (count, first, kept.rowCount)
                one.show(batch, from: id, count: 1)
                kept.append(batch)
            }
            try held.grow(to: before + kept.allocatedBytes)
        })
        let values = kept.columns[0].vector()
        let result = ColumnBuffer(rows.types[0], elementType: kept.columns[0].child?.physicalType, capacity: best.count)
        for group in best.indices {
            if best[group].place < 0 { result.appendNull() }
            else { result.append(values, best[group].place..<(best[group].place + 1)) }
        }
        return result
    }
}

extension SpilledRows {
    /// The rows at places among all, which ascend and may repeat.
    fileprivate func rows(ascending places: [Int], _ held: MemoryReservation, _ context: QueryContext) throws -> RowBuffer {
        let picked = RowBuffer(types), scratch = SpillScratch(), before = held.bytes
        var next = 0, start = 0
        var chosen = RowList()
        for block in stripes.joined() {
            let end = start + block.rowCount
            if next < places.count, places[next] < end {
                try context.checkCancelled()
                let loaded = RowBuffer(types), batch = loaded.makeBatch()
                try file.load(block, into: loaded, scratch)
                loaded.show(batch, from: 0, count: block.rowCount)
                var last = next
                while last < places.count, places[last] < end { last += 1 }
                chosen.reset(capacity: last - next)
                for place in places[next..<last] { chosen.append(place - start) }
                picked.append(batch, selection: chosen.selection)
                next = last
                try held.grow(to: before + picked.allocatedBytes)
            }
            start = end
        }
        return picked
    }
}
