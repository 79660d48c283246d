import WarehouseBasics

/// Tells from the beginning of a CSV text how its fields are divided and enclosed, and whether names stand above them.
struct DialectSniffer {
    private let text: [UInt8]
    private let isWhole: Bool
    private let hints: SniffHints
    /// Behind a byte order mark.
    private let origin: Int
    /// Also behind the line `sep=;` that spreadsheets put first.
    private let start: Int
    private var lineEnd = SampleRecords.LineEnd.any
    /// Of remarks, which the text does not have any more.
    private var comment: UInt8?

    private static let delimiters = [UInt8(ascii: ","), 9, UInt8(ascii: ";"), UInt8(ascii: "|"), 1]
    private static let doubleQuote = UInt8(ascii: "\""), singleQuote = UInt8(ascii: "'"), backslash = UInt8(ascii: "\\")
    /// Lines of a title above the names that are passed over.
    private static let maximumPreamble = 20

    init(_ text: [UInt8], isWhole: Bool, hints: SniffHints) {
        self.text = text
        self.isWhole = isWhole
        var hints = hints
        var start = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        origin = start
        let line = text[start...].prefix(8).prefix { $0 != 10 && $0 != 13 }
        if line.count == 5, line.starts(with: Array("sep=".utf8)), start + 5 < text.count {
            hints.delimiter = hints.delimiter ?? line.last
            start += text[start + 5] == 13 && start + 6 < text.count && text[start + 6] == 10 ? 7 : 6
        }
        self.hints = hints
        self.start = start
    }

    private func split(_ delimiter: UInt8, _ enclosure: UInt8?, _ escape: UInt8? = nil) -> SampleRecords {
        SampleRecords(text, from: start, delimiter: delimiter, enclosure: enclosure, escape: escape, lineEnd: lineEnd,
                      isWhole: isWhole)
    }

    /// The format, and the names of the columns if the text has them.
    func sniff(into format: inout CSVFormat) -> (names: [String]?, width: Int) {
        let records = recordsByLineEnd()
        format.recordDelimiter = records.lineEnd.delimiter
        format.comment = comment
        format.fieldDelimiter = [records.delimiter]
        format.enclosure = records.enclosure
        format.escape = records.escape
        // A path of Windows must not lose its backslashes.
        format.escapeUnenclosed = nil
        let filled = records.filled, width = records.regularity.width
        format.skipBlankLines = width > 1 || comment != nil
        format.trimSpace = isSpaced(records, width) || filled.contains { record in
            !record.isMalformed && record.fields.contains { $0.isPadded }
        }
        let top = preamble(filled, width, records)
        guard top < filled.count else { return (nil, max(1, width)) }
        let header = filled[top], body = Array(filled[(top + 1)...])
        let hasHeader = hints.hasHeader ?? isHeader(header, body, width, records)
        let columns = max(1, hasHeader ? header.fields.count : width)
        // The record behind the names may be too long for the sample.
        let end = hasHeader ? body.first?.start ?? (isWhole ? text.count : header.end) : header.start
        format.skipHeader = lineCount(to: top == 0 && !hasHeader ? start : end)
        // Who encloses all values can write a missing one in no other way.
        let values = (hasHeader ? body : [header] + body).flatMap(\.fields)
        if !values.isEmpty, values.allSatisfy(\.isEnclosed) { format.nullIf.append([]) }
        guard hasHeader else { return (nil, columns) }
        return (header.fields.map { trimmed(unescaped($0, records)) }, columns)
    }

    // MARK: Remarks

    /// The text without remarks, where it has some: lines that begin with `#` and have not the fields that others have.
    /// What stands above the names is passed over anyway.
    var withoutRemarks: DialectSniffer {
        guard hints.comment?.byte != nil || hints.comment == nil && text.contains(DialectSniffer.hash) else { return self }
        let comment = hints.comment?.byte ?? DialectSniffer.hash
        var filter = CommentFilter(comment, enclosure: hints.enclosure.map(\.byte) ?? DialectSniffer.doubleQuote,
                                   escape: nil, delimiters: hints.delimiter.map { [$0] } ?? DialectSniffer.delimiters)
        var rest = text
        let count = rest.withUnsafeMutableBytes { filter.compact($0) }
        rest.removeLast(rest.count - count)
        // Those that were told of may stand behind the sample.
        guard rest.count < text.count || hints.comment != nil else { return self }
        var other = DialectSniffer(rest, isWhole: isWhole, hints: hints)
        other.comment = comment
        guard hints.comment == nil else { return other }
        let usual = dialect(), bare = other.dialect(), (width, share) = bare.regularity
        let beginning = split(bare.delimiter, bare.enclosure, bare.escape).filled
        guard width > 1, share >= 0.5, share > usual.regularity.share || width != usual.regularity.width,
              let top = beginning.firstIndex(where: { !isRemark($0) && $0.fields.count >= width }) else { return self }
        // One as wide as the others may be a record, or the names: it must not be lost.
        guard beginning[(top + 1)...].contains(where: isRemark),
              !beginning.contains(where: { isRemark($0) && $0.fields.count == width }) else { return self }
        return other
    }

    private static let hash = UInt8(ascii: "#")

    private func isRemark(_ record: SampleRecords.Record) -> Bool {
        record.start < text.count && text[record.start] == DialectSniffer.hash
    }

    // MARK: Line ends, delimiter and enclosure

    /// The records by any line end, or by one of several kinds where the others stand within fields: Python's writer does
    /// not enclose a LF when CR ends its lines.
    private func recordsByLineEnd() -> SampleRecords {
        let usual = dialect(), found = usual.regularity
        guard found.width > 1, found.share < 1 else { return usual }
        var kinds: Set<SampleRecords.LineEnd> = []
        for index in start..<text.count where text[index] == 10 || text[index] == 13 {
            let isBehind = text[index] == 10 && index > start && text[index - 1] == 13
            let isBefore = text[index] == 13 && index + 1 < text.count && text[index + 1] == 10
            if !isBehind { kinds.insert(isBefore ? .both : text[index] == 10 ? .lineFeed : .carriageReturn) }
        }
        guard kinds.count > 1 else { return usual }
        var best = usual, bestShare = found.share
        for kind in SampleRecords.LineEnd.allCases where kinds.contains(kind) {
            var sniffer = self
            sniffer.lineEnd = kind
            let records = sniffer.dialect(), (width, share) = records.regularity
            // Those that end few lines end none: they divide the text into what is regular by chance.
            let count = records.filled.count
            guard width >= found.width, count > 1, count * 3 >= usual.filled.count, share >= 0.95,
                  share > found.share, (share, count) > (bestShare, best.filled.count) else { continue }
            (best, bestShare) = (records, share)
        }
        return best
    }

    private func dialect() -> SampleRecords {
        if let delimiter = hints.delimiter { return enclosed(by: delimiter) }
        var best: (records: SampleRecords, score: Double, width: Int)?
        for delimiter in DialectSniffer.delimiters {
            let records = enclosed(by: delimiter)
            var (width, share) = records.regularity
            guard width > 1 else { continue }
            // Names hold no decimal commas: what divides the first line like the others is more likely right.
            if records.filled.first?.fields.count != width { share *= 0.8 }
            if let best, (share, width) <= (best.score, best.width) { continue }
            best = (records, share, width)
        }
        if let best, best.score >= 0.4 { return best.records }
        return enclosed(by: UInt8(ascii: ","))
    }

    /// The records by `delimiter`, with the enclosure that makes most of them regular.
    private func enclosed(by delimiter: UInt8) -> SampleRecords {
        if let enclosure = hints.enclosure { return split(delimiter, enclosure.byte) }
        let double = split(delimiter, DialectSniffer.doubleQuote)
        if double.records.contains(where: \.isMalformed) {
            let escaped = split(delimiter, DialectSniffer.doubleQuote, DialectSniffer.backslash)
            if escaped.regularity.share > double.regularity.share { return escaped }
            // Inches and stray quotes: hardly one encloses anything. A few bad records among good ones are errors.
            let bare = split(delimiter, nil)
            let bad = double.records.count { $0.isMalformed }
            let good = double.records.count { !$0.isMalformed && $0.fields.contains { $0.isEnclosed } }
            if bad > good, bare.regularity.share > double.regularity.share, !holdsOpened(bare) { return bare }
        }
        guard !double.records.contains(where: { $0.fields.contains { $0.isEnclosed } }),
              text.contains(DialectSniffer.singleQuote) else { return double }
        let single = split(delimiter, DialectSniffer.singleQuote)
        let (share, usual) = (single.regularity.share, double.regularity.share)
        if isEnclosedThroughout(single), share >= usual { return single }
        // Apostrophes: those that enclose a delimiter make a record regular that was not.
        return share == 1 && usual < 1 && single.regularity.width == double.regularity.width ? single : double
    }

    /// Whether a field begins with a quote and has no other: the closing one was lost, which is to be told, not to be
    /// taken for text. Of texts divided by tabs quotes are hardly ever a part.
    private func holdsOpened(_ bare: SampleRecords) -> Bool {
        guard bare.delimiter > 9 else { return false }
        return bare.filled.contains { record in
            record.fields.contains { field in
                let value = text[field.bytes].drop { $0 == 32 }
                return value.first == DialectSniffer.doubleQuote
                    && !value.dropFirst().contains(DialectSniffer.doubleQuote)
            }
        }
    }

    /// Whether in some column every value is enclosed: an apostrophe at a text's beginning is no enclosure.
    private func isEnclosedThroughout(_ sample: SampleRecords) -> Bool {
        let width = sample.regularity.width, records = sample.filled.dropFirst()
        guard !records.isEmpty, !records.contains(where: \.isMalformed) else { return false }
        return (0..<width).contains { column in
            records.allSatisfy { $0.fields.count <= column || $0.fields[column].isEnclosed }
        }
    }

    /// Whether a space follows every delimiter.
    private func isSpaced(_ sample: SampleRecords, _ width: Int) -> Bool {
        var spaced = 0, count = 0
        for record in sample.filled where record.fields.count == width {
            for field in record.fields.dropFirst() {
                let before = field.bytes.lowerBound - (field.isEnclosed ? 2 : 0)
                let first = field.isEnclosed ? before : field.bytes.lowerBound
                count += 1
                if first < text.count, first >= 0, text[first] == 32 { spaced += 1 }
            }
        }
        return count > 0 && spaced == count
    }

    // MARK: Header

    /// How many records stand above the first that has all fields. A title may have them too, empty all but one, as
    /// spreadsheets write it, where the names follow. Who says where the names are has no title to be looked for; where
    /// there are none, no record is passed over at all.
    private func preamble(_ records: [SampleRecords.Record], _ width: Int, _ sample: SampleRecords) -> Int {
        guard width > 1, hints.hasHeader != false, let first = records.prefix(DialectSniffer.maximumPreamble).firstIndex(where: {
            $0.fields.count >= width
        }) else { return 0 }
        guard hints.hasHeader == nil else { return first }
        var top = first
        while top < min(records.count, DialectSniffer.maximumPreamble), isTitle(records[top], width) { top += 1 }
        guard top > first, top < records.count, records[top].fields.count >= width,
              records[top].fields.allSatisfy({ !$0.bytes.isEmpty }),
              isHeader(records[top], Array(records[(top + 1)...]), width, sample, isTyped: true) else { return first }
        return top
    }

    private func isTitle(_ record: SampleRecords.Record, _ width: Int) -> Bool {
        width > 2 && record.fields.count <= width && record.fields.count { !$0.bytes.isEmpty } <= 1
    }

    /// `isTyped`: only where values below are no texts, so that nothing is guessed.
    private func isHeader(_ header: SampleRecords.Record, _ body: [SampleRecords.Record], _ width: Int,
                          _ sample: SampleRecords, isTyped: Bool = false) -> Bool {
        let names = header.fields.map { trimmed(unescaped($0, sample)) }
        // One name may be missing: that of a column of row numbers; fewer than half where values tell that they are names.
        let missing = names.count(where: \.isEmpty)
        guard !header.isMalformed, missing <= 1 || missing * 2 < width, names.contains(where: { !$0.isEmpty }) else {
            return false
        }
        let formats = TypeCandidates.Formats(CSVFormat())
        func type(_ values: [SampleRecords.Field]) -> LogicalType? {
            var candidates = TypeCandidates(), isEmpty = true
            for value in values where !value.bytes.isEmpty {
                isEmpty = false
                text.withUnsafeBufferPointer { bytes in
                    guard let base = bytes.baseAddress else { return }
                    candidates.note(base + value.bytes.lowerBound, value.bytes.count, formats)
                }
            }
            return isEmpty ? nil : candidates.type(SchemaInference.Options.careful)
        }
        let columns = (0..<width).map { column in
            body.compactMap { $0.fields.count == width ? $0.fields[column] : nil }
        }
        let numbers = header.fields.indices.filter { (type([header.fields[$0]]) ?? .text) != .text }
        guard numbers.isEmpty || areYears(numbers, names, columns) else { return false }
        if columns.indices.contains(where: { index in
            index < names.count && !names[index].isEmpty && (type(columns[index]) ?? .text) != .text
        }) { return true }
        if missing > 1 { return false }
        // All is text: a value that returns below, or beside itself, is no name; nor is a whole paragraph.
        guard !isTyped, Set(names).count == names.count, names.allSatisfy({ $0.utf8.count <= Identifiers.maximumLength }) else {
            return false
        }
        return !columns.enumerated().contains { index, values in
            guard index < header.fields.count else { return false }
            let name = text[header.fields[index].bytes]
            return values.contains { text[$0.bytes] == name }
        }
    }

    /// Whether the names that are numbers are years, one after another beside other names, as `country,2019,2020`; of
    /// values such as these below, one at least is no year.
    private func areYears(_ places: [Int], _ names: [String], _ columns: [[SampleRecords.Field]]) -> Bool {
        func isYear(_ text: some StringProtocol) -> Bool { text.utf8.count == 4 && (1000...2999).contains(Int(text) ?? 0) }
        let years = places.map { names[$0] }
        guard places.count > 1, places.count < names.count, years.allSatisfy(isYear),
              zip(years, years.dropFirst()).allSatisfy(<) || zip(years, years.dropFirst()).allSatisfy(>) else { return false }
        return places.contains { place in
            place < columns.count && columns[place].contains { field in
                !field.bytes.isEmpty && !isYear(String(decoding: text[field.bytes], as: UTF8.self))
            }
        }
    }

    // MARK: Text

    /// Line ends before an offset, as SKIP_HEADER counts them.
    private func lineCount(to end: Int) -> Int {
        var count = 0, index = origin
        while index < end {
            if text[index] == 10 || text[index] == 13 && (index + 1 >= text.count || text[index + 1] != 10) { count += 1 }
            index += 1
        }
        // A header without a line end behind it is a line too.
        return end == text.count && end > start && text[end - 1] != 10 && text[end - 1] != 13 ? count + 1 : count
    }

    private func unescaped(_ field: SampleRecords.Field, _ sample: SampleRecords) -> String {
        var bytes: [UInt8] = [], index = field.bytes.lowerBound
        while index < field.bytes.upperBound {
            let byte = text[index]
            let doubles = field.isEnclosed && byte == sample.enclosure
            let escapes = field.isEnclosed && sample.escape == byte
            if doubles || escapes, index + 1 < field.bytes.upperBound { index += 1 }
            bytes.append(text[index])
            index += 1
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func trimmed(_ name: String) -> String {
        var rest = name[...]
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }
}
