import MiniWarehouse
import Testing
import WarehouseBasics
import WarehouseModels
@testable import MovieLens

/// The artifacts, read back by the warehouse's own JSON.
@Suite struct ModelsArtifactsTests {
    @Test func manifestAndRunResults() throws {
        let temporary = try TemporaryWarehouse(seconds: 1_767_553_963)
        try SmallFixture.load(into: temporary.warehouse)
        var options = RunOptions()
        options.targetPath = temporary.path + "/target"
        options.clock = FixedClock(seconds: 1_767_553_963)
        let target = EmbeddedTarget(temporary.warehouse.session)
        _ = try Runner(MovieLens.pipeline, on: target, console: Console { _ in }, options: options).build()

        func value(_ file: String, _ path: String) throws -> String? {
            let bytes = try #require(readFile("\(temporary.path)/target/\(file)"))
            let result = try temporary.warehouse.query(
                "SELECT GET_PATH(PARSE_JSON(?), ?)::VARCHAR", [String(decoding: bytes, as: UTF8.self), path])
            return result.textRows().first?.first ?? nil
        }
        #expect(try value("manifest.json", "metadata.dbt_schema_version")
            == "https://schemas.getdbt.com/dbt/manifest/v12.json")
        #expect(try value("manifest.json", "metadata.generated_at") == "2026-01-04T19:12:43.000000Z")
        let facts = "nodes['model.movielens.fct_ratings']"
        #expect(try value("manifest.json", facts + ".config.on_schema_change") == "fail")
        #expect(try value("manifest.json", facts + ".columns.RATING_TIMESTAMP.data_type") == "TIMESTAMP_LTZ(9)")
        #expect(try value("manifest.json", "parent_map['model.movielens.fct_ratings']")
            == #"["model.movielens.src_ratings"]"#)
        let test = "nodes['test.movielens.not_null_dim_movies_movie_id.25d1a59e4b']"
        #expect(try value("manifest.json", test + ".attached_node") == "model.movielens.dim_movies")
        #expect(try value("run_results.json", "metadata.dbt_schema_version")
            == "https://schemas.getdbt.com/dbt/run-results/v6.json")
        #expect(try value("run_results.json", "results[36].unique_id") == "snapshot.movielens.snap_tags")
        #expect(try value("run_results.json", "results[36].adapter_response.rows_affected") == "63")
        #expect(try value("run_results.json", "results[7].status") == "pass")

        let sql = try #require(readFile("\(temporary.path)/target/compiled/movielens/models/src_movies.sql"))
        #expect(String(decoding: sql, as: UTF8.self).hasPrefix("SELECT\n    RAW_MOVIES.MOVIEID AS MOVIE_ID,"))
    }
}
