/// Writes integer chunks (`IntegerChunkFormat`), choosing the smallest form. Keeps its scratch for reuse; one thread.
final class IntegerEncoder {
    /// u, normalised values: of 64 or of 32 bits each.
    private var words: UnsafeMutableRawPointer
    private var capacity: Int
    private let packer = BlockPacker<UInt64>()
    private let narrowPacker = BlockPacker<UInt32>()
    /// For values and ends of runs and halves of wide values.
    private var nested: IntegerEncoder?
    /// Whether one chunk follows another of the same kind, so that the plan of one suits the next.
    private let keepsPlan: Bool
    private var kept: KeptPlan?

    /// A plan, the bytes that a block took under it, and how many chunks more may use it unseen.
    private struct KeptPlan {
        let plan: PackingPlan
        let word: Int
        let blockBytes: Int
        var uses: Int
    }

    init(capacity: Int = 1024, keepsPlan: Bool = false) {
        self.capacity = max(1024, capacity)
        self.keepsPlan = keepsPlan
        words = .allocate(byteCount: self.capacity * 8, alignment: 64)
    }

    deinit { words.deallocate() }

    private func reserve(_ count: Int) {
        let needed = (count + 1023) & ~1023
        guard needed > capacity else { return }
        words.deallocate()
        capacity = needed
        words = .allocate(byteCount: needed * 8, alignment: 64)
    }

    private func nestedEncoder() -> IntegerEncoder {
        if let nested { return nested }
        let made = IntegerEncoder()
        nested = made
        return made
    }

    // MARK: Entry points

    func encode(_ values: UnsafePointer<Int64>, count: Int, into sink: ByteSink, allowsRuns: Bool = true) {
        guard count > 0 else { return putHeader(.constant, count: 0, base: 0, factor: 1, into: sink) }
        var low = values[0], high = low
        for index in 1..<max(1, count) {
            let value = values[index]
            low = value < low ? value : low
            high = value > high ? value : high
        }
        encode(values, count: count, low: low, high: high, into: sink, allowsRuns: allowsRuns)
    }

    /// `low` and `high`: the least and greatest of `values`, which are at least one.
    func encode<T: FixedWidthInteger & SignedInteger>(
        _ values: UnsafePointer<T>, count: Int, low: Int64, high: Int64, into sink: ByteSink, allowsRuns: Bool = true
    ) {
        if low == high { return putHeader(.constant, count: count, base: Int128(low), factor: 1, into: sink) }
        if allowsRuns, count >= 256 {
            var changes = 0
            for index in 1..<count {
                changes &+= Int(unsafeBitCast(values[index] != values[index &- 1], to: UInt8.self))
            }
            let bits = 64 - UInt64(bitPattern: high &- low).leadingZeroBitCount
            let runs = changes + 1
            if runs < count / 6, encodeRuns(values, count: count, runs: runs, bits: bits, into: sink) { return }
        }
        reserve(count)
        let range = UInt64(bitPattern: high &- low)
        if range <= UInt64(UInt32.max) {
            let words = words.bindMemory(to: UInt32.self, capacity: capacity)
            let low32 = T(truncatingIfNeeded: low)
            for index in 0..<count { words[index] = UInt32(truncatingIfNeeded: values[index] &- low32) }
            let factor = CommonFactor.divideOut(words, count: count)
            encodeWords(words, narrowPacker, count, base: Int128(low), factor: factor, range: range / factor, into: sink)
        } else {
            let words = words.bindMemory(to: UInt64.self, capacity: capacity)
            for index in 0..<count { words[index] = UInt64(bitPattern: Int64(values[index]) &- low) }
            let factor = CommonFactor.divideOut(words, count: count)
            encodeWide(words, count, base: Int128(low), factor: factor, range: range / factor, into: sink)
        }
    }

    /// Words that a common factor may have brought below 2^32.
    private func encodeWide(_ words: UnsafeMutablePointer<UInt64>, _ count: Int, base: Int128, factor: UInt64,
                            range: UInt64, into sink: ByteSink) {
        guard range <= UInt64(UInt32.max) else {
            return encodeWords(words, packer, count, base: base, factor: factor, range: range, into: sink)
        }
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: (count + 1023) & ~1023) { narrow in
            guard let start = narrow.baseAddress else { return }
            for index in 0..<count { start[index] = UInt32(truncatingIfNeeded: words[index]) }
            encodeWords(start, narrowPacker, count, base: base, factor: factor, range: range, into: sink)
        }
    }

    func encode(_ values: UnsafePointer<Int128>, count: Int, into sink: ByteSink, allowsRuns: Bool = true) {
        guard count > 0 else { return putHeader(.constant, count: 0, base: 0, factor: 1, into: sink) }
        var low = values[0], high = low
        for index in 1..<max(1, count) {
            low = min(low, values[index])
            high = max(high, values[index])
        }
        if low == high { return putHeader(.constant, count: count, base: low, factor: 1, into: sink) }
        if low >= Int128(Int64.min), high <= Int128(Int64.max) {
            let narrow = UnsafeMutablePointer<Int64>.allocate(capacity: count)
            defer { narrow.deallocate() }
            for index in 0..<count { narrow[index] = Int64(truncatingIfNeeded: values[index]) }
            return encode(narrow, count: count, low: Int64(low), high: Int64(high), into: sink, allowsRuns: allowsRuns)
        }
        let range = UInt128(bitPattern: high &- low)
        let factor = CommonFactor.ofDifferences(values, count: count, low: low, range: range)
        guard range / UInt128(factor) <= UInt128(UInt64.max) else {
            return encodeSplit(values, count: count, into: sink)
        }
        reserve(count)
        let words = words.bindMemory(to: UInt64.self, capacity: capacity)
        for index in 0..<count {
            let difference = UInt128(bitPattern: values[index] &- low)
            words[index] = UInt64(truncatingIfNeeded: factor == 1 ? difference : difference / UInt128(factor))
        }
        encodeWide(words, count, base: low, factor: factor, range: UInt64(range / UInt128(factor)), into: sink)
    }

    // MARK: Forms

    private func putHeader(_ kind: IntegerChunkFormat.Kind, word: Int = 0, mode: IntegerChunkFormat.Mode? = nil,
                           count: Int, base: Int128, factor: UInt64, into sink: ByteSink) {
        sink.pad(to: 8)
        sink.put(kind.rawValue)
        sink.put(UInt8(word))
        sink.put(mode?.rawValue ?? 0)
        sink.put(UInt8(0))
        sink.put(UInt32(count))
        sink.put(base)
        sink.put(factor)
    }

    private func encodeWords<Word: PackedWord>(
        _ words: UnsafeMutablePointer<Word>, _ packer: BlockPacker<Word>, _ count: Int, base: Int128, factor: UInt64,
        range: UInt64, into sink: ByteSink
    ) {
        let plainWord = range <= 0xFF ? 1 : range <= 0xFFFF ? 2 : range <= 0xFFFF_FFFF ? 4 : 8
        let word = Word.bitWidth / 8
        // A short chunk would mostly pack its filling.
        if count < 512 {
            putHeader(.plain, word: plainWord, count: count, base: base, factor: factor, into: sink)
            for index in 0..<count {
                switch plainWord {
                case 1: sink.put(UInt8(truncatingIfNeeded: words[index]))
                case 2: sink.put(UInt16(truncatingIfNeeded: words[index]))
                case 4: sink.put(UInt32(truncatingIfNeeded: words[index]))
                default: sink.put(UInt64(words[index]))
                }
            }
            return sink.pad(to: 8)
        }
        let filled = (count + 1023) & ~1023
        for index in count..<max(count, filled) { words[index] = words[count - 1] }
        let blocks = filled / 1024
        let pack = { (plan: PackingPlan) -> Int in
            let start = sink.count
            self.putHeader(.packed, word: word, mode: plan.mode, count: count, base: base, factor: factor, into: sink)
            packer.pack(words, blocks: blocks, plan, into: sink)
            return sink.count - start
        }
        if let kept, kept.word == word, kept.uses > 0 {
            let start = sink.count
            // Planning costs half as much as packing. Data that has changed shows by its size.
            if pack(kept.plan) * 16 <= kept.blockBytes * blocks * 17 {
                self.kept?.uses -= 1
                return
            }
            sink.truncate(to: start)
        }
        let plan = packer.plan(words, blocks: blocks)
        let bytes = pack(plan)
        if keepsPlan { kept = KeptPlan(plan: plan, word: word, blockBytes: bytes / blocks + 1, uses: 3) }
    }

    /// Writes runs where they are long, or much smaller than packed values of `bits` bits.
    private func encodeRuns<T: FixedWidthInteger & SignedInteger>(
        _ values: UnsafePointer<T>, count: Int, runs: Int, bits: Int, into sink: ByteSink
    ) -> Bool {
        let starts = UnsafeMutablePointer<Int64>.allocate(capacity: runs)
        let ends = UnsafeMutablePointer<Int64>.allocate(capacity: runs)
        defer {
            starts.deallocate()
            ends.deallocate()
        }
        var run = 0
        starts[0] = Int64(values[0])
        for index in 1..<count where values[index] != values[index &- 1] {
            ends[run] = Int64(index)
            run &+= 1
            starts[run] = Int64(values[index])
        }
        ends[run] = Int64(count)
        putHeader(.runs, count: count, base: 0, factor: 1, into: sink)
        let start = sink.count
        sink.put(UInt32(0))
        sink.put(UInt32(0))
        let encoder = nestedEncoder()
        encoder.encode(starts, count: runs, into: sink, allowsRuns: false)
        sink.pad(to: 8)
        let middle = sink.count
        encoder.encode(ends, count: runs, into: sink, allowsRuns: false)
        sink.pad(to: 8)
        sink.patch(UInt32(middle - start - 8), at: start)
        sink.patch(UInt32(sink.count - middle), at: start + 4)
        // Long runs pay in every scan; short ones only where they save much.
        if runs <= count / 16 || (sink.count - start) * 16 < count * bits { return true }
        sink.truncate(to: start - IntegerChunkFormat.headerBytes)
        return false
    }

    private func encodeSplit(_ values: UnsafePointer<Int128>, count: Int, into sink: ByteSink) {
        let half = UnsafeMutablePointer<Int64>.allocate(capacity: count)
        defer { half.deallocate() }
        putHeader(.split, count: count, base: 0, factor: 1, into: sink)
        let start = sink.count
        sink.put(UInt32(0))
        sink.put(UInt32(0))
        let encoder = nestedEncoder()
        for index in 0..<count { half[index] = Int64(truncatingIfNeeded: values[index]) }
        encoder.encode(half, count: count, into: sink, allowsRuns: false)
        sink.pad(to: 8)
        let middle = sink.count
        for index in 0..<count { half[index] = Int64(truncatingIfNeeded: values[index] >> 64) }
        encoder.encode(half, count: count, into: sink, allowsRuns: false)
        sink.pad(to: 8)
        sink.patch(UInt32(middle - start - 8), at: start)
        sink.patch(UInt32(sink.count - middle), at: start + 4)
    }
}
