import WarehouseBasics
import WarehouseColumns

/// CONCAT of texts or binaries; with `hasSeparator` the first argument stands between the others (CONCAT_WS).
final class ConcatKernel: ScalarKernel {
    private let hasSeparator: Bool
    init(hasSeparator: Bool) { self.hasSeparator = hasSeparator }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let separators = Argument<StringView>(inputs[0])
        let parts = inputs.dropFirst(hasSeparator ? 1 : 0).map { Argument<StringView>($0) }
        let out = output.strings, arena = output.arena
        let none = StringView.empty
        var budget = TextBudget(rows: count)
        try parts.withUnsafeBufferPointer { parts in
            try output.forEachValid(count) { row in
                let separator = hasSeparator ? separators[row] : none
                var total = separator.count &* max(0, parts.count &- 1)
                for part in parts { total &+= part[row].count }
                try budget.take(total)
                let bytes = arena.allocate(total)
                var position = bytes
                for index in 0..<parts.count {
                    if hasSeparator, index > 0 { ConcatKernel.put(separator, &position) }
                    ConcatKernel.put(parts[index][row], &position)
                }
                out[row] = StringView(bytes, count: total)
            }
        }
    }

    @inline(__always) private static func put(_ text: StringView, _ position: inout UnsafeMutablePointer<UInt8>) {
        ShortBytes.copy(text.bytes, position, count: text.count)
        position += text.count
    }
}

/// REPLACE(text, what, by).
final class ReplaceKernel: ScalarKernel {
    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let texts = Argument<StringView>(inputs[0]), patterns = Argument<StringView>(inputs[1])
        let replacements = Argument<StringView>(inputs[2]), out = output.strings, arena = output.arena
        output.takeOwners(of: inputs[0])
        var result: [UInt8] = []
        var budget = TextBudget(rows: count)
        try output.forEachValid(count) { row in
            let text = texts[row], pattern = patterns[row]
            guard pattern.count > 0, text.count > 0 else {
                out[row] = text
                return
            }
            result.removeAll(keepingCapacity: true)
            var start = 0
            while start < text.count {
                let found = ByteSearch.find(pattern.bytes, count: pattern.count, in: text.bytes + start,
                                            count: text.count - start)
                if found < 0 { break }
                result.append(contentsOf: text.slice(start, found).buffer)
                result.append(contentsOf: replacements[row].buffer)
                start += found + pattern.count
                try TextLimits.check(result.count)
            }
            try budget.take(result.count)
            if start == 0 {
                out[row] = text
            } else {
                result.append(contentsOf: text.slice(start, text.count - start).buffer)
                out[row] = arena.copy(result)
            }
        }
    }
}

/// REPEAT(text, n); SPACE(n) is a repeated space.
final class RepeatKernel: ScalarKernel {
    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let texts = Argument<StringView>(inputs[0]), times = Argument<Int64>(inputs[1])
        let out = output.strings, arena = output.arena
        var budget = TextBudget(rows: count)
        try output.forEachValid(count) { row in
            let text = texts[row], wanted = Int(max(0, times[row]))
            let (total, overflow) = text.count.multipliedReportingOverflow(by: wanted)
            try budget.take(overflow ? .max : total)
            let bytes = arena.allocate(total)
            for index in 0..<(text.count == 0 ? 0 : wanted) {
                (bytes + index * text.count).update(from: text.bytes, count: text.count)
            }
            out[row] = StringView(bytes, count: total)
        }
    }
}

/// LPAD and RPAD: exactly n characters.
final class PadKernel: ScalarKernel {
    private let isBinary: Bool
    private let isRight: Bool
    init(isBinary: Bool, isRight: Bool) {
        self.isBinary = isBinary
        self.isRight = isRight
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let texts = Argument<StringView>(inputs[0]), lengths = Argument<Int64>(inputs[1])
        let pads = Argument<StringView>(inputs[2]), out = output.strings, arena = output.arena
        output.takeOwners(of: inputs[0])
        var padding: [UInt8] = []
        var budget = TextBudget(rows: count)
        try output.forEachValid(count) { row in
            let text = texts[row], pad = pads[row], length = Int(max(0, lengths[row]))
            let own = TextUnits.count(text, isBinary: isBinary)
            let padLength = TextUnits.count(pad, isBinary: isBinary)
            guard length > own, padLength > 0 else {
                out[row] = TextUnits.slice(text, 0, min(length, text.count), isBinary: isBinary)
                return
            }
            try budget.take(length)
            padding.removeAll(keepingCapacity: true)
            let missing = length - own
            for _ in 0..<(missing / padLength) { padding.append(contentsOf: pad.buffer) }
            padding.append(contentsOf: TextUnits.slice(pad, 0, missing % padLength, isBinary: isBinary).buffer)
            let bytes = arena.allocate(text.count + padding.count)
            (bytes + (isRight ? 0 : padding.count)).update(from: text.bytes, count: text.count)
            padding.withUnsafeBufferPointer {
                guard let base = $0.baseAddress else { return }
                (bytes + (isRight ? text.count : 0)).update(from: base, count: $0.count)
            }
            out[row] = StringView(bytes, count: text.count + padding.count)
        }
    }
}

/// TRIM, LTRIM, RTRIM with a set of characters.
final class TrimSetKernel: ScalarKernel {
    private let trimsLeft: Bool
    private let trimsRight: Bool
    init(left: Bool, right: Bool) {
        trimsLeft = left
        trimsRight = right
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let texts = Argument<StringView>(inputs[0]), sets = Argument<StringView>(inputs[1]), out = output.strings
        output.takeOwners(of: inputs[0])
        output.forEachValid(count) { row in out[row] = trimmed(texts[row], sets[row]) }
    }

    private func trimmed(_ text: StringView, _ set: StringView) -> StringView {
        var start = 0, end = text.count
        while trimsLeft, start < end {
            let length = UTF8Text.scalar(text.bytes + start, remaining: end - start).length
            guard TrimSetKernel.contains(set, text.bytes + start, length) else { break }
            start += length
        }
        while trimsRight, end > start {
            var last = end - 1
            while last > start, text.bytes[last] & 0xC0 == 0x80 { last -= 1 }
            guard TrimSetKernel.contains(set, text.bytes + last, end - last) else { break }
            end = last
        }
        return text.slice(start, end - start)
    }

    /// Whether the scalar of `length` bytes is one of the set's: UTF-8 cannot begin within a scalar.
    @inline(__always)
    private static func contains(_ set: StringView, _ scalar: UnsafePointer<UInt8>, _ length: Int) -> Bool {
        ByteSearch.find(scalar, count: length, in: set.bytes, count: set.count) >= 0
    }
}

/// TRANSLATE(text, from, to): characters one for one; those without a partner vanish.
final class TranslateKernel: ScalarKernel {
    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let texts = Argument<StringView>(inputs[0]), sources = Argument<StringView>(inputs[1])
        let targets = Argument<StringView>(inputs[2]), out = output.strings, arena = output.arena
        var map: [Unicode.Scalar: Unicode.Scalar?] = [:]
        let isConstant = inputs[1].form == .constant && inputs[2].form == .constant
        var isMapped = false
        var result: [UInt8] = []
        var budget = TextBudget(rows: count), meter = LoopMeter()
        try output.forEachValid(count) { row in
            if !isMapped || !isConstant { map = TranslateKernel.map(sources[row], targets[row]) }
            isMapped = true
            result.removeAll(keepingCapacity: true)
            for scalar in texts[row].scalars() {
                try meter.step()
                switch map[scalar] {
                case .none: result.append(contentsOf: UTF8.encode(scalar).unsafelyUnwrapped)
                case .some(.none): break
                case .some(.some(let replacement)):
                    result.append(contentsOf: UTF8.encode(replacement).unsafelyUnwrapped)
                }
            }
            try budget.take(result.count)
            out[row] = arena.copy(result)
        }
    }

    private static func map(_ from: StringView, _ to: StringView) -> [Unicode.Scalar: Unicode.Scalar?] {
        var map: [Unicode.Scalar: Unicode.Scalar?] = [:]
        let targets = to.scalars()
        for (index, scalar) in from.scalars().enumerated() where map[scalar] == nil {
            map.updateValue(index < targets.count ? targets[index] : nil, forKey: scalar)
        }
        return map
    }
}

/// CHR(n): the character of a number.
final class CharacterKernel: ScalarKernel {
    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let numbers = Argument<Int64>(inputs[0]), out = output.strings, arena = output.arena
        try output.forEachValid(count) { row in
            guard let value = UInt32(exactly: numbers[row]), let scalar = Unicode.Scalar(value) else {
                throw WarehouseError(.invalidValue, "Invalid character code \(numbers[row]) in the CHR input")
            }
            out[row] = arena.copy(Array(UTF8.encode(scalar).unsafelyUnwrapped))
        }
    }
}

/// INSERT(base, position, length, insertion).
final class InsertKernel: ScalarKernel {
    private let isBinary: Bool
    init(isBinary: Bool) { self.isBinary = isBinary }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let texts = Argument<StringView>(inputs[0]), positions = Argument<Int64>(inputs[1])
        let lengths = Argument<Int64>(inputs[2]), insertions = Argument<StringView>(inputs[3])
        let out = output.strings, arena = output.arena
        var budget = TextBudget(rows: count)
        try output.forEachValid(count) { row in
            let text = texts[row], insertion = insertions[row]
            let total = isBinary ? text.count : text.scalarCount
            guard positions[row] >= 1, positions[row] <= Int64(total) + 1, lengths[row] >= 0 else {
                throw WarehouseError(
                    .invalidValue, "INSERT: position \(positions[row]) or length \(lengths[row]) is out of range.")
            }
            let start = TextUnits.offset(Int(positions[row]) - 1, text, isBinary: isBinary)
            let tail = text.slice(start, text.count - start)
            let cut = TextUnits.offset(Int(min(lengths[row], Int64(tail.count))), tail, isBinary: isBinary)
            let size = text.count - cut + insertion.count
            try budget.take(size)
            let bytes = arena.allocate(size)
            bytes.update(from: text.bytes, count: start)
            (bytes + start).update(from: insertion.bytes, count: insertion.count)
            (bytes + start + insertion.count).update(from: tail.bytes + cut, count: tail.count - cut)
            out[row] = StringView(bytes, count: size)
        }
    }
}

/// INITCAP with delimiters of its own.
final class InitialCapitalsKernel: ScalarKernel {
    private var last: (text: [UInt8], rule: InitialCapitals)?

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let texts = Argument<StringView>(inputs[0]), delimiters = Argument<StringView>(inputs[1])
        let out = output.strings, arena = output.arena
        var result: [UInt8] = [], meter = LoopMeter()
        try output.forEachValid(count) { row in
            try meter.pass(bytes: texts[row].count)
            result.removeAll(keepingCapacity: true)
            rule(delimiters[row]).append(texts[row].bytes, count: texts[row].count, to: &result)
            out[row] = arena.copy(result)
        }
    }

    private func rule(_ delimiters: StringView) -> InitialCapitals {
        if let last, last.text.elementsEqual(delimiters.buffer) { return last.rule }
        let rule = InitialCapitals(delimiters: delimiters.string)
        last = (Array(delimiters.buffer), rule)
        return rule
    }
}
