import WarehouseColumns

/// The entries of a dictionary as integers whose sums are exact: integers, or doubles that are whole multiples of 1/256
/// and near zero, such as ratings in halves. Sums of two billion of these are exact in doubles as in integers, in whatever
/// order they are added.
struct ExactValues: ~Copyable {
    struct Range: Equatable {
        var low: Int64, high: Int64
        /// The greatest power of two of which all entries' differences are multiples; 0: they are all the same.
        var grain: Int64
    }

    static let unit = 256.0
    /// Of doubles, in units.
    private static let doubleBound = 4_194_304.0
    /// Of integers, so that differences and sums of a batch fit 64 bits.
    private static let integerBound: UInt64 = 1 << 40
    static let maximumEntries = 1024

    private var dictionary: Vector?
    /// By code; as many as a power of two, since codes of a damaged file may lie past the last entry.
    private(set) var values: [Int64] = []
    private(set) var range: Range?

    /// Looks at a dictionary, once: gives true when it is another than the last. `range` is nil when its entries are not
    /// such numbers.
    mutating func take(_ dictionary: Vector) -> Bool {
        if self.dictionary === dictionary { return false }
        self.dictionary = dictionary
        range = nil
        values.removeAll(keepingCapacity: true)
        guard dictionary.count > 0, dictionary.count <= ExactValues.maximumEntries, dictionary.form == .flat,
              !dictionary.hasNulls else { return true }
        for code in 0..<dictionary.count {
            guard let value = ExactValues.value(dictionary, code) else { return true }
            values.append(value)
        }
        let low = values.min() ?? 0, high = values.max() ?? 0
        let differences = values.reduce(0) { $0 | ($1 - low) }
        range = Range(low: low, high: high, grain: differences & -differences)
        while values.count < dictionary.count.nextPowerOfTwo { values.append(low) }
        return true
    }

    private static func value(_ dictionary: Vector, _ code: Int) -> Int64? {
        switch dictionary.physicalType {
        case .double:
            let scaled = dictionary.doubles[code] * unit
            return abs(scaled) < doubleBound && scaled == scaled.rounded(.towardZero) ? Int64(scaled) : nil
        case .int32: return Int64(dictionary.int32s[code])
        case .int64:
            let value = dictionary.int64s[code]
            return value.magnitude < integerBound ? value : nil
        default: return nil
        }
    }
}
