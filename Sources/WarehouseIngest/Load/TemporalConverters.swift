import WarehouseBasics
import WarehouseColumns

/// DATE by a format.
final class DateConverter: ColumnConverter {
    private let format: TimestampFormat
    private let refusesLoss: Bool

    init(_ column: LoadColumn, index: Int, format: TimestampFormat, refusesLoss: Bool) {
        self.format = format
        self.refusesLoss = refusesLoss
        super.init(column, index: index, physicalType: .int32)
    }

    override func convert(_ block: FieldBlock) {
        buffer.reserve(block.rowCount)
        let out = buffer.int32s + buffer.count
        for row in 0..<block.rowCount {
            let field = Int(block.fields[row])
            out[row] = 0
            if isNull(block, row, field) { continue }
            let (bytes, count) = block.text(field)
            if let days = format.parseDate(bytes, count: count), CivilDate.isInRange(days: days),
               !refusesLoss || isDay(bytes, count) {
                out[row] = Int32(truncatingIfNeeded: days)
            } else {
                block.reject(row, index, .dateNotRecognized) { "Date '\($0)' is not recognized" }
            }
        }
    }
}

extension DateConverter {
    /// Whether the text is a day alone: no instant, of which a time of day would be lost.
    private func isDay(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        (count <= 11 || format != .auto) && NumberShape(bytes, count) == nil
    }
}

/// TIME by a format; digits past the column's scale are cut.
final class TimeConverter: ColumnConverter {
    private let format: TimestampFormat
    private let divisor: Int64

    init(_ column: LoadColumn, index: Int, scale: Int, format: TimestampFormat) {
        self.format = format
        divisor = Ticks.perSecond(9 - scale)
        super.init(column, index: index, physicalType: .int64)
    }

    override func convert(_ block: FieldBlock) {
        buffer.reserve(block.rowCount)
        let out = buffer.int64s + buffer.count
        for row in 0..<block.rowCount {
            let field = Int(block.fields[row])
            out[row] = 0
            if isNull(block, row, field) { continue }
            let (bytes, count) = block.text(field)
            if let nanoseconds = format.parseTime(bytes, count: count) {
                out[row] = nanoseconds / divisor
            } else {
                block.reject(row, index, .timeNotRecognized) { "Time '\($0)' is not recognized" }
            }
        }
    }
}

/// TIMESTAMP_NTZ, _LTZ and _TZ by a format; a text without a zone is in the session's. NTZ drops a written offset.
final class TimestampConverter: ColumnConverter {
    private let format: TimestampFormat
    private let scale: Int
    private let range: ClosedRange<Int128>
    private let refusesLoss: Bool
    private var zone: TimeZoneRules.Cursor

    init(_ column: LoadColumn, index: Int, format: TimestampFormat, zone: TimeZoneRules, refusesLoss: Bool) {
        self.format = format
        self.refusesLoss = refusesLoss
        self.zone = zone.makeCursor()
        scale = column.type.scale ?? 9
        range = Ticks.range(scale: scale)
        super.init(column, index: index, physicalType: TimestampConverter.isZoned(column.type) ? .int128 : .int64)
    }

    private static func isZoned(_ type: LogicalType) -> Bool {
        if case .timestampTZ = type { return true }
        return false
    }

    override var startingType: PhysicalType { TimestampConverter.isZoned(column.type) ? .int128 : .int64 }

    override func convert(_ block: FieldBlock) {
        buffer.reserve(block.rowCount)
        if buffer.physicalType == .int64 {
            if convertNarrow(block) { return }
            buffer.widen(to: .int128)
            buffer.reserve(block.rowCount)
        }
        let out = buffer.int128s + buffer.count
        for row in 0..<block.rowCount { out[row] = value(block, row) }
    }

    private func convertNarrow(_ block: FieldBlock) -> Bool {
        let out = buffer.int64s + buffer.count
        for row in 0..<block.rowCount {
            guard let narrow = Int64(exactly: value(block, row)) else { return false }
            out[row] = narrow
        }
        return true
    }

    private func value(_ block: FieldBlock, _ row: Int) -> Int128 {
        let field = Int(block.fields[row])
        if isNull(block, row, field) { return 0 }
        let (bytes, count) = block.text(field)
        if let parsed = format.parseTimestamp(bytes, count: count), !refusesLoss || keepsAll(parsed),
           let value = ticks(parsed) { return value }
        block.reject(row, index, .timestampNotRecognized) { "Timestamp '\($0)' is not recognized" }
        return 0
    }

    /// Whether neither an offset is lost nor a number taken for an instant.
    private func keepsAll(_ parsed: ParsedTimestamp) -> Bool {
        if parsed.isEpoch { return false }
        if case .timestampNTZ = column.type { return !parsed.hasOffset }
        return true
    }

    /// Nil outside the years 1 to 9999.
    private func ticks(_ parsed: ParsedTimestamp) -> Int128? {
        switch column.type {
        case .timestampNTZ:
            let ticks = parsed.localTicks(scale: scale)
            return range.contains(ticks) ? ticks : nil
        case .timestampLTZ:
            let ticks = ParsedTimestamp.ticks(
                seconds: parsed.utcSeconds(&zone), nanoseconds: parsed.nanoseconds, scale: scale)
            return range.contains(ticks) ? ticks : nil
        default:
            let utc = parsed.utcSeconds(&zone)
            let ticks = ParsedTimestamp.ticks(seconds: utc, nanoseconds: parsed.nanoseconds, scale: scale)
            guard range.contains(ticks) else { return nil }
            // The time since the epoch is UTC but is shown in the session's zone.
            let hasOffset = parsed.hasOffset && !parsed.isEpoch
            let minutes = hasOffset ? Int(parsed.offsetMinutes) : Int(zone.offsetSeconds(atUTC: utc)) / 60
            return ZonedTicks.pack(ticks: ticks, offsetMinutes: minutes)
        }
    }
}
