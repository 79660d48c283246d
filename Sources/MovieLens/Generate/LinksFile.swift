/// links.csv: `movieId,imdbId,tmdbId`, by movie; imdbId has seven digits, tmdbId is empty now and then.
struct LinksFile: GeneratedFile {
    let name = "links"
    let header = "movieId,imdbId,tmdbId"

    private let catalog: MovieCatalog
    private let lineEnd: LineEnd
    private let chunks: RowChunks
    private let imdbIDs: [Int]
    /// Zero where there is none.
    private let tmdbIDs: [Int]

    private static let imdbIDCount = 4_000_000
    private static let tmdbIDCount = 370_000

    init(catalog: MovieCatalog, seed: UInt64, lineEnd: LineEnd) {
        self.catalog = catalog
        self.lineEnd = lineEnd
        chunks = RowChunks(rowCount: catalog.count, rowsPerChunk: 65_536)
        var random = DeterministicRandom(seed: seed, stream: .links)
        var imdb: Set<Int> = []
        var tmdb: Set<Int> = []
        var imdbIDs: [Int] = []
        var tmdbIDs: [Int] = []
        for _ in 0..<catalog.count {
            imdbIDs.append(Self.drawUnused(&imdb) { 2 + random.below(Self.imdbIDCount) })
            // 252 of ml-20m's 27,278 movies have no tmdbId; small ids are the older, better known entries.
            if random.chance(252.0 / 27_278) {
                tmdbIDs.append(0)
            } else {
                let isKnown = random.chance(0.45)
                tmdbIDs.append(Self.drawUnused(&tmdb) { 2 + random.below(isKnown ? 60_000 : Self.tmdbIDCount) })
            }
        }
        self.imdbIDs = imdbIDs
        self.tmdbIDs = tmdbIDs
    }

    private static func drawUnused(_ used: inout Set<Int>, _ draw: () -> Int) -> Int {
        while true {
            let id = draw()
            if used.insert(id).inserted { return id }
        }
    }

    var rowCount: Int { chunks.rowCount }
    var chunkCount: Int { chunks.chunkCount }

    func rowCount(ofChunk index: Int) -> Int { chunks[index].count }

    func appendChunk(_ index: Int, to buffer: ByteBuffer) {
        for movie in chunks[index] {
            let imdb = String(imdbIDs[movie])
            let zeros = String(repeating: "0", count: max(0, 7 - imdb.utf8.count))
            let tmdb = tmdbIDs[movie] == 0 ? "" : String(tmdbIDs[movie])
            buffer.append("\(catalog.ids[movie]),\(zeros)\(imdb),\(tmdb)")
            buffer.append(lineEnd)
        }
    }
}
