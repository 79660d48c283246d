import MiniWarehouse
import Testing
import WarehouseBasics
import WarehouseModels
@testable import MovieLens

/// The models that show what the published pipeline does not use.
@Suite struct WorkshopTests {
    let temporary: TemporaryWarehouse

    init() throws {
        temporary = try TemporaryWarehouse(seconds: ModelsPipelineTests.start)
        try SmallFixture.load(into: temporary.warehouse)
    }

    private func runner(
        _ select: String..., project: Project = MovieLens.project, _ change: (inout RunOptions) -> Void = { _ in }
    ) throws -> Runner {
        var options = RunOptions()
        options.selection.select = select
        change(&options)
        return try Runner(
            project, on: EmbeddedTarget(temporary.warehouse.session), console: Console { _ in }, options: options)
    }

    @Test func everythingIsUsedSomewhere() throws {
        let project = MovieLens.project
        let graph = project.graph()
        #expect(graph.problems == [])
        let models = graph.nodes.filter { $0.kind == .model }
        #expect(Set(models.compactMap(\.materialization)) == ["view", "table", "incremental", "ephemeral"])
        let counts = Dictionary(grouping: graph.nodes, by: \.kind).mapValues(\.count)
        #expect(counts[.model] == 30 && counts[.snapshot] == 3 && counts[.seed] == 1 && counts[.source] == 6)
        #expect(counts[.unitTest] == 2 && counts[.exposure] == 1 && counts[.analysis] == 1)
        // Each way to add, to answer new columns, to tell changes, and to treat what is gone.
        for word in [
            "config.incremental_strategy:append", "config.incremental_strategy:merge",
            "config.incremental_strategy:delete+insert", "config.incremental_strategy:microbatch",
            "config.on_schema_change:ignore", "config.on_schema_change:fail",
            "config.on_schema_change:append_new_columns", "config.on_schema_change:sync_all_columns",
            "config.strategy:timestamp", "config.strategy:check", "config.hard_deletes:ignore",
            "config.hard_deletes:invalidate", "config.hard_deletes:new_record", "config.severity:warn",
            "config.store_failures:true", "config.limit:100", "config.where:*", "config.grants:select",
            "config.contract.enforced:true", "config.merge_update_columns:TAG", "config.incremental_predicates:*",
            "config.batch_size:year", "group:films", "access:private", "access:public", "exposure:*",
            "config.meta.owner:films", "test_type:singular", "test_type:unit", "tag:workshop",
        ] {
            let (ids, _) = try Selection(select: [word]).resolve(in: graph)
            #expect(!ids.isEmpty, "\(word)")
        }
        let published = try #require(project.selectors["published"])
        let ids = try published.resolve(in: graph).ids
        let pipeline = Set(MovieLens.pipeline.graph().nodes.map(\.id))
        #expect(ids == pipeline)
    }

    @Test func aDayOfIt() throws {
        let first = try runner().build()
        #expect(first.results.filter { $0.status != .success && $0.status != .pass }.map(\.message) == [])
        #expect(try temporary.text("SELECT COUNT(*) = (SELECT COUNT(*) FROM MOVIELENS.DEV.SRC_TAGS) FROM MOVIELENS.DEV.FCT_TAGS") == "true")
        #expect(try temporary.text("SELECT SUM(tags) = (SELECT COUNT(*) FROM MOVIELENS.DEV.SRC_TAGS) FROM MOVIELENS.DEV.TAG_DAYS") == "true")
        #expect(try temporary.text("SELECT relation FROM MOVIELENS.DEV.BUILD_LOG") == "MOVIELENS.DEV.FILM_CATALOG")
        #expect(try temporary.text("SHOW GRANTS ON TABLE MOVIELENS.DEV.FILM_CATALOG").contains("SELECT|TABLE"))
        let films = "SELECT COUNT(*), COUNT(DISTINCT movie_title) > 1, MIN(release_year) > 1800 FROM MOVIELENS.DEV.FILM_CATALOG"
        #expect(try temporary.text(films)
            == temporary.text("SELECT COUNT(*), TRUE, TRUE FROM MOVIELENS.DEV.DIM_MOVIES"))

        // A tag of today, a film that is gone, and another title.
        try temporary.warehouse.execute("""
            INSERT INTO MOVIELENS.RAW.RAW_TAGS SELECT userId, movieId, 'later', \(ModelsPipelineTests.start - 60)
            FROM MOVIELENS.RAW.RAW_TAGS ORDER BY 1, 2, 3 LIMIT 1;
            DELETE FROM MOVIELENS.RAW.RAW_MOVIES WHERE movieId = (SELECT MAX(movieId) FROM MOVIELENS.RAW.RAW_MOVIES);
            UPDATE MOVIELENS.RAW.RAW_MOVIES SET title = 'Renamed (1999)'
            WHERE movieId = (SELECT MIN(movieId) FROM MOVIELENS.RAW.RAW_MOVIES)
            """)
        temporary.clock.set(seconds: ModelsPipelineTests.start + 100)
        let second = try runner("tag:workshop", "src_tags", "dim_movies").build()
        #expect(second.results.filter(\.status.isFailure).map(\.message) == [])
        #expect(try temporary.text("SELECT COUNT(*) FROM MOVIELENS.DEV.LATEST_TAGS WHERE tag = 'later'") == "1")
        #expect(try temporary.text("SELECT tags, users FROM MOVIELENS.DEV.TAG_DAYS ORDER BY day DESC LIMIT 1") == "1|1")
        #expect(try temporary.text("SELECT COUNT(*) FROM MOVIELENS.DEV.LATEST_TAGS GROUP BY user_id, movie_id HAVING COUNT(*) > 1") == "")
        #expect(try temporary.text("""
            SELECT COUNT_IF(dbt_valid_to IS NOT NULL), COUNT_IF(dbt_is_deleted = 'True'), COUNT_IF(movie_title = 'Renamed (1999)')
            FROM MOVIELENS.SNAPSHOTS.SNAP_FILMS
            """) == "2|1|1")
        #expect(try temporary.text("SELECT release_year FROM MOVIELENS.DEV.FILM_CATALOG WHERE movie_title = 'Renamed'") == "1999")
    }

    @Test func variablesAndTargets() throws {
        #expect(try runner().build().exitStatus == 0)
        #expect(try temporary.text("SELECT COUNT(*) FROM MOVIELENS.DEV.POPULAR_FILMS") == "0")
        let five = try MovieLens.project.setting(variables: #"{"least_ratings": 5}"#)
        #expect(try runner("popular_films", project: five).run().exitStatus == 0)
        let many = "SELECT COUNT(*) FROM (SELECT movie_id FROM MOVIELENS.DEV.FCT_RATINGS GROUP BY 1 HAVING COUNT(*) >= 5)"
        #expect(try temporary.text("SELECT COUNT(*) FROM MOVIELENS.DEV.POPULAR_FILMS") == temporary.text(many))
        let prod = try MovieLens.project.at(target: "prod")
        #expect(try runner("+film_catalog", project: prod) { $0.selection.indirect = .buildable }.build().exitStatus == 0)
        #expect(try temporary.text("SELECT relation FROM MOVIELENS.PROD.BUILD_LOG") == "MOVIELENS.PROD.FILM_CATALOG")
    }
}
