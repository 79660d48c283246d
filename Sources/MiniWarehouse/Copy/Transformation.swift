import WarehouseBasics
import WarehouseEngine
import WarehouseIngest
import WarehousePlan
import WarehouseSQL
import WarehouseStorage

/// The SELECT of a COPY, bound to its table once for all files: computes each row of the table from one record.
final class Transformation {
    let plan: LogicalPlan
    let source: TransformedTable
    let context: QueryContext
    /// The table, whose ARRAY columns binding may have widened.
    let table: CatalogEntry
    /// What each column of the table is computed from; empty when the plan does not show it.
    let projections: [Projection]
    /// Columns of the plan's scan by their ids.
    private let scanned: [ColumnID: Int]
    /// Messages name columns of the table rather than fields of the file.
    let namesTargets: Bool

    init(_ query: Query, columns: [Identifier], into table: CatalogEntry, format: StagedFormat, namesTargets: Bool,
         _ transaction: WriteTransaction, _ run: StatementRun) throws {
        if case .csv = format.kind, case .select(let select) = query.body,
           select.items.contains(where: { if case .star = $0 { true } else { false } }) {
            throw WarehouseError(.unsupported, "Unsupported feature '* over CSV files in COPY'.",
                                 hint: "Name the fields: $1, $2, …; or leave the query out.", span: query.span)
        }
        var source: TransformedTable?
        run.stagedTable = { columnCount in
            let made = TransformedTable(StagedColumns(format, columnCount: columnCount, startedAt: run.timestamp))
            source = made
            return made
        }
        defer { run.stagedTable = nil }
        let insert = InsertStatement(table: ObjectReference([]), columns: columns, source: query)
        let (target, bound) = try DMLTarget.bound(table, query.span, transaction, run) {
            try InsertExecution.bind(insert, $0, in: run)
        }
        guard let source, Transformation.isRowWise(bound.plan) else {
            throw Transformation.tooComplex(query.span)
        }
        self.table = target.entry
        self.source = source
        self.namesTargets = namesTargets
        plan = bound.plan
        context = Transformation.context(format, run)
        var projections: [Projection] = [], scanned: [ColumnID: Int] = [:]
        if case .project(let input, let list) = plan, list.count == table.columns.count {
            projections = list
            if case .scan(let scan) = input {
                for column in scan.columns { scanned[column.column.id] = column.tableColumn }
            }
        }
        self.projections = projections
        self.scanned = scanned
    }

    static func tooComplex(_ span: SourceSpan) -> WarehouseError {
        WarehouseError(
            .unsupported, "SQL compilation error:\nCOPY statement only supports simple SELECT from stage statements for "
                + "import.",
            hint: "WHERE, DISTINCT, GROUP BY, ORDER BY, LIMIT, aggregates and joins are not allowed in it.", span: span)
    }

    /// Whether every record gives one row, whatever the others hold.
    private static func isRowWise(_ plan: LogicalPlan) -> Bool {
        switch plan {
        case .scan(let scan): scan.filters.isEmpty
        case .project(let input, _): isRowWise(input)
        case .window(let window): window.calls.allSatisfy { $0.function == "NEXTVAL" } && isRowWise(window.input)
        default: false
        }
    }

    /// The statement's context, with the dates and times of the file format.
    private static func context(_ format: StagedFormat, _ run: StatementRun) -> QueryContext {
        let own = run.queryContext
        var session = own.session
        session.parameters.merge(format.inputParameters) { $1 }
        return QueryContext(session: session, threads: own.threads, memory: own.memory,
                            spill: own.spill, functions: own.functions, sequences: own.sequences)
    }

    /// The one field of the file that a column is computed from.
    func field(of column: Int) -> Int? {
        guard column < projections.count else { return nil }
        let fields = projections[column].expression.columnIDs.compactMap { scanned[$0] }
            .filter { $0 < source.staged.fieldCount }
        return fields.count == 1 ? fields[0] : nil
    }

    /// Whether a METADATA$ column of that kind is read.
    func reads(_ kind: StagedColumns.Metadata) -> Bool {
        scanned.isEmpty || scanned.values.contains { source.staged.metadata($0) == kind }
    }

    /// Runs the plan over some rows of the chunk.
    func run(_ rows: Range<Int>) throws -> QueryResult {
        source.range = rows
        let result = try QueryRunner.run(plan, context: context)
        for (index, column) in table.columns.enumerated() where !column.isNullable && column.identity == nil {
            for chunk in result.chunks where chunk.columns[index].hasNulls { throw RowAppender.nullError(column.name) }
        }
        return result
    }

    /// The column whose value cannot be computed for a row.
    func failingColumn(_ row: Int) -> Int? {
        guard case .project(let input, _) = plan else { return nil }
        source.range = row..<row + 1
        for (index, projection) in projections.enumerated() {
            do {
                let result = try QueryRunner.run(.project(input, [projection]), context: context)
                let column = table.columns[index]
                guard !column.isNullable, column.identity == nil else { continue }
                for chunk in result.chunks where chunk.columns[0].hasNulls { return index }
            } catch { return index }
        }
        return nil
    }
}

/// A file that a transformation makes rows of. Records that it cannot be computed for are found by halving.
final class TransformedRows: CopyRows {
    private let transformation: Transformation
    private let reader: any ChunkReader
    private let facts: FileFacts
    private let stopsAtFirstError: Bool
    /// Finds the places of records.
    private let locate: ([RecordMark]) throws -> [RejectedRecord]
    private var hasLocated = false
    private var failures: [(row: Int, error: WarehouseError)] = []

    init(_ transformation: Transformation, _ reader: any ChunkReader, facts: FileFacts, stopsAtFirstError: Bool,
         locate: @escaping ([RecordMark]) throws -> [RejectedRecord]) {
        self.transformation = transformation
        self.reader = reader
        self.facts = facts
        self.stopsAtFirstError = stopsAtFirstError
        self.locate = locate
    }

    func next() throws -> CopyBatch? {
        let chunk = LoadedChunk()
        guard try reader.next(into: chunk) else { return nil }
        transformation.source.chunk = chunk
        transformation.source.facts = facts
        failures = []
        var batch = CopyBatch(rowsParsed: chunk.rowsParsed, bytesRead: chunk.bytesRead)
        try evaluate(0..<chunk.rowCount, &batch)
        batch.errorCount = chunk.rejects.count + failures.count
        batch.rejects = chunk.rejects.map { reject in
            var staged = reject
            staged.tableName = TransformedRows.stagedName
            return staged
        }
        if let first = failures.first, !hasLocated {
            hasLocated = true
            batch.rejects += try locate([mark(first.row, first.error, chunk)]).map { reject in
                var named = reject
                if named.columnName?.hasPrefix("$") == true { named.tableName = TransformedRows.stagedName }
                return named
            }
            batch.rejects.sort { $0.rowNumber < $1.rowNumber }
        }
        return batch
    }

    /// What Snowflake's messages call the fields of a file under a query.
    private static let stagedName = "TRANSIENT_STAGE_TABLE"

    private func evaluate(_ rows: Range<Int>, _ batch: inout CopyBatch) throws {
        guard !rows.isEmpty, !(stopsAtFirstError && !failures.isEmpty) else { return }
        do {
            let result = try transformation.run(rows)
            for part in result.chunks { batch.parts.append((part.columns, part.rowCount)) }
        } catch let error as WarehouseError where error.sqlState.hasPrefix("22") {
            guard rows.count > 1 else { return failures.append((rows.lowerBound, error)) }
            let middle = rows.lowerBound + rows.count / 2
            try evaluate(rows.lowerBound..<middle, &batch)
            try evaluate(middle..<rows.upperBound, &batch)
        }
    }

    private func mark(_ row: Int, _ error: WarehouseError, _ chunk: LoadedChunk) -> RecordMark {
        let column = transformation.failingColumn(row)
        let field = column.flatMap(transformation.field)
        var name = column.map { transformation.table.columns[$0].name }, index = column
        if let field, !transformation.namesTargets { (name, index) = ("$\(field + 1)", field) }
        return RecordMark(rowNumber: Int(chunk.rowNumbers?.int64s[row] ?? 0), field: field,
                          kind: ErrorKind(error.code, error.sqlState), message: error.message, columnName: name,
                          columnIndex: index)
    }
}
