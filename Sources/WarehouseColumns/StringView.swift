/// 16 bytes that name a run of bytes held elsewhere: length, the first four bytes (big-endian, zero-filled, so that
/// prefixes compare as integers), address. Whoever keeps a view keeps the owner of its bytes too.
@frozen public struct StringView {
    public var length: UInt32
    public var prefix: UInt32
    public var bytes: UnsafePointer<UInt8>

    @inlinable @inline(__always)
    public init(_ bytes: UnsafePointer<UInt8>, count: Int) {
        self.bytes = bytes
        length = UInt32(truncatingIfNeeded: count)
        prefix = StringView.prefix(of: bytes, count: count)
    }

    @usableFromInline nonisolated(unsafe) static let emptyByte: UnsafePointer<UInt8> = {
        let byte = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
        byte.initialize(to: 0)
        return UnsafePointer(byte)
    }()

    /// The empty string; also what a null row holds.
    public static var empty: StringView { StringView(emptyByte, count: 0) }

    @inlinable @inline(__always) public var count: Int { Int(length) }
    @inlinable @inline(__always) public var buffer: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: bytes, count: Int(length))
    }

    /// For output and messages only.
    public var string: String { String(decoding: buffer, as: UTF8.self) }

    @inlinable @inline(__always)
    static func prefix(of bytes: UnsafePointer<UInt8>, count: Int) -> UInt32 {
        if count >= 4 {
            return UInt32(bigEndian: UnsafeRawPointer(bytes).loadUnaligned(as: UInt32.self))
        }
        var value: UInt32 = 0
        var shift: UInt32 = 24
        for index in 0..<count {
            value |= UInt32(bytes[index]) << shift
            shift &-= 8
        }
        return value
    }

    @inlinable @inline(__always)
    public static func == (a: StringView, b: StringView) -> Bool {
        a.length == b.length && a.prefix == b.prefix
            && (a.length <= 4 || a.bytes == b.bytes || equalBytes(a.bytes, b.bytes, Int(a.length)))
    }

    /// Order by bytes.
    @inlinable @inline(__always)
    public static func < (a: StringView, b: StringView) -> Bool {
        a.prefix != b.prefix ? a.prefix < b.prefix : compare(a, b) < 0
    }

    /// Negative, zero or positive, by bytes; a prefix comes before what it begins.
    public static func compare(_ a: StringView, _ b: StringView) -> Int {
        if a.prefix != b.prefix { return a.prefix < b.prefix ? -1 : 1 }
        let shared = Int(min(a.length, b.length))
        let order = compareBytes(a.bytes, b.bytes, shared)
        return order != 0 ? order : Int(a.length) - Int(b.length)
    }

    @inlinable
    static func equalBytes(_ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        let x = UnsafeRawPointer(a), y = UnsafeRawPointer(b)
        guard count >= 8 else {
            for index in 0..<count where a[index] != b[index] { return false }
            return true
        }
        var offset = 0
        while offset &+ 8 <= count {
            if x.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                != y.loadUnaligned(fromByteOffset: offset, as: UInt64.self) { return false }
            offset &+= 8
        }
        return x.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
            == y.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
    }

    @usableFromInline
    static func compareBytes(_ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ count: Int) -> Int {
        let x = UnsafeRawPointer(a), y = UnsafeRawPointer(b)
        var offset = 0
        while offset &+ 8 <= count {
            let p = UInt64(bigEndian: x.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            let q = UInt64(bigEndian: y.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            if p != q { return p < q ? -1 : 1 }
            offset &+= 8
        }
        while offset < count {
            if a[offset] != b[offset] { return a[offset] < b[offset] ? -1 : 1 }
            offset &+= 1
        }
        return 0
    }
}
