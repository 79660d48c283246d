import WarehouseBasics

/// Writes a data set shaped like MovieLens 20M: the same six files, headers, orders, key ranges and value domains.
///
/// The same `ratings` and `seed` give the same CSV bytes on every machine: all random draws come from one own
/// generator, and every real-valued function is built from operations that IEEE 754 rounds exactly. With 20,000,263
/// ratings the row counts are those of ml-20m, and the file sizes are close to it.
///
/// Whatever the size, movies 4141 and 7151, every movie of ``SeedMovieReleaseDates``, and the tag row
/// (user 18, movie 4141, `Mark Waters`, epoch 1240597180) are there; it is user 18's only tag.
public struct MovieLensGenerator: Sendable {
    /// The numbers of ratings that can be asked for.
    public static let ratingsRange = 25...1_000_000_000

    public let ratings: Int
    public let seed: UInt64
    /// Writes `.csv.gz` files (one member, level 6) in place of `.csv` files.
    public let gzip: Bool
    public let lineEnd: LineEnd

    /// How many chunks are formatted and compressed at once; the bytes do not depend on it.
    var workerCount = availableProcessors()

    /// A generator of `ratings` ratings, the other files in proportion.
    /// - Throws: a usage error when `ratings` is outside ``ratingsRange``.
    public init(
        ratings: Int = 100_000, seed: UInt64 = 42, gzip: Bool = false, lineEnd: LineEnd = .crlf
    ) throws(WarehouseError) {
        guard Self.ratingsRange.contains(ratings) else {
            let range = "\(Self.ratingsRange.lowerBound) to \(Self.ratingsRange.upperBound)"
            throw WarehouseError(.usage, "cannot generate \(ratings) ratings: the number must be from \(range)")
        }
        self.ratings = ratings
        self.seed = seed
        self.gzip = gzip
        self.lineEnd = lineEnd
    }

    /// Writes `ratings`, `genome-scores`, `tags`, `movies`, `links` and `genome-tags` into `directory`, which is made
    /// (with its parents) when it is missing. Files of these names are replaced, all at the end: a failed call leaves
    /// the old ones as they were.
    /// - Parameter progress: called on the caller's thread after each piece of a file is written.
    /// - Throws: an input/output or disk-full error that names the path.
    public func write(
        to directory: String, progress: (GenerationProgress) -> Void = { _ in }
    ) throws(WarehouseError) {
        try makeDirectory(directory)
        var written: [OutputFile] = []
        do throws(WarehouseError) {
            for makeFile in fileMakers() {
                let file = makeFile()
                let name = file.name + (gzip ? ".csv.gz" : ".csv")
                let output = try OutputFile(directory: directory, name: name)
                written.append(output)
                let pipeline = ChunkPipeline(
                    file: file, fileName: name, lineEnd: lineEnd, gzip: gzip, workerCount: workerCount)
                try pipeline.run(into: output, progress: progress)
                try output.close()
            }
            for output in written { try output.publish() }
        } catch {
            for output in written { output.discard() }
            throw error
        }
    }

    /// The files in the order they are written, each built only when its turn comes.
    private func fileMakers() -> [() -> any GeneratedFile] {
        let scale = GenerationScale(ratings: ratings)
        let catalog = MovieCatalog(scale: scale, seed: seed)
        let (seed, lineEnd) = (seed, lineEnd)
        return [
            { RatingsFile(scale: scale, catalog: catalog, seed: seed, lineEnd: lineEnd) },
            { GenomeScoresFile(scale: scale, catalog: catalog, seed: seed, lineEnd: lineEnd) },
            { TagsFile(scale: scale, catalog: catalog, seed: seed, lineEnd: lineEnd) },
            { MoviesFile(catalog: catalog, seed: seed, lineEnd: lineEnd) },
            { LinksFile(catalog: catalog, seed: seed, lineEnd: lineEnd) },
            { GenomeTagsFile(scale: scale, seed: seed, lineEnd: lineEnd) },
        ]
    }
}
