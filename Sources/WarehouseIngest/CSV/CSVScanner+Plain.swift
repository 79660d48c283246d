extension CSVScanner {
    /// Goes through text that holds nothing but fields, delimiters and line ends (LF or CR LF), from `first` on, 64
    /// bytes at a time and without a branch for a field: by far the most of most files. Gives where it stopped: at
    /// other special bytes, near the end of the text, or when little room is left; the scan goes on there byte by byte.
    ///
    /// The loop only lists where fields end and counts lines; what else is to be known of fields and records follows
    /// from that in loops of their own, which work on several fields at a time.
    func scanPlain(_ first: Int, _ plain: PlainMasks, _ state: inout ScanState, _ maximumRecords: Int) -> Int {
        let text = UnsafePointer(buffer), end = filled
        let starts = block.starts
        let blankLines: UInt64 = format.skipBlankLines ? .max : 0
        let lastRecord = maximumRecords &- 64, lastField = RecordBlock.fieldCapacity &- 128
        var base = first, records = state.records, field = state.fieldCount
        guard records < lastRecord, field < lastField else { return first }
        // Behind a field's end its successor begins, but for the LF of a CR LF.
        starts[field] = Int32(truncatingIfNeeded: state.fieldStart)
        var carried: UInt64 = 0
        // A blank line ends where it begins: at the start of the text, or behind another's end.
        var lineStarts: UInt64 = first == 0 || text[first &- 1] == 10 || text[first &- 1] == 13 ? 1 : 0
        // One more byte, so that a CR is never the last that is looked at.
        while end &- base > 64, records < lastRecord, field < lastField,
              let (delimiters, lineFeeds, carriageReturns) = plain.bits(text + base) {
            // Lines end at their CR where they have one, else at their LF.
            let closing = carriageReturns << 1 | carried
            if carriageReturns | carried != 0 {
                let isFollowed = carriageReturns >> 63 == 0 || text[base &+ 64] == 10
                guard closing & ~lineFeeds == 0, isFollowed else { break }
            }
            let lineEnds = carriageReturns | lineFeeds & ~closing
            if lineEnds & (lineFeeds << 1 | lineStarts) & blankLines != 0 { break }
            carried = carriageReturns >> 63
            lineStarts = (lineFeeds | carriageReturns) >> 63
            let ends = delimiters | lineEnds, (endCount, lineCount) = PlainMasks.counts(ends, lineEnds)
            CSVScanner.list(ends, endCount, base &+ 1, starts + (field &+ 1))
            records &+= lineCount
            field &+= endCount
            base &+= 64
        }
        guard base > first else { return first }
        endPlainFields(state.fieldCount, field)
        endPlainRecords(records, field, &state)
        // The byte at `base` may be the LF that ends the last line.
        state.seenUpTo = max(state.seenUpTo, state.fieldStart)
        return base
    }

    /// Lists the places of `count` bits, counted from `base`.
    @inline(__always) private static func list(
        _ places: UInt64, _ count: Int, _ base: Int, _ out: UnsafeMutablePointer<Int32>
    ) {
        var bits = places, index = 0
        let base = Int32(truncatingIfNeeded: base)
        // In fours: what is written past the last one is overwritten by the next.
        while index < count {
            let place = out + index
            listOne(&bits, base, place)
            listOne(&bits, base, place + 1)
            listOne(&bits, base, place + 2)
            listOne(&bits, base, place + 3)
            index &+= 4
        }
    }

    @inline(__always) private static func listOne(
        _ bits: inout UInt64, _ base: Int32, _ out: UnsafeMutablePointer<Int32>
    ) {
        out.pointee = base &+ Int32(truncatingIfNeeded: bits.trailingZeroBitCount)
        bits &= bits &- 1
    }

    /// Fills in the lengths of the fields from `first` on, of which the starts are listed.
    private func endPlainFields(_ first: Int, _ end: Int) {
        let starts = block.starts, metas = block.metas
        for field in first..<end {
            metas[field] = UInt32(bitPattern: starts[field &+ 1] &- starts[field] &- 1) << RecordBlock.FieldFlag.bits
        }
    }

    /// Finds the records among the fields up to `end`; there are `records` with those before.
    private func endPlainRecords(_ records: Int, _ end: Int, _ state: inout ScanState) {
        let first = state.records
        if !endEqualRecords(records, end, state) { endUnequalRecords(end, state) }
        state.fieldCount = end
        if records > first {
            state.records = records
            state.firstField = Int(block.firstFields[records])
            state.recordStart = Int(block.starts[state.firstField])
            for record in first..<records { block.lines[record] = state.line &+ (record &- first) }
            state.line &+= records &- first
        }
        state.fieldStart = Int(block.starts[end])
    }

    /// As if all records had as many fields as the first; false when they have not: the fields are then as before.
    private func endEqualRecords(_ records: Int, _ end: Int, _ state: ScanState) -> Bool {
        let first = state.records, count = records &- first
        guard count > 0 else { return true }
        let firstField = state.firstField, lines = LineEnds(block, buffer)
        var fields = 1
        while firstField &+ fields <= end, !lines.isEnd(behind: firstField &+ fields) { fields &+= 1 }
        guard firstField &+ fields &* count <= end else { return false }
        // As many lines end as there are records: when each record's last field is the last of a line, no other is.
        block.recordStarts[first] = Int32(truncatingIfNeeded: state.recordStart)
        let ended = endLines(first..<records, firstField, fields)
        guard ended == records else {
            reopenLines(first..<ended, firstField, fields)
            return false
        }
        let firstFields = block.firstFields, fieldCounts = block.fieldCounts
        for record in 0..<count {
            firstFields[first &+ record] = Int32(truncatingIfNeeded: firstField &+ record &* fields)
            fieldCounts[first &+ record] = Int32(truncatingIfNeeded: fields)
        }
        firstFields[records] = Int32(truncatingIfNeeded: firstField &+ count &* fields)
        return true
    }

    /// Ends records of `fields` fields each, as long as lines end there; gives the first that does not.
    private func endLines(_ records: Range<Int>, _ firstField: Int, _ fields: Int) -> Int {
        let lines = LineEnds(block, buffer)
        var next = firstField
        for record in records {
            next &+= fields
            guard lines.isEnd(behind: next) else { return record }
            lines.end(record, next)
        }
        return records.upperBound
    }

    /// Takes back what was changed of the fields behind `records`, of `fields` fields each.
    private func reopenLines(_ records: Range<Int>, _ firstField: Int, _ fields: Int) {
        for record in records where buffer[Int(block.recordEnds[record])] == 13 {
            let next = firstField &+ (record &- records.lowerBound &+ 1) &* fields
            block.starts[next] &-= 1
            block.metas[next] &+= 1 << RecordBlock.FieldFlag.bits
        }
    }

    private func endUnequalRecords(_ end: Int, _ state: ScanState) {
        let lines = LineEnds(block, buffer)
        var record = state.records, firstField = state.firstField
        block.recordStarts[record] = Int32(truncatingIfNeeded: state.recordStart)
        for field in state.fieldCount..<end where lines.isEnd(behind: field &+ 1) {
            block.firstFields[record] = Int32(truncatingIfNeeded: firstField)
            block.fieldCounts[record] = Int32(truncatingIfNeeded: field &+ 1 &- firstField)
            firstField = field &+ 1
            block.firstFields[record &+ 1] = Int32(truncatingIfNeeded: firstField)
            lines.end(record, firstField)
            record &+= 1
        }
    }
}

/// Where lines end among fields of which the starts are listed. Holds the tables themselves, which a loop that writes to
/// some of them would otherwise look up anew for every record.
private struct LineEnds {
    private let text: UnsafePointer<UInt8>
    private let starts: UnsafeMutablePointer<Int32>
    private let metas: UnsafeMutablePointer<UInt32>
    private let recordStarts: UnsafeMutablePointer<Int32>
    private let recordEnds: UnsafeMutablePointer<Int32>

    init(_ block: RecordBlock, _ text: UnsafeMutablePointer<UInt8>) {
        self.text = UnsafePointer(text)
        starts = block.starts
        metas = block.metas
        recordStarts = block.recordStarts
        recordEnds = block.recordEnds
    }

    /// Whether the field before `field` is the last of its line.
    @inline(__always) func isEnd(behind field: Int) -> Bool {
        let byte = text[Int(starts[field]) &- 1]
        return byte == 10 || byte == 13
    }

    /// Ends a record before the field `next`, which begins behind the LF of a CR LF.
    @inline(__always) func end(_ record: Int, _ next: Int) {
        let offset = starts[next] &- 1
        recordEnds[record] = offset
        let lineFeeds: Int32 = text[Int(offset)] == 13 ? 1 : 0
        starts[next] = offset &+ 1 &+ lineFeeds
        metas[next] &-= UInt32(bitPattern: lineFeeds) << RecordBlock.FieldFlag.bits
        recordStarts[record &+ 1] = offset &+ 1 &+ lineFeeds
    }
}
