/// Reads what `ByteWriter` wrote, from bytes that nobody vouches for: whatever does not lie within them, or is
/// larger than its limit, is the error `corrupt` naming `source` and the offset.
public struct ByteReader: Sendable {
    private let bytes: ArraySlice<UInt8>
    private var position: Int
    /// What is read, for messages: `the manifest '/data/x.mlwh/manifest'`.
    public let source: String

    /// Reads an array from its start.
    public init(_ bytes: [UInt8], source: String) {
        self.init(bytes[...], source: source)
    }

    /// Reads a slice from its start; offsets in messages count from there.
    public init(_ bytes: ArraySlice<UInt8>, source: String) {
        self.bytes = bytes
        self.source = source
        position = bytes.startIndex
    }

    /// Bytes read so far.
    public var offset: Int { position - bytes.startIndex }
    /// Bytes not read yet.
    public var remaining: Int { bytes.endIndex - position }
    /// Whether every byte has been read.
    public var isAtEnd: Bool { position == bytes.endIndex }

    /// The error of damaged data at the present offset.
    public func corrupt(_ reason: String) -> WarehouseError {
        WarehouseError(.corrupt, "\(source) is damaged at byte \(offset): \(reason).")
    }

    private mutating func take(_ count: Int) throws(WarehouseError) -> Int {
        guard count >= 0, count <= remaining else {
            throw corrupt("\(count) bytes are expected, but \(remaining) are left")
        }
        defer { position += count }
        return position
    }

    private mutating func fixed(_ size: Int) throws(WarehouseError) -> UInt64 {
        let start = try take(size)
        var value: UInt64 = 0
        for index in (0..<size).reversed() { value = value << 8 | UInt64(bytes[start + index]) }
        return value
    }

    /// One byte.
    public mutating func uint8() throws(WarehouseError) -> UInt8 { bytes[try take(1)] }
    /// Two bytes, the lowest first.
    public mutating func uint16() throws(WarehouseError) -> UInt16 { UInt16(truncatingIfNeeded: try fixed(2)) }
    /// Four bytes, the lowest first.
    public mutating func uint32() throws(WarehouseError) -> UInt32 { UInt32(truncatingIfNeeded: try fixed(4)) }
    /// Eight bytes, the lowest first.
    public mutating func uint64() throws(WarehouseError) -> UInt64 { try fixed(8) }
    /// Four bytes of two's complement.
    public mutating func int32() throws(WarehouseError) -> Int32 { Int32(bitPattern: try uint32()) }
    /// Eight bytes of two's complement.
    public mutating func int64() throws(WarehouseError) -> Int64 { Int64(bitPattern: try uint64()) }
    /// Sixteen bytes of two's complement.
    public mutating func int128() throws(WarehouseError) -> Int128 {
        let low = try uint64()
        return Int128(try int64()) << 64 | Int128(low)
    }
    /// Eight bytes of a bit pattern.
    public mutating func double() throws(WarehouseError) -> Double { Double(bitPattern: try uint64()) }

    /// One byte, 0 or 1; anything else is damage.
    public mutating func bool() throws(WarehouseError) -> Bool {
        switch try uint8() {
        case 0: return false
        case 1: return true
        case let value: throw corrupt("\(value) is neither false nor true")
        }
    }

    /// LEB128 of at most 64 bits.
    public mutating func varint() throws(WarehouseError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try uint8()
            guard shift < 63 || byte <= 1 else { throw corrupt("an integer is too long") }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    /// A zigzag varint.
    public mutating func signedVarint() throws(WarehouseError) -> Int64 {
        let value = try varint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// A count or size up to `limit`.
    public mutating func count(limit: Int) throws(WarehouseError) -> Int {
        let value = try varint()
        guard value <= UInt64(limit) else { throw corrupt("a count of \(value) is above the limit of \(limit)") }
        return Int(value)
    }

    /// Bytes with their length before them, at most `limit`.
    public mutating func byteString(limit: Int = .max) throws(WarehouseError) -> [UInt8] {
        let count = try count(limit: limit)
        let start = try take(count)
        return Array(bytes[start..<start + count])
    }

    /// UTF-8 with its length before it, at most `limit` bytes.
    public mutating func string(limit: Int = .max) throws(WarehouseError) -> String {
        let count = try count(limit: limit)
        let start = try take(count)
        guard let text = String(validating: bytes[start..<start + count], as: UTF8.self) else {
            throw corrupt("a text is not UTF-8")
        }
        return text
    }

    /// Nil, or a text of at most `limit` bytes.
    public mutating func optionalString(limit: Int = .max) throws(WarehouseError) -> String? {
        try bool() ? try string(limit: limit) : nil
    }

    /// `count` bytes as they are.
    public mutating func raw(_ count: Int) throws(WarehouseError) -> ArraySlice<UInt8> {
        let start = try take(count)
        return bytes[start..<start + count]
    }

    /// A count, then each element as `read` takes it. An element is at least one byte, so that a damaged count
    /// cannot ask for more memory than there are bytes.
    public mutating func list<Element>(
        limit: Int = .max, _ read: (inout ByteReader) throws(WarehouseError) -> Element
    ) throws(WarehouseError) -> [Element] {
        let count = try count(limit: min(limit, remaining))
        var elements: [Element] = []
        elements.reserveCapacity(count)
        for _ in 0..<count { elements.append(try read(&self)) }
        return elements
    }

    /// Refuses bytes behind the last value.
    public func expectEnd() throws(WarehouseError) {
        guard isAtEnd else { throw corrupt("\(remaining) bytes follow the last value") }
    }
}
