import WarehouseBasics

/// Reads a value of `VariantEncoding` where it lies, without allocating. Valid as long as the bytes are. Damaged
/// bytes give wrong values, never reads out of bounds.
@frozen public struct VariantView {
    public let bytes: UnsafePointer<UInt8>
    public let count: Int

    public init(_ bytes: UnsafePointer<UInt8>, count: Int) {
        self.bytes = bytes
        self.count = count
    }

    /// A row of a VARIANT, OBJECT or ARRAY column. The empty view (a null row) reads as JSON null.
    public init(_ view: StringView) {
        bytes = view.bytes
        count = view.count
    }

    /// The encoded value as it would lie in a column.
    public var encoded: StringView { StringView(bytes, count: count) }

    var tag: UInt8 { count > 0 ? bytes[0] : VariantEncoding.Tag.null }

    public var kind: VariantKind {
        switch tag {
        case VariantEncoding.Tag.no, VariantEncoding.Tag.yes: .boolean
        case VariantEncoding.Tag.undefined: .undefined
        case VariantEncoding.Tag.integer: .integer
        case VariantEncoding.Tag.decimal: .decimal
        case VariantEncoding.Tag.double: .double
        case VariantEncoding.Tag.string: .string
        case VariantEncoding.Tag.binary: .binary
        case VariantEncoding.Tag.date: .date
        case VariantEncoding.Tag.time: .time
        case VariantEncoding.Tag.timestampNTZ: .timestampNTZ
        case VariantEncoding.Tag.timestampLTZ: .timestampLTZ
        case VariantEncoding.Tag.timestampTZ: .timestampTZ
        case VariantEncoding.Tag.array: .array
        case VariantEncoding.Tag.object: .object
        default: .null
        }
    }

    /// JSON null (IS_NULL_VALUE).
    public var isNull: Bool { kind == .null }

    /// As TYPEOF names it; `NULL_VALUE` for JSON null.
    public var typeName: StaticString {
        switch kind {
        case .null: "NULL_VALUE"
        case .boolean: "BOOLEAN"
        case .integer: "INTEGER"
        case .decimal: "DECIMAL"
        case .double: "DOUBLE"
        case .string: "VARCHAR"
        case .binary: "BINARY"
        case .date: "DATE"
        case .time: "TIME"
        case .timestampNTZ: "TIMESTAMP_NTZ"
        case .timestampLTZ: "TIMESTAMP_LTZ"
        case .timestampTZ: "TIMESTAMP_TZ"
        case .array: "ARRAY"
        case .object: "OBJECT"
        case .undefined: "UNDEFINED"
        }
    }

    // MARK: Scalars

    /// Of a boolean.
    public var boolean: Bool { tag == VariantEncoding.Tag.yes }

    /// Digits behind the point of a decimal, of the second of a time or timestamp; else 0.
    public var scale: Int {
        switch kind {
        case .decimal, .time, .timestampNTZ, .timestampLTZ, .timestampTZ: count > 1 ? min(38, Int(bytes[1])) : 0
        default: 0
        }
    }

    /// An integer; a decimal's digits without the point (see `scale`); days of a date; ticks of a time or timestamp.
    public var unscaled: Int128 {
        switch kind {
        case .integer, .date: readInteger(from: 1)
        case .decimal, .time, .timestampNTZ, .timestampLTZ, .timestampTZ: readInteger(from: 2)
        default: 0
        }
    }

    /// A double; an integer or decimal as the nearest one.
    public var double: Double {
        switch kind {
        case .double:
            guard count >= 9 else { return 0 }
            return Double(bitPattern: UInt64(littleEndian: UnsafeRawPointer(bytes).loadUnaligned(
                fromByteOffset: 1, as: UInt64.self)))
        case .integer, .decimal: return DecimalArithmetic.double(unscaled, scale: scale)
        default: return 0
        }
    }

    /// The UTF-8 of a string, the bytes of a binary.
    public var string: StringView { count > 1 ? StringView(bytes + 1, count: count - 1) : .empty }

    private func readInteger(from start: Int) -> Int128 {
        let raw = UnsafeRawPointer(bytes)
        switch count - start {
        case 1: return Int128(raw.load(fromByteOffset: start, as: Int8.self))
        case 2: return Int128(Int16(littleEndian: raw.loadUnaligned(fromByteOffset: start, as: Int16.self)))
        case 4: return Int128(Int32(littleEndian: raw.loadUnaligned(fromByteOffset: start, as: Int32.self)))
        case 8: return Int128(Int64(littleEndian: raw.loadUnaligned(fromByteOffset: start, as: Int64.self)))
        case 16:
            let low = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: start, as: UInt64.self))
            let high = Int64(littleEndian: raw.loadUnaligned(fromByteOffset: start + 8, as: Int64.self))
            return Int128(high) << 64 | Int128(low)
        default: return 0
        }
    }

    /// Whether a scalar's payload has a length that its kind can have.
    var hasWellFormedPayload: Bool {
        func isWidth(_ width: Int) -> Bool { width == 1 || width == 2 || width == 4 || width == 8 || width == 16 }
        switch kind {
        case .null, .boolean, .undefined: return count == 1
        case .integer, .date: return isWidth(count - 1)
        case .double: return count == 9
        case .decimal: return isWidth(count - 2) && bytes[1] >= 1 && bytes[1] <= 38
        case .time, .timestampNTZ, .timestampLTZ, .timestampTZ: return isWidth(count - 2) && bytes[1] <= 9
        case .string: return UTF8Text.isValid(bytes + 1, count: count - 1)
        case .binary: return true
        case .array, .object: return table != nil
        }
    }
}

// MARK: Containers

extension VariantView {
    /// Where the parts of a container end.
    struct Table {
        let entries: UnsafePointer<UInt8>
        let width: Int
        let count: Int
        /// Ends an entry: 1 in an array, 2 in an object.
        let endsPerEntry: Int
        /// Bytes of all values and keys.
        let bodyCount: Int

        @inline(__always) func end(_ index: Int) -> Int {
            let raw = UnsafeRawPointer(entries)
            let value = switch width {
            case 1: Int(raw.load(fromByteOffset: index, as: UInt8.self))
            case 2: Int(UInt16(littleEndian: raw.loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self)))
            default: Int(UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: index &* 4, as: UInt32.self)))
            }
            return min(value, bodyCount)
        }

        /// The range of part `index` (keys and values counted together), empty when damaged.
        @inline(__always) func range(_ index: Int) -> (start: Int, count: Int) {
            let start = index == 0 ? 0 : end(index &- 1)
            return (start, max(0, end(index) &- start))
        }

        func isInOrder(_ body: UnsafePointer<UInt8>, bodyCount: Int) -> Bool {
            var last = 0
            for index in 0..<count * endsPerEntry {
                let next = end(index)
                if next < last { return false }
                last = next
            }
            return last == bodyCount
        }
    }

    /// The table of an array or object; nil for other kinds and where it does not fit the bytes.
    var table: Table? {
        let isObject = tag == VariantEncoding.Tag.object
        guard isObject || tag == VariantEncoding.Tag.array, count >= 3 else { return nil }
        let width = Int(bytes[count - 1])
        guard width == 1 || width == 2 || width == 4, count >= 2 + width else { return nil }
        let countStart = count - 1 - width
        let single = Table(entries: bytes + countStart, width: width, count: 1, endsPerEntry: 1, bodyCount: .max)
        let entryCount = single.end(0)
        let endsPerEntry = isObject ? 2 : 1
        let bodyCount = countStart - 1 - entryCount * endsPerEntry * width
        guard bodyCount >= 0 else { return nil }
        return Table(entries: bytes + 1 + bodyCount, width: width, count: entryCount, endsPerEntry: endsPerEntry,
                     bodyCount: bodyCount)
    }

    /// Elements of an array, pairs of an object, else 0. Hoist it out of loops.
    public var elementCount: Int { table?.count ?? 0 }

    /// Element `index` of an array, value of pair `index` of an object (pairs are ordered by key).
    public subscript(index: Int) -> VariantView {
        guard let table, index >= 0, index < table.count else { return VariantView(bytes, count: 0) }
        let part = table.range(table.endsPerEntry == 2 ? index &* 2 &+ 1 : index)
        return VariantView(bytes + 1 + part.start, count: part.count)
    }

    /// Key of pair `index` of an object.
    public func key(_ index: Int) -> StringView {
        guard let table, table.endsPerEntry == 2, index >= 0, index < table.count else { return .empty }
        let part = table.range(index &* 2)
        return part.count == 0 ? .empty : StringView(bytes + 1 + part.start, count: part.count)
    }

    /// The value an object has under `key` (compared by bytes); nil when there is none or this is no object.
    public func find(_ key: StringView) -> VariantView? {
        guard let table, table.endsPerEntry == 2 else { return nil }
        var low = 0, high = table.count
        while low < high {
            let middle = (low + high) >> 1
            let part = table.range(middle &* 2)
            let order = StringView.compare(
                part.count == 0 ? .empty : StringView(bytes + 1 + part.start, count: part.count), key)
            if order == 0 {
                let value = table.range(middle &* 2 &+ 1)
                return VariantView(bytes + 1 + value.start, count: value.count)
            }
            if order < 0 { low = middle &+ 1 } else { high = middle }
        }
        return nil
    }

    /// As `find(_:)` with the key as text; for constants.
    public func find(_ key: String) -> VariantView? {
        var key = key
        return key.withUTF8 { buffer in
            find(buffer.baseAddress.map { StringView($0, count: buffer.count) } ?? .empty)
        }
    }
}
