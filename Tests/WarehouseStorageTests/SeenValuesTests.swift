import Testing
import Trials
@testable import WarehouseStorage

@Suite struct SeenValuesTests {
    /// Chunks of values that stay in the window, leave it, return, and lie at the ends of all integers: the sketch is that
    /// of all values, however often they were passed over.
    @Test(arguments: 0..<20) func passesOverNothingNew(seed: Int) {
        var random = SeededRandom(UInt64(seed) + 7)
        let seen = SeenValues()
        var quick = DistinctSketch(), plain = DistinctSketch()
        let centres: [Int64] = [0, 100_000, 300_000, -5_000_000, .min, .max, .min + 200_000, .max - 200_000, 1 << 40]
        for _ in 0..<30 {
            let centre = centres[random.below(centres.count)], width = [1, 900, 130_000, 262_144, 400_000][random.below(5)]
            let values = (0..<2000).map { _ -> Int64 in
                let step = Int64(random.below(width)), (sum, overflow) = centre.addingReportingOverflow(step)
                return overflow ? centre - step : sum
            }
            let low = values.min() ?? 0, high = values.max() ?? 0
            plain.insert(values, count: values.count)
            if seen.cover(low, high) {
                seen.insert(values, count: values.count, into: &quick)
            } else {
                #expect(UInt64(bitPattern: high &- low) >= 1 << 17)
                quick.insert(values, count: values.count)
            }
            #expect(quick == plain)
        }
    }

    /// The same number in fewer bits is the same to a sketch.
    @Test func widthsAreEqual() {
        let wide: [Int64] = [-5, 0, 7, -2_147_483_648, 2_147_483_647], narrow = wide.map { Int32($0) }
        var a = DistinctSketch(), b = DistinctSketch()
        a.insert(wide, count: wide.count)
        b.insert(narrow, count: narrow.count)
        #expect(a == b)
    }
}
