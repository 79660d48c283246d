import WarehouseModels

// A project of each way to be built. All rows of a relation carry the number of the build that made them, so that one
// that is half old and half new shows.

/// The number of the build under way.
func buildNumber() -> Int64 { Int64(Variables.int("build", default: 0)) }

enum RawRows: Source {
    struct Columns: Row {
        let id: Expr<Int64?>
        let at: Expr<LocalDateTime?>
    }
    static let table = "SHOP.RAW.ROWS_IN"
    static var eventTime: PartialKeyPath<Columns>? { \.at }
}

struct Versioned: Row {
    let id: Expr<Int64?>
    let build: Expr<Int64>

    static func of(_ q: inout Query) -> Versioned {
        Versioned(id: q.from(RawRows.self).id, build: Expr(buildNumber()))
    }
}

struct Wider: Row {
    let id: Expr<Int64?>
    let build: Expr<Int64>
    let extra: Expr<String>
}

enum Listed: Seed {
    struct Columns: Row {
        let id: Expr<Int64>
        let build: Expr<Int64>
    }
    static var csv: String {
        "id,build\n" + (1...VersionedProject.seedRows).map { "\($0),\(buildNumber())\n" }.joined()
    }
}

enum Tabled: Model {
    typealias Columns = Versioned
    static let isContractEnforced = true
    static let grants = ["select": ["reader"]]
    static var materialized: Materialization<Columns> { .table }
    static func query(_ q: inout Query) -> Columns { .of(&q) }
}

enum Turning: Model {
    typealias Columns = Versioned
    /// A view takes the place of a table, and a table that of a view.
    static var materialized: Materialization<Columns> { buildNumber() % 2 == 0 ? .view : .table }
    static func query(_ q: inout Query) -> Columns { .of(&q) }
}

enum Merged: Model {
    typealias Columns = Versioned
    static var materialized: Materialization<Columns> { .incremental(.merge(by: \.id)) }
    static func query(_ q: inout Query) -> Columns { .of(&q) }
}

enum Replaced: Model {
    typealias Columns = Versioned
    static var materialized: Materialization<Columns> { .incremental(.deleteInsert(by: \.id)) }
    static func query(_ q: inout Query) -> Columns { .of(&q) }
}

/// In every other build it has a column more.
enum Narrow: Model {
    typealias Columns = Versioned
    static let name = "synced"
    static var materialized: Materialization<Columns> { .incremental(.merge(by: \.id), onSchemaChange: .syncAllColumns) }
    static func query(_ q: inout Query) -> Columns { .of(&q) }
}

enum Wide: Model {
    typealias Columns = Wider
    static let name = "synced"
    static var materialized: Materialization<Columns> { .incremental(.merge(by: \.id), onSchemaChange: .syncAllColumns) }
    static func query(_ q: inout Query) -> Columns {
        Wider(id: q.from(RawRows.self).id, build: Expr(buildNumber()), extra: Expr("more"))
    }
}

/// A batch is one day, of which there are four.
enum Batched: Model {
    struct Columns: Row {
        let id: Expr<Int64?>
        let build: Expr<Int64>
        let at: Expr<LocalDateTime?>
    }
    static var eventTime: PartialKeyPath<Columns>? { \.at }
    static var materialized: Materialization<Columns> {
        .incremental(.microbatch(begin: Day(daysSinceEpoch: VersionedProject.firstDay), size: .day, lookback: 3))
    }
    static func query(_ q: inout Query) -> Columns {
        let rows = q.from(RawRows.self)
        return Columns(id: rows.id, build: Expr(buildNumber()), at: rows.at)
    }
}

enum Kept: Snapshot {
    typealias Selected = Versioned
    typealias Columns = History<Selected>
    static var key: [PartialKeyPath<Selected>] { [\.id] }
    static var strategy: SnapshotStrategy<Selected> { .check([\.build]) }
    static func query(_ q: inout Query) -> Selected { .of(&q) }
}

enum VersionedProject {
    static let rows = 960
    static let seedRows = 300
    /// 2026-01-01.
    static let firstDay = 20_454

    static func make(build: Int) -> Project {
        var project = Project("shop", target: Target(database: "SHOP", schema: "DEV"), [
            RawRows.self, Listed.self, Tabled.self, Turning.self, Merged.self, Replaced.self,
            build % 2 == 0 ? Narrow.self : Wide.self, Batched.self, Kept.self,
        ])
        project.variables["build"] = String(build)
        return project
    }
}
