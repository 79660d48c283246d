import WarehouseBasics

/// Bytes read forward, once, by one thread at a time.
public protocol ByteSource: AnyObject {
    /// Reads at least one byte into `buffer` (not empty), or gives 0 at the end. Throws a `WarehouseError` naming
    /// the file.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
    /// Bytes taken so far from the file underneath, before any decompression: for progress and messages.
    var bytesConsumed: Int { get }
}

/// Where bytes are written forward, once.
public protocol ByteSink: AnyObject {
    /// Takes all bytes. Throws a `WarehouseError` naming the file.
    func write(_ bytes: UnsafeRawBufferPointer) throws
}

extension ByteSource {
    /// Fills `buffer` unless the source ends first: the count of bytes.
    func readFully(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        var filled = 0
        while filled < buffer.count {
            let count = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            if count == 0 { break }
            filled += count
        }
        return filled
    }
}

/// Bytes of memory as a source. `pieceLimit` bounds what one read gives, for tests of boundaries.
public final class MemorySource: ByteSource {
    private let bytes: [UInt8]
    private let pieceLimit: Int
    public private(set) var bytesConsumed = 0

    public init(_ bytes: [UInt8], pieceLimit: Int = .max) {
        self.bytes = bytes
        self.pieceLimit = max(1, pieceLimit)
    }

    public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = min(buffer.count, bytes.count - bytesConsumed, pieceLimit)
        guard count > 0 else { return 0 }
        bytes.withUnsafeBytes { source in
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[bytesConsumed..<bytesConsumed + count]))
        }
        bytesConsumed += count
        return count
    }
}

/// Keeps what is written in memory.
public final class MemorySink: ByteSink {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public func write(_ bytes: UnsafeRawBufferPointer) throws { self.bytes.append(contentsOf: bytes) }
}
