import WarehouseBasics

/// The code of an instant's part of the calendar, where codes change at instants known beforehand. Instants are cut into
/// cells of equal length, none with more than one change: a look-up is a shift and a comparison, with neither division
/// nor time zone. Sums by month of 20 million ratings on two threads took 56-60 ms instead of 64, in a zone 56 instead of
/// 114.
struct StepTable: Sendable {
    /// What one cell tells: the code before its change and from then on.
    struct Cell: Sendable {
        var change: Int64
        var before: Int32
        var after: Int32
    }

    let low: Int64
    /// The number of a cell is an instant's distance from `low`, shifted so far.
    let shift: UInt64
    let cells: [Cell]

    /// As many cells as fit a core's first cache beside what is read and written.
    private static let maximumCells = 2048

    /// `steps`: where each code begins, ascending, the first at the lowest instant that comes; `high`: the highest. Nil
    /// where the steps are too close for a small table.
    init?(_ steps: [(start: Int64, code: Int32)], high: Int64) {
        guard let first = steps.first, first.start <= high,
              case let (span, overflow) = high.subtractingReportingOverflow(first.start), !overflow else { return nil }
        low = first.start
        // The widest cells that are short enough.
        let gaps = zip(steps.dropFirst(), steps.dropFirst(2)).map { $1.start - $0.start }
        let shift = min(62, 63 - (max(1, gaps.min() ?? span)).leadingZeroBitCount)
        guard span >> shift < StepTable.maximumCells else { return nil }
        self.shift = UInt64(shift)
        var cells: [Cell] = [], next = 1
        for cell in 0...(span >> shift) {
            let end = (cell + 1).multipliedReportingOverflow(by: 1 << shift)
            let before = steps[next - 1].code
            guard next < steps.count, end.overflow || steps[next].start - low < end.partialValue else {
                cells.append(Cell(change: .max, before: before, after: before))
                continue
            }
            cells.append(Cell(change: steps[next].start, before: before, after: steps[next].code))
            next += 1
        }
        self.cells = cells
    }

    /// Writes the code of each value; false where one lies outside of the cells.
    @inline(__always)
    func find(_ out: UnsafeMutablePointer<Int32>, _ count: Int, _ value: (Int) -> Int64) -> Bool {
        let low = low, shift = shift
        return cells.withUnsafeBufferPointer { cells in
            let cellCount = UInt64(cells.count)
            for row in 0..<count {
                let value = value(row), index = UInt64(bitPattern: value &- low) &>> shift
                guard index < cellCount else { return false }
                let cell = cells[Int(truncatingIfNeeded: index)]
                out[row] = value < cell.change ? cell.before : cell.after
            }
            return true
        }
    }
}

extension StepTable {
    /// The steps of the codes of local days between two instants, both in ticks of the clock. The table is of units of so
    /// many ticks, no longer than a second, of which the first instant is a multiple.
    init?(_ codes: DayTable.Codes, clock: LocalClock, zone: TimeZoneRules, from low: Int64, through high: Int64,
          unit: Int64 = 1) {
        guard clock.kind == .ntz || clock.kind == .ltz, low <= high, codes.values.count <= StepTable.maximumCells else {
            return nil
        }
        var clock = clock
        let perSecond = Ticks.perSecond(clock.scale)
        let offsets = clock.kind == .ntz ? [(start: Int64.min, offset: Int32(0))]
            : zone.offsets(from: low / perSecond - 1, through: high / perSecond + 1)
        // Codes change with some days, by any of the offsets, or when the offset does.
        var candidates = [low] + offsets.compactMap { $0.start.ticks(perSecond) }
        let distinct = Set(offsets.map(\.offset))
        for (index, code) in codes.codes.enumerated() where index > 0 && code != codes.codes[index - 1] {
            let day = Int64(codes.low + index) * 86_400
            for offset in distinct { if let start = (day - Int64(offset)).ticks(perSecond) { candidates.append(start) } }
        }
        var steps: [(start: Int64, code: Int32)] = []
        for start in candidates.sorted() where start >= low && start <= high {
            let index = clock.local(start).day - codes.low
            guard codes.codes.indices.contains(index) else { return nil }
            if steps.last?.code != codes.codes[index] { steps.append((start, codes.codes[index])) }
        }
        self.init(steps.map { step in
            let (units, rest) = Ticks.floorDivide(step.start, by: unit)
            return (rest > 0 ? units + 1 : units, step.code)
        }, high: Ticks.floorDivide(high, by: unit).quotient)
    }
}

extension Int64 {
    /// Seconds as ticks; nil past 64 bits.
    fileprivate func ticks(_ perSecond: Int64) -> Int64? {
        let (ticks, overflow) = multipliedReportingOverflow(by: perSecond)
        return overflow ? nil : ticks
    }
}
