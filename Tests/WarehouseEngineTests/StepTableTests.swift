import Testing
import WarehouseBasics
@testable import WarehouseEngine

/// Codes of instants by cells are those that the clock and the calendar give, value by value.
@Suite struct StepTableTests {
    private static let parts: [DateTimePart] = [.month, .week, .weekISO, .quarter, .year]

    @Test(arguments: ["UTC", "America/Los_Angeles", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Casablanca",
                      "America/Sao_Paulo"], [0, 3, 9])
    func codesOfLocalParts(zone: String, scale: Int) throws {
        let rules = try TimeZoneRules.load(zone)
        for kind in [TemporalKind.ltz, .ntz] {
            for part in StepTableTests.parts { try check(part, LocalClock(kind, scale: scale, zone: rules), rules) }
        }
    }

    /// Clocks that went back at 00:01 on the first of a month had three changes of month within an hour: no small table
    /// holds that, and the days' own table is used.
    @Test func changesTooClose() throws {
        let rules = try TimeZoneRules.load("America/St_Johns")
        let clock = LocalClock(.ltz, scale: 0, zone: rules)
        let november: Int64 = 1_257_033_600  // 2009-11-01 00:00 UTC
        let codes = try #require(makeCodes(.month, clock, november - 9_000_000, november + 9_000_000))
        #expect(StepTable(codes, clock: clock, zone: rules, from: november - 8_000_000, through: november + 8_000_000) == nil)
        // Days of many years do not fit either.
        let days = try #require(makeCodes(.day, clock, 0, 600_000_000))
        #expect(StepTable(days, clock: clock, zone: rules, from: 0, through: 600_000_000) == nil)
    }

    @Test func instantsThatWereNotExpected() throws {
        let steps = try #require(StepTable([(100, 0), (200, 1), (450, 0)], high: 500))
        var codes = [Int32](repeating: -1, count: 5)
        let known: [Int64] = [100, 199, 200, 449, 450]
        #expect(codes.withUnsafeMutableBufferPointer { steps.find($0.baseAddress!, 5) { known[$0] } })
        #expect(codes == [0, 0, 1, 1, 0])
        for other in [Int64(99), .min, .max, 5_000] {
            #expect(!codes.withUnsafeMutableBufferPointer { steps.find($0.baseAddress!, 1) { _ in other } })
        }
    }

    private func makeCodes(_ part: DateTimePart, _ clock: LocalClock, _ low: Int64, _ high: Int64) -> DayTable.Codes? {
        let days = ValueRange(Int128(low / 86_400 - 2), Int128(high / 86_400 + 2))
        let table = TruncateKernel.makeTable(part, clock: clock, weeks: WeekRules(), days: days, to: .int64)
        return TruncateKernel.makeCodes(part, clock: clock, table: table, lowest: nil, to: .int64)
    }

    private func check(_ part: DateTimePart, _ clock: LocalClock, _ rules: TimeZoneRules) throws {
        let seed = UInt64.random(in: 1...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let low = Int64.random(in: 500_000_000...900_000_000, using: &random)
        let high = low + Int64.random(in: 1...600_000_000, using: &random)
        let codes = try #require(makeCodes(part, clock, low, high)), perSecond = Ticks.perSecond(clock.scale)
        let steps = try #require(
            StepTable(codes, clock: clock, zone: rules, from: low * perSecond, through: high * perSecond),
            "\(part), seed \(seed)")
        var instants = (0..<2_000).map { _ in Int64.random(in: low * perSecond...high * perSecond, using: &random) }
        // Beside the changes themselves.
        for cell in steps.cells where cell.change != .max { instants += [cell.change - 1, cell.change] }
        instants += [low * perSecond, high * perSecond]
        var found = [Int32](repeating: -1, count: instants.count), clock = clock
        let count = found.count
        #expect(found.withUnsafeMutableBufferPointer { steps.find($0.baseAddress!, count) { instants[$0] } }, "seed \(seed)")
        for (instant, code) in zip(instants, found) {
            let first = DateTimeArithmetic.truncate(days: clock.local(instant).day, to: part, weeks: WeekRules())
            let value = Int64(truncatingIfNeeded: clock.value(DayTicks(day: first, tick: 0)))
            #expect(codes.values[Int(code)] == value, "\(part) of \(instant), seed \(seed)")
        }
    }
}
