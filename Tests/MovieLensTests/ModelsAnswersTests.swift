import MiniWarehouse
import Testing
import WarehouseBasics
import WarehouseModels
@testable import MovieLens

/// All models' rows on the small files against DuckDB's: see Oracle/models.py, which prints the list below.
@Suite struct ModelsAnswersTests {
    static let answers: [(name: String, rowCount: Int, digest: String)] = [
        ("src_movies", 1398, "2bd4e24f11c58a8d9633ddff73bb9e5c"),
        ("src_ratings", 1000, "9e5bf86e9d814fb855beb84c1bbab2a0"),
        ("src_tags", 63, "90485fb8300bf54e58cd82900b691e60"),
        ("src_links", 1398, "c8742a3815696a722f16ac0081440f7f"),
        ("src_genome_tags", 255, "e39b01979744454df3b0dd548a4f72b9"),
        ("src_genome_scores", 6885, "237b2dbac87c116126048dc03b80ada4"),
        ("dim_movies", 1398, "e18a06437336a32e7c0b34f3e3a315d0"),
        ("dim_users", 15, "9b32f80268d2061d0472930064e53838"),
        ("dim_genome_tags", 255, "7262b6cd886351d0bcf326572c31d749"),
        ("fct_ratings", 1000, "9e5bf86e9d814fb855beb84c1bbab2a0"),
        ("fct_genome_scores", 6885, "c2c3df64ee95578896087ae72eacb71a"),
        ("ep_movie_with_tags", 8256, "18606431923a15a5ed5881eb794abaa3"),
        ("genre_ratings", 20, "2a0162b2667139a8be2e491b7c839178"),
        ("user_engagement", 11, "b716c81d890d4ae6a09702eec3ed3f3b"),
        ("tag_relevance", 255, "918779526a998ea2a82d9fa7c5f051fb"),
        ("monthly_trends", 14, "3a2da4f0f6f7a0d1cc6c2cc4d5125bdc"),
        ("movie_analysis", 424, "01b6a95ae67eb3f9001b16f3c2b58b94"),
        ("top10_by_genre", 176, "fe865cf91d9b989820b63269688247cf"),
        ("release_trends", 70, "a4f2f9f874d738117574f3f3841a2432"),
        ("mart_movie_releases", 1000, "059852a63c771bcbdc5e353300486525"),
        ("seed_movie_release_dates", 314, "f36f433e58844d7893cc708736aeaf3c"),
        ("snap_tags", 63, "c892c02da38f9189e5d6acd9a286cd41"),
    ]

    @Test func rowsAreThoseOfAnotherEngine() throws {
        let temporary = try TemporaryWarehouse(seconds: 1_767_553_963)
        try SmallFixture.load(into: temporary.warehouse)
        let target = EmbeddedTarget(temporary.warehouse.session)
        let summary = try Runner(MovieLens.pipeline, on: target, console: Console { _ in }).build()
        #expect(summary.exitStatus == 0 && summary.results.count == 37)
        for answer in ModelsAnswersTests.answers {
            let schema = answer.name == "snap_tags" ? "SNAPSHOTS" : "DEV"
            let name = ObjectName(database: "MOVIELENS", schema: schema, name: Identifiers.folded(answer.name))
            let rows = try canonicalRows(of: name, target, temporary)
            #expect(rows.count == answer.rowCount, "\(answer.name)")
            #expect(MD5.digest(rows.joined(separator: "\n")).hex == answer.digest, "\(answer.name): \(rows.prefix(3))")
        }
    }

    /// Values divided by |, floats as whole millionths, times as epoch seconds; sorted by bytes.
    private func canonicalRows(
        of name: ObjectName, _ target: EmbeddedTarget, _ temporary: TemporaryWarehouse
    ) throws -> [String] {
        let meta = ["DBT_UPDATED_AT", "DBT_VALID_FROM", "DBT_VALID_TO"]
        let columns = try #require(try target.relation(name)).columns.filter { !meta.contains($0.name) }
        let items = columns.map { column in
            switch column.type {
            case .float: "ROUND(\(column.name) * 1000000)::INTEGER"
            case .timestampLTZ, .timestampNTZ: "DATE_PART(EPOCH_SECOND, \(column.name))"
            case .array: "ARRAY_TO_STRING(\(column.name), ',')"
            default: column.name
            }
        }
        let rows = try temporary.rows("SELECT \(items.joined(separator: ", ")) FROM \(name)")
        return rows.map { $0.map { $0 ?? "NULL" }.joined(separator: "|") }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
