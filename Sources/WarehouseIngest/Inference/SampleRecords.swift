/// The beginning of a text split into records by one supposed delimiter, enclosure and escape: by how regular they come
/// out it is told whether the supposition is right.
struct SampleRecords {
    struct Record {
        var fields: [Field] = []
        /// Offset of its first byte, and behind its line end.
        var start: Int
        var end = 0
        /// Text stands behind a closing enclosure, or an enclosure is never closed.
        var isMalformed = false
    }

    struct Field {
        /// Without enclosure, not unescaped.
        var bytes: Range<Int>
        var isEnclosed = false
        /// Spaces stand around the enclosure.
        var isPadded = false
    }

    /// What ends a record: LF, CR LF and CR alike, or one of them where the others are in fields.
    enum LineEnd: CaseIterable {
        case any, lineFeed, carriageReturn, both

        /// RECORD_DELIMITER.
        var delimiter: [UInt8]? {
            switch self {
            case .any: nil
            case .lineFeed: [10]
            case .carriageReturn: [13]
            case .both: [13, 10]
            }
        }
    }

    private(set) var records: [Record] = []
    let lineEnd: LineEnd
    let delimiter: UInt8
    let enclosure: UInt8?
    let escape: UInt8?

    /// Records and fields that are looked at.
    static let maximumRecords = 1_000
    static let maximumFields = 200_000

    /// With `isWhole` false the text goes on behind the sample: its last record is cut, and left out unless it is the
    /// only one.
    init(_ text: [UInt8], from start: Int, delimiter: UInt8, enclosure: UInt8?, escape: UInt8?,
         lineEnd: LineEnd = .any, isWhole: Bool) {
        self.lineEnd = lineEnd
        self.delimiter = delimiter
        self.enclosure = enclosure
        self.escape = escape
        var position = start, fieldCount = 0
        while position < text.count, records.count < SampleRecords.maximumRecords,
              fieldCount < SampleRecords.maximumFields {
            let record = next(text, &position)
            fieldCount += record.fields.count
            records.append(record)
        }
        if !isWhole, position >= text.count, records.count > 1 { records.removeLast() }
    }

    private func next(_ text: [UInt8], _ position: inout Int) -> Record {
        var record = Record(start: position)
        while true {
            let isLast = field(text, &position, &record)
            if isLast {
                record.end = position
                return record
            }
        }
    }

    /// Takes a field and what ends it; whether that ends the record too.
    private func field(_ text: [UInt8], _ position: inout Int, _ record: inout Record) -> Bool {
        let begin = position
        var start = begin
        // Spaces may stand before an enclosure.
        var ahead = position
        while ahead < text.count, text[ahead] == 32, delimiter != 32 { ahead += 1 }
        if let enclosure, ahead < text.count, text[ahead] == enclosure {
            position = ahead + 1
            start = position
            let isClosed = skipEnclosed(text, enclosure, &position)
            var field = Field(bytes: start..<max(start, isClosed ? position - 1 : position), isEnclosed: true)
            if !isClosed { record.isMalformed = true }
            let close = position
            while position < text.count, text[position] == 32, delimiter != 32 { position += 1 }
            field.isPadded = ahead > begin || position > close
            record.fields.append(field)
            if !isFieldEnd(text, position) { record.isMalformed = true }
            while !isFieldEnd(text, position) { position += 1 }
        } else {
            while !isFieldEnd(text, position) { position += 1 }
            record.fields.append(Field(bytes: start..<position))
        }
        guard position < text.count else { return true }
        if text[position] == delimiter {
            position += 1
            return false
        }
        position += lineEndLength(text, position)
        return true
    }

    /// Moves behind the closing enclosure; false when there is none.
    private func skipEnclosed(_ text: [UInt8], _ enclosure: UInt8, _ position: inout Int) -> Bool {
        while position < text.count {
            let byte = text[position]
            if let escape, byte == escape, escape != enclosure {
                position += 2
                continue
            }
            position += 1
            guard byte == enclosure else { continue }
            if position < text.count, text[position] == enclosure {
                position += 1
            } else {
                return true
            }
        }
        position = min(position, text.count)
        return false
    }

    private func isFieldEnd(_ text: [UInt8], _ position: Int) -> Bool {
        position >= text.count || text[position] == delimiter || lineEndLength(text, position) > 0
    }

    /// Bytes of the line end at a place; 0 where there is none.
    private func lineEndLength(_ text: [UInt8], _ position: Int) -> Int {
        let byte = text[position]
        guard byte == 10 || byte == 13 else { return 0 }
        let isBoth = byte == 13 && position + 1 < text.count && text[position + 1] == 10
        switch lineEnd {
        case .any: return isBoth ? 2 : 1
        case .lineFeed: return byte == 10 ? 1 : 0
        case .carriageReturn: return byte == 13 ? 1 : 0
        case .both: return isBoth ? 2 : 0
        }
    }

    /// Records that are no empty lines.
    var filled: [Record] { records.filter { !SampleRecords.isBlank($0) } }

    static func isBlank(_ record: Record) -> Bool {
        record.fields.count == 1 && record.fields[0].bytes.isEmpty && !record.fields[0].isEnclosed
    }

    /// How many fields most records have, and which share of the records has so many and is well-formed.
    var regularity: (width: Int, share: Double) {
        let filled = filled
        guard !filled.isEmpty else { return (1, 0) }
        var counts: [Int: Int] = [:]
        for record in filled where !record.isMalformed { counts[record.fields.count, default: 0] += 1 }
        guard let best = counts.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }) else { return (1, 0) }
        return (best.key, Double(best.value) / Double(filled.count))
    }
}
