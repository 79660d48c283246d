import MiniWarehouse
import Synchronization
import Testing
import WarehouseBasics
import WarehouseModels
@testable import MovieLens

/// What a day with the pipeline looks like: build, change rows by hand, add to the fact, snapshot again.
@Suite struct ModelsPipelineTests {
    /// 2026-01-04 11:12:43 in Los Angeles.
    static let start = 1_767_553_963
    let temporary: TemporaryWarehouse

    init() throws {
        temporary = try TemporaryWarehouse(seconds: ModelsPipelineTests.start)
        try SmallFixture.load(into: temporary.warehouse)
    }

    private func runner(_ select: String..., fullRefresh: Bool = false) throws -> Runner {
        var options = RunOptions()
        options.selection.select = select
        options.isFullRefresh = fullRefresh
        return try Runner(
            MovieLens.pipeline, on: EmbeddedTarget(temporary.warehouse.session), console: Console { _ in },
            options: options)
    }

    private func message(_ summary: RunSummary, _ name: String) -> String? {
        summary.results.first { $0.node.name == name }?.message
    }

    /// Tag, hash and validity of the versions of user 18's tag.
    private func history() throws -> String {
        try temporary.text("""
            SELECT tag, dbt_scd_id, dbt_updated_at, dbt_valid_from, dbt_valid_to FROM MOVIELENS.SNAPSHOTS.SNAP_TAGS
            WHERE user_id = 18 AND movie_id = 4141 ORDER BY dbt_valid_from, dbt_valid_to
            """)
    }

    @Test func theDayOfThePublishedHashes() throws {
        #expect(try runner().build().exitStatus == 0)
        #expect(try history() == """
            Mark Waters|35a3a9d4993c8b770886e10f3d201ba0|2009-04-24 11:19:40.000|2009-04-24 11:19:40.000|NULL
            """)
        try temporary.warehouse.execute("""
            UPDATE MOVIELENS.DEV.SRC_TAGS SET TAG = 'Mark Waters Returns',
              TAG_TIMESTAMP = CAST(CURRENT_TIMESTAMP() AS TIMESTAMP_NTZ) WHERE USER_ID = 18 AND MOVIE_ID = 4141;
            INSERT INTO MOVIELENS.DEV.SRC_RATINGS (USER_ID, MOVIE_ID, RATING, RATING_TIMESTAMP)
              VALUES (87587, '7151', '4.0', '2015-04-01 23:40:02.000 -0700')
            """)
        #expect(try message(runner("fct_ratings").run(), "fct_ratings") == "SUCCESS 1")
        #expect(try temporary.text("SELECT COUNT(*) FROM MOVIELENS.DEV.FCT_RATINGS") == "1001")

        temporary.clock.set(seconds: ModelsPipelineTests.start + 147)
        #expect(try message(runner().snapshot(), "snap_tags") == "SUCCESS 2")
        #expect(try history() == """
            Mark Waters|35a3a9d4993c8b770886e10f3d201ba0|2009-04-24 11:19:40.000|2009-04-24 11:19:40.000\
            |2026-01-04 19:15:10.000
            Mark Waters Returns|363a409d683c96e0c4d5cf1961441751|2026-01-04 11:12:43.000|2026-01-04 11:12:43.000|NULL
            """)
        #expect(try message(runner().snapshot(), "snap_tags") == "SUCCESS 0")

        // A full run rebuilds src_tags from RAW: the old tag comes back with its old stamp, and opens a new version.
        let second = try runner().run()
        #expect(message(second, "fct_ratings") == "SUCCESS 0")
        temporary.clock.set(seconds: ModelsPipelineTests.start + 3600)
        #expect(try message(runner().snapshot(), "snap_tags") == "SUCCESS 2")
        let hash = MD5.digest("18|4141|Mark Waters|2026-01-04 20:12:43.000").hex
        #expect(try history() == """
            Mark Waters|35a3a9d4993c8b770886e10f3d201ba0|2009-04-24 11:19:40.000|2009-04-24 11:19:40.000\
            |2026-01-04 19:15:10.000
            Mark Waters Returns|363a409d683c96e0c4d5cf1961441751|2026-01-04 11:12:43.000|2026-01-04 11:12:43.000\
            |2026-01-04 20:12:43.000
            Mark Waters|\(hash)|2009-04-24 11:19:40.000|2026-01-04 20:12:43.000|NULL
            """)
        #expect(try message(runner().snapshot(), "snap_tags") == "SUCCESS 0")
        #expect(try temporary.text(
            "SELECT COUNT(*), COUNT(DISTINCT dbt_scd_id) FROM MOVIELENS.SNAPSHOTS.SNAP_TAGS") == "65|65")
    }

    @Test func failingTestsAreCountedAndSkipWhatReads() throws {
        #expect(try runner("+fct_ratings", "+dim_movies", "+fct_genome_scores").build().exitStatus == 0)
        try temporary.warehouse.execute("""
            INSERT INTO MOVIELENS.RAW.RAW_MOVIES VALUES (NULL, 'a', 'b'), (NULL, NULL, NULL), (NULL, 'c', 'd')
            """)
        let lines = Mutex<[String]>([])
        var options = RunOptions()
        options.selection.select = ["dim_movies+"]
        options.targetPath = temporary.path + "/target"
        let summary = try Runner(
            MovieLens.pipeline, on: EmbeddedTarget(temporary.warehouse.session),
            console: Console { line in lines.withLock { $0.append(String(line.dropFirst(10))) } }, options: options
        ).build()
        #expect(summary.exitStatus == 1)
        let text = lines.withLock { $0 }
        #expect(text.contains { $0.contains("FAIL 3 not_null_dim_movies_movie_id ....") })
        #expect(text.contains("  Got 3 results, configured to fail if != 0"))
        #expect(text.contains("  compiled code at \(temporary.path)/target/compiled/movielens/tests/"
            + "not_null_dim_movies_movie_id.sql"))
        #expect(text.contains { $0.contains("SKIP relation DEV.genre_ratings ....") })
    }

    @Test func viewsAndTablesTakeEachOthersPlace() throws {
        #expect(try runner("+src_movies", "+src_tags").run().exitStatus == 0)
        try temporary.warehouse.execute("""
            DROP VIEW MOVIELENS.DEV.SRC_MOVIES; CREATE TABLE MOVIELENS.DEV.SRC_MOVIES (x INT);
            DROP TABLE MOVIELENS.DEV.SRC_TAGS; CREATE VIEW MOVIELENS.DEV.SRC_TAGS AS SELECT 1 AS x;
            CREATE VIEW MOVIELENS.DEV.FCT_RATINGS AS SELECT 1 AS x;
            """)
        #expect(try runner("+fct_ratings", "src_movies", "src_tags").run().exitStatus == 0)
        #expect(try temporary.text("""
            SELECT table_name, table_type FROM MOVIELENS.INFORMATION_SCHEMA.TABLES WHERE table_schema = 'DEV' ORDER BY 1
            """) == """
            FCT_RATINGS|BASE TABLE
            SRC_MOVIES|VIEW
            SRC_RATINGS|BASE TABLE
            SRC_TAGS|BASE TABLE
            """)
    }

    @Test func aChangedTableFailsAnIncrementalRunUntilItIsRebuilt() throws {
        #expect(try runner("+fct_ratings").run().exitStatus == 0)
        try temporary.warehouse.execute("ALTER TABLE MOVIELENS.DEV.FCT_RATINGS ADD COLUMN note VARCHAR")
        let failed = try runner("fct_ratings").run()
        #expect(failed.exitStatus == 1)
        #expect(failed.results[0].message.contains(
            "the table has NOTE VARCHAR(16777216), which the query lacks. Run it with --full-refresh"))
        #expect(try runner("fct_ratings", fullRefresh: true).run().exitStatus == 0)
        #expect(try temporary.text("SELECT COUNT(*) FROM MOVIELENS.DEV.FCT_RATINGS") == "1000")
    }

    @Test func showGivesTheFirstRows() throws {
        #expect(try runner("src_movies").run().exitStatus == 0)
        let shown = try runner("src_movies").show(limit: 2)
        #expect(shown.rows.columns.map(\.name) == ["MOVIE_ID", "TITLE", "GENRES"])
        #expect(shown.rows.rows.map(\.first) == ["1", "2"])
    }
}
