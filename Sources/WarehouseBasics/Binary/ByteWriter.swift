/// Appends values to bytes: little-endian integers, varints, and byte strings with their length before them.
/// What it writes, `ByteReader` reads with the method of the same name.
public struct ByteWriter: Sendable {
    public private(set) var bytes: [UInt8]

    /// An empty writer with room for `capacity` bytes.
    public init(reservingCapacity capacity: Int = 0) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Bytes written so far.
    public var count: Int { bytes.count }

    /// One byte.
    public mutating func uint8(_ value: UInt8) { bytes.append(value) }
    /// Two bytes, the lowest first.
    public mutating func uint16(_ value: UInt16) { fixed(UInt64(value), 2) }
    /// Four bytes, the lowest first.
    public mutating func uint32(_ value: UInt32) { fixed(UInt64(value), 4) }
    /// Eight bytes, the lowest first.
    public mutating func uint64(_ value: UInt64) { fixed(value, 8) }
    /// Four bytes of two's complement, the lowest first.
    public mutating func int32(_ value: Int32) { uint32(UInt32(bitPattern: value)) }
    /// Eight bytes of two's complement, the lowest first.
    public mutating func int64(_ value: Int64) { uint64(UInt64(bitPattern: value)) }
    /// Sixteen bytes of two's complement, the lowest first.
    public mutating func int128(_ value: Int128) {
        uint64(UInt64(truncatingIfNeeded: value))
        uint64(UInt64(truncatingIfNeeded: value >> 64))
    }
    /// The eight bytes of the bit pattern.
    public mutating func double(_ value: Double) { uint64(value.bitPattern) }
    /// One byte, 0 or 1.
    public mutating func bool(_ value: Bool) { bytes.append(value ? 1 : 0) }

    private mutating func fixed(_ value: UInt64, _ size: Int) {
        for index in 0..<size { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(index * 8))) }
    }

    /// LEB128: seven bits a byte, lowest first; 1 to 10 bytes.
    public mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// A count or size, which is not negative, as a varint.
    public mutating func count(_ value: Int) {
        precondition(value >= 0, "counts are not negative")
        varint(UInt64(value))
    }

    /// A signed integer as a varint, small magnitudes short (zigzag).
    public mutating func signedVarint(_ value: Int64) {
        varint(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    /// A length as a varint, then the bytes.
    public mutating func byteString(_ value: [UInt8]) {
        count(value.count)
        bytes.append(contentsOf: value)
    }

    /// A length as a varint, then the bytes.
    public mutating func byteString(_ value: UnsafeRawBufferPointer) {
        count(value.count)
        bytes.append(contentsOf: value)
    }

    /// A length in bytes as a varint, then UTF-8.
    public mutating func string(_ value: String) {
        count(value.utf8.count)
        bytes.append(contentsOf: value.utf8)
    }

    /// 0, or 1 and the text.
    public mutating func optionalString(_ value: String?) {
        bool(value != nil)
        if let value { string(value) }
    }

    /// Bytes as they are, without a length.
    public mutating func raw(_ value: UnsafeRawBufferPointer) { bytes.append(contentsOf: value) }
    /// Bytes as they are, without a length.
    public mutating func raw(_ value: [UInt8]) { bytes.append(contentsOf: value) }

    /// A count, then each element as `write` puts it.
    public mutating func list<Element>(_ elements: [Element], _ write: (inout ByteWriter, Element) -> Void) {
        count(elements.count)
        for element in elements { write(&self, element) }
    }

    /// Replaces four bytes written before, such as a length known only now.
    public mutating func patchUInt32(_ value: UInt32, at offset: Int) {
        precondition(offset >= 0 && offset + 4 <= bytes.count, "a patch lies within what was written")
        for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(index * 8)) }
    }
}
