/// movies.csv: `movieId,title,genres`, by movie.
struct MoviesFile: GeneratedFile {
    let name = "movies"
    let header = "movieId,title,genres"

    private let catalog: MovieCatalog
    private let seed: UInt64
    private let lineEnd: LineEnd
    private let chunks: RowChunks
    private let genres = AliasTable(weights: Vocabulary.genres.map(\.movies))

    init(catalog: MovieCatalog, seed: UInt64, lineEnd: LineEnd) {
        self.catalog = catalog
        self.seed = seed
        self.lineEnd = lineEnd
        chunks = RowChunks(rowCount: catalog.count, rowsPerChunk: 8_192)
    }

    var rowCount: Int { chunks.rowCount }
    var chunkCount: Int { chunks.chunkCount }

    func rowCount(ofChunk index: Int) -> Int { chunks[index].count }

    func appendChunk(_ index: Int, to buffer: ByteBuffer) {
        for movie in chunks[index] {
            let id = catalog.ids[movie]
            var random = DeterministicRandom(seed: seed, stream: .movieText, index: movie)
            buffer.append("\(id),")
            buffer.appendField(MovieTitle.make(knownYear: catalog.knownYears[id], &random))
            buffer.append(",")
            buffer.append(genreList(&random))
            buffer.append(lineEnd)
        }
    }

    private func genreList(_ random: inout DeterministicRandom) -> String {
        // 246 of ml-20m's 27,278 movies have none.
        if random.chance(246.0 / 27_278) { return "(no genres listed)" }
        let draw = random.below(1000)
        let count = 1 + [400, 720, 910, 975, 995].count { $0 <= draw }
        var chosen: Set<Int> = []
        while chosen.count < count { chosen.insert(genres.draw(&random)) }
        return chosen.sorted().map { Vocabulary.genres[$0].name }.joined(separator: "|")
    }
}
