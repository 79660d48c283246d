import WarehouseBasics
import WarehouseColumns
#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Sums and counts of doubles by one integer column of a small domain, one state's. The key's value is the place of its
/// sum: one access a row does what numbering the group, keeping the number and adding to the group's state did in three.
///
/// Groups keep the order in which they first come, and sums their bits: this begins with the state's first row, adds in
/// row order, and hands over everything at its end. Sums that are exact go to `ExactSums`.
final class DenseSums {
    private let low: Int64
    private let span: UInt64
    private var slots: UnsafeMutablePointer<DenseSum>?
    /// Keys less `low`, in the order they first came; room for one of each and one more.
    private var order: UnsafeMutablePointer<Int32>?
    private var keyCount = 0

    /// Sums and counts of more keys than these are found faster when they lie close together, by number.
    static let maximumDomain = 1 << 16

    /// Nil where the domain of keys is too large.
    init?(low: Int128, span: UInt64) {
        guard span < UInt64(DenseSums.maximumDomain), let low = Int64(exactly: low) else { return nil }
        self.low = low
        self.span = span
    }

    deinit { release() }

    private var domain: Int { Int(truncatingIfNeeded: span) &+ 1 }

    /// What is to be handed over will take room too.
    var allocatedBytes: Int { slots == nil ? 0 : domain * 20 + keyCount * 40 }

    /// Adds the rows of a batch. False: nothing was added; what is here is to be handed over, and this not to be used
    /// again.
    func add(_ key: Vector, _ argument: Vector, rows: Int) throws -> Bool {
        guard key.form == .flat, !key.hasNulls, !argument.hasNulls else { return false }
        switch key.physicalType {
        case .int32: return try add(key.int32s, argument, rows)
        case .int64: return try add(key.int64s, argument, rows)
        default: return false
        }
    }

    @inline(__always)
    private func add<Key: FixedWidthInteger & SignedInteger>(_ keys: UnsafePointer<Key>, _ argument: Vector, _ rows: Int)
        throws -> Bool {
        guard argument.physicalType == .double else { return false }
        if argument.form == .dictionary, let dictionary = argument.dictionary, dictionary.count > 0 {
            let codes = UnsafePointer(argument.codes), entries = UnsafePointer(dictionary.doubles)
            try addEach(keys, rows) { entries[Int(codes[$0])] }
            return true
        }
        guard argument.form == .flat else { return false }
        let values = UnsafePointer(argument.doubles)
        try addEach(keys, rows) { values[$0] }
        return true
    }

    @inline(__always)
    private func addEach<Key: FixedWidthInteger & SignedInteger>(
        _ keys: UnsafePointer<Key>, _ rows: Int, _ value: (Int) -> Double
    ) throws {
        let slots = try slots ?? DenseSums.make(domain)
        self.slots = slots
        let order = order ?? .allocate(capacity: domain + 1), low = low, span = span
        self.order = order
        var count = keyCount
        defer { keyCount = count }
        for row in 0..<rows {
            let place = UInt64(bitPattern: Int64(truncatingIfNeeded: keys[row]) &- low)
            guard place <= span else { throw KeyEncoder.outOfRange }
            let index = Int(truncatingIfNeeded: place), slot = slots[index]
            slots[index] = DenseSum(bits: (Double(bitPattern: slot.bits) + value(row)).bitPattern, count: slot.count &+ 1)
            // Written whether it stays or not: a branch here is guessed wrong too often.
            order[count] = Int32(truncatingIfNeeded: place)
            count &+= Int(unsafeBitCast(slot.count == 0, to: UInt8.self))
        }
    }

    /// Zeroed memory; pages that no key touches are never made.
    private static func make(_ count: Int) throws -> UnsafeMutablePointer<DenseSum> {
        guard let memory = calloc(count, MemoryLayout<DenseSum>.stride) else {
            throw WarehouseError(.memoryLimit, "No memory for a table of \(count) keys.")
        }
        return memory.assumingMemoryBound(to: DenseSum.self)
    }

    /// Gives all keys with their sums to `take`, a vector of keys at a time, in the order they first came, and keeps
    /// nothing.
    func handOver(_ type: PhysicalType, _ take: (Vector, UnsafePointer<DenseSum>) throws -> Void) throws {
        defer { release() }
        guard let order, let slots, keyCount > 0 else { return }
        let keys = Vector(type), capacity = Vector.standardCapacity
        let sums = UnsafeMutablePointer<DenseSum>.allocate(capacity: capacity)
        defer { sums.deallocate() }
        var start = 0
        while start < keyCount {
            let count = min(capacity, keyCount - start), places = order + start
            keys.beginFlat(count)
            for index in 0..<count {
                let value = low &+ Int64(places[index])
                if type == .int32 {
                    keys.int32s[index] = Int32(truncatingIfNeeded: value)
                } else {
                    keys.int64s[index] = value
                }
                (sums + index).initialize(to: slots[Int(places[index])])
            }
            try take(keys, sums)
            start += count
        }
    }

    private func release() {
        free(slots)
        slots = nil
        order?.deallocate()
        order = nil
        keyCount = 0
    }
}
