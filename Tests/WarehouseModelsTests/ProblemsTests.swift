import Testing
@testable import WarehouseModels

/// What is found before anything runs, and how it is said.
@Suite struct ProblemsTests {
    struct One: Row { let id: Expr<Int64> }

    private func problems(_ resources: any Resource.Type...) -> [String] {
        Project("p", target: Target(database: "D", schema: "S"), resources).problems()
    }

    enum Chicken: Model {
        typealias Columns = One
        static let about = ""
        static func query(_ q: inout Query) -> One { q.from(Egg.self) }
    }
    enum Egg: Model {
        typealias Columns = One
        static let about = ""
        static func query(_ q: inout Query) -> One { q.from(Chicken.self) }
    }

    @Test func cycles() { #expect(problems(Egg.self, Chicken.self) == ["cycle: egg -> chicken -> egg"]) }

    @Test func missingMembers() {
        #expect(problems(Egg.self) == ["egg reads chicken, which is not in the project; add Chicken.self to it"])
    }

    enum Ungrouped: Model {
        struct Columns: Row {
            let product: Expr<Int64>
            let day: Expr<Day>
            let total: Expr<Double>
        }
        static let about = ""
        static func query(_ q: inout Query) -> Columns {
            let line = q.from(FctLines.self)
            q.group(by: line.productID)
            q.order(by: line.amount.descending)
            return Columns(product: line.productID, day: line.orderedAt.day, total: sum(line.amount))
        }
    }
    enum NullTotal: Model {
        struct Columns: Row { let total: Expr<Double> }
        static let about = ""
        static func query(_ q: inout Query) -> Columns { Columns(total: sum(q.from(FctLines.self).amount)) }
    }

    private var base: [any Resource.Type] {
        [RawOrderLines.self, CountryRegions.self, StgProducts.self, PaidLines.self, FctLines.self]
    }

    private func problemsOf(_ resource: any Resource.Type) -> [String] {
        Project("p", target: Target(database: "D", schema: "S"), base + [resource]).problems()
    }

    @Test func groupings() {
        #expect(problemsOf(Ungrouped.self) == [
            "ungrouped.day uses fct_lines.ordered_at outside an aggregate; add it to group(by:)",
            "ungrouped: order(by:) uses fct_lines.amount outside an aggregate; add it to group(by:)",
        ])
        #expect(problemsOf(NullTotal.self) == [
            "null_total.total is not optional, but sum without group(by:) gives NULL of no rows; "
                + "use optional or or(…)",
        ])
    }

    enum Foreign: Model {
        typealias Columns = One
        static let about = ""
        static func query(_ q: inout Query) -> One {
            var other = Query()
            let stranger = other.from(StgProducts.self)
            let line = q.from(FctLines.self)
            q.filter(line.amount > 0 && stranger.name == "x")
            return One(id: stranger.id)
        }
    }
    enum Unparsed: Model {
        typealias Columns = One
        static let about = ""
        static func query(_ q: inout Query) -> One {
            let line = q.from(FctLines.self)
            return One(id: sql("\(line.productID) +* 2"))
        }
    }

    @Test func foreignColumnsAndRawSQL() {
        #expect(problemsOf(Foreign.self) == [
            "foreign.id uses a column of stg_products, which is not a relation of this query; "
                + "join it here and use what the join gives",
            "foreign: filter uses a column of stg_products, which is not a relation of this query; "
                + "join it here and use what the join gives",
        ])
        let unparsed = problemsOf(Unparsed.self)
        #expect(unparsed.count == 1 && unparsed[0].hasPrefix("unparsed.id holds raw SQL that does not parse: "))
    }

    enum NoKeys: Model {
        typealias Columns = FctLines.Columns
        static let about = ""
        static var materialized: Materialization<Columns> { .incremental(.merge(on: [])) }
        static func query(_ q: inout Query) -> Columns {
            let line = q.from(FctLines.self)
            q.whenIncremental(Self.self) { this in line.orderedAt > this.orderedAt }
            return line
        }
    }
    enum NotIncremental: Model {
        typealias Columns = FctLines.Columns
        static let about = ""
        static func query(_ q: inout Query) -> Columns {
            let line = q.from(FctLines.self)
            q.whenIncremental(FctLines.self) { this in line.orderedAt > max(this.orderedAt) }
            return line
        }
    }
    enum KeylessHistory: Snapshot {
        typealias Selected = One
        typealias Columns = History<One>
        static let about = ""
        static var key: [PartialKeyPath<One>] { [] }
        static var strategy: SnapshotStrategy<One> { .timestamp(\.id) }
        static func query(_ q: inout Query) -> One { One(id: q.from(StgProducts.self).id) }
    }

    @Test func keysAndStrategies() {
        #expect(problemsOf(NoKeys.self) == [
            "no_keys: whenIncremental uses a column of `this` outside an aggregate; write max(this.…) or another one",
            "no_keys: whenIncremental uses a column of this, which is not a relation of this query; "
                + "join it here and use what the join gives",
            "no_keys: merge has no key; say merge(on: [\\.…])",
        ])
        #expect(problemsOf(NotIncremental.self) == [
            "not_incremental: whenIncremental stands in a view; make it incremental",
            "not_incremental: whenIncremental names fct_lines; it must be Self.self",
        ])
        #expect(problemsOf(KeylessHistory.self) == [
            "keyless_history: a snapshot needs a key that tells its rows apart",
            "keyless_history.id is NUMBER(38,0); a timestamp strategy needs a time",
        ])
    }

    enum OtherPaidLines: Model {
        typealias Columns = RawOrderLines.Columns
        static let name = "fct_lines"
        static let about = ""
        static func query(_ q: inout Query) -> Columns { q.from(RawOrderLines.self) }
    }
    enum BadSeed: Seed {
        struct Columns: Row { let country: Expr<String>; let since: Expr<Day> }
        static let about = ""
        static let csv = "country,since\nDE,1990-13-03\n"
    }

    @Test func namesAndSeeds() {
        let names = problemsOf(OtherPaidLines.self)
        #expect(names.count == 1)
        #expect(names[0].hasSuffix("have the same name; give one of them another `name`"))
        #expect(problemsOf(BadSeed.self) == ["bad_seed: seed: line 2: '1990-13-03' is no DATE for since"])
    }

    @Test func aBrokenProjectDoesNotRun() {
        let target = FakeTarget()
        #expect(throws: (any Error).self) {
            _ = try Runner(
                Project("p", target: Target(database: "D", schema: "S"), [Egg.self, Chicken.self]), on: target,
                console: Console { _ in })
        }
        #expect(target.statements.isEmpty)
    }
}
