import WarehouseBasics
import WarehouseColumns

/// Sums and counts by one integer column of a small domain, where sums are exact: integers, and doubles that are
/// `ExactValues`. The key's value is the place of its sum: one access a row does what numbering the group, keeping the
/// number and adding to the group's state did in three. Since the order of adding does not matter, one thread's
/// stripes share one of these, and there is little to merge.
///
/// One thread's; `ExactSumsPool` hands it on.
final class ExactSums {
    struct Total: BitwiseCopyable {
        var sum: Int64
        var count: Int64

        @inline(__always) mutating func add(_ other: Total) {
            sum &+= other.sum
            count &+= other.count
        }
    }

    let kind: DenseSum.Kind
    private let low: Int64
    private let span: UInt64
    private let reservation: MemoryReservation
    /// A `TallyFormat`'s word a key, as long as numbers fit one; what was in full ones is in `full`.
    private var words: UnsafeMutablePointer<UInt32>?
    private var full: [(place: Int32, total: Total)] = []
    /// Where sums go that no word takes, and all in the end.
    private var totals: UnsafeMutablePointer<Total>?
    private var format: TallyFormat?
    /// What takes all numbers of this stripe.
    private var stripeFormat: TallyFormat?
    private var values = ExactValues()
    /// What each code of the last dictionary adds to a word.
    private var addends: [UInt32] = []
    /// Keys less `low`, in the order they first came.
    @exclusivity(unchecked) private var order: [Int32] = []
    /// Where the new keys of each stripe begin, stripes ascending.
    private var stripes: [(stripe: Int, start: Int)] = []
    private var isRefused = false

    static let maximumDomain = 1 << 18
    /// Sums and counts of more keys than these are found faster when they lie close together, by number.
    static let maximumTotals = 1 << 16
    /// So many full words are told apart from totals, which are not made for fewer.
    private static let maximumFull = 4096

    init(_ kind: DenseSum.Kind, low: Int64, span: UInt64, _ context: QueryContext) {
        self.kind = kind
        self.low = low
        self.span = span
        reservation = MemoryReservation(context.memory)
    }

    deinit {
        words?.deallocate()
        if let totals { PageMemory.deallocate(totals, count: domain) }
    }

    private var domain: Int { Int(truncatingIfNeeded: span) &+ 1 }
    var lastStripe: Int { stripes.last?.stripe ?? -1 }

    /// The rows that come now are of this stripe, which is above those before.
    func begin(stripe: Int) {
        stripes.append((stripe, order.count))
        stripeFormat = nil
    }

    /// Adds the rows of a batch. False: nothing was added, since they are not of a kind that can be.
    func add(_ key: Vector, _ argument: Vector?, rows: Int) throws -> Bool {
        guard key.form == .flat, !key.hasNulls, argument?.hasNulls != true, !isRefused else { return false }
        switch key.physicalType {
        case .int32: return try add(key.int32s, argument, rows)
        case .int64: return try add(key.int64s, argument, rows)
        default: return false
        }
    }

    @inline(__always)
    private func add<Key: FixedWidthInteger & SignedInteger>(_ keys: UnsafePointer<Key>, _ argument: Vector?, _ rows: Int)
        throws -> Bool {
        guard let low = Key(exactly: low), Key(exactly: self.low &+ Int64(truncatingIfNeeded: span)) != nil else {
            return false
        }
        guard kind != .counts, let argument else { return try count(keys, low, rows) }
        if argument.form == .dictionary, let dictionary = argument.dictionary {
            return try add(keys, low, argument.codes, dictionary, rows)
        }
        guard kind == .integers, argument.form == .flat else { return false }
        switch argument.physicalType {
        case .int32:
            let values = UnsafePointer(argument.int32s)
            return try total(keys, low, rows) { Int64(values[$0]) }
        case .int64:
            let values = UnsafePointer(argument.int64s)
            return try total(keys, low, rows) { values[$0] }
        default: return false
        }
    }

    /// All keys must lie in the domain: what is off it has its highest bit set here, or that of what is missing to the
    /// end. Apart from adding, this takes four keys at a time.
    @inline(__always)
    private func check<Key: FixedWidthInteger & SignedInteger>(_ keys: UnsafePointer<Key>, _ low: Key, _ rows: Int) throws {
        let last = Key(truncatingIfNeeded: span)
        var outside: Key = 0
        for row in 0..<rows {
            let place = keys[row] &- low
            outside |= place | (last &- place)
        }
        guard outside >= 0 else { throw KeyEncoder.outOfRange }
    }

    // MARK: Rows

    @inline(__always)
    private func count<Key: FixedWidthInteger & SignedInteger>(_ keys: UnsafePointer<Key>, _ low: Key, _ rows: Int) throws
        -> Bool {
        guard let format = format ?? TallyFormat(low: 0, high: 0, grain: 0), makeWords(format) else { return false }
        try check(keys, low, rows)
        tally(keys, low, format.addend(0), rows)
        return true
    }

    @inline(__always)
    private func add<Key: FixedWidthInteger & SignedInteger>(
        _ keys: UnsafePointer<Key>, _ low: Key, _ codes: UnsafePointer<Int32>, _ dictionary: Vector, _ rows: Int
    ) throws -> Bool {
        let isNew = values.take(dictionary)
        guard let range = values.range else { return false }
        if totals == nil || words != nil, prepareAddends(range, isNew: isNew) {
            try check(keys, low, rows)
            addends.withUnsafeBufferPointer { addends in
                guard let addends = addends.baseAddress else { return }
                tally(keys, low, codes, addends, rows)
            }
            return true
        }
        return try values.values.withUnsafeBufferPointer { values in
            guard let values = values.baseAddress else { return false }
            return try total(keys, low, rows) { values[Int(codes[$0])] }
        }
    }

    /// Makes words that take a dictionary's numbers. False when none take those and the stripe's others: stripes before
    /// do not matter, since it is by chance which those are.
    private func prepareAddends(_ range: ExactValues.Range, isNew: Bool) -> Bool {
        if stripeFormat?.takes(range) != true {
            let needed = stripeFormat.map { $0.widened(to: range) }
                ?? TallyFormat(low: range.low, high: range.high, grain: range.grain)
            guard let needed else { return false }
            stripeFormat = needed
        }
        let isTaken = format?.takes(range) == true
        guard let wanted = isTaken ? format : format?.widened(to: range) ?? stripeFormat else { return false }
        if !isTaken, words != nil { drain(into: madeTotals()) }
        guard isNew || !isTaken || addends.isEmpty else { return true }
        guard makeWords(wanted) else { return false }
        addends = values.values.map(wanted.addend)
        return true
    }

    /// Apart from its callers, so that all it needs stays in registers.
    @inline(never)
    private func tally<Key: FixedWidthInteger & SignedInteger>(
        _ keys: UnsafePointer<Key>, _ low: Key, _ codes: UnsafePointer<Int32>, _ addends: UnsafePointer<UInt32>, _ rows: Int
    ) {
        guard let words else { return }
        for row in 0..<rows {
            let place = Int(keys[row] &- low)
            let word = words[place] &+ addends[Int(codes[row])]
            words[place] = word
            if Int32(bitPattern: word) >= 0 { turn(place) }
        }
    }

    @inline(never)
    private func tally<Key: FixedWidthInteger & SignedInteger>(
        _ keys: UnsafePointer<Key>, _ low: Key, _ addend: UInt32, _ rows: Int
    ) {
        guard let words else { return }
        for row in 0..<rows {
            let place = Int(keys[row] &- low)
            let word = words[place] &+ addend
            words[place] = word
            if Int32(bitPattern: word) >= 0 { turn(place) }
        }
    }

    /// Notes a key that came first, or empties its word when the count is full.
    @inline(never)
    private func turn(_ place: Int) {
        guard let words, let format else { return }
        let word = words[place]
        if format.count(of: word) == 1 {
            order.append(Int32(truncatingIfNeeded: place))
            words[place] = word | TallyFormat.flag
        } else {
            let total = Total(sum: format.sum(of: word, count: format.fullCount), count: format.fullCount)
            full.append((Int32(truncatingIfNeeded: place), total))
            words[place] = TallyFormat.flag
            if full.count == ExactSums.maximumFull { settle(in: madeTotals()) }
        }
    }

    /// Sums that no word takes, at once where totals are.
    @inline(__always)
    private func total<Key: FixedWidthInteger & SignedInteger>(
        _ keys: UnsafePointer<Key>, _ low: Key, _ rows: Int, _ value: (Int) -> Int64
    ) throws -> Bool {
        guard domain <= ExactSums.maximumTotals, reserve() else { return false }
        try check(keys, low, rows)
        let totals = madeTotals()
        if let words {
            drain(into: totals)
            words.deallocate()
            self.words = nil
        }
        for row in 0..<rows {
            let place = Int(keys[row] &- low), total = totals[place]
            totals[place] = Total(sum: total.sum &+ value(row), count: total.count &+ 1)
            if total.count == 0 { order.append(Int32(truncatingIfNeeded: place)) }
        }
        return true
    }

    // MARK: Tables

    private func makeWords(_ format: TallyFormat) -> Bool {
        guard reserve() else { return false }
        if words == nil {
            guard order.isEmpty else { return false }
            // Written at once: a page that is read before it is written is made twice, and each time interrupts the
            // other threads.
            words = .allocate(capacity: domain)
            words?.initialize(repeating: 0, count: domain)
        }
        self.format = format
        return true
    }

    /// Room for words and totals. False when there is none.
    private func reserve() -> Bool {
        if reservation.bytes > 0 { return true }
        if reservation.growElastically(to: domain * 24, share: 0.25) { return true }
        reservation.shrink(to: 0)
        isRefused = true
        return false
    }

    private func madeTotals() -> UnsafeMutablePointer<Total> {
        if let totals { return totals }
        let made = PageMemory.allocate(Total.self, count: domain)
        made.initialize(repeating: Total(sum: 0, count: 0), count: domain)
        totals = made
        return made
    }

    /// Puts what words hold and held into totals.
    private func drain(into totals: UnsafeMutablePointer<Total>) {
        if let words, let format {
            forEachPlace { place in
                let word = words[place], count = format.count(of: word)
                // Of a key that never came, the word stays 0.
                guard count > 0 else { return }
                totals[place].add(Total(sum: format.sum(of: word, count: count), count: count))
                words[place] = TallyFormat.flag
            }
        }
        settle(in: totals)
    }

    /// Puts what full words held into totals.
    private func settle(in totals: UnsafeMutablePointer<Total>) {
        for (place, total) in full { totals[Int(place)].add(total) }
        full.removeAll(keepingCapacity: true)
    }

    /// All places that keys came to, and where these are many, others too: memory is read in its order then, and not one
    /// place after another from what may be another thread's cache.
    @inline(__always)
    private func forEachPlace(_ body: (Int) -> Void) {
        if order.count > domain / 16 {
            for place in 0..<domain { body(place) }
        } else {
            for place in order { body(Int(place)) }
        }
    }

    // MARK: The end

    var isEmpty: Bool { order.isEmpty }

    /// The keys that were new in each stripe.
    var newKeys: [(stripe: Int, places: ArraySlice<Int32>)] {
        stripes.indices.map { index in
            let end = index + 1 < stripes.count ? stripes[index + 1].start : order.count
            return (stripes[index].stripe, order[stripes[index].start..<end])
        }
    }

    /// Takes in what is in words, its own and of others of the same domain, and the others' totals. No more rows come.
    func finish(with others: some Sequence<ExactSums>) {
        let whole = madeTotals()
        drain(into: whole)
        for other in others {
            other.drain(into: whole)
            if let theirs = other.totals { other.forEachPlace { whole[$0].add(theirs[$0]) } }
        }
    }

    /// What a key has, which is then taken.
    func remove(_ place: Int) -> Total {
        guard let totals else { return Total(sum: 0, count: 0) }
        let total = totals[place]
        totals[place] = Total(sum: 0, count: 0)
        return total
    }

    func key(_ place: Int) -> Int64 { low &+ Int64(place) }
}
