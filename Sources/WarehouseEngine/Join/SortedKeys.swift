import WarehouseBasics
import WarehouseColumns

/// Values of a column in ascending order, none null, in which the places of other values are found by binary search. They
/// are held as the engine compares them: FLOAT by the codes of its order, TIMESTAMP_TZ by the instant.
final class SortedKeys {
    /// Which keys count as before a value that equals them.
    enum Edge { case before, behind }

    /// `int64`, `int128` or `string`.
    private let keys: ColumnBuffer
    /// Bits of a TIMESTAMP_TZ that hold its offset.
    private let shift: Int

    var allocatedBytes: Int { keys.count * keys.physicalType.stride }

    /// What values are held as.
    private static func form(_ type: PhysicalType, isWide: Bool) -> PhysicalType {
        type == .string ? .string : isWide ? .int128 : .int64
    }

    /// Bytes of one value.
    static func width(_ type: PhysicalType, isWide: Bool) -> Int { form(type, isWide: isWide).stride }

    /// The values of `count` rows of a column, which the rows name in order. Texts stay where they are: the column must
    /// outlive this. `isWide`: they are, or are compared with, values of 128 bits.
    init(_ column: ColumnBuffer, _ rows: UnsafePointer<Int32>, count: Int, isWide: Bool, isZoned: Bool,
         check: () throws -> Void) throws {
        let form = SortedKeys.form(column.physicalType, isWide: isWide)
        keys = ColumnBuffer(form, capacity: count)
        let shift = isZoned ? 16 : 0
        self.shift = shift
        try Pieces.run(count, check) { range in
            switch (form, column.physicalType) {
            case (.int64, .bool): fill(keys.int64s, column.bools, rows, range) { Int64($0) }
            case (.int64, .int32): fill(keys.int64s, column.int32s, rows, range) { Int64($0) }
            case (.int64, .int64): fill(keys.int64s, column.int64s, rows, range) { $0 >> shift }
            case (.int64, .double): fill(keys.int64s, column.doubles, rows, range) { DoubleOrder.key($0) }
            case (.int128, .int32): fill(keys.int128s, column.int32s, rows, range) { Int128($0) }
            case (.int128, .int64): fill(keys.int128s, column.int64s, rows, range) { Int128($0 >> shift) }
            case (.int128, .int128): fill(keys.int128s, column.int128s, rows, range) { $0 >> shift }
            case (.string, .string): fill(keys.strings, column.strings, rows, range) { $0 }
            default: throw SortedKeys.mismatch(form, column.physicalType)
            }
        }
        keys.commit(count)
    }

    private static func mismatch(_ a: PhysicalType, _ b: PhysicalType) -> WarehouseError {
        WarehouseError(.internalFault, "A search of \(b) values among \(a) ones.")
    }

    @inline(__always)
    private func fill<T, K>(_ keys: UnsafeMutablePointer<K>, _ values: UnsafePointer<T>, _ rows: UnsafePointer<Int32>,
                            _ range: Range<Int>, key: (T) -> K) {
        for place in range { keys[place] = key(values[Int(rows[place])]) }
    }

    // MARK: Searching

    /// Writes for each row of a flat vector how many keys stand before its value: with `.before` those that are less, with
    /// `.behind` those that are equal too. A null gives -1.
    func places(_ vector: Vector, rows: Int, _ edge: Edge, into places: UnsafeMutablePointer<Int32>) throws {
        let shift = shift
        switch (keys.physicalType, vector.physicalType) {
        case (.int64, .bool): search(keys.int64s, vector, vector.bools, rows, edge, places) { Int64($0) }
        case (.int64, .int32): search(keys.int64s, vector, vector.int32s, rows, edge, places) { Int64($0) }
        case (.int64, .int64): search(keys.int64s, vector, vector.int64s, rows, edge, places) { $0 >> shift }
        case (.int64, .double): search(keys.int64s, vector, vector.doubles, rows, edge, places) { DoubleOrder.key($0) }
        case (.int128, .int32): search(keys.int128s, vector, vector.int32s, rows, edge, places) { Int128($0) }
        case (.int128, .int64): search(keys.int128s, vector, vector.int64s, rows, edge, places) { Int128($0 >> shift) }
        case (.int128, .int128): search(keys.int128s, vector, vector.int128s, rows, edge, places) { $0 >> shift }
        case (.string, .string):
            let strings = UnsafePointer(vector.strings)
            switch edge {
            case .before: search(keys.strings, vector, strings, rows, places, key: { $0 }, isBefore: { $0 < $1 })
            case .behind: search(keys.strings, vector, strings, rows, places, key: { $0 }, isBefore: { !($1 < $0) })
            }
        default: throw SortedKeys.mismatch(keys.physicalType, vector.physicalType)
        }
    }

    @inline(__always)
    private func search<T, K: Comparable>(_ keys: UnsafePointer<K>, _ vector: Vector, _ values: UnsafePointer<T>,
                                          _ rows: Int, _ edge: Edge, _ places: UnsafeMutablePointer<Int32>,
                                          key: (T) -> K) {
        switch edge {
        case .before: search(keys, vector, values, rows, places, key: key, isBefore: { $0 < $1 })
        case .behind: search(keys, vector, values, rows, places, key: key, isBefore: { $0 <= $1 })
        }
    }

    @inline(__always)
    private func search<T, K>(_ keys: UnsafePointer<K>, _ vector: Vector, _ values: UnsafePointer<T>, _ rows: Int,
                              _ places: UnsafeMutablePointer<Int32>, key: (T) -> K, isBefore: (K, K) -> Bool) {
        let count = self.keys.count, validity = vector.validity
        var place = 0
        for row in 0..<rows {
            if let validity, !ValidityWords.isValid(validity, row) {
                places[row] = -1
                continue
            }
            let value = key(values[row])
            // Neighbours often have the same place.
            let isThere = (place == 0 || isBefore(keys[place &- 1], value))
                && (place == count || !isBefore(keys[place], value))
            if !isThere {
                var low = 0, high = count
                while low < high {
                    let middle = (low &+ high) &>> 1
                    if isBefore(keys[middle], value) { low = middle &+ 1 } else { high = middle }
                }
                place = low
            }
            places[row] = Int32(truncatingIfNeeded: place)
        }
    }
}
