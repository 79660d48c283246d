import WarehouseBasics
import WarehouseColumns

/// Hashes of whole keys by content: keys that a `GroupTable` takes for equal hash alike in any table.
enum KeyContentHash {
    /// Of flat vectors of `rows` rows.
    static func hashes(of columns: [Vector], fields: [KeyField], rows: Int) -> [UInt64] {
        var hashes = [UInt64](repeating: 0x9E37_79B9_7F4A_7C15, count: rows)
        hashes.withUnsafeMutableBufferPointer { target in
            guard let base = target.baseAddress else { return }
            for (column, field) in zip(columns, fields) { add(column, field, rows, base) }
        }
        return hashes
    }

    @inline(__always)
    private static func combine(_ hash: UInt64, _ code: UInt64) -> UInt64 {
        KeyHash.multiplyFold(hash ^ code ^ 0x2D35_8DCC_AA6C_78A5, 0x8BB8_4B93_962E_ACC9 ^ (hash << 1))
    }

    /// Mixes one flat column in.
    private static func add(_ vector: Vector, _ field: KeyField, _ rows: Int, _ hashes: UnsafeMutablePointer<UInt64>) {
        let nullCode: UInt64 = 0x5851_F42D_4C95_7F2D
        func each(_ code: (Int) -> UInt64) {
            let validity = vector.validity
            for row in 0..<rows {
                let isNull = validity.map { !ValidityWords.isValid($0, row) } ?? false
                hashes[row] = combine(hashes[row], isNull ? nullCode : code(row))
            }
        }
        let shift: Int128 = field.isZoned ? 16 : 0
        switch vector.physicalType {
        case .bool: each { UInt64(vector.bools[$0]) }
        case .int32: each { UInt64(bitPattern: Int64(vector.int32s[$0])) }
        case .int64: each { UInt64(bitPattern: vector.int64s[$0] >> Int64(shift)) }
        case .int128:
            each { row in
                let value = vector.int128s[row] >> shift
                let low = Int64(truncatingIfNeeded: value)
                // A value of 64 bits hashes as one, whatever its width.
                return Int128(low) == value ? UInt64(bitPattern: low)
                    : KeyIndex.mix(UInt64(truncatingIfNeeded: value)) ^ UInt64(truncatingIfNeeded: value >> 64)
            }
        case .double: each { KeyHash.canonicalBits(vector.doubles[$0]) }
        case .string where field.isDocument: each { VariantView(vector.strings[$0]).hash() }
        case .string: each { KeyHash.hash(vector.strings[$0]) }
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
