/// One value with its logical type: a literal, a bind parameter, a folded expression, an end of a zone map.
/// Columns of data are never made of these.
public struct Constant: Hashable, Sendable {
    public var type: LogicalType
    public var value: ScalarValue

    public init(_ value: ScalarValue, _ type: LogicalType) {
        self.value = value
        self.type = type
    }

    public static func integer(_ value: Int) -> Constant {
        Constant(.integer(Int128(value)), .number(precision: max(1, String(value.magnitude).count), scale: 0))
    }
    public static func text(_ value: String) -> Constant {
        Constant(.bytes(Array(value.utf8)), .varchar(length: max(1, value.unicodeScalars.count)))
    }
    public static func float(_ value: Double) -> Constant { Constant(.double(value), .float) }
    public static func boolean(_ value: Bool) -> Constant { Constant(.boolean(value), .boolean) }
    public static func null(_ type: LogicalType = .null) -> Constant { Constant(.null, type) }

    public var isNull: Bool { value == .null }
}

/// The payload of a `Constant`. NUMBER, DATE, TIME and timestamps are integers in the unit their type names.
public enum ScalarValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int128)
    case double(Double)
    /// UTF-8 of a VARCHAR, a BINARY's bytes, or the `VariantEncoding` of a VARIANT, OBJECT or ARRAY.
    case bytes([UInt8])
}

extension ScalarValue {
    /// Whether both are the same value: expressions over them may stand for one another. Zeros of two signs are not; what
    /// is no number is itself.
    public static func == (a: ScalarValue, b: ScalarValue) -> Bool {
        switch (a, b) {
        case (.null, .null): true
        case (.boolean(let x), .boolean(let y)): x == y
        case (.integer(let x), .integer(let y)): x == y
        case (.double(let x), .double(let y)): x.bitPattern == y.bitPattern
        case (.bytes(let x), .bytes(let y)): x == y
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .boolean(let value): hasher.combine(value)
        case .integer(let value): hasher.combine(value)
        case .double(let value): hasher.combine(value.bitPattern)
        case .bytes(let value): hasher.combine(value)
        }
    }
}
