import WarehouseColumns

extension ColumnEncoder {
    // MARK: Doubles

    func encodeDoubles(_ buffer: ColumnBuffer, _ part: inout ColumnSummary, into sink: ByteSink) {
        fillPatterns(buffer)
        let count = buffer.count
        noteDoubles(count, &part)
        var changes = 0
        for row in 1..<max(1, count) {
            changes &+= Int(unsafeBitCast(filled[row] != filled[row &- 1], to: UInt8.self))
        }
        if changes < count / 16 || count < 16 {
            part.sketch.insert(filled, count: count)
            return encodePatterns(buffer, into: sink)
        }

        let known = numbers.entries.count
        let coded = numbers.encode(filled, count: count, into: codes)
        if coded {
            // The sketch has seen the other entries in the chunks that brought them.
            for pattern in numbers.entries[known...] { part.sketch.insert(hash: DistinctSketch.hash(pattern)) }
        } else {
            part.sketch.insert(filled, count: count)
        }
        let codeBits = coded ? 64 - UInt64(numbers.entries.count - 1).leadingZeroBitCount
            + (numbers.entries.count - known) * 64 / count : 64
        if codeBits > 8, let exponent = DecimalDoubles.exponent(filled, count: count) {
            // The codes are not needed again if decimals are smaller.
            let kept = coded ? UnsafeMutablePointer<Int64>.allocate(capacity: count) : nil
            defer { kept?.deallocate() }
            kept?.update(from: codes, count: count)
            if DecimalDoubles.encode(filled, count: count, exponent: exponent, into: codes, exceptions: &exceptions) {
                var low = codes[0], high = low
                for row in 1..<count {
                    low = min(low, codes[row])
                    high = max(high, codes[row])
                }
                if 64 - UInt64(bitPattern: high &- low).leadingZeroBitCount <= codeBits {
                    if numbers.isOpen { numbers.close(keeping: known) }
                    return encodeDecimals(buffer, exponent: exponent, low, high, into: sink)
                }
            }
            if let kept { codes.update(from: kept, count: count) }
        }
        guard coded else { return encodePatterns(buffer, into: sink) }
        putHeader(.codes, rows: count, validity: buffer.validity, into: sink)
        integers.encode(codes, count: count, into: sink)
        sink.pad(to: 8)
    }

    private func noteDoubles(_ count: Int, _ part: inout ColumnSummary) {
        var low = Double.infinity, high = -Double.infinity, nans = 0
        for row in 0..<count {
            let value = Double(bitPattern: UInt64(bitPattern: filled[row]))
            low = value < low ? value : low
            high = value > high ? value : high
            nans &+= Int(unsafeBitCast(value != value, to: UInt8.self))
        }
        part.hasNaN = nans > 0
        guard nans < count else { return }
        part.lowDouble = low
        part.highDouble = high
    }

    private func encodePatterns(_ buffer: ColumnBuffer, into sink: ByteSink) {
        putHeader(.doubleBits, rows: buffer.count, validity: buffer.validity, into: sink)
        integers.encode(filled, count: buffer.count, into: sink)
        sink.pad(to: 8)
    }

    private func encodeDecimals(_ buffer: ColumnBuffer, exponent: Int, _ low: Int64, _ high: Int64,
                                into sink: ByteSink) {
        putHeader(.decimals, rows: buffer.count, validity: buffer.validity, into: sink)
        let head = sink.count
        sink.put(UInt32(exponent))
        sink.put(UInt32(exceptions.count))
        sink.put(UInt64(0))
        integers.encode(codes, count: buffer.count, low: low, high: high, into: sink)
        sink.pad(to: 8)
        sink.patch(UInt64(sink.count - head - 16), at: head + 8)
        for row in exceptions { sink.put(UInt32(row)) }
        sink.pad(to: 8)
        for row in exceptions { sink.put(filled[Int(row)]) }
    }

    // MARK: Strings

    func encodeStrings(_ buffer: ColumnBuffer, _ part: inout ColumnSummary, into sink: ByteSink) {
        let count = buffer.count
        if strings.encode(buffer.strings, count: count, validity: buffer.validity, into: codes, sketch: &part.sketch) {
            putHeader(.codes, rows: count, validity: buffer.validity, into: sink)
            integers.encode(codes, count: count, into: sink)
            return sink.pad(to: 8)
        }
        for row in 0..<count where !buffer.isNull(row) {
            part.sketch.insert(hash: StringHash.hash(buffer.strings[row]))
        }
        putHeader(.strings, rows: count, validity: buffer.validity, into: sink)
        StringHeapCodec.encode(buffer.strings, count: count, validity: buffer.validity, lengths: integers, into: sink)
    }
}
