import WarehouseBasics
import WarehouseColumns

/// Writes values as VARCHAR.
class TextFormatKernel: ScalarKernel {
    /// Calls `write` for every row that is not null, with room for `maximum` bytes; it returns the bytes written.
    @inline(__always) final func format(
        _ output: Vector, _ count: Int, maximum: Int, _ write: (Int, UnsafeMutablePointer<UInt8>) -> Int
    ) {
        let out = output.strings, arena = output.arena
        output.forEachValid(count) { row in
            let bytes = arena.allocate(maximum)
            let length = write(row, bytes)
            arena.giveBack(maximum &- length)
            out[row] = StringView(bytes, count: length)
        }
    }
}

/// NUMBER to VARCHAR: exactly `scale` digits behind the point.
final class NumberToTextKernel: TextFormatKernel {
    private let scale: Int
    private let width: PhysicalType
    init(scale: Int, width: PhysicalType) {
        self.scale = scale
        self.width = width
    }

    /// Neighbours of one value share its text: a key that a table is ordered by comes in runs.
    private func write(_ values: Argument<Int64>, into output: Vector, _ count: Int) {
        let scale = scale, out = output.strings, arena = output.arena
        var known = Int64.min, text = StringView.empty
        output.forEachValid(count) { row in
            let value = values[row]
            if value != known || text.count == 0 {
                let bytes = arena.allocate(DecimalText.maximumLength)
                let length = DecimalText.write(value, scale: scale, to: bytes)
                arena.giveBack(DecimalText.maximumLength &- length)
                (known, text) = (value, StringView(bytes, count: length))
            }
            out[row] = text
        }
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let scale = scale
        if width == .int64, scale <= 18 {
            write(Argument<Int64>(inputs[0]), into: output, count)
        } else if width == .int64 {
            let values = Argument<Int64>(inputs[0])
            format(output, count, maximum: DecimalText.maximumLength) { row, out in
                DecimalText.write(Int128(values[row]), scale: scale, to: out)
            }
        } else {
            let values = Argument<Int128>(inputs[0])
            format(output, count, maximum: DecimalText.maximumLength) { row, out in
                DecimalText.write(values[row], scale: scale, to: out)
            }
        }
    }
}

/// FLOAT to VARCHAR.
final class FloatToTextKernel: TextFormatKernel {
    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let values = Argument<Double>(inputs[0])
        format(output, count, maximum: FloatText.maximumLength) { row, out in FloatText.cast(values[row], to: out) }
    }
}

/// BOOLEAN to VARCHAR: `true`, `false`.
final class BooleanToTextKernel: ScalarKernel {
    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let values = Argument<UInt8>(inputs[0]), out = output.strings
        let yes = output.arena.copy(Array("true".utf8)), no = output.arena.copy(Array("false".utf8))
        for row in 0..<count { out[row] = values[row] != 0 ? yes : no }
    }
}

/// BINARY to VARCHAR: upper-case hexadecimal digits.
final class BinaryToTextKernel: TextFormatKernel {
    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let values = Argument<StringView>(inputs[0]), out = output.strings, arena = output.arena
        output.forEachValid(count) { row in
            let value = values[row]
            let text = arena.allocate(value.count * 2)
            HexEncoding.write(value, uppercase: true, to: text)
            out[row] = StringView(text, count: value.count * 2)
        }
    }
}

/// Hexadecimal digits of either case.
enum HexEncoding {
    @inline(__always) static func write(_ value: StringView, uppercase: Bool, to out: UnsafeMutablePointer<UInt8>) {
        let letter: UInt8 = uppercase ? 55 : 87
        for index in 0..<value.count {
            let high = value.bytes[index] &>> 4, low = value.bytes[index] & 15
            out[2 &* index] = high &+ (high < 10 ? 48 : letter)
            out[2 &* index &+ 1] = low &+ (low < 10 ? 48 : letter)
        }
    }
}

/// DATE, TIME and timestamps to VARCHAR by a format.
final class TemporalToTextKernel: TextFormatKernel {
    private var clock: LocalClock
    private let layout: TimestampFormat
    private let width: PhysicalType
    private var cache = TemporalTextCache()

    init(_ layout: TimestampFormat, clock: LocalClock, width: PhysicalType) {
        self.layout = layout
        self.clock = clock
        self.width = width
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        if width != .int64 { return write(Argument<Int128>(inputs[0]), output, count) }
        if count >= 64, cache.isWorthwhile {
            writeCached(Argument<Int64>(inputs[0]), output, count)
        } else {
            write(Argument<Int64>(inputs[0]), output, count)
        }
    }

    private func writeCached(_ values: Argument<Int64>, _ output: Vector, _ count: Int) {
        var clock = clock, cache = cache
        self.cache = TemporalTextCache()
        cache.begin(rows: count)
        defer {
            self.clock = clock
            self.cache = cache
        }
        let layout = layout, toNanoseconds = Ticks.perSecond(9 - clock.scale)
        let isZoned = clock.kind.isZoned, maximum = max(64, layout.maximumWrittenLength), out = output.strings
        output.owners.append(cache.arena)
        output.forEachValid(count) { row in
            out[row] = cache.text(values[row], maximum: maximum) { bytes in
                let local = clock.local(values[row])
                return layout.write(day: local.day, nanosecondOfDay: local.tick &* toNanoseconds,
                                    offsetMinutes: isZoned ? clock.offsetSeconds / 60 : nil, to: bytes)
            }
        }
    }

    @inline(__always) private func write<T: TickInteger>(
        _ values: Argument<T>, _ output: Vector, _ count: Int
    ) {
        var clock = clock
        defer { self.clock = clock }
        let layout = layout, toNanoseconds = Ticks.perSecond(9 - clock.scale)
        let isZoned = clock.kind.isZoned
        let maximum = max(64, layout.maximumWrittenLength)
        format(output, count, maximum: maximum) { row, out in
            let local = clock.local(values[row])
            return layout.write(day: local.day, nanosecondOfDay: local.tick &* toNanoseconds,
                                offsetMinutes: isZoned ? clock.offsetSeconds / 60 : nil, to: out)
        }
    }
}
