import WarehouseBasics

/// The bytes of a VARIANT, OBJECT or ARRAY: self-describing, canonical (equal documents have equal bytes, save that
/// a number may be an integer, a decimal or a double), readable in place.
///
/// A value is a tag and a payload; it ends where its length says: the string's length for a whole document, the
/// table of its container for a part. Integers are little-endian, two's complement, in the fewest of 1, 2, 4, 8
/// or 16 bytes.
///
///     tag  kind            payload
///     00   null            JSON null
///     01   false
///     02   true
///     03   undefined       an element that an array lacks (SQL NULL in an array)
///     04   integer         integer
///     05   decimal         scale (1 byte, 1 to 38), integer; no trailing zeros
///     06   double          8 bytes
///     07   string          UTF-8 up to the end
///     08   binary          bytes up to the end
///     09   date            integer: days since 1970-01-01
///     0A   time            scale (1 byte), integer: ticks since midnight
///     0B   timestamp_ntz   scale (1 byte), integer: wall-clock ticks
///     0C   timestamp_ltz   scale (1 byte), integer: UTC ticks
///     0D   timestamp_tz    scale (1 byte), integer: `ZonedTicks`
///     0E   array           values | end of each value (w bytes each) | count (w) | w (1 byte)
///     0F   object          key, value, key, value, … | (end of key, end of value) × count | count (w) | w (1 byte)
///
/// Ends count from the byte behind the tag; w is the fewest of 1, 2 or 4 bytes that hold the last end and the count.
/// Keys are UTF-8, ascending by bytes, each once. The table stands last so that a document is written in one pass.
public enum VariantEncoding {
    /// The largest document.
    public static let maximumBytes = 16_777_216
    /// Containers within containers.
    public static let maximumDepth = 1000

    enum Tag {
        static let null: UInt8 = 0
        static let no: UInt8 = 1
        static let yes: UInt8 = 2
        static let undefined: UInt8 = 3
        static let integer: UInt8 = 4
        static let decimal: UInt8 = 5
        static let double: UInt8 = 6
        static let string: UInt8 = 7
        static let binary: UInt8 = 8
        static let date: UInt8 = 9
        static let time: UInt8 = 10
        static let timestampNTZ: UInt8 = 11
        static let timestampLTZ: UInt8 = 12
        static let timestampTZ: UInt8 = 13
        static let array: UInt8 = 14
        static let object: UInt8 = 15
    }

    /// The document `null`.
    public static let null: [UInt8] = [Tag.null]

    /// A string as a document.
    public static func string(_ text: String) -> [UInt8] { [Tag.string] + Array(text.utf8) }

    /// Throws `corrupt` unless the bytes are one well-formed document: every table in order, every length right, keys
    /// ascending. For documents from outside this process's own writers.
    public static func validate(_ bytes: UnsafePointer<UInt8>, count: Int, depth: Int = 0) throws(WarehouseError) {
        let value = VariantView(bytes, count: count)
        func corrupt() -> WarehouseError { WarehouseError(.corrupt, "A VARIANT value is damaged.") }
        guard count > 0, bytes[0] <= Tag.object, depth <= maximumDepth, value.hasWellFormedPayload else {
            throw corrupt()
        }
        guard value.kind == .array || value.kind == .object else { return }
        guard let table = value.table, table.isInOrder(bytes + 1, bodyCount: table.bodyCount) else { throw corrupt() }
        for index in 0..<table.count {
            let element = value[index]
            try validate(element.bytes, count: element.count, depth: depth + 1)
            if value.kind == .object, index > 0, !(value.key(index - 1) < value.key(index)) { throw corrupt() }
        }
    }
}

/// What a value is. Order of cases is the order of kinds when values of different kinds are compared.
public enum VariantKind: UInt8, Sendable, Hashable {
    case null, boolean, integer, decimal, double, string, binary, date, time
    case timestampNTZ, timestampLTZ, timestampTZ, array, object, undefined

    public var isNumber: Bool { self == .integer || self == .decimal || self == .double }
    public var isContainer: Bool { self == .array || self == .object }
}
