import WarehouseBasics
import WarehouseIngest

/// Gzip files of many members, inflated side by side, against reading them in order: the same bytes up to the same
/// error. The members hold what looks like members: headers, whole gzip files as they stand, and bytes between.
public enum MemberTrial {
    private struct Outcome: Equatable {
        var bytes: [UInt8] = []
        var failure: String?
    }

    /// A case by its seed. `effective` counts those in which members were indeed inflated ahead.
    public static func run(first: UInt64, count: Int, lanes: Int) -> TrialReport {
        Lanes.run(first, count, lanes: lanes) { seed, report in
            var random = SeededRandom(seed)
            do {
                let file = try file(&random)
                var limits = LoadLimits()
                if random.chance(10) { limits.decompressedBytes = random.below(60_000) }
                if random.chance(10) {
                    limits.expansionBytes = random.below(20_000)
                    limits.expansionRatio = 1 + random.below(20)
                }
                let piece = random.pick([Int.max, Int.max, 1000, 17])
                let lookahead = MemberLookahead(
                    threads: 1 + random.below(4), regionBytes: 16 + random.below(random.pick([100, 3000, 60_000])),
                    outputBytes: random.pick([1000, 30_000, 1 << 20]))
                let expected = outcome(InflateSource(
                    MemorySource(file, pieceLimit: piece), fileName: "f", limits: limits), &random).outcome
                let actual = outcome(InflateSource(
                    MemorySource(file, pieceLimit: piece), fileName: "f", limits: limits, lookahead: lookahead), &random)
                if actual.isAhead { report.effective += 1 }
                report.check(actual.outcome == expected, "seed \(seed): \(file.count) bytes, in order "
                    + "\(expected.bytes.count), \(expected.failure ?? "whole"); ahead \(actual.outcome.bytes.count), "
                    + "\(actual.outcome.failure ?? "whole")")
            } catch {
                report.fail("seed \(seed): \(error)")
            }
        }
    }

    private static func outcome(
        _ source: InflateSource, _ random: inout SeededRandom
    ) -> (outcome: Outcome, isAhead: Bool) {
        var result = Outcome()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: random.pick([100, 7000, 1 << 20]), alignment: 16)
        defer { buffer.deallocate() }
        do {
            while true {
                let count = try source.read(into: buffer)
                if count == 0 { break }
                result.bytes.append(contentsOf: buffer[..<count])
            }
        } catch {
            result.failure = "\(error)"
        }
        return (result, source.piecesFromAhead > 0)
    }

    private static func file(_ random: inout SeededRandom) throws -> [UInt8] {
        var file: [UInt8] = []
        for _ in 0..<1 + random.below(40) { file += try member(&random, depth: 0) }
        switch random.below(8) {
        case 0: file += [UInt8](repeating: 0, count: 1 + random.below(40))
        case 1: file += (0..<1 + random.below(20)).map { _ in UInt8(random.below(256)) }
        case 2: file += [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3].prefix(1 + random.below(10))
        case 3: file.removeLast(random.below(file.count))
        case 4: file[random.below(file.count)] ^= 1 << UInt8(random.below(8))
        case 5: file.insert(UInt8(random.below(256)), at: random.below(file.count))
        default: break
        }
        return file
    }

    private static func member(_ random: inout SeededRandom, depth: Int) throws -> [UInt8] {
        var content: [UInt8] = []
        let size = random.pick([0, 10, 500, 5000, 30_000])
        while content.count < size {
            switch random.below(5) {
            case 0: content += [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
            case 1 where depth < 2: content += try member(&random, depth: depth + 1)
            case 2: content += [UInt8](repeating: UInt8(random.below(256)), count: random.below(900))
            case 3: content += (0..<random.below(60)).map { _ in UInt8(random.below(256)) }
            default: content += Array("\(random.below(100_000)),some text,\(random.below(90)).5\n".utf8)
            }
        }
        // Stored blocks keep the headers within as they are.
        let packed = try InflateTrial.deflated(
            content, .gzip, level: random.pick([0, 0, 1, 6]), strategy: 0, memoryLevel: 8, window: 15)
        // As BGZF: a field that says how long the member is.
        guard random.chance(20) else { return packed }
        return [0x1F, 0x8B, 8, 4, 0, 0, 0, 0, 0, 255, 6, 0, 66, 67, 2, 0, 0, 0] + packed[10...]
    }
}
