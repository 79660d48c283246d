/// UTF-8 over raw bytes: validity, counting, and steps from scalar to scalar.
public enum UTF8Text {
    /// Whether all bytes are below 0x80.
    public static func isASCII(_ bytes: UnsafePointer<UInt8>, count: Int) -> Bool {
        let raw = UnsafeRawPointer(bytes)
        guard count >= 8 else { return asciiPrefix(bytes, count: count) == count }
        // Short texts are the most of all: whole words, the last of which may overlap the one before.
        var any = raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self), index = 0
        while index &+ 8 < count {
            any |= raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            index &+= 8
        }
        return any & 0x8080_8080_8080_8080 == 0
    }

    /// Bytes before the first one of 0x80 or above.
    public static func asciiPrefix(_ bytes: UnsafePointer<UInt8>, count: Int) -> Int {
        var index = 0
        let raw = UnsafeRawPointer(bytes)
        while count - index >= 32 {
            let word = raw.loadUnaligned(fromByteOffset: index, as: SIMD4<UInt64>.self)
            let any = word[0] | word[1] | word[2] | word[3]
            guard any & 0x8080_8080_8080_8080 == 0 else { break }
            index &+= 32
        }
        while index < count, bytes[index] < 0x80 { index &+= 1 }
        return index
    }

    /// Offset of the first byte that is not part of well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms,
    /// nothing above U+10FFFF); nil when all is well.
    public static func firstInvalid(_ bytes: UnsafePointer<UInt8>, count: Int) -> Int? {
        var index = 0
        while index < count {
            if bytes[index] < 0x80 {
                index &+= asciiPrefix(bytes + index, count: count - index)
                continue
            }
            let length = sequenceLength(bytes + index, remaining: count - index)
            guard length > 0 else { return index }
            index &+= length
        }
        return nil
    }

    /// Whether all bytes are well-formed UTF-8.
    public static func isValid(_ bytes: UnsafePointer<UInt8>, count: Int) -> Bool {
        firstInvalid(bytes, count: count) == nil
    }

    /// Length of the well-formed multi-byte sequence at a position, or 0.
    static func sequenceLength(_ p: UnsafePointer<UInt8>, remaining: Int) -> Int {
        let lead = p[0]
        @inline(__always) func isTail(_ index: Int) -> Bool { p[index] & 0xC0 == 0x80 }
        switch lead {
        case 0xC2...0xDF:
            return remaining >= 2 && isTail(1) ? 2 : 0
        case 0xE0...0xEF:
            guard remaining >= 3, isTail(1), isTail(2) else { return 0 }
            if lead == 0xE0, p[1] < 0xA0 { return 0 }
            if lead == 0xED, p[1] > 0x9F { return 0 }
            return 3
        case 0xF0...0xF4:
            guard remaining >= 4, isTail(1), isTail(2), isTail(3) else { return 0 }
            if lead == 0xF0, p[1] < 0x90 { return 0 }
            if lead == 0xF4, p[1] > 0x8F { return 0 }
            return 4
        default:
            return 0
        }
    }

    /// Scalars in valid UTF-8: LENGTH of a VARCHAR.
    public static func scalarCount(_ bytes: UnsafePointer<UInt8>, count: Int) -> Int {
        var total = 0
        var index = 0
        let raw = UnsafeRawPointer(bytes)
        while count - index >= 8 {
            let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            // Continuation bytes are 10xxxxxx: high bit set, next one clear.
            let tails = (word & ~(word << 1)) & 0x8080_8080_8080_8080
            total &+= 8 &- tails.nonzeroBitCount
            index &+= 8
        }
        while index < count {
            total &+= Int(unsafeBitCast(bytes[index] & 0xC0 != 0x80, to: UInt8.self))
            index &+= 1
        }
        return total
    }

    /// Length of the sequence that a lead byte opens, 1 for a stray byte; valid UTF-8 needs no check.
    @inlinable @inline(__always) public static func length(lead: UInt8) -> Int {
        lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    }

    /// Offset of the scalar with a given index (0 the first) from the start; `count` when there are fewer.
    public static func offset(ofScalar index: Int, in bytes: UnsafePointer<UInt8>, count: Int) -> Int {
        var position = 0
        var left = index
        while left > 0, position < count {
            position &+= length(lead: bytes[position])
            left &-= 1
        }
        return min(position, count)
    }

    /// The scalar at a position of valid UTF-8 and its length; the replacement character, length 1, when the bytes
    /// are not valid.
    public static func scalar(_ p: UnsafePointer<UInt8>, remaining: Int) -> (scalar: Unicode.Scalar, length: Int) {
        let lead = p[0]
        if lead < 0x80 { return (Unicode.Scalar(lead), 1) }
        let length = sequenceLength(p, remaining: remaining)
        guard length > 0 else { return ("\u{FFFD}", 1) }
        var value = UInt32(lead) & (length == 2 ? 0x1F : length == 3 ? 0x0F : 0x07)
        for index in 1..<length { value = value << 6 | UInt32(p[index] & 0x3F) }
        return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
    }

    /// Appends the bytes with each invalid one replaced by U+FFFD (REPLACE_INVALID_CHARACTERS).
    public static func appendRepaired(_ bytes: UnsafePointer<UInt8>, count: Int, to out: inout [UInt8]) {
        var start = 0
        while start < count {
            let valid = firstInvalid(bytes + start, count: count - start) ?? count - start
            out.append(contentsOf: UnsafeBufferPointer(start: bytes + start, count: valid))
            start += valid
            if start < count {
                out.append(contentsOf: [0xEF, 0xBF, 0xBD])
                start += 1
            }
        }
    }
}
