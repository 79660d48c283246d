/// ratings.csv: `userId,movieId,rating,timestamp`, by user, then by movie.
struct RatingsFile: GeneratedFile {
    let name = "ratings"
    let header = "userId,movieId,rating,timestamp"
    let rowCount: Int

    private let seed: UInt64
    private let lineEnd: LineEnd
    private let catalog: MovieCatalog
    /// Ratings per user.
    private let userCounts: FixedTable<Int32>
    /// The users of each chunk and its number of rows.
    private let chunks: [(users: Range<Int>, rowCount: Int)]
    /// A rating as text with a comma after it, by its latent value: one cell per 1/128.
    private let ratingWords: FixedTable<UInt32>

    private static let latentCells = 2048
    private static let latentShift = NormalTable.fractionBits - 7
    /// How far users' habits and single ratings spread, where movies' quality spreads by about 0.6.
    private static let userSpread = 0.45
    private static let ratingSpread = 0.85
    private static let rowsPerChunk = 100_000
    /// 8 + 6 + 3 + 10 digits, 3 commas, a line end, and what wide stores may overwrite.
    private static let bytesPerRow = 40

    init(scale: GenerationScale, catalog: MovieCatalog, seed: UInt64, lineEnd: LineEnd) {
        rowCount = scale.ratings
        self.seed = seed
        self.lineEnd = lineEnd
        self.catalog = catalog
        userCounts = UserCounts.make(scale: scale, seed: seed)
        chunks = Self.cut(userCounts)
        ratingWords = Self.makeRatingWords(catalog.qualityMoments)
    }

    var chunkCount: Int { chunks.count }

    func rowCount(ofChunk index: Int) -> Int { chunks[index].rowCount }

    private static func cut(_ counts: FixedTable<Int32>) -> [(users: Range<Int>, rowCount: Int)] {
        var chunks: [(users: Range<Int>, rowCount: Int)] = []
        var first = 0
        var rows = 0
        for user in 0..<counts.count {
            rows += Int(counts[user])
            if rows >= rowsPerChunk || user == counts.count - 1 {
                chunks.append((first..<user + 1, rows))
                first = user + 1
                rows = 0
            }
        }
        return chunks
    }

    /// How often each rating is given in ml-20m, 0.5 first.
    private static let ratingShares: [Double] = [
        239_125, 680_732, 279_252, 1_430_997, 883_398, 4_291_193, 2_200_156, 5_561_926, 1_534_824, 2_898_660,
    ]

    /// Cuts the latent values, which are close to normal, so that the ratings come as often as in ml-20m.
    private static func makeRatingWords(_ quality: (mean: Double, variance: Double)) -> FixedTable<UInt32> {
        let spread = (quality.variance + userSpread * userSpread + ratingSpread * ratingSpread).squareRoot()
        let total = ratingShares.reduce(0, +)
        var below = 0.0
        let thresholds = ratingShares.dropLast().map { share -> Double in
            below += share
            return quality.mean + spread * DeterministicMath.inverseNormal(below / total)
        }
        let words = FixedTable<UInt32>(repeating: 0, count: latentCells)
        for cell in 0..<latentCells {
            let latent = (Double(cell - latentCells / 2) + 0.5) / 128
            let halves = UInt32(1 + thresholds.count { $0 <= latent })
            let fraction: UInt32 = halves % 2 == 0 ? 0x30 : 0x35
            words[cell] = (0x30 + halves / 2) | 0x2E << 8 | fraction << 16 | 0x2C << 24
        }
        return words
    }

    func appendChunk(_ index: Int, to buffer: ByteBuffer) {
        let chunk = chunks[index]
        var out = buffer.reserve(chunk.rowCount * Self.bytesPerRow + 64)
        let seen = FixedTable<UInt64>(repeating: 0, count: (catalog.count + 63) / 64)
        let begins = FixedTable<Int>(repeating: 0, count: UserSessions.mostSessions)
        for user in chunk.users {
            out = appendUser(user, seen: seen, begins: begins, at: out)
        }
        buffer.commit(to: out)
    }

    /// Formats one user's rows at `out` and gives the place after them. `seen` holds a bit per movie, all clear
    /// before and after.
    private func appendUser(
        _ user: Int, seen: FixedTable<UInt64>, begins: FixedTable<Int>, at start: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        var random = DeterministicRandom(seed: seed, stream: .userRatings, index: user)
        let count = Int(userCounts[user])
        let normal = NormalTable.values.pointer
        let bias = Int(normal[random.below(4096)]) * 45 / 100
        let sessions = UserSessions(ratingCount: count, begins: begins.pointer, random: &random)
        drawMovies(count, into: seen.pointer, &random)

        let (ids, lengths) = (catalog.idWords.pointer, catalog.idLengths.pointer)
        let (quality, ratings) = (catalog.quality.pointer, ratingWords.pointer)
        let (eol, eolLength) = lineEnd.word
        let (userWord, userLength) = DecimalDigits.word(UInt32(user + 1))
        var out = start
        for word in 0..<seen.count {
            var bits = seen.pointer[word]
            if bits == 0 { continue }
            seen.pointer[word] = 0
            while bits != 0 {
                let movie = word &* 64 &+ bits.trailingZeroBitCount
                bits &= bits &- 1
                let draw = random.next()
                let noise = Int(normal[Int(truncatingIfNeeded: draw &>> 52)]) &* 85 / 100
                let latent = (Int(quality[movie]) &+ bias &+ noise) &>> Self.latentShift
                let cell = min(max(latent &+ Self.latentCells / 2, 0), Self.latentCells &- 1)

                out.storeBytes(of: userWord.littleEndian, as: UInt64.self)
                out += userLength
                out.storeBytes(of: 0x2C, as: UInt8.self)
                out += 1
                out.storeBytes(of: ids[movie].littleEndian, as: UInt64.self)
                out += Int(lengths[movie])
                out.storeBytes(of: ratings[cell].littleEndian, as: UInt32.self)
                out = DecimalDigits.store(sessions.time(draw), at: out + 4)
                out.storeBytes(of: eol.littleEndian, as: UInt16.self)
                out += eolLength
            }
        }
        return out
    }

    /// Sets the bits of `count` distinct movies.
    private func drawMovies(
        _ count: Int, into seen: UnsafeMutablePointer<UInt64>, _ random: inout DeterministicRandom
    ) {
        var missing = count
        var round = 0
        while missing > 0 {
            for _ in 0..<missing {
                let movie: Int
                if round < 4 {
                    movie = catalog.popular.draw(&random)
                } else if round < 10 {
                    movie = catalog.broad.draw(&random)
                } else {
                    movie = random.below(catalog.count)
                }
                let bit = UInt64(1) &<< UInt64(truncatingIfNeeded: movie & 63)
                let old = seen[movie &>> 6]
                seen[movie &>> 6] = old | bit
                missing &-= old & bit == 0 ? 1 : 0
            }
            round += 1
        }
    }
}
