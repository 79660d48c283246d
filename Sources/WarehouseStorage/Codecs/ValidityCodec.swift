import WarehouseColumns

/// Validity of a chunk: absent, a bitmap, or the rows at which it changes.
enum ValidityCodec {
    /// Writes which of `count` rows are valid, in the smaller form; gives the form. `words` nil: all.
    static func encode(_ words: UnsafePointer<UInt64>?, count: Int,
                       into sink: ByteSink) -> ColumnChunkFormat.ValidityKind {
        guard let words, count > 0 else { return .none }
        let wordCount = (count + 63) / 64
        var flips = 0, before: UInt64 = 1
        for index in 0..<wordCount {
            let word = lastMasked(words, index, count)
            flips += (word ^ (word << 1 | before)).nonzeroBitCount
            before = word >> 63
        }
        if flips * 4 < wordCount * 8 {
            var valid = true
            for row in 0..<count where ValidityWords.isValid(words, row) != valid {
                sink.put(UInt32(row))
                valid.toggle()
            }
            sink.pad(to: 8)
            return .flips
        }
        for index in 0..<wordCount { sink.put(lastMasked(words, index, count)) }
        return .bitmap
    }

    /// A word whose bits past the rows repeat as valid.
    private static func lastMasked(_ words: UnsafePointer<UInt64>, _ index: Int, _ count: Int) -> UInt64 {
        let rest = count - index * 64
        return rest >= 64 ? words[index] : words[index] | (UInt64.max << UInt64(rest))
    }

    /// Reads validity of `count` rows into `words`, which has room for `(count + 63) / 64`. Gives the nulls.
    static func decode(_ kind: ColumnChunkFormat.ValidityKind, _ bytes: UnsafeRawBufferPointer, count: Int,
                       into words: UnsafeMutablePointer<UInt64>) throws(CodecFault) -> Int {
        let wordCount = (count + 63) / 64
        switch kind {
        case .none:
            return 0
        case .bitmap:
            guard bytes.count >= wordCount * 8 else { throw CodecFault("a validity bitmap ends too early") }
            for index in 0..<wordCount {
                words[index] = bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)
            }
        case .flips:
            words.update(repeating: .max, count: wordCount)
            var valid = true, from = 0
            for index in 0...(bytes.count / 4) {
                let isLast = index == bytes.count / 4
                var row = isLast ? count : Int(bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
                // Padding repeats as a row 0 behind the last flip.
                if index > 0, row == 0 { row = count }
                guard row >= from, row <= count else { throw CodecFault("validity changes out of order") }
                if !valid { for null in from..<row { ValidityWords.setNull(words, null) } }
                if row == count { break }
                valid.toggle()
                from = row
            }
        }
        return ValidityWords.nullCount(words, count: count)
    }
}
