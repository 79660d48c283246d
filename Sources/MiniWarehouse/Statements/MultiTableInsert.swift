import WarehouseBasics
import WarehouseColumns
import WarehouseEngine
import WarehousePlan
import WarehouseSQL
import WarehouseStorage

/// INSERT ALL | FIRST: the query runs once; each batch of its rows goes on to the tables as it comes.
struct MultiTableInsert {
    private let statement: MultiTableInsertStatement
    private let run: StatementRun
    private let intos: [InsertTarget]
    /// The tables, each once, in the order in which they are first named.
    private var tables: [CatalogEntry] = []
    /// Of each INTO, which table.
    private var places: [Int] = []

    static func run(_ statement: MultiTableInsertStatement, in run: StatementRun) throws -> ResultSet {
        try run.write { open in
            var insert = try MultiTableInsert(statement, run)
            let bound = try insert.bound(open.store)
            if statement.isOverwrite { for table in insert.tables { try open.store.truncateTable(table.id) } }
            return try insert.insertRows(bound, open.store)
        }
    }

    private init(_ statement: MultiTableInsertStatement, _ run: StatementRun) throws {
        self.statement = statement
        self.run = run
        intos = statement.branches.flatMap(\.targets)
        for into in intos {
            let entry = try ObjectFinder.require(.table, into.table, run)
            if let place = tables.firstIndex(where: { $0.id == entry.id }) {
                places.append(place)
            } else {
                places.append(tables.count)
                tables.append(entry)
            }
        }
    }

    /// As `DMLTarget.bound`, of all tables.
    private mutating func bound(_ transaction: WriteTransaction) throws -> BoundMultiTableInsert {
        do {
            return try bind()
        } catch let error as WarehouseError where error.code == ErrorKind.arrayElements.code {
            tables = try tables.map { try ArrayWidening.widen($0, transaction, run) }
            return try bind()
        }
    }

    private func bind() throws -> BoundMultiTableInsert {
        let targets = try zip(intos, places).map { try DMLTarget(tables[$1], $0.table.span, run) }
        return try DMLBinding.bindMultiTableInsert(
            statement, into: targets.map(\.binding), catalog: run.planCatalog(), parameters: run.boundParameters,
            folder: EngineConstantFolder(context: run.queryContext))
    }

    private func insertRows(_ bound: BoundMultiTableInsert, _ transaction: WriteTransaction) throws -> ResultSet {
        let rows = try RowDistribution(tables, transaction, run.queryContext)
        let choice = BranchChoice(branchCount: bound.marks.count)
        let firsts = bound.targets.indices.map { target in
            bound.targets[..<target].reduce(bound.marks.count) { $0 + $1.columns.count }
        }
        try QueryRunner.stream(bound.plan, context: run.queryContext) { batch in
            choice.look(at: batch)
            for (index, target) in bound.targets.enumerated() {
                let columns = firsts[index]..<(firsts[index] + target.columns.count)
                try choice.withRows(of: target.branch, batch, columns) { try rows.append($0, to: places[index]) }
            }
            return true
        }
        let counts = try rows.finish()
        return ResultSet.table(tables.map { ResultColumn("number of rows inserted into \($0.name)", .integer) },
                               [counts.map { .count($0) }]).asReport()
    }
}

/// The rows of a batch that each branch takes. A batch's first columns say it, one for each branch; without any, every
/// branch takes all rows.
private final class BranchChoice {
    private var rows: [[Int32]]
    private let chosen = Batch()

    init(branchCount: Int) { rows = [[Int32]](repeating: [], count: branchCount) }

    func look(at batch: Batch) {
        for branch in rows.indices { RowPicking.rows(whereTrue: batch.vectors[branch], into: &rows[branch]) }
    }

    /// Calls `body` with those columns of a branch's rows, if it has any.
    func withRows(of branch: Int, _ batch: Batch, _ columns: Range<Int>, _ body: (Batch) throws -> Void) throws {
        let isWhole = rows.isEmpty || rows[branch].count == batch.rowCount
        chosen.rowCount = isWhole ? batch.rowCount : rows[branch].count
        guard chosen.rowCount > 0 else { return }
        chosen.vectors = isWhole ? Array(batch.vectors[columns]) : RowPicking.pick(rows[branch], of: batch.vectors[columns])
        try body(chosen)
    }
}
