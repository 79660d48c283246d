/// Matches one expression against texts, reusing its memory. From one thread at a time.
public final class RegexMatcher {
    private let instructions: [RegexInstruction]
    private let slotCount: Int
    @exclusivity(unchecked) private var current = ThreadList()
    @exclusivity(unchecked) private var following = ThreadList()
    @exclusivity(unchecked) private var stack: [(instruction: Int, slot: Int, old: Int)] = []
    @exclusivity(unchecked) private var working: [Int]
    private let backtracker: RegexBacktracker?
    /// Byte offsets of the last match: start and end of the whole, then of each group; -1 where a group took no part.
    @exclusivity(unchecked) public private(set) var captures: [Int]
    /// Whether the last search ended, without a match, because nobody waits for it any more.
    @exclusivity(unchecked) public private(set) var wasInterrupted = false

    /// Threads in order of preference; each has its captures.
    private struct ThreadList {
        var order: [Int] = []
        var slots: [Int] = []
        /// Generation at which an instruction was added, so that clearing is cheap.
        var added: [Int] = []
        var generation = 0

        mutating func clear() {
            order.removeAll(keepingCapacity: true)
            slots.removeAll(keepingCapacity: true)
            generation += 1
        }
    }

    /// `usesBacktracking` is false only to hold the two ways of matching against each other.
    init(_ program: RegexProgram, groupCount: Int, usesBacktracking: Bool = true) {
        instructions = program.instructions
        slotCount = (groupCount + 1) * 2
        backtracker = usesBacktracking ? RegexBacktracker(program.instructions, slotCount: slotCount) : nil
        working = Array(repeating: -1, count: slotCount)
        captures = working
        current.added = Array(repeating: 0, count: instructions.count)
        following.added = current.added
    }

    /// Whether the text from its first to its last byte matches.
    public func matchesWhole(_ bytes: UnsafePointer<UInt8>, count: Int) -> Bool {
        find(bytes, count: count, from: 0, isAnchored: true, mustReachEnd: true)
    }

    /// The first match at or after byte `start`; its places are then in `captures`.
    public func find(_ bytes: UnsafePointer<UInt8>, count: Int, from start: Int) -> Bool {
        find(bytes, count: count, from: start, isAnchored: false, mustReachEnd: false)
    }

    private func find(_ bytes: UnsafePointer<UInt8>, count: Int, from start: Int, isAnchored: Bool,
                      mustReachEnd: Bool) -> Bool {
        if let backtracker, backtracker.canRun(count: count) {
            return backtracker.find(bytes, count: count, from: start, isAnchored: isAnchored,
                                    mustReachEnd: mustReachEnd, captures: &captures)
        }
        wasInterrupted = false
        var isFound = false
        var position = start, steps = 0
        var previous = start > 0 ? RegexMatcher.scalarBefore(bytes, start) : nil
        current.clear()
        while true {
            let next: (scalar: UInt32, length: Int)? = position < count
                ? RegexMatcher.scalar(bytes + position, count - position) : nil
            if !isFound, !isAnchored || position == start {
                for index in working.indices { working[index] = -1 }
                add(0, to: &current, position, previous, next?.scalar)
            }
            if current.order.isEmpty, isFound || isAnchored { break }
            following.clear()
            step(bytes, count, position, next, &isFound, mustReachEnd)
            swap(&current, &following)
            guard let next else { break }
            steps &+= 1
            if steps & 0x3FF == 0, Interruption.isAsked {
                wasInterrupted = true
                return false
            }
            position += next.length
            previous = next.scalar
        }
        return isFound
    }

    /// Moves every thread over the scalar at `position`; a thread that matches cuts off those less preferred.
    private func step(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ position: Int,
                      _ next: (scalar: UInt32, length: Int)?, _ isFound: inout Bool, _ mustReachEnd: Bool) {
        let target = position + (next?.length ?? 0)
        let upcoming = target < count ? RegexMatcher.scalar(bytes + target, count - target).scalar : nil
        for index in current.order.indices {
            let instruction = current.order[index]
            switch instructions[instruction] {
            case .match:
                if mustReachEnd, position != count { continue }
                for slot in 0..<slotCount { captures[slot] = current.slots[index * slotCount + slot] }
                isFound = true
                return
            case .scalars(let set):
                guard let next, set.contains(next.scalar) else { continue }
                for slot in 0..<slotCount { working[slot] = current.slots[index * slotCount + slot] }
                add(instruction + 1, to: &following, target, next.scalar, upcoming)
            default: continue
            }
        }
    }

    /// Adds the thread at `instruction` and all it reaches without reading, in order of preference.
    private func add(_ instruction: Int, to list: inout ThreadList, _ position: Int, _ previous: UInt32?,
                     _ next: UInt32?) {
        stack.removeAll(keepingCapacity: true)
        stack.append((instruction, -1, 0))
        while let (target, slot, old) = stack.popLast() {
            if slot >= 0 {
                working[slot] = old
                continue
            }
            if list.added[target] == list.generation { continue }
            list.added[target] = list.generation
            switch instructions[target] {
            case .jump(let to): stack.append((to, -1, 0))
            case .split(let preferred, let other):
                stack.append((other, -1, 0))
                stack.append((preferred, -1, 0))
            case .save(let place):
                stack.append((0, place, working[place]))
                working[place] = position
                stack.append((target + 1, -1, 0))
            case .assert(let assertion):
                if RegexMatcher.holds(assertion, previous, next) { stack.append((target + 1, -1, 0)) }
            case .scalars, .match:
                list.order.append(target)
                list.slots.append(contentsOf: working)
            }
        }
    }

    static func holds(_ assertion: RegexAssertion, _ previous: UInt32?, _ next: UInt32?) -> Bool {
        switch assertion {
        case .textStart: previous == nil
        case .textEnd: next == nil
        case .lineStart: previous == nil || previous == 10
        case .lineEnd: next == nil || next == 10
        case .wordBoundary: isWord(previous) != isWord(next)
        case .notWordBoundary: isWord(previous) == isWord(next)
        }
    }

    private static func isWord(_ scalar: UInt32?) -> Bool {
        guard let scalar else { return false }
        return RegexScalarSet.word.contains { $0.contains(scalar) }
    }

    @inline(__always)
    static func scalar(_ bytes: UnsafePointer<UInt8>, _ remaining: Int) -> (scalar: UInt32, length: Int) {
        let first = bytes[0]
        if first < 128 { return (UInt32(first), 1) }
        let (scalar, length) = UTF8Text.scalar(bytes, remaining: remaining)
        return (scalar.value, length)
    }

    /// The scalar that ends before `position`.
    static func scalarBefore(_ bytes: UnsafePointer<UInt8>, _ position: Int) -> UInt32 {
        var start = position - 1
        while start > 0, position - start < 4, bytes[start] & 0xC0 == 0x80 { start -= 1 }
        return scalar(bytes + start, position - start).scalar
    }
}
