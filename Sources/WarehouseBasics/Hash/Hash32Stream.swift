/// XXH32 over bytes that come in pieces: the checksum of LZ4 frames.
public struct Hash32Stream: Sendable {
    private static let prime1: UInt32 = 0x9E37_79B1, prime2: UInt32 = 0x85EB_CA77, prime3: UInt32 = 0xC2B2_AE3D
    private static let prime4: UInt32 = 0x27D4_EB2F, prime5: UInt32 = 0x1656_67B1

    private var lanes: SIMD4<UInt32>
    private let seed: UInt32
    private var byteCount: UInt64 = 0
    /// Bytes that wait for a whole stripe of 16.
    private var pending: (UInt64, UInt64) = (0, 0)
    private var pendingCount = 0

    public init(seed: UInt32 = 0) {
        self.seed = seed
        lanes = SIMD4(seed &+ Hash32Stream.prime1 &+ Hash32Stream.prime2, seed &+ Hash32Stream.prime2, seed,
                      seed &- Hash32Stream.prime1)
    }

    /// Takes the next bytes.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard var position = bytes.baseAddress else { return }
        let end = position + bytes.count
        byteCount &+= UInt64(bytes.count)
        if pendingCount > 0 {
            let taken = min(16 - pendingCount, end - position)
            store(position, taken)
            position += taken
            guard pendingCount == 16 else { return }
            let words = pending
            withUnsafeBytes(of: words) { buffer in
                if let base = buffer.baseAddress { stripe(base) }
            }
            pendingCount = 0
        }
        while end - position >= 16 {
            stripe(position)
            position += 16
        }
        if position < end { store(position, end - position) }
    }

    private mutating func stripe(_ bytes: UnsafeRawPointer) {
        var words = SIMD4<UInt32>()
        for lane in 0..<4 {
            words[lane] = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: lane * 4, as: UInt32.self))
        }
        let sums = lanes &+ words &* Hash32Stream.prime2
        lanes = (sums &<< 13 | sums &>> 19) &* Hash32Stream.prime1
    }

    private mutating func store(_ position: UnsafeRawPointer, _ count: Int) {
        let start = pendingCount
        withUnsafeMutableBytes(of: &pending) { buffer in
            UnsafeMutableRawBufferPointer(rebasing: buffer[start..<start + count])
                .copyMemory(from: UnsafeRawBufferPointer(start: position, count: count))
        }
        pendingCount += count
    }

    private static func rotated(_ value: UInt32, _ count: UInt32) -> UInt32 { value &<< count | value &>> (32 - count) }

    /// XXH32 of all bytes so far; more may follow.
    public var value: UInt32 {
        var hash = byteCount >= 16
            ? Hash32Stream.rotated(lanes[0], 1) &+ Hash32Stream.rotated(lanes[1], 7)
                &+ Hash32Stream.rotated(lanes[2], 12) &+ Hash32Stream.rotated(lanes[3], 18)
            : seed &+ Hash32Stream.prime5
        hash = hash &+ UInt32(truncatingIfNeeded: byteCount)
        let count = pendingCount
        withUnsafeBytes(of: pending) { rest in
            var index = 0
            while index + 4 <= count {
                let word = UInt32(littleEndian: rest.loadUnaligned(fromByteOffset: index, as: UInt32.self))
                hash = Hash32Stream.rotated(hash &+ word &* Hash32Stream.prime3, 17) &* Hash32Stream.prime4
                index += 4
            }
            while index < count {
                hash = Hash32Stream.rotated(hash &+ UInt32(rest[index]) &* Hash32Stream.prime5, 11) &* Hash32Stream.prime1
                index += 1
            }
        }
        hash = (hash ^ hash &>> 15) &* Hash32Stream.prime2
        hash = (hash ^ hash &>> 13) &* Hash32Stream.prime3
        return hash ^ hash &>> 16
    }

    /// XXH32 of these bytes.
    public static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var stream = Hash32Stream()
        stream.update(bytes)
        return stream.value
    }
}
