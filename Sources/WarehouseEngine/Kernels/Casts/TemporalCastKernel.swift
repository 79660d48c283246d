import WarehouseBasics
import WarehouseColumns

/// Between DATE, TIME and the timestamps: by the wall clock, except between LTZ and TZ, which keep the instant.
final class TemporalCastKernel: ScalarKernel {
    private var source: LocalClock
    private var target: LocalClock
    private let from: PhysicalType
    private let to: PhysicalType

    /// `from` is int64 or int128; `to` may be int32 for DATE.
    init(_ source: LocalClock, _ target: LocalClock, from: PhysicalType, to: PhysicalType) {
        self.source = source
        self.target = target
        self.from = from
        self.to = to
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        if from == .int64 { convert(Argument<Int64>(inputs[0]), output, count) }
        else { convert(Argument<Int128>(inputs[0]), output, count) }
    }

    @inline(__always) private func convert<T: TickInteger>(_ values: Argument<T>, _ output: Vector, _ count: Int) {
        var source = source, target = target
        defer { (self.source, self.target) = (source, target) }
        if target.kind == .date {
            let out = output.int32s
            output.forEachValid(count) { row in
                out[row] = Int32(truncatingIfNeeded: source.local(values[row]).day)
            }
        } else if to == .int64 {
            let out = output.int64s
            output.forEachValid(count) { row in
                out[row] = Int64(truncatingIfNeeded: TemporalConversion.convert(values[row], &source, &target))
            }
        } else {
            let out = output.int128s
            output.forEachValid(count) { row in out[row] = TemporalConversion.convert(values[row], &source, &target) }
        }
    }
}

/// One value of time in another type of time.
enum TemporalConversion {
    /// A finer tick is cut; a coarser one gains zeros. Between LTZ and TZ the instant stays, else the wall clock.
    @inline(__always)
    static func convert<T: TickInteger>(_ value: T, _ source: inout LocalClock, _ target: inout LocalClock) -> Int128 {
        let local = source.local(value)
        let tick = Ticks.rescale(local.tick, from: source.scale, to: target.scale) ?? 0
        let moved = DayTicks(day: local.day, tick: tick)
        switch (source.kind, target.kind) {
        case (.tz, .tz), (.ltz, .tz): return target.value(moved, offsetMinutes: source.offsetSeconds / 60)
        case (.tz, .ltz), (.ltz, .ltz):
            let offset = Int128(source.offsetSeconds) &* Int128(Ticks.perSecond(target.scale))
            return moved.ticks(scale: target.scale) &- offset
        case (_, .tz): return target.value(moved, offsetMinutes: target.sessionOffsetMinutes(moved))
        default: return target.value(moved)
        }
    }
}
