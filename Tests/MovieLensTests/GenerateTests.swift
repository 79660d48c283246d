import TestSupport
import Testing
import WarehouseBasics
@testable import MovieLens

private let fileNames = ["genome-scores", "genome-tags", "links", "movies", "ratings", "tags"]

/// Generates into a fresh directory and gives it.
private func generate(
    _ ratings: Int, seed: UInt64 = 42, gzip: Bool = false, lineEnd: LineEnd = .crlf, workers: Int? = nil
) throws -> ScratchDirectory {
    let directory = try ScratchDirectory()
    var generator = try MovieLensGenerator(ratings: ratings, seed: seed, gzip: gzip, lineEnd: lineEnd)
    if let workers { generator.workerCount = workers }
    try generator.write(to: directory.path)
    return directory
}

private func parse(_ directory: ScratchDirectory, _ name: String) throws -> ParsedCSV {
    ParsedCSV(try #require(readFile("\(directory.path)/\(name).csv")))
}

@Suite struct GenerateScaleTests {
    @Test func fullSizeIsThatOfTheRealSet() {
        let scale = GenerationScale(ratings: 20_000_263)
        #expect(scale.users == 138_493)
        #expect(scale.movies == 27_278)
        #expect(scale.tags == 465_564)
        #expect(scale.genomeMovies * scale.genomeTags == 11_709_768)
        #expect(scale.genomeTags == 1_128)
    }

    // Python: round(FULL[key] * (n / 20000263) ** exponent).
    @Test(arguments: [
        (25, [1, 462, 2, 3, 147]), (1_000, [11, 1_398, 63, 27, 255]), (100_000, [902, 5_565, 3_954, 432, 510]),
        (40_000_000, [276_982, 30_267, 868_763, 11_518, 1_128]),
    ])
    func smallerAndLargerSizes(ratings: Int, expected: [Int]) {
        let scale = GenerationScale(ratings: ratings)
        #expect([scale.users, scale.movies, scale.tags, scale.genomeMovies, scale.genomeTags] == expected)
    }
}

@Suite struct GenerateMathTests {
    // Expected values: Python's math module and statistics.NormalDist.
    @Test func functionsAgreeWithTheTrueOnes() {
        #expect(abs(DeterministicMath.exp(1) - 2.718281828459045) < 1e-15)
        #expect(abs(DeterministicMath.exp(-20.5) / 1.2501528663867426e-09 - 1) < 1e-14)
        #expect(abs(DeterministicMath.ln(10) - 2.302585092994046) < 1e-15)
        #expect(abs(DeterministicMath.ln(0.001) - -6.907755278982137) < 1e-14)
        #expect(abs(DeterministicMath.pow(0.005, 0.3) - 0.20402857733683696) < 1e-15)
        #expect(abs(DeterministicMath.inverseNormal(0.975) - 1.959963984540054) < 1e-8)
        #expect(abs(DeterministicMath.inverseNormal(0.001) - -3.090232306167813) < 1e-8)
        #expect(DeterministicMath.inverseNormal(0.5) == 0)
    }

    @Test(arguments: [
        0, 7, 10, 99, 100, 8_070, 131_262, 9_999_999, 10_000_000, 99_999_999, 100_000_000, 789_652_009, 1_000_000_000,
        1_427_784_002, 9_999_999_999_999_999,
    ])
    func decimalText(value: Int) {
        let bytes = UnsafeMutableRawPointer.allocate(byteCount: 32, alignment: 1)
        defer { bytes.deallocate() }
        let count = DecimalDigits.store(value, at: bytes) - bytes
        let text = String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
        #expect(text == String(value))
    }

    @Test func aliasTableFollowsItsWeights() {
        let table = AliasTable(weights: [1, 0, 6, 3])
        var random = DeterministicRandom(seed: 1, stream: .tagRows)
        var counts = [0, 0, 0, 0]
        for _ in 0..<20_000 { counts[table.draw(&random)] += 1 }
        #expect(counts[1] == 0)
        #expect(abs(counts[0] - 2_000) < 200)
        #expect(abs(counts[2] - 12_000) < 400)
    }
}

@Suite struct GenerateContentTests {
    @Test func smallestSet() throws {
        let directory = try generate(25)
        #expect(ScratchDirectory.names(directory.path) == fileNames.map { $0 + ".csv" })
        #expect(try parse(directory, "ratings").rows.count == 25)
        #expect(try parse(directory, "tags").rows.first == ["18", "4141", "Mark Waters", "1240597180"])
        let movies = Set(try parse(directory, "movies").rows.map { $0[0] })
        #expect(movies.count == 462)
        let seed = SeedMovieReleaseDates.csv.split(separator: "\n").dropFirst().map { $0.split(separator: ",")[0] }
        #expect(seed.count == 314)
        #expect(seed.allSatisfy { movies.contains(String($0)) })
        #expect(movies.contains("4141") && movies.contains("7151"))
    }

    @Test(arguments: [Int.min, -1, 0, 24, 1_000_000_001, Int.max])
    func numberOutOfRange(ratings: Int) {
        let error = #expect(throws: WarehouseError.self) { try MovieLensGenerator(ratings: ratings) }
        #expect(error?.code == ErrorKind.usage.code)
        #expect(error?.message.contains("25") == true)
    }

    @Test(arguments: [25, 60, 499, 500, 2_000], [UInt64(0), 7, .max])
    func requiredRowsAtAnySizeAndSeed(ratings: Int, seed: UInt64) throws {
        let directory = try generate(ratings, seed: seed)
        let ids = try parse(directory, "movies").rows.map { $0[0] }
        #expect(ids.contains("4141") && ids.contains("7151") && ids.contains("1") && ids.contains("131262"))
        let tags = try parse(directory, "tags").rows
        #expect(tags.filter { $0[0] == "18" } == [["18", "4141", "Mark Waters", "1240597180"]])
        #expect(try parse(directory, "ratings").rows.count == ratings)
    }

    @Test func ratings() throws {
        let directory = try generate(5_000)
        let file = try parse(directory, "ratings")
        #expect(file.header == ["userId", "movieId", "rating", "timestamp"])
        #expect(file.endsInCRLF == true)
        #expect(file.rows.count == 5_000)
        let ids = Set(try parse(directory, "movies").rows.map { Int($0[0]) })
        let scores = Set((1...10).map { "\($0 / 2).\($0 % 2 * 5)" })
        var last = (0, 0)
        var users: Set<Int> = []
        for row in file.rows {
            let user = try #require(Int(row[0]))
            let movie = try #require(Int(row[1]))
            let time = try #require(Int(row[3]))
            #expect(last < (user, movie))
            #expect(ids.contains(movie))
            #expect(scores.contains(row[2]))
            #expect((789_652_009...1_427_784_002).contains(time))
            users.insert(user)
            last = (user, movie)
        }
        #expect(users == Set(1...GenerationScale(ratings: 5_000).users))
        let mean = file.rows.reduce(0) { $0 + (Double($1[2]) ?? 0) } / 5_000
        #expect(mean > 3.2 && mean < 3.8)
    }

    @Test func moviesAndLinks() throws {
        let directory = try generate(20_000)
        let movies = try parse(directory, "movies")
        #expect(movies.header == ["movieId", "title", "genres"])
        #expect(movies.rows.count == GenerationScale(ratings: 20_000).movies)
        let ids = try movies.rows.map { try #require(Int($0[0])) }
        #expect(zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 })
        #expect(movies.rows.contains { $0[1].contains(", The (") })
        #expect(movies.rows.contains { $0[1].contains("\"") })
        #expect(movies.rows.contains { $0[1].utf8.contains { $0 >= 0x80 } })
        let names = Set(Vocabulary.genres.map(\.name))
        for row in movies.rows where row[2] != "(no genres listed)" {
            let genres = row[2].split(separator: "|").map(String.init)
            #expect(!genres.isEmpty && names.isSuperset(of: genres) && genres == Set(genres).sorted())
        }
        #expect(movies.rows.contains { $0[2] == "(no genres listed)" })
        for line in SeedMovieReleaseDates.csv.split(separator: "\n").dropFirst() {
            let fields = line.split(separator: ",")
            let title = try #require(movies.rows.first { $0[0] == fields[0] })[1]
            #expect(title.contains("(\(fields[1].prefix(4)))"))
        }

        let links = try parse(directory, "links")
        #expect(links.header == ["movieId", "imdbId", "tmdbId"])
        #expect(links.rows.map { $0[0] } == movies.rows.map { $0[0] })
        #expect(links.rows.allSatisfy { $0[1].utf8.count == 7 && Int($0[1]) != nil })
        #expect(Set(links.rows.map { $0[1] }).count == links.rows.count)
        #expect(links.rows.contains { $0[2].isEmpty })
        #expect(links.rows.allSatisfy { $0[2].isEmpty || (Int($0[2]) ?? 0) > 0 })
    }

    @Test func tags() throws {
        let directory = try generate(20_000)
        let file = try parse(directory, "tags")
        #expect(file.header == ["userId", "movieId", "tag", "timestamp"])
        #expect(file.rows.count == GenerationScale(ratings: 20_000).tags)
        let users = file.rows.compactMap { Int($0[0]) }
        #expect(users.count == file.rows.count && users == users.sorted())
        let texts = Set(file.rows.map { $0[2] })
        #expect(texts.isSuperset(of: Vocabulary.oddTags))
        // Rows stay distinct even for a reader that trims.
        let trimmed = file.rows.map { row in
            let tag = row[2].drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
            return "\(row[0]),\(row[1]),\(String(tag))"
        }
        #expect(Set(trimmed).count == file.rows.count)
        #expect(file.rows.allSatisfy { (1_135_429_210...1_427_771_352).contains(Int($0[3]) ?? 0) })
    }

    @Test func genome() throws {
        let directory = try generate(1_000)
        let tags = try parse(directory, "genome-tags")
        #expect(tags.header == ["tagId", "tag"])
        #expect(tags.rows.map { $0[0] } == (1...255).map(String.init))
        let names = tags.rows.map { $0[1] }
        #expect(zip(names, names.dropFirst()).allSatisfy { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        let scores = try parse(directory, "genome-scores")
        #expect(scores.header == ["movieId", "tagId", "relevance"])
        #expect(scores.rows.count == 27 * 255)
        var last = (0, 255)
        for row in scores.rows {
            let movie = try #require(Int(row[0]))
            let tag = try #require(Int(row[1]))
            let relevance = try #require(Double(row[2]))
            #expect(tag == last.1 % 255 + 1 && (tag == 1 ? movie > last.0 : movie == last.0))
            #expect(relevance > 0 && relevance < 1)
            #expect(abs(relevance * 4_000 - (relevance * 4_000).rounded()) < 1e-9)
            #expect(relevance.description == row[2])
            last = (movie, tag)
        }
        let long = scores.rows.count { $0[2].utf8.count >= 18 }
        #expect(long * 2 > scores.rows.count)
    }
}

@Suite struct GenerateOutputTests {
    private func bytes(_ directory: ScratchDirectory, _ ending: String) throws -> [[UInt8]] {
        try fileNames.map { try #require(readFile("\(directory.path)/\($0)\(ending)")) }
    }

    @Test func sameSeedSameBytesAtAnyWorkerCount() throws {
        let one = try bytes(generate(30_000, workers: 1), ".csv")
        #expect(try bytes(generate(30_000, workers: 4), ".csv") == one)
        #expect(try bytes(generate(30_000, seed: 43), ".csv") != one)
    }

    @Test func lineFeedsOnly() throws {
        let crlf = try bytes(generate(200), ".csv")
        let lf = try bytes(generate(200, lineEnd: .lf), ".csv")
        #expect(lf == crlf.map { $0.filter { $0 != 0x0D } })
        #expect(lf.allSatisfy { ParsedCSV($0).endsInCRLF == false })
    }

    @Test func gzipHoldsTheSameBytes() throws {
        let plain = try bytes(generate(3_000), ".csv")
        let directory = try generate(3_000, gzip: true)
        #expect(ScratchDirectory.names(directory.path) == fileNames.map { $0 + ".csv.gz" })
        #expect(try bytes(directory, ".csv.gz") == plain)
    }

    @Test func chunksJoinToOneGzipMember() throws {
        let directory = try ScratchDirectory()
        let output = try OutputFile(directory: directory.path, name: "joined.gz")
        var member = GzipMember()
        try output.write(GzipMember.header)
        let (text, packed, compressor) = (ByteBuffer(), ByteBuffer(), ChunkCompressor())
        var expected = ""
        for chunk in ["first, ", "", String(repeating: "a long one ", count: 9_000), "last"] {
            text.removeAll()
            text.append(chunk)
            expected += chunk
            let checksum = try compressor.compress(text, into: packed)
            member.add(chunkChecksum: checksum, chunkLength: text.count)
            try output.write(UnsafeRawBufferPointer(start: packed.base, count: packed.count))
        }
        try output.write(member.trailer)
        try output.close()
        try output.publish()
        #expect(readFile(output.path) == Array(expected.utf8))
    }

    @Test func progressEndsAtTheTotals() throws {
        let directory = try ScratchDirectory()
        var last: [String: GenerationProgress] = [:]
        try MovieLensGenerator(ratings: 500).write(to: directory.path) { progress in
            #expect(progress.rows >= last[progress.file]?.rows ?? 0)
            last[progress.file] = progress
        }
        #expect(last.keys.sorted() == fileNames.map { $0 + ".csv" })
        #expect(last.values.allSatisfy { $0.rows == $0.totalRows })
        #expect(last["ratings.csv"]?.bytes == readFile("\(directory.path)/ratings.csv")?.count)
    }

    @Test func makesDirectoriesAndReplacesFiles() throws {
        let directory = try ScratchDirectory()
        let nested = directory.path + "/one/two/"
        try MovieLensGenerator(ratings: 25).write(to: nested)
        writeFile(nested + "ratings.csv", "old")
        writeFile(nested + "other.csv", "mine")
        try MovieLensGenerator(ratings: 30).write(to: nested)
        #expect(ParsedCSV(try #require(readFile(nested + "ratings.csv"))).rows.count == 30)
        #expect(ScratchDirectory.names(nested) == (fileNames + ["other"]).sorted().map { $0 + ".csv" })
    }

    @Test func refusesAFileInPlaceOfTheDirectory() throws {
        let directory = try ScratchDirectory()
        writeFile(directory.path + "/taken", "text")
        for path in ["/taken", "/taken/below"] {
            let error = #expect(throws: WarehouseError.self) {
                try MovieLensGenerator(ratings: 25).write(to: directory.path + path)
            }
            #expect(error?.code == ErrorKind.inputOutput.code)
            #expect(error?.message.contains(directory.path + "/taken") == true)
        }
        #expect(throws: WarehouseError.self) { try MovieLensGenerator(ratings: 25).write(to: "") }
    }

    @Test func aFailureLeavesNothingBehind() throws {
        let directory = try ScratchDirectory()
        writeFile(directory.path + "/ratings.csv", "old")
        // The last file cannot be put in place: a directory stands there.
        try MovieLensGenerator(ratings: 25).write(to: directory.path + "/genome-tags.csv")
        let error = #expect(throws: WarehouseError.self) {
            try MovieLensGenerator(ratings: 25).write(to: directory.path)
        }
        #expect(error?.message.contains(directory.path + "/genome-tags.csv") == true)
        #expect(ScratchDirectory.names(directory.path) == ["genome-tags.csv", "ratings.csv"])
        #expect(readFile(directory.path + "/ratings.csv") == Array("old".utf8))
    }

    #if os(Linux)
    @Test func aFullDiskIsNamed() throws {
        let output = try OutputFile(device: "/dev/full")
        let error = #expect(throws: WarehouseError.self) { try output.write([1, 2, 3]) }
        #expect(error?.code == ErrorKind.diskFull.code)
        #expect(error?.message.contains("/dev/full") == true)
    }
    #endif
}

@Suite struct GenerateFixtureTests {
    @Test(arguments: [("movielens/small", 1_000, ".csv"), ("movielens", 100_000, ".csv.gz")])
    func regeneratingGivesTheFixture(folder: String, ratings: Int, ending: String) throws {
        let directory = try generate(ratings)
        for name in fileNames {
            let fixture = try #require(readFile(fixturePath("\(folder)/\(name)\(ending)")))
            #expect(readFile("\(directory.path)/\(name).csv") == fixture, "\(name) differs from its fixture")
        }
    }

    @Test func seedIsItsFixture() {
        let name = SeedMovieReleaseDates.fileName
        #expect(readFile(fixturePath("seeds/\(name)")) == Array(SeedMovieReleaseDates.csv.utf8))
    }
}
