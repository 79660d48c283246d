/// tags.csv: `userId,movieId,tag,timestamp`, by user, movie and tag, no two rows alike in all three.
///
/// The first row is user 18's only one: movie 4141, `Mark Waters`, epoch 1240597180. In sets too small to have that
/// many users the tagging users are ones that rated nothing.
struct TagsFile: GeneratedFile {
    let name = "tags"
    let header = "userId,movieId,tag,timestamp"

    private let seed: UInt64
    private let lineEnd: LineEnd
    private let catalog: MovieCatalog
    private let vocabulary: TagVocabulary
    /// Ascending rows: userId, movie index and tag index.
    private let rows: [UInt64]
    private let chunks: RowChunks

    private static let movieBits: UInt64 = 17
    private static let tagBits: UInt64 = 20
    private static let firstUser = 18
    private static let firstMovieID: UInt32 = 4_141
    private static let firstTime = 1_240_597_180

    /// The share of tags given before a time.
    private static let times: [(x: Double, y: Double)] = [
        (0, 1_135_429_210), (0.01, 1_140_000_000), (0.3, 1_220_000_000), (0.6, 1_320_000_000), (1, 1_427_771_352),
    ]

    init(scale: GenerationScale, catalog: MovieCatalog, seed: UInt64, lineEnd: LineEnd) {
        self.seed = seed
        self.lineEnd = lineEnd
        self.catalog = catalog
        vocabulary = TagVocabulary(scale: scale, seed: seed)
        rows = Self.drawRows(scale: scale, catalog: catalog, vocabulary: vocabulary, seed: seed)
        chunks = RowChunks(rowCount: rows.count, rowsPerChunk: 65_536)
    }

    private static func pack(user: Int, movie: Int, tag: Int) -> UInt64 {
        (UInt64(user) << movieBits | UInt64(movie)) << tagBits | UInt64(tag)
    }

    private static func drawRows(
        scale: GenerationScale, catalog: MovieCatalog, vocabulary: TagVocabulary, seed: UInt64
    ) -> [UInt64] {
        precondition(catalog.count <= 1 << movieBits && vocabulary.tags.count <= 1 << tagBits, "a tag row overflows")
        guard let firstMovie = catalog.index(ofID: firstMovieID) else {
            preconditionFailure("the seed of release dates lost movie \(firstMovieID)")
        }
        var random = DeterministicRandom(seed: seed, stream: .tagRows)
        let users = TaggingUsers(scale: scale, after: firstUser, seed: seed)
        var rows = [pack(user: firstUser, movie: firstMovie, tag: vocabulary.markWaters)]
        rows.reserveCapacity(scale.tags)
        var odd = vocabulary.odd[...]
        while rows.count < scale.tags {
            for _ in rows.count..<scale.tags {
                let user = users.draw(&random)
                let movie = random.below(5) < 4 ? catalog.popular.draw(&random) : catalog.broad.draw(&random)
                let tag = odd.popFirst() ?? vocabulary.usage.draw(&random)
                rows.append(pack(user: user, movie: movie, tag: tag))
            }
            rows.sort()
            removeRepeats(&rows, vocabulary)
        }
        return rows
    }

    /// Keeps the first of neighbouring rows that differ at most in spaces around the tag.
    private static func removeRepeats(_ rows: inout [UInt64], _ vocabulary: TagVocabulary) {
        let tagMask = (UInt64(1) << tagBits) - 1
        var last = UInt64.max
        rows.removeAll { row in
            let key = row & ~tagMask | UInt64(vocabulary.trimmed[Int(row & tagMask)])
            defer { last = key }
            return key == last
        }
    }

    var rowCount: Int { chunks.rowCount }
    var chunkCount: Int { chunks.chunkCount }

    func rowCount(ofChunk index: Int) -> Int { chunks[index].count }

    func appendChunk(_ index: Int, to buffer: ByteBuffer) {
        var random = DeterministicRandom(seed: seed, stream: .tagTimes, index: index)
        for row in chunks[index] {
            let packed = rows[row]
            let user = Int(packed >> (Self.movieBits + Self.tagBits))
            let movie = Int(packed >> Self.tagBits & ((1 << Self.movieBits) - 1))
            let tag = Int(packed & ((1 << Self.tagBits) - 1))
            let drawn = Int(DeterministicMath.interpolate(random.unit(), Self.times))
            let time = row == 0 ? Self.firstTime : drawn
            buffer.append("\(user),\(catalog.ids[movie]),\(vocabulary.fields[tag]),\(time)")
            buffer.append(lineEnd)
        }
    }
}
