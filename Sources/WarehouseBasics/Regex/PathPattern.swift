/// PATTERN of staged files: a regular expression as users of Snowflake write it, who know Java's. Beside all that
/// `RegularExpression` takes, it may look ahead and behind (`(?!…)`, `(?=…)`, `(?<!…)`, `(?<=…)`), name groups, and begin
/// with flags (`(?i)`). Matched in time linear in the path, as every place where a look holds is found once beforehand.
///
/// Not supported, each with an error: back references, possessive quantifiers, atomic groups, intersections of classes.
public struct PathPattern: Sendable {
    /// Present where nothing looks around.
    private let plain: RegularExpression?
    private let automaton: LookAroundAutomaton?

    /// Throws `invalidValue` for a pattern that is not well formed, with the place and the reason.
    public init(_ pattern: String) throws(WarehouseError) {
        var parser = RegexParser(pattern, options: RegularExpression.Options(), isExtended: true)
        let tree = try parser.parse()
        if parser.isPlain {
            plain = try RegularExpression(pattern)
            automaton = nil
        } else {
            plain = nil
            automaton = try LookAroundAutomaton(tree, pattern: pattern)
        }
    }

    /// Whether the whole path matches.
    public func matches(_ path: String) -> Bool {
        if let plain { return plain.matchesWhole(path) }
        return automaton?.matchesWhole(path.unicodeScalars.map(\.value)) ?? false
    }
}

/// An automaton whose transitions may depend on what stands before or behind a place.
struct LookAroundAutomaton: Sendable {
    private enum State: Sendable {
        case scalars(RegexScalarSet)
        case split(Int, Int)
        case jump(Int)
        case assert(RegexAssertion)
        /// Goes on where the look of that number holds.
        case look(Int)
        case match
    }

    private struct Look: Sendable {
        var automaton: LookAroundAutomaton
        var isAhead: Bool
        var isNegated: Bool

        /// At which places it holds.
        func places(in text: [UInt32]) -> [Bool] {
            let found = isAhead ? automaton.matchStarts(text) : automaton.matchEnds(text, beginsAnywhere: true)
            return isNegated ? found.map { !$0 } : found
        }
    }

    private var states: [State] = []
    private var looks: [Look] = []
    private let pattern: String

    /// States of an automaton with all that are nested in it.
    private static let maximumStates = RegexProgram.maximumInstructions / 10

    init(_ tree: RegexNode, pattern: String) throws(WarehouseError) {
        var budget = LookAroundAutomaton.maximumStates
        try self.init(tree, pattern: pattern, budget: &budget)
    }

    private init(_ tree: RegexNode, pattern: String, budget: inout Int) throws(WarehouseError) {
        self.pattern = pattern
        try emit(tree, &budget)
        try add(.match, &budget)
    }

    // MARK: Building

    @discardableResult
    private mutating func add(_ state: State, _ budget: inout Int) throws(WarehouseError) -> Int {
        guard budget > 0 else {
            throw WarehouseError(
                .limitExceeded, "The regular expression '\(pattern)' is too large: with all repetitions written out it has "
                    + "more than \(LookAroundAutomaton.maximumStates) states.")
        }
        budget -= 1
        states.append(state)
        return states.count - 1
    }

    private mutating func emit(_ node: RegexNode, _ budget: inout Int) throws(WarehouseError) {
        switch node {
        case .empty: break
        case .scalars(let set): try add(.scalars(set), &budget)
        case .assertion(let assertion): try add(.assert(assertion), &budget)
        case .sequence(let items): for item in items { try emit(item, &budget) }
        case .group(let inner, _): try emit(inner, &budget)
        case .look(let inner, let isAhead, let isNegated):
            looks.append(Look(automaton: try LookAroundAutomaton(inner, pattern: pattern, budget: &budget),
                              isAhead: isAhead, isNegated: isNegated))
            try add(.look(looks.count - 1), &budget)
        case .alternatives(let branches):
            var ends: [Int] = []
            for branch in branches.dropLast() {
                let split = try add(.split(0, 0), &budget)
                try emit(branch, &budget)
                ends.append(try add(.jump(0), &budget))
                states[split] = .split(split + 1, states.count)
            }
            if let last = branches.last { try emit(last, &budget) }
            for end in ends { states[end] = .jump(states.count) }
        case .repeated(let inner, let minimum, let maximum, _):
            for _ in 0..<minimum {
                let count = states.count
                try emit(inner, &budget)
                // What is empty once stays so.
                if states.count == count { break }
            }
            var splits: [Int] = []
            for _ in 0..<(maximum.map { $0 - minimum } ?? 1) {
                splits.append(try add(.split(0, 0), &budget))
                try emit(inner, &budget)
            }
            if maximum == nil, let split = splits.first { try add(.jump(split), &budget) }
            for split in splits { states[split] = .split(split + 1, states.count) }
        }
    }

    // MARK: Matching

    func matchesWhole(_ text: [UInt32]) -> Bool { matchEnds(text, beginsAnywhere: false)[text.count] }

    /// Whether a match ends at each place: one that begins with the text, or anywhere before.
    private func matchEnds(_ text: [UInt32], beginsAnywhere: Bool) -> [Bool] {
        let holding = looks.map { $0.places(in: text) }
        var ends = [Bool](repeating: false, count: text.count + 1)
        var current: [Int] = [], isCurrent = [Bool](repeating: false, count: states.count)
        for place in 0...text.count {
            var next = current, isReached = isCurrent
            if place == 0 || beginsAnywhere, !isReached[0] {
                isReached[0] = true
                next.append(0)
            }
            current.removeAll(keepingCapacity: true)
            isCurrent = [Bool](repeating: false, count: states.count)
            while let state = next.popLast() {
                func reach(_ target: Int) {
                    guard !isReached[target] else { return }
                    isReached[target] = true
                    next.append(target)
                }
                switch states[state] {
                case .match: ends[place] = true
                case .jump(let target): reach(target)
                case .split(let first, let second):
                    reach(first)
                    reach(second)
                case .assert(let assertion): if holds(assertion, text, place) { reach(state + 1) }
                case .look(let index): if holding[index][place] { reach(state + 1) }
                case .scalars(let set):
                    guard place < text.count, !isCurrent[state + 1], set.contains(text[place]) else { continue }
                    isCurrent[state + 1] = true
                    current.append(state + 1)
                }
            }
        }
        return ends
    }

    /// Whether a match begins at each place, wherever it ends.
    private func matchStarts(_ text: [UInt32]) -> [Bool] {
        let holding = looks.map { $0.places(in: text) }
        var starts = [Bool](repeating: false, count: text.count + 1)
        let before = predecessors()
        var behind = [Bool](repeating: false, count: states.count)
        for place in stride(from: text.count, through: 0, by: -1) {
            // States from which a match is reached, found backwards from those that read a scalar or match.
            var reaches = [Bool](repeating: false, count: states.count), open: [Int] = []
            for state in states.indices {
                switch states[state] {
                case .match: open.append(state)
                case .scalars(let set):
                    if place < text.count, behind[state + 1], set.contains(text[place]) { open.append(state) }
                default: break
                }
            }
            for state in open { reaches[state] = true }
            while let state = open.popLast() {
                for source in before[state] where !reaches[source] {
                    let passes = switch states[source] {
                    case .assert(let assertion): holds(assertion, text, place)
                    case .look(let index): holding[index][place]
                    default: true
                    }
                    guard passes else { continue }
                    reaches[source] = true
                    open.append(source)
                }
            }
            starts[place] = reaches[0]
            behind = reaches
        }
        return starts
    }

    /// For each state those that lead to it without reading.
    private func predecessors() -> [[Int]] {
        var result = [[Int]](repeating: [], count: states.count)
        for (index, state) in states.enumerated() {
            switch state {
            case .jump(let target): result[target].append(index)
            case .split(let first, let second):
                result[first].append(index)
                result[second].append(index)
            case .assert, .look: result[index + 1].append(index)
            case .scalars, .match: break
            }
        }
        return result
    }

    private func holds(_ assertion: RegexAssertion, _ text: [UInt32], _ place: Int) -> Bool {
        RegexMatcher.holds(assertion, place > 0 ? text[place - 1] : nil, place < text.count ? text[place] : nil)
    }
}
