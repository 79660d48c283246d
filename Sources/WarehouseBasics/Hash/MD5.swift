/// MD5 (RFC 1321), for the SQL functions MD5 and MD5_HEX and for file keys; no protection against attackers.
public enum MD5 {
    /// The 16 bytes of a digest as four words, the lowest byte of each first.
    public struct Digest: Hashable, Sendable {
        var a, b, c, d: UInt32

        /// The 16 bytes.
        public var bytes: [UInt8] {
            [a, b, c, d].flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
        }

        /// Writes 32 lower-case hexadecimal digits.
        public func writeHex(to out: UnsafeMutablePointer<UInt8>) {
            let bytes = unsafeBitCast(number.littleEndian, to: SIMD16<UInt8>.self)
            var digits = SIMD32<UInt8>()
            digits.evenHalf = bytes &>> 4
            digits.oddHalf = bytes & 0x0F
            let letters = SIMD32<UInt8>(repeating: 0).replacing(with: 39, where: digits .> 9)
            UnsafeMutableRawPointer(out).storeBytes(of: digits &+ 48 &+ letters, as: SIMD32<UInt8>.self)
        }

        /// The digest as one number, its first byte the lowest.
        public var number: UInt128 {
            UInt128(d) << 96 | UInt128(c) << 64 | UInt128(b) << 32 | UInt128(a)
        }

        /// The first 8 bytes and the last 8, each as a big-endian number.
        public var halves: (upper: UInt64, lower: UInt64) {
            ((UInt64(b) << 32 | UInt64(a)).byteSwapped, (UInt64(d) << 32 | UInt64(c)).byteSwapped)
        }

        /// 32 lower-case hexadecimal digits.
        public var hex: String { HexText.string(bytes) }
    }

    static let initialState = Digest(a: 0x6745_2301, b: 0xEFCD_AB89, c: 0x98BA_DCFE, d: 0x1032_5476)

    /// The digest of `count` bytes.
    public static func digest(_ start: UnsafeRawPointer, count: Int) -> Digest {
        var state = initialState
        let whole = count & ~63
        var position = start
        while position < start + whole {
            block(&state, position)
            position += 64
        }
        // The rest, a one bit, zeros, and the length in bits: one block more, or two.
        var tail = (SIMD64<UInt8>(repeating: 0), SIMD64<UInt8>(repeating: 0))
        let rest = count - whole
        withUnsafeMutableBytes(of: &tail) { buffer in
            let base = buffer.baseAddress!
            if rest > 0 { base.copyMemory(from: position, byteCount: rest) }
            buffer[rest] = 0x80
            let end = rest < 56 ? 64 : 128
            base.storeBytes(of: (UInt64(count) &* 8).littleEndian, toByteOffset: end - 8, as: UInt64.self)
            block(&state, UnsafeRawPointer(base))
            if end == 128 { block(&state, UnsafeRawPointer(base) + 64) }
        }
        return state
    }

    /// The digest of a text's UTF-8.
    public static func digest(_ text: String) -> Digest {
        TimestampText.withBytes(text) { digest(UnsafeRawPointer($0), count: $1) }
    }

    @inline(__always) private static func step<Word: MD5Word>(
        _ a: inout Word, _ b: Word, _ mixed: Word, _ word: Word, _ constant: UInt32, _ bits: UInt32
    ) {
        a = (a &+ mixed &+ word &+ Word(constant)).rotated(bits, plus: b)
    }

    /// One block of each lane: 64 steps that each wait for the last, so that lanes cost little more than one.
    @inline(__always) static func mix<Word: MD5Word>(
        _ a: inout Word, _ b: inout Word, _ c: inout Word, _ d: inout Word, _ word: (Int) -> Word
    ) {
        round1(&a, &b, &c, &d, word)
        round2(&a, &b, &c, &d, word)
        round3(&a, &b, &c, &d, word)
        round4(&a, &b, &c, &d, word)
    }

    static func block(_ state: inout Digest, _ p: UnsafeRawPointer) {
        @inline(__always) func word(_ index: Int) -> UInt32 {
            UInt32(littleEndian: p.loadUnaligned(fromByteOffset: index &* 4, as: UInt32.self))
        }
        var a = state.a, b = state.b, c = state.c, d = state.d
        mix(&a, &b, &c, &d, word)
        state.a &+= a
        state.b &+= b
        state.c &+= c
        state.d &+= d
    }

    @inline(__always) private static func round1<Word: MD5Word>(
        _ a: inout Word, _ b: inout Word, _ c: inout Word, _ d: inout Word, _ word: (Int) -> Word
    ) {
        step(&a, b, d ^ (b & (c ^ d)), word(0), 0xD76A_A478, 7)
        step(&d, a, c ^ (a & (b ^ c)), word(1), 0xE8C7_B756, 12)
        step(&c, d, b ^ (d & (a ^ b)), word(2), 0x2420_70DB, 17)
        step(&b, c, a ^ (c & (d ^ a)), word(3), 0xC1BD_CEEE, 22)
        step(&a, b, d ^ (b & (c ^ d)), word(4), 0xF57C_0FAF, 7)
        step(&d, a, c ^ (a & (b ^ c)), word(5), 0x4787_C62A, 12)
        step(&c, d, b ^ (d & (a ^ b)), word(6), 0xA830_4613, 17)
        step(&b, c, a ^ (c & (d ^ a)), word(7), 0xFD46_9501, 22)
        step(&a, b, d ^ (b & (c ^ d)), word(8), 0x6980_98D8, 7)
        step(&d, a, c ^ (a & (b ^ c)), word(9), 0x8B44_F7AF, 12)
        step(&c, d, b ^ (d & (a ^ b)), word(10), 0xFFFF_5BB1, 17)
        step(&b, c, a ^ (c & (d ^ a)), word(11), 0x895C_D7BE, 22)
        step(&a, b, d ^ (b & (c ^ d)), word(12), 0x6B90_1122, 7)
        step(&d, a, c ^ (a & (b ^ c)), word(13), 0xFD98_7193, 12)
        step(&c, d, b ^ (d & (a ^ b)), word(14), 0xA679_438E, 17)
        step(&b, c, a ^ (c & (d ^ a)), word(15), 0x49B4_0821, 22)
    }

    @inline(__always) private static func round2<Word: MD5Word>(
        _ a: inout Word, _ b: inout Word, _ c: inout Word, _ d: inout Word, _ word: (Int) -> Word
    ) {
        step(&a, b, c ^ (d & (b ^ c)), word(1), 0xF61E_2562, 5)
        step(&d, a, b ^ (c & (a ^ b)), word(6), 0xC040_B340, 9)
        step(&c, d, a ^ (b & (d ^ a)), word(11), 0x265E_5A51, 14)
        step(&b, c, d ^ (a & (c ^ d)), word(0), 0xE9B6_C7AA, 20)
        step(&a, b, c ^ (d & (b ^ c)), word(5), 0xD62F_105D, 5)
        step(&d, a, b ^ (c & (a ^ b)), word(10), 0x0244_1453, 9)
        step(&c, d, a ^ (b & (d ^ a)), word(15), 0xD8A1_E681, 14)
        step(&b, c, d ^ (a & (c ^ d)), word(4), 0xE7D3_FBC8, 20)
        step(&a, b, c ^ (d & (b ^ c)), word(9), 0x21E1_CDE6, 5)
        step(&d, a, b ^ (c & (a ^ b)), word(14), 0xC337_07D6, 9)
        step(&c, d, a ^ (b & (d ^ a)), word(3), 0xF4D5_0D87, 14)
        step(&b, c, d ^ (a & (c ^ d)), word(8), 0x455A_14ED, 20)
        step(&a, b, c ^ (d & (b ^ c)), word(13), 0xA9E3_E905, 5)
        step(&d, a, b ^ (c & (a ^ b)), word(2), 0xFCEF_A3F8, 9)
        step(&c, d, a ^ (b & (d ^ a)), word(7), 0x676F_02D9, 14)
        step(&b, c, d ^ (a & (c ^ d)), word(12), 0x8D2A_4C8A, 20)
    }

    @inline(__always) private static func round3<Word: MD5Word>(
        _ a: inout Word, _ b: inout Word, _ c: inout Word, _ d: inout Word, _ word: (Int) -> Word
    ) {
        step(&a, b, b ^ c ^ d, word(5), 0xFFFA_3942, 4)
        step(&d, a, a ^ b ^ c, word(8), 0x8771_F681, 11)
        step(&c, d, d ^ a ^ b, word(11), 0x6D9D_6122, 16)
        step(&b, c, c ^ d ^ a, word(14), 0xFDE5_380C, 23)
        step(&a, b, b ^ c ^ d, word(1), 0xA4BE_EA44, 4)
        step(&d, a, a ^ b ^ c, word(4), 0x4BDE_CFA9, 11)
        step(&c, d, d ^ a ^ b, word(7), 0xF6BB_4B60, 16)
        step(&b, c, c ^ d ^ a, word(10), 0xBEBF_BC70, 23)
        step(&a, b, b ^ c ^ d, word(13), 0x289B_7EC6, 4)
        step(&d, a, a ^ b ^ c, word(0), 0xEAA1_27FA, 11)
        step(&c, d, d ^ a ^ b, word(3), 0xD4EF_3085, 16)
        step(&b, c, c ^ d ^ a, word(6), 0x0488_1D05, 23)
        step(&a, b, b ^ c ^ d, word(9), 0xD9D4_D039, 4)
        step(&d, a, a ^ b ^ c, word(12), 0xE6DB_99E5, 11)
        step(&c, d, d ^ a ^ b, word(15), 0x1FA2_7CF8, 16)
        step(&b, c, c ^ d ^ a, word(2), 0xC4AC_5665, 23)
    }

    @inline(__always) private static func round4<Word: MD5Word>(
        _ a: inout Word, _ b: inout Word, _ c: inout Word, _ d: inout Word, _ word: (Int) -> Word
    ) {
        step(&a, b, c ^ (b | ~d), word(0), 0xF429_2244, 6)
        step(&d, a, b ^ (a | ~c), word(7), 0x432A_FF97, 10)
        step(&c, d, a ^ (d | ~b), word(14), 0xAB94_23A7, 15)
        step(&b, c, d ^ (c | ~a), word(5), 0xFC93_A039, 21)
        step(&a, b, c ^ (b | ~d), word(12), 0x655B_59C3, 6)
        step(&d, a, b ^ (a | ~c), word(3), 0x8F0C_CC92, 10)
        step(&c, d, a ^ (d | ~b), word(10), 0xFFEF_F47D, 15)
        step(&b, c, d ^ (c | ~a), word(1), 0x8584_5DD1, 21)
        step(&a, b, c ^ (b | ~d), word(8), 0x6FA8_7E4F, 6)
        step(&d, a, b ^ (a | ~c), word(15), 0xFE2C_E6E0, 10)
        step(&c, d, a ^ (d | ~b), word(6), 0xA301_4314, 15)
        step(&b, c, d ^ (c | ~a), word(13), 0x4E08_11A1, 21)
        step(&a, b, c ^ (b | ~d), word(4), 0xF753_7E82, 6)
        step(&d, a, b ^ (a | ~c), word(11), 0xBD3A_F235, 10)
        step(&c, d, a ^ (d | ~b), word(2), 0x2AD7_D2BB, 15)
        step(&b, c, d ^ (c | ~a), word(9), 0xEB86_D391, 21)
    }
}
