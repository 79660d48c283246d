import TestSupport
import Testing
import WarehouseBasics
@testable import WarehouseScaffold

/// A dbt project becomes a package that compiles, and what cannot be carried over is named with its place.
@Suite struct ImportTests {
    private let directory: ScratchDirectory
    private let engine = EngineDependency.folder(SwiftCompiler.packageRoot)

    init() throws {
        directory = try ScratchDirectory()
        for (path, text) in ImportFixture.files { try directory.file("dbt/\(path)", text) }
    }

    private func imported() throws -> ImportedProject { try ImportedProject(dbt: directory.path + "/dbt", on: engine) }

    private func text(_ path: String, of project: ImportedProject) throws -> String {
        try #require(project.files.files.first { $0.path == "Sources/film_shop/\(path)" }?.text, "\(path)")
    }

    @Test func whatIsWrittenTypeChecks() throws {
        let project = try imported()
        try project.files.write(to: directory.path + "/out")
        var sources = project.files.files.map(\.path).filter { $0.hasPrefix("Sources/") && $0.hasSuffix(".swift") }
            .map { "\(directory.path)/out/\($0)" }
        #expect(sources.count == 22)
        sources.append(try directory.file(
            "resources.swift", "enum PackageResources { static let countries_csv: [UInt8] = [] }\n"))
        #expect(try SwiftCompiler.typecheck(sources, in: directory, module: "film_shop") == [])
    }

    @Test func columnsHaveTheTypesOfTheirQueries() throws {
        let project = try imported()
        let staging = try text("Models/StgRatings.swift", of: project)
        for line in ["let userId: Expr<Int64?>", "let movieId: Expr<String?>", "let rating: Expr<Double?>",
                     "let ratedAt: Expr<Instant?>"] { #expect(staging.contains(line), "\(line)") }
        // Columns of a source that nobody described follow from what reads it.
        #expect(try text("Sources/NetflixRTags.swift", of: project).contains("let price: Expr<String?>"))
        let ratings = try text("Sources/NetflixRRatings.swift", of: project)
        #expect(ratings.contains("static let table = \"MOVIELENS.RAW.RAW_RATINGS\""))
        #expect(ratings.contains("let userid: Expr<Int64?>"))
        #expect(ratings.contains("let movieid: Expr<String?>   // type not known"))
        let seed = try text("Seeds/Countries.swift", of: project)
        #expect(seed.contains("static let grants = [\"select\": [\"reader\"]]"), "\(seed)")
        #expect(seed.contains("static let preHooks = [\"SELECT 'first'\"]"), "\(seed)")
        for line in ["let code: Expr<String?>", "let n: Expr<Int64?>", "let since: Expr<Day?>"] {
            #expect(seed.contains(line), "\(line)")
        }
        #expect(try text("Models/DimUsers.swift", of: project).contains("let since: Expr<Day?>"))
    }

    @Test func testsAndSettingsAreSwift() throws {
        let project = try imported()
        let staging = try text("Models/StgRatings.swift", of: project)
        #expect(staging.contains(
            ".column(\\.rating, \"Stars, 0.5 to 5.\", .notNull.warning.where(\"user_id > 0\"), "
                + ".accepted(atLeast: 0.5, atMost: 5.0)),"))
        let fact = try text("Models/FctRatings.swift", of: project)
        for line in [
            "static let about = \"Ratings, \\\"as they are\\\".\"", "static let tags = [\"nightly\"]",
            "static let meta = [\"owner\": \"ann\"]", "static let group: String? = \"finance\"",
            "static let schema: String? = \"DEV_MARTS\"", "static let postHooks = [\"SELECT 'done'\"]",
            ".incremental(.merge(by: \\.userId, \\.movieId), onSchemaChange: .fail)",
            ".unique(\\.userId, \\.movieId)", ".notNull, .relationship(to: DimUsers.self, \\.userId)",
        ] { #expect(fact.contains(line), "\(line)\n\(fact)") }
        let users = try text("Models/DimUsers.swift", of: project)
        #expect(users.contains(".accepted([\"de\", \"fr\"]), .relationship(to: Countries.self, \\.code)"))
        let snapshot = try text("Snapshots/SnapRatings.swift", of: project)
        for line in ["[\\.userId]", ".check([\\.rating])", "HardDeletes.invalidate", "\"SNAPSHOTS\""] {
            #expect(snapshot.contains(line), "\(line)\n\(snapshot)")
        }
        #expect(try text("Exposures.swift", of: project).contains("[FctRatings.self]"))
    }

    @Test func bodiesNameTypes() throws {
        let project = try imported()
        let days = try text("Models/Days.swift", of: project)
        for line in ["let day: Expr<Day?>", "let de: Expr<Int64?>", "let first: Expr<String?>"] { #expect(days.contains(line), "\(days)") }
        let tool = try text("Tool.swift", of: project)
        #expect(tool.contains("Days.self,") && !tool.contains("Pivoted.self,") && !tool.contains("OfPivoted.self,"))
        let source = try text("Sources/NetflixRRatings.swift", of: project)
        #expect(source.contains("static let freshness: Freshness? = Freshness(warnAfter: .days(1), errorAfter: .hours(36))"))
        #expect(source.contains("static let loadedAtQuery: String? = \"SELECT MAX(rated) FROM {{ this }}\""))
        #expect(try !text("Sources/NetflixRTags.swift", of: project).contains("freshness"))
        let fact = try text("Models/FctRatings.swift", of: project)
        #expect(fact.contains("from \\#(StgRatings.self) r"))
        #expect(fact.contains("let part1: Fragment = q.isIncremental ? #\"\"\""))
        #expect(fact.contains("from \\#(this: Self.self))"))
        #expect(fact.contains("'good' as good,"))
        #expect(fact.contains("md5(cast(coalesce(cast(r.user_id as varchar), '_dbt_utils_surrogate_key_null_') || '-' || "))
        #expect(try text("Models/StgTags.swift", of: project).contains("round(price / 100.0, 2) as price"))
        #expect(try text("Models/DimUsers.swift", of: project).contains("'2015-01-01'::date as since"))
    }

    @Test func whatIsAddedToKeepsItsWays() throws {
        let project = try imported()
        let batched = try text("Models/Batched.swift", of: project)
        #expect(batched.contains(
            ".incremental(.microbatch(begin: Day(daysSinceEpoch: 19753), size: .month, lookback: 2))"), "\(batched)")
        #expect(batched.contains("static var eventTime: PartialKeyPath<Columns>? { \\.ratedAt }"))
        #expect(try text("Models/Replaced.swift", of: project).contains(".incremental(.insertOverwrite)"))
        let merged = try text("Models/Merged.swift", of: project)
        #expect(merged.contains(".incremental(.merge(on: [\\.userId], updating: .only([\\.rating])))"), "\(merged)")
        #expect(merged.contains("{ sql(condition: \"(DBT_INTERNAL_DEST.rating > 1)\") }"))
        let ended = try text("Snapshots/Ended.swift", of: project)
        for line in ["typealias Columns = DeletionHistory<Selected>", "HardDeletes.newRecord",
                     "static let metaColumns = MetaColumns(validFrom: \"held_from\")",
                     "static let validToCurrent = LocalDateTime(text: \"9999-12-31\")",
                     "static let postHooks = [\"SELECT 'kept'\", \"SELECT 2\"]"] {
            #expect(ended.contains(line), "\(ended)")
        }
    }

    @Test func macrosOfPackages() throws {
        let project = try imported()
        let starred = try text("Models/Starred.swift", of: project)
        for line in ["select * exclude (since), (user_id) * 2 as two", "datediff(day, since, current_date()) as days",
                     "date_trunc('month', since) as month"] { #expect(starred.contains(line), "\(starred)") }
        for line in ["let userId: Expr<Int64?>", "let two: Expr<Int64?>", "let month: Expr<Day?>"] {
            #expect(starred.contains(line), "\(starred)")
        }
        let all = try text("Models/AllRows.swift", of: project)
        #expect(all.contains("(select 'stg_ratings' as came_from, * from \\#(StgRatings.self))\n            union all by name"))
        #expect(all.contains("let country: Expr<String?>") && all.contains("let rating: Expr<Double?>"), "\(all)")
    }

    @Test func unitTests() throws {
        let project = try imported()
        let tests = try text("UnitTests.swift", of: project)
        for line in [
            "enum NewerRatingsOnly: UnitTest {", "typealias Tested = FctRatings", "static let isIncremental = true",
            "static let about = \"Of two ratings the newer one is added.\"",
            "user_id,movie_id,rating,rated_at\n            1,10,4.5,2024-01-02\n            2,\"a,\"\"b\"\"\",,2023-01-01\n",
            ".this(FctRatings.self, csv: #\"\"\"\n            user_id,rated_at\n            7,2024-01-01\n",
            ".none(of: Countries.self)", "enum CountedUsers: UnitTest {",
        ] { #expect(tests.contains(line), "\(line)\n\(tests)") }
        #expect(try text("Tool.swift", of: project).contains("NewerRatingsOnly.self,"))
        #expect(project.summary.contains("2 unit tests"))
    }

    @Test func whatIsLeftIsNamedWithItsPlace() throws {
        let notes = try imported().notes.map(\.description)
        for note in [
            "models/marts/pivoted.sql:2: Jinja that cannot be worked out, left as it is: "
                + "dbt_utils.get_column_values needs the values of tag of stg_tags",
            "models/marts/scored.py: a model in Python is not carried over",
            "models/schema.yml:13: the test my_own_test is not carried over: no test of that name is known",
            "models/marts/pivoted.sql: pivoted is left out of the list in Tool.swift: write its SQL, then add it",
            "models/marts/of_pivoted.sql: of_pivoted reads pivoted, and is left out with it",
            "models/marts/dim_users.sql:1: var('first_day') is written as its value 2015-01-01",
            "exposure ratings_board reads what is not in the project: ref('nowhere')",
            "the unit test with_a_variable is not carried over: it overrides vars (first_day)",
            "the unit test of_sql is not carried over: its rows are in the format sql",
            "the metric rating_count is not carried over", "the semantic model ratings_model is not carried over",
            "models/marts/starred.sql:1: dbt_utils.star of dim_users is written as *, which takes the columns of all",
        ] { #expect(notes.contains { $0.contains(note) }, "\(note)\n\(notes)") }
    }

    // MARK: What is no project, or not a well-meant one

    private func refused(_ files: [String: String]) throws -> String {
        let other = try ScratchDirectory()
        for (path, text) in files { try other.file(path, text) }
        do {
            _ = try ImportedProject(dbt: other.path, on: engine)
            return ""
        } catch { return error.message }
    }

    @Test func whatIsNoProjectIsRefused() throws {
        #expect(try refused([:]).contains("holds no dbt_project.yml"))
        #expect(try refused(["dbt_project.yml": "name: [a"]).contains("dbt_project.yml is no YAML"))
        #expect(try refused(["dbt_project.yml": "name: a\nmodel-paths: ['../../etc']"]).contains("lies outside the project"))
        #expect(try refused(["dbt_project.yml": "name: a\nseed-paths: [/etc]"]).contains("lies outside the project"))
        #expect(try refused(["dbt_project.yml": String(repeating: "[", count: 100_000)]).contains("deeper nesting than 200 levels"))
        // Nine levels of nine: more than memory would hold.
        let bomb = (1...9).reduce("a0: &a0 [x,x,x,x,x,x,x,x,x]\n") { text, n in
            text + "a\(n): &a\(n) [" + Array(repeating: "*a\(n - 1)", count: 9).joined(separator: ",") + "]\n"
        }
        #expect(try refused(["dbt_project.yml": "name: a\n" + bomb]).contains("more than"))
    }

    @Test func linksAreNotFollowed() throws {
        let other = try ScratchDirectory()
        try other.file("secret/hidden.sql", "select 1 as secret")
        try other.file("p/dbt_project.yml", "name: linked")
        #expect(try Shell.run("ln -s ../secret p/models && mkdir p/seeds && ln -s /etc/passwd p/seeds/x.csv", in: other).code == 0)
        let project = try ImportedProject(dbt: other.path + "/p", on: engine)
        #expect(!project.files.files.contains { $0.text.contains("secret") || $0.text.contains("root:") })
    }

    /// Whatever a template holds, it ends, and nothing is executed.
    @Test(arguments: [
        "{% for a in range(1000) %}{% for b in range(1000) %}{{ a }}{% endfor %}{% endfor %}",
        "{% for a in range(99999999999) %}x{% endfor %}", "{{ 1 // 0 }}", "{{ 9223372036854775807 + 1 }}", "{{ ''.__class__ }}",
        "{% set x %}", "{% if a %}", "{{ ", "{{ 'a }}", "{% endif %}", "{{ (((((((1 }}", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{{ [1][9223372036854775807] }}", "{{ [1][-9] }}", "{{ -(-9223372036854775807 - 1) }}", "{#", "{%-%}", "{{}}",
    ])
    func hardTemplates(_ template: String) {
        let evaluator = JinjaEvaluator(JinjaContext(relation: { _ in nil }, source: { _, _ in nil }))
        _ = evaluator.evaluate(template)
        #expect(!evaluator.faults.isEmpty)
    }

    @Test(arguments: [
        ("a {{ 1 + 2 * 3 }} b", "a 7 b"), ("{{ 'x' ~ 1 }}", "x1"), ("{% set l = ['a', 'b'] %}{{ l | join(', ') }}", "a, b"),
        ("{% if 2 in [1, 2] and not false %}y{% else %}n{% endif %}", "y"), ("a\n  {%- if true %}  b{% endif -%}  c", "a  bc"),
        ("{% for k, v in {'a': 1}.items() %}{{ k }}={{ v }}{% endfor %}", "a=1"), ("{# c #}x", "x"), ("{{ \"it's\" | upper }}", "IT'S"),
        ("{% for x in [1,2] %}{{ x }}{{ ', ' if not loop.last }}{% endfor %}", "1, 2"), ("{% raw %}{{ x }}{% endraw %}", "{{ x }}"),
        ("{% set l = [] %}{% do l.append('q') %}{{ l[0] }}", "q"), ("{{ -7 // 2 }} {{ -7 % 3 }}", "-4 2"),
        ("{% if x is defined %}1{% else %}0{% endif %}", "0"), ("{{ x | default('d') }}", "d"),
    ])
    func templates(_ template: String, _ text: String) {
        let evaluator = JinjaEvaluator(JinjaContext(relation: { _ in nil }, source: { _, _ in nil }))
        #expect(evaluator.evaluate(template).plainText == text)
        #expect(evaluator.faults.isEmpty, "\(evaluator.faults)")
    }
}
