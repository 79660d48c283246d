import WarehouseBasics
import WarehouseColumns

/// Sorts many rows: spreads them over buckets by the leading digit of their codes, then sorts each bucket alone, in the
/// processor's cache. Beside row numbers and the codes of a share of the rows it needs memory for one bucket a thread.
///
/// Buckets are runs of neighbouring digits with at least `bucketRows` rows, so that values need not be spread evenly.
/// 20 million rows by two keys on two cores: half the time of sorting halves and merging them.
final class SortPartitions {
    static let digitBits: UInt64 = 16
    /// Rows whose codes are made at once.
    private static let blockRows = 2048

    private let rows: RowBuffer
    private let sorter: CodeSorter
    private let threads: Int
    private let bucketRows: Int
    private let shareRows: Int
    private let count: Int
    /// Each thread's part of the rows.
    private let pieces: [Range<Int>]
    /// The bucket of each digit.
    private let buckets: UnsafeMutablePointer<UInt16>
    /// First place of each bucket, and behind the last.
    private var starts: [Int] = []

    /// Rows whose codes are in memory at a time: a share of the buckets. Codes are made again for every share, so there
    /// are three at most: with shares of one size a row of 50 million cost twice what one of 10 million did.
    static func shareRows(of rows: Int) -> Int { max(8 << 20, (rows + 2) / 3) }

    init(_ rows: RowBuffer, _ sorter: CodeSorter, threads: Int, bucketRows: Int = 1 << 14, shareRows: Int? = nil) {
        self.rows = rows
        self.sorter = sorter
        self.threads = threads
        self.bucketRows = bucketRows
        self.shareRows = shareRows ?? SortPartitions.shareRows(of: rows.rowCount)
        count = rows.rowCount
        let count = rows.rowCount, parts = min(threads, 16)
        let bounds = (0...parts).map { count / parts * $0 + min($0, count % parts) }
        pieces = (0..<parts).map { bounds[$0]..<bounds[$0 + 1] }
        buckets = .allocate(capacity: 1 << Int(SortPartitions.digitBits))
        buckets.initialize(repeating: 0, count: 1 << Int(SortPartitions.digitBits))
    }

    deinit { buckets.deallocate() }

    /// Memory that so many rows need at most.
    static func bytes(rows: Int, threads: Int) -> Int {
        // A share ends with a bucket, which is of so many rows at most.
        let share = shareRows(of: rows) + max(1 << 20, rows / (2 * max(1, threads)))
        return rows * MemoryLayout<Int32>.stride + min(rows, share) * MemoryLayout<UInt64>.stride
    }

    /// The rows in order; nil where one bucket has so many of them that the threads could not share the work.
    func order() throws -> UnsafeMutablePointer<Int32>? {
        let places = try countedBuckets()
        let largest = zip(starts, starts.dropFirst()).reduce(0) { max($0, $1.1 - $1.0) }
        guard largest <= max(64 * bucketRows, count / (2 * threads)) else { return nil }
        let order = PageMemory.allocate(Int32.self, count: count)
        do {
            for share in SortPartitions.shares(starts, shareRows: shareRows) {
                let start = starts[share.lowerBound], size = starts[share.upperBound] - start
                let codes = PageMemory.allocate(UInt64.self, count: size)
                defer { PageMemory.deallocate(codes, count: size) }
                try scatter(share, places, codes - start, order)
                try sortBuckets(share, codes - start, order)
            }
        } catch {
            PageMemory.deallocate(order, count: count)
            throw error
        }
        return order
    }

    /// Neighbouring buckets whose codes are in memory together: as few shares as `shareRows` allow, for each reads all rows.
    static func shares(_ starts: [Int], shareRows: Int) -> [Range<Int>] {
        let count = starts[starts.count - 1], wanted = max(1, (count + shareRows - 1) / shareRows)
        var shares: [Range<Int>] = [], first = 0
        for bucket in 0..<starts.count - 1 where starts[bucket + 1] >= count * (shares.count + 1) / wanted {
            shares.append(first..<bucket + 1)
            first = bucket + 1
        }
        return shares
    }

    // MARK: Buckets

    /// Decides on the buckets; gives each piece's first place in each.
    private func countedBuckets() throws -> [[Int]] {
        let digits = 1 << Int(Self.digitBits)
        let counts = UnsafeMutablePointer<UInt32>.allocate(capacity: digits * pieces.count)
        defer { counts.deallocate() }
        counts.initialize(repeating: 0, count: digits * pieces.count)
        try TaskPool.run(stripes: pieces.count, threads: threads) { piece in
            let mine = counts + piece * digits
            try forEachBlock(of: pieces[piece]) { entries, size in
                for index in 0..<size {
                    mine[Int(truncatingIfNeeded: entries[index].code &>> (64 - Self.digitBits))] &+= 1
                }
            }
        }
        var places: [[Int]] = pieces.map { _ in [] }
        var inPiece = [Int](repeating: 0, count: pieces.count)
        var start = 0, size = 0, bucket: UInt16 = 0
        func close() {
            starts.append(start)
            var place = start
            for piece in pieces.indices {
                places[piece].append(place)
                place += inPiece[piece]
                inPiece[piece] = 0
            }
            start += size
            size = 0
            bucket &+= 1
        }
        for digit in 0..<digits {
            let here = pieces.indices.reduce(0) { $0 + Int(counts[$1 * digits + digit]) }
            // A digit with many rows stands alone: its rows may all be equal.
            if size > 0, here >= bucketRows { close() }
            buckets[digit] = bucket
            size += here
            for piece in pieces.indices { inPiece[piece] += Int(counts[piece * digits + digit]) }
            if size >= bucketRows { close() }
        }
        if size > 0 || starts.isEmpty { close() }
        starts.append(count)
        return places
    }

    private func forEachBlock(of range: Range<Int>, _ body: (UnsafeMutablePointer<SortEntry>, Int) -> Void) throws {
        let entries = UnsafeMutablePointer<SortEntry>.allocate(capacity: Self.blockRows)
        defer { entries.deallocate() }
        var start = range.lowerBound
        while start < range.upperBound {
            let size = min(Self.blockRows, range.upperBound - start)
            try sorter.check()
            sorter.codes.write(entries, rows, from: start, count: size)
            body(entries, size)
            start += size
        }
    }

    /// Writes codes and row numbers to those buckets. Rows of a bucket stay ascending, since pieces are.
    private func scatter(_ share: Range<Int>, _ places: [[Int]], _ codes: UnsafeMutablePointer<UInt64>,
                         _ order: UnsafeMutablePointer<Int32>) throws {
        let first = UInt(share.lowerBound), bucketCount = UInt(share.count)
        try TaskPool.run(stripes: pieces.count, threads: threads) { piece in
            var next = places[piece]
            try next.withUnsafeMutableBufferPointer { next in
                let next = next
                try forEachBlock(of: pieces[piece]) { entries, size in
                    for index in 0..<size {
                        let entry = entries[index]
                        let bucket = Int(buckets[Int(truncatingIfNeeded: entry.code &>> (64 - Self.digitBits))])
                        guard UInt(bitPattern: bucket) &- first < bucketCount else { continue }
                        let place = next[bucket]
                        next[bucket] = place &+ 1
                        codes[place] = entry.code
                        order[place] = Int32(truncatingIfNeeded: entry.row)
                    }
                }
            }
        }
    }

    /// Sorts those buckets, neighbours by one thread, whose memory serves them all.
    private func sortBuckets(_ share: Range<Int>, _ codes: UnsafeMutablePointer<UInt64>,
                             _ order: UnsafeMutablePointer<Int32>) throws {
        let parts = min(share.count, threads * 16)
        try TaskPool.run(stripes: parts, threads: threads) { part in
            let mine = share.lowerBound + share.count * part / parts..<share.lowerBound + share.count * (part + 1) / parts
            let widest = mine.reduce(0) { max($0, starts[$1 + 1] - starts[$1]) }
            let scratch = CodeSorter.Scratch(capacity: widest)
            for bucket in mine {
                let start = starts[bucket]
                try sorter.sort(codes + start, order + start, starts[bucket + 1] - start, scratch)
            }
        }
    }
}
