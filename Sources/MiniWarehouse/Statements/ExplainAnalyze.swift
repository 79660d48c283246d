import WarehouseBasics
import WarehouseEngine
import WarehousePlan
import WarehouseSQL

/// EXPLAIN ANALYZE: runs the statement and tells what each operator did. A statement that changes tables changes them; it
/// stands above its operators itself, with the rows that it changed, the time and memory of the whole and all that it wrote
/// to temporary files.
enum ExplainAnalyze {
    static func run(_ statement: Statement, in run: StatementRun) throws -> ResultSet {
        guard case .query(let query) = statement else { return try change(statement, in: run) }
        let bound = try QueryExecution.bind(query, in: run)
        return try QueryRunner.onSuitableStack(bound.plan) {
            let compiled = try CompiledQuery(bound.plan, context: run.queryContext, isMeasured: true)
            try compiled.stream { _ in true }
            return table(compiled.measures)
        }
    }

    private static func change(_ statement: Statement, in run: StatementRun) throws -> ResultSet {
        guard let name = name(statement, run) else {
            throw StatementDispatcher.unsupported("EXPLAIN ANALYZE of what is neither a query nor changes rows")
        }
        run.queryContext.measureOperators()
        let clock = ContinuousClock(), start = clock.now
        let report = try StatementDispatcher.dispatch(statement, in: run)
        let time = (clock.now - start).components
        let below = run.queryContext.operatorMeasures.map { measure in
            var moved = measure
            moved.depth += 1
            return moved
        }
        let whole = OperatorMeasure(
            depth: 0, name: name, rowCount: changedRows(report) ?? below.first?.rowCount ?? 0, batchCount: 0,
            nanoseconds: Int(time.seconds) * 1_000_000_000 + Int(time.attoseconds / 1_000_000_000),
            peakBytes: run.queryContext.memory.peakBytes, spilledBytes: run.queryContext.spill?.writtenBytes ?? 0)
        return table([whole] + below)
    }

    /// As plans name operators; nil for what changes no rows.
    private static func name(_ statement: Statement, _ run: StatementRun) -> String? {
        func named(_ word: String, _ reference: ObjectReference) -> String {
            "\(word) \((try? run.parts(reference).map(Identifiers.quoted).joined(separator: ".")) ?? "")"
        }
        switch statement {
        case .insert(let insert): return named("Insert", insert.table)
        case .insertIntoSeveral: return "MultiTableInsert"
        case .update(let update): return named("Update", update.table)
        case .delete(let delete): return named("Delete", delete.table)
        case .merge(let merge): return named("Merge", merge.table)
        case .copyIntoTable(let copy): return named("CopyInto", copy.table)
        case .createTable(let create):
            guard case .query = create.source else { return nil }
            return named("CreateTableAsSelect", create.name)
        default: return nil
        }
    }

    /// By the statement's own report; nil where that is none of counts.
    private static func changedRows(_ report: ResultSet) -> Int? {
        let counts = report.columns.indices.filter {
            let name = report.columns[$0].name
            return name.hasPrefix("number of rows") || name == "rows_loaded"
        }
        if counts.isEmpty { return nil }
        return report.textRows().reduce(0) { sum, row in sum + counts.reduce(0) { $0 + (row[$1].flatMap { Int($0) } ?? 0) } }
    }

    private static func table(_ measures: [OperatorMeasure]) -> ResultSet {
        var rows = RowBuilder([("operator", .text), ("rows", .integer), ("batches", .integer), ("milliseconds", .float),
                               ("memory_bytes", .integer), ("spilled_bytes", .integer)])
        for measure in measures {
            let name = String(repeating: "  ", count: measure.depth) + measure.name
            if measure.hidesWork {
                rows.add([.text(name), .count(measure.rowCount), .null, .null, .null, .null])
                continue
            }
            rows.add([.text(name), .count(measure.rowCount), .count(measure.batchCount),
                      .double(Double(measure.nanoseconds / 1000) / 1000), .count(measure.peakBytes),
                      .count(measure.spilledBytes)])
        }
        return rows.result
    }
}
