import WarehouseColumns

/// Some of a batch's rows, on their way to a table.
enum RowPicking {
    static func pick(_ rows: [Int32], of vectors: ArraySlice<Vector>) -> [Vector] {
        vectors.map { source in
            let picked = Vector(source.physicalType, capacity: rows.count,
                                child: source.valueHolder.child.map { Vector($0.physicalType) })
            rows.withUnsafeBufferPointer { picked.gather(source, $0) }
            return picked
        }
    }

    /// The numbers of the rows for which a BOOLEAN without NULLs is true.
    static func rows(whereTrue flags: Vector, into rows: inout [Int32]) {
        rows.removeAll(keepingCapacity: true)
        let flat = flags.form == .flat ? flags : Vector(.bool, capacity: max(1, flags.count))
        if flags.form != .flat { flat.fillFlat(from: flags) }
        for row in 0..<flags.count where flat.bools[row] != 0 { rows.append(Int32(truncatingIfNeeded: row)) }
    }
}
