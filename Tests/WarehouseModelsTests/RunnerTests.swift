import Testing
import WarehouseBasics
@testable import WarehouseModels

@Suite struct RunnerTests {
    private func runner(
        _ target: FakeTarget, _ lines: ConsoleLines, _ change: (inout RunOptions) -> Void = { _ in }
    ) throws -> Runner {
        var options = RunOptions()
        options.clock = FixedClock(seconds: 1_767_553_963)
        change(&options)
        return try Runner(shop, on: target, console: lines.console(), options: options)
    }

    @Test func buildSaysWhatDbtSays() throws {
        let lines = ConsoleLines()
        let target = FakeTarget { $0.failures["AMOUNT IS NULL"] = 2 }
        let summary = try runner(target, lines).build()
        #expect(summary.exitStatus == 0)
        #expect(lines.lines.allSatisfy { $0.hasPrefix("19:12:43  ") })
        #expect(lines.lines.map { String($0.dropFirst(10)) } == [
            "Running with mlwh=0.1.0",
            "Registered adapter: fake=1.0",
            "Found 4 models, 1 snapshot, 1 analysis, 6 data tests, 1 seed, 1 source",
            "",
            "Concurrency: 1 threads (target='dev')",
            "",
            "1 of 11 START seed file DEV.country_regions .................................... [RUN]",
            "1 of 11 OK loaded seed file DEV.country_regions ................................ [INSERT 2 in 0.00s]",
            "2 of 11 START sql view model DEV.stg_products .................................. [RUN]",
            "2 of 11 OK created sql view model DEV.stg_products ............................. [SUCCESS 1 in 0.00s]",
            "3 of 11 START sql incremental model DEV.fct_lines .............................. [RUN]",
            "3 of 11 OK created sql incremental model DEV.fct_lines ......................... [SUCCESS 1 in 0.00s]",
            "4 of 11 START test not_null_fct_lines_product_id ............................... [RUN]",
            "4 of 11 PASS not_null_fct_lines_product_id ..................................... [PASS in 0.00s]",
            "5 of 11 START test relationships_fct_lines_product_id__id__ref_stg_products_ ... [RUN]",
            "5 of 11 PASS relationships_fct_lines_product_id__id__ref_stg_products_ ......... [PASS in 0.00s]",
            "6 of 11 START test not_null_fct_lines_amount ................................... [RUN]",
            "6 of 11 WARN 2 not_null_fct_lines_amount ....................................... [WARN 2 in 0.00s]",
            "7 of 11 START test dbt_utils_unique_combination_of_columns_fct_lines_order_id__line_no  [RUN]",
            "7 of 11 PASS dbt_utils_unique_combination_of_columns_fct_lines_order_id__line_no  [PASS in 0.00s]",
            "8 of 11 START test dbt_utils_expression_is_true_fct_lines_amount_is_not_negative  [RUN]",
            "8 of 11 PASS dbt_utils_expression_is_true_fct_lines_amount_is_not_negative ..... [PASS in 0.00s]",
            "9 of 11 START test no_refunds .................................................. [RUN]",
            "9 of 11 PASS no_refunds ........................................................ [PASS in 0.00s]",
            "10 of 11 START sql table model DEV.revenue_by_tag .............................. [RUN]",
            "10 of 11 OK created sql table model DEV.revenue_by_tag ......................... [SUCCESS 1 in 0.00s]",
            "11 of 11 START snapshot DEV.product_history .................................... [RUN]",
            "11 of 11 OK snapshotted DEV.product_history .................................... [SUCCESS 0 in 0.00s]",
            "",
            "Finished running 1 incremental model, 1 seed, 1 snapshot, 1 table model, 6 data tests, 1 view model "
                + "in 0 hours 0 minutes and 0.00 seconds (0.00s).",
            "",
            "Completed with 0 errors, 0 partial successes, and 1 warning:",
            "",
            "Warning in test not_null_fct_lines_amount (WarehouseModelsTests.FctLines)",
            "  Got 2 results, configured to warn if != 0",
            "",
            "Done. PASS=10 WARN=1 ERROR=0 SKIP=0 NO-OP=0 TOTAL=11",
        ])
    }

    @Test func aFailingTestSkipsWhatReadsTheNode() throws {
        let lines = ConsoleLines()
        let target = FakeTarget { $0.failures["AMOUNT < 0"] = 1 }
        let summary = try runner(target, lines).build()
        #expect(summary.exitStatus == 1)
        let statuses = Dictionary(uniqueKeysWithValues: summary.results.map { ($0.node.name, $0.status) })
        #expect(statuses["no_refunds"] == .fail)
        #expect(statuses["revenue_by_tag"] == .skipped)
        #expect(statuses["product_history"] == .success)
        let text = lines.text
        #expect(text.contains("\n19:12:43  10 of 11 SKIP relation DEV.revenue_by_tag .............................."))
        #expect(text.contains("""
            19:12:43  Failure in test no_refunds (WarehouseModelsTests.NoRefunds)
            19:12:43    Got 1 result, configured to fail if != 0
            """))
        #expect(text.hasSuffix("Done. PASS=8 WARN=0 ERROR=2 SKIP=1 NO-OP=0 TOTAL=11"))
    }

    @Test func aFailingModelSkipsItsReadersAndTheirTests() throws {
        let lines = ConsoleLines()
        let summary = try runner(FakeTarget { $0.failing = ["VIEW SHOP.DEV.STG_PRODUCTS"] }, lines).build()
        #expect(summary.count(.skipped) == 3)
        #expect(lines.text.contains("[ERROR in 0.00s]"))
        #expect(lines.text.contains("""
            19:12:43  Failure in model stg_products (WarehouseModelsTests.StgProducts)
            19:12:43    002003 (42S02): SQL compilation error:
                Object 'VIEW SHOP.DEV.STG_PRODUCTS' does not exist.
            """))
    }

    @Test func runBuildsModelsOnlyAndEphemeralOnesNotAtAll() throws {
        let target = FakeTarget()
        let summary = try runner(target, ConsoleLines()).run()
        #expect(summary.results.map(\.node.name) == ["stg_products", "fct_lines", "revenue_by_tag"])
        #expect(target.statements.map { $0.prefix(while: { $0 != "\n" }) } == [
            "CREATE SCHEMA IF NOT EXISTS SHOP.DEV",
            "CREATE OR REPLACE VIEW SHOP.DEV.STG_PRODUCTS",
            "CREATE OR REPLACE TABLE SHOP.DEV.FCT_LINES",
            "CREATE OR REPLACE TABLE SHOP.DEV.REVENUE_BY_TAG",
        ])
    }

    /// One writer at a time: threads change neither the order nor what runs.
    @Test func threadsChangeNothing() throws {
        func statements(threads: Int) throws -> [String] {
            let target = FakeTarget()
            var project = shop
            project.target.threads = threads
            let summary = try Runner(project, on: target, console: ConsoleLines().console()).build()
            return target.statements + summary.results.map { "\($0.node.id) \($0.status)" }
        }
        #expect(try statements(threads: 8) == statements(threads: 1))
    }

    @Test func testsAloneDoNotSkip() throws {
        let summary = try runner(FakeTarget { $0.failures["PRODUCT_ID IS NULL"] = 3 }, ConsoleLines()).test()
        #expect(summary.count(.fail) == 1 && summary.count(.pass) == 5 && summary.exitStatus == 1)
    }

    @Test func selectionThatNamesNothing() throws {
        let lines = ConsoleLines()
        let summary = try runner(FakeTarget(), lines) { $0.selection.select = ["fct_line"] }.run()
        #expect(summary.results.isEmpty && summary.exitStatus == 0)
        #expect(lines.lines.suffix(3) == [
            "19:12:43  The selection criterion 'fct_line' does not match any enabled nodes",
            "19:12:43  Did you mean fct_lines?",
            "19:12:43  Nothing to do. Try checking your model configs and model specification args",
        ])
    }

    @Test func failFastSkipsTheRest() throws {
        let summary = try runner(FakeTarget { $0.failing = ["SEED", "COUNTRY_REGIONS"] }, ConsoleLines()) {
            $0.failsFast = true
        }.build()
        #expect(summary.count(.error) == 1 && summary.count(.skipped) == 10)
    }
}
