/// The movies every file refers to: their ids, how often each is rated, and how well.
final class MovieCatalog: Sendable {
    let count: Int
    /// Ascending, from 1 to `GenerationScale.lastMovieID`.
    let ids: FixedTable<UInt32>
    /// Each id as text with a comma after it, and the number of its bytes.
    let idWords: FixedTable<UInt64>
    let idLengths: FixedTable<UInt8>
    /// Indexes of movies, the most rated first.
    let byPopularity: [Int]
    /// What a user rates first, and what a user comes to who has rated most of that.
    let popular: AliasTable
    let broad: AliasTable
    /// How much better than the average movie this one is rated, in units of a rating's spread (`NormalTable`'s).
    let quality: FixedTable<Int32>
    /// Mean and variance of quality over ratings.
    let qualityMoments: (mean: Double, variance: Double)

    /// The release years of the movies whose dates the seed tells.
    let knownYears: [UInt32: Int]

    init(scale: GenerationScale, seed: UInt64) {
        knownYears = Self.parseKnownYears()
        let ids = Self.chooseIDs(count: scale.movies, required: knownYears.keys, seed: seed)
        count = ids.count
        self.ids = FixedTable(ids)
        idWords = FixedTable(ids.map { id in
            let digits = DecimalDigits.word(id)
            return digits.bytes | UInt64(0x2C) << UInt64(digits.count * 8)
        })
        idLengths = FixedTable(ids.map { UInt8(DecimalDigits.word($0).count + 1) })

        byPopularity = Self.rankByPopularity(ids: ids, seed: seed)
        let weights = Self.weights(ranking: byPopularity)
        popular = AliasTable(weights: weights)
        broad = AliasTable(weights: weights.map { $0.squareRoot() + 1e-3 })

        quality = FixedTable(repeating: 0, count: ids.count)
        var random = DeterministicRandom(seed: seed, stream: .movieQuality)
        var positions = [Int](repeating: 0, count: ids.count)
        for (rank, index) in byPopularity.enumerated() { positions[index] = rank }
        for index in ids.indices {
            let spread = Int(NormalTable.values[random.below(4096)]) * 55 / 100
            // People see more of what is good.
            let fame = NormalTable.one * 6 * (ids.count - 2 * positions[index]) / (20 * ids.count)
            quality[index] = Int32(spread + fame)
        }
        qualityMoments = Self.moments(of: quality, weights: weights)
    }

    /// The index of the movie with this id.
    func index(ofID id: UInt32) -> Int? {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] < id { low = middle + 1 } else { high = middle }
        }
        return low < count && ids[low] == id ? low : nil
    }

    private static func parseKnownYears() -> [UInt32: Int] {
        var years: [UInt32: Int] = [:]
        for line in SeedMovieReleaseDates.csv.split(separator: "\n").dropFirst() {
            let fields = line.split(separator: ",")
            guard fields.count == 2, let id = UInt32(fields[0]), let year = Int(fields[1].prefix(4)) else {
                preconditionFailure("the seed's line is not `movie_id,release_date`: \(line)")
            }
            years[id] = year
        }
        return years
    }

    /// About a third of the ids are dense from 1 on, the rest lie scattered up to the last one.
    private static func chooseIDs(count: Int, required: some Collection<UInt32>, seed: UInt64) -> [UInt32] {
        let last = GenerationScale.lastMovieID
        var isTaken = [Bool](repeating: false, count: last + 1)
        for id in required { isTaken[Int(id)] = true }
        isTaken[1] = true
        isTaken[last] = true
        let denseCount = max(1, count * 325 / 1000)
        let denseEnd = max(denseCount, min(denseCount * 104 / 100, last - count + denseCount))
        var random = DeterministicRandom(seed: seed, stream: .movieIDs)

        /// Takes free ids of `range` until `target` of them are taken (Knuth's selection sampling).
        func fill(_ range: ClosedRange<Int>, until target: Int) {
            var free = range.count { !isTaken[$0] }
            var wanted = target - (range.count - free)
            for id in range where !isTaken[id] {
                if wanted <= 0 { return }
                if random.below(free) < wanted {
                    isTaken[id] = true
                    wanted -= 1
                }
                free -= 1
            }
        }
        fill(1...denseEnd, until: denseCount)
        if denseEnd < last {
            let taken = (1...denseEnd).count { isTaken[$0] }
            fill(denseEnd + 1...last, until: count - taken)
        }
        return isTaken.indices.filter { isTaken[$0] }.map { UInt32($0) }
    }

    /// Low ids were added first and are rated most.
    private static func rankByPopularity(ids: [UInt32], seed: UInt64) -> [Int] {
        var random = DeterministicRandom(seed: seed, stream: .movieScores)
        let denseEnd = 9_219.0
        let last = Double(GenerationScale.lastMovieID)
        let scores = ids.map { id -> Int in
            let spread = Int(NormalTable.values[random.below(4096)]) * 115 / 100
            let age = Double(id)
            let loss = age < denseEnd ? 3.0 * age / denseEnd : 2.3 + 2.2 * (age - denseEnd) / (last - denseEnd)
            return spread - Int((loss * Double(NormalTable.one)).rounded())
        }
        return ids.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
    }

    /// How gladly a movie is picked by its rank, on straight lines between logarithms. The head is steeper than
    /// ml-20m's numbers of ratings, since nobody rates a movie twice.
    private static let popularityCurve: [(rank: Double, ratings: Double)] = [
        (1, 180_000), (10, 115_000), (50, 56_000), (100, 40_000), (300, 19_000), (1_000, 5_500), (3_000, 1_150),
        (5_000, 400), (10_000, 68), (15_000, 16), (20_000, 4), (27_278, 0.5),
    ]

    /// Per movie index. A smaller catalog spreads over the whole curve; a larger one lengthens its end.
    private static func weights(ranking: [Int]) -> [Double] {
        let curve = popularityCurve.map {
            (x: DeterministicMath.ln($0.rank), y: DeterministicMath.ln($0.ratings))
        }
        let stretch = max(1, Double(GenerationScale.full.movies) / Double(ranking.count))
        var weights = [Double](repeating: 0, count: ranking.count)
        for (rank, index) in ranking.enumerated() {
            let x = DeterministicMath.ln(Double(rank + 1) * stretch)
            weights[index] = DeterministicMath.exp(DeterministicMath.interpolate(x, curve))
        }
        return weights
    }

    private static func moments(of quality: FixedTable<Int32>, weights: [Double]) -> (mean: Double, variance: Double) {
        var total = 0.0, sum = 0.0, squares = 0.0
        for (index, weight) in weights.enumerated() {
            let value = Double(quality[index]) / Double(NormalTable.one)
            total += weight
            sum += weight * value
            squares += weight * value * value
        }
        let mean = sum / total
        return (mean, squares / total - mean * mean)
    }
}
