import MiniWarehouse
import WarehouseBasics
import WarehouseModels
import WarehouseSQL

/// One run of the demo: its session, its clock, and the time each step took.
final class DemoRun {
    private let session: Session
    private let clock: DemoClock
    private let output: DemoOutput
    private let path: String
    private var timings: [(step: String, seconds: Double)] = []

    init(session: Session, clock: DemoClock, output: DemoOutput, path: String) {
        self.session = session
        self.clock = clock
        self.output = output
        self.path = path
    }

    func perform(_ data: DemoData) throws {
        session.onProgress { [output] in output.progress($0) }
        defer { session.onProgress(nil) }
        try step("set-up") { try setUp() }
        try step("put") { try put(data) }
        try step("copy") { try copy(data) }
        try step("seed") { try succeed(try runner().seed()) }
        try step("run") { try succeed(try runner().run()) }
        try step("test") { try succeed(try runner().test()) }
        try step("snapshot") { try succeed(try runner().snapshot()) }
        let changed = try step("change a tag, add a rating") { try change() }
        try step("run --select fct_ratings") { try incremental() }
        clock.set(DemoClock.secondSnapshot)
        try step("snapshot again") { try succeed(try runner().snapshot()) }
        try show(changed)
        report()
    }

    private func step<Result>(_ name: String, _ body: () throws -> Result) throws -> Result {
        output.line("")
        output.line("==> \(name)")
        let start = ContinuousClock.now
        let result = try body()
        output.progress(nil)
        let taken = (ContinuousClock.now - start).components
        timings.append((name, Double(taken.seconds) + Double(taken.attoseconds) / 1e18))
        return result
    }

    // MARK: Loading

    private func setUp() throws {
        try session.executeScript(DemoScript.setUp) { statement, result in
            let text = SecretMask.mask(statement).split { $0 == "\n" || $0 == " " }.joined(separator: " ")
            output.line(text + ";")
            if result.isQuery { output.line(output.table(result)) }
            else if let status = result.textRows().first?.first { output.line("  \(status ?? "")") }
        }
    }

    private func put(_ data: DemoData) throws {
        for file in DemoFile.all {
            guard let name = data.files[file.table] else { continue }
            let statement = "PUT 'file://\(data.directory)/\(name)' @netflix_stage"
            let rows = try session.execute(statement).textRows()
            output.progress(nil)
            for row in rows { output.line("\(row[0] ?? "") -> @netflix_stage/\(row[1] ?? "")  \(row[6] ?? "")") }
        }
    }

    private func copy(_ data: DemoData) throws {
        for file in DemoFile.all {
            guard let name = data.files[file.table] else {
                output.line("\(file.table): no \(file.names[0]).csv, the table stays empty")
                continue
            }
            let rows = try session.execute(try copyStatement(file, name)).textRows()
            output.progress(nil)
            for row in rows {
                guard row.count > 3 else { continue }
                output.line("\(file.table): \(row[3] ?? "0") rows from \(row[0] ?? "")  \(row[1] ?? "")")
            }
        }
    }

    /// A plain COPY; where the time is text, a transformation that reads it as UTC.
    private func copyStatement(_ file: DemoFile, _ name: String) throws -> String {
        let location = "@netflix_stage/\(name)"
        if file.endsInTime {
            let first = try session.execute("SELECT $\(file.columnCount) FROM '\(location)' LIMIT 1").textRows()
            if let value = first.first?.first ?? nil, Int(value) == nil {
                let fields = (1..<file.columnCount).map { "$\($0)" }.joined(separator: ", ")
                let time = "DATE_PART(epoch_second, TO_TIMESTAMP_NTZ($\(file.columnCount)))"
                return "COPY INTO \(file.table) FROM (SELECT \(fields), \(time) FROM '\(location)')"
            }
        }
        return "COPY INTO \(file.table) FROM '\(location)' FILE_FORMAT = NETFLIX_FF"
    }

    // MARK: Models

    private func runner(select: [String] = []) throws -> Runner {
        var options = RunOptions()
        options.selection = Selection(select: select)
        let console = Console(clock: clock) { [output] in output.line($0) }
        return try Runner(MovieLens.pipeline, on: EmbeddedTarget(session), console: console, options: options)
    }

    private func succeed(_ summary: RunSummary) throws {
        guard summary.exitStatus == 0 else {
            let failed = summary.results.filter { $0.status == .error || $0.status == .fail }.map(\.node.name)
            throw WarehouseError(.testFailed, "Failed: \(failed.joined(separator: ", ")).")
        }
    }

    /// The tag row that was changed.
    private struct ChangedTag {
        var user: String
        var movie: String
    }

    /// Edits one tag and adds one rating, as a person would by hand.
    private func change() throws -> ChangedTag {
        var rows = try session.execute("""
            SELECT user_id, movie_id, tag FROM DEV.SRC_TAGS
            WHERE user_id = 18 AND movie_id = 4141 AND tag = 'Mark Waters'
            """).textRows()
        if rows.isEmpty {
            rows = try session.execute(
                "SELECT user_id, movie_id, tag FROM DEV.SRC_TAGS ORDER BY user_id, movie_id, tag LIMIT 1").textRows()
        }
        guard let row = rows.first, let user = row[0], let movie = row[1], let tag = row[2],
              let userID = Int(user), let movieID = Int(movie) else {
            throw WarehouseError(.model, "There is no tag to change: SRC_TAGS is empty.")
        }
        let update = """
            UPDATE DEV.SRC_TAGS SET TAG = ?, TAG_TIMESTAMP = CAST(CURRENT_TIMESTAMP() AS TIMESTAMP_NTZ)
            WHERE USER_ID = ? AND MOVIE_ID = ? AND TAG = ?
            """
        let updated = try session.execute(update, [tag + " Returns", userID, movieID, tag]).textRows()
        output.line("tag of user \(user), movie \(movie): '\(tag)' -> '\(tag) Returns' (\(updated[0][0] ?? "0") row)")

        let known = try session.execute("SELECT COUNT(*) FROM DEV.SRC_MOVIES WHERE movie_id = 7151").textRows()
        let rated = known[0][0] == "0" ? "(SELECT MIN(movie_id) FROM DEV.SRC_MOVIES)" : "7151"
        let inserted = try session.execute("""
            INSERT INTO MOVIELENS.DEV.SRC_RATINGS (USER_ID, MOVIE_ID, RATING, RATING_TIMESTAMP)
            SELECT 87587, \(rated), 4.0, DATEADD(day, 1, MAX(RATING_TIMESTAMP)) FROM MOVIELENS.DEV.SRC_RATINGS
            """).textRows()
        output.line("a rating of user 87587 (\(inserted[0][0] ?? "0") row)")
        return ChangedTag(user: user, movie: movie)
    }

    /// The incremental model takes in the new rating and touches no file of the rows before.
    private func incremental() throws {
        let before = DemoFolder.fingerprint(path + "/segments")
        let summary = try runner(select: ["fct_ratings"]).run()
        try succeed(summary)
        let after = DemoFolder.fingerprint(path + "/segments")
        let touched = before.filter { after[$0.key] != $0.value }
        let rows = summary.results.reduce(0) { $0 + $1.rowsAffected }
        guard touched.isEmpty, rows == 1 else {
            throw WarehouseError(.model, "fct_ratings took in \(rows) rows and changed \(touched.count) segment files; "
                + "one row and none were expected.")
        }
        output.line("1 row inserted; the earlier segment files are unchanged")
    }

    // MARK: Showing

    private func show(_ changed: ChangedTag) throws {
        for gold in DemoScript.gold {
            output.line("")
            output.line("==> \(gold.title)")
            output.line(output.table(try session.execute(gold.query)))
        }
        output.line("")
        output.line("==> SNAPSHOTS.SNAP_TAGS, user \(changed.user), movie \(changed.movie)")
        output.line(output.table(try session.execute("""
            SELECT user_id, movie_id, tag, tag_timestamp, dbt_scd_id, dbt_valid_from, dbt_valid_to
            FROM SNAPSHOTS.SNAP_TAGS WHERE user_id = \(changed.user) AND movie_id = \(changed.movie)
            ORDER BY dbt_valid_from, tag, dbt_scd_id
            """)))
    }

    private func report() {
        output.line("")
        output.line("==> timings")
        for timing in timings { output.line(DemoRun.line(timing.step, timing.seconds)) }
        output.line(DemoRun.line("all", timings.reduce(0) { $0 + $1.seconds }))
        output.line("peak memory \(DemoFolder.peakMemory >> 20) MB")
        output.line("the warehouse is in \(path); try: mlwh sql -d \(path) --use MOVIELENS.DEV")
    }

    private static func line(_ name: String, _ seconds: Double) -> String {
        let hundredths = DecimalText.string(Int128((seconds * 100).rounded()), scale: 2)
        return name + String(repeating: " ", count: max(1, 28 - name.count)) + hundredths + " s"
    }
}
