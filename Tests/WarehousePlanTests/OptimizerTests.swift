import Testing
import WarehouseBasics
import WarehouseSQL
@testable import WarehousePlan

@Suite struct OptimizerTests {
    /// The plan of `sql` after one rule, or with nil after all.
    private func optimized(_ sql: String, _ rules: [any OptimizerRule]? = nil) throws -> String {
        let binder = Binder(catalog: TestCatalog())
        let bound = try binder.bind(try Parser.parseQuery(sql))
        let optimizer = Optimizer(folder: binder.factory, ids: binder.ids, rules: rules ?? Optimizer.standardRules)
        let result = try optimizer.optimize(bound.plan)
        #expect(result.columns.map(\.id) == bound.plan.columns.map(\.id))
        #expect(result.freeColumns.isEmpty && result.looseColumns.isEmpty)
        return PlanPrinter.text(result)
    }

    @Test func simplifiesConditions() throws {
        let simplified = try optimized("SELECT a FROM t WHERE NOT (a < 1 OR b IS NULL) AND TRUE AND a > 1.5",
                                       [SimplifyExpressions()])
        #expect(simplified == """
            Project [A#4 = A#1]
              Filter ((A#1 >= 1) AND (B#2 IS NOT NULL) AND (A#1 > 1))
                Scan DB.S.T [A#1, B#2, C#3]
            """)
        #expect(try optimized("SELECT a FROM t WHERE 1 = 0 OR FALSE AND a = 1",
            [SimplifyExpressions()]).contains("Values"))
    }

    private final class Counted: Interruptible {
        let looks = Lock(0)
        func checkCancelled() throws(WarehouseError) { looks.withLock { $0 += 1 } }
    }

    /// Long conditions are no reason to go on once the statement is to stop.
    @Test func simplifyingLooksForRequests() throws {
        let sql = "SELECT a FROM t WHERE " + (0..<500).map { "a <> \($0)" }.joined(separator: " AND ")
        func looks(_ rules: [any OptimizerRule]) throws -> Int {
            let statement = Counted()
            _ = try Interruption.$statement.withValue(statement) { try optimized(sql, rules) }
            return statement.looks.withLock { $0 }
        }
        #expect(try looks([SimplifyExpressions()]) - looks([]) > 500)
    }

    @Test func pushesIntoScansThroughSubqueriesAndGroups() throws {
        #expect(try optimized("""
            SELECT * FROM (SELECT c, a + 1 AS x, SUM(b) AS s FROM t GROUP BY c, a + 1) q
            WHERE c = 'k' AND x > 2 AND s < 9
            """, [PushPredicates()]) == """
            Project [C#10 = C#7, X#11 = X#8, S#12 = S#9]
              Project [C#7 = C#5, X#8 = GROUP#6, S#9 = SUM#4]
                Filter (SUM#4 < 9)
                  Aggregate [C#5 = C#3, GROUP#6 = (A#1 + 1)] [SUM#4 = SUM(B#2)]
                    Scan DB.S.T [A#1, B#2, C#3] filter (C#3 = 'k') AND ((A#1 + 1) > 2)
            """)
    }

    @Test func pushesIntoJoinsAndTheirKeys() throws {
        #expect(try optimized("SELECT t.c FROM t, u WHERE t.a = u.a AND t.a = 3 AND u.d > 1", [PushPredicates()]) == """
            Project [C#7 = C#3]
              Join INNER on A#1 = A#4
                Scan DB.S.T [A#1, B#2, C#3] filter (A#1 = 3)
                Scan DB.S.U [A#4, D#5, E#6] filter (D#5 > 1) AND (A#4 = 3)
            """)
        // A condition on the side that may be missing makes the join an inner one.
        #expect(try optimized("SELECT t.c FROM t LEFT JOIN u ON t.a = u.a WHERE u.d > 1", [PushPredicates()])
            .contains("Join INNER"))
        let kept = try optimized("SELECT t.c FROM t LEFT JOIN u ON t.a = u.a AND u.d > 1 WHERE u.d IS NULL",
                                 [PushPredicates()])
        #expect(kept == """
            Project [C#7 = C#3]
              Filter (D#5 IS NULL)
                Join LEFT on A#1 = A#4
                  Scan DB.S.T [A#1, B#2, C#3]
                  Scan DB.S.U [A#4, D#5, E#6] filter (D#5 > 1)
            """)
    }

    @Test func joinsTheSmallestOnTheRight() throws {
        #expect(try optimized("""
            SELECT m.title, r.rating, s.relevance
            FROM raw_movies m, raw_genome_scores s, raw_genome_tags g, raw_ratings r
            WHERE g.tagid = s.tagid AND m.movieid = r.movieid AND s.movieid = m.movieid AND g.tag = 'x'
            """, [PushPredicates(), ReorderJoins()]) == """
            Project [TITLE#13 = TITLE#2, RATING#14 = RATING#11, RELEVANCE#15 = RELEVANCE#6]
              Join INNER on TAGID#5 = TAGID#7
                Join INNER on MOVIEID#1 = MOVIEID#4
                  Join INNER on MOVIEID#10 = MOVIEID#1
                    Scan DB.S.RAW_RATINGS [USERID#9, MOVIEID#10, RATING#11, TIMESTAMP#12]
                    Scan DB.S.RAW_MOVIES [MOVIEID#1, TITLE#2, GENRES#3]
                  Scan DB.S.RAW_GENOME_SCORES [MOVIEID#4, TAGID#5, RELEVANCE#6]
                Scan DB.S.RAW_GENOME_TAGS [TAGID#7, TAG#8] filter (TAG#8 = 'x')
            """)
    }

    @Test func readsOnlyWhatIsUsed() throws {
        #expect(try optimized("SELECT COUNT(*) FROM raw_ratings") == """
            Project [COUNT(*)#6 = COUNT(*)#5]
              Aggregate [] [COUNT(*)#5 = COUNT_STAR()]
                Scan DB.S.RAW_RATINGS [USERID#1]
            """)
        #expect(try optimized("SELECT movieid, AVG(rating) FROM raw_ratings WHERE userid > 7 GROUP BY 1") == """
            Project [MOVIEID#7 = MOVIEID#6, AVG(RATING)#8 = AVG#5]
              Aggregate [MOVIEID#6 = MOVIEID#2] [AVG#5 = AVG(RATING#3)]
                Scan DB.S.RAW_RATINGS [USERID#1, MOVIEID#2, RATING#3] filter (USERID#1 > 7)
            """)
    }

    @Test func flattensToElements() throws {
        #expect(try optimized("""
            SELECT g.value::STRING AS genre, COUNT(*) AS n
            FROM (SELECT movieid, SPLIT(genres, '|') AS arr FROM raw_movies) m, LATERAL FLATTEN(m.arr) g
            GROUP BY genre ORDER BY n DESC LIMIT 3
            """) == """
            Limit 3
              Sort N#15 DESC
                Project [GENRE#14 = GROUP#13, N#15 = COUNT(*)#12]
                  Aggregate [GROUP#13 = VALUE#16] [COUNT(*)#12 = COUNT_STAR()]
                    Flatten ARR#5 [ELEMENT AS VALUE#16]
                      Project [ARR#5 = SPLIT(GENRES#3, '|')]
                        Scan DB.S.RAW_MOVIES [GENRES#3]
            """)
    }

    @Test func flattensBeforeTheJoinThatRepeatsRows() throws {
        #expect(try optimized("""
            SELECT g.value::STRING AS genre, AVG(r.rating) AS mean
            FROM raw_ratings r JOIN raw_movies m ON r.movieid = m.movieid, LATERAL FLATTEN(SPLIT(m.genres, '|')) g GROUP BY 1
            """) == """
            Project [GENRE#16 = GROUP#15, MEAN#17 = AVG#14]
              Aggregate [GROUP#15 = VALUE#18] [AVG#14 = AVG(RATING#3)]
                Join INNER on MOVIEID#2 = MOVIEID#5
                  Scan DB.S.RAW_RATINGS [MOVIEID#2, RATING#3]
                  Flatten SPLIT(GENRES#7, '|') [ELEMENT AS VALUE#18]
                    Scan DB.S.RAW_MOVIES [MOVIEID#5, GENRES#7]
            """)
    }

    @Test func limitsAndSorts() throws {
        #expect(try optimized("SELECT a FROM (SELECT a FROM t ORDER BY b) ORDER BY a LIMIT 2",
            [RemoveSorts(), PushLimits()])
            .components("Sort") == 1)
        #expect(try optimized("SELECT a FROM t UNION ALL SELECT a FROM u LIMIT 2",
            [PushLimits()]).components("Limit") == 3)
        #expect(try optimized("SELECT COUNT(*) FROM (SELECT a FROM t ORDER BY b)").components("Sort") == 0)
    }

    @Test func lineageNamesTablesColumns() throws {
        let bound = try bind("""
            WITH m AS (SELECT movieid AS id, UPPER(title) AS name FROM raw_movies)
            SELECT m.name, AVG(r.rating) * 2 AS twice, (SELECT MAX(tagid) FROM raw_genome_tags) AS top
            FROM raw_ratings r JOIN m ON m.id = r.movieid GROUP BY m.name
            """)
        let lineage = Lineage.of(bound.plan)
        let shown = bound.columns.map { (lineage[$0.id] ?? []).map(\.description).sorted().joined(separator: " ") }
        #expect(shown == ["DB.S.RAW_MOVIES.TITLE", "DB.S.RAW_RATINGS.RATING", "DB.S.RAW_GENOME_TAGS.TAGID"])
    }

    /// Every form of query survives the optimizer with its columns and no loose reference.
    @Test func everyFormIsOptimized() throws {
        for sql in BindFromTests.everyForm { _ = try optimized(sql) }
    }
}

extension String {
    /// How often a word occurs.
    func components(_ word: String) -> Int {
        var count = 0
        var rest = self[...]
        while let range = rest.firstRange(of: word) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
