import WarehouseBasics

/// Bytes that grow at the end and are reused after `removeAll`: where text and encoded values are written.
///
/// Here and in other classes whose fields are touched once a value, accesses are not checked for exclusivity while the program
/// runs: one thread writes an object, others read it only when that is over, and the checks took a third of the time of
/// ARRAY_AGG and COALESCE, and nearly half of REGEXP_REPLACE's.
public final class ByteBuffer {
    @exclusivity(unchecked) public private(set) var bytes: UnsafeMutablePointer<UInt8>
    @exclusivity(unchecked) public private(set) var count = 0
    @exclusivity(unchecked) private var capacity: Int

    public init(capacity: Int = 256) {
        self.capacity = max(16, capacity)
        bytes = .allocate(capacity: self.capacity)
    }

    deinit { bytes.deallocate() }

    /// Room for `extra` more bytes, uninitialised; `advance` then counts those written. Pointers got before are
    /// stale afterwards.
    @inline(__always)
    public func reserve(_ extra: Int) -> UnsafeMutablePointer<UInt8> {
        if capacity &- count < extra { grow(extra) }
        return bytes + count
    }

    @inline(__always) public func advance(_ written: Int) { count &+= written }

    private func grow(_ extra: Int) {
        let wanted = max(count + extra, capacity * 2)
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: wanted)
        memory.update(from: bytes, count: count)
        bytes.deallocate()
        bytes = memory
        capacity = wanted
    }

    @inline(__always) public func append(_ byte: UInt8) {
        reserve(1).pointee = byte
        count &+= 1
    }

    @inline(__always) public func append(_ start: UnsafePointer<UInt8>, count length: Int) {
        reserve(length).update(from: start, count: length)
        count &+= length
    }

    public func append(_ text: StaticString) { append(text.utf8Start, count: text.utf8CodeUnitCount) }

    public func append(_ view: StringView) { append(view.bytes, count: view.count) }

    public func append(_ array: [UInt8]) {
        array.withUnsafeBufferPointer { buffer in
            if let base = buffer.baseAddress { append(base, count: buffer.count) }
        }
    }

    public func append(text: String) {
        var text = text
        text.withUTF8 { buffer in
            if let base = buffer.baseAddress { append(base, count: buffer.count) }
        }
    }

    /// Forgets the bytes, keeps the room.
    public func removeAll() { count = 0 }

    /// Drops the bytes from `newCount` on.
    public func truncate(to newCount: Int) {
        precondition(newCount <= count)
        count = newCount
    }

    /// The bytes as a view, valid until the buffer changes.
    public var view: StringView { count == 0 ? .empty : StringView(bytes, count: count) }
    public var rawBytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: bytes, count: count) }
    public var array: [UInt8] { Array(UnsafeBufferPointer(start: bytes, count: count)) }
    /// For messages and constants.
    public var string: String { String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self) }
}
