extension CSVScanner {
    /// Finds records from `position` on, until there are `maximumRecords`, the fields' room is used up, or the text
    /// ends; a record cut by the end of the buffer is left for the next scan.
    func scan(_ maximumRecords: Int) {
        block.text = UnsafePointer(buffer)
        block.fileOffset = fileOffset
        block.recordCount = 0
        block.faults.removeAll(keepingCapacity: true)
        var state = ScanState(recordStart: position, fieldStart: position, seenUpTo: position, line: line)
        let text = buffer, end = filled, mask = mask
        let delimiter = format.fieldDelimiter.first ?? 0, hasDelimiter = !format.fieldDelimiter.isEmpty
        let isPlainDelimiter = format.fieldDelimiter.count == 1
        let isLineDelimited = format.recordDelimiter == nil
        var base = position, plainFrom = base
        scan: while base < end {
            if let plain, base >= plainFrom, state.isPlain(base) {
                let next = scanPlain(base, plain, &state, maximumRecords)
                // Where other special bytes stand they mostly are many.
                if next &- base < 512 { plainFrom = next &+ 1024 }
                base = next
                if base >= end { break }
            }
            var bits = mask.bits(text + base)
            if end &- base < 64 { bits &= (1 << UInt64(truncatingIfNeeded: end &- base)) &- 1 }
            while bits != 0 {
                let offset = base &+ bits.trailingZeroBitCount
                bits &= bits &- 1
                if offset < state.seenUpTo { continue }
                let byte = text[offset]
                if state.place == .unenclosed, hasDelimiter, byte == delimiter, isPlainDelimiter {
                    emit(offset, &state)
                    state.fieldStart = offset &+ 1
                } else if state.place == .unenclosed, isLineDelimited, byte == 10 {
                    emit(offset, &state)
                    if endRecord(offset, 1, &state, maximumRecords) { break scan }
                } else if state.place == .unenclosed, isLineDelimited, byte == 13 {
                    emit(offset, &state)
                    if endRecord(offset, carriageReturnLength(offset), &state, maximumRecords) { break scan }
                } else {
                    if special(byte, offset, &state, maximumRecords) { break scan }
                }
            }
            base &+= 64
        }
        if base >= end, !state.wantsMore, isSourceAtEnd, state.records < maximumRecords { finish(&state) }
        position = state.recordStart
        line = state.line
        block.recordCount = state.records
        while let fault = block.faults.last, fault.record >= state.records { block.faults.removeLast() }
    }

    /// Length of the line end that begins with the CR at `offset`. Where the text ends behind it, the LF that may
    /// follow is left for the next scan to drop.
    @inline(__always) private func carriageReturnLength(_ offset: Int) -> Int {
        if offset &+ 1 < filled { return buffer[offset &+ 1] == 10 ? 2 : 1 }
        skipsLineFeed = true
        return 1
    }

    // MARK: Fields and records

    /// Notes the field that ends before `end`.
    @inline(__always) private func emit(_ end: Int, _ state: inout ScanState) {
        var start = state.fieldStart, length = end &- state.fieldStart
        if format.trimSpace { trim(&start, &length) }
        put(start, length, state.flags, &state)
        state.flags = 0
    }

    @inline(__always) private func put(_ start: Int, _ length: Int, _ flags: UInt32, _ state: inout ScanState) {
        guard state.fieldCount < RecordBlock.fieldCapacity else {
            state.excessFields &+= 1
            return
        }
        block.starts[state.fieldCount] = Int32(truncatingIfNeeded: start)
        block.metas[state.fieldCount] = UInt32(truncatingIfNeeded: length) << RecordBlock.FieldFlag.bits | flags
        state.fieldCount &+= 1
    }

    private func trim(_ start: inout Int, _ length: inout Int) {
        while length > 0, isBlank(buffer[start]) {
            start += 1
            length -= 1
        }
        while length > 0, isBlank(buffer[start + length - 1]) { length -= 1 }
    }

    @inline(__always) private func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }

    /// Ends the record before `end`; the next one begins behind its delimiter. True when the scan must stop.
    @inline(__always) private func endRecord(
        _ end: Int, _ delimiterLength: Int, _ state: inout ScanState, _ maximumRecords: Int
    ) -> Bool {
        let next = end &+ delimiterLength
        let fields = state.fieldCount &- state.firstField &+ state.excessFields
        if state.excessFields > 0, state.records > 0 {
            // The record does not fit behind the others: it begins the next block.
            return true
        }
        if end != state.recordStart || !format.skipBlankLines {
            let record = state.records
            block.firstFields[record] = Int32(truncatingIfNeeded: state.firstField)
            block.fieldCounts[record] = Int32(truncatingIfNeeded: fields)
            block.recordStarts[record] = Int32(truncatingIfNeeded: state.recordStart)
            block.recordEnds[record] = Int32(truncatingIfNeeded: end)
            block.lines[record] = state.line
            state.records = record &+ 1
            state.firstField = state.fieldCount
        } else {
            state.fieldCount = state.firstField
        }
        if state.hasInnerLines || format.recordDelimiter != nil {
            state.line &+= lineEnds(state.recordStart, min(next, filled))
            state.hasInnerLines = false
        } else {
            state.line &+= 1
        }
        state.excessFields = 0
        state.recordStart = next
        state.fieldStart = next
        state.place = .unenclosed
        state.flags = 0
        if state.seenUpTo < next { state.seenUpTo = next }
        return state.records == maximumRecords
    }

    /// The text ends: so does the last record, unless it was ended by its delimiter.
    private func finish(_ state: inout ScanState) {
        guard state.recordStart < filled else { return }
        if state.place == .enclosed {
            fault(.unclosed, state.enclosedStart - 1, state)
            put(state.enclosedStart, filled - state.enclosedStart, state.flags | RecordBlock.FieldFlag.enclosed, &state)
        } else if state.place == .behindEnclosure {
            closeEnclosed(filled, &state)
        } else {
            emit(filled, &state)
        }
        if state.excessFields > 0, state.records > 0 { return }
        endedWithText = true
        state.hasInnerLines = true
        _ = endRecord(filled, 0, &state, .max)
    }

    private func fault(_ fault: RecordBlock.Fault, _ offset: Int, _ state: ScanState) {
        if block.faults.last?.record == state.records { return }
        block.faults.append((state.records, fault, offset, state.fieldCount - state.firstField + state.excessFields))
    }

    // MARK: Everything but a plain delimiter

    /// Deals with a special byte; true when the scan must stop.
    @inline(never) private func special(_ byte: UInt8, _ offset: Int, _ state: inout ScanState, _ maximumRecords: Int)
        -> Bool
    {
        switch state.place {
        case .enclosed: return specialEnclosed(byte, offset, &state, maximumRecords)
        case .unenclosed:
            if byte == format.enclosure, opensEnclosure(offset, state) {
                state.place = .enclosed
                state.enclosedStart = offset + 1
                return false
            }
            if byte == format.effectiveUnenclosedEscape, byte != format.enclosure { return escape(offset, &state) }
        case .behindEnclosure: break
        }
        return delimiter(byte, offset, &state, maximumRecords)
    }

    private func opensEnclosure(_ offset: Int, _ state: ScanState) -> Bool {
        if offset == state.fieldStart { return true }
        guard format.trimSpace else { return false }
        for index in state.fieldStart..<offset where !isBlank(buffer[index]) { return false }
        return true
    }

    private func specialEnclosed(_ byte: UInt8, _ offset: Int, _ state: inout ScanState, _ maximumRecords: Int) -> Bool {
        if byte == format.enclosure {
            if offset + 1 >= filled, !isSourceAtEnd { return wantMore(&state) }
            if offset + 1 < filled, buffer[offset + 1] == byte {
                state.flags |= RecordBlock.FieldFlag.escaped
                state.seenUpTo = offset + 2
            } else {
                state.enclosedEnd = offset
                state.place = .behindEnclosure
            }
            return false
        }
        if byte == format.escape { return escape(offset, &state) }
        guard let length = recordDelimiterLength(byte, offset) else { return false }
        if length < 0 { return wantMore(&state) }
        if format.multiLine {
            state.hasInnerLines = true
            state.seenUpTo = offset + length
            return false
        }
        fault(.recordDelimiterInField, offset, state)
        put(state.enclosedStart, offset - state.enclosedStart, state.flags | RecordBlock.FieldFlag.enclosed, &state)
        return endRecord(offset, length, &state, maximumRecords)
    }

    /// The byte behind an escape is text, whatever it is; a CR LF counts as one.
    private func escape(_ offset: Int, _ state: inout ScanState) -> Bool {
        guard offset + 1 < filled else {
            if !isSourceAtEnd { return wantMore(&state) }
            return false
        }
        state.flags |= RecordBlock.FieldFlag.escaped
        state.seenUpTo = offset + 2
        let next = buffer[offset + 1]
        if next == 13 {
            if offset + 2 >= filled, !isSourceAtEnd { return wantMore(&state) }
            if offset + 2 < filled, buffer[offset + 2] == 10 { state.seenUpTo = offset + 3 }
        }
        if next == 10 || next == 13 { state.hasInnerLines = true }
        return false
    }

    private func delimiter(_ byte: UInt8, _ offset: Int, _ state: inout ScanState, _ maximumRecords: Int) -> Bool {
        if !format.fieldDelimiter.isEmpty, byte == format.fieldDelimiter[0] {
            switch match(format.fieldDelimiter, offset) {
            case nil: return wantMore(&state)
            case false?: break
            case true?:
                let next = offset + format.fieldDelimiter.count
                if state.place == .behindEnclosure { closeEnclosed(offset, &state) } else { emit(offset, &state) }
                state.place = .unenclosed
                state.fieldStart = next
                state.seenUpTo = next
                return false
            }
        }
        guard let length = recordDelimiterLength(byte, offset) else { return false }
        if length < 0 { return wantMore(&state) }
        if state.place == .behindEnclosure { closeEnclosed(offset, &state) } else { emit(offset, &state) }
        return endRecord(offset, length, &state, maximumRecords)
    }

    /// Ends a field that was enclosed; what stands between the enclosure and the delimiter at `end` is a fault.
    private func closeEnclosed(_ end: Int, _ state: inout ScanState) {
        for index in (state.enclosedEnd + 1)..<max(end, state.enclosedEnd + 1)
        where !(format.trimSpace && isBlank(buffer[index])) {
            fault(.textBehindEnclosure, index, state)
            break
        }
        put(state.enclosedStart, state.enclosedEnd - state.enclosedStart,
            state.flags | RecordBlock.FieldFlag.enclosed, &state)
        state.flags = 0
    }

    private func wantMore(_ state: inout ScanState) -> Bool {
        state.wantsMore = true
        return true
    }

    /// Whether a delimiter of several bytes stands at `offset`; nil when the text ends before that is known.
    private func match(_ delimiter: [UInt8], _ offset: Int) -> Bool? {
        for index in 0..<delimiter.count {
            if offset + index >= filled { return isSourceAtEnd ? false : nil }
            if buffer[offset + index] != delimiter[index] { return false }
        }
        return true
    }

    /// Whether `offset` lies before the end of the text as read so far, or behind that of the file.
    private func byteBehind(_ offset: Int, isNeeded: Bool) -> Bool { !isNeeded || offset < filled || isSourceAtEnd }

    /// Length of the record delimiter at `offset`; nil when there is none, -1 when more text must be read to know.
    private func recordDelimiterLength(_ byte: UInt8, _ offset: Int) -> Int? {
        guard let delimiter = format.recordDelimiter else {
            return byte == 10 ? 1 : byte == 13 ? carriageReturnLength(offset) : nil
        }
        guard byte == delimiter[0] else { return nil }
        return switch match(delimiter, offset) {
        case nil: -1
        case true?:
            // Whether a CR ends a line depends on what follows it.
            byteBehind(offset + delimiter.count, isNeeded: delimiter.last == 13) ? delimiter.count : -1
        case false?: nil
        }
    }
}
