import WarehouseBasics
import WarehouseColumns

/// CONTAINS, STARTSWITH, ENDSWITH: by bytes.
final class TextMatchKernel: ScalarKernel {
    enum Place: Sendable { case anywhere, start, end }
    private let place: Place
    init(_ place: Place) { self.place = place }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let texts = Argument<StringView>(inputs[0]), parts = Argument<StringView>(inputs[1]), out = output.bools
        output.forEachValid(count) { row in
            let text = texts[row], part = parts[row]
            let isFound: Bool
            if part.count > text.count {
                isFound = false
            } else {
                switch place {
                case .anywhere:
                    isFound = ByteSearch.find(part.bytes, count: part.count, in: text.bytes, count: text.count) >= 0
                case .start: isFound = text.slice(0, part.count) == part
                case .end: isFound = text.slice(text.count - part.count, part.count) == part
                }
            }
            out[row] = isFound ? 1 : 0
        }
    }
}

/// POSITION(needle, text, start): 1-based, 0 when absent.
final class PositionKernel: ScalarKernel {
    private let isBinary: Bool
    init(isBinary: Bool) { self.isBinary = isBinary }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let needles = Argument<StringView>(inputs[0]), texts = Argument<StringView>(inputs[1])
        let starts = Argument<Int64>(inputs[2]), out = output.int64s
        output.forEachValid(count) { row in out[row] = position(needles[row], texts[row], starts[row]) }
    }

    private func position(_ needle: StringView, _ text: StringView, _ start: Int64) -> Int64 {
        let skipped = Int(min(max(start, 1) - 1, Int64(text.count) + 1))
        guard skipped <= text.count else { return 0 }
        let offset = TextUnits.offset(skipped, text, isBinary: isBinary)
        if offset == text.count, skipped > TextUnits.count(text, isBinary: isBinary) { return 0 }
        guard needle.count > 0 else { return Int64(skipped) + 1 }
        let found = ByteSearch.find(needle.bytes, count: needle.count, in: text.bytes + offset,
                                    count: text.count - offset)
        guard found >= 0 else { return 0 }
        let before = StringView(text.bytes, count: offset + found)
        return Int64(TextUnits.count(before, isBinary: isBinary)) + 1
    }
}

/// LIKE and ILIKE with a constant pattern.
final class LikeKernel: ScalarKernel {
    private let pattern: LikePattern
    init(_ pattern: LikePattern) { self.pattern = pattern }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let texts = Argument<StringView>(inputs[0]), out = output.bools
        if let exact = pattern.exactMatch {
            exact.withUnsafeBufferPointer { exact in
                let wanted = exact.baseAddress.map { StringView($0, count: exact.count) } ?? .empty
                output.forEachValid(count) { row in out[row] = texts[row] == wanted ? 1 : 0 }
            }
            return
        }
        output.forEachValid(count) { row in
            let text = texts[row]
            out[row] = pattern.matches(text.bytes, count: text.count) ? 1 : 0
        }
    }
}

/// LIKE and ILIKE with a pattern from a column; the last one compiled is kept.
final class VariableLikeKernel: ScalarKernel {
    private let escape: String?
    private let isCaseInsensitive: Bool
    private var last: (text: [UInt8], pattern: LikePattern)?

    init(escape: String?, isCaseInsensitive: Bool) {
        self.escape = escape
        self.isCaseInsensitive = isCaseInsensitive
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let texts = Argument<StringView>(inputs[0]), patterns = Argument<StringView>(inputs[1]), out = output.bools
        try output.forEachValid(count) { row in
            let text = texts[row]
            out[row] = try compiled(patterns[row]).matches(text.bytes, count: text.count) ? 1 : 0
        }
    }

    private func compiled(_ text: StringView) throws -> LikePattern {
        if let last, last.text.elementsEqual(text.buffer) { return last.pattern }
        let pattern = try LikePattern(text.bytes, count: text.count, escape: escape,
                                      caseInsensitive: isCaseInsensitive)
        last = (Array(text.buffer), pattern)
        return pattern
    }
}

/// EDITDISTANCE(a, b [, limit]): Levenshtein over scalars, at most `limit`.
final class EditDistanceKernel: ScalarKernel {
    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let a = Argument<StringView>(inputs[0]), b = Argument<StringView>(inputs[1]), out = output.int64s
        let limits = inputs.count > 2 ? Argument<Int64>(inputs[2]) : nil
        try output.forEachValid(count) { row in
            let x = a[row].scalars(), y = b[row].scalars()
            guard x.count * y.count <= 1 << 32 else {
                throw WarehouseError(.limitExceeded, "EDITDISTANCE: the texts are too long to compare.")
            }
            let distance = Int64(try EditDistanceKernel.distance(x, y))
            out[row] = min(distance, max(0, limits.map { $0[row] } ?? .max))
        }
    }

    private static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) throws -> Int {
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            if i & 0x3F == 0x3F || b.count > 8192 { try Interruption.check() }
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let next = min(diagonal + (x == y ? 0 : 1), row[j] + 1, row[j + 1] + 1)
                diagonal = row[j + 1]
                row[j + 1] = next
            }
        }
        return row[b.count]
    }
}

/// JAROWINKLER_SIMILARITY: 0 to 100, without regard to case, prefix scale 0.1.
final class JaroWinklerKernel: ScalarKernel {
    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let a = Argument<StringView>(inputs[0]), b = Argument<StringView>(inputs[1]), out = output.int64s
        var x: [UInt8] = [], y: [UInt8] = []
        try output.forEachValid(count) { row in
            x.removeAll(keepingCapacity: true)
            y.removeAll(keepingCapacity: true)
            CaseMapping.appendLower(a[row].bytes, count: a[row].count, to: &x)
            CaseMapping.appendLower(b[row].bytes, count: b[row].count, to: &y)
            out[row] = try JaroWinklerKernel.similarity(scalars(x), scalars(y))
        }
    }

    private func scalars(_ bytes: [UInt8]) -> [Unicode.Scalar] {
        bytes.withUnsafeBufferPointer { $0.baseAddress.map { StringView($0, count: bytes.count).scalars() } ?? [] }
    }

    static func similarity(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) throws -> Int64 {
        guard !a.isEmpty, !b.isEmpty else { return 0 }
        let reach = max(0, max(a.count, b.count) / 2 - 1)
        var usedA = [Bool](repeating: false, count: a.count), usedB = [Bool](repeating: false, count: b.count)
        var matches = 0, meter = LoopMeter()
        for i in a.indices {
            // As long as a scalar without a partner takes to find.
            try meter.pass(bytes: 8 * min(reach, b.count))
            let low = max(0, i - reach), high = min(b.count, i + reach + 1)
            for j in low..<max(low, high) where !usedB[j] && a[i] == b[j] {
                usedA[i] = true
                usedB[j] = true
                matches += 1
                break
            }
        }
        guard matches > 0 else { return 0 }
        var transposed = 0, j = 0
        for i in a.indices where usedA[i] {
            while !usedB[j] { j += 1 }
            if a[i] != b[j] { transposed += 1 }
            j += 1
        }
        let m = Double(matches)
        let jaro = (m / Double(a.count) + m / Double(b.count) + (m - Double(transposed / 2)) / m) / 3
        let prefix = zip(a, b).prefix(4).prefix { $0 == $1 }.count
        return Int64((jaro + Double(prefix) * 0.1 * (1 - jaro)) * 100)
    }
}
