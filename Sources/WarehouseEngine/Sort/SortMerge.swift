import WarehouseBasics

/// Merges sorted pieces, in parallel by ranges of the result.
struct SortMerge {
    let source: UnsafeMutablePointer<SortEntry>
    let target: UnsafeMutablePointer<SortEntry>
    let bounds: [Int]
    let comparator: RowComparator
    /// Where comparison begins for equal codes; nil when equal codes mean equal keys.
    let firstOpenKey: Int?

    init(_ source: UnsafeMutablePointer<SortEntry>, _ target: UnsafeMutablePointer<SortEntry>, _ bounds: [Int],
         _ comparator: RowComparator, firstOpenKey: Int?) {
        self.source = source
        self.target = target
        self.bounds = bounds
        self.comparator = comparator
        self.firstOpenKey = firstOpenKey
    }

    @inline(__always)
    private func precedes(_ a: SortEntry, _ b: SortEntry) -> Bool {
        if a.code != b.code { return a.code < b.code }
        if let firstOpenKey {
            let order = comparator.compare(Int(a.row), Int(b.row), from: firstOpenKey)
            if order != 0 { return order < 0 }
        }
        return a.row < b.row
    }

    /// `check` ends it by throwing.
    func run(threads: Int, check: () throws -> Void) throws {
        let pieces = bounds.count - 1
        // Cuts of every piece at the quantiles of the first.
        var cuts: [[Int]] = [Array(bounds.dropLast())]
        for part in 1..<pieces {
            let pivot = source[bounds[0] + (bounds[1] - bounds[0]) / pieces * part]
            cuts.append((0..<pieces).map { lowerBound(pivot, bounds[$0], bounds[$0 + 1]) })
        }
        cuts.append(Array(bounds.dropFirst()))
        var starts = [0]
        for part in 0..<pieces {
            starts.append(starts[part] + (0..<pieces).reduce(0) { $0 + cuts[part + 1][$1] - cuts[part][$1] })
        }
        try TaskPool.run(stripes: pieces, threads: threads) { part in
            try merge(cuts[part], cuts[part + 1], into: target + starts[part], check)
        }
    }

    private func lowerBound(_ pivot: SortEntry, _ start: Int, _ end: Int) -> Int {
        var low = start, high = end
        while low < high {
            let middle = (low + high) / 2
            if precedes(source[middle], pivot) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func merge(_ from: [Int], _ to: [Int], into target: UnsafeMutablePointer<SortEntry>,
                       _ check: () throws -> Void) throws {
        var heads = (0..<from.count).filter { from[$0] < to[$0] }.map { (next: from[$0], end: to[$0]) }
        var place = 0
        while heads.count > 1 {
            if place & 0xFFFF == 0 { try check() }
            var best = 0
            for index in 1..<heads.count where precedes(source[heads[index].next], source[heads[best].next]) {
                best = index
            }
            target[place] = source[heads[best].next]
            place += 1
            heads[best].next += 1
            if heads[best].next == heads[best].end { heads.remove(at: best) }
        }
        if let last = heads.first { (target + place).update(from: source + last.next, count: last.end - last.next) }
    }
}
