/// The tree of a regular expression.
indirect enum RegexNode {
    case empty
    case scalars(RegexScalarSet)
    case sequence([RegexNode])
    case alternatives([RegexNode])
    /// `index` nil: a group that captures nothing.
    case group(RegexNode, index: Int?)
    case repeated(RegexNode, minimum: Int, maximum: Int?, isLazy: Bool)
    case assertion(RegexAssertion)
    /// What stands behind (or before) a place matches, or does not.
    case look(RegexNode, isAhead: Bool, isNegated: Bool)
}

/// Reads the text of a regular expression.
struct RegexParser {
    private let scalars: [Unicode.Scalar]
    private let pattern: String
    private var options: RegularExpression.Options
    /// Takes what `PathPattern` has beside the rest.
    private let isExtended: Bool
    private var position = 0
    private var depth = 0
    private(set) var groupCount = 0
    /// Nothing was met that only `PathPattern` has.
    private(set) var isPlain = true

    static let maximumDepth = 200
    static let maximumRepeat = 1000

    init(_ pattern: String, options: RegularExpression.Options, isExtended: Bool = false) {
        self.pattern = pattern
        self.isExtended = isExtended
        self.options = options
        scalars = Array(pattern.unicodeScalars)
    }

    mutating func parse() throws(WarehouseError) -> RegexNode {
        let node = try alternatives()
        if position < scalars.count { throw fault("unmatched ')'") }
        return node
    }

    private func fault(_ reason: String) -> WarehouseError {
        WarehouseError(.invalidValue, "Invalid regular expression: '\(pattern)', \(reason) at character \(position + 1)")
    }

    private var peek: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar else { return false }
        position += 1
        return true
    }

    private mutating func alternatives() throws(WarehouseError) -> RegexNode {
        depth += 1
        defer { depth -= 1 }
        if depth > RegexParser.maximumDepth { throw fault("groups nest too deep") }
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .alternatives(branches)
    }

    private mutating func sequence() throws(WarehouseError) -> RegexNode {
        var items: [RegexNode] = []
        while let next = peek, next != "|", next != ")" { items.append(try quantified()) }
        return items.count == 1 ? items[0] : items.isEmpty ? .empty : .sequence(items)
    }

    private mutating func quantified() throws(WarehouseError) -> RegexNode {
        var node = try atom()
        while let next = peek {
            let bounds: (Int, Int?)
            switch next {
            case "*": bounds = (0, nil)
            case "+": bounds = (1, nil)
            case "?": bounds = (0, 1)
            case "{":
                guard let counted = try counts() else { return node }
                bounds = counted
                position -= 1
            default: return node
            }
            position += 1
            let isLazy = take("?")
            if peek == "+" { throw fault("possessive quantifiers are not supported") }
            if isAssertion(node) { throw fault("a quantifier needs something to repeat") }
            node = .repeated(node, minimum: bounds.0, maximum: bounds.1, isLazy: isLazy)
        }
        return node
    }

    private func isAssertion(_ node: RegexNode) -> Bool {
        switch node {
        case .assertion, .look: true
        default: false
        }
    }

    /// `{2}`, `{2,}`, `{2,5}`; nil where the brace stands for itself. Leaves the position behind the `}`.
    private mutating func counts() throws(WarehouseError) -> (Int, Int?)? {
        let start = position
        position += 1
        func number(_ parser: inout RegexParser) -> Int? {
            var digits = ""
            while let next = parser.peek, ("0"..."9").contains(next), digits.count < 6 {
                digits.unicodeScalars.append(next)
                parser.position += 1
            }
            return Int(digits)
        }
        guard let minimum = number(&self) else {
            position = start
            return nil
        }
        var maximum: Int? = minimum
        if take(",") { maximum = number(&self) }
        guard take("}") else {
            position = start
            return nil
        }
        if max(minimum, maximum ?? 0) > RegexParser.maximumRepeat { throw fault("a repetition above 1000") }
        if let maximum, maximum < minimum { throw fault("a repetition whose bounds are turned round") }
        return (minimum, maximum)
    }

    private mutating func atom() throws(WarehouseError) -> RegexNode {
        guard let next = peek else { return .empty }
        position += 1
        switch next {
        case "(": return try group()
        case "[": return .scalars(try bracket())
        case ".":
            let none: [ClosedRange<UInt32>] = options.dotMatchesLineEnd ? [] : [10...10]
            return .scalars(RegexScalarSet(none, isNegated: true))
        case "^": return .assertion(options.isMultiline ? .lineStart : .textStart)
        case "$": return .assertion(options.isMultiline ? .lineEnd : .textEnd)
        case "*", "+", "?":
            position -= 1
            throw fault("a quantifier without something to repeat")
        case "\\": return try escape()
        default: return literal(next.value)
        }
    }

    private func literal(_ scalar: UInt32) -> RegexNode {
        .scalars(RegexScalarSet([scalar...scalar], ignoresCase: options.ignoresCase))
    }

    private mutating func group() throws(WarehouseError) -> RegexNode {
        var index: Int?
        if take("?") {
            if !take(":") {
                guard isExtended else { throw fault("only (?:…) groups are supported") }
                return try extendedGroup()
            }
        } else {
            groupCount += 1
            index = groupCount
        }
        let outer = options
        let inner = try alternatives()
        options = outer
        guard take(")") else { throw fault("missing ')'") }
        return .group(inner, index: index)
    }

    /// What stands behind `(?` in expressions for paths.
    private mutating func extendedGroup() throws(WarehouseError) -> RegexNode {
        isPlain = false
        func inner(_ parser: inout RegexParser) throws(WarehouseError) -> RegexNode {
            let outer = parser.options
            let node = try parser.alternatives()
            parser.options = outer
            guard parser.take(")") else { throw parser.fault("missing ')'") }
            return node
        }
        if take("=") { return .look(try inner(&self), isAhead: true, isNegated: false) }
        if take("!") { return .look(try inner(&self), isAhead: true, isNegated: true) }
        if take("<") {
            if take("=") { return .look(try inner(&self), isAhead: false, isNegated: false) }
            if take("!") { return .look(try inner(&self), isAhead: false, isNegated: true) }
            while let next = peek, next.isASCII, next.properties.isAlphabetic || ("0"..."9").contains(next) { position += 1 }
            guard take(">") else { throw fault("a malformed name of a group") }
            return .group(try inner(&self), index: nil)
        }
        if take(">") { throw fault("atomic groups are not supported") }
        let outer = options
        var isOn = true
        while let next = peek, next != ":", next != ")" {
            position += 1
            switch next {
            case "-": isOn = false
            case "i": options.ignoresCase = isOn
            case "s": options.dotMatchesLineEnd = isOn
            case "m": options.isMultiline = isOn
            case "u": break
            default: throw fault("the flag '\(next)' is not supported")
            }
        }
        // Without a colon the flags are for the rest of the group around.
        if take(")") { return .empty }
        guard take(":") else { throw fault("missing ')'") }
        let node = try inner(&self)
        options = outer
        return node
    }

    private mutating func escape() throws(WarehouseError) -> RegexNode {
        guard let next = peek else { throw fault("trailing '\\'") }
        switch next {
        case "b", "B":
            position += 1
            return .assertion(next == "b" ? .wordBoundary : .notWordBoundary)
        case "A", "z":
            position += 1
            return .assertion(next == "A" ? .textStart : .textEnd)
        case "1"..."9": throw fault("back references are not supported")
        default:
            let ranges = try escapedRanges()
            return .scalars(RegexScalarSet(ranges, ignoresCase: options.ignoresCase))
        }
    }

    /// What the escape at the position stands for, as a set; moves behind it.
    private mutating func escapedRanges() throws(WarehouseError) -> [ClosedRange<UInt32>] {
        guard let next = peek else { throw fault("trailing '\\'") }
        position += 1
        switch next {
        case "d": return RegexScalarSet.digits
        case "D": return RegexScalarSet.complement(RegexScalarSet.digits)
        case "w": return RegexScalarSet.word
        case "W": return RegexScalarSet.complement(RegexScalarSet.word)
        case "s": return RegexScalarSet.space
        case "S": return RegexScalarSet.complement(RegexScalarSet.space)
        case "n": return [10...10]
        case "t": return [9...9]
        case "r": return [13...13]
        case "f": return [12...12]
        case "v": return [11...11]
        case "a": return [7...7]
        case "x": return [try hexadecimal()]
        default:
            if next.isASCII, next.properties.isAlphabetic || ("0"..."9").contains(next) {
                throw fault("unknown escape '\\\(next)'")
            }
            return [next.value...next.value]
        }
    }

    private mutating func hexadecimal() throws(WarehouseError) -> ClosedRange<UInt32> {
        let braced = take("{")
        var digits = ""
        while let next = peek, next.properties.isASCIIHexDigit, digits.count < (braced ? 6 : 2) {
            digits.unicodeScalars.append(next)
            position += 1
        }
        guard let value = UInt32(digits, radix: 16), value <= RegexScalarSet.maximumScalar, !braced || take("}") else {
            throw fault("a malformed \\x")
        }
        return value...value
    }

    private static let classes: [String: [ClosedRange<UInt32>]] = [
        "alpha": [65...90, 97...122], "digit": [48...57], "alnum": [48...57, 65...90, 97...122], "upper": [65...90],
        "lower": [97...122], "space": RegexScalarSet.space, "blank": [9...9, 32...32],
        "punct": [33...47, 58...64, 91...96, 123...126], "cntrl": [0...31, 127...127], "print": [32...126],
        "graph": [33...126], "xdigit": [48...57, 65...70, 97...102], "word": RegexScalarSet.word,
    ]

    private mutating func bracket() throws(WarehouseError) -> RegexScalarSet {
        let isNegated = take("^")
        var ranges: [ClosedRange<UInt32>] = []
        var isFirst = true
        while true {
            guard let next = peek else { throw fault("missing ']'") }
            if next == "]", !isFirst {
                position += 1
                return RegexScalarSet(ranges, isNegated: isNegated, ignoresCase: options.ignoresCase)
            }
            isFirst = false
            if isExtended, next == "&", position + 1 < scalars.count, scalars[position + 1] == "&" {
                throw fault("intersections of classes are not supported")
            }
            if next == "[", let named = try namedClass() {
                ranges += named
                continue
            }
            let low = try bracketItem()
            if low.count == 1, low[0].count == 1, peek == "-", position + 1 < scalars.count, scalars[position + 1] != "]" {
                position += 1
                let high = try bracketItem()
                guard high.count == 1, high[0].count == 1, high[0].lowerBound >= low[0].lowerBound else {
                    throw fault("a range whose ends are turned round")
                }
                ranges.append(low[0].lowerBound...high[0].lowerBound)
            } else {
                ranges += low
            }
        }
    }

    private mutating func bracketItem() throws(WarehouseError) -> [ClosedRange<UInt32>] {
        guard let next = peek else { throw fault("missing ']'") }
        position += 1
        return next == "\\" ? try escapedRanges() : [next.value...next.value]
    }

    /// `[:alpha:]`; nil where the bracket stands for itself.
    private mutating func namedClass() throws(WarehouseError) -> [ClosedRange<UInt32>]? {
        guard position + 1 < scalars.count, scalars[position + 1] == ":" else { return nil }
        var name = ""
        var index = position + 2
        while index < scalars.count, scalars[index].properties.isAlphabetic {
            name.unicodeScalars.append(scalars[index])
            index += 1
        }
        guard index + 1 < scalars.count, scalars[index] == ":", scalars[index + 1] == "]" else { return nil }
        guard let ranges = RegexParser.classes[name] else { throw fault("unknown class [:\(name):]") }
        position = index + 2
        return ranges
    }
}
