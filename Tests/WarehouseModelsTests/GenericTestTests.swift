import MiniWarehouse
import Synchronization
import Testing
import WarehouseBasics
import WarehouseSQL
@testable import WarehouseModels

/// Ten measures, of which each test below names the ones that are wrong.
private enum Measures: Source {
    struct Columns: Row {
        let id: Expr<Int64?>
        let kind, code: Expr<String?>
        let value: Expr<Double?>
        let low, high: Expr<Int64?>
        let at: Expr<LocalDateTime?>
    }
    static let table = "RAW.MEASURES"
    static var columns: [Column<Columns>] { [
        .column(\.id, "", .unique, .notNull, .sequential(), .sequential(interval: 2), .relationship(to: Kinds.self, \.id),
                .relationship(to: Kinds.self, \.id, fromCondition: "\(column: "VALUE") < 3"),
                .sameCardinality(as: Kinds.self, \.id), .distinctCount(4), .distinctCount(atLeast: 4, atMost: 4)),
        .column(\.kind, "", .accepted(["a", "b"]), .notAccepted(["a"]), .notEmpty, .notEmpty(trimming: false),
                .atLeastOne, .notConstant, .notNull.warning),
        .column(\.code, "", .matching(regex: "^[0-9]+$"), .notMatching(regex: "x"), .like("1%"),
                .length(atLeast: 2, atMost: 3), .length(2), .notConstant, .atLeastOne, .notNull.error(if: "> 2").warn(if: "> 1"),
                .notNull.named("code_is_there").where("KIND = 'c'")),
        .column(\.value, "", .accepted(atLeast: 1, atMost: 3), .accepted(atLeast: 1, atMost: 3, inclusive: false),
                .mean(atLeast: 2, atMost: 2), .mean(atMost: 1), .minimum(atLeast: 1), .maximum(atMost: 2),
                .total(atLeast: 10), .median(atLeast: 2, atMost: 2), .standardDeviation(atLeast: 5),
                .quantile(0.5, atLeast: 2, atMost: 2), .notNullProportion(atLeast: 0.9),
                .notNullProportion(atLeast: 0.5, atMost: 0.8), .uniqueProportion(atMost: 0.9)),
        .column(\.at, "", .recent(1, .day), .recent(1, .year)),
    ] }
    static var checks: [Check<Columns>] { [
        .unique(\.kind, \.code), .expect("value_below_high") { !($0.value > 2) },
        .sameRowCount(as: Kinds.self), .fewerRows(than: Kinds.self), .rowCount(5), .rowCount(atLeast: 1, atMost: 4),
        .exclusiveRanges(lower: \.low, upper: \.high), .exclusiveRanges(lower: \.low, upper: \.high, gaps: .notAllowed),
        .recency(\.at, 2, .day), .recency(\.at, 1, .hour), .equality(with: Kinds.self, \.id),
    ] }
}

private enum Kinds: Source {
    struct Columns: Row { let id: Expr<Int64?> }
    static let table = "RAW.KINDS"
}

@Suite struct GenericTestTests {
    private static let script = """
        CREATE TABLE RAW.MEASURES (id INT, kind VARCHAR, code VARCHAR, value FLOAT, low INT, high INT, at TIMESTAMP_NTZ);
        INSERT INTO RAW.MEASURES VALUES
            (1, 'a', '10', 1, 0, 5, '2025-12-30'), (2, 'b', '11', 2, 5, 8, '2025-12-30'),
            (2, '', '1', 3, 8, 9, '2025-12-30'), (4, NULL, 'x111', NULL, 20, 30, '2025-12-30'),
            (NULL, 'c', NULL, 2, 29, 40, NULL);
        CREATE TABLE RAW.KINDS (id INT);
        INSERT INTO RAW.KINDS VALUES (1), (2), (9);
        """

    /// How many failures each test found, and how it came out, by the beginning of its name.
    private func found(_ resources: [any Resource.Type], _ warehouse: TemporaryWarehouse) throws -> [String] {
        let project = Project("shop", target: Target(database: "SHOP", schema: "DEV"), resources)
        let runner = try Runner(project, on: EmbeddedTarget(warehouse.warehouse.session), console: Console { _ in })
        return try runner.test().results.map { result in
            guard case .test(let test) = result.node.content, let generic = test.generic else { return "?" }
            let column = generic.column.map { $0 + "." } ?? ""
            return "\(column)\(generic.name) \(result.status.rawValue) \(result.failures ?? -1)"
        }
    }

    @Test func failuresAreThoseOfHand() throws {
        let temporary = try TemporaryWarehouse(GenericTestTests.script)
        // SYSDATE is the warehouse's clock: 2026-01-01.
        let lines = try found([Measures.self, Kinds.self], temporary)
        #expect(lines == [
            "id.unique fail 1", "id.not_null fail 1", "id.sequential_values fail 2", "id.sequential_values fail 2",
            "id.relationships fail 1", "id.relationships_where pass 0", "id.cardinality_equality fail 5",
            "id.expect_column_distinct_count_to_equal fail 1",
            "id.expect_column_unique_value_count_to_be_between fail 1",
            "kind.accepted_values fail 2", "kind.not_accepted_values fail 1", "kind.not_empty_string fail 1",
            "kind.not_empty_string fail 1", "kind.at_least_one pass 0", "kind.not_constant pass 0",
            "kind.not_null warn 1",
            "code.expect_column_values_to_match_regex fail 1", "code.expect_column_values_to_not_match_regex fail 1",
            "code.expect_column_values_to_match_like_pattern fail 1",
            "code.expect_column_value_lengths_to_be_between fail 2", "code.expect_column_value_lengths_to_equal fail 2",
            "code.not_constant pass 0", "code.at_least_one pass 0", "code.not_null pass 1",
            "code.not_null fail 1",
            "value.accepted_range pass 0", "value.accepted_range fail 2",
            "value.expect_column_mean_to_be_between pass 0", "value.expect_column_mean_to_be_between fail 1",
            "value.expect_column_min_to_be_between pass 0", "value.expect_column_max_to_be_between fail 1",
            "value.expect_column_sum_to_be_between fail 1", "value.expect_column_median_to_be_between pass 0",
            "value.expect_column_stdev_to_be_between fail 1", "value.expect_column_quantile_values_to_be_between pass 0",
            "value.not_null_proportion fail 1", "value.not_null_proportion pass 0",
            "value.expect_column_proportion_of_unique_values_to_be_between pass 0",
            "at.expect_row_values_to_have_recent_data fail 1", "at.expect_row_values_to_have_recent_data pass 0",
            "unique_combination_of_columns pass 0", "expression_is_true fail 1",
            "equal_rowcount fail 1", "fewer_rows_than fail 1", "expect_table_row_count_to_equal pass 0",
            "expect_table_row_count_to_be_between fail 1",
            "mutually_exclusive_ranges fail 1", "mutually_exclusive_ranges fail 2",
            "recency pass 0", "recency fail 1", "equality fail 3",
        ])
    }

    private enum Filtered: Source {
        struct Columns: Row { let id: Expr<Int64?>; let kind: Expr<String?>; let value: Expr<Double?> }
        static let table = "RAW.MEASURES"
        static var columns: [Column<Columns>] { [
            .column(\.id, "", .unique.where("KIND <> ''"), .notNull.where("KIND = 'c'"),
                    .unique.limited(to: 0).named("no_limit")),
            .column(\.kind, "", .accepted(["a"]).storingFailures),
            .column(\.value, "", .accepted(atMost: 1).expecting(TestExpectation(failCalc: "SUM(VALUE)"))),
        ] }
    }

    @Test func whereLimitFailCalcAndStoredFailures() throws {
        let temporary = try TemporaryWarehouse(GenericTestTests.script)
        #expect(try found([Filtered.self], temporary) == [
            "id.unique pass 0", "id.not_null fail 1", "id.unique pass 0", "kind.accepted_values fail 3",
            "value.accepted_range fail 7",
        ])
        #expect(try temporary.text("""
            SELECT VALUE_FIELD, N_RECORDS FROM SHOP.DEV_DBT_TEST__AUDIT.SOURCE_ACCEPTED_VALUES_RAW_FILTERED_KIND__A ORDER BY 1
            """) == "|1\nb|1\nc|1")
    }

    private enum Misspelt: Source {
        struct Columns: Row { let id: Expr<Int64?> }
        static let table = "RAW.KINDS"
        static var columns: [Column<Columns>] { [
            .column(\.id, "", .unique.where("id = = 1"), .notNull.error(if: "more than 3")),
        ] }
    }

    @Test func conditionsThatDoNotParseAreProblems() {
        let problems = Project("p", target: Target(database: "D", schema: "S"), [Misspelt.self]).problems()
        #expect(problems == [
            "source_unique_raw_misspelt_id: where 'id = = 1' does not parse; write a condition in SQL",
            "source_not_null_raw_misspelt_id: the threshold 'more than 3' does not parse; write one such as '> 10'",
        ])
    }

    /// Tests of one relation that look at one row each are counted in one query.
    @Test func testsOfOneTableShareAScan() throws {
        let project = Project("shop", target: Target(database: "SHOP", schema: "DEV"), [Measures.self, Kinds.self])
        let groups = SharedScan.groups(project.graph().nodes)
        #expect(groups.count == 1)
        #expect(groups.first?.value.count == 35)
        let temporary = try TemporaryWarehouse(GenericTestTests.script)
        let target = EmbeddedTarget(temporary.warehouse.session)
        let tests = try #require(groups.first?.value)
        let counts = try SharedScan(tests: tests, graph: project.graph(), target: target).run()
        // The ids are not unique: how many are not, that test counts by itself.
        #expect(counts.count == 34)
        for node in tests {
            guard case .test(let test) = node.content else { continue }
            var alone = NodeResult(node: node, status: .success, message: "", startedAt: 0, completedAt: 0)
            var shared = alone
            try TestRun(node: node, test: test, graph: project.graph(), target: target).run(&alone, counted: nil)
            try TestRun(node: node, test: test, graph: project.graph(), target: target)
                .run(&shared, counted: counts[node.id])
            #expect(alone.failures == shared.failures && alone.status == shared.status, "\(node.name)")
        }
    }

    private enum Sound: Source {
        struct Columns: Row { let id: Expr<Int64?>; let kind: Expr<String?>; let value: Expr<Double?> }
        static let table = "RAW.MEASURES"
        static var columns: [Column<Columns>] { [
            .column(\.id, "", .atLeastOne, .notConstant, .distinctCount(3), .distinctCount(atLeast: 1, atMost: 5)),
            .column(\.kind, "", .unique, .accepted(["a", "b", "c", ""]), .notAccepted(["z"])),
            .column(\.value, "", .accepted(atLeast: 1), .mean(atLeast: 2, atMost: 2), .median(atMost: 2), .total(atMost: 8),
                    .notNullProportion(atLeast: 0.5), .standardDeviation(atMost: 5)),
        ] }
        static var checks: [Check<Columns>] { [.rowCount(5), .expect("value_is_small") { !($0.value > 9) }] }
    }

    @Test func fifteenTestsAreOnePass() throws {
        let temporary = try TemporaryWarehouse(GenericTestTests.script)
        let target = CountingTarget(EmbeddedTarget(temporary.warehouse.session))
        let project = Project("shop", target: Target(database: "SHOP", schema: "DEV"), [Sound.self])
        let summary = try Runner(project, on: target, console: Console { _ in }).test()
        #expect(summary.count(.pass) == 15 && summary.results.count == 15)
        #expect(target.queryCount == 1)
    }
}

/// Counts the queries that a target is asked.
private final class CountingTarget: TargetAdapter {
    private let target: EmbeddedTarget
    private let count = Mutex(0)
    var queryCount: Int { count.withLock { $0 } }
    var adapterDescription: String { target.adapterDescription }

    init(_ target: EmbeddedTarget) { self.target = target }

    func run(_ statement: Statement) throws -> Int { try target.run(statement) }
    func rows(of query: WarehouseSQL.Query) throws -> TargetRows {
        count.withLock { $0 += 1 }
        return try target.rows(of: query)
    }
    func relation(_ name: ObjectName) throws -> TargetRelation? { try target.relation(name) }
    func now() -> Int128 { target.now() }
}
