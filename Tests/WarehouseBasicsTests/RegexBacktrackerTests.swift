import Testing
@testable import WarehouseBasics

/// Backtracking and simulation are two ways to one answer.
@Suite struct RegexBacktrackerTests {
    struct Random {
        var state: UInt64
        mutating func next(_ below: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % below
        }
    }

    private static func pattern(_ random: inout Random, depth: Int) -> String {
        let atoms = ["a", "b", "é", ".", "[ab]", "[^a]", "\\d", "\\b", "^", "$", "\\w"]
        guard depth > 0 else { return atoms[random.next(atoms.count)] }
        let inner = pattern(&random, depth: depth - 1)
        switch random.next(7) {
        case 0: return inner + pattern(&random, depth: depth - 1)
        case 1: return "(" + inner + "|" + pattern(&random, depth: depth - 1) + ")"
        case 2: return "(" + inner + ")*"
        case 3: return "(" + inner + ")+?"
        case 4: return "(?:" + inner + "){0,2}"
        case 5: return "(" + inner + ")?"
        default: return inner
        }
    }

    @Test func agreesWithSimulation() throws {
        var random = Random(state: 42)
        let letters = ["a", "b", "é", "1", " ", "\n"]
        for _ in 0..<400 {
            let pattern = RegexBacktrackerTests.pattern(&random, depth: 4)
            guard let expression = try? RegularExpression(pattern) else { continue }
            let slow = RegexMatcher(expression.program, groupCount: expression.groupCount, usesBacktracking: false)
            let fast = expression.makeMatcher()
            for _ in 0..<10 {
                let text = (0..<random.next(9)).map { _ in letters[random.next(letters.count)] }.joined()
                let bytes = Array(text.utf8) + [0]
                let isSame = bytes.withUnsafeBufferPointer { buffer -> Bool in
                    guard let base = buffer.baseAddress else { return false }
                    let count = buffer.count - 1
                    guard slow.matchesWhole(base, count: count)
                        == fast.matchesWhole(base, count: count) else { return false }
                    let found = slow.find(base, count: count, from: 0)
                    return found == fast.find(base, count: count, from: 0) && (!found || slow.captures == fast.captures)
                }
                #expect(isSame, "\(pattern) in \(text.debugDescription)")
            }
        }
    }

    /// What explodes without the memory of places visited.
    @Test func nestedRepetitionStaysLinear() throws {
        let expression = try RegularExpression("(a*)*(a*)*(a*)*b")
        #expect(!expression.matchesWhole(String(repeating: "a", count: 2000)))
    }
}
