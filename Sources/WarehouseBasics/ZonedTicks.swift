/// TIMESTAMP_TZ in one integer: (UTC ticks << 16) | (offset in minutes + 32768).
/// Equality, order and hashing of TIMESTAMP_TZ go by the instant alone, that is by `ticks`.
public enum ZonedTicks {
    @inlinable public static func pack(ticks: Int128, offsetMinutes: Int) -> Int128 {
        (ticks << 16) | Int128(offsetMinutes + 32_768)
    }
    @inlinable public static func ticks(_ packed: Int128) -> Int128 { packed >> 16 }
    @inlinable public static func offsetMinutes(_ packed: Int128) -> Int { Int(packed & 0xFFFF) - 32_768 }
}
