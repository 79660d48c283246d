import WarehouseBasics
import WarehouseColumns

/// Character arithmetic on texts (Unicode scalars) and binaries (bytes).
enum TextUnits {
    @inline(__always) static func count(_ text: StringView, isBinary: Bool) -> Int {
        isBinary ? text.count : text.scalarCount
    }

    /// Byte offset of a character, the byte count when there are fewer.
    @inline(__always) static func offset(_ index: Int, _ text: StringView, isBinary: Bool) -> Int {
        isBinary ? min(index, text.count) : UTF8Text.offset(ofScalar: index, in: text.bytes, count: text.count)
    }

    /// Characters `start ..< start + length`, both not negative.
    static func slice(_ text: StringView, _ start: Int, _ length: Int, isBinary: Bool) -> StringView {
        let first = offset(start, text, isBinary: isBinary)
        let rest = text.slice(first, text.count - first)
        return rest.slice(0, offset(length, rest, isBinary: isBinary))
    }
}

/// SUBSTR(text, start [, length]).
final class SubstringKernel: ScalarKernel {
    private let isBinary: Bool
    init(isBinary: Bool) { self.isBinary = isBinary }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let texts = Argument<StringView>(inputs[0]), starts = Argument<Int64>(inputs[1]), out = output.strings
        output.takeOwners(of: inputs[0])
        let lengths = inputs.count > 2 ? Argument<Int64>(inputs[2]) : nil
        output.forEachValid(count) { row in
            out[row] = substring(texts[row], starts[row], lengths.map { $0[row] } ?? .max)
        }
    }

    private func substring(_ text: StringView, _ start: Int64, _ length: Int64) -> StringView {
        guard length > 0, text.count > 0 else { return .empty }
        var first = Int(max(start, 1)) - 1
        if start < 0 {
            let total = TextUnits.count(text, isBinary: isBinary)
            guard start >= -Int64(total) else { return .empty }
            first = total + Int(start)
        }
        guard first < text.count else { return .empty }
        return TextUnits.slice(text, first, Int(min(length, Int64(text.count))), isBinary: isBinary)
    }
}

/// LEFT(text, n) and RIGHT(text, n).
final class TextEndKernel: ScalarKernel {
    private let isBinary: Bool
    private let isRight: Bool
    init(isBinary: Bool, isRight: Bool) {
        self.isBinary = isBinary
        self.isRight = isRight
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let texts = Argument<StringView>(inputs[0]), lengths = Argument<Int64>(inputs[1]), out = output.strings
        output.takeOwners(of: inputs[0])
        output.forEachValid(count) { row in
            let text = texts[row], length = Int(min(max(lengths[row], 0), Int64(text.count)))
            if isRight {
                let total = TextUnits.count(text, isBinary: isBinary)
                let start = TextUnits.offset(max(0, total - length), text, isBinary: isBinary)
                out[row] = text.slice(start, text.count - start)
            } else {
                out[row] = TextUnits.slice(text, 0, length, isBinary: isBinary)
            }
        }
    }
}

/// SPLIT_PART(text, separator, number).
final class SplitPartKernel: ScalarKernel {
    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let texts = Argument<StringView>(inputs[0]), separators = Argument<StringView>(inputs[1])
        let numbers = Argument<Int64>(inputs[2]), out = output.strings
        output.takeOwners(of: inputs[0])
        output.forEachValid(count) { row in
            out[row] = SplitPartKernel.part(texts[row], separators[row], numbers[row])
        }
    }

    private static func part(_ text: StringView, _ separator: StringView, _ number: Int64) -> StringView {
        if separator.count == 0 { return number >= -1 && number <= 1 ? text : .empty }
        var wanted = max(number, 1) - 1
        if number < 0 {
            let parts = Int64(TextSplitter.partCount(text, separator))
            guard number >= -parts else { return .empty }
            wanted = parts + number
        }
        var start = 0
        while true {
            let rest = text.slice(start, text.count - start)
            let found = ByteSearch.find(separator.bytes, count: separator.count, in: rest.bytes, count: rest.count)
            if wanted == 0 { return found < 0 ? rest : rest.slice(0, found) }
            if found < 0 { return .empty }
            wanted -= 1
            start += found + separator.count
        }
    }
}

/// Cuts texts at a separator that is not empty.
enum TextSplitter {
    static func partCount(_ text: StringView, _ separator: StringView) -> Int {
        var parts = 1
        var start = 0
        while start < text.count {
            let found = ByteSearch.find(separator.bytes, count: separator.count, in: text.bytes + start,
                                        count: text.count - start)
            if found < 0 { break }
            parts += 1
            start += found + separator.count
        }
        return parts
    }
}

/// SPLIT(text, separator): a list of parts; the whole text for an empty separator.
final class SplitKernel: ScalarKernel {
    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let texts = Argument<StringView>(inputs[0]), separators = Argument<StringView>(inputs[1])
        let offsets = output.offsets
        offsets[0] = 0
        guard let child = output.child else { return }
        let words = output.validity
        var total = 0, budget = TextBudget(rows: count)
        for row in 0..<count {
            if let words, !ValidityWords.isValid(words, row) { continue }
            let parts = separators[row].count == 0 ? 1 : TextSplitter.partCount(texts[row], separators[row])
            total += parts
            try budget.takeValue(parts.multipliedClamped(by: MemoryLayout<StringView>.stride))
        }
        child.beginFlat(total)
        child.takeOwners(of: inputs[0])
        let parts = child.strings
        var filled = 0
        for row in 0..<count {
            if words == nil || ValidityWords.isValid(words.unsafelyUnwrapped, row) {
                filled = SplitKernel.split(texts[row], separators[row], parts, filled)
            }
            offsets[row + 1] = Int32(truncatingIfNeeded: filled)
        }
        output.takeOwners(of: inputs[0])
    }

    private static func split(
        _ text: StringView, _ separator: StringView, _ parts: UnsafeMutablePointer<StringView>, _ start: Int
    ) -> Int {
        var filled = start
        var offset = 0
        while separator.count > 0, offset <= text.count {
            let rest = text.count - offset
            let found = rest == 0 ? -1
                : ByteSearch.find(separator.bytes, count: separator.count, in: text.bytes + offset, count: rest)
            if found < 0 { break }
            parts[filled] = text.slice(offset, found)
            filled += 1
            offset += found + separator.count
        }
        parts[filled] = text.slice(offset, text.count - offset)
        return filled + 1
    }
}
