import WarehouseBasics
import WarehouseColumns

/// Compares rows of one buffer by several columns.
final class RowComparator {
    struct Key {
        var type: PhysicalType
        var values: UnsafeMutableRawPointer
        var validity: UnsafePointer<UInt64>?
        var isDescending: Bool
        var nullsFirst: Bool
        var order: SortColumn.ValueOrder
    }
    private let keys: [Key]
    private let rows: RowBuffer

    /// The rows must not grow meanwhile. Lists have no order here.
    init(_ rows: RowBuffer, _ columns: [SortColumn]) throws {
        self.rows = rows
        keys = try RowComparator.keys(rows, columns)
    }

    static func keys(_ rows: RowBuffer, _ columns: [SortColumn]) throws -> [Key] {
        try columns.map { column in
            let buffer = rows.columns[column.column]
            if buffer.physicalType == .list {
                throw WarehouseError(.unsupported, "Ordering by an ARRAY is not supported.")
            }
            return Key(type: buffer.physicalType, values: buffer.values,
                       validity: buffer.validity.map { UnsafePointer($0) }, isDescending: column.isDescending,
                       nullsFirst: column.nullsFirst, order: column.order)
        }
    }

    /// Negative, zero or positive, by keys `first...`.
    func compare(_ a: Int, _ b: Int, from first: Int = 0) -> Int {
        var index = first
        while index < keys.count {
            let order = compare(a, b, keys[index])
            if order != 0 { return order }
            index += 1
        }
        return 0
    }

    private func compare(_ a: Int, _ b: Int, _ key: Key) -> Int {
        if let validity = key.validity {
            let hasA = ValidityWords.isValid(validity, a), hasB = ValidityWords.isValid(validity, b)
            if !hasA || !hasB {
                if hasA == hasB { return 0 }
                return hasA == key.nullsFirst ? 1 : -1
            }
        }
        let order = RowComparator.compareValues(key, key.values, a, b)
        return key.isDescending ? -order : order
    }

    /// Compares a row of one buffer with one of another by the same columns.
    static func compare(_ keys: UnsafePointer<Key>, _ a: Int, _ others: UnsafePointer<Key>, _ b: Int, count: Int) -> Int {
        for index in 0..<count {
            let key = keys[index], other = others[index]
            let hasA = key.validity.map { ValidityWords.isValid($0, a) } ?? true
            let hasB = other.validity.map { ValidityWords.isValid($0, b) } ?? true
            if hasA && hasB {
                let order = compareValues(key, other.values, a, b)
                if order != 0 { return key.isDescending ? -order : order }
            } else if hasA != hasB {
                return hasA == key.nullsFirst ? 1 : -1
            }
        }
        return 0
    }

    @inline(__always)
    private static func three<T: Comparable>(_ a: T, _ b: T) -> Int { a < b ? -1 : a == b ? 0 : 1 }

    private static func compareValues(_ key: Key, _ others: UnsafeMutableRawPointer, _ a: Int, _ b: Int) -> Int {
        switch key.type {
        case .bool:
            let values = key.values.assumingMemoryBound(to: UInt8.self)
            let other = others.assumingMemoryBound(to: UInt8.self)
            return three(values[a], other[b])
        case .int32:
            let values = key.values.assumingMemoryBound(to: Int32.self)
            let other = others.assumingMemoryBound(to: Int32.self)
            return three(values[a], other[b])
        case .int64:
            let values = key.values.assumingMemoryBound(to: Int64.self), shift = Int64(key.isZoned ? 16 : 0)
            let other = others.assumingMemoryBound(to: Int64.self)
            return three(values[a] >> shift, other[b] >> shift)
        case .int128:
            let values = key.values.assumingMemoryBound(to: Int128.self), shift = Int128(key.isZoned ? 16 : 0)
            let other = others.assumingMemoryBound(to: Int128.self)
            return three(values[a] >> shift, other[b] >> shift)
        case .double:
            let values = key.values.assumingMemoryBound(to: Double.self)
            let other = others.assumingMemoryBound(to: Double.self)
            return three(DoubleOrder.key(values[a]), DoubleOrder.key(other[b]))
        case .string:
            let values = key.values.assumingMemoryBound(to: StringView.self)
            let other = others.assumingMemoryBound(to: StringView.self)
            if case .variant = key.order { return VariantOrder.compare(values[a], other[b]) }
            return StringView.compare(values[a], other[b])
        case .list: return 0
        }
    }
}

extension RowComparator.Key {
    fileprivate var isZoned: Bool {
        if case .zoned = order { return true }
        return false
    }
}

extension DoubleOrder {
    /// The key as an unsigned integer of the same order.
    @inline(__always)
    static func code(_ value: Double) -> UInt64 { UInt64(bitPattern: key(value)) ^ 1 << 63 }
}
