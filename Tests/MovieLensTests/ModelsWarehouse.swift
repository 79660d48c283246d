import MiniWarehouse
import Synchronization
import TestSupport
import WarehouseBasics
import WarehouseModels

/// A clock that tests move.
final class MovableClock: WarehouseClock {
    private let time: Mutex<Int128>
    init(seconds: Int) { time = Mutex(Int128(seconds) * 1_000_000_000) }
    func set(seconds: Int) { time.withLock { $0 = Int128(seconds) * 1_000_000_000 } }
    func now() -> Int128 { time.withLock { $0 } }
}

/// A warehouse in a folder of its own that goes away with it.
final class TemporaryWarehouse {
    private let directory: ScratchDirectory
    let warehouse: Warehouse
    let clock: MovableClock
    var path: String { directory.path }

    init(seconds: Int) throws {
        directory = try ScratchDirectory()
        clock = MovableClock(seconds: seconds)
        var options = WarehouseOptions()
        options.clock = clock
        warehouse = try Warehouse.open(directory.path + "/warehouse.mlwh", options: options)
    }

    func rows(_ sql: String) throws -> [[String?]] { try warehouse.query(sql).textRows(variant: .compact) }

    /// Everything of a result as lines of values divided by |.
    func text(_ sql: String) throws -> String {
        try rows(sql).map { $0.map { $0 ?? "NULL" }.joined(separator: "|") }.joined(separator: "\n")
    }
}

/// The repository's small MovieLens files.
enum SmallFixture {
    static var folder: String { fixturePath("movielens/small") }

    static let setUp = """
        CREATE DATABASE MOVIELENS; CREATE SCHEMA RAW; CREATE SCHEMA DEV; USE SCHEMA RAW;
        CREATE TABLE RAW_MOVIES (movieId INTEGER, title STRING, genres STRING);
        CREATE TABLE RAW_RATINGS (userId INTEGER, movieId INTEGER, rating FLOAT, timestamp BIGINT);
        CREATE TABLE RAW_TAGS (userId INTEGER, movieId INTEGER, tag STRING, timestamp BIGINT);
        CREATE TABLE RAW_LINKS (movieId INTEGER, imdbId STRING, tmdbId STRING);
        CREATE TABLE RAW_GENOME_TAGS (tagId INTEGER, tag STRING);
        CREATE TABLE RAW_GENOME_SCORES (movieId INTEGER, tagId INTEGER, relevance FLOAT);
        CREATE FILE FORMAT NETFLIX_FF TYPE=CSV FIELD_OPTIONALLY_ENCLOSED_BY='"' SKIP_HEADER=1;
        CREATE STAGE NETFLIX_STAGE FILE_FORMAT=NETFLIX_FF;
        """

    static func load(into warehouse: Warehouse) throws {
        try warehouse.execute(setUp)
        try warehouse.execute("PUT file://\(folder)/*.csv @NETFLIX_STAGE")
        for (table, file) in [
            ("MOVIES", "movies"), ("RATINGS", "ratings"), ("TAGS", "tags"), ("LINKS", "links"),
            ("GENOME_TAGS", "genome-tags"), ("GENOME_SCORES", "genome-scores"),
        ] {
            try warehouse.execute("COPY INTO RAW_\(table) FROM @NETFLIX_STAGE/\(file).csv")
        }
    }
}
