#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A LIKE or ILIKE pattern, compiled once: `%` any run of characters, `_` one character. Time is bounded by the
/// product of text and pattern lengths, whatever the pattern.
public struct LikePattern: Sendable {
    /// What stands between two `%`: literal bytes and `_`.
    private struct Segment {
        /// In `code`.
        var start: Int
        var count: Int
        /// Characters it matches.
        var scalarCount: Int
        /// No `_`: `literal` holds the same bytes at the same place.
        var isLiteral: Bool
    }

    private static let anyScalar: UInt16 = 256

    /// A literal byte, or `anyScalar`.
    private var code: [UInt16] = []
    /// `code` as bytes.
    private var literal: [UInt8] = []
    private var segments: [Segment] = []
    /// No `%` before the first, or behind the last segment.
    private var isAnchoredAtStart = true
    private var isAnchoredAtEnd = true

    /// Whether this is ILIKE.
    public let isCaseInsensitive: Bool

    /// Whether texts need not be lowered as a whole: see `close`.
    private var foldsBytewise = true

    /// Compiles valid UTF-8. `escape` is the one character behind which `%`, `_` and itself are literal; there is
    /// none by default. Throws `invalidValue` when the pattern ends in it or it is not one character.
    public init(
        _ pattern: UnsafePointer<UInt8>, count: Int, escape: String? = nil, caseInsensitive: Bool = false
    ) throws(WarehouseError) {
        isCaseInsensitive = caseInsensitive
        let escapeBytes = try LikePattern.escapeBytes(escape)
        var index = 0
        var segment = Segment(start: 0, count: 0, scalarCount: 0, isLiteral: true)
        var isAfterPercent = false
        while index < count {
            if let escapeBytes, LikePattern.starts(pattern + index, count - index, escapeBytes) {
                index += escapeBytes.count
                guard index < count else {
                    throw WarehouseError(.invalidValue, "A LIKE pattern must not end with its escape character.")
                }
                index += appendScalar(pattern + index, count - index, &segment)
                isAfterPercent = false
            } else if pattern[index] == UInt8(ascii: "%") {
                if index == 0 { isAnchoredAtStart = false }
                close(&segment)
                isAfterPercent = true
                index += 1
            } else if pattern[index] == UInt8(ascii: "_") {
                code.append(LikePattern.anyScalar)
                literal.append(0)
                segment.isLiteral = false
                segment.count += 1
                segment.scalarCount += 1
                isAfterPercent = false
                index += 1
            } else {
                index += appendScalar(pattern + index, count - index, &segment)
                isAfterPercent = false
            }
        }
        close(&segment)
        isAnchoredAtEnd = !isAfterPercent
    }

    /// As the byte form.
    public init(_ pattern: String, escape: String? = nil, caseInsensitive: Bool = false) throws(WarehouseError) {
        let bytes = Array(pattern.utf8) + [0]
        self = try LikePattern(bytes, count: bytes.count - 1, escape: escape, caseInsensitive: caseInsensitive)
    }

    private static func escapeBytes(_ escape: String?) throws(WarehouseError) -> [UInt8]? {
        guard let escape, !escape.isEmpty else { return nil }
        guard escape.unicodeScalars.count == 1 else {
            throw WarehouseError(.invalidValue, "The escape of LIKE must be one character, not '\(escape)'.")
        }
        return Array(escape.utf8)
    }

    private static func starts(_ p: UnsafePointer<UInt8>, _ count: Int, _ prefix: [UInt8]) -> Bool {
        guard count >= prefix.count else { return false }
        for index in prefix.indices where p[index] != prefix[index] { return false }
        return true
    }

    private mutating func appendScalar(_ p: UnsafePointer<UInt8>, _ count: Int, _ segment: inout Segment) -> Int {
        let length = min(UTF8Text.length(lead: p[0]), count)
        let before = literal.count
        if isCaseInsensitive {
            CaseMapping.appendLower(p, count: length, to: &literal)
        } else {
            literal.append(contentsOf: UnsafeBufferPointer(start: p, count: length))
        }
        for byte in literal[before...] {
            code.append(UInt16(byte))
            if byte & 0xC0 != 0x80 { segment.scalarCount += 1 }
        }
        segment.count += literal.count - before
        return length
    }

    private mutating func close(_ segment: inout Segment) {
        if segment.count > 0 { segments.append(segment) }
        // ASCII letters come out of lowering ASCII letters only, but for i and k: of İ and of the Kelvin sign.
        if !segment.isLiteral { foldsBytewise = false }
        for byte in literal[segment.start..<segment.start + segment.count]
        where byte >= 0x80 || byte == UInt8(ascii: "i") || byte == UInt8(ascii: "k") { foldsBytewise = false }
        segment = Segment(start: code.count, count: 0, scalarCount: 0, isLiteral: true)
    }

    // MARK: What an optimizer asks

    /// The text that is the only match, when there is no wildcard and case counts.
    public var exactMatch: [UInt8]? {
        guard !isCaseInsensitive, isAnchoredAtStart, isAnchoredAtEnd else { return nil }
        if segments.isEmpty { return [] }
        return segments.count == 1 && segments[0].isLiteral ? literal : nil
    }

    /// Bytes that every match begins with; empty when unknown.
    public var requiredPrefix: [UInt8] {
        guard !isCaseInsensitive, isAnchoredAtStart, let first = segments.first else { return [] }
        let bytes = code[first.start..<first.start + first.count].prefix { $0 != LikePattern.anyScalar }
        return bytes.map { UInt8(truncatingIfNeeded: $0) }
    }

    /// Whether every text matches (`%`).
    public var matchesAll: Bool { segments.isEmpty && !(isAnchoredAtStart && isAnchoredAtEnd) }

    // MARK: Matching

    /// Whether valid UTF-8 matches. Case-insensitive matching of a text that is not ASCII allocates a copy.
    public func matches(_ bytes: UnsafePointer<UInt8>, count: Int) -> Bool {
        guard isCaseInsensitive else { return run(bytes, count, fold: false) }
        if foldsBytewise || UTF8Text.isASCII(bytes, count: count) { return run(bytes, count, fold: true) }
        var lowered: [UInt8] = []
        lowered.reserveCapacity(count + 8)
        CaseMapping.appendLower(bytes, count: count, to: &lowered)
        return lowered.withUnsafeBufferPointer { run($0.baseAddress!, $0.count, fold: false) }
    }

    /// As the byte form.
    public func matches(_ text: String) -> Bool { TimestampText.withBytes(text) { matches($0, count: $1) } }

    private func run(_ text: UnsafePointer<UInt8>, _ count: Int, fold: Bool) -> Bool {
        guard !segments.isEmpty else { return count == 0 || matchesAll }
        return code.withUnsafeBufferPointer { code in
            literal.withUnsafeBufferPointer { literal in
                segments.withUnsafeBufferPointer { segments in
                    Matcher(code: code, literal: literal, fold: fold)
                        .run(segments, text, count, isAnchoredAtStart, isAnchoredAtEnd)
                }
            }
        }
    }

    private struct Matcher {
        let code: UnsafeBufferPointer<UInt16>
        let literal: UnsafeBufferPointer<UInt8>
        /// Lower-case ASCII letters of the text before comparing.
        let fold: Bool

        func run(
            _ segments: UnsafeBufferPointer<Segment>, _ text: UnsafePointer<UInt8>, _ count: Int,
            _ isAnchoredAtStart: Bool, _ isAnchoredAtEnd: Bool
        ) -> Bool {
            var position = text
            var end = text + count
            var first = 0
            var last = segments.count
            if isAnchoredAtStart {
                guard let next = match(segments[0], at: position, end) else { return false }
                if segments.count == 1, isAnchoredAtEnd { return next == end }
                position = next
                first = 1
            }
            if isAnchoredAtEnd, first < last {
                let segment = segments[last - 1]
                guard let start = suffixStart(segment, position, end), match(segment, at: start, end) == end
                else { return false }
                end = start
                last -= 1
            }
            // The leftmost place of each segment leaves the most text for those behind it.
            while first < last {
                guard let next = find(segments[first], position, end) else { return false }
                position = next
                first += 1
            }
            return true
        }

        /// The end of a segment's match at a place, or nil.
        @inline(__always) func match(
            _ segment: Segment, at start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
        ) -> UnsafePointer<UInt8>? {
            var position = start
            if segment.isLiteral, !fold {
                guard end - position >= segment.count,
                      memcmp(position, literal.baseAddress! + segment.start, segment.count) == 0 else { return nil }
                return position + segment.count
            }
            for index in segment.start..<segment.start + segment.count {
                guard position < end else { return nil }
                if code[index] == LikePattern.anyScalar {
                    position += min(UTF8Text.length(lead: position.pointee), end - position)
                } else {
                    guard UInt16(folded(position.pointee)) == code[index] else { return nil }
                    position += 1
                }
            }
            return position
        }

        @inline(__always) func folded(_ byte: UInt8) -> UInt8 {
            fold && byte &- 65 < 26 ? byte | 0x20 : byte
        }

        /// Where a segment must begin to end with the text.
        func suffixStart(
            _ segment: Segment, _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
        ) -> UnsafePointer<UInt8>? {
            if segment.isLiteral { return end - start >= segment.count ? end - segment.count : nil }
            var position = end
            for _ in 0..<segment.scalarCount {
                guard position > start else { return nil }
                position -= 1
                while position > start, position.pointee & 0xC0 == 0x80 { position -= 1 }
            }
            return position
        }

        /// The end of a segment's leftmost match, or nil.
        func find(
            _ segment: Segment, _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
        ) -> UnsafePointer<UInt8>? {
            if segment.isLiteral, !fold {
                let found = ByteSearch.find(
                    literal.baseAddress! + segment.start, count: segment.count, in: start, count: end - start)
                return found < 0 ? nil : start + found + segment.count
            }
            if segment.isLiteral {
                let found = ByteSearch.findFoldingASCII(
                    literal.baseAddress! + segment.start, count: segment.count, in: start, count: end - start)
                return found < 0 ? nil : start + found + segment.count
            }
            var position = start
            let firstCode = code[segment.start]
            while position < end {
                if firstCode == LikePattern.anyScalar || UInt16(folded(position.pointee)) == firstCode,
                   let next = match(segment, at: position, end) { return next }
                position += min(UTF8Text.length(lead: position.pointee), end - position)
            }
            return nil
        }
    }
}
