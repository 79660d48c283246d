#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseBasics

/// Tells decimals with more digits than a Double surely holds from those that are a Double as programs print it:
/// `0.025000000000000022`, the shortest text that reads back as the same Double, or more of its digits, correctly rounded.
enum PrintedDouble {
    /// Decimals of at most so many digits are Doubles without loss.
    static let safeDigits = 15
    /// Fractions as long as this, of numbers with more than `safeDigits`, are hardly ever written by hand.
    static let longFraction = 10
    private static let longest = 80

    /// Whether a decimal without exponent, with `scale` digits behind its point, is such a text.
    static func matches(_ padded: UnsafePointer<UInt8>, _ paddedCount: Int, scale: Int) -> Bool {
        var bytes = padded, count = paddedCount
        while count > 0, bytes[0] <= 32 || bytes[0] == UInt8(ascii: "+") {
            bytes += 1
            count -= 1
        }
        while count > 0, bytes[count - 1] <= 32 { count -= 1 }
        var value = 0.0
        guard count > 0, count <= longest, FloatText.parse(bytes, count: count, into: &value) == .ok else { return false }
        let text = UnsafeBufferPointer(start: bytes, count: count)
        // Of zeros at the end a decimal type is the writer.
        guard scale == 0 || text.last != 48 else { return false }
        return digits(text) == digits(value.description.utf8) || digits(text) == digits(rounded(value, scale))
    }

    /// The significant digits of a decimal, without zeros at either end; of `1e-7`, which has no more than 17, as well.
    private static func digits(_ text: some Sequence<UInt8>) -> [UInt8] {
        var digits: [UInt8] = []
        for byte in text {
            if byte | 0x20 == UInt8(ascii: "e") { break }
            guard byte &- 48 <= 9, byte != 48 || !digits.isEmpty else { continue }
            digits.append(byte)
        }
        while digits.last == 48 { digits.removeLast() }
        return digits
    }

    /// The exact value, rounded to so many digits behind the point.
    private static func rounded(_ value: Double, _ scale: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 512) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            let written = start.withMemoryRebound(to: CChar.self, capacity: 512) { memory in
                withVaList([Int32(truncatingIfNeeded: scale), value]) { vsnprintf(memory, 512, "%.*f", $0) }
            }
            count = max(0, min(Int(written), 511))
        }
    }
}
