import WarehouseColumns

/// Puts a vector together from pieces that each give some of its rows.
final class RowAssembler {
    let physicalType: PhysicalType
    private let output: Vector
    private let scratch: Vector
    /// Lists are collected in the order they come and put in place at the end.
    private let elementType: PhysicalType?
    private var lists: ColumnBuffer?
    private var positions: [Int32] = []
    private var single: Vector?
    private var rowCount = 0

    init(_ physicalType: PhysicalType, elementType: PhysicalType?) {
        self.physicalType = physicalType
        self.elementType = elementType
        output = Vector(physicalType, child: elementType.map { Vector($0) })
        scratch = Vector(physicalType, child: elementType.map { Vector($0) })
    }

    /// Begins a vector of `rows` rows; every row must be assigned once.
    func begin(_ rows: Int) {
        rowCount = rows
        single = nil
        output.beginFlat(rows)
        if physicalType == .list {
            lists = ColumnBuffer(.list, elementType: elementType)
            positions = Array(repeating: 0, count: rows)
        }
    }

    /// Gives row `rows[i]` the value of row i of `piece`, which lives until `finish`'s result is used up.
    func assign(_ piece: Vector, to rows: UnsafeBufferPointer<Int32>) {
        if rows.count == rowCount {
            single = piece
            return
        }
        if physicalType == .list { return collect(piece, rows) }
        let flat = piece.form == .constant ? piece : piece.flattened(into: scratch)
        output.takeOwners(of: flat)
        switch physicalType.stride {
        case 1: scatter(flat, rows, as: UInt8.self)
        case 4: scatter(flat, rows, as: Int32.self)
        case 8: scatter(flat, rows, as: Int64.self)
        default: scatter(flat, rows, as: Int128.self)
        }
        guard flat.hasNulls else { return }
        if flat.form == .constant {
            guard flat.isNull(0) else { return }
            let words = output.makeValidity()
            for row in rows { ValidityWords.setNull(words, Int(row)) }
        } else {
            let words = output.makeValidity()
            flat.forEachNull(rows.count) { ValidityWords.setNull(words, Int(rows[$0])) }
        }
    }

    private func scatter<T: BitwiseCopyable>(_ piece: Vector, _ rows: UnsafeBufferPointer<Int32>, as type: T.Type) {
        let from = piece.values.assumingMemoryBound(to: T.self), to = output.values.assumingMemoryBound(to: T.self)
        if piece.form == .constant {
            let value = from[0]
            for row in rows { to[Int(row)] = value }
        } else {
            for index in 0..<rows.count { to[Int(rows[index])] = from[index] }
        }
    }

    private func collect(_ piece: Vector, _ rows: UnsafeBufferPointer<Int32>) {
        guard let lists else { return }
        let start = lists.count
        lists.append(piece, 0..<rows.count)
        for index in 0..<rows.count { positions[Int(rows[index])] = Int32(truncatingIfNeeded: start + index) }
    }

    /// The vector; valid until the next `begin`.
    func finish() -> Vector {
        if let single { return single }
        if let lists { positions.withUnsafeBufferPointer { output.gather(lists.vector(), $0) } }
        return output
    }
}
