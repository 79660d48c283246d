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
            // A blank line ends where it begins: behind another's end.
            let isLineStart: UInt64 = base == 0 || text[base &- 1] == 10 || text[base &- 1] == 13 ? 1 : 0
            if lineEnds & (lineFeeds << 1 | isLineStart) & blankLines != 0 { break }
            carried = carriageReturns >> 63
            let ends = delimiters | lineEnds
            records &+= PlainMasks.count(lineEnds)
            field &+= CSVScanner.list(ends, base &+ 1, starts + (field &+ 1))
            base &+= 64
        }
        guard base > first else { return first }
        endPlainFields(state.fieldCount, field)
        endPlainRecords(records, field, &state)
        // The byte at `base` may be the LF that ends the last line.
        state.seenUpTo = max(state.seenUpTo, state.fieldStart)
        return base
    }

    /// Lists the places of bits, counted from `base`; gives their number.
    @inline(__always) private static func list(
        _ places: UInt64, _ base: Int, _ out: UnsafeMutablePointer<Int32>
    ) -> Int {
        var bits = places, index = 0
        let count = PlainMasks.count(places), base = Int32(truncatingIfNeeded: base)
        // In fours: what is written past the last one is overwritten by the next.
        while index < count {
            for _ in 0..<4 {
                out[index] = base &+ Int32(truncatingIfNeeded: bits.trailingZeroBitCount)
                bits &= bits &- 1
                index &+= 1
            }
        }
        return count
    }

    /// Fills in the lengths of the fields from `first` on, of which the starts are listed, and that of the one at `end`.
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

    /// As if all records had as many fields as the first; false when they have not, and nothing is changed.
    private func endEqualRecords(_ records: Int, _ end: Int, _ state: ScanState) -> Bool {
        let first = state.records, count = records &- first, text = buffer
        guard count > 0 else { return true }
        let starts = block.starts, firstField = state.firstField
        var fields = 1
        while firstField &+ fields <= end, !isLineEnd(behind: firstField &+ fields) { fields &+= 1 }
        guard firstField &+ fields &* count <= end else { return false }
        // As many lines end as there are records: when each record's last field is the last of a line, no other is.
        var isEqual = true
        for record in 1...count {
            let byte = text[Int(starts[firstField &+ record &* fields]) &- 1]
            isEqual = isEqual && (byte == 10 || byte == 13)
        }
        guard isEqual else { return false }
        for record in 0..<count {
            block.firstFields[first &+ record] = Int32(truncatingIfNeeded: firstField &+ record &* fields)
            block.fieldCounts[first &+ record] = Int32(truncatingIfNeeded: fields)
        }
        block.firstFields[records] = Int32(truncatingIfNeeded: firstField &+ count &* fields)
        var next = firstField
        block.recordStarts[first] = Int32(truncatingIfNeeded: state.recordStart)
        for record in first..<records {
            next &+= fields
            endLine(record, next)
        }
        return true
    }

    private func endUnequalRecords(_ end: Int, _ state: ScanState) {
        var record = state.records, firstField = state.firstField
        block.recordStarts[record] = Int32(truncatingIfNeeded: state.recordStart)
        for field in state.fieldCount..<end where isLineEnd(behind: field &+ 1) {
            block.firstFields[record] = Int32(truncatingIfNeeded: firstField)
            block.fieldCounts[record] = Int32(truncatingIfNeeded: field &+ 1 &- firstField)
            firstField = field &+ 1
            block.firstFields[record &+ 1] = Int32(truncatingIfNeeded: firstField)
            endLine(record, firstField)
            record &+= 1
        }
    }

    /// Whether the field before `field` is the last of its line.
    @inline(__always) private func isLineEnd(behind field: Int) -> Bool {
        let byte = buffer[Int(block.starts[field]) &- 1]
        return byte == 10 || byte == 13
    }

    /// Ends a record before the field `next`, which begins behind the LF of a CR LF.
    @inline(__always) private func endLine(_ record: Int, _ next: Int) {
        let starts = block.starts, metas = block.metas
        let offset = starts[next] &- 1
        block.recordEnds[record] = offset
        if buffer[Int(offset)] == 13 {
            starts[next] &+= 1
            metas[next] &-= 1 << RecordBlock.FieldFlag.bits
        }
        block.recordStarts[record &+ 1] = starts[next]
    }
}
