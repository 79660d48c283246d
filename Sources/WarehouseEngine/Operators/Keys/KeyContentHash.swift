import WarehouseBasics
import WarehouseColumns

/// Hashes of whole keys by content: keys that a `GroupTable` takes for equal hash alike in any table.
enum KeyContentHash {
    /// Of flat vectors of `rows` rows.
    static func hashes(of columns: [Vector], fields: [KeyField], rows: Int) -> [UInt64] {
        var hashes = [UInt64](repeating: seed, count: rows)
        hashes.withUnsafeMutableBufferPointer { target in
            guard let base = target.baseAddress else { return }
            for (column, field) in zip(columns, fields) { add(column, field, rows, base) }
        }
        return hashes
    }

    private static let seed: UInt64 = 0x9E37_79B9_7F4A_7C15
    /// Stands for the code of a value that is null.
    static let nullCode: UInt64 = 0x5851_F42D_4C95_7F2D

    /// Of a key of one text by its `KeyHash`, or of null by `nullCode`.
    @inline(__always)
    static func hash(ofText hash: UInt64) -> UInt64 { combine(seed, hash) }

    @inline(__always)
    private static func combine(_ hash: UInt64, _ code: UInt64) -> UInt64 {
        KeyHash.multiplyFold(hash ^ code ^ 0x2D35_8DCC_AA6C_78A5, 0x8BB8_4B93_962E_ACC9 ^ (hash << 1))
    }

    /// Mixes one flat column in.
    private static func add(_ vector: Vector, _ field: KeyField, _ rows: Int, _ hashes: UnsafeMutablePointer<UInt64>) {
        // Values are read through pointers of their own: each use of the vector's would be checked for a writer.
        func each(_ code: (Int) -> UInt64) {
            guard let validity = vector.validity else {
                for row in 0..<rows { hashes[row] = combine(hashes[row], code(row)) }
                return
            }
            for row in 0..<rows {
                hashes[row] = combine(hashes[row], ValidityWords.isValid(validity, row) ? code(row) : nullCode)
            }
        }
        let shift: Int128 = field.isZoned ? 16 : 0
        switch vector.physicalType {
        case .bool:
            let values = vector.bools
            each { UInt64(values[$0]) }
        case .int32:
            let values = vector.int32s
            each { UInt64(bitPattern: Int64(values[$0])) }
        case .int64:
            let values = vector.int64s
            each { UInt64(bitPattern: values[$0] >> Int64(shift)) }
        case .int128:
            let values = vector.int128s
            each { row in
                let value = values[row] >> shift
                let low = Int64(truncatingIfNeeded: value)
                // A value of 64 bits hashes as one, whatever its width.
                return Int128(low) == value ? UInt64(bitPattern: low)
                    : KeyIndex.mix(UInt64(truncatingIfNeeded: value)) ^ UInt64(truncatingIfNeeded: value >> 64)
            }
        case .double:
            let values = vector.doubles
            each { KeyHash.canonicalBits(values[$0]) }
        case .string:
            let values = vector.strings
            if field.isDocument { each { VariantView(values[$0]).hash() } } else { each { KeyHash.hash(values[$0]) } }
        case .list:
            guard let child = vector.child else { return }
            var elements = [UInt64](repeating: 0x1234_5678_9ABC_DEF1, count: child.count)
            elements.withUnsafeMutableBufferPointer { target in
                if let base = target.baseAddress {
                    add(child, KeyField(child.physicalType), child.count, base)
                }
            }
            each { row in
                var hash = UInt64(vector.offsets[row + 1] - vector.offsets[row])
                for index in Int(vector.offsets[row])..<Int(vector.offsets[row + 1]) {
                    hash = combine(hash, elements[index])
                }
                return hash
            }
        }
    }
}
