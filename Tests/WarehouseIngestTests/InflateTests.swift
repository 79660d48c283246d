import CZlib
import Testing
import Trials
import WarehouseBasics
import WarehouseIngest

/// The package's own inflate against zlib, on a few of the cases that `torture readers` tries by the thousands.
@Suite struct InflateTests {
    @Test func answersAsZlib() {
        let report = InflateTrial.run(first: UInt64.random(in: 0...UInt64.max), count: 1200, lanes: 1)
        #expect(report.failures == [])
        #expect(report.effective > 200)
    }

    @Test func headersOfGzip() throws {
        let body = try InflateTrial.deflated([65, 66], .raw, level: 6, strategy: 0, memoryLevel: 8, window: 15)
        let trailer = Array(try InflateTrial.deflated([65, 66], .gzip, level: 6, strategy: 0, memoryLevel: 8, window: 15).suffix(8))
        for flags in UInt8.min...UInt8.max {
            var header: [UInt8] = [0x1F, 0x8B, 8, flags, 1, 2, 3, 4, 0, 3]
            if flags & 4 != 0 { header += [3, 0, 7, 0, 9] }
            if flags & 8 != 0 { header += Array("name".utf8) + [0] }
            if flags & 16 != 0 { header += Array("comment".utf8) + [0] }
            if flags & 2 != 0 {
                let check = crc32(0, header, UInt32(header.count))
                header += [UInt8(truncatingIfNeeded: check), UInt8(truncatingIfNeeded: check >> 8)]
            }
            let file = header + body + trailer
            let expected = try? InflateTrial.inflated(file, .gzip, .zlib)
            #expect((try? InflateTrial.inflated(file, .gzip, .native)) == expected, "flags \(flags)")
            #expect((expected != nil) == (flags & 0xE0 == 0))
        }
    }
}
