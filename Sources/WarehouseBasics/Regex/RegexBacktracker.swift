/// Matches short texts by backtracking that visits every pair of instruction and position once: the same answers as
/// simulating all threads, in the same linear bound, but without a list of threads for each character.
final class RegexBacktracker {
    /// One instruction with its set of ASCII scalars laid open.
    private struct Operation {
        var kind: Kind
        /// Target of a jump, preferred target of a split, slot of a save, index of a set or assertion.
        var first: Int32 = 0
        /// Other target of a split.
        var second: Int32 = 0
        var lowASCII: UInt64 = 0
        var highASCII: UInt64 = 0

        enum Kind: UInt8 { case scalars, split, jump, save, assert, match }
    }

    /// A place to go on from; with a negative instruction, a capture to put back.
    private struct Job {
        var instruction: Int32
        var position: Int32
    }

    private let operations: [Operation]
    private let sets: [RegexScalarSet]
    private let assertions: [RegexAssertion]
    /// Bytes a match may begin with; nil where it may be empty.
    private let firstBytes: [Bool]?
    private let slotCount: Int
    @exclusivity(unchecked) private var visited: [UInt64] = []
    @exclusivity(unchecked) private var jobs: [Job] = []
    @exclusivity(unchecked) private var slots: [Int32]

    /// Pairs of instruction and position that one search may visit.
    private static let maximumBits = 1 << 18

    init(_ instructions: [RegexInstruction], slotCount: Int) {
        var operations: [Operation] = [], sets: [RegexScalarSet] = [], assertions: [RegexAssertion] = []
        for instruction in instructions {
            switch instruction {
            case .scalars(let set):
                operations.append(RegexBacktracker.operation(set, index: sets.count))
                sets.append(set)
            case .split(let preferred, let other):
                operations.append(Operation(kind: .split, first: Int32(preferred), second: Int32(other)))
            case .jump(let target): operations.append(Operation(kind: .jump, first: Int32(target)))
            case .save(let slot): operations.append(Operation(kind: .save, first: Int32(slot)))
            case .assert(let assertion):
                operations.append(Operation(kind: .assert, first: Int32(assertions.count)))
                assertions.append(assertion)
            case .match: operations.append(Operation(kind: .match))
            }
        }
        self.operations = operations
        self.sets = sets
        self.assertions = assertions
        self.slotCount = slotCount
        slots = Array(repeating: -1, count: slotCount)
        firstBytes = RegexBacktracker.firstBytes(operations, sets)
    }

    private static func operation(_ set: RegexScalarSet, index: Int) -> Operation {
        var operation = Operation(kind: .scalars, first: Int32(index))
        for scalar in UInt32(0)..<128 where set.contains(scalar) {
            if scalar < 64 { operation.lowASCII |= 1 << UInt64(scalar) }
            else { operation.highASCII |= 1 << UInt64(scalar - 64) }
        }
        return operation
    }

    /// Bytes that some first scalar begins with; every byte of 0x80 and above counts as one.
    private static func firstBytes(_ operations: [Operation], _ sets: [RegexScalarSet]) -> [Bool]? {
        var found = [Bool](repeating: false, count: 256), seen = [Bool](repeating: false, count: operations.count)
        var open = [0]
        while let index = open.popLast() {
            if seen[index] { continue }
            seen[index] = true
            let operation = operations[index]
            switch operation.kind {
            case .match: return nil
            case .jump: open.append(Int(operation.first))
            case .split: open += [Int(operation.first), Int(operation.second)]
            case .save, .assert: open.append(index + 1)
            case .scalars:
                for byte in 0..<128 where sets[Int(operation.first)].contains(UInt32(byte)) { found[byte] = true }
                for byte in 128..<256 { found[byte] = true }
            }
        }
        return found
    }

    /// Whether a text is short enough.
    func canRun(count: Int) -> Bool { operations.count * (count + 1) <= RegexBacktracker.maximumBits }

    /// As `RegexMatcher.find`; a match's places go to `captures`.
    func find(_ bytes: UnsafePointer<UInt8>, count: Int, from start: Int, isAnchored: Bool, mustReachEnd: Bool,
              captures: inout [Int]) -> Bool {
        let words = (operations.count * (count + 1) + 63) / 64
        if visited.count < words { visited = Array(repeating: 0, count: words) }
        visited.withUnsafeMutableBufferPointer { $0.baseAddress?.update(repeating: 0, count: words) }
        var place = start
        while place <= count {
            if isAnchored || canBegin(bytes, place, count) {
                if run(bytes, count, place, mustReachEnd) {
                    for slot in 0..<slotCount { captures[slot] = Int(slots[slot]) }
                    return true
                }
                if isAnchored { return false }
            }
            guard place < count else { break }
            place += bytes[place] < 128 ? 1 : max(1, UTF8Text.scalar(bytes + place, remaining: count - place).length)
        }
        return false
    }

    @inline(__always) private func canBegin(_ bytes: UnsafePointer<UInt8>, _ place: Int, _ count: Int) -> Bool {
        guard let firstBytes else { return true }
        return place < count && firstBytes[Int(bytes[place])]
    }

    /// Tries to match at one place.
    private func run(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ start: Int, _ mustReachEnd: Bool) -> Bool {
        jobs.removeAll(keepingCapacity: true)
        for slot in 0..<slotCount { slots[slot] = -1 }
        jobs.append(Job(instruction: 0, position: Int32(truncatingIfNeeded: start)))
        return operations.withUnsafeBufferPointer { operations in
            visited.withUnsafeMutableBufferPointer { visited in
                while let job = jobs.popLast() {
                    if job.instruction < 0 {
                        slots[Int(-1 &- job.instruction)] = job.position
                    } else if follow(operations, visited, bytes, count, job, mustReachEnd) {
                        return true
                    }
                }
                return false
            }
        }
    }

    /// Follows one thread to its end; places to try later are added to the jobs.
    @inline(__always) private func follow(
        _ operations: UnsafeBufferPointer<Operation>, _ visited: UnsafeMutableBufferPointer<UInt64>,
        _ bytes: UnsafePointer<UInt8>, _ count: Int, _ job: Job, _ mustReachEnd: Bool
    ) -> Bool {
        var instruction = Int(job.instruction), position = Int(job.position)
        while true {
            let bit = instruction &* (count &+ 1) &+ position
            if visited[bit &>> 6] &>> UInt64(bit & 63) & 1 != 0 { return false }
            visited[bit &>> 6] |= 1 &<< UInt64(bit & 63)
            let operation = operations[instruction]
            switch operation.kind {
            case .match: return !mustReachEnd || position == count
            case .jump: instruction = Int(operation.first)
            case .split:
                jobs.append(Job(instruction: operation.second, position: Int32(truncatingIfNeeded: position)))
                instruction = Int(operation.first)
            case .save:
                jobs.append(Job(instruction: -1 &- operation.first, position: slots[Int(operation.first)]))
                slots[Int(operation.first)] = Int32(truncatingIfNeeded: position)
                instruction &+= 1
            case .assert:
                guard holds(assertions[Int(operation.first)], bytes, count, position) else { return false }
                instruction &+= 1
            case .scalars:
                guard position < count else { return false }
                let byte = bytes[position]
                if byte < 128 {
                    let word = byte < 64 ? operation.lowASCII : operation.highASCII
                    guard word &>> UInt64(byte & 63) & 1 != 0 else { return false }
                    position &+= 1
                } else {
                    let (scalar, length) = UTF8Text.scalar(bytes + position, remaining: count - position)
                    guard sets[Int(operation.first)].contains(scalar.value) else { return false }
                    position &+= length
                }
                instruction &+= 1
            }
        }
    }

    private func holds(_ assertion: RegexAssertion, _ bytes: UnsafePointer<UInt8>, _ count: Int, _ position: Int)
        -> Bool {
        let previous = position > 0 ? RegexMatcher.scalarBefore(bytes, position) : nil
        let next = position < count ? RegexMatcher.scalar(bytes + position, count - position).scalar : nil
        return RegexMatcher.holds(assertion, previous, next)
    }
}
