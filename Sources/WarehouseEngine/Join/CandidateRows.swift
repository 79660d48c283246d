import WarehouseColumns

/// Rows of a build side that an index has found for one probing row. They go in in any order, some perhaps twice, and come
/// out ascending and once, as every join puts out its pairs. For one thread.
final class CandidateRows {
    /// Up to so many are listed; more are bits from the start.
    private static let listCapacity = 4096

    private let list: UnsafeMutablePointer<Int32>
    @exclusivity(unchecked) private var count = 0
    @exclusivity(unchecked) private var isAscending = true
    /// A bit for each row of the build side, all clear between two probing rows; made when first needed.
    @exclusivity(unchecked) private var words: UnsafeMutablePointer<UInt64>?
    private let wordCount: Int
    @exclusivity(unchecked) private var firstWord = Int.max
    @exclusivity(unchecked) private var lastWord = -1

    /// `rows`: how many the build side has.
    init(rows: Int) {
        list = .allocate(capacity: CandidateRows.listCapacity)
        wordCount = (rows + 63) >> 6
    }

    deinit {
        list.deallocate()
        words?.deallocate()
    }

    /// What the bits take.
    static func bytes(rows: Int) -> Int { rows / 8 }

    var isEmpty: Bool { count == 0 && lastWord < 0 }

    @inline(__always)
    func add(_ row: Int32) {
        if count == CandidateRows.listCapacity { markList() }
        if count > 0, row <= list[count &- 1] { isAscending = false }
        list[count] = row
        count &+= 1
    }

    /// Calls `body` with each row and forgets them all; false where `body` has ended it by false.
    @inline(__always)
    func drain(_ body: (Int32) throws -> Bool) rethrows -> Bool {
        if lastWord < 0 {
            if !isAscending { sortList() }
            if lastWord < 0 { return try drainList(body) }
        } else {
            markList()
        }
        return try drainBits(body)
    }

    @inline(__always)
    private func drainList(_ body: (Int32) throws -> Bool) rethrows -> Bool {
        let found = count
        count = 0
        isAscending = true
        for index in 0..<found {
            if index > 0, list[index] == list[index &- 1] { continue }
            if try !body(list[index]) { return false }
        }
        return true
    }

    @inline(__always)
    private func drainBits(_ body: (Int32) throws -> Bool) rethrows -> Bool {
        guard let words else { return true }
        let range = firstWord...lastWord
        defer {
            (words + range.lowerBound).update(repeating: 0, count: range.count)
            firstWord = .max
            lastWord = -1
        }
        for index in range {
            var word = words[index]
            while word != 0 {
                let row = Int32(truncatingIfNeeded: index &<< 6 &+ word.trailingZeroBitCount)
                word &= word &- 1
                if try !body(row) { return false }
            }
        }
        return true
    }

    /// Brings the list in order: by bits where these are few for what is listed.
    private func sortList() {
        var rows = UnsafeMutableBufferPointer(start: list, count: count)
        guard let least = rows.min(), let greatest = rows.max() else { return }
        if Int(greatest >> 6) - Int(least >> 6) <= 4 * count { markList() } else { rows.sort() }
    }

    /// Makes bits of what is listed.
    private func markList() {
        let words = words ?? madeWords()
        for index in 0..<count {
            let row = Int(list[index]), word = row &>> 6
            words[word] |= 1 &<< UInt64(row & 63)
            firstWord = min(firstWord, word)
            lastWord = max(lastWord, word)
        }
        count = 0
        isAscending = true
    }

    private func madeWords() -> UnsafeMutablePointer<UInt64> {
        let made = UnsafeMutablePointer<UInt64>.allocate(capacity: max(1, wordCount))
        made.initialize(repeating: 0, count: max(1, wordCount))
        words = made
        return made
    }
}
