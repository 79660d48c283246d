/// How the blocks of a chunk are packed.
struct PackingPlan {
    var mode: IntegerChunkFormat.Mode
    /// In mode delta: add the least of the non-negative differences rather than the least of all.
    var stepIsNonNegative = false
    var usesPatches = false
    /// In mode clusters: bits of the low parts.
    var lowBits = 0
}

/// Packs normalised values block by block: chooses delta or frame of reference for a chunk from a sample of its
/// blocks, and in each block the width that costs least, with patches for what does not fit.
final class BlockPacker<Word: PackedWord> {
    typealias Plan = PackingPlan

    private static var slotCount: Int { 1024 }
    private static var mostHighs: Int32 { 256 }
    private static var mostLowBits: Int { min(32, Word.bitWidth - 1) }
    private static var wordBytes: Int { Word.bitWidth / 8 }

    private let residues = UnsafeMutablePointer<Word>.allocate(capacity: 1024)
    private let histogram = UnsafeMutablePointer<Int32>.allocate(capacity: 4 * 65)
    private let codes = UnsafeMutablePointer<UInt32>.allocate(capacity: 1024)
    private let slots = UnsafeMutablePointer<Int32>.allocate(capacity: BlockPacker.slotCount)
    private let highs = UnsafeMutablePointer<UInt64>.allocate(capacity: Int(BlockPacker.mostHighs) + 1)

    deinit {
        residues.deallocate()
        histogram.deallocate()
        codes.deallocate()
        slots.deallocate()
        highs.deallocate()
    }

    /// Choices by sampling at most 8 of the blocks.
    func plan(_ words: UnsafePointer<Word>, blocks: Int) -> Plan {
        let candidates: [Plan] = [
            Plan(mode: .frameOfReference), Plan(mode: .delta), Plan(mode: .delta, stepIsNonNegative: true),
            Plan(mode: .zigzagDelta),
        ]
        var best = candidates[0], bestCost = Int.max
        let stride = max(1, blocks / 8)
        for candidate in candidates {
            var cost = 0, unpatched = 0
            var block = 0
            while block < blocks {
                _ = makeResidues(words + block * 1024, candidate)
                let choice = chooseWidth(usesPatches: true)
                cost += choice.cost
                unpatched += 128 * choice.fullWidth
                block += stride
            }
            // Patches and prefix sums cost time in every scan: they must gain something.
            var plan = candidate
            plan.usesPatches = cost * 33 < unpatched * 32
            if !plan.usesPatches { cost = unpatched }
            if candidate.mode != .frameOfReference { cost += cost / 32 }
            if cost < bestCost { (best, bestCost) = (plan, cost) }
        }
        let sampled = (blocks + stride - 1) / stride
        // Only values that are wide in every other way are worth the search.
        if bestCost > sampled * 128 * 10 {
            let cluster = planClusters(words, blocks: blocks)
            if cluster.cost * 33 < bestCost / sampled * 32 { return cluster.plan }
        }
        return best
    }

    /// The bits of low parts that serve three blocks best, and what a block costs then.
    private func planClusters(_ words: UnsafePointer<Word>, blocks: Int) -> (plan: Plan, cost: Int) {
        var costs = [Int](repeating: 0, count: 33)
        let samples = min(3, blocks)
        for sample in 0..<samples {
            residues.update(from: words + (blocks * sample / samples) * 1024, count: 1024)
            var sorted = UnsafeMutableBufferPointer(start: residues, count: 1024)
            sorted.sort()
            for bits in 4...BlockPacker.mostLowBits {
                var highs = 1
                for index in 1..<1024 {
                    let differs = residues[index] &>> Word(bits) != residues[index &- 1] &>> Word(bits)
                    highs &+= Int(unsafeBitCast(differs, to: UInt8.self))
                }
                costs[bits] += highs > 256 ? 1 << 20
                    : 128 * (bits + BlockPacker.bitCount(highs - 1)) + highs * BlockPacker.wordBytes
            }
        }
        var best = 4
        for bits in 4...BlockPacker.mostLowBits where costs[bits] < costs[best] { best = bits }
        return (Plan(mode: .clusters, lowBits: best), costs[best] / samples)
    }

    private static func bitCount(_ value: Int) -> Int { Int.bitWidth - value.leadingZeroBitCount }

    /// Writes the table of blocks and the blocks.
    func pack(_ words: UnsafePointer<Word>, blocks: Int, _ plan: Plan, into sink: ByteSink) {
        let entryBytes = IntegerChunkFormat.entryBytes(word: BlockPacker.wordBytes)
        let table = sink.count
        sink.reserve(blocks * entryBytes).initializeMemory(as: UInt8.self, repeating: 0, count: blocks * entryBytes)
        sink.commit(blocks * entryBytes)
        sink.pad(to: 8)
        let data = sink.count
        if plan.mode == .clusters {
            for block in 0..<blocks {
                putClusters(words + block * 1024, plan, entry: table + block * entryBytes, data: data, into: sink)
            }
            return
        }
        for block in 0..<blocks {
            let frame = makeResidues(words + block * 1024, plan)
            let choice = chooseWidth(usesPatches: plan.usesPatches)
            let entry = table + block * entryBytes
            sink.patch(UInt32(sink.count - data), at: entry)
            sink.patch(UInt8(choice.width), at: entry + 4)
            sink.patch(UInt8(choice.patchCount > 0 ? choice.patchBytes : 0), at: entry + 5)
            sink.patch(UInt16(choice.patchCount), at: entry + 6)
            sink.patch(frame.base, at: entry + 8)
            sink.patch(frame.step, at: entry + 8 + BlockPacker.wordBytes)
            putPacked(width: choice.width, into: sink)
            if choice.patchCount > 0 { putPatches(choice, into: sink) }
        }
    }

    private func putPacked(width: Int, into sink: ByteSink) {
        Word.pack(residues, width: width, into: sink.reserve(128 * width))
        sink.commit(128 * width)
    }

    private func putPatches(_ choice: WidthChoice, into sink: ByteSink) {
        let limit: Word = choice.width == Word.bitWidth ? .max : (1 << Word(choice.width)) - 1
        let groups = sink.count
        for _ in 0..<4 { sink.put(UInt16(0)) }
        let rows = sink.reserve(choice.patchCount + 1).assumingMemoryBound(to: UInt8.self)
        var found = 0
        for group in 0..<4 {
            let start = found
            for row in 0..<256 {
                // Without a branch: where patches fall cannot be foreseen.
                rows[found] = UInt8(truncatingIfNeeded: row)
                found &+= Int(unsafeBitCast(residues[group &* 256 &+ row] > limit, to: UInt8.self))
            }
            sink.patch(UInt16(found - start), at: groups + 2 * group)
        }
        sink.commit(choice.patchCount)
        let values = sink.reserve(choice.patchCount * choice.patchBytes + 8)
        let positions = UnsafePointer(sink.base.assumingMemoryBound(to: UInt8.self) + groups + 8)
        let shift = Word(choice.width)
        var index = 0
        for group in 0..<4 {
            let end = index + Int((sink.base + groups + 2 * group).loadUnaligned(as: UInt16.self))
            while index < end {
                let high = residues[group &* 256 &+ Int(positions[index])] &>> shift
                (values + index &* choice.patchBytes).storeBytes(of: UInt64(high), as: UInt64.self)
                index &+= 1
            }
        }
        sink.commit(choice.patchCount * choice.patchBytes)
        sink.pad(to: 8)
    }

    // MARK: Clusters

    private func putClusters(_ u: UnsafePointer<Word>, _ plan: Plan, entry: Int, data: Int, into sink: ByteSink) {
        var lowBits = plan.lowBits
        var collected = collectHighs(u, lowBits)
        while collected == nil {
            lowBits += 1
            collected = collectHighs(u, lowBits)
        }
        let count = collected ?? 0
        let mask: Word = (1 << Word(lowBits)) - 1
        for index in 0..<1024 { residues[index] = u[index] & mask }
        let codeWidth = BlockPacker.bitCount(count - 1)
        sink.patch(UInt32(sink.count - data), at: entry)
        sink.patch(UInt8(lowBits), at: entry + 4)
        sink.patch(UInt8(codeWidth), at: entry + 5)
        sink.patch(UInt16(count), at: entry + 6)
        putPacked(width: lowBits, into: sink)
        let target = sink.reserve(128 * codeWidth)
        BitPacking32.pack(codes, width: codeWidth, into: target.assumingMemoryBound(to: UInt32.self))
        sink.commit(128 * codeWidth)
        for index in 0..<count {
            sink.put(Word(truncatingIfNeeded: highs[index] &<< UInt64(lowBits)))
        }
        sink.pad(to: 8)
    }

    /// Puts the distinct values without their low bits into `highs`, in order of appearance, and the codes of the block
    /// into `codes`; gives how many there are, nil when they are too many.
    private func collectHighs(_ u: UnsafePointer<Word>, _ lowBits: Int) -> Int? {
        slots.update(repeating: -1, count: BlockPacker.slotCount)
        var all: Word = 0
        for index in 0..<1024 { all |= u[index] }
        let shift = Word(lowBits)
        return all &>> shift < BlockPacker.slotCount ? collectFewHighs(u, shift) : collectManyHighs(u, shift)
    }


    /// High parts that are small enough to be slots themselves.
    private func collectFewHighs(_ u: UnsafePointer<Word>, _ shift: Word) -> Int? {
        let slots = slots, codes = codes, highs = highs
        var count: Int32 = 0
        for index in 0..<1024 {
            let high = u[index] &>> shift
            var code = slots[Int(truncatingIfNeeded: high)]
            if code < 0 {
                guard count < BlockPacker.mostHighs else { return nil }
                code = count
                slots[Int(truncatingIfNeeded: high)] = code
                highs[Int(count)] = UInt64(high)
                count &+= 1
            }
            codes[index] = UInt32(bitPattern: code)
        }
        return Int(count)
    }

    private func collectManyHighs(_ u: UnsafePointer<Word>, _ shift: Word) -> Int? {
        let slots = slots, codes = codes, highs = highs
        // An empty slot names an entry that no high part equals: one comparison finds nearly all of them.
        slots.update(repeating: BlockPacker.mostHighs, count: BlockPacker.slotCount)
        highs[Int(BlockPacker.mostHighs)] = .max
        var count: Int32 = 0
        for index in 0..<1024 {
            let high = UInt64(u[index] &>> shift), slot = BlockPacker.slot(high)
            var code = slots[slot]
            if highs[Int(code)] != high {
                code = findHigh(high, slot, count)
                if code == count {
                    guard count < BlockPacker.mostHighs else { return nil }
                    highs[Int(count)] = high
                    count &+= 1
                }
            }
            codes[index] = UInt32(bitPattern: code)
        }
        return Int(count)
    }

    /// The code of a high part that is not in its first slot; `next` when it is new and has got a slot.
    @inline(never) private func findHigh(_ high: UInt64, _ first: Int, _ next: Int32) -> Int32 {
        var slot = first
        while slots[slot] != BlockPacker.mostHighs {
            if highs[Int(slots[slot])] == high { return slots[slot] }
            slot = (slot + 1) % BlockPacker.slotCount
        }
        slots[slot] = next
        return next
    }

    /// The uppermost bits of a product depend on all bits of the number.
    @inline(__always) private static func slot(_ high: UInt64) -> Int {
        Int(truncatingIfNeeded: (high &* 0x9E37_79B9_7F4A_7C15) >> 54)
    }

    // MARK: Residues

    private struct Frame {
        var base: Word
        var step: Word
    }

    /// Fills `residues` with what is packed of one block.
    private func makeResidues(_ u: UnsafePointer<Word>, _ plan: Plan) -> Frame {
        switch plan.mode {
        case .frameOfReference:
            var low = u[0]
            for index in 1..<1024 { low = u[index] < low ? u[index] : low }
            for index in 0..<1024 { residues[index] = u[index] &- low }
            return Frame(base: low, step: 0)
        case .delta:
            let step = plan.stepIsNonNegative ? leastRise(u) : leastDifference(u)
            residues[0] = 0
            for index in 1..<1024 { residues[index] = u[index] &- u[index &- 1] &- step }
            return Frame(base: u[0], step: step)
        case .zigzagDelta:
            residues[0] = 0
            for index in 1..<1024 {
                let delta = Word.Difference(truncatingIfNeeded: u[index] &- u[index &- 1])
                residues[index] = Word(truncatingIfNeeded: (delta &<< 1) ^ (delta &>> Word.Difference(Word.bitWidth - 1)))
            }
            return Frame(base: u[0], step: 0)
        case .clusters:
            return Frame(base: 0, step: 0)
        }
    }

    private func leastDifference(_ u: UnsafePointer<Word>) -> Word {
        var least = Word.Difference.max
        for index in 1..<1024 {
            let delta = Word.Difference(truncatingIfNeeded: u[index] &- u[index &- 1])
            least = delta < least ? delta : least
        }
        return Word(truncatingIfNeeded: least)
    }

    /// Of the differences that are not negative; the greatest one possible when all are.
    private func leastRise(_ u: UnsafePointer<Word>) -> Word {
        // As unsigned numbers the negative ones are the greater.
        var least = Word(Word.Difference.max)
        for index in 1..<1024 {
            let delta = u[index] &- u[index &- 1]
            least = delta < least ? delta : least
        }
        return least
    }

    // MARK: Width

    private struct WidthChoice {
        var width: Int
        /// Bits of the largest residue.
        var fullWidth: Int
        var patchCount = 0
        var patchBytes = 0
        /// Bytes of the block.
        var cost: Int
    }

    private func chooseWidth(usesPatches: Bool) -> WidthChoice {
        guard usesPatches else {
            var all: Word = 0
            for index in 0..<1024 { all |= residues[index] }
            let width = Word.bitWidth - all.leadingZeroBitCount
            return WidthChoice(width: width, fullWidth: width, cost: 128 * width)
        }
        histogram.update(repeating: 0, count: 4 * 65)
        var index = 0
        // Four histograms, so that equal widths in a row do not wait for each other.
        while index < 1024 {
            histogram[Word.bitWidth &- residues[index].leadingZeroBitCount] &+= 1
            histogram[65 &+ Word.bitWidth &- residues[index &+ 1].leadingZeroBitCount] &+= 1
            histogram[130 &+ Word.bitWidth &- residues[index &+ 2].leadingZeroBitCount] &+= 1
            histogram[195 &+ Word.bitWidth &- residues[index &+ 3].leadingZeroBitCount] &+= 1
            index &+= 4
        }
        for width in 0...Word.bitWidth {
            histogram[width] += histogram[65 + width] + histogram[130 + width] + histogram[195 + width]
        }
        var full = Word.bitWidth
        while full > 0, histogram[full] == 0 { full -= 1 }
        var best = WidthChoice(width: full, fullWidth: full, cost: 128 * full)
        var patches = 0, width = full
        while width > 0 {
            patches += Int(histogram[width])
            width -= 1
            let bits = full - width
            let bytes = bits <= 8 ? 1 : bits <= 16 ? 2 : bits <= 32 ? 4 : 8
            let cost = 128 * width + ((8 + patches * (1 + bytes) + 7) & ~7)
            if cost < best.cost {
                best = WidthChoice(width: width, fullWidth: full, patchCount: patches, patchBytes: bytes, cost: cost)
            }
        }
        return best
    }
}
