import Testing
import WarehouseBasics

@Suite struct BinaryTests {
    private func sample() -> ByteWriter {
        var writer = ByteWriter()
        writer.uint8(7)
        writer.uint16(0x1234)
        writer.uint32(0xDEAD_BEEF)
        writer.uint64(.max)
        writer.int32(-1)
        writer.int64(.min)
        writer.int128(Int128.min + 5)
        writer.double(-0.5)
        writer.bool(true)
        for value: UInt64 in [0, 127, 128, 1 << 63, .max] { writer.varint(value) }
        for value: Int64 in [0, -1, 63, .min, .max] { writer.signedVarint(value) }
        writer.string("Grüße")
        writer.optionalString(nil)
        writer.optionalString("x")
        writer.byteString([1, 2, 3])
        writer.list([10, 20]) { $0.uint8($1) }
        return writer
    }

    private func readSample(_ bytes: [UInt8]) throws {
        var reader = ByteReader(bytes, source: "the sample")
        #expect(try reader.uint8() == 7)
        #expect(try reader.uint16() == 0x1234)
        #expect(try reader.uint32() == 0xDEAD_BEEF)
        #expect(try reader.uint64() == .max)
        #expect(try reader.int32() == -1)
        #expect(try reader.int64() == .min)
        #expect(try reader.int128() == Int128.min + 5)
        #expect(try reader.double() == -0.5)
        #expect(try reader.bool())
        for value: UInt64 in [0, 127, 128, 1 << 63, .max] { #expect(try reader.varint() == value) }
        for value: Int64 in [0, -1, 63, .min, .max] { #expect(try reader.signedVarint() == value) }
        #expect(try reader.string() == "Grüße")
        #expect(try reader.optionalString() == nil)
        #expect(try reader.optionalString() == "x")
        #expect(try reader.byteString(limit: 3) == [1, 2, 3])
        #expect(try reader.list { (reader: inout ByteReader) throws(WarehouseError) in try reader.uint8() } == [10, 20])
        try reader.expectEnd()
    }

    @Test func whatIsWrittenIsRead() throws {
        try readSample(sample().bytes)
    }

    @Test func layoutIsLittleEndian() {
        var writer = ByteWriter()
        writer.uint32(0x0102_0304)
        writer.varint(300)
        writer.string("ab")
        #expect(writer.bytes == [4, 3, 2, 1, 0xAC, 0x02, 2, 97, 98])
        writer.patchUInt32(9, at: 0)
        #expect(writer.bytes[..<4] == [9, 0, 0, 0])
    }

    @Test func damagedBytesAreErrors() {
        func fails<T>(_ bytes: [UInt8], _ read: (inout ByteReader) throws(WarehouseError) -> T) {
            var reader = ByteReader(bytes, source: "the sample")
            do {
                _ = try read(&reader)
                Issue.record("read damaged bytes \(bytes)")
            } catch {
                #expect(error.code == ErrorKind.corrupt.code)
                #expect(error.message.hasPrefix("the sample is damaged"))
            }
        }
        fails([]) { (r: inout ByteReader) throws(WarehouseError) in try r.uint8() }
        fails([1, 2, 3]) { (r: inout ByteReader) throws(WarehouseError) in try r.uint32() }
        fails([2]) { (r: inout ByteReader) throws(WarehouseError) in try r.bool() }
        fails([0x80]) { (r: inout ByteReader) throws(WarehouseError) in try r.varint() }
        fails([UInt8](repeating: 0xFF, count: 10)) { (r: inout ByteReader) throws(WarehouseError) in try r.varint() }
        fails([5, 97]) { (r: inout ByteReader) throws(WarehouseError) in try r.string() }
        fails([2, 97, 98]) { (r: inout ByteReader) throws(WarehouseError) in try r.string(limit: 1) }
        fails([1, 0xFF]) { (r: inout ByteReader) throws(WarehouseError) in try r.string() }
        fails([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]) { (r: inout ByteReader) throws(WarehouseError) in
            try r.list { (r: inout ByteReader) throws(WarehouseError) in try r.uint8() }
        }
        fails([0]) { (r: inout ByteReader) throws(WarehouseError) in try r.expectEnd() }
    }

    @Test func everyTruncationIsAnError() {
        let bytes = sample().bytes
        for length in 0..<bytes.count {
            var reader = ByteReader(bytes[..<length], source: "s")
            #expect(throws: WarehouseError.self) {
                _ = try reader.raw(37 + 16)
                for _ in 0..<10 { _ = try reader.varint() }
                _ = try reader.string()
                _ = try reader.optionalString()
                _ = try reader.optionalString()
                _ = try reader.byteString()
                _ = try reader.raw(3)
            }
        }
    }
}
