import Testing
@testable import MiniWarehouse
import WarehouseStorage

@Suite struct RowAddressSetTests {
    /// As a set of addresses, whatever their order and segment.
    @Test func holdsWhatASetHolds() {
        var random = SystemRandomNumberGenerator()
        var rows = RowAddressSet(), wanted: Set<Int64> = []
        for _ in 0..<20_000 {
            let address = RowID.pack(segment: UInt32.random(in: 1...5, using: &random), row: Int.random(in: 0...9_000, using: &random))
            #expect(rows.contains(address) == wanted.contains(address))
            #expect(rows.insert(address) == wanted.insert(address).inserted)
        }
        #expect(rows.count == wanted.count)
        #expect(!rows.contains(RowID.pack(segment: 9, row: 1)))
        #expect(!rows.contains(RowID.pack(segment: 1, row: 1 << 20)))
        var all: [Int64] = []
        rows.forEachSegment { addresses in
            #expect(Set(addresses.map(RowID.segment)).count == 1)
            all += addresses
        }
        #expect(all == wanted.sorted())
    }
}
