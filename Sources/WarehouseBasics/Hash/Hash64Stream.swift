/// XXH64 over bytes that come in pieces: the checksum of a file as it is written.
public struct Hash64Stream: Sendable {
    private var lanes: Hash64.Lanes
    private let seed: UInt64
    private var byteCount = 0
    /// Bytes that wait for a whole stripe of 32.
    private var pending: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    private var pendingCount = 0

    /// Equal to `Hash64.bytes` with the same seed.
    public init(seed: UInt64 = 0) {
        self.seed = seed
        lanes = Hash64.Lanes(seed: seed)
    }

    /// Takes the next bytes.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard var position = bytes.baseAddress else { return }
        let end = position + bytes.count
        byteCount += bytes.count
        if pendingCount > 0 {
            let taken = min(32 - pendingCount, end - position)
            store(position, taken)
            position += taken
            guard pendingCount == 32 else { return }
            withUnsafeBytes(of: pending) { lanes.take($0.baseAddress!) }
            pendingCount = 0
        }
        var current = lanes
        while end - position >= 32 {
            current.take(position)
            position += 32
        }
        lanes = current
        if position < end { store(position, end - position) }
    }

    /// Takes the next bytes.
    public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

    private mutating func store(_ position: UnsafeRawPointer, _ count: Int) {
        withUnsafeMutableBytes(of: &pending) { buffer in
            (buffer.baseAddress! + pendingCount).copyMemory(from: position, byteCount: count)
        }
        pendingCount += count
    }

    /// XXH64 of all bytes so far; more may follow.
    public var value: UInt64 {
        let start = byteCount >= 32 ? lanes.merged : seed &+ Hash64.prime5
        return withUnsafeBytes(of: pending) { buffer in
            Hash64.finish(start &+ UInt64(byteCount), buffer.baseAddress!, buffer.baseAddress! + pendingCount)
        }
    }
}
