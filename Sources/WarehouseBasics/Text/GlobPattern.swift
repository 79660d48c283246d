/// A file name pattern as PUT takes it: `*` any run of characters, `?` one, `[a-z]`, `[!a-z]` one of a set, `\x` the
/// character x itself. No wildcard matches `/`, nor a `.` that begins a name.
public struct GlobPattern: Sendable {
    private enum Token: Sendable {
        case literal(Unicode.Scalar)
        case anyRun
        case anyOne
        case set([ClosedRange<Unicode.Scalar>], isNegated: Bool)
    }

    private let tokens: [Token]

    /// Whether a text has any wildcard at all.
    public static func hasWildcards(_ text: String) -> Bool {
        text.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "[") }
    }

    /// Compiles a pattern; a `[` that is never closed stands for itself.
    public init(_ text: String) {
        let scalars = Array(text.unicodeScalars)
        var tokens: [Token] = []
        var index = 0
        while index < scalars.count {
            switch scalars[index] {
            case "*":
                tokens.append(.anyRun)
                index += 1
            case "?":
                tokens.append(.anyOne)
                index += 1
            case "\\" where index + 1 < scalars.count:
                tokens.append(.literal(scalars[index + 1]))
                index += 2
            case "[":
                if let (set, next) = GlobPattern.set(scalars, from: index + 1) {
                    tokens.append(set)
                    index = next
                } else {
                    tokens.append(.literal("["))
                    index += 1
                }
            case let scalar:
                tokens.append(.literal(scalar))
                index += 1
            }
        }
        self.tokens = tokens
    }

    /// The set whose `[` stands before `start`, and the index behind its `]`.
    private static func set(_ scalars: [Unicode.Scalar], from start: Int) -> (Token, Int)? {
        var index = start
        var isNegated = false
        if index < scalars.count, scalars[index] == "!" || scalars[index] == "^" {
            isNegated = true
            index += 1
        }
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        let first = index
        while index < scalars.count {
            // A `]` at the very start is a member.
            if scalars[index] == "]", index > first { return (.set(ranges, isNegated: isNegated), index + 1) }
            let low = scalars[index]
            if index + 2 < scalars.count, scalars[index + 1] == "-", scalars[index + 2] != "]" {
                let high = scalars[index + 2]
                if low <= high { ranges.append(low...high) }
                index += 3
            } else {
                ranges.append(low...low)
                index += 1
            }
        }
        return nil
    }

    /// Whether a whole text matches. Time is bounded by the product of both lengths.
    public func matches(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        var position = 0, token = 0
        // Where the last `*` stood and how far it reached: the only place worth going back to within a name.
        var starToken = -1, starPosition = 0
        while position < scalars.count {
            if token < tokens.count, case .anyRun = tokens[token], !isHiddenDot(scalars, position) {
                (starToken, starPosition) = (token, position)
                token += 1
            } else if token < tokens.count, matchesOne(tokens[token], scalars, position) {
                token += 1
                position += 1
            } else if starToken >= 0, scalars[starPosition] != "/" {
                starPosition += 1
                (token, position) = (starToken + 1, starPosition)
            } else {
                return false
            }
        }
        return tokens[token...].allSatisfy { if case .anyRun = $0 { true } else { false } }
    }

    private func isHiddenDot(_ scalars: [Unicode.Scalar], _ position: Int) -> Bool {
        scalars[position] == "." && (position == 0 || scalars[position - 1] == "/")
    }

    private func matchesOne(_ token: Token, _ scalars: [Unicode.Scalar], _ position: Int) -> Bool {
        let scalar = scalars[position]
        switch token {
        case .literal(let literal): return literal == scalar
        case .anyRun: return false
        case .anyOne: return scalar != "/" && !isHiddenDot(scalars, position)
        case .set(let ranges, let isNegated):
            guard scalar != "/", !isHiddenDot(scalars, position) else { return false }
            return ranges.contains { $0.contains(scalar) } != isNegated
        }
    }
}
