import WarehouseColumns

/// ANY_VALUE: the value of the first row in scan order, null or not, of any type.
final class FirstValueAggregator: Aggregator {
    /// Row + 1 in `values`; 0 before the first value.
    private var states = StateArray<Int32>(empty: 0)
    private let values: RowBuffer
    private var picked = RowList()

    init(_ type: PhysicalType) { values = RowBuffer([type]) }

    override var allocatedBytes: Int { states.allocatedBytes + values.allocatedBytes }
    override func reserve(groups: Int) { states.grow(to: groups) }

    override func update(_ arguments: [Vector], rows: Int, groups: GroupAssignment) throws {
        let vector = flat(arguments, 0), states = states.states
        picked.reset(capacity: rows)
        let start = values.rowCount
        groups.forEachRow(rows) { group, row in
            guard states[group] == 0 else { return }
            picked.append(row)
            states[group] = Int32(start + picked.count)
        }
        guard picked.count > 0 else { return }
        values.append(Batch([vector], rowCount: rows), selection: picked.selection)
    }

    override func merge(_ other: Aggregator, from: UnsafePointer<Int32>, to: UnsafePointer<Int32>, count: Int) throws {
        guard let other = other as? FirstValueAggregator else { return }
        picked.reset(capacity: count)
        let start = values.rowCount
        for index in 0..<count {
            let source = other.states.states[Int(from[index])]
            guard source > 0, states.states[Int(to[index])] == 0 else { continue }
            picked.append(Int(source) - 1)
            states.states[Int(to[index])] = Int32(start + picked.count)
        }
        guard picked.count > 0 else { return }
        values.append(Batch([other.values.columns[0].vector()], rowCount: other.values.rowCount),
                      selection: picked.selection)
    }

    override func finish(groups: Int) throws -> ColumnBuffer {
        states.grow(to: groups)
        return try values.columns[0].gathered(groups, checkCancelled) { Int(states.states[$0]) - 1 }
    }
}

extension ColumnBuffer {
    /// A new buffer of `rows` rows, row i being this buffer's row `source(i)`, or null where that is negative. It
    /// shares this buffer's string bytes: a long text may be wanted in every row.
    func gathered(_ rows: Int, _ check: () throws -> Void, _ source: (Int) -> Int) throws -> ColumnBuffer {
        let result = ColumnBuffer(physicalType, elementType: child?.physicalType, capacity: rows)
        if physicalType == .string {
            result.retain(self)
            for row in 0..<rows {
                if row & 0xFFFF == 0 { try check() }
                let from = source(row)
                if from < 0 || isNull(from) { result.appendNull() } else { result.append(shared: strings[from]) }
            }
            return result
        }
        let all = vector()
        let picked = Vector(physicalType, child: child.map { Vector($0.physicalType) })
        var list = RowList()
        var start = 0
        while start < rows {
            let count = min(Vector.standardCapacity, rows - start)
            try check()
            list.reset(capacity: count)
            for row in start..<(start + count) { list.append(source(row)) }
            picked.gather(all, list.selection, mayMiss: true)
            result.append(picked)
            start += count
        }
        return result
    }
}
