/// MD5 of bytes that come in pieces, such as a file's.
public struct MD5Stream: Sendable {
    private var state = MD5.initialState
    private var pending: [UInt8] = []
    private var total: UInt64 = 0

    public init() {}

    /// Takes the next piece.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        total &+= UInt64(bytes.count)
        var rest = bytes[...]
        if !pending.isEmpty {
            let take = min(64 - pending.count, rest.count)
            pending.append(contentsOf: rest.prefix(take))
            rest = rest.dropFirst(take)
            guard pending.count == 64 else { return }
            pending.withUnsafeBytes { if let base = $0.baseAddress { MD5.block(&state, base) } }
            pending.removeAll(keepingCapacity: true)
        }
        let tail = UnsafeRawBufferPointer(rebasing: rest)
        var offset = 0
        if let base = tail.baseAddress {
            while offset + 64 <= tail.count {
                MD5.block(&state, base + offset)
                offset += 64
            }
        }
        pending.append(contentsOf: tail[offset...])
    }

    /// The digest of all pieces so far.
    public func digest() -> MD5.Digest {
        var state = state
        var last = pending + [0x80]
        while last.count % 64 != 56 { last.append(0) }
        let bits = total &* 8
        for shift in 0..<8 { last.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift * 8))) }
        last.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            for offset in stride(from: 0, to: buffer.count, by: 64) { MD5.block(&state, base + offset) }
        }
        return state
    }
}
