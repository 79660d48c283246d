import WarehouseColumns

/// Decodes chunks of one column (`ColumnChunkFormat`) into vectors. Keeps scratch and the chunk's parsed state; one
/// thread. The bytes of a loaded chunk must stay until the next load.
final class ColumnDecoder {
    let kind: ColumnKind
    let physical: PhysicalType
    var keepsNumberDictionaries = false

    private let dictionary: SegmentDictionary?
    private var encoding = ColumnChunkFormat.Encoding.allNull
    private(set) var rowCount = 0
    private var nullCount = 0
    private var validity = UnsafeMutablePointer<UInt64>.allocate(capacity: 1024)
    private var validityCapacity = 1024

    /// Values, patterns, codes, or lengths.
    private let integers: IntegerDecoder
    private var heap = StringHeap()
    private var exponent = 0
    private var exceptionRows = UnsafeRawBufferPointer(start: nil, count: 0)
    private var exceptionPatterns = UnsafeRawBufferPointer(start: nil, count: 0)
    private var exceptionCount = 0
    private var codesAreChecked = false

    // Lists.
    private let elements: ColumnDecoder?
    private var offsets = UnsafeMutablePointer<Int32>.allocate(capacity: 1)

    /// `physical`: what the column's vectors have. `dictionary`: the segment's, of a list that of its elements.
    init(_ kind: ColumnKind, physical: PhysicalType, elementPhysical: PhysicalType?, dictionary: SegmentDictionary?) {
        self.kind = kind
        self.physical = physical
        self.dictionary = dictionary
        lengthsOrCodes = IntegerDecoder(.int32)
        switch kind {
        case .bool, .integer: integers = IntegerDecoder(physical)
        case .double: integers = IntegerDecoder(.int64)
        case .string, .list: integers = lengthsOrCodes
        }
        if case .list(let element) = kind {
            elements = ColumnDecoder(element, physical: elementPhysical ?? .string, elementPhysical: nil,
                                     dictionary: dictionary)
        } else {
            elements = nil
        }
    }

    private let lengthsOrCodes: IntegerDecoder

    deinit {
        validity.deallocate()
        offsets.deallocate()
    }

    // MARK: Loading

    /// Takes a chunk of `expected` rows. Everything that decoding relies on is checked here, except that codes lie
    /// within the dictionary.
    func load(_ bytes: UnsafeRawBufferPointer, expected: Int) throws(CodecFault) {
        var source = ByteSource(bytes)
        guard let encoding = ColumnChunkFormat.Encoding(rawValue: try source.get(UInt8.self)),
              let form = ColumnChunkFormat.ValidityKind(rawValue: try source.get(UInt8.self)) else {
            throw CodecFault("a chunk has an unknown encoding")
        }
        _ = try source.get(UInt16.self)
        let rows = Int(try source.get(UInt32.self)), validityBytes = Int(try source.get(UInt32.self))
        _ = try source.get(UInt32.self)
        guard rows == expected, rows <= IntegerChunkFormat.maximumCount, validityBytes % 8 == 0 else {
            throw CodecFault("a chunk holds \(rows) rows instead of \(expected)")
        }
        self.encoding = encoding
        rowCount = rows
        let wordCount = (rows + 63) / 64 + 1
        if wordCount > validityCapacity {
            validity.deallocate()
            validity = .allocate(capacity: wordCount)
            validityCapacity = wordCount
        }
        nullCount = try ValidityCodec.decode(form, try source.get(validityBytes), count: rows, into: validity)
        let payload = try source.get(source.remaining)
        switch (encoding, kind) {
        case (.allNull, _): nullCount = rows
        case (.integers, .bool), (.integers, .integer), (.doubleBits, .double):
            try integers.load(payload, expected: rows)
        case (.decimals, .double): try loadDecimals(payload)
        case (.codes, .double), (.codes, .string):
            guard dictionary != nil else { throw CodecFault("a chunk of codes has no dictionary") }
            try lengthsOrCodes.load(payload, expected: rows)
        case (.strings, .string):
            // The former heap may live on in vectors.
            heap = StringHeap()
            var strings = ByteSource(payload)
            try StringHeapCodec.decode(&strings, count: rows, lengths: lengthsOrCodes, into: heap)
        case (.lists, .list): try loadLists(payload)
        default: throw CodecFault("a chunk's encoding does not suit its column")
        }
    }

    private func loadDecimals(_ payload: UnsafeRawBufferPointer) throws(CodecFault) {
        var source = ByteSource(payload)
        exponent = Int(try source.get(UInt32.self))
        exceptionCount = Int(try source.get(UInt32.self))
        let integerBytes = Int(truncatingIfNeeded: try source.get(UInt64.self))
        guard exponent <= DecimalDoubles.maximumExponent, exceptionCount <= rowCount, integerBytes % 8 == 0 else {
            throw CodecFault("the head of a chunk of decimals is wrong")
        }
        try integers.load(try source.get(integerBytes), expected: rowCount)
        exceptionRows = try source.get(4 * exceptionCount)
        try source.align(to: 8)
        exceptionPatterns = try source.get(8 * exceptionCount)
        for index in 0..<exceptionCount {
            guard exceptionRow(index) < rowCount, index == 0 || exceptionRow(index - 1) < exceptionRow(index) else {
                throw CodecFault("the exceptions of a chunk of decimals are out of order")
            }
        }
    }

    private func exceptionRow(_ index: Int) -> Int {
        Int(exceptionRows.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
    }

    private func loadLists(_ payload: UnsafeRawBufferPointer) throws(CodecFault) {
        guard let elements else { throw CodecFault("a chunk's encoding does not suit its column") }
        var source = ByteSource(payload)
        let total = Int(truncatingIfNeeded: try source.get(UInt64.self))
        let lengthBytes = Int(truncatingIfNeeded: try source.get(UInt64.self))
        guard total >= 0, total <= IntegerChunkFormat.maximumCount, lengthBytes % 8 == 0 else {
            throw CodecFault("the size of lists is impossible")
        }
        try lengthsOrCodes.load(try source.get(lengthBytes), expected: rowCount)
        offsets.deallocate()
        offsets = .allocate(capacity: rowCount + 1)
        offsets[0] = 0
        try lengthsOrCodes.decode(0, rowCount, into: UnsafeMutableRawPointer(offsets + 1))
        var sum: Int32 = 0
        for row in 1..<(rowCount + 1) {
            guard offsets[row] >= 0, Int(offsets[row]) <= total - Int(sum) else {
                throw CodecFault("the lengths of lists do not add up")
            }
            sum += offsets[row]
            offsets[row] = sum
        }
        guard Int(sum) == total else { throw CodecFault("the lengths of lists do not add up") }
        try elements.load(try source.get(source.remaining), expected: total)
    }

    // MARK: Filling

    /// Fills `vector` with rows `start ..< start + rows` of the chunk.
    func fill(_ vector: Vector, _ start: Int, _ rows: Int) throws(CodecFault) {
        guard start >= 0, rows >= 0, start <= rowCount - rows else { throw CodecFault("rows lie outside their chunk") }
        if encoding == .allNull || rows == 0 { return fillNulls(vector, rows) }
        let nulls = nullCount == 0 ? 0 : nullsIn(start, rows)
        if nulls == rows { return fillNulls(vector, rows) }
        switch encoding {
        case .integers, .doubleBits: try fillIntegers(vector, start, rows, nulls)
        case .decimals: try fillDecimals(vector, start, rows)
        case .codes: try fillCodes(vector, start, rows, nulls)
        case .strings: fillStrings(vector, start, rows)
        case .lists: try fillLists(vector, start, rows)
        case .allNull: break
        }
        if nulls > 0 { applyNulls(vector, start, rows) }
    }

    private func nullsIn(_ start: Int, _ rows: Int) -> Int {
        var nulls = 0
        for row in start..<(start + rows) {
            nulls &+= Int(truncatingIfNeeded: ~(validity[row &>> 6] &>> UInt64(row & 63)) & 1)
        }
        return nulls
    }

    private func fillNulls(_ vector: Vector, _ rows: Int) {
        if physical == .list {
            vector.setChild(Vector(elements?.physical ?? .string, capacity: 1))
        }
        guard rows > 0 else { return vector.beginFlat(0) }
        vector.beginConstant(rows: rows)
        vector.values.initializeMemory(as: UInt8.self, repeating: 0, count: physical == .list ? 8 : physical.stride)
        if physical == .string { vector.strings[0] = .empty }
        vector.setNull(0)
    }

    private func fillIntegers(_ vector: Vector, _ start: Int, _ rows: Int, _ nulls: Int) throws(CodecFault) {
        if nulls == 0 {
            if integers.kind == .constant {
                vector.beginConstant(rows: rows)
                return try integers.decode(start, 1, into: vector.values)
            }
            if integers.kind == .runs {
                let first = integers.run(at: start), last = integers.run(at: start + rows - 1)
                if (last - first + 1) * 4 <= rows { return fillRuns(vector, start, rows, first, last) }
            }
        }
        vector.beginFlat(rows)
        try integers.decode(start, rows, into: vector.values)
    }

    private func fillRuns(_ vector: Vector, _ start: Int, _ rows: Int, _ first: Int, _ last: Int) {
        let runs = last - first + 1, stride = physical.stride
        vector.beginRuns(runs, rows: rows)
        vector.values.copyMemory(from: integers.runValues + first * stride, byteCount: runs * stride)
        let ends = vector.runEnds, from = integers.runEnds
        for run in 0..<runs { ends[run] = min(Int32(rows), from[first + run] - Int32(start)) }
    }

    private func fillDecimals(_ vector: Vector, _ start: Int, _ rows: Int) throws(CodecFault) {
        vector.beginFlat(rows)
        try integers.decode(start, rows, into: vector.values)
        DecimalDoubles.decode(vector.values, count: rows, exponent: exponent)
        var low = 0, high = exceptionCount
        while low < high {
            let middle = (low + high) / 2
            if exceptionRow(middle) < start { low = middle + 1 } else { high = middle }
        }
        while low < exceptionCount, exceptionRow(low) < start + rows {
            let pattern = exceptionPatterns.loadUnaligned(fromByteOffset: 8 * low, as: UInt64.self)
            vector.doubles[exceptionRow(low) - start] = Double(bitPattern: pattern)
            low += 1
        }
    }

    private func fillCodes(_ vector: Vector, _ start: Int, _ rows: Int, _ nulls: Int) throws(CodecFault) {
        guard let dictionary else { throw CodecFault("a chunk of codes has no dictionary") }
        if nulls == 0, lengthsOrCodes.kind == .constant {
            var code: Int32 = 0
            try withUnsafeMutableBytes(of: &code) { (bytes) throws(CodecFault) in
                if let start = bytes.baseAddress { try lengthsOrCodes.decode(0, 1, into: start) }
            }
            guard code >= 0, Int(code) < dictionary.vector.count else { throw CodecFault("a code has no entry") }
            vector.beginConstant(rows: rows)
            let stride = physical.stride
            vector.values.copyMemory(from: dictionary.vector.values + Int(code) * stride, byteCount: stride)
            if physical == .string { vector.owners = [dictionary.vector] }
            return
        }
        vector.beginDictionary(dictionary.vector, count: rows)
        let codes = vector.codes
        try lengthsOrCodes.decode(start, rows, into: UnsafeMutableRawPointer(codes))
        var all: UInt32 = 0
        for row in 0..<rows { all |= UInt32(bitPattern: codes[row]) }
        guard Int(all) < dictionary.paddedCount else { throw CodecFault("a code has no entry") }
        guard physical == .double, !keepsNumberDictionaries else { return }
        // The codes' memory stays the vector's own when it turns flat.
        vector.beginFlat(rows)
        let entries = dictionary.vector.doubles, values = vector.doubles
        for row in 0..<rows { values[row] = entries[Int(codes[row])] }
    }

    private func fillStrings(_ vector: Vector, _ start: Int, _ rows: Int) {
        vector.beginFlat(rows)
        vector.owners = [heap]
        let views = vector.strings, heap = heap
        for row in 0..<rows { views[row] = heap.view(start &+ row) }
    }

    private func fillLists(_ vector: Vector, _ start: Int, _ rows: Int) throws(CodecFault) {
        guard let elements else { throw CodecFault("a chunk's encoding does not suit its column") }
        vector.beginFlat(rows)
        let first = offsets[start]
        for row in 0...rows { vector.offsets[row] = offsets[start + row] - first }
        let child: Vector
        if let present = vector.child, present.physicalType == elements.physical {
            child = present
        } else {
            child = Vector(elements.physical, capacity: 1)
            vector.setChild(child)
        }
        try elements.fill(child, Int(first), Int(offsets[start + rows] - first))
    }

    /// Marks the nulls of a filled window, and gives their rows the value that nulls have.
    private func applyNulls(_ vector: Vector, _ start: Int, _ rows: Int) {
        let words = vector.makeValidity()
        ValidityWords.copy(validity, from: start, to: words, at: 0, count: rows)
        for index in 0..<((rows + 63) >> 6) {
            var nulls = ~words[index]
            let rest = rows - index * 64
            if rest < 64 { nulls &= (1 << UInt64(rest)) - 1 }
            while nulls != 0 {
                clearValue(vector, index * 64 + nulls.trailingZeroBitCount)
                nulls &= nulls - 1
            }
        }
    }

    @inline(__always)
    private func clearValue(_ vector: Vector, _ row: Int) {
        if vector.form == .dictionary { return vector.codes[row] = 0 }
        switch physical {
        case .bool: vector.bools[row] = 0
        case .int32: vector.int32s[row] = 0
        case .int64: vector.int64s[row] = 0
        case .int128: vector.int128s[row] = 0
        case .double: vector.doubles[row] = 0
        case .string: vector.strings[row] = .empty
        case .list: break
        }
    }
}
