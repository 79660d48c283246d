import Testing
@testable import WarehouseColumns

@Suite struct PageMemoryTests {
    @Test(arguments: [0, 1, 4096, PageMemory.smallest - 1, PageMemory.smallest, PageMemory.smallest + 1, 7 << 20])
    func everyByteIsThere(byteCount: Int) {
        let blocks = (0..<3).map { _ in PageMemory.allocate(max(1, byteCount)) }
        for (number, block) in blocks.enumerated() {
            #expect(UInt(bitPattern: block) % 16 == 0)
            block.initializeMemory(as: UInt8.self, repeating: UInt8(number + 1), count: byteCount)
        }
        for (number, block) in blocks.enumerated() {
            let bytes = UnsafeRawBufferPointer(start: block, count: byteCount)
            #expect(bytes.allSatisfy { $0 == UInt8(number + 1) })
            PageMemory.deallocate(block, max(1, byteCount))
        }
        PageMemory.returnUnused()
    }

    /// A column that grew by doubling and is trimmed holds what it held, takes more rows, and counts less.
    @Test(arguments: [1000, 300_000, 530_000, 1_100_000, 1_700_000])
    func trimmedColumnsKeepTheirRows(rows: Int) {
        let column = ColumnBuffer(.int64)
        for row in 0..<rows { column.append(integer: Int128(row)) }
        let before = column.allocatedBytes
        column.trim()
        #expect(column.allocatedBytes <= before)
        if before >= 2 * PageMemory.smallest { #expect(column.allocatedBytes <= rows * 8 + before / 4) }
        #expect((0..<rows).allSatisfy { column.int64s[$0] == Int64($0) })
        column.appendNull()
        for row in 0..<rows { column.append(integer: Int128(-row)) }
        #expect(column.count == 2 * rows + 1 && column.isNull(rows) && column.nullCount == 1)
        #expect((0..<rows).allSatisfy { column.int64s[$0] == Int64($0) && column.int64s[rows + 1 + $0] == -Int64($0) })
    }
}
