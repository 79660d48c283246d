import WarehouseColumns

/// Encodes one column of a segment, chunk by chunk (`ColumnChunkFormat`), and gathers its statistics. One thread.
final class ColumnEncoder {
    let kind: ColumnKind
    private(set) var summary = ColumnSummary()
    let integers = IntegerEncoder(keepsPlan: true)
    /// Values with nulls filled in, and codes.
    private(set) var filled: UnsafeMutablePointer<Int64>
    private(set) var codes: UnsafeMutablePointer<Int64>
    private var capacity = 1024
    let strings = StringDictionaryBuilder()
    let numbers = NumberDictionaryBuilder()
    private var elements: ColumnEncoder?
    var exceptions: [Int32] = []
    /// What the sketch of the segment has been given.
    private let seen = SeenValues()

    init(_ kind: ColumnKind) {
        self.kind = kind
        filled = .allocate(capacity: capacity)
        codes = .allocate(capacity: capacity)
        if case .list(let element) = kind { elements = ColumnEncoder(element) }
    }

    deinit {
        filled.deallocate()
        codes.deallocate()
    }

    private func reserve(_ count: Int) {
        guard count > capacity else { return }
        filled.deallocate()
        codes.deallocate()
        capacity = max(count, min(65_536, capacity * 2))
        filled = .allocate(capacity: capacity)
        codes = .allocate(capacity: capacity)
    }

    // MARK: A chunk

    /// Appends a chunk of all rows of `buffer` to `sink`; gives its bounds.
    func encode(_ buffer: ColumnBuffer, into sink: ByteSink) -> ChunkZones {
        var zones = ChunkZones()
        zones.nullCount = buffer.nullCount
        var part = ColumnSummary()
        part.rowCount = buffer.count
        part.nullCount = buffer.nullCount
        // What the segment has seen already needs no look.
        part.sketch = summary.sketch
        reserve(buffer.count)
        if buffer.nullCount == buffer.count {
            part.isSorted = buffer.count == 0
            putHeader(.allNull, rows: buffer.count, validity: nil, into: sink)
        } else {
            switch kind {
            case .bool, .integer: encodeIntegers(buffer, &part, &zones, into: sink)
            case .double: encodeDoubles(buffer, &part, into: sink)
            case .string: encodeStrings(buffer, &part, into: sink)
            case .list: encodeLists(buffer, into: sink)
            }
        }
        if !kind.isInteger { part.isSorted = false }
        summary.append(part)
        return zones
    }

    func putHeader(_ encoding: ColumnChunkFormat.Encoding, rows: Int, validity: UnsafePointer<UInt64>?,
                   into sink: ByteSink) {
        sink.pad(to: 8)
        let start = sink.count
        sink.put(encoding.rawValue)
        sink.put(UInt8(0))
        sink.put(UInt16(0))
        sink.put(UInt32(rows))
        sink.put(UInt64(0))
        let form = ValidityCodec.encode(validity, count: rows, into: sink)
        sink.patch(form.rawValue, at: start + 1)
        sink.patch(UInt32(sink.count - start - ColumnChunkFormat.headerBytes), at: start + 8)
    }

    // MARK: Integers

    private func encodeIntegers(_ buffer: ColumnBuffer, _ part: inout ColumnSummary, _ zones: inout ChunkZones,
                                into sink: ByteSink) {
        if buffer.physicalType == .int128, !narrowWide(buffer) {
            return encodeWide(buffer, &part, &zones, into: sink)
        }
        switch buffer.physicalType {
        case .int32 where buffer.nullCount == 0:
            // As they are: half as wide, and compared four at a time.
            return encodeFilled(UnsafePointer(buffer.int32s), buffer, &part, &zones, into: sink)
        case .bool: fill(buffer.bools, buffer)
        case .int32: fill(buffer.int32s, buffer)
        case .int64: fill(buffer.int64s, buffer)
        default: break
        }
        encodeFilled(UnsafePointer(filled), buffer, &part, &zones, into: sink)
    }

    /// `values`: of the buffer's rows, with nulls filled in.
    private func encodeFilled<T: FixedWidthInteger & SignedInteger>(
        _ values: UnsafePointer<T>, _ buffer: ColumnBuffer, _ part: inout ColumnSummary, _ zones: inout ChunkZones,
        into sink: ByteSink
    ) {
        let count = buffer.count
        profileBlocks(values, count, &zones)
        let low = zones.blockLows.min() ?? 0, high = zones.blockHighs.max() ?? 0
        zones.low = Int128(low)
        zones.high = Int128(high)
        part.note(low: zones.low, high: zones.high)
        part.isSorted = part.nullCount == 0 && isAscending(values, count)
        if count >= 1024, seen.cover(low, high) {
            seen.insert(values, count: count, into: &part.sketch)
        } else {
            part.sketch.insert(values, count: count)
        }
        putHeader(.integers, rows: count, validity: buffer.validity, into: sink)
        integers.encode(values, count: count, low: low, high: high, into: sink)
        sink.pad(to: 8)
    }

    /// Copies values widened; a null repeats the value before it, the first ones the first value.
    private func fill<T: FixedWidthInteger>(_ values: UnsafePointer<T>, _ buffer: ColumnBuffer) {
        let count = buffer.count
        guard let validity = buffer.validity else {
            for row in 0..<count { filled[row] = Int64(truncatingIfNeeded: values[row]) }
            return
        }
        var row = 0
        while row < count, !ValidityWords.isValid(validity, row) { row += 1 }
        var previous = row < count ? Int64(truncatingIfNeeded: values[row]) : 0
        for row in 0..<count {
            if ValidityWords.isValid(validity, row) { previous = Int64(truncatingIfNeeded: values[row]) }
            filled[row] = previous
        }
    }

    @inline(__always) private func profileBlocks<T: FixedWidthInteger>(
        _ values: UnsafePointer<T>, _ count: Int, _ zones: inout ChunkZones
    ) {
        var start = 0
        while start < count {
            let end = min(start + 1024, count)
            var low = values[start], high = low
            for row in start..<end {
                let value = values[row]
                low = value < low ? value : low
                high = value > high ? value : high
            }
            zones.blockLows.append(Int64(truncatingIfNeeded: low))
            zones.blockHighs.append(Int64(truncatingIfNeeded: high))
            start = end
        }
    }

    private func isAscending<T: FixedWidthInteger>(_ values: UnsafePointer<T>, _ count: Int) -> Bool {
        var row = 1
        while row < count {
            // In pieces, so that unsorted columns are seen early.
            let end = min(row + 1024, count)
            var drops = 0
            for index in row..<end {
                drops &+= Int(unsafeBitCast(values[index] < values[index &- 1], to: UInt8.self))
            }
            if drops > 0 { return false }
            row = end
        }
        return true
    }

    /// Brings 128-bit values that all fit to 64 bits; false when some do not.
    private func narrowWide(_ buffer: ColumnBuffer) -> Bool {
        let values = buffer.int128s, validity = buffer.validity
        var previous: Int64?
        for row in 0..<buffer.count {
            if let validity, !ValidityWords.isValid(validity, row) {
                filled[row] = previous ?? 0
                continue
            }
            guard let value = Int64(exactly: values[row]) else { return false }
            if previous == nil { for before in 0..<row { filled[before] = value } }
            previous = value
            filled[row] = value
        }
        return true
    }

    private func encodeWide(_ buffer: ColumnBuffer, _ part: inout ColumnSummary, _ zones: inout ChunkZones,
                            into sink: ByteSink) {
        let count = buffer.count, validity = buffer.validity
        let values = UnsafeMutablePointer<Int128>.allocate(capacity: count)
        defer { values.deallocate() }
        var previous: Int128 = 0, isFirst = true, isAscending = true
        for row in 0..<count {
            if validity.map({ ValidityWords.isValid($0, row) }) ?? true {
                let value = buffer.int128s[row]
                if isFirst {
                    for before in 0..<row { values[before] = value }
                    zones.low = value
                    zones.high = value
                    isFirst = false
                } else if value < previous {
                    isAscending = false
                }
                zones.low = min(zones.low, value)
                zones.high = max(zones.high, value)
                let hash = UInt64(truncatingIfNeeded: value) ^ UInt64(truncatingIfNeeded: value >> 64) &* 0x9E37_79B9
                part.sketch.insert(hash: DistinctSketch.hash(hash))
                previous = value
            }
            values[row] = previous
        }
        part.note(low: zones.low, high: zones.high)
        part.isSorted = part.nullCount == 0 && isAscending
        putHeader(.integers, rows: count, validity: validity, into: sink)
        integers.encode(values, count: count, into: sink)
        sink.pad(to: 8)
    }

    /// Takes doubles as their patterns into `filled`.
    func fillPatterns(_ buffer: ColumnBuffer) {
        fill(UnsafePointer(buffer.values.assumingMemoryBound(to: Int64.self)), buffer)
    }

    // MARK: Lists

    private func encodeLists(_ buffer: ColumnBuffer, into sink: ByteSink) {
        guard let elements, let child = buffer.child else { return }
        let count = buffer.count
        for row in 0..<count { filled[row] = Int64(buffer.offsets[row + 1] - buffer.offsets[row]) }
        putHeader(.lists, rows: count, validity: buffer.validity, into: sink)
        let head = sink.count
        sink.put(UInt64(child.count))
        sink.put(UInt64(0))
        integers.encode(filled, count: count, into: sink)
        sink.pad(to: 8)
        sink.patch(UInt64(sink.count - head - 16), at: head + 8)
        _ = elements.encode(child, into: sink)
    }

    // MARK: The dictionary

    /// Appends the dictionary that the chunks' codes mean; false when there is none. Of a list: its elements'.
    func encodeDictionary(into sink: ByteSink) -> Bool {
        if let elements { return elements.encodeDictionary(into: sink) }
        if !strings.entries.isEmpty {
            sink.pad(to: 8)
            sink.put(UInt64(strings.entries.count))
            strings.entries.withUnsafeBufferPointer { entries in
                guard let start = entries.baseAddress else { return }
                StringHeapCodec.encode(start, count: entries.count, validity: nil, lengths: integers, into: sink)
            }
            return true
        }
        guard !numbers.entries.isEmpty else { return false }
        sink.pad(to: 8)
        sink.put(UInt64(numbers.entries.count))
        for pattern in numbers.entries { sink.put(pattern) }
        return true
    }
}
