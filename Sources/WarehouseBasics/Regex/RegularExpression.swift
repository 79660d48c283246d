/// A compiled regular expression: POSIX extended syntax with the Perl additions that Snowflake documents (`\d \w \s \b`,
/// lazy quantifiers, `(?:…)`), matched over Unicode scalars in time linear in the text (Thompson's simulation with
/// captures, as described by Pike and Cox). Of several matches the leftmost counts, and of those the one that the
/// alternatives and quantifiers prefer.
///
/// Not supported, each with an error: back references, look-around, possessive quantifiers.
public final class RegularExpression: Sendable {
    public struct Options: Sendable, Hashable {
        /// `i`
        public var ignoresCase = false
        /// `s`: the dot matches a line end too.
        public var dotMatchesLineEnd = false
        /// `m`: `^` and `$` match at line ends too.
        public var isMultiline = false
        public init() {}
    }

    public let pattern: String
    /// Groups in parentheses, the whole match not counted.
    public let groupCount: Int
    let program: RegexProgram

    /// Throws `invalidValue` for a pattern that is not well formed, with the place and the reason.
    public init(_ pattern: String, options: Options = Options()) throws(WarehouseError) {
        self.pattern = pattern
        var parser = RegexParser(pattern, options: options)
        let tree = try parser.parse()
        groupCount = parser.groupCount
        program = try RegexCompiler.compile(tree, options: options, pattern: pattern)
    }

    /// Scratch memory for matching from one thread.
    public func makeMatcher() -> RegexMatcher { RegexMatcher(program, groupCount: groupCount) }

    /// Whether the whole text matches.
    public func matchesWhole(_ text: String) -> Bool {
        var copy = text
        return copy.withUTF8 { buffer in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1) { spare in
                guard let spareStart = spare.baseAddress else { return false }
                spareStart.initialize(to: 0)
                let start = buffer.baseAddress ?? UnsafePointer(spareStart)
                return makeMatcher().matchesWhole(start, count: buffer.count)
            }
        }
    }
}

/// One instruction of a compiled expression.
enum RegexInstruction: Sendable {
    case scalars(RegexScalarSet)
    case split(preferred: Int, other: Int)
    case jump(Int)
    case save(Int)
    case assert(RegexAssertion)
    case match
}

enum RegexAssertion: Sendable { case lineStart, lineEnd, textStart, textEnd, wordBoundary, notWordBoundary }

struct RegexProgram: Sendable {
    var instructions: [RegexInstruction] = []
    var isMultiline = false
    static let maximumInstructions = 50_000
}

/// A set of scalars: ranges, maybe negated, maybe in any case.
struct RegexScalarSet: Sendable {
    var ranges: [ClosedRange<UInt32>] = []
    var isNegated = false
    var ignoresCase = false
    /// Bit i: scalar i belongs; for the 128 ASCII ones.
    private var ascii: (UInt64, UInt64) = (0, 0)

    init(_ ranges: [ClosedRange<UInt32>], isNegated: Bool = false, ignoresCase: Bool = false) {
        self.ranges = ranges
        self.isNegated = isNegated
        self.ignoresCase = ignoresCase
        for scalar in UInt32(0)..<128 where slowContains(scalar) {
            if scalar < 64 { ascii.0 |= 1 << UInt64(scalar) } else { ascii.1 |= 1 << UInt64(scalar - 64) }
        }
    }

    @inline(__always) func contains(_ scalar: UInt32) -> Bool {
        if scalar < 64 { return ascii.0 >> UInt64(scalar) & 1 != 0 }
        if scalar < 128 { return ascii.1 >> UInt64(scalar - 64) & 1 != 0 }
        return slowContains(scalar)
    }

    private func slowContains(_ scalar: UInt32) -> Bool {
        var found = isIn(scalar)
        if !found, ignoresCase {
            found = RegexScalarSet.otherCases(scalar).contains(where: isIn)
        }
        return found != isNegated
    }

    private func isIn(_ scalar: UInt32) -> Bool { ranges.contains { $0.contains(scalar) } }

    private static func otherCases(_ scalar: UInt32) -> [UInt32] {
        guard let value = Unicode.Scalar(scalar) else { return [] }
        return [value.properties.lowercaseMapping, value.properties.uppercaseMapping].compactMap { text in
            text.unicodeScalars.count == 1 ? text.unicodeScalars.first?.value : nil
        }
    }

    static let digits: [ClosedRange<UInt32>] = [48...57]
    static let word: [ClosedRange<UInt32>] = [48...57, 65...90, 95...95, 97...122]
    static let space: [ClosedRange<UInt32>] = [9...13, 32...32]
    static let maximumScalar: UInt32 = 0x10FFFF

    /// What is in none of the ranges.
    static func complement(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { result.append(next...(range.lowerBound - 1)) }
            next = max(next, range.upperBound + 1)
        }
        if next <= maximumScalar { result.append(next...maximumScalar) }
        return result
    }
}
