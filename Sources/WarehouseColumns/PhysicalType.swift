import WarehouseBasics

/// How values lie in memory. Few on purpose: a kernel is written once per physical type.
public enum PhysicalType: UInt8, Sendable, Hashable, CaseIterable {
    /// One byte a value, 0 or 1.
    case bool = 0
    case int32 = 1
    case int64 = 2
    case int128 = 3
    case double = 4
    /// `StringView`s: VARCHAR, BINARY, VARIANT, OBJECT and ARRAY without a known element type.
    case string = 5
    /// `count + 1` Int32 offsets and a child vector: ARRAY of one scalar type.
    case list = 6

    /// Bytes of one value; a list counts its offset.
    @inlinable public var stride: Int {
        switch self {
        case .bool: 1
        case .int32, .list: 4
        case .int64, .double: 8
        case .int128, .string: 16
        }
    }

    @inlinable public var isInteger: Bool { self == .int32 || self == .int64 || self == .int128 }
}

extension LogicalType {
    /// The physical type that holds every value of this type: what is used where no range is known.
    public var widestPhysicalType: PhysicalType {
        switch self {
        case .number(let precision, _): precision <= 9 ? .int32 : precision <= 18 ? .int64 : .int128
        case .float: .double
        case .varchar, .binary, .variant, .object: .string
        case .boolean, .null: .bool
        case .date: .int32
        case .time: .int64
        case .timestampNTZ(let scale), .timestampLTZ(let scale): scale <= 6 ? .int64 : .int128
        case .timestampTZ: .int128
        case .array(let element): element == nil ? .string : .list
        }
    }

    /// Whether values are integers whose width (Int32, Int64 or Int128) follows from their range.
    public var hasVariableWidth: Bool {
        switch self {
        case .number, .date, .time, .timestampNTZ, .timestampLTZ, .timestampTZ: true
        default: false
        }
    }

    /// The narrowest physical type for integers between `low` and `high`; other types have only one form.
    public func physicalType(low: Int128, high: Int128) -> PhysicalType {
        guard hasVariableWidth else { return widestPhysicalType }
        // Offsets stand in the lowest bits of TIMESTAMP_TZ: what tells them apart is not written for 32 bits.
        if case .timestampTZ = self {
            return low >= Int128(Int64.min) && high <= Int128(Int64.max) ? .int64 : .int128
        }
        if low >= Int128(Int32.min), high <= Int128(Int32.max) { return .int32 }
        if low >= Int128(Int64.min), high <= Int128(Int64.max) { return .int64 }
        return .int128
    }
}
