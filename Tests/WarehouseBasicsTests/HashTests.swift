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

    /// From Python's hashlib.
    @Test(arguments: [
        (.sha1, "",
            "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        (.sha224, "",
            "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f"),
        (.sha256, "",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (.sha384, "",
            "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da"
            + "274edebfe76f65fbd51ad2f14898b95b"),
        (.sha512, "",
            "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
            + "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"),
        (.sha1, "abc",
            "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (.sha224, "abc",
            "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"),
        (.sha256, "abc",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (.sha384, "abc",
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
            + "8086072ba1e7cc2358baeca134c825a7"),
        (.sha512, "abc",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"),
        (.sha256, String(repeating: "x", count: 55),
            "d5e285683cd4efc02d021a5c62014694958901005d6f71e89e0989fac77e4072"),
        (.sha512, String(repeating: "x", count: 55),
            "db9981645857e59805132f7699e78bbcf39f69380a41aac8e6fa158a0593f201"
            + "7ffe48764687aa855dae3023fcceefd51a1551d57730423df18503e80ba381ba"),
        (.sha256, String(repeating: "x", count: 56),
            "04c26261370ee7541549d16dee320c723e3fd14671e66a099afe0a377c16888e"),
        (.sha512, String(repeating: "x", count: 56),
            "a9436ec7761f9f0d5fa48e652d72b54622f763b36106e6551900b32f6cd7f4d8"
            + "8dbeaadeb866d7f5311663eda3bbcda04ffb5a8e6779e14b84e95da5327c083e"),
        (.sha256, String(repeating: "x", count: 111),
            "5ba60613dba318e9ed9020301e5dc59c721c19d82862e4d03718708aa75d2bad"),
        (.sha512, String(repeating: "x", count: 111),
            "9a2a120825c2319867758ec277924f6faa254968bf752046dacdd948d8ad299b"
            + "10359fd04bfd7d3810b5fa1b16a294236138baff981cbb85248478053ac4d3dd"),
        (.sha256, String(repeating: "x", count: 112),
            "87bf6e70ecc829aa717756ac6797b82de8b30fca1281ea1659df31949839fc6b"),
        (.sha512, String(repeating: "x", count: 112),
            "a3722b515ef40c910f2419f6e0da8ca51d410114ce6272faae64045f9e9f630e"
            + "7fa8dd5a3243c9860b899d148c3da4bc0f9e07454542604d030bb55531fe0d5b"),
        (.sha256, String(repeating: "x", count: 200),
            "aa20c23e3201834050679e1d88941b9a6fed0557c9a705cb2c315e2e63fd486d"),
        (.sha512, String(repeating: "x", count: 200),
            "ef978e23dc520404ae16fd17bde9ee5945610d671551d6863a5ffbc99433fc72"
            + "6726e51f989b886191be9325b8f8b03b1a63fe3e5eff23d126c2f41f07d2bf87"),
    ] as [(SHA.Variant, String, String)])
    func sha(variant: SHA.Variant, text: String, expected: String) {
        #expect(HexText.string(SHA.digest(variant, Array(text.utf8))) == expected)
    }

    @Test func hmac() {
        // RFC 4231, test case 2.
        let digest = SHA.hmac256(key: Array("Jefe".utf8), Array("what do ya want for nothing?".utf8))
        #expect(HexText.string(digest) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        #expect(SHA.Variant(bits: 256) == .sha256)
        #expect(SHA.Variant(bits: 160) == nil)
        #expect(SHA.Variant(bits: 257) == nil)
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
