import WarehouseBasics
import WarehouseColumns

/// Sorts many rows: spreads them over buckets by the leading digit of their codes, then sorts each bucket alone, in the
/// processor's cache. Beside codes and row numbers it needs memory for one bucket a thread.
///
/// Buckets are runs of neighbouring digits with at least `bucketRows` rows, so that values need not be spread evenly.
/// 20 million rows by two keys on two cores: 12 bytes a row and half the time of sorting halves and merging them.
final class SortPartitions {
    static let digitBits: UInt64 = 16
    /// Rows whose codes are made at once.
    private static let blockRows = 2048

    private let rows: RowBuffer
    private let sorter: CodeSorter
    private let threads: Int
    private let bucketRows: Int
    private let count: Int
    /// Each thread's part of the rows.
    private let pieces: [Range<Int>]
    /// The bucket of each digit.
    private let buckets: UnsafeMutablePointer<UInt16>
    /// First place of each bucket, and behind the last.
    private var starts: [Int] = []
    private var codes: UnsafeMutablePointer<UInt64>?

    init(_ rows: RowBuffer, _ sorter: CodeSorter, threads: Int, bucketRows: Int = 1 << 14) {
        self.rows = rows
        self.sorter = sorter
        self.threads = threads
        self.bucketRows = bucketRows
        count = rows.rowCount
        let count = rows.rowCount, parts = min(threads, 16)
        let bounds = (0...parts).map { count / parts * $0 + min($0, count % parts) }
        pieces = (0..<parts).map { bounds[$0]..<bounds[$0 + 1] }
        buckets = .allocate(capacity: 1 << Int(SortPartitions.digitBits))
        buckets.initialize(repeating: 0, count: 1 << Int(SortPartitions.digitBits))
    }

    deinit {
        buckets.deallocate()
        codes?.deallocate()
    }

    /// The rows in order; nil where one bucket has so many of them that the threads could not share the work.
    func order() throws -> UnsafeMutablePointer<Int32>? {
        var places = try countedBuckets()
        let largest = zip(starts, starts.dropFirst()).reduce(0) { max($0, $1.1 - $1.0) }
        guard largest <= max(64 * bucketRows, count / (2 * threads)) else { return nil }
        let codes = UnsafeMutablePointer<UInt64>.allocate(capacity: count)
        self.codes = codes
        let order = UnsafeMutablePointer<Int32>.allocate(capacity: count)
        do {
            try scatter(&places, codes, order)
            try sortBuckets(codes, order, largest: largest)
        } catch {
            order.deallocate()
            throw error
        }
        return order
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

    /// Writes codes and row numbers to their buckets. Rows of a bucket stay ascending, since pieces are.
    private func scatter(_ places: inout [[Int]], _ codes: UnsafeMutablePointer<UInt64>,
                         _ order: UnsafeMutablePointer<Int32>) throws {
        let places = places
        try TaskPool.run(stripes: pieces.count, threads: threads) { piece in
            var next = places[piece]
            try next.withUnsafeMutableBufferPointer { next in
                let next = next
                try forEachBlock(of: pieces[piece]) { entries, size in
                    for index in 0..<size {
                        let entry = entries[index]
                        let bucket = Int(buckets[Int(truncatingIfNeeded: entry.code &>> (64 - Self.digitBits))])
                        let place = next[bucket]
                        next[bucket] = place &+ 1
                        codes[place] = entry.code
                        order[place] = Int32(truncatingIfNeeded: entry.row)
                    }
                }
            }
        }
    }

    /// Sorts the buckets, neighbours by one thread, whose memory serves them all.
    private func sortBuckets(_ codes: UnsafeMutablePointer<UInt64>, _ order: UnsafeMutablePointer<Int32>,
                             largest: Int) throws {
        let total = starts.count - 1
        let shares = min(total, threads * 16)
        try TaskPool.run(stripes: shares, threads: threads) { share in
            let mine = total * share / shares..<total * (share + 1) / shares
            let widest = mine.reduce(0) { max($0, starts[$1 + 1] - starts[$1]) }
            let scratch = CodeSorter.Scratch(capacity: widest)
            for bucket in mine {
                let start = starts[bucket]
                try sorter.sort(codes + start, order + start, starts[bucket + 1] - start, scratch)
            }
        }
    }
}
