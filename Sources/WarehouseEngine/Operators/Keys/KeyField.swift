import WarehouseBasics
import WarehouseColumns

/// When two values of a key's column are equal.
enum KeyEquality: Hashable {
    /// Where they are the same bits.
    case plain
    /// TIMESTAMP_TZ: by instant, whatever the offset.
    case instant
    /// VARIANT, OBJECT and ARRAY documents: numbers by value, whatever their type.
    case document

    init(_ type: LogicalType) {
        self = type.isZoned ? .instant : type.isSemiStructured ? .document : .plain
    }
}

/// One column of a key, and what is known of its values.
struct KeyField {
    var physicalType: PhysicalType
    var equality: KeyEquality
    var isZoned: Bool { equality == .instant }
    /// Documents are kept as strings.
    var isDocument: Bool { equality == .document && physicalType == .string }
    /// Bounds of an integer column's non-null values, where known; safe, never narrower than the data.
    var range: ClosedRange<Int128>?

    init(_ physicalType: PhysicalType, _ equality: KeyEquality = .plain, range: ClosedRange<Int128>? = nil) {
        self.physicalType = physicalType
        self.equality = equality
        self.range = range
    }

    /// How the column's values become bits of a code.
    enum Form {
        /// `value - low + 1` in `bits` bits, 0 for null; `span` is `high - low`.
        case ranged(low: Int128, span: UInt64, bits: Int)
        /// The 64 bits of an integer, and one bit that tells null.
        case word
        /// The 64 bits of a double as grouping sees it, and one bit that tells null.
        case double
        /// Number that an interner gave, + 1, in 32 bits; 0 for null.
        case interned
        /// The two words of a 128-bit integer, which is the whole key.
        case wide
    }

    /// The forms of a key's columns.
    static func forms(_ fields: [KeyField]) -> [Form] {
        // A table of two words needs no numbers of another one's making: 2 million digests are counted in 3 % less time.
        if fields.count == 1, fields[0].physicalType == .int128, case .interned = fields[0].form { return [.wide] }
        return fields.map(\.form)
    }

    var form: Form {
        switch physicalType {
        case .bool: return .ranged(low: 0, span: 1, bits: 2)
        case .double: return .double
        case .string, .list: return .interned
        case .int32, .int64, .int128: break
        }
        var bounds = range
        if let known = range, isZoned {
            bounds = ZonedTicks.ticks(known.lowerBound)...ZonedTicks.ticks(known.upperBound)
        }
        if bounds == nil, physicalType == .int32 { bounds = Int128(Int32.min)...Int128(Int32.max) }
        if let bounds {
            let (span, overflow) = bounds.upperBound.subtractingReportingOverflow(bounds.lowerBound)
            if !overflow, span < Int128(1) << 62 {
                let words = UInt64(span)
                return .ranged(low: bounds.lowerBound, span: words, bits: 64 - (words + 1).leadingZeroBitCount)
            }
        }
        return physicalType == .int128 ? .interned : .word
    }
}
