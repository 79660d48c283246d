import Testing
import WarehouseBasics
import WarehouseColumns
import WarehousePlan
@testable import WarehouseEngine
@testable import WarehouseStorage

/// Filters that a join's build side gives to scans, against sets.
@Suite struct DynamicFilterTests {
    private func filter(_ keys: [Int64?], narrow: Bool = false, probing range: ValueRange? = nil) -> DynamicFilter {
        let buffer = ColumnBuffer(narrow ? .int32 : .int64)
        for key in keys { if let key { buffer.append(integer: Int128(key)) } else { buffer.appendNull() } }
        let filter = DynamicFilter(probing: range)
        filter.fill(buffer)
        return filter
    }

    private func kept(_ vector: Vector, _ filter: DynamicFilter, _ rows: [Int32]?) -> [Int32] {
        var list = rows ?? Array(repeating: 0, count: vector.count)
        let count = list.withUnsafeMutableBufferPointer {
            DynamicFilterKernel.refine(vector, filter, $0.baseAddress!, $0.count, isAll: rows == nil)
        }
        return Array(list.prefix(count))
    }

    @Test(arguments: [true, false]) func flatRowsAreKeptByTheirKeys(narrow: Bool) {
        let keys: [Int64?] = [5, nil, 64, 63, -7, 1000, 5]
        let filter = filter(keys, narrow: narrow)
        let values: [Int64?] = [-8, -7, 0, 5, 6, 63, 64, 65, nil, 999, 1000, 1001, nil, 2_000_000, -2_000_000]
        let buffer = ColumnBuffer(narrow ? .int32 : .int64)
        for value in values { if let value { buffer.append(integer: Int128(value)) } else { buffer.appendNull() } }
        let vector = buffer.vector()
        let wanted = values.indices.filter { values[$0] != nil && keys.contains(values[$0]) }.map { Int32($0) }
        #expect(kept(vector, filter, nil) == wanted)
        #expect(kept(vector, filter, [1, 2, 8, 10, 14]) == [1, 10])
    }

    @Test(arguments: [ComparisonOperator.less, .lessOrEqual, .greater, .greaterOrEqual], [true, false])
    func rangesKeepWhatSomeValueMatches(op: ComparisonOperator, narrow: Bool) {
        let values: [Int64] = narrow ? [-9, -1, 0, 1, 4, 5, 6, Int64(Int32.min), Int64(Int32.max)]
            : [-9, -1, 0, 1, 4, 5, 6, .min, .min + 1, .max, .max - 1]
        let buffer = ColumnBuffer(narrow ? .int32 : .int64)
        for value in values { buffer.append(integer: Int128(value)) }
        buffer.appendNull()
        let vector = buffer.vector()
        let sides: [[Int128?]] = [[], [nil], [0], [5, nil, -1], [Int128(Int64.max)], [Int128(Int64.min)],
                                  [1 << 70], [-(1 << 70)], [-(1 << 70), 3, 1 << 70]]
        for side in sides {
            let others = ColumnBuffer(.int128)
            for value in side { if let value { others.append(integer: value) } else { others.appendNull() } }
            let filter = DynamicFilter(probing: nil)
            filter.fillRange(op, others)
            #expect(filter.isActive)
            let wanted = values.indices.filter { index in
                side.contains { other in
                    guard let other else { return false }
                    let value = Int128(values[index])
                    return switch op {
                    case .less: value < other
                    case .lessOrEqual: value <= other
                    case .greater: value > other
                    default: value >= other
                    }
                }
            }.map { Int32($0) }
            #expect(kept(vector, filter, nil) == wanted, "\(op.rawValue) \(side)")
        }
    }

    @Test func extremesDoNotOverflow() {
        let filter = filter([.min, 0, .max])
        // Too far apart for bits: only the bounds count, and they rule nothing out.
        #expect(filter.isActive && filter.bits == nil)
        let near = self.filter([.max - 3, .max])
        let buffer = ColumnBuffer(.int64)
        for value in [Int64.min, -1, 0, .max - 4, .max - 3, .max - 1, .max] { buffer.append(integer: Int128(value)) }
        #expect(kept(buffer.vector(), near, nil) == [4, 6])
        let low = self.filter([.min, .min + 2])
        #expect(kept(buffer.vector(), low, nil) == [0])
    }

    @Test func constantsRunsAndDictionaries() {
        let filter = filter([3, 9])
        let constant = Vector(.int64, capacity: 1)
        constant.beginConstant(rows: 4)
        constant.int64s[0] = 9
        #expect(kept(constant, filter, nil) == [0, 1, 2, 3])
        constant.int64s[0] = 8
        #expect(kept(constant, filter, nil) == [])
        let entries = ColumnBuffer(.int32)
        for value in [3, 4, 9] { entries.append(integer: Int128(value)) }
        let coded = Vector(.int32, capacity: 1)
        coded.beginDictionary(entries.vector(), count: 5)
        for (row, code) in [Int32(2), 1, 0, 1, 2].enumerated() { coded.codes[row] = code }
        coded.setNull(4)
        #expect(kept(coded, filter, nil) == [0, 2])
    }

    @Test func aFilterOfNearlyAllKeysIsLeftOut() {
        let range = ValueRange(0, 99)
        #expect(!filter((0..<100).map { $0 }, probing: range).isActive)
        #expect(filter((0..<20).map { $0 * 5 }, probing: range).isActive)
        #expect(filter((0..<50).map { $0 }, probing: range).isActive)
    }

    @Test func zonesOutsideAreNotAdmitted() {
        let filter = filter([10, 20])
        #expect(filter.admits(ZoneRange(low: 20, high: 30, hasNulls: false)))
        #expect(filter.admits(ZoneRange(low: 0, high: 10, hasNulls: true)))
        #expect(!filter.admits(ZoneRange(low: 21, high: 30, hasNulls: true)))
        #expect(!filter.admits(ZoneRange(low: 1, high: 0, hasNulls: true)))
        #expect(filter.admits(nil))
        #expect(!self.filter([nil]).admits(ZoneRange(low: 0, high: 5, hasNulls: false)))
    }
}
