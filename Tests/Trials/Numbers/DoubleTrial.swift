#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseBasics

/// Random doubles: their shortest text reads back as the same bits, by this package and by the C library's `strtod`;
/// and random digits read as `strtod` reads them.
public enum DoubleTrial {
    public static func run(first: UInt64, count: Int, lanes: Int) -> TrialReport {
        Lanes.run(first, count, lanes: lanes) { seed, report in
            var random = SeededRandom(seed)
            if random.chance(50) {
                roundTrip(seed, &random, &report)
            } else {
                digits(seed, &random, &report)
            }
        }
    }

    private static func roundTrip(_ seed: UInt64, _ random: inout SeededRandom, _ report: inout TrialReport) {
        var bits = random.next()
        switch random.below(8) {
        case 0: bits &= 0x800F_FFFF_FFFF_FFFF
        case 1: bits &= 0xFFFF_0000_0000_0000
        default: break
        }
        let value = random.chance(12) ? Double(Int64(bitPattern: bits) >> 20) / 1000 : Double(bitPattern: bits)
        guard value.isFinite else { return }
        report.effective += 1
        var bytes = [UInt8](repeating: 0, count: 48)
        let count = FloatText.write(value, to: &bytes)
        bytes[count] = 0
        var ours = 0.0
        let status = FloatText.parse(bytes, count: count, into: &ours)
        let theirs = read(bytes)
        let text = String(decoding: bytes[..<count], as: UTF8.self)
        report.check(status == .ok && ours.bitPattern == value.bitPattern, "seed \(seed): \(value) reads back from \(text) as \(ours)")
        report.check(theirs.bitPattern == value.bitPattern, "seed \(seed): strtod reads \(text) of \(value) as \(theirs)")
        // Swift prints the shortest digits too: ours must have as many.
        report.check(significant(text) == significant(value.description), "seed \(seed): \(value) became \(text)")
    }

    private static func digits(_ seed: UInt64, _ random: inout SeededRandom, _ report: inout TrialReport) {
        var bytes: [UInt8] = []
        let point = random.below(30)
        for index in 0...random.below(25) {
            if index == point { bytes.append(UInt8(ascii: ".")) }
            bytes.append(UInt8(random.below(10)) + 48)
        }
        if random.chance(67) {
            let range = random.chance(25) ? 700 : 60
            bytes += Array("e\(random.below(range) - range / 2)".utf8)
        }
        bytes.append(0)
        report.effective += 1
        var ours = 0.0
        let status = FloatText.parse(bytes, count: bytes.count - 1, into: &ours)
        let theirs = read(bytes)
        let isRight = theirs.isInfinite ? status == .outOfRange : status == .ok && ours.bitPattern == theirs.bitPattern
        report.check(isRight, "seed \(seed): \(String(decoding: bytes.dropLast(), as: UTF8.self)) reads as \(ours)")
    }

    private static func read(_ bytes: [UInt8]) -> Double {
        bytes.withUnsafeBytes { bytes in
            bytes.baseAddress.map { strtod($0.assumingMemoryBound(to: CChar.self), nil) } ?? .nan
        }
    }

    private static func significant(_ text: String) -> [UInt8] {
        let mantissa = text.utf8.prefix { $0 != UInt8(ascii: "e") }.filter { $0 >= 48 && $0 <= 57 }
        let tail = mantissa.drop { $0 == 48 }
        return Array(tail.prefix((tail.lastIndex { $0 != 48 } ?? tail.startIndex - 1) + 1 - tail.startIndex))
    }
}
