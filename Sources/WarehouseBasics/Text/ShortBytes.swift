/// Copies of a few bytes in place: a call of `memcpy` takes longer than they do.
public enum ShortBytes {
    /// Copies `count` bytes that do not overlap with the target; not one more is read or written.
    @inlinable @inline(__always)
    public static func copy(_ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, count: Int) {
        if count > 64 { return to.copyMemory(from: from, byteCount: count) }
        if count >= 8 {
            var offset = 0
            while offset &+ 8 < count {
                copy(from, to, offset, as: UInt64.self)
                offset &+= 8
            }
            // The last word may cover what was copied before.
            copy(from, to, count &- 8, as: UInt64.self)
        } else if count >= 4 {
            copy(from, to, 0, as: UInt32.self)
            copy(from, to, count &- 4, as: UInt32.self)
        } else {
            for offset in 0..<count { copy(from, to, offset, as: UInt8.self) }
        }
    }

    @inlinable @inline(__always)
    static func copy<T: BitwiseCopyable>(_ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ offset: Int,
                                         as type: T.Type) {
        to.storeBytes(of: from.loadUnaligned(fromByteOffset: offset, as: type), toByteOffset: offset, as: type)
    }
}
