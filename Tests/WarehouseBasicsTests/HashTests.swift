import Testing
import WarehouseBasics

@Suite struct HashTests {
    /// Length, hash with seed 0, hash with seed 0x9E3779B1 of the bytes 0, 1, 2…; from a transcription of the XXH64
    /// specification that gives the published hashes of "" and "abc".
    @Test(arguments: [
        (0, 0xef46db3751d8e999, 0xac75fda2929b17ef),
        (1, 0xe934a84adb052768, 0x5014607643a9b4c3),
        (3, 0xe5c7bb4533bc65dd, 0x47aa45ed39ed5541),
        (4, 0xffced8604453cc1e, 0xb8f1a51893fa14e6),
        (7, 0x14cc643f630c72d2, 0x13f31c4a8e5f8252),
        (8, 0x884a173614b81b8d, 0xcb74ef9d044dcf44),
        (15, 0xa948f5f0f6abac2d, 0x04ae9246817c4b6b),
        (31, 0xc346d2b59b4d8ee1, 0x71969c89a30a986a),
        (32, 0xcbf59c5116ff32b4, 0x7181354774e0d600),
        (33, 0x0c535d1acafb8ead, 0x57bd8ad0a0390e6d),
        (63, 0xe26aa9e2a95f8e4f, 0x892362045c7badfb),
        (100, 0x6ac1e58032166597, 0x8832442a88284f11),
        (256, 0x1facbe8406cd904b, 0xd48195f45908996c),
    ] as [(Int, UInt64, UInt64)])
    func xxh64(count: Int, plain: UInt64, seeded: UInt64) {
        let bytes = (0..<count).map { UInt8($0) }
        #expect(Hash64.bytes(bytes) == plain)
        #expect(Hash64.bytes(bytes, seed: 0x9E37_79B1) == seeded)
        for piece in [1, 5, 31, 32, 33, 64] {
            var stream = Hash64Stream()
            for start in stride(from: 0, to: count, by: piece) {
                stream.update(Array(bytes[start..<min(start + piece, count)]))
            }
            #expect(stream.value == plain)
        }
    }

    @Test func mixersHonourSQLEquality() {
        #expect(Hash64.bytes(Array("abc".utf8)) == 0x44BC_2CF5_AD77_0999)
        #expect(Hash64.mix(0.0) == Hash64.mix(-0.0))
        #expect(Hash64.mix(Double.nan) == Hash64.mix(-Double.nan))
        #expect(Hash64.mix(Int128(-7)) == Hash64.mix(Int64(-7)))
        #expect(Hash64.mix(Int128(Int64.max)) == Hash64.mix(Int64.max))
        #expect(Hash64.mix(Int128(1) << 64) != Hash64.mix(Int128(1)))
        #expect(Hash64.combine(1, 2) != Hash64.combine(2, 1))
    }

    /// RFC 1321, appendix A.5, and the snapshot hashes that spec and published runs share.
    @Test(arguments: [
        ("", "d41d8cd98f00b204e9800998ecf8427e"),
        ("a", "0cc175b9c0f1b6a831c399e269772661"),
        ("abc", "900150983cd24fb0d6963f7d28e17f72"),
        ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
        ("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
        ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"),
        (String(repeating: "1234567890", count: 8), "57edf4a22be3c955ac49da2e2107b67a"),
        ("18|4141|Mark Waters Returns|2026-01-04 11:12:43.000", "363a409d683c96e0c4d5cf1961441751"),
        ("18|4141|Mark Waters|2009-04-24 11:19:40.000", "35a3a9d4993c8b770886e10f3d201ba0"),
    ])
    func md5(text: String, expected: String) {
        let digest = MD5.digest(text)
        #expect(digest.hex == expected)
        var hex = [UInt8](repeating: 0, count: 32)
        digest.writeHex(to: &hex)
        #expect(String(decoding: hex, as: UTF8.self) == expected)
    }

    @Test func md5AroundBlockBorders() {
        // md5 of n letters x, from Python's hashlib.
        let expected: [Int: String] = [
            55: "04364420e25c512fd958a70738aa8f72",
            56: "668a72d5ba17f08e62dabcafad6db14b",
            63: "7dc2ca208106a2f703567bdff99d8981",
            64: "c1bb4f81d892b2d57947682aeb252456",
            65: "1bc932052302d074bdec39795fe00cf6",
            119: "ab347a5f68c8a443cfcddc633f12c24f",
            120: "fb98667f98096de92620b64f46e1c5b5",
            1000: "398533d48111e9f664b1f64cb10c4b63",
        ]
        for (count, hex) in expected {
            #expect(MD5.digest(String(repeating: "x", count: count)).hex == hex)
        }
    }

    @Test func hexadecimal() {
        var out = [UInt8](repeating: 0, count: 3)
        #expect(HexText.parse(Array("00aFfe".utf8), count: 6, to: &out))
        #expect(out == [0, 0xAF, 0xFE])
        #expect(!HexText.parse(Array("0".utf8), count: 1, to: &out))
        #expect(!HexText.parse(Array("0g".utf8), count: 2, to: &out))
        #expect(HexText.string(out) == "00affe")
        #expect(HexText.string(out, uppercase: true) == "00AFFE")
    }
}
