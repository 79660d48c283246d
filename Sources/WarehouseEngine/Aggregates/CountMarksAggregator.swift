import WarehouseBasics
import WarehouseColumns

/// COUNT(DISTINCT x) over all rows, where x is an integer of a small range: one mark a value, no hashing. Distinct
/// users and movies of 20 million ratings: 18 ms instead of 49.
final class CountMarksAggregator: Aggregator {
    /// A byte each: 1 MB a state at most.
    static let maximumDomain = Int64(1 << 20)

    private let low: Int64
    /// How many values have a mark: a power of two, so that the bits of all places together tell whether one is outside.
    private let domain: Int
    /// Of the values.
    private let type: PhysicalType
    private let resultType: PhysicalType
    private let marks: UnsafeMutablePointer<UInt8>
    private var lent: Vector?

    init(low: Int64, domain: Int, type: PhysicalType, resultType: PhysicalType) {
        self.type = type
        self.low = low
        let domain = domain <= 1 ? 1 : 1 << (Int.bitWidth - (domain - 1).leadingZeroBitCount)
        self.domain = domain
        self.resultType = resultType
        marks = .allocate(capacity: domain)
        marks.initialize(repeating: 0, count: domain)
    }

    deinit { marks.deallocate() }

    override var allocatedBytes: Int { domain }

    override func pushRows(_ body: @escaping (Batch) throws -> Void) throws {
        try IntegerRows.push(type, check: { [self] in try checkCancelled() }, body) { put in
            for value in 0..<domain where marks[value] != 0 { try put(low + Int64(value), 0) }
        }
    }

    override func update(_ arguments: [Vector], rows: Int, groups: GroupAssignment) throws {
        var vector = arguments[0], count = rows
        if vector.form == .runs {
            let values = lent ?? Vector(vector.physicalType, capacity: 1)
            lent = values
            values.borrowFlat(vector.values, count: vector.runCount, owner: vector)
            (vector, count) = (values, arguments[0].runCount)
        } else {
            vector = flat(arguments, 0)
        }
        let isInside = vector.physicalType == .int32 ? mark(vector.int32s, vector.validity, count)
            : mark(vector.int64s, vector.validity, count)
        guard isInside else { throw KeyEncoder.outOfRange }
    }

    private func mark<T: FixedWidthInteger>(_ values: UnsafePointer<T>, _ validity: UnsafePointer<UInt64>?,
                                            _ count: Int) -> Bool {
        let marks = marks, low = low, domain = UInt64(domain)
        if validity == nil, let low = T(exactly: low) { return markAll(values, count, low: low) }
        for row in 0..<count {
            if let validity, !ValidityWords.isValid(validity, row) { continue }
            let place = UInt64(bitPattern: Int64(truncatingIfNeeded: values[row]) &- low)
            guard place < domain else { return false }
            marks[Int(truncatingIfNeeded: place)] = 1
        }
        return true
    }

    /// Without nulls. All places are looked at before any is marked: with tests between the stores a value took 5 cycles.
    /// Their bits are put together, which is done for several values at once; comparing each was not: users and movies of
    /// 20 million ratings took 38 ms instead of 29.
    private func markAll<T: FixedWidthInteger>(_ values: UnsafePointer<T>, _ count: Int, low: T) -> Bool {
        let marks = marks
        var bits: T = 0
        for row in 0..<count { bits |= values[row] &- low }
        guard UInt64(T.Magnitude(truncatingIfNeeded: bits)) < UInt64(domain) else { return false }
        for row in 0..<count { marks[Int(truncatingIfNeeded: T.Magnitude(truncatingIfNeeded: values[row] &- low))] = 1 }
        return true
    }

    override func merge(_ other: Aggregator, from: UnsafePointer<Int32>, to: UnsafePointer<Int32>, count: Int) throws {
        guard let other = other as? CountMarksAggregator, count > 0 else { return }
        for place in 0..<domain { marks[place] |= other.marks[place] }
    }

    override func finish(groups: Int) throws -> ColumnBuffer {
        var found: Int64 = 0
        for place in 0..<domain { found &+= Int64(marks[place]) }
        return try AggregateResult.integers(groups, resultType) { _ in Int128(found) }
    }
}
