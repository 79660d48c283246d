import Testing
import WarehouseBasics
import WarehouseIngest

@Suite struct CompressionTests {
    private func inflate(_ bytes: [UInt8], _ container: DeflateContainer = .gzip, piece: Int = .max) throws
        -> [UInt8]
    {
        try drain(InflateSource(MemorySource(bytes, pieceLimit: piece), container: container, fileName: "f.gz"))
    }

    @Test func readsWhatPythonCompressed() throws {
        for piece in [1, 7, Int.max] {
            #expect(try inflate(gzippedRows, piece: piece) == fixtureRows())
            #expect(try inflate(zlibRows, .zlib, piece: piece) == fixtureRows())
            #expect(try inflate(rawDeflateRows, .raw, piece: piece) == fixtureRows())
            #expect(try inflate(threeMembers, piece: piece) == Array("1,a\n2,b\n".utf8))
        }
    }

    @Test func everyTruncationIsAnError() throws {
        for length in 0..<gzippedRows.count {
            #expect(throws: WarehouseError.self) { try inflate(Array(gzippedRows[..<length])) }
        }
        for length in 0..<zlibRows.count {
            #expect(throws: WarehouseError.self) { try inflate(Array(zlibRows[..<length]), .zlib) }
        }
        do {
            _ = try inflate(Array(gzippedRows[..<100]))
            Issue.record("no error")
        } catch let error as WarehouseError {
            #expect(error.code == ErrorKind.corruptFile.code)
            #expect(error.message == "The gzip file 'f.gz' is damaged at byte 100: it ends too early; it was cut off.")
        }
    }

    @Test func flippedBitsNeverGiveOtherBytes() throws {
        for bit in 0..<gzippedRows.count * 8 {
            var damaged = gzippedRows
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            // The header's time, flags of the writer and system tell nothing of the content.
            if let bytes = try? inflate(damaged) { #expect(bytes == fixtureRows(), "bit \(bit)") }
        }
    }

    @Test func paddingAndGarbage() throws {
        #expect(try inflate(gzippedRows + [0, 0, 0, 0, 0]) == fixtureRows())
        for garbage: [UInt8] in [[1], [0x1F], [0x1F, 0x8B], Array("text".utf8), [0, 0, 7], [0x1F, 0x8B, 8, 0, 0]] {
            #expect(throws: WarehouseError.self) { try inflate(gzippedRows + garbage) }
        }
        #expect(throws: WarehouseError.self) { try inflate(zlibRows + [7], .zlib) }
    }

    @Test func sizeLimit() throws {
        let sink = MemorySink()
        let writer = try GzipWriter(to: sink)
        let zeros = [UInt8](repeating: 48, count: 1 << 20)
        try zeros.withUnsafeBytes { try writer.write($0) }
        try writer.finish()
        #expect(sink.bytes.count < 2000)
        func fails(_ message: String, _ change: (inout LoadLimits) -> Void) {
            var limits = LoadLimits()
            change(&limits)
            for engine in InflateEngine.allCases {
                let error = #expect(throws: WarehouseError.self) {
                    try drain(Decompression.open(
                        MemorySource(sink.bytes), .gzip, fileName: "bomb.gz", limits: limits, engine: engine), piece: 4096)
                }
                #expect(error?.code == ErrorKind.limitExceeded.code)
                #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
            }
        }
        fails("'bomb.gz' decompresses to more than 100000 bytes") { $0.decompressedBytes = 100_000 }
        fails("'bomb.gz' looks like a decompression bomb: ") { $0.expansionBytes = 500_000 }
        var limits = LoadLimits()
        limits.expansionBytes = 500_000
        limits.expansionRatio = 1100
        #expect(try drain(InflateSource(MemorySource(sink.bytes), fileName: "f", limits: limits)) == zeros)
    }

    @Test func writerMakesDeterministicMembers() throws {
        func compress(_ pieces: [[UInt8]]) throws -> [UInt8] {
            let sink = MemorySink()
            let writer = try GzipWriter(to: sink)
            for piece in pieces { try piece.withUnsafeBytes { try writer.write($0) } }
            try writer.finish()
            return sink.bytes
        }
        let once = try compress([fixtureRows()])
        #expect(once == (try compress([fixtureRows()])))
        #expect(Array(once[..<8]) == [0x1F, 0x8B, 8, 0, 0, 0, 0, 0])
        #expect(try inflate(once) == fixtureRows())
        #expect(try inflate(compress([])) == [])
        #expect(try inflate(compress([[1], [2, 3], []])) == [1, 2, 3])
    }

    @Test func detection() throws {
        func detect(_ bytes: [UInt8]) -> FileCompression { bytes.withUnsafeBytes { FileCompression.detect($0) } }
        #expect(detect(gzippedRows) == .gzip)
        #expect(detect(zlibRows) == .deflate)
        #expect(detect([0x28, 0xB5, 0x2F, 0xFD, 0]) == .zstandard)
        #expect(detect([0x04, 0x22, 0x4D, 0x18, 0x64]) == .lz4)
        #expect(detect([0x02, 0x21, 0x4C, 0x18, 0]) == .lz4)
        #expect(detect([0x5A, 0x2A, 0x4D, 0x18, 1, 0, 0, 0, 7]) == .lz4)
        #expect(detect(Array("BZh91AY".utf8)) == .bzip2)
        #expect(detect(Array("BZh,1\n".utf8)) == .none)
        #expect(detect([4, 0x22, 0x4D, 0x18]) == .lz4)
        #expect(detect([]) == .none)
        #expect(detect(Array("x^2,y\n".utf8)) == .none)
        #expect(detect(Array("x\u{1},b\n1\u{1}ä\n".utf8)) == .none)
        // Python's zlib.compress(b'', 1) and of b'1,2\n' * 3
        #expect(detect([0x78, 0x01, 0x03, 0, 0, 0, 0, 1]) == .deflate)
        #expect(detect([0x78, 0x01, 0x33, 0xD4, 0x31, 0xE2, 0x32, 0x84, 0x62, 0x00, 0x0C, 0x5A, 0x01, 0xCC]) == .deflate)
        #expect(
            try drain(Decompression.open(MemorySource(gzippedRows, pieceLimit: 1), .auto, fileName: "f"))
                == fixtureRows())
        #expect(try drain(Decompression.open(MemorySource([65]), .auto, fileName: "f")) == [65])
        #expect(try drain(Decompression.open(MemorySource([]), .auto, fileName: "f")) == [])
        for kind: FileCompression in [.bzip2, .brotli, .zstandard, .xz] {
            do {
                _ = try Decompression.open(MemorySource([1]), kind, fileName: "f.x")
                Issue.record("no error")
            } catch let error as WarehouseError {
                #expect(error.code == ErrorKind.unsupported.code)
                #expect(error.message.contains(kind.name))
            }
        }
        #expect(try FileCompression.named("gzip") == .gzip)
        #expect(try FileCompression.named("Auto_Detect") == .auto)
        #expect(throws: WarehouseError.self) { try FileCompression.named("ZIP") }
    }

    @Test func readingAheadGivesTheSame() throws {
        for buffer in [1, 3, 64, 1 << 20] {
            let inner = InflateSource(MemorySource(gzippedRows), fileName: "f")
            let source = try ReadAheadSource(inner, bufferBytes: buffer)
            #expect(try drain(source, piece: 17) == fixtureRows())
            #expect(try drain(source) == [])
        }
        // An error comes behind the bytes before it, and again when asked again.
        let cut = try ReadAheadSource(
            InflateSource(MemorySource(Array(gzippedRows.dropLast(3))), fileName: "f"), bufferBytes: 50)
        var got = 0
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 20, alignment: 1)
        defer { buffer.deallocate() }
        #expect(throws: WarehouseError.self) { while true { got += try cut.read(into: buffer) } }
        #expect(got == fixtureRows().count)
        #expect(throws: WarehouseError.self) { try cut.read(into: buffer) }
        // Dropped before its end: its thread stops.
        _ = try ReadAheadSource(InflateSource(MemorySource(gzippedRows), fileName: "f"), bufferBytes: 1)
    }

    @Test func loadsCompressedFiles() throws {
        for (bytes, kind) in [(gzippedRows, FileCompression.auto), (zlibRows, .auto), (rawDeflateRows, .rawDeflate)] {
            let columns = [
                LoadColumn(name: "A", type: .integer, fieldIndex: 0), LoadColumn(name: "B", type: .text, fieldIndex: 1),
                LoadColumn(name: "C", type: .integer, fieldIndex: 2),
            ]
            let loaded = try load(bytes, columns, quoted { $0.compression = kind })
            #expect(loaded.rows.count == 40)
            #expect(loaded.rows[39] == ["39", "name 0", "1521"])
        }
        #expect(throws: WarehouseError.self) {
            try loadText(Array(gzippedRows.dropLast()), fields: 1, quoted())
        }
    }
}
