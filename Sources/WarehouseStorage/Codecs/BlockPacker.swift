/// Packs normalised values block by block: chooses delta or frame of reference for a chunk from a sample of its
/// blocks, and in each block the width that costs least, with patches for what does not fit.
final class BlockPacker {
    struct Plan {
        var mode: IntegerChunkFormat.Mode
        /// In mode delta: add the least of the non-negative differences rather than the least of all.
        var stepIsNonNegative = false
        var usesPatches = false
        /// In mode clusters: bits of the low parts.
        var lowBits = 0
    }

    private let residues = UnsafeMutablePointer<UInt64>.allocate(capacity: 1024)
    private let narrow = UnsafeMutablePointer<UInt32>.allocate(capacity: 1024)
    private let histogram = UnsafeMutablePointer<Int32>.allocate(capacity: 4 * 65)
    private let codes = UnsafeMutablePointer<UInt32>.allocate(capacity: 1024)
    private let slots = UnsafeMutablePointer<Int32>.allocate(capacity: BlockPacker.slotCount)

    deinit {
        residues.deallocate()
        narrow.deallocate()
        histogram.deallocate()
        codes.deallocate()
        slots.deallocate()
    }

    /// Choices by sampling at most 8 of the blocks.
    func plan(_ words: UnsafePointer<UInt64>, blocks: Int, isNarrow: Bool) -> Plan {
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
                _ = makeResidues(words + block * 1024, candidate, isNarrow)
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
            let cluster = planClusters(words, blocks: blocks, isNarrow: isNarrow)
            if cluster.cost * 33 < bestCost / sampled * 32 { return cluster.plan }
        }
        return best
    }

    /// The bits of low parts that serve three blocks best, and what a block costs then.
    private func planClusters(_ words: UnsafePointer<UInt64>, blocks: Int, isNarrow: Bool) -> (plan: Plan, cost: Int) {
        var costs = [Int](repeating: 0, count: 33)
        let samples = min(3, blocks)
        for sample in 0..<samples {
            residues.update(from: words + (blocks * sample / samples) * 1024, count: 1024)
            var sorted = UnsafeMutableBufferPointer(start: residues, count: 1024)
            sorted.sort()
            for bits in 4...32 {
                var highs = 1
                for index in 1..<1024 {
                    let differs = residues[index] &>> UInt64(bits) != residues[index &- 1] &>> UInt64(bits)
                    highs &+= Int(unsafeBitCast(differs, to: UInt8.self))
                }
                costs[bits] += highs > 256 ? 1 << 20
                    : 128 * (bits + BlockPacker.bitCount(highs - 1)) + highs * (isNarrow ? 4 : 8)
            }
        }
        var best = 4
        for bits in 4...32 where costs[bits] < costs[best] { best = bits }
        return (Plan(mode: .clusters, lowBits: best), costs[best] / samples)
    }

    private static func bitCount(_ value: Int) -> Int { Int.bitWidth - value.leadingZeroBitCount }

    /// Writes the table of blocks and the blocks.
    func pack(_ words: UnsafePointer<UInt64>, blocks: Int, _ plan: Plan, isNarrow: Bool, into sink: ByteSink) {
        let word = isNarrow ? 4 : 8
        let entryBytes = IntegerChunkFormat.entryBytes(word: word)
        let table = sink.count
        sink.reserve(blocks * entryBytes).initializeMemory(as: UInt8.self, repeating: 0, count: blocks * entryBytes)
        sink.commit(blocks * entryBytes)
        sink.pad(to: 8)
        let data = sink.count
        if plan.mode == .clusters {
            for block in 0..<blocks {
                putClusters(words + block * 1024, plan, isNarrow, entry: table + block * entryBytes, data: data,
                            into: sink)
            }
            return
        }
        for block in 0..<blocks {
            let frame = makeResidues(words + block * 1024, plan, isNarrow)
            let choice = chooseWidth(usesPatches: plan.usesPatches)
            let entry = table + block * entryBytes
            sink.patch(UInt32(sink.count - data), at: entry)
            sink.patch(UInt8(choice.width), at: entry + 4)
            sink.patch(UInt8(choice.patchCount > 0 ? choice.patchBytes : 0), at: entry + 5)
            sink.patch(UInt16(choice.patchCount), at: entry + 6)
            if isNarrow {
                sink.patch(UInt32(truncatingIfNeeded: frame.base), at: entry + 8)
                sink.patch(UInt32(truncatingIfNeeded: frame.step), at: entry + 12)
            } else {
                sink.patch(frame.base, at: entry + 8)
                sink.patch(frame.step, at: entry + 16)
            }
            putPacked(width: choice.width, isNarrow, into: sink)
            if choice.patchCount > 0 { putPatches(choice, into: sink) }
        }
    }

    private func putPacked(width: Int, _ isNarrow: Bool, into sink: ByteSink) {
        let bytes = 128 * width
        let target = sink.reserve(bytes)
        if isNarrow {
            for index in 0..<1024 { narrow[index] = UInt32(truncatingIfNeeded: residues[index]) }
            BitPacking32.pack(narrow, width: width, into: target.assumingMemoryBound(to: UInt32.self))
        } else {
            BitPacking64.pack(residues, width: width, into: target.assumingMemoryBound(to: UInt64.self))
        }
        sink.commit(bytes)
    }

    private func putPatches(_ choice: WidthChoice, into sink: ByteSink) {
        let limit = choice.width == 64 ? UInt64.max : (1 << UInt64(choice.width)) - 1
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
        let shift = UInt64(choice.width)
        var index = 0
        for group in 0..<4 {
            let end = index + Int((sink.base + groups + 2 * group).loadUnaligned(as: UInt16.self))
            while index < end {
                let high = residues[group &* 256 &+ Int(positions[index])] &>> shift
                (values + index &* choice.patchBytes).storeBytes(of: high, as: UInt64.self)
                index &+= 1
            }
        }
        sink.commit(choice.patchCount * choice.patchBytes)
        sink.pad(to: 8)
    }

    // MARK: Clusters

    private func putClusters(_ u: UnsafePointer<UInt64>, _ plan: Plan, _ isNarrow: Bool, entry: Int, data: Int,
                             into sink: ByteSink) {
        var lowBits = plan.lowBits
        var highs = collectHighs(u, lowBits)
        while highs == nil {
            lowBits += 1
            highs = collectHighs(u, lowBits)
        }
        let found = highs ?? []
        let mask: UInt64 = (1 << UInt64(lowBits)) - 1
        for index in 0..<1024 { residues[index] = u[index] & mask }
        let codeWidth = BlockPacker.bitCount(found.count - 1)
        sink.patch(UInt32(sink.count - data), at: entry)
        sink.patch(UInt8(lowBits), at: entry + 4)
        sink.patch(UInt8(codeWidth), at: entry + 5)
        sink.patch(UInt16(found.count), at: entry + 6)
        putPacked(width: lowBits, isNarrow, into: sink)
        let target = sink.reserve(128 * codeWidth)
        BitPacking32.pack(codes, width: codeWidth, into: target.assumingMemoryBound(to: UInt32.self))
        sink.commit(128 * codeWidth)
        for high in found {
            if isNarrow { sink.put(UInt32(truncatingIfNeeded: high)) } else { sink.put(high) }
        }
        sink.pad(to: 8)
    }

    /// The distinct values without their low bits, in order of appearance, and the codes of the block; nil when they
    /// are more than 256.
    private func collectHighs(_ u: UnsafePointer<UInt64>, _ lowBits: Int) -> [UInt64]? {
        slots.update(repeating: -1, count: BlockPacker.slotCount)
        var all: UInt64 = 0
        for index in 0..<1024 { all |= u[index] }
        let shift = UInt64(lowBits)
        return all &>> shift < BlockPacker.slotCount ? collectFewHighs(u, shift) : collectManyHighs(u, shift)
    }

    private static let slotCount = 1024

    /// High parts that are small enough to be slots themselves.
    private func collectFewHighs(_ u: UnsafePointer<UInt64>, _ shift: UInt64) -> [UInt64]? {
        var highs: [UInt64] = []
        let slots = slots, codes = codes
        for index in 0..<1024 {
            let high = u[index] &>> shift
            var code = slots[Int(truncatingIfNeeded: high)]
            if code < 0 {
                guard highs.count < 256 else { return nil }
                code = Int32(highs.count)
                slots[Int(truncatingIfNeeded: high)] = code
                highs.append(high << shift)
            }
            codes[index] = UInt32(bitPattern: code)
        }
        return highs
    }

    private func collectManyHighs(_ u: UnsafePointer<UInt64>, _ shift: UInt64) -> [UInt64]? {
        var highs: [UInt64] = []
        var previous = ~(u[0] &>> shift), code: Int32 = 0
        for index in 0..<1024 {
            let high = u[index] &>> shift
            if high != previous {
                previous = high
                var slot = Int(truncatingIfNeeded: DistinctSketch.hash(high)) & (BlockPacker.slotCount - 1)
                while slots[slot] >= 0, highs[Int(slots[slot])] != high << shift {
                    slot = (slot + 1) & (BlockPacker.slotCount - 1)
                }
                if slots[slot] < 0 {
                    guard highs.count < 256 else { return nil }
                    slots[slot] = Int32(highs.count)
                    highs.append(high << shift)
                }
                code = slots[slot]
            }
            codes[index] = UInt32(bitPattern: code)
        }
        return highs
    }

    // MARK: Residues

    private struct Frame {
        var base: UInt64
        var step: UInt64
    }

    /// Fills `residues` with what is packed of one block.
    private func makeResidues(_ u: UnsafePointer<UInt64>, _ plan: Plan, _ isNarrow: Bool) -> Frame {
        switch plan.mode {
        case .frameOfReference:
            var low = u[0]
            for index in 1..<1024 { low = u[index] < low ? u[index] : low }
            for index in 0..<1024 { residues[index] = u[index] &- low }
            return Frame(base: low, step: 0)
        case .delta:
            let step = isNarrow ? narrowStep(u, plan.stepIsNonNegative) : wideStep(u, plan.stepIsNonNegative)
            let mask: UInt64 = isNarrow ? 0xFFFF_FFFF : .max
            residues[0] = 0
            for index in 1..<1024 { residues[index] = (u[index] &- u[index &- 1] &- step) & mask }
            return Frame(base: u[0], step: step)
        case .zigzagDelta:
            residues[0] = 0
            if isNarrow {
                for index in 1..<1024 {
                    let delta = Int32(truncatingIfNeeded: u[index] &- u[index &- 1])
                    residues[index] = UInt64(UInt32(bitPattern: (delta &<< 1) ^ (delta &>> 31)))
                }
            } else {
                for index in 1..<1024 {
                    let delta = Int64(truncatingIfNeeded: u[index] &- u[index &- 1])
                    residues[index] = UInt64(bitPattern: (delta &<< 1) ^ (delta &>> 63))
                }
            }
            return Frame(base: u[0], step: 0)
        case .clusters:
            return Frame(base: 0, step: 0)
        }
    }

    private func narrowStep(_ u: UnsafePointer<UInt64>, _ nonNegative: Bool) -> UInt64 {
        var least = Int32.max
        for index in 1..<1024 {
            let delta = Int32(truncatingIfNeeded: u[index] &- u[index &- 1])
            if delta < least, delta >= 0 || !nonNegative { least = delta }
        }
        return UInt64(UInt32(bitPattern: least))
    }

    private func wideStep(_ u: UnsafePointer<UInt64>, _ nonNegative: Bool) -> UInt64 {
        var least = Int64.max
        for index in 1..<1024 {
            let delta = Int64(truncatingIfNeeded: u[index] &- u[index &- 1])
            if delta < least, delta >= 0 || !nonNegative { least = delta }
        }
        return UInt64(bitPattern: least)
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
            var all: UInt64 = 0
            for index in 0..<1024 { all |= residues[index] }
            let width = 64 - all.leadingZeroBitCount
            return WidthChoice(width: width, fullWidth: width, cost: 128 * width)
        }
        histogram.update(repeating: 0, count: 4 * 65)
        var index = 0
        // Four histograms, so that equal widths in a row do not wait for each other.
        while index < 1024 {
            histogram[64 &- residues[index].leadingZeroBitCount] &+= 1
            histogram[65 &+ 64 &- residues[index &+ 1].leadingZeroBitCount] &+= 1
            histogram[130 &+ 64 &- residues[index &+ 2].leadingZeroBitCount] &+= 1
            histogram[195 &+ 64 &- residues[index &+ 3].leadingZeroBitCount] &+= 1
            index &+= 4
        }
        for width in 0...64 {
            histogram[width] += histogram[65 + width] + histogram[130 + width] + histogram[195 + width]
        }
        var full = 64
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
