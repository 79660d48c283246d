import WarehouseColumns

/// Reads integer chunks (`IntegerChunkFormat`) into one physical type: int32, int64, int128, or bool. `load` checks
/// the whole structure, so that no later step can leave the chunk's bytes. Keeps its scratch; one thread.
final class IntegerDecoder {
    private(set) var count = 0
    private(set) var kind = IntegerChunkFormat.Kind.constant
    let target: PhysicalType

    private var base: Int128 = 0
    private var factor: UInt64 = 1
    /// Bytes of a word of packed or plain values.
    private var word = 4
    private var mode = IntegerChunkFormat.Mode.frameOfReference
    private var payload = UnsafeRawBufferPointer(start: nil, count: 0)
    private var blocks: UnsafeRawPointer?

    // One block, and which one it is.
    private let scratch = UnsafeMutableRawPointer.allocate(byteCount: 8 * 1024, alignment: 16)
    private let converted = UnsafeMutableRawPointer.allocate(byteCount: 16 * 1024, alignment: 16)
    private var convertedBlock = -1
    // Clusters of one block: codes, and high parts, of which every code of 8 bits names one.
    private let codes = UnsafeMutablePointer<UInt32>.allocate(capacity: 1024)
    private let highs = UnsafeMutableRawPointer.allocate(byteCount: 8 * 256, alignment: 16)

    // Runs in the target type, and the rows before their ends.
    private(set) var runCount = 0
    private(set) var runValues = UnsafeMutableRawPointer.allocate(byteCount: 16, alignment: 16)
    private(set) var runEnds = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
    private var runCapacity = 1
    private var nearRun = 0

    // Values and ends of runs, or the halves of split values.
    private var first: IntegerDecoder?
    private var second: IntegerDecoder?
    private let depth: Int

    init(_ target: PhysicalType, depth: Int = 0) {
        self.target = target
        self.depth = depth
        highs.initializeMemory(as: UInt8.self, repeating: 0, count: 8 * 256)
    }

    deinit {
        scratch.deallocate()
        converted.deallocate()
        codes.deallocate()
        highs.deallocate()
        runValues.deallocate()
        runEnds.deallocate()
    }

    // MARK: Loading

    /// Takes a chunk of `expected` values. `bytes` begin at a multiple of 8 and must stay until the next load.
    func load(_ bytes: UnsafeRawBufferPointer, expected: Int) throws(CodecFault) {
        var source = ByteSource(bytes)
        guard let kind = IntegerChunkFormat.Kind(rawValue: try source.get(UInt8.self)) else {
            throw CodecFault("an integer chunk is of an unknown kind")
        }
        let word = Int(try source.get(UInt8.self))
        guard let mode = IntegerChunkFormat.Mode(rawValue: try source.get(UInt8.self)) else {
            throw CodecFault("an integer chunk is of an unknown mode")
        }
        _ = try source.get(UInt8.self)
        let count = Int(try source.get(UInt32.self))
        guard count == expected, count <= IntegerChunkFormat.maximumCount else {
            throw CodecFault("an integer chunk holds \(count) values instead of \(expected)")
        }
        self.kind = kind
        self.mode = mode
        self.word = word
        self.count = count
        base = try source.get(Int128.self)
        factor = try source.get(UInt64.self)
        convertedBlock = -1
        payload = try source.get(source.remaining)
        switch kind {
        case .constant: break
        case .plain: try checkPlain()
        case .packed: try checkPacked()
        case .runs: try loadRuns()
        case .split: try loadSplit()
        }
    }

    private func checkPlain() throws(CodecFault) {
        guard word == 1 || word == 2 || word == 4 || word == 8, payload.count / word >= count else {
            throw CodecFault("plain integers end too early")
        }
    }

    private func checkPacked() throws(CodecFault) {
        guard word == 4 || (word == 8 && target != .int32 && target != .bool) else {
            throw CodecFault("packed integers have a wrong word")
        }
        let blockCount = (count + 1023) / 1024, entryBytes = IntegerChunkFormat.entryBytes(word: word)
        let tableBytes = (blockCount * entryBytes + 7) & ~7
        guard payload.count >= tableBytes, let start = payload.baseAddress else {
            throw CodecFault("the table of packed blocks ends too early")
        }
        let dataBytes = payload.count - tableBytes
        blocks = start + tableBytes
        for index in 0..<blockCount {
            let entry = start + index * entryBytes
            let offset = Int(entry.loadUnaligned(as: UInt32.self))
            let width = Int(entry.load(fromByteOffset: 4, as: UInt8.self))
            let patchBytes = Int(entry.load(fromByteOffset: 5, as: UInt8.self))
            let patches = Int(entry.loadUnaligned(fromByteOffset: 6, as: UInt16.self))
            var end = offset + 128 * width
            guard width <= 8 * word, offset % 8 == 0, end <= dataBytes else {
                throw CodecFault("packed block \(index) lies outside its chunk")
            }
            if mode == .clusters {
                guard (1...256).contains(patches), patchBytes <= 8, end + 128 * patchBytes + patches * word <= dataBytes
                else { throw CodecFault("the clusters of packed block \(index) lie outside its chunk") }
                continue
            }
            guard patches > 0 else { continue }
            guard patchBytes == 1 || patchBytes == 2 || patchBytes == 4 || patchBytes == 8, patches <= 1024 else {
                throw CodecFault("the patches of packed block \(index) have a wrong size")
            }
            let groups = start + tableBytes + end
            end += 8 + patches * (1 + patchBytes)
            guard end <= dataBytes else { throw CodecFault("the patches of block \(index) lie outside its chunk") }
            var sum = 0
            for group in 0..<4 { sum += Int(groups.loadUnaligned(fromByteOffset: 2 * group, as: UInt16.self)) }
            guard sum == patches else { throw CodecFault("the patches of packed block \(index) do not add up") }
        }
    }

    private func loadParts(_ firstTarget: PhysicalType, _ secondTarget: PhysicalType) throws(CodecFault)
        -> (UnsafeRawBufferPointer, UnsafeRawBufferPointer, IntegerDecoder, IntegerDecoder) {
        guard depth < 2 else { throw CodecFault("integer chunks are nested too deeply") }
        var source = ByteSource(payload)
        let firstBytes = Int(try source.get(UInt32.self)), secondBytes = Int(try source.get(UInt32.self))
        guard firstBytes % 8 == 0 else { throw CodecFault("a nested chunk is not aligned") }
        let a = try source.get(firstBytes), b = try source.get(secondBytes)
        let one = first ?? IntegerDecoder(firstTarget, depth: depth + 1)
        let two = second ?? IntegerDecoder(secondTarget, depth: depth + 1)
        guard one.target == firstTarget, two.target == secondTarget else {
            throw CodecFault("an integer chunk changes its kind")
        }
        first = one
        second = two
        return (a, b, one, two)
    }

    private func loadRuns() throws(CodecFault) {
        // Halves of split values and runs share the two slots: each kind makes its own decoders.
        if first?.target != target || second?.target != .int32 { (first, second) = (nil, nil) }
        let (values, ends, valueDecoder, endDecoder) = try loadParts(target, .int32)
        guard ends.count >= 8 else { throw CodecFault("runs end too early") }
        let runs = Int(ends.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
        guard runs <= count, runs > 0 || count == 0 else { throw CodecFault("there are more runs than rows") }
        try valueDecoder.load(values, expected: runs)
        try endDecoder.load(ends, expected: runs)
        if runs > runCapacity {
            runValues.deallocate()
            runEnds.deallocate()
            runValues = .allocate(byteCount: max(16, runs * target.stride), alignment: 16)
            runEnds = .allocate(capacity: runs)
            runCapacity = runs
        }
        try valueDecoder.decode(0, runs, into: runValues)
        try endDecoder.decode(0, runs, into: UnsafeMutableRawPointer(runEnds))
        var last: Int32 = 0
        for run in 0..<runs {
            guard runEnds[run] > last else { throw CodecFault("runs are out of order") }
            last = runEnds[run]
        }
        guard Int(last) == count else { throw CodecFault("runs do not add up to their chunk") }
        runCount = runs
        nearRun = 0
    }

    private func loadSplit() throws(CodecFault) {
        guard target == .int128 else { throw CodecFault("integers are wider than their column") }
        if first?.target != .int64 || second?.target != .int64 { (first, second) = (nil, nil) }
        let (low, high, lowDecoder, highDecoder) = try loadParts(.int64, .int64)
        try lowDecoder.load(low, expected: count)
        try highDecoder.load(high, expected: count)
    }

    // MARK: Decoding

    /// The run that holds `row`.
    func run(at row: Int) -> Int {
        if nearRun < runCount, row < Int(runEnds[nearRun]), nearRun == 0 || row >= Int(runEnds[nearRun - 1]) {
            return nearRun
        }
        var low = 0, high = runCount
        while low < high {
            let middle = (low + high) / 2
            if Int(runEnds[middle]) <= row { low = middle + 1 } else { high = middle }
        }
        nearRun = low
        return low
    }

    /// Writes values `start ..< start + rows` in the target type.
    func decode(_ start: Int, _ rows: Int, into output: UnsafeMutableRawPointer) throws(CodecFault) {
        guard start >= 0, rows >= 0, start <= count - rows else { throw CodecFault("rows lie outside their chunk") }
        guard rows > 0 else { return }
        switch kind {
        case .constant: fillConstant(rows, output)
        case .plain: decodePlain(start, rows, output)
        case .runs: expandRuns(start, rows, output)
        case .split: try decodeSplit(start, rows, output)
        case .packed: decodePacked(start, rows, output)
        }
    }

    private func fillConstant(_ rows: Int, _ output: UnsafeMutableRawPointer) {
        func fill<T: BitwiseCopyable>(_ value: T) {
            output.assumingMemoryBound(to: T.self).update(repeating: value, count: rows)
        }
        switch target {
        case .int32: fill(Int32(truncatingIfNeeded: base))
        case .int64: fill(Int64(truncatingIfNeeded: base))
        case .int128: fill(base)
        default: fill(base == 0 ? 0 : 1 as UInt8)
        }
    }

    private func decodePlain(_ start: Int, _ rows: Int, _ output: UnsafeMutableRawPointer) {
        guard let bytes = payload.baseAddress else { return }
        let scale = Int128(factor)
        for index in 0..<rows {
            let at = (start + index) * word
            let u: UInt64 = switch word {
            case 1: UInt64(bytes.load(fromByteOffset: at, as: UInt8.self))
            case 2: UInt64(bytes.loadUnaligned(fromByteOffset: at, as: UInt16.self))
            case 4: UInt64(bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self))
            default: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            }
            let value = base &+ Int128(u) &* scale
            switch target {
            case .int32: output.assumingMemoryBound(to: Int32.self)[index] = Int32(truncatingIfNeeded: value)
            case .int64: output.assumingMemoryBound(to: Int64.self)[index] = Int64(truncatingIfNeeded: value)
            case .int128: output.assumingMemoryBound(to: Int128.self)[index] = value
            default: output.assumingMemoryBound(to: UInt8.self)[index] = value == 0 ? 0 : 1
            }
        }
    }

    private func expandRuns(_ start: Int, _ rows: Int, _ output: UnsafeMutableRawPointer) {
        switch target {
        case .int32: expand(start, rows, output.assumingMemoryBound(to: Int32.self))
        case .int64: expand(start, rows, output.assumingMemoryBound(to: Int64.self))
        case .int128: expand(start, rows, output.assumingMemoryBound(to: Int128.self))
        default: expand(start, rows, output.assumingMemoryBound(to: UInt8.self))
        }
    }

    private func expand<T: BitwiseCopyable>(_ start: Int, _ rows: Int, _ output: UnsafeMutablePointer<T>) {
        let values = runValues.assumingMemoryBound(to: T.self)
        var run = run(at: start), row = start
        let end = start + rows
        while row < end {
            let stop = min(end, Int(runEnds[run]))
            (output + (row - start)).update(repeating: values[run], count: stop - row)
            row = stop
            run += 1
        }
        nearRun = max(0, run - 1)
    }

    private func decodeSplit(_ start: Int, _ rows: Int, _ output: UnsafeMutableRawPointer) throws(CodecFault) {
        guard let first, let second else { return }
        let low = UnsafeMutablePointer<Int64>.allocate(capacity: 2 * rows)
        defer { low.deallocate() }
        let high = low + rows
        try first.decode(start, rows, into: low)
        try second.decode(start, rows, into: high)
        let values = output.assumingMemoryBound(to: Int128.self)
        for index in 0..<rows {
            values[index] = Int128(high[index]) << 64 | Int128(UInt64(bitPattern: low[index]))
        }
    }

    // MARK: Packed blocks

    private func decodePacked(_ start: Int, _ rows: Int, _ output: UnsafeMutableRawPointer) {
        let stride = target.stride
        var row = start
        let end = start + rows
        while row < end {
            let block = row >> 10, offset = row & 1023
            let take = min(1024 - offset, end - row)
            let place = output + (row - start) * stride
            if take == 1024 {
                decodeBlock(block, into: place)
            } else {
                if convertedBlock != block {
                    decodeBlock(block, into: converted)
                    convertedBlock = block
                }
                place.copyMemory(from: converted + offset * stride, byteCount: take * stride)
            }
            row += take
        }
    }

    private func decodeBlock(_ index: Int, into output: UnsafeMutableRawPointer) {
        guard word == 4 else { return decodeWideBlock(index, into: output) }
        if target == .int32, factor == 1 {
            let words = output.assumingMemoryBound(to: UInt32.self)
            return unpackNarrow(index, adding: UInt32(truncatingIfNeeded: base), into: words)
        }
        let words = scratch.assumingMemoryBound(to: UInt32.self)
        unpackNarrow(index, adding: 0, into: words)
        switch target {
        case .int32:
            let values = output.assumingMemoryBound(to: Int32.self)
            let low = Int32(truncatingIfNeeded: base), scale = Int32(truncatingIfNeeded: factor)
            for row in 0..<1024 { values[row] = low &+ Int32(bitPattern: words[row]) &* scale }
        case .int64:
            let values = output.assumingMemoryBound(to: Int64.self)
            let low = Int64(truncatingIfNeeded: base), scale = Int64(truncatingIfNeeded: factor)
            if scale == 1 {
                for row in 0..<1024 { values[row] = low &+ Int64(words[row]) }
            } else {
                for row in 0..<1024 { values[row] = low &+ Int64(words[row]) &* scale }
            }
        case .int128:
            let values = output.assumingMemoryBound(to: Int128.self)
            let scale = Int128(factor)
            for row in 0..<1024 { values[row] = base &+ Int128(words[row]) &* scale }
        default:
            let values = output.assumingMemoryBound(to: UInt8.self)
            let low = UInt32(truncatingIfNeeded: base)
            for row in 0..<1024 { values[row] = UInt8(truncatingIfNeeded: low &+ words[row]) & 1 }
        }
    }

    private func decodeWideBlock(_ index: Int, into output: UnsafeMutableRawPointer) {
        if target == .int64, factor == 1 {
            let words = output.assumingMemoryBound(to: UInt64.self)
            return unpackWide(index, adding: UInt64(truncatingIfNeeded: base), into: words)
        }
        let words = scratch.assumingMemoryBound(to: UInt64.self)
        unpackWide(index, adding: 0, into: words)
        if target == .int64 {
            let values = output.assumingMemoryBound(to: Int64.self)
            let low = Int64(truncatingIfNeeded: base), scale = Int64(truncatingIfNeeded: factor)
            for row in 0..<1024 { values[row] = low &+ Int64(bitPattern: words[row]) &* scale }
        } else {
            let values = output.assumingMemoryBound(to: Int128.self)
            let scale = Int128(factor)
            for row in 0..<1024 { values[row] = base &+ Int128(words[row]) &* scale }
        }
    }

    /// u of one block, each plus `base`.
    private func unpackNarrow(_ index: Int, adding base: UInt32, into output: UnsafeMutablePointer<UInt32>) {
        guard let start = payload.baseAddress, let blocks else { return }
        let entry = start + index * IntegerChunkFormat.entryBytes(word: 4)
        let bytes = blocks + Int(entry.loadUnaligned(as: UInt32.self))
        let width = Int(entry.load(fromByteOffset: 4, as: UInt8.self))
        let patches = Int(entry.loadUnaligned(fromByteOffset: 6, as: UInt16.self))
        let blockBase = entry.loadUnaligned(fromByteOffset: 8, as: UInt32.self) &+ base
        let step = entry.loadUnaligned(fromByteOffset: 12, as: UInt32.self)
        if mode == .clusters {
            let codeWidth = Int(entry.load(fromByteOffset: 5, as: UInt8.self))
            return joinNarrow(bytes, width, codeWidth, highs: patches, adding: base, into: output)
        }
        let words = bytes.assumingMemoryBound(to: UInt32.self), isZigzag = mode == .zigzagDelta
        if isZigzag {
            BitPacking32.unpackZigzag(words, width: width, into: output)
        } else {
            BitPacking32.unpack(words, width: width, adding: mode == .delta ? step : blockBase, into: output)
        }
        if patches > 0 {
            let shift = UInt64(width), size = Int(entry.load(fromByteOffset: 5, as: UInt8.self))
            forEachPatch(bytes + 128 * width, count: patches, valueBytes: size) { row, high in
                let part = UInt32(truncatingIfNeeded: high << shift), word = output[row]
                output[row] = isZigzag ? Zigzag.decoded(Zigzag.encoded(word) &+ part) : word &+ part
            }
        }
        guard mode != .frameOfReference else { return }
        output[0] = blockBase
        PrefixSum.run(output)
    }

    private func unpackWide(_ index: Int, adding base: UInt64, into output: UnsafeMutablePointer<UInt64>) {
        guard let start = payload.baseAddress, let blocks else { return }
        let entry = start + index * IntegerChunkFormat.entryBytes(word: 8)
        let bytes = blocks + Int(entry.loadUnaligned(as: UInt32.self))
        let width = Int(entry.load(fromByteOffset: 4, as: UInt8.self))
        let patches = Int(entry.loadUnaligned(fromByteOffset: 6, as: UInt16.self))
        let blockBase = entry.loadUnaligned(fromByteOffset: 8, as: UInt64.self) &+ base
        let step = entry.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
        if mode == .clusters {
            let codeWidth = Int(entry.load(fromByteOffset: 5, as: UInt8.self))
            return joinWide(bytes, width, codeWidth, highs: patches, adding: base, into: output)
        }
        let addend = mode == .frameOfReference ? blockBase : mode == .delta ? step : 0
        BitPacking64.unpack(bytes.assumingMemoryBound(to: UInt64.self), width: width, adding: addend, into: output)
        if patches > 0 {
            let shift = UInt64(width), size = Int(entry.load(fromByteOffset: 5, as: UInt8.self))
            forEachPatch(bytes + 128 * width, count: patches, valueBytes: size) { row, high in
                output[row] = output[row] &+ (high << shift)
            }
        }
        guard mode != .frameOfReference else { return }
        if mode == .zigzagDelta {
            for row in 0..<1024 { output[row] = Zigzag.decoded(output[row]) }
        }
        output[0] = blockBase
        PrefixSum.run(output)
    }

    /// Puts low and high parts of a block together.
    private func joinNarrow(_ bytes: UnsafeRawPointer, _ width: Int, _ codeWidth: Int, highs count: Int,
                            adding base: UInt32, into output: UnsafeMutablePointer<UInt32>) {
        BitPacking32.unpack(bytes.assumingMemoryBound(to: UInt32.self), width: width, adding: base, into: output)
        let packedCodes = bytes + 128 * width, table = packedCodes + 128 * codeWidth
        BitPacking32.unpack(packedCodes.assumingMemoryBound(to: UInt32.self), width: codeWidth, adding: 0, into: codes)
        let highs = self.highs.assumingMemoryBound(to: UInt32.self)
        highs.update(from: table.assumingMemoryBound(to: UInt32.self), count: count)
        for row in 0..<1024 { output[row] = output[row] &+ highs[Int(codes[row])] }
    }

    private func joinWide(_ bytes: UnsafeRawPointer, _ width: Int, _ codeWidth: Int, highs count: Int,
                          adding base: UInt64, into output: UnsafeMutablePointer<UInt64>) {
        BitPacking64.unpack(bytes.assumingMemoryBound(to: UInt64.self), width: width, adding: base, into: output)
        let packedCodes = bytes + 128 * width, table = packedCodes + 128 * codeWidth
        BitPacking32.unpack(packedCodes.assumingMemoryBound(to: UInt32.self), width: codeWidth, adding: 0, into: codes)
        let highs = self.highs.assumingMemoryBound(to: UInt64.self)
        highs.update(from: table.assumingMemoryBound(to: UInt64.self), count: count)
        for row in 0..<1024 { output[row] = output[row] &+ highs[Int(codes[row])] }
    }

    @inline(__always)
    private func forEachPatch(_ groups: UnsafeRawPointer, count: Int, valueBytes: Int,
                              _ apply: (Int, UInt64) -> Void) {
        let rows = groups + 8, values = rows + count
        var index = 0
        for group in 0..<4 {
            let end = min(count, index &+ Int(groups.loadUnaligned(fromByteOffset: 2 &* group, as: UInt16.self)))
            while index < end {
                let row = group &* 256 &+ Int(rows.load(fromByteOffset: index, as: UInt8.self))
                let high: UInt64 = switch valueBytes {
                case 1: UInt64(values.load(fromByteOffset: index, as: UInt8.self))
                case 2: UInt64(values.loadUnaligned(fromByteOffset: 2 &* index, as: UInt16.self))
                case 4: UInt64(values.loadUnaligned(fromByteOffset: 4 &* index, as: UInt32.self))
                default: values.loadUnaligned(fromByteOffset: 8 &* index, as: UInt64.self)
                }
                apply(row, high)
                index &+= 1
            }
        }
    }
}
