/// SHA-1 and SHA-2 (FIPS 180-4): the SQL functions SHA1 and SHA2, and request signatures.
public enum SHA {
    /// Which function, by the length of its digest.
    public enum Variant: Int, Sendable {
        case sha1 = 20, sha224 = 28, sha256 = 32, sha384 = 48, sha512 = 64

        /// The SHA-2 function of 224, 256, 384 or 512 bits.
        public init?(bits: Int) {
            guard bits > 160, let variant = Variant(rawValue: bits / 8), bits % 8 == 0 else { return nil }
            self = variant
        }
    }

    /// The digest of `count` bytes, `variant.rawValue` bytes at `target`. Nothing is allocated: a million short texts
    /// took four times as long when each had arrays of its own.
    public static func write(
        _ variant: Variant, _ start: UnsafeRawPointer, count: Int, to target: UnsafeMutablePointer<UInt8>
    ) {
        switch variant {
        case .sha1: run(start, count, initial1, size: 20, compress1, target)
        case .sha224: run(start, count, initial224, size: 28, compress256, target)
        case .sha256: run(start, count, initial256, size: 32, compress256, target)
        case .sha384: run(start, count, initial384, size: 48, compress512, target)
        case .sha512: run(start, count, initial512, size: 64, compress512, target)
        }
    }

    /// The digest of `count` bytes.
    public static func digest(_ variant: Variant, _ start: UnsafeRawPointer, count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: variant.rawValue) { buffer, written in
            guard let target = buffer.baseAddress else { return }
            write(variant, start, count: count, to: target)
            written = variant.rawValue
        }
    }

    /// The digest of an array; `variant.rawValue` bytes.
    public static func digest(_ variant: Variant, _ bytes: [UInt8]) -> [UInt8] {
        (bytes + [0]).withUnsafeBytes { digest(variant, $0.baseAddress!, count: bytes.count) }
    }

    /// HMAC-SHA-256 (RFC 2104).
    public static func hmac256(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        var block = key.count > 64 ? digest(.sha256, key) : key
        block += [UInt8](repeating: 0, count: 64 - block.count)
        let inner = digest(.sha256, block.map { $0 ^ 0x36 } + message)
        return digest(.sha256, block.map { $0 ^ 0x5C } + inner)
    }

    /// What a function does with one block: the state, room for its 80 words, and the block's bytes.
    private typealias Compress<Word> = (UnsafeMutablePointer<Word>, UnsafeMutablePointer<Word>, UnsafeRawPointer) -> Void

    /// All blocks, then the rest with its padding. A block is 16 words, and the length at its end two.
    @inline(__always) private static func run<Word: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ start: UnsafeRawPointer, _ count: Int, _ initial: [Word], size: Int, _ compress: Compress<Word>,
        _ target: UnsafeMutablePointer<UInt8>
    ) {
        let wordSize = MemoryLayout<Word>.size, blockSize = wordSize * 16
        // The state, the words of a block, and the last one or two blocks.
        withUnsafeTemporaryAllocation(of: Word.self, capacity: 8 + 80 + 32) { buffer in
            guard let state = buffer.baseAddress else { return }
            let schedule = state + 8, tail = UnsafeMutableRawPointer(schedule + 80)
            for index in initial.indices { state[index] = initial[index] }
            let whole = count / blockSize * blockSize, rest = count - whole
            var offset = 0
            while offset < whole {
                compress(state, schedule, start + offset)
                offset += blockSize
            }
            let tailBytes = rest + 1 + 2 * wordSize <= blockSize ? blockSize : 2 * blockSize
            tail.initializeMemory(as: UInt8.self, repeating: 0, count: tailBytes)
            tail.copyMemory(from: start + whole, byteCount: rest)
            tail.storeBytes(of: 0x80, toByteOffset: rest, as: UInt8.self)
            tail.storeBytes(of: (UInt64(count) &* 8).bigEndian, toByteOffset: tailBytes - 8, as: UInt64.self)
            compress(state, schedule, tail)
            if tailBytes > blockSize { compress(state, schedule, tail + blockSize) }
            for index in initial.indices { state[index] = state[index].bigEndian }
            target.update(from: UnsafeRawPointer(state).assumingMemoryBound(to: UInt8.self), count: size)
        }
    }

    @inline(__always) private static func rotateRight<Word: FixedWidthInteger>(_ value: Word, _ bits: Word) -> Word {
        value >> bits | value << (Word(Word.bitWidth) &- bits)
    }

    private static func compress1(
        _ state: UnsafeMutablePointer<UInt32>, _ w: UnsafeMutablePointer<UInt32>, _ block: UnsafeRawPointer
    ) {
        for t in 0..<16 {
            w[t] = UInt32(bigEndian: block.loadUnaligned(fromByteOffset: t * 4, as: UInt32.self))
        }
        for t in 16..<80 { w[t] = rotateRight(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 31) }
        var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
        for t in 0..<80 {
            let mixed: UInt32, constant: UInt32
            switch t {
            case 0..<20: (mixed, constant) = (d ^ (b & (c ^ d)), 0x5A82_7999)
            case 20..<40: (mixed, constant) = (b ^ c ^ d, 0x6ED9_EBA1)
            case 40..<60: (mixed, constant) = ((b & c) | (d & (b | c)), 0x8F1B_BCDC)
            default: (mixed, constant) = (b ^ c ^ d, 0xCA62_C1D6)
            }
            let next = rotateRight(a, 27) &+ mixed &+ e &+ constant &+ w[t]
            (a, b, c, d, e) = (next, a, rotateRight(b, 2), c, d)
        }
        state[0] &+= a
        state[1] &+= b
        state[2] &+= c
        state[3] &+= d
        state[4] &+= e
    }

    private static func compress256(
        _ state: UnsafeMutablePointer<UInt32>, _ w: UnsafeMutablePointer<UInt32>, _ block: UnsafeRawPointer
    ) {
        for t in 0..<16 {
            w[t] = UInt32(bigEndian: block.loadUnaligned(fromByteOffset: t * 4, as: UInt32.self))
        }
        for t in 16..<64 {
            let x = w[t - 15], y = w[t - 2]
            let low = rotateRight(x, 7) ^ rotateRight(x, 18) ^ x >> 3
            let high = rotateRight(y, 17) ^ rotateRight(y, 19) ^ y >> 10
            w[t] = w[t - 16] &+ low &+ w[t - 7] &+ high
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        let constants = constants256
        for t in 0..<64 {
            let high = rotateRight(e, 6) ^ rotateRight(e, 11) ^ rotateRight(e, 25)
            let first = h &+ high &+ (g ^ (e & (f ^ g))) &+ constants[t] &+ w[t]
            let low = rotateRight(a, 2) ^ rotateRight(a, 13) ^ rotateRight(a, 22)
            let second = low &+ ((a & b) | (c & (a | b)))
            (h, g, f, e) = (g, f, e, d &+ first)
            (d, c, b, a) = (c, b, a, first &+ second)
        }
        add(a, b, c, d, to: state)
        add(e, f, g, h, to: state + 4)
    }

    private static func compress512(
        _ state: UnsafeMutablePointer<UInt64>, _ w: UnsafeMutablePointer<UInt64>, _ block: UnsafeRawPointer
    ) {
        for t in 0..<16 {
            w[t] = UInt64(bigEndian: block.loadUnaligned(fromByteOffset: t * 8, as: UInt64.self))
        }
        for t in 16..<80 {
            let x = w[t - 15], y = w[t - 2]
            let low = rotateRight(x, 1) ^ rotateRight(x, 8) ^ x >> 7
            let high = rotateRight(y, 19) ^ rotateRight(y, 61) ^ y >> 6
            w[t] = w[t - 16] &+ low &+ w[t - 7] &+ high
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        let constants = constants512
        for t in 0..<80 {
            let high = rotateRight(e, 14) ^ rotateRight(e, 18) ^ rotateRight(e, 41)
            let first = h &+ high &+ (g ^ (e & (f ^ g))) &+ constants[t] &+ w[t]
            let low = rotateRight(a, 28) ^ rotateRight(a, 34) ^ rotateRight(a, 39)
            let second = low &+ ((a & b) | (c & (a | b)))
            (h, g, f, e) = (g, f, e, d &+ first)
            (d, c, b, a) = (c, b, a, first &+ second)
        }
        add(a, b, c, d, to: state)
        add(e, f, g, h, to: state + 4)
    }

    @inline(__always) private static func add<Word: FixedWidthInteger>(
        _ a: Word, _ b: Word, _ c: Word, _ d: Word, to state: UnsafeMutablePointer<Word>
    ) {
        state[0] &+= a
        state[1] &+= b
        state[2] &+= c
        state[3] &+= d
    }

    private static let initial1: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
    private static let initial224: [UInt32] = [
        0xC105_9ED8, 0x367C_D507, 0x3070_DD17, 0xF70E_5939, 0xFFC0_0B31, 0x6858_1511, 0x64F9_8FA7, 0xBEFA_4FA4,
    ]
    private static let initial256: [UInt32] = [
        0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19,
    ]
    private static let initial384: [UInt64] = [
        0xCBBB_9D5D_C105_9ED8, 0x629A_292A_367C_D507, 0x9159_015A_3070_DD17, 0x152F_ECD8_F70E_5939,
        0x6733_2667_FFC0_0B31, 0x8EB4_4A87_6858_1511, 0xDB0C_2E0D_64F9_8FA7, 0x47B5_481D_BEFA_4FA4,
    ]
    private static let initial512: [UInt64] = [
        0x6A09_E667_F3BC_C908, 0xBB67_AE85_84CA_A73B, 0x3C6E_F372_FE94_F82B, 0xA54F_F53A_5F1D_36F1,
        0x510E_527F_ADE6_82D1, 0x9B05_688C_2B3E_6C1F, 0x1F83_D9AB_FB41_BD6B, 0x5BE0_CD19_137E_2179,
    ]
    private static let constants256: [UInt32] = [
        0x428A_2F98, 0x7137_4491, 0xB5C0_FBCF, 0xE9B5_DBA5, 0x3956_C25B, 0x59F1_11F1, 0x923F_82A4, 0xAB1C_5ED5,
        0xD807_AA98, 0x1283_5B01, 0x2431_85BE, 0x550C_7DC3, 0x72BE_5D74, 0x80DE_B1FE, 0x9BDC_06A7, 0xC19B_F174,
        0xE49B_69C1, 0xEFBE_4786, 0x0FC1_9DC6, 0x240C_A1CC, 0x2DE9_2C6F, 0x4A74_84AA, 0x5CB0_A9DC, 0x76F9_88DA,
        0x983E_5152, 0xA831_C66D, 0xB003_27C8, 0xBF59_7FC7, 0xC6E0_0BF3, 0xD5A7_9147, 0x06CA_6351, 0x1429_2967,
        0x27B7_0A85, 0x2E1B_2138, 0x4D2C_6DFC, 0x5338_0D13, 0x650A_7354, 0x766A_0ABB, 0x81C2_C92E, 0x9272_2C85,
        0xA2BF_E8A1, 0xA81A_664B, 0xC24B_8B70, 0xC76C_51A3, 0xD192_E819, 0xD699_0624, 0xF40E_3585, 0x106A_A070,
        0x19A4_C116, 0x1E37_6C08, 0x2748_774C, 0x34B0_BCB5, 0x391C_0CB3, 0x4ED8_AA4A, 0x5B9C_CA4F, 0x682E_6FF3,
        0x748F_82EE, 0x78A5_636F, 0x84C8_7814, 0x8CC7_0208, 0x90BE_FFFA, 0xA450_6CEB, 0xBEF9_A3F7, 0xC671_78F2,
    ]
    private static let constants512: [UInt64] = [
        0x428A_2F98_D728_AE22, 0x7137_4491_23EF_65CD, 0xB5C0_FBCF_EC4D_3B2F, 0xE9B5_DBA5_8189_DBBC,
        0x3956_C25B_F348_B538, 0x59F1_11F1_B605_D019, 0x923F_82A4_AF19_4F9B, 0xAB1C_5ED5_DA6D_8118,
        0xD807_AA98_A303_0242, 0x1283_5B01_4570_6FBE, 0x2431_85BE_4EE4_B28C, 0x550C_7DC3_D5FF_B4E2,
        0x72BE_5D74_F27B_896F, 0x80DE_B1FE_3B16_96B1, 0x9BDC_06A7_25C7_1235, 0xC19B_F174_CF69_2694,
        0xE49B_69C1_9EF1_4AD2, 0xEFBE_4786_384F_25E3, 0x0FC1_9DC6_8B8C_D5B5, 0x240C_A1CC_77AC_9C65,
        0x2DE9_2C6F_592B_0275, 0x4A74_84AA_6EA6_E483, 0x5CB0_A9DC_BD41_FBD4, 0x76F9_88DA_8311_53B5,
        0x983E_5152_EE66_DFAB, 0xA831_C66D_2DB4_3210, 0xB003_27C8_98FB_213F, 0xBF59_7FC7_BEEF_0EE4,
        0xC6E0_0BF3_3DA8_8FC2, 0xD5A7_9147_930A_A725, 0x06CA_6351_E003_826F, 0x1429_2967_0A0E_6E70,
        0x27B7_0A85_46D2_2FFC, 0x2E1B_2138_5C26_C926, 0x4D2C_6DFC_5AC4_2AED, 0x5338_0D13_9D95_B3DF,
        0x650A_7354_8BAF_63DE, 0x766A_0ABB_3C77_B2A8, 0x81C2_C92E_47ED_AEE6, 0x9272_2C85_1482_353B,
        0xA2BF_E8A1_4CF1_0364, 0xA81A_664B_BC42_3001, 0xC24B_8B70_D0F8_9791, 0xC76C_51A3_0654_BE30,
        0xD192_E819_D6EF_5218, 0xD699_0624_5565_A910, 0xF40E_3585_5771_202A, 0x106A_A070_32BB_D1B8,
        0x19A4_C116_B8D2_D0C8, 0x1E37_6C08_5141_AB53, 0x2748_774C_DF8E_EB99, 0x34B0_BCB5_E19B_48A8,
        0x391C_0CB3_C5C9_5A63, 0x4ED8_AA4A_E341_8ACB, 0x5B9C_CA4F_7763_E373, 0x682E_6FF3_D6B2_B8A3,
        0x748F_82EE_5DEF_B2FC, 0x78A5_636F_4317_2F60, 0x84C8_7814_A1F0_AB72, 0x8CC7_0208_1A64_39EC,
        0x90BE_FFFA_2363_1E28, 0xA450_6CEB_DE82_BDE9, 0xBEF9_A3F7_B2C6_7915, 0xC671_78F2_E372_532B,
        0xCA27_3ECE_EA26_619C, 0xD186_B8C7_21C0_C207, 0xEADA_7DD6_CDE0_EB1E, 0xF57D_4F7F_EE6E_D178,
        0x06F0_67AA_7217_6FBA, 0x0A63_7DC5_A2C8_98A6, 0x113F_9804_BEF9_0DAE, 0x1B71_0B35_131C_471B,
        0x28DB_77F5_2304_7D84, 0x32CA_AB7B_40C7_2493, 0x3C9E_BE0A_15C9_BEBC, 0x431D_67C4_9C10_0D4C,
        0x4CC5_D4BE_CB3E_42B6, 0x597F_299C_FC65_7E2A, 0x5FCB_6FAB_3AD6_FAEC, 0x6C44_198C_4A47_5817,
    ]
}
