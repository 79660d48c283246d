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

    @Test func membersInflatedAheadAreThoseInOrder() {
        let report = MemberTrial.run(first: UInt64.random(in: 0...UInt64.max), count: 100, lanes: 2)
        #expect(report.failures == [])
        #expect(report.effective > 20)
    }

    /// What stands in a file's first region is never inflated ahead, the rest of this one is.
    @Test func manyMembersAreInflatedAhead() throws {
        let text = Array(repeating: Array("12345,text,2.5\n".utf8), count: 500).flatMap { $0 }
        let member = try InflateTrial.deflated(text, .gzip, level: 6, strategy: 0, memoryLevel: 8, window: 15)
        let file = Array(repeating: member, count: 300).flatMap { $0 }
        let source = InflateSource(
            MemorySource(file), fileName: "f", lookahead: MemberLookahead(threads: 2, regionBytes: 1000))
        #expect(try drain(source, piece: 5000) == Array(repeating: text, count: 300).flatMap { $0 })
        #expect(source.piecesFromAhead > 200)
        #expect(source.bytesConsumed == file.count)
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
