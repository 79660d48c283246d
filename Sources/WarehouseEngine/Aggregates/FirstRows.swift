import WarehouseColumns

/// A column whose equal values count once.
struct KeyColumn {
    var column: Int
    var field: KeyField
}

/// Knows which values each group has had, and so tells the first row of each.
final class FirstRows {
    private let table: GroupTable
    private var vectors: [Vector] = []
    private var ids: [Int32] = []

    /// `fields`: of the values.
    init(_ fields: [KeyField], check: @escaping () throws -> Void) throws {
        table = try GroupTable([KeyField(.int32)] + fields, keepsKeys: false, check: check)
    }

    var allocatedBytes: Int { table.allocatedBytes }

    /// Leaves those of the picked rows whose group has not had their values.
    func pick(_ groups: Vector, _ values: [Vector], _ picked: inout RowList) throws {
        var places = RowList(capacity: max(1, picked.count))
        try pick(groups, values, &picked, places: &places)
        for index in 0..<places.count { picked.rows[index] = picked.rows[Int(places.rows[index])] }
        picked.count = places.count
    }

    /// As above, but gives the places of such rows among those picked.
    func pick(_ groups: Vector, _ values: [Vector], _ picked: inout RowList, places: inout RowList) throws {
        let sources = [groups] + values, count = picked.count
        places.reset(capacity: max(1, count))
        guard count > 0 else { return }
        if vectors.isEmpty || zip(vectors, sources).contains(where: { $0.child == nil && $1.valueHolder.child != nil }) {
            vectors = sources.map { Vector($0.physicalType, child: $0.valueHolder.child.map { Vector($0.physicalType) }) }
        }
        for (vector, source) in zip(vectors, sources) { vector.gather(source, picked.selection) }
        if ids.count < count { ids = Array(repeating: 0, count: max(count, Vector.standardCapacity)) }
        var seen = table.count
        try ids.withUnsafeMutableBufferPointer {
            if let base = $0.baseAddress { try table.insert(vectors, rows: count, into: base) }
        }
        for place in 0..<count where Int(ids[place]) >= seen {
            places.append(place)
            seen = Int(ids[place]) + 1
        }
    }
}
