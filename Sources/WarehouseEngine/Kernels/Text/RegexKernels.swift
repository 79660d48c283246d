import WarehouseBasics
import WarehouseColumns

/// Compiled expressions by pattern and parameters; the last one used is kept at hand.
final class RegexCache {
    private var known: [[UInt8]: (expression: RegularExpression, matcher: RegexMatcher)] = [:]
    private var last: (key: [UInt8], expression: RegularExpression, matcher: RegexMatcher)?
    private static let capacity = 64

    /// The matcher of a pattern under parameters (`c i m s e`), and its count of groups.
    func matcher(_ pattern: StringView, _ parameters: StringView) throws -> (RegexMatcher, groups: Int) {
        if let last, last.key.count == pattern.count + parameters.count + 1,
           last.key.starts(with: parameters.buffer), last.key[parameters.count] == 0,
           last.key[(parameters.count + 1)...].elementsEqual(pattern.buffer) {
            return (last.matcher, last.expression.groupCount)
        }
        let key = Array(parameters.buffer) + [0] + Array(pattern.buffer)
        let entry: (expression: RegularExpression, matcher: RegexMatcher)
        if let found = known[key] {
            entry = found
        } else {
            let expression = try RegularExpression(pattern.string, options: try RegexCache.options(parameters))
            entry = (expression, expression.makeMatcher())
            if known.count >= RegexCache.capacity { known.removeAll() }
            known[key] = entry
        }
        last = (key, entry.expression, entry.matcher)
        return (entry.matcher, entry.expression.groupCount)
    }

    /// The later of `c` and `i` counts. `e` is for those who extract.
    static func options(_ parameters: StringView) throws -> RegularExpression.Options {
        var options = RegularExpression.Options()
        for byte in parameters.buffer {
            switch byte {
            case UInt8(ascii: "c"): options.ignoresCase = false
            case UInt8(ascii: "i"): options.ignoresCase = true
            case UInt8(ascii: "m"): options.isMultiline = true
            case UInt8(ascii: "s"): options.dotMatchesLineEnd = true
            case UInt8(ascii: "e"): break
            default:
                throw WarehouseError(.invalidValue, "Invalid regular expression parameters '\(parameters.string)'.",
                                     hint: "Use c, i, m, e and s.")
            }
        }
        return options
    }
}

/// One after another, the matches of an expression in a text. What stands before the position is no part of the
/// text: `\b` and `^` hold there.
struct RegexMatches {
    private let matcher: RegexMatcher
    /// The text from the position on; the matcher's captures are places in it.
    let text: StringView
    /// The bytes before the position.
    let skipped: Int
    private var next: Int
    private var meter = LoopMeter()

    /// `position`: 1-based character to begin at.
    init(_ matcher: RegexMatcher, _ text: StringView, position: Int64) throws {
        guard position >= 1 else {
            throw WarehouseError(.invalidValue, "A regular expression's position must be 1 or more, not \(position).")
        }
        self.matcher = matcher
        let characters = Int(min(position - 1, Int64(text.count) + 1))
        let isPast = characters > 0 && characters > text.scalarCount
        skipped = isPast ? text.count
            : characters == 0 ? 0 : UTF8Text.offset(ofScalar: characters, in: text.bytes, count: text.count)
        self.text = text.slice(skipped, text.count - skipped)
        next = isPast ? 1 : 0
    }

    /// Finds the next match; its byte range, with the groups in the matcher's captures. An empty match moves on by one
    /// character.
    mutating func find() throws -> Range<Int>? {
        guard next <= text.count else { return nil }
        try meter.step()
        guard matcher.find(text.bytes, count: text.count, from: next) else {
            if matcher.wasInterrupted { try Interruption.check() }
            return nil
        }
        let start = matcher.captures[0], end = matcher.captures[1]
        if end > start {
            next = end
        } else {
            next = end < text.count
                ? end + max(1, UTF8Text.scalar(text.bytes + end, remaining: text.count - end).length) : text.count + 1
        }
        return start..<end
    }

    /// The `occurrence`-th match from here.
    mutating func find(occurrence: Int64) throws -> Range<Int>? {
        guard occurrence >= 1 else {
            throw WarehouseError(
                .invalidValue, "A regular expression's occurrence must be 1 or more, not \(occurrence).")
        }
        var left = occurrence
        while let match = try find() {
            left -= 1
            if left == 0 { return match }
        }
        return nil
    }
}

/// The regular-expression functions. Arguments come as the planner fills them: all present.
final class RegexKernel: ScalarKernel {
    enum Function: Sendable { case like, substring, count, position }
    private let function: Function
    private let cache = RegexCache()
    init(_ function: Function) { self.function = function }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let texts = Argument<StringView>(inputs[0]), patterns = Argument<StringView>(inputs[1])
        switch function {
        case .like:
            let parameters = Argument<StringView>(inputs[2]), out = output.bools
            try output.forEachValid(count) { row in
                let (matcher, _) = try cache.matcher(patterns[row], parameters[row])
                out[row] = matcher.matchesWhole(texts[row].bytes, count: texts[row].count) ? 1 : 0
                if matcher.wasInterrupted { try Interruption.check() }
            }
        case .count:
            let positions = Argument<Int64>(inputs[2]), parameters = Argument<StringView>(inputs[3])
            let out = output.int64s
            try output.forEachValid(count) { row in
                let (matcher, _) = try cache.matcher(patterns[row], parameters[row])
                var matches = try RegexMatches(matcher, texts[row], position: positions[row])
                var found: Int64 = 0
                while try matches.find() != nil { found += 1 }
                out[row] = found
            }
        case .substring: try substrings(inputs, output, count)
        case .position: try findPositions(inputs, output, count)
        }
    }

    /// REGEXP_SUBSTR(text, pattern, position, occurrence, parameters, group): NULL when there is no match or group.
    private func substrings(_ inputs: [Vector], _ output: Vector, _ count: Int) throws {
        let texts = Argument<StringView>(inputs[0]), patterns = Argument<StringView>(inputs[1])
        let positions = Argument<Int64>(inputs[2]), occurrences = Argument<Int64>(inputs[3])
        let parameters = Argument<StringView>(inputs[4]), groups = Argument<Int64>(inputs[5]), out = output.strings
        output.takeOwners(of: inputs[0])
        try output.forEachValid(count) { row in
            let (matcher, groupCount) = try cache.matcher(patterns[row], parameters[row])
            var matches = try RegexMatches(matcher, texts[row], position: positions[row])
            if try matches.find(occurrence: occurrences[row]) != nil,
               let range = try RegexKernel.group(groups[row], of: groupCount, matcher) {
                out[row] = matches.text.slice(range.lowerBound, range.count)
            } else {
                out[row] = .empty
                output.setNull(row)
            }
        }
    }

    /// The range of a group of the last match; nil when it took no part. A pattern without groups gives the whole.
    static func group(_ index: Int64, of count: Int, _ matcher: RegexMatcher) throws -> Range<Int>? {
        guard index >= 0 else {
            throw WarehouseError(.invalidValue, "A regular expression's group must be 0 or more, not \(index).")
        }
        let wanted = count == 0 && index == 1 ? 0 : index
        guard wanted <= Int64(count) else { return nil }
        let start = matcher.captures[Int(wanted) * 2], end = matcher.captures[Int(wanted) * 2 + 1]
        return start < 0 || end < start ? nil : start..<end
    }

    /// REGEXP_INSTR(text, pattern, position, occurrence, option, parameters, group): 1-based; 0 when there is none.
    private func findPositions(_ inputs: [Vector], _ output: Vector, _ count: Int) throws {
        let texts = Argument<StringView>(inputs[0]), patterns = Argument<StringView>(inputs[1])
        let positions = Argument<Int64>(inputs[2]), occurrences = Argument<Int64>(inputs[3])
        let options = Argument<Int64>(inputs[4]), parameters = Argument<StringView>(inputs[5])
        let groups = Argument<Int64>(inputs[6]), out = output.int64s
        try output.forEachValid(count) { row in
            let (matcher, groupCount) = try cache.matcher(patterns[row], parameters[row])
            var matches = try RegexMatches(matcher, texts[row], position: positions[row])
            let extracts = parameters[row].buffer.contains(UInt8(ascii: "e"))
            let group = groups[row] == 0 && extracts ? 1 : groups[row]
            guard try matches.find(occurrence: occurrences[row]) != nil,
                  let range = try RegexKernel.group(group, of: groupCount, matcher) else {
                out[row] = 0
                return
            }
            let offset = matches.skipped + (options[row] == 0 ? range.lowerBound : range.upperBound)
            out[row] = Int64(texts[row].slice(0, offset).scalarCount) + 1
        }
    }
}

/// REGEXP_REPLACE(text, pattern, replacement, position, occurrence, parameters); occurrence 0: all. `\1` to `\9` in the
/// replacement are groups, `\0` the whole match.
final class RegexReplaceKernel: ScalarKernel {
    private let cache = RegexCache()
    private var result: [UInt8] = []

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let texts = Argument<StringView>(inputs[0]), patterns = Argument<StringView>(inputs[1])
        let replacements = Argument<StringView>(inputs[2]), positions = Argument<Int64>(inputs[3])
        let occurrences = Argument<Int64>(inputs[4]), parameters = Argument<StringView>(inputs[5])
        let out = output.strings, arena = output.arena
        var budget = TextBudget(rows: count)
        try output.forEachValid(count) { row in
            let wanted = occurrences[row]
            guard wanted >= 0 else {
                throw WarehouseError(.invalidValue, "REGEXP_REPLACE: the occurrence must be 0 or more, not \(wanted).")
            }
            let (matcher, _) = try cache.matcher(patterns[row], parameters[row])
            var matches = try RegexMatches(matcher, texts[row], position: positions[row])
            let text = matches.text
            result.removeAll(keepingCapacity: true)
            result.append(contentsOf: texts[row].slice(0, matches.skipped).buffer)
            var copied = 0, number: Int64 = 0
            while let match = try matches.find() {
                number += 1
                if wanted > 0, number < wanted { continue }
                result.append(contentsOf: text.slice(copied, match.lowerBound - copied).buffer)
                append(replacements[row], matcher, text)
                copied = match.upperBound
                try TextLimits.check(result.count)
                if number == wanted { break }
            }
            result.append(contentsOf: text.slice(copied, text.count - copied).buffer)
            try budget.take(result.count)
            out[row] = arena.copy(result)
        }
    }

    private func append(_ replacement: StringView, _ matcher: RegexMatcher, _ text: StringView) {
        var index = 0
        while index < replacement.count {
            let byte = replacement.bytes[index]
            index += 1
            guard byte == UInt8(ascii: "\\"), index < replacement.count else {
                result.append(byte)
                continue
            }
            let next = replacement.bytes[index]
            index += 1
            guard next >= 48, next <= 57 else {
                if next != UInt8(ascii: "\\") { result.append(byte) }
                result.append(next)
                continue
            }
            let slot = Int(next - 48) * 2
            if slot + 1 < matcher.captures.count, matcher.captures[slot] >= 0 {
                let start = matcher.captures[slot], end = matcher.captures[slot + 1]
                result.append(contentsOf: text.slice(start, end - start).buffer)
            }
        }
    }
}

/// REGEXP_SUBSTR_ALL: every match from an occurrence on, as ARRAY.
final class RegexAllKernel: ScalarKernel {
    private let cache = RegexCache()
    private let builder = VariantBuilder()

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let texts = Argument<StringView>(inputs[0]), patterns = Argument<StringView>(inputs[1])
        let positions = Argument<Int64>(inputs[2]), occurrences = Argument<Int64>(inputs[3])
        let parameters = Argument<StringView>(inputs[4]), groups = Argument<Int64>(inputs[5])
        let out = output.strings, arena = output.arena
        var budget = TextBudget(rows: count)
        try output.forEachValid(count) { row in
            let (matcher, groupCount) = try cache.matcher(patterns[row], parameters[row])
            var matches = try RegexMatches(matcher, texts[row], position: positions[row])
            // A group that the pattern does not have: NULL, as Snowflake's page of the function says.
            if groups[row] > max(1, Int64(groupCount)) {
                output.setNull(row)
                return
            }
            builder.reset()
            try builder.beginArray()
            var number: Int64 = 0
            while try matches.find() != nil {
                number += 1
                guard number >= occurrences[row] else { continue }
                if let range = try RegexKernel.group(groups[row], of: groupCount, matcher) {
                    builder.string(matches.text.slice(range.lowerBound, range.count))
                } else {
                    builder.undefined()
                }
            }
            try builder.endArray()
            try budget.takeValue(builder.encoded.count)
            out[row] = arena.copy(builder.encoded)
        }
    }
}
