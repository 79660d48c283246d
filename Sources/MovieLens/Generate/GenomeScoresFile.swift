/// genome-scores.csv: `movieId,tagId,relevance`, by movie, then by tag: every tag for each of the better-known movies.
///
/// A relevance is 1 - k * 0.00025 for a whole k, computed by way of -1...1 and printed as in ml-20m: the shortest
/// decimal that reads back as the same double, which most often takes 17 digits.
struct GenomeScoresFile: GeneratedFile {
    let name = "genome-scores"
    let header = "movieId,tagId,relevance"

    private let seed: UInt64
    private let lineEnd: LineEnd
    private let catalog: MovieCatalog
    /// Indexes of the movies that have scores, ascending.
    private let movies: [Int]
    private let tagCount: Int
    /// Each tagId as text with a comma after it.
    private let tagWords: FixedTable<UInt64>
    private let tagLengths: FixedTable<UInt8>
    /// How much of each hidden trait a tag has (a row of tags per trait), and how common the tag is.
    private let loadings: FixedTable<Int32>
    private let commonness: FixedTable<Int32>
    /// `textWords` words of text for each latent cell, and its length.
    private let texts: FixedTable<UInt64>
    private let textLengths: FixedTable<UInt8>

    private static let traitCount = 12
    private static let textWords = 3
    private static let latentCells = 16_384
    /// A latent value has 12 fraction bits; a cell is 4 of its units wide.
    private static let latentShift = 2
    /// 6 + 8 digits, 22 of a relevance, 2 commas, a line end, and what wide stores may overwrite.
    private static let bytesPerRow = 48

    init(scale: GenerationScale, catalog: MovieCatalog, seed: UInt64, lineEnd: LineEnd) {
        self.seed = seed
        self.lineEnd = lineEnd
        self.catalog = catalog
        movies = catalog.byPopularity.prefix(scale.genomeMovies).sorted()
        tagCount = scale.genomeTags
        let words = (1...scale.genomeTags).map { DecimalDigits.word(UInt32($0)) }
        tagWords = FixedTable(words.map { $0.bytes | UInt64(0x2C) << UInt64($0.count * 8) })
        tagLengths = FixedTable(words.map { UInt8($0.count + 1) })

        var random = DeterministicRandom(seed: seed, stream: .genomeLoadings)
        let normal = NormalTable.values
        loadings = FixedTable(repeating: 0, count: Self.traitCount * scale.genomeTags)
        for index in 0..<loadings.count { loadings[index] = normal[random.below(4096)] * 22 / 100 }
        commonness = FixedTable(repeating: 0, count: scale.genomeTags)
        for index in 0..<commonness.count { commonness[index] = normal[random.below(4096)] * 62 / 100 }

        texts = FixedTable(repeating: 0, count: Self.latentCells * Self.textWords)
        textLengths = FixedTable(repeating: 0, count: Self.latentCells)
        fillTexts()
    }

    /// Relevance grows exponentially with the latent value and bends off below 1.
    private func fillTexts() {
        for cell in 0..<Self.latentCells {
            let units = Double((cell - Self.latentCells / 2) << Self.latentShift)
            var relevance = DeterministicMath.exp(-2.8736 + 1.26 * units / Double(NormalTable.one))
            if relevance > 0.6 { relevance = 1 - 0.4 * DeterministicMath.exp(-min(50, (relevance - 0.6) / 0.6)) }
            let steps = 4_000 - min(max(Int((relevance * 4_000).rounded()), 1), 3_999)
            let signed = Double((steps - 2_000) * 5) / 10_000
            let text = Array(((1 - signed) / 2).description.utf8)
            precondition(text.count <= Self.textWords * 8 - 2, "a relevance is longer than its slot")
            textLengths[cell] = UInt8(text.count)
            for (offset, byte) in text.enumerated() {
                texts[cell * Self.textWords + offset / 8] |= UInt64(byte) << UInt64(offset % 8 * 8)
            }
        }
    }

    private var moviesPerChunk: Int { max(1, 100_000 / tagCount) }

    var rowCount: Int { movies.count * tagCount }
    var chunkCount: Int { (movies.count + moviesPerChunk - 1) / moviesPerChunk }

    private func ranks(ofChunk index: Int) -> Range<Int> {
        let start = index * moviesPerChunk
        return start..<min(movies.count, start + moviesPerChunk)
    }

    func rowCount(ofChunk index: Int) -> Int { ranks(ofChunk: index).count * tagCount }

    func appendChunk(_ index: Int, to buffer: ByteBuffer) {
        let latents = FixedTable<Int32>(repeating: 0, count: tagCount)
        var out = buffer.reserve(rowCount(ofChunk: index) * Self.bytesPerRow + 64)
        for rank in ranks(ofChunk: index) {
            drawLatents(movies[rank], into: latents.pointer)
            out = appendMovie(movies[rank], latents.pointer, at: out)
        }
        buffer.commit(to: out)
    }

    private func drawLatents(_ movie: Int, into latents: UnsafeMutablePointer<Int32>) {
        var random = DeterministicRandom(seed: seed, stream: .genomeMovies, index: movie)
        let normal = NormalTable.values.pointer
        let count = tagCount
        let common = commonness.pointer
        for tag in 0..<count { latents[tag] = common[tag] &<< 8 }
        for trait in 0..<Self.traitCount {
            // Eight fraction bits here and twelve in the loadings keep the products in 32 bits.
            let strength = normal[random.below(4096)] &>> 4
            let row = loadings.pointer + trait &* count
            for tag in 0..<count { latents[tag] = latents[tag] &+ strength &* row[tag] }
        }
        var bits: UInt64 = 0
        for tag in 0..<count {
            bits = tag & 3 == 0 ? random.next() : bits &>> 16
            let noise = normal[Int(truncatingIfNeeded: bits & 4095)] &* 30 / 100
            latents[tag] = (latents[tag] &>> 8) &+ noise
        }
    }

    private func appendMovie(
        _ movie: Int, _ latents: UnsafeMutablePointer<Int32>, at start: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        let movieWord = catalog.idWords[movie]
        let movieLength = Int(catalog.idLengths[movie])
        let (words, lengths) = (tagWords.pointer, tagLengths.pointer)
        let (texts, textLengths) = (texts.pointer, textLengths.pointer)
        let (eol, eolLength) = lineEnd.word
        var out = start
        for tag in 0..<tagCount {
            let latent = Int(latents[tag] &>> Int32(Self.latentShift)) &+ Self.latentCells / 2
            let cell = min(max(latent, 0), Self.latentCells &- 1)
            out.storeBytes(of: movieWord.littleEndian, as: UInt64.self)
            out += movieLength
            out.storeBytes(of: words[tag].littleEndian, as: UInt64.self)
            out += Int(lengths[tag])
            let text = texts + cell &* Self.textWords
            out.storeBytes(of: text[0].littleEndian, as: UInt64.self)
            out.storeBytes(of: text[1].littleEndian, toByteOffset: 8, as: UInt64.self)
            out.storeBytes(of: text[2].littleEndian, toByteOffset: 16, as: UInt64.self)
            out += Int(textLengths[cell])
            out.storeBytes(of: eol.littleEndian, as: UInt16.self)
            out += eolLength
        }
        return out
    }
}
