import WarehouseBasics
import WarehouseColumns

/// What a cast from VARIANT reads values with.
struct VariantReadContext: Sendable {
    let type: LogicalType
    let zone: TimeZoneRules
    let inputFormat: TimestampFormat
    let formats: TextFormats
}

/// VARIANT (OBJECT, ARRAY) to a scalar type. JSON null becomes NULL; a value that cannot be the type is an error, or
/// NULL for TRY_CAST. With `isExact` (AS_INTEGER and its kin) nothing is converted: other kinds give NULL.
final class VariantReadKernel: ScalarKernel {
    private let context: VariantReadContext
    private let physicalType: PhysicalType
    private let isTry: Bool
    private let isExact: Bool
    @exclusivity(unchecked) private var reader: VariantScalarReader
    private let text = ByteBuffer()

    init(_ context: VariantReadContext, _ physicalType: PhysicalType, isTry: Bool, isExact: Bool = false,
         refusesDecimals: Bool = false) {
        self.context = context
        self.physicalType = physicalType
        self.isTry = isTry
        self.isExact = isExact
        reader = VariantScalarReader(context, isExact: isExact, refusesDecimals: refusesDecimals)
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let values = Argument<StringView>(inputs[0])
        output.takeOwners(of: inputs[0])
        switch physicalType {
        case .bool:
            let out = output.bools
            try read(values, output, count) { view, row in
                guard let value = reader.boolean(view) else { return false }
                out[row] = value ? 1 : 0
                return true
            }
        case .double:
            let out = output.doubles
            try read(values, output, count) { view, row in
                guard let value = reader.double(view) else { return false }
                out[row] = value
                return true
            }
        case .string: try readTexts(values, output, count)
        default:
            try read(values, output, count) { view, row in
                guard let value = reader.integer(view) else { return false }
                output.storeInteger(value, at: row)
                return true
            }
        }
    }

    private func readTexts(_ values: Argument<StringView>, _ output: Vector, _ count: Int) throws {
        let out = output.strings, arena = output.arena
        if case .binary = context.type {
            return try read(values, output, count) { view, row in
                if view.kind == .binary {
                    out[row] = view.string
                    return true
                }
                guard view.kind == .string, !isExact else { return false }
                let bytes = arena.allocate(view.count)
                guard HexText.parse(view.string.bytes, count: view.string.count, to: bytes) else { return false }
                out[row] = StringView(bytes, count: view.string.count / 2)
                return true
            }
        }
        var printer = JSONPrinter(formats: context.formats)
        try read(values, output, count) { view, row in
            if view.kind == .string {
                out[row] = view.string
                return true
            }
            if isExact { return false }
            text.removeAll()
            if view.kind == .double {
                text.advance(FloatText.sql(view.double, to: text.reserve(FloatText.maximumLength)))
            } else {
                printer.append(view, style: .cast, to: text)
            }
            out[row] = arena.copy(text.view)
            return true
        }
    }

    @inline(__always) private func read(
        _ values: Argument<StringView>, _ output: Vector, _ count: Int, _ convert: (VariantView, Int) -> Bool
    ) throws {
        try output.forEachValid(count) { row in
            let view = VariantView(values[row])
            let isMissing = view.kind == .null || view.kind == .undefined
            if !isMissing, convert(view, row) { return }
            if !isMissing, !isTry, !isExact { throw failure(view) }
            output.storeZero(at: row)
            output.setNull(row)
        }
    }

    private func failure(_ view: VariantView) -> WarehouseError {
        var printer = JSONPrinter(formats: context.formats)
        text.removeAll()
        printer.append(view, style: .compact, to: text)
        let name = switch context.type {
        case .number: "FIXED"
        case .float: "REAL"
        case .varchar: "TEXT"
        default: context.type.description
        }
        return WarehouseError(
            .variantCast, "Failed to cast variant value \(TextParseKernel.shown(text.view)) to \(name)")
    }
}

/// Reads single values of one scalar type out of variants.
struct VariantScalarReader {
    private let type: LogicalType
    private let isExact: Bool
    /// AS_INTEGER: a number with digits behind the point is another kind.
    private let refusesDecimals: Bool
    private let zone: TimeZoneRules
    private let format: TimestampFormat
    private var timestamps: TimestampReader?
    private var target: LocalClock?

    init(_ context: VariantReadContext, isExact: Bool, refusesDecimals: Bool) {
        type = context.type
        self.isExact = isExact
        self.refusesDecimals = refusesDecimals
        zone = context.zone
        format = context.inputFormat
        if let kind = TimestampKind(type) {
            timestamps = TimestampReader(format, kind: kind, scale: type.scale ?? 9, zone: zone)
        }
        if let kind = TemporalKind(type) { target = LocalClock(kind, scale: type.scale ?? 0, zone: zone) }
    }

    func boolean(_ view: VariantView) -> Bool? {
        if view.kind == .boolean { return view.boolean }
        if isExact { return nil }
        if view.kind == .string { return TextToBooleanKernel.value(view.string) }
        return view.kind.isNumber ? view.double != 0 : nil
    }

    func double(_ view: VariantView) -> Double? {
        if view.kind.isNumber { return view.double }
        if isExact { return nil }
        if view.kind == .boolean { return view.boolean ? 1 : 0 }
        var value = 0.0
        guard view.kind == .string,
              FloatText.parse(view.string.bytes, count: view.string.count, into: &value) == .ok else { return nil }
        return value
    }

    /// A NUMBER, DATE, TIME or timestamp as its column holds it.
    mutating func integer(_ view: VariantView) -> Int128? {
        if case .number(let precision, let scale) = type { return number(view, precision, scale) }
        return temporal(view)
    }

    private func number(_ view: VariantView, _ precision: Int, _ scale: Int) -> Int128? {
        switch view.kind {
        case .integer, .decimal:
            if refusesDecimals, view.kind == .decimal { return nil }
            guard let value = DecimalArithmetic.rescale(view.unscaled, from: view.scale, to: scale),
                  DecimalArithmetic.fits(value, precision: precision) else { return nil }
            return value
        case .double where !isExact:
            var value: Int128 = 0
            let status = DecimalArithmetic.number(view.double, precision: precision, scale: scale, into: &value)
            return status == .ok ? value : nil
        case .boolean where !isExact: return view.boolean ? PowersOfTen.int128(scale) : 0
        case .string where !isExact:
            var value: Int128 = 0
            let status = DecimalText.parse(view.string.bytes, count: view.string.count, precision: precision,
                                           scale: scale, into: &value)
            return status == .ok ? value : nil
        default: return nil
        }
    }

    private mutating func temporal(_ view: VariantView) -> Int128? {
        switch view.kind {
        case .string:
            if isExact { return nil }
            switch type {
            case .date:
                return format.parseDate(view.string.bytes, count: view.string.count)
                    .flatMap { CivilDate.isInRange(days: $0) ? Int128($0) : nil }
            case .time(let scale):
                return format.parseTime(view.string.bytes, count: view.string.count)
                    .map { Int128($0 / Ticks.perSecond(9 - scale)) }
            default: return timestamps?.read(view.string)
            }
        case .integer:
            guard !isExact, let value = Int64(exactly: view.unscaled) else { return nil }
            let parsed = TimestampText.epoch(value)
            switch type {
            case .date: return CivilDate.isInRange(days: parsed.days) ? Int128(parsed.days) : nil
            case .time(let scale): return Int128(parsed.nanosecondOfDay / Ticks.perSecond(9 - scale))
            // An integer is a moment: TIMESTAMP_NTZ takes the session's clock then.
            case .timestampNTZ:
                let ticks = Int128(parsed.days) * Int128(Ticks.perDay(9)) + Int128(parsed.nanosecondOfDay)
                return converted(ticks, .ltz, 9)
            default: return timestamps?.value(parsed)
            }
        case .date: return converted(view.unscaled, .date, 0)
        case .time: return converted(view.unscaled, .time, view.scale)
        case .timestampNTZ: return converted(view.unscaled, .ntz, view.scale)
        case .timestampLTZ: return converted(view.unscaled, .ltz, view.scale)
        case .timestampTZ: return converted(view.unscaled, .tz, view.scale)
        default: return nil
        }
    }

    /// A value of another type of time, as CAST between them has it; nil where there is no such cast.
    private mutating func converted(_ value: Int128, _ kind: TemporalKind, _ scale: Int) -> Int128? {
        guard var target else { return nil }
        if isExact, kind != target.kind { return nil }
        if (kind == .time) != (target.kind == .time), kind == .time || kind == .date { return nil }
        var source = LocalClock(kind, scale: scale, zone: zone)
        return TemporalConversion.convert(value, &source, &target)
    }
}
