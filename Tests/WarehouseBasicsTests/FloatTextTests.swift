#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import Testing
import WarehouseBasics

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// What both readers make of NUL-terminated bytes; true when they agree bit for bit.
private func agreesWithLibrary(_ bytes: [UInt8]) -> Bool {
    var ours = 0.0
    let status = FloatText.parse(bytes, count: bytes.count - 1, into: &ours)
    let theirs = bytes.withUnsafeBytes { strtod($0.baseAddress!.assumingMemoryBound(to: CChar.self), nil) }
    if theirs.isInfinite { return status == .outOfRange && ours == theirs }
    return status == .ok && ours.bitPattern == theirs.bitPattern
}

@Suite struct FloatTextTests {
    @Test func randomDigitsReadAsTheCLibraryReadsThem() {
        var random = SplitMix(state: 2024)
        var bytes: [UInt8] = []
        var failures = 0
        for _ in 0..<120_000 {
            bytes.removeAll(keepingCapacity: true)
            let digits = Int(random.next() % 25) + 1
            let point = Int(random.next() % 30)
            for index in 0..<digits {
                if index == point { bytes.append(UInt8(ascii: ".")) }
                bytes.append(UInt8(random.next() % 10) + 48)
            }
            if random.next() % 3 > 0 {
                bytes.append(UInt8(ascii: "e"))
                let range = random.next() % 4 == 0 ? 700 : 60
                bytes.append(contentsOf: String(Int(random.next() % UInt64(range)) - range / 2).utf8)
            }
            bytes.append(0)
            if !agreesWithLibrary(bytes) {
                failures += 1
                if failures < 5 { Issue.record("\(String(decoding: bytes, as: UTF8.self))") }
            }
        }
    }

    @Test func randomDoublesSurviveTheRoundTrip() {
        var random = SplitMix(state: 7)
        var buffer = [UInt8](repeating: 0, count: 40)
        var failures = 0
        for index in 0..<80_000 {
            var bits = random.next()
            if index % 8 == 0 { bits &= 0x800F_FFFF_FFFF_FFFF }
            if index % 8 == 1 { bits &= 0xFFFF_0000_0000_0000 }
            let value = index % 8 == 2 ? Double(Int64(bitPattern: bits) >> 20) / 1000 : Double(bitPattern: bits)
            guard value.isFinite else { continue }
            let count = FloatText.write(value, to: &buffer)
            var back = 0.0
            let status = FloatText.parse(buffer, count: count, into: &back)
            let text = String(decoding: buffer[..<count], as: UTF8.self)
            // Swift prints the shortest digits too: ours must have the same ones.
            let isSame = significant(text) == significant(value.description)
            if status != .ok || back.bitPattern != value.bitPattern || !isSame {
                failures += 1
                if failures < 5 { Issue.record("\(value) became \(text)") }
            }
        }
    }

    private func significant(_ text: String) -> [UInt8] {
        let mantissa = text.utf8.prefix { $0 != UInt8(ascii: "e") }.filter { $0 >= 48 && $0 <= 57 }
        let tail = mantissa.drop { $0 == 48 }
        return Array(tail.prefix((tail.lastIndex { $0 != 48 } ?? tail.startIndex - 1) + 1 - tail.startIndex))
    }

    @Test func midpointsReadAsTheCLibraryReadsThem() {
        var random = SplitMix(state: 99)
        var buffer = [CChar](repeating: 0, count: 1200)
        var failures = 0
        for index in 0..<3000 {
            // The exact decimal expansion of a midpoint, and the same with a digit behind it.
            let exponent = index % 5 == 0 ? 0 : Int(random.next() % 120) + 960
            let fraction = random.next() >> 12
            let value = Double(bitPattern: UInt64(exponent) << 52 | fraction)
            let text = expansion(ofMidpointAbove: value, &buffer)
            for tail in ["", "1", "000000000000000000000000000001"] {
                if !agreesWithLibrary(text + Array(tail.utf8) + [0]) {
                    failures += 1
                    if failures < 5 { Issue.record("above \(value), tail \(tail)") }
                }
            }
        }
    }

    /// Significand + 1/2 times the power of two, printed exactly by the C library through a long double.
    private func expansion(ofMidpointAbove value: Double, _ buffer: inout [CChar]) -> [UInt8] {
        #if arch(x86_64)
        let middle = Float80(value) + Float80(value.ulp) / 2
        let count = withVaList([middle]) { vsnprintf(&buffer, buffer.count, "%.1100Lf", $0) }
        #else
        let count = withVaList([value]) { vsnprintf(&buffer, buffer.count, "%.1100f", $0) }
        #endif
        var bytes = buffer[..<min(Int(count), buffer.count - 1)].map { UInt8(bitPattern: $0) }
        while bytes.last == 48 { bytes.removeLast() }
        return bytes
    }

    @Test(arguments: [
        "0", "-0", "1e-400", "-1e-400", "4.9e-324", "2.4703282292062327e-324", "2.4703282292062328e-324",
        "2.2250738585072011e-308", "2.2250738585072014e-308", "1.7976931348623157e308", "1.7976931348623158e308",
        "1.7976931348623159e308", "179769313486231580793728971405301e276", "9007199254740993", "9007199254740992.5",
        "9007199254740993.00000000000000000000000000000000001", "123456789012345678901234567890", "1e22",
        "1e23",
        "8.5e22", "0.1", "00000000000000000000000000000.5", "6.631236846766476e-316",
        "3.2378839133029012895883524125e-319",
        "100000000000000016777215", "100000000000000016777216", "100000000000000016777217", "7.3177701707893310e15",
    ])
    func knownHardCases(text: String) {
        #expect(agreesWithLibrary(Array(text.utf8) + [0]))
    }

    @Test func longTexts() {
        let nines = [UInt8](repeating: 57, count: 2000)
        #expect(agreesWithLibrary(Array("0.".utf8) + nines + [0]))
        #expect(agreesWithLibrary(nines + Array("e-1990".utf8) + [0]))
        #expect(agreesWithLibrary(nines + [0]))
        let zeros = [UInt8](repeating: 48, count: 500)
        #expect(agreesWithLibrary(Array("0.".utf8) + zeros + nines + Array("e400".utf8) + [0]))
    }

    @Test func names() {
        #expect(FloatText.parse("inf") == .infinity)
        #expect(FloatText.parse(" -Infinity ") == -.infinity)
        #expect(FloatText.parse("NaN")?.isNaN == true)
        for bad in ["", "in", "infinit", "nan1", "1e", ".", "0x1p3", "1_0", "1e5.0"] {
            #expect(FloatText.parse(bad) == nil, "\(bad)")
        }
        #expect(FloatText.parse("1e400") == nil)
    }

    @Test(arguments: [
        (0.0, "0", "0"), (-0.0, "-0", "-0"), (4.0, "4", "4"), (0.1, "0.1", "0.1"), (3.5, "3.5", "3.5"),
        (-1234.5, "-1234.5", "-1234.5"), (123_456_789, "123456789", "123456789"), (1e20, "1e+20", "1e+20"),
        (1e15, "1000000000000000", "1e+15"), (0.0001, "0.0001", "0.0001"), (0.00001, "0.00001", "1e-05"),
        (2.5e-7, "2.5e-07", "2.5e-07"), (1e-300, "1e-300", "1e-300"),
        (0.30000000000000004, "0.30000000000000004", "0.3"),
        (1.0 / 3, "0.3333333333333333", "0.333333333333333"), (2.0 / 3, "0.6666666666666666", "0.666666666666667"),
        (999_999_999_999_999.9, "999999999999999.9", "1e+15"), (1.1e20, "1.1e+20", "1.1e+20"),
        (123_456_789_012_345_680, "1.2345678901234568e+17", "1.23456789012346e+17"),
        (.leastNonzeroMagnitude, "5e-324", "5e-324"), (12_345.678, "12345.678", "12345.678"),
        (.infinity, "inf", "inf"), (-.infinity, "-inf", "-inf"), (.nan, "NaN", "NaN"),
    ] as [(Double, String, String)])
    func writing(value: Double, shortest: String, sql: String) {
        #expect(FloatText.string(value) == shortest)
        #expect(FloatText.sqlString(value) == sql)
    }

    @Test(arguments: [
        (1.2618595071429148, "1.261859507"), (1.0 / 3, "0.3333333333"), (2.0 / 3, "0.6666666667"), (0.1, "0.1"),
        (-12.3456789012345, "-12.345678901"), (1e-7, "1e-07"), (123_456_789_012.25, "123456789012.25"),
        (999_999.999_999_999_9, "1000000"), (0.99999999999, "1"), (1e15, "1e+15"), (-0.0, "-0"), (.nan, "NaN"),
        (999_999_999_999_999.9, "1e+15"), (1_234_567.123_456_789, "1234567.12345679"),
    ] as [(Double, String)])
    func casting(value: Double, text: String) {
        let bytes = [UInt8](unsafeUninitializedCapacity: FloatText.maximumLength) { buffer, count in
            count = buffer.baseAddress.map { FloatText.cast(value, to: $0) } ?? 0
        }
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }
}
