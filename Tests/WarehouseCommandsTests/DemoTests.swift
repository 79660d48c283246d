#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import MovieLens
import TestSupport
import Testing
import WarehouseBasics

/// The whole pipeline through the command line.
@Suite(.serialized) struct DemoTests {
    private let directory: ScratchDirectory
    private let hashes = ["35a3a9d4993c8b770886e10f3d201ba0", "363a409d683c96e0c4d5cf1961441751"]

    init() throws { directory = try ScratchDirectory() }

    private func mlwh(_ arguments: String...) throws -> Tool.Result { try Tool.run(arguments, in: directory) }

    private func count(_ query: String, _ database: String = "demo.mlwh") throws -> String {
        try mlwh("sql", "-d", database, "--use", "MOVIELENS.DEV", "--format", "csv", "-c", query).output
            .split(separator: "\n").dropFirst().joined(separator: " ")
    }

    /// Durations and sizes of memory are of the machine.
    private func masked(_ text: String) -> String {
        text.replacing(#/\d+\.\d\d ?s(econds)?/#) { $0.output.0.hasSuffix("seconds") ? "N.NN seconds" : "N.NNs" }
            .replacing(#/(\d+) hours (\d+) minutes/#, with: "N hours N minutes")
            .replacing(#/ +N\.NNs(?=\n)/#, with: " N.NNs")
            .replacing(#/peak memory \d+ MB/#, with: "peak memory N MB")
    }

    /// The gold rows of the golden file were compared with DuckDB's answers to the same questions over the same files.
    @Test func theDemoFromItsOwnData() throws {
        let result = try mlwh("demo")
        #expect(result.code == 0)
        #expect(result.errors == "")
        for hash in hashes { #expect(result.output.contains(hash)) }
        let golden = Tool.packageRoot + "/Tests/WarehouseCommandsTests/Golden/demo.txt"
        let actual = masked(result.output)
        if getenv("MLWH_ACCEPT") != nil, let file = fopen(golden, "w") {
            fputs(actual, file)
            fclose(file)
        }
        let expected = try lines(Tool.read(golden)), given = lines(actual)
        for (number, pair) in zip(expected, given).enumerated() where pair.0 != pair.1 {
            Issue.record("line \(number + 1) of the golden output\n- \(pair.0)\n+ \(pair.1)")
            return
        }
        #expect(expected.count == given.count)
        try theDayAfter()
    }

    /// What a user does next in the demo's warehouse.
    private func theDayAfter() throws {
        #expect(try mlwh("demo").code == 1)
        #expect(try count("SELECT COUNT(*) FROM FCT_RATINGS") == "100001")
        let run = try mlwh("run", "-d", "demo.mlwh")
        #expect(run.code == 0)
        #expect(run.output.contains(#/OK created sql incremental model DEV\.fct_ratings \.+ \[SUCCESS 0 in /#))
        #expect(run.output.contains("Done. PASS=28 WARN=0 ERROR=0 SKIP=0 NO-OP=0 TOTAL=28"))
        #expect(try count("SELECT COUNT(*) FROM FCT_RATINGS") == "100001")
        #expect(try Tool.read(directory.path + "/target/run_results.json").contains("\"status\""))
        let show = try mlwh("show", "-d", "demo.mlwh", "--select", "genre_ratings", "--limit", "2", "--format", "csv")
        #expect(lines(show.output).first == "GENRE,AVERAGE_RATING,TOTAL_MOVIES")
        #expect(lines(show.output).count == 4)

        // A test that finds rows
        #expect(try mlwh("sql", "-d", "demo.mlwh", "--use", "MOVIELENS.DEV", "-c",
                         "UPDATE DIM_USERS SET USER_ID = NULL WHERE USER_ID IN (1, 2, 3)").code == 0)
        let test = try mlwh("test", "-d", "demo.mlwh", "--select", "dim_users")
        #expect(test.code == 1)
        #expect(test.output.contains("FAIL 3 not_null_dim_users_user_id"))
        #expect(test.output.contains("Done. PASS=1 WARN=0 ERROR=1 SKIP=0 NO-OP=0 TOTAL=2"))

        // A model that cannot be built, and what reads it
        #expect(try mlwh("sql", "-d", "demo.mlwh", "-c", "DROP TABLE MOVIELENS.RAW.RAW_MOVIES").code == 0)
        let broken = try mlwh("run", "-d", "demo.mlwh", "--select", "src_movies+")
        #expect(broken.code == 1)
        #expect(broken.output.contains("ERROR creating sql view model DEV.src_movies"))
        #expect(broken.output.contains("SKIP relation DEV.dim_movies"))
    }

    /// Copies in gzip, with names in the singular or with underscores.
    @Test func renamedAndCompressedCopies() throws {
        let data = directory.path + "/set"
        try MovieLensGenerator(ratings: 2_000, gzip: true).write(to: data)
        for (old, new) in [("movies", "movie"), ("ratings", "rating"), ("tags", "tag"), ("links", "link"),
                           ("genome-tags", "genome_tags"), ("genome-scores", "genome_score")] {
            #expect(rename("\(data)/\(old).csv.gz", "\(data)/\(new).csv.gz") == 0)
        }
        let result = try mlwh("demo", "--data", "set", "-d", "other.mlwh")
        #expect(result.code == 0, "\(result.errors)")
        for hash in hashes { #expect(result.output.contains(hash)) }
        #expect(try count("SELECT COUNT(*) FROM FCT_RATINGS", "other.mlwh") == "2001")
        #expect(try count("SELECT COUNT(*) > 0 FROM FCT_GENOME_SCORES", "other.mlwh") == "true")
    }

    /// A copy with every field in quotes, LF, times as texts in UTC; without links and genome.
    @Test func quotedCopiesWithTextTimes() throws {
        let data = directory.path + "/set"
        try MovieLensGenerator(ratings: 2_000, lineEnd: .lf).write(to: data)
        for name in ["links", "genome-tags", "genome-scores"] { #expect(remove("\(data)/\(name).csv") == 0) }
        for name in ["ratings", "tags"] { try rewriteTimes("\(data)/\(name).csv") }
        let result = try mlwh("demo", "--data", data, "-d", "other.mlwh")
        #expect(result.code == 0, "\(result.errors)")
        for hash in hashes { #expect(result.output.contains(hash)) }
        for table in ["RAW_LINKS", "RAW_GENOME_TAGS", "RAW_GENOME_SCORES"] { #expect(result.output.contains(table)) }
        #expect(try count("SELECT COUNT(*) FROM FCT_RATINGS", "other.mlwh") == "2001")
        #expect(try count("SELECT COUNT(*) FROM FCT_GENOME_SCORES", "other.mlwh") == "0")
        #expect(try count("SELECT MIN(TIMESTAMP) FROM MOVIELENS.RAW.RAW_TAGS WHERE USERID = 18", "other.mlwh")
            == "1240597180")
    }

    /// `18,4141,Mark Waters,1240597180` becomes `"18","4141","Mark Waters","2009-04-24 18:19:40"`.
    private func rewriteTimes(_ path: String) throws {
        var text = ""
        for (index, line) in try Tool.read(path).split(separator: "\n").enumerated() {
            guard index > 0, let comma = line.lastIndex(of: ","), let epoch = Int(line[line.index(after: comma)...]),
                  let first = line.firstIndex(of: ",") else {
                text += line + "\n"
                continue
            }
            let second = line[line.index(after: first)...].firstIndex(of: ",") ?? comma
            var seconds = time_t(epoch), parts = tm()
            gmtime_r(&seconds, &parts)
            var buffer = [CChar](repeating: 0, count: 32)
            strftime(&buffer, 32, "%Y-%m-%d %H:%M:%S", &parts)
            let time = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            // A tag that holds a comma or a quote is in quotes already.
            let middle = line[line.index(after: second)..<comma]
            let quoted = middle.hasPrefix("\"") ? String(middle) : "\"\(middle)\""
            let movie = line[line.index(after: first)..<second]
            text += "\"\(line[..<first])\",\"\(movie)\",\(quoted),\"\(time)\"\n"
        }
        guard let file = fopen(path, "w") else { throw WarehouseError(.inputOutput, path) }
        fputs(text, file)
        fclose(file)
    }

    /// Nothing is replaced unasked, and nothing but a warehouse is replaced at all.
    @Test func whatMayBeReplaced() throws {
        _ = try directory.file("keep.txt", Array("mine".utf8))
        let here = try mlwh("demo", "-d", ".", "--overwrite")
        #expect(here.code == 1)
        #expect(here.errors.contains("not a warehouse"))
        let file = try mlwh("demo", "-d", "keep.txt", "--overwrite")
        #expect(file.code == 1)
        #expect(try Tool.read(directory.path + "/keep.txt") == "mine")

        #expect(try mlwh("sql", "-d", "w.mlwh", "-c", "CREATE TABLE precious AS SELECT 1 AS n").code == 0)
        let unasked = try mlwh("demo", "-d", "w.mlwh")
        #expect(unasked.code == 1)
        #expect(unasked.errors.contains("--overwrite"))
        let noData = try mlwh("demo", "-d", "w.mlwh", "--overwrite", "--data", "missing")
        #expect(noData.code == 1)
        #expect(noData.errors.contains("missing"))
        #expect(try mlwh("sql", "-d", "w.mlwh", "-c", "SELECT n FROM precious").code == 0)

        try MovieLensGenerator(ratings: 500).write(to: directory.path + "/set")
        #expect(try mlwh("demo", "-d", "w.mlwh", "--overwrite", "--data", "set").code == 0)
        #expect(try mlwh("sql", "-d", "w.mlwh", "-c", "SELECT n FROM precious").code == 1)
        #expect(remove(directory.path + "/set/tags.csv") == 0)
        let lacking = try mlwh("demo", "-d", "v.mlwh", "--data", "set")
        #expect(lacking.code == 1)
        #expect(lacking.errors.contains("tags.csv"))
    }
}
