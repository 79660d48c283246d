import WarehouseBasics
import WarehouseColumns

/// Kernels that add the bits of one column to the code words of a batch. Null rows add nothing.
struct KeyPacking {
    var words: UnsafeMutablePointer<UInt64>
    var shift: UInt64
    var rows: Int
    var validity: UnsafePointer<UInt64>?
    /// Set for rows whose value no code can have; nil when that is a fault.
    var absent: UnsafeMutablePointer<UInt8>?

    init(words: UnsafeMutablePointer<UInt64>, shift: UInt64, rows: Int, validity: UnsafeMutablePointer<UInt64>?,
         absent: UnsafeMutablePointer<UInt8>?) {
        self.words = words
        self.shift = shift
        self.rows = rows
        self.validity = validity.map { UnsafePointer($0) }
        self.absent = absent
    }

    @inline(__always)
    private func isNull(_ row: Int) -> Bool {
        guard let validity else { return false }
        return !ValidityWords.isValid(validity, row)
    }

    /// `value - low + 1`. False when a value is out of range and that is a fault.
    func packRanged(_ vector: Vector, low: Int128, span: UInt64, isZoned: Bool) -> Bool {
        let low64 = Int64(truncatingIfNeeded: low)
        if !isZoned, Int128(low64) == low {
            switch vector.physicalType {
            case .bool: return packNarrow(vector.bools, low64, span)
            case .int32: return packNarrow(vector.int32s, low64, span)
            case .int64: return packNarrow(vector.int64s, low64, span)
            default: break
            }
        }
        switch vector.physicalType {
        case .int32: return packWide(vector.int32s, low, span, isZoned)
        case .int64: return packWide(vector.int64s, low, span, isZoned)
        case .int128: return packWide(vector.int128s, low, span, isZoned)
        default: return false
        }
    }

    private func packNarrow<T: FixedWidthInteger>(_ values: UnsafePointer<T>, _ low: Int64, _ span: UInt64) -> Bool {
        // The difference is taken modulo 2^64: a value whose distance wraps lands above every legal span.
        if validity == nil, absent == nil {
            var worst: UInt64 = 0
            for row in 0..<rows {
                let code = UInt64(bitPattern: Int64(truncatingIfNeeded: values[row]) &- low)
                worst = max(worst, code)
                words[row] |= (code &+ 1) &<< shift
            }
            return worst <= span
        }
        for row in 0..<rows where !isNull(row) {
            let code = UInt64(bitPattern: Int64(truncatingIfNeeded: values[row]) &- low)
            if code > span {
                guard let absent else { return false }
                absent[row] = 1
                continue
            }
            words[row] |= (code &+ 1) &<< shift
        }
        return true
    }

    private func packWide<T: FixedWidthInteger>(_ values: UnsafePointer<T>, _ low: Int128, _ span: UInt64,
                                                _ isZoned: Bool) -> Bool {
        for row in 0..<rows where !isNull(row) {
            let value = isZoned ? ZonedTicks.ticks(Int128(values[row])) : Int128(values[row])
            let (distance, overflow) = value.subtractingReportingOverflow(low)
            if overflow || distance < 0 || distance > Int128(span) {
                guard let absent else { return false }
                absent[row] = 1
                continue
            }
            words[row] |= (UInt64(truncatingIfNeeded: distance) &+ 1) &<< shift
        }
        return true
    }

    func packWords(_ vector: Vector, isZoned: Bool) {
        switch vector.physicalType {
        case .int32: packWords(vector.int32s, isZoned)
        case .int64: packWords(vector.int64s, isZoned)
        case .int128: packWords(vector.int128s, isZoned)
        default: break
        }
    }

    private func packWords<T: FixedWidthInteger>(_ values: UnsafePointer<T>, _ isZoned: Bool) {
        for row in 0..<rows where !isNull(row) {
            let value = isZoned ? values[row] >> 16 : values[row]
            let word = Int64(truncatingIfNeeded: value)
            if T.bitWidth > 64, Int128(value) != Int128(word) {
                absent?[row] = 1
            } else {
                words[row] = UInt64(bitPattern: word)
            }
        }
    }

    /// The lower half goes into the words, the upper one into those of `second`.
    func packBothWords(_ vector: Vector, second: UnsafeMutablePointer<UInt64>, isZoned: Bool) {
        switch vector.physicalType {
        case .int32: packBothWords(vector.int32s, second, isZoned)
        case .int64: packBothWords(vector.int64s, second, isZoned)
        case .int128: packBothWords(vector.int128s, second, isZoned)
        default: break
        }
    }

    private func packBothWords(_ values: UnsafePointer<some FixedWidthInteger>, _ second: UnsafeMutablePointer<UInt64>,
                               _ isZoned: Bool) {
        for row in 0..<rows {
            var value = Int128(truncatingIfNeeded: values[row])
            if isZoned { value = ZonedTicks.ticks(value) }
            words[row] = UInt64(truncatingIfNeeded: value)
            second[row] = UInt64(truncatingIfNeeded: value >> 64)
        }
    }

    func packDoubles(_ values: UnsafePointer<Double>) {
        for row in 0..<rows where !isNull(row) { words[row] = KeyHash.canonicalBits(values[row]) }
    }

    func packIDs(_ ids: UnsafePointer<Int32>) {
        for row in 0..<rows where !isNull(row) {
            if ids[row] < 0 {
                absent?[row] = 1
            } else {
                words[row] |= (UInt64(UInt32(bitPattern: ids[row])) &+ 1) &<< shift
            }
        }
    }

    func packNullFlags() {
        guard validity != nil else { return }
        for row in 0..<rows where isNull(row) { words[row] |= 1 &<< shift }
    }
}
