/// XXH64 over bytes that come in pieces: the checksum of a file as it is written.
public struct Hash64Stream: Sendable {
    private var lanes: SIMD4<UInt64>
    private let seed: UInt64
    private var byteCount = 0
    /// Bytes that wait for a whole stripe of 32.
    private var pending: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    private var pendingCount = 0

    /// Equal to `Hash64.bytes` with the same seed.
    public init(seed: UInt64 = 0) {
        self.seed = seed
        lanes = SIMD4(
            seed &+ Hash64.prime1 &+ Hash64.prime2, seed &+ Hash64.prime2, seed, seed &- Hash64.prime1)
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
            withUnsafeBytes(of: pending) { Hash64.stripe(&lanes, $0.baseAddress!) }
            pendingCount = 0
        }
        while end - position >= 32 {
            Hash64.stripe(&lanes, position)
            position += 32
        }
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
        let start = byteCount >= 32 ? Hash64.merged(lanes) : seed &+ Hash64.prime5
        return withUnsafeBytes(of: pending) { buffer in
            Hash64.finish(start &+ UInt64(byteCount), buffer.baseAddress!, buffer.baseAddress! + pendingCount)
        }
    }
}
