/// Address of a row: the number of its segment in its table, and its place in the segment. It stays the same while
/// a snapshot lives, and within a write transaction; a compaction gives rows new addresses.
public enum RowID {
    /// `segment`: `SegmentReference.number`.
    @inlinable public static func pack(segment: UInt32, row: Int) -> Int64 {
        Int64(bitPattern: UInt64(segment) << 32 | UInt64(truncatingIfNeeded: row))
    }
    @inlinable public static func segment(_ id: Int64) -> UInt32 { UInt32(truncatingIfNeeded: id >> 32) }
    @inlinable public static func row(_ id: Int64) -> Int { Int(id & 0xFFFF_FFFF) }
}
