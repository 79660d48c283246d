import WarehouseBasics
import WarehouseEngine
import WarehousePlan
import WarehouseSQL

/// EXPLAIN: the plan after the optimizer, one line a node, as a table or as JSON. EXPLAIN ANALYZE runs the query and
/// tells the rows and the time of each operator.
enum ExplainExecution {
    static func run(_ statement: ExplainStatement, in run: StatementRun) throws -> ResultSet {
        if statement.isAnalyze { return try analyze(statement, in: run) }
        let plan = try QueryExecution.bind(try explained(statement.statement, run), in: run).plan
        switch statement.format {
        case nil, .text:
            var rows = RowBuilder("plan")
            for line in PlanPrinter.text(plan).split(separator: "\n") { rows.add([.text(String(line))]) }
            return rows.result
        case .tabular: return tabular(plan)
        case .json:
            var rows = RowBuilder("content")
            rows.add([.text(json(plan))])
            return rows.result
        }
    }

    private static func explained(_ statement: Statement, _ run: StatementRun) throws -> Query {
        if case .query(let query) = statement { return query }
        if case .insert(let insert) = statement {
            _ = try ObjectFinder.require(.table, insert.table, run)
            return insert.source
        }
        if case .insertIntoSeveral(let insert) = statement {
            for target in insert.branches.flatMap(\.targets) { _ = try ObjectFinder.require(.table, target.table, run) }
            return insert.source
        }
        if case .createTable(let create) = statement, case .query(let query) = create.source { return query }
        throw StatementDispatcher.unsupported("EXPLAIN of this statement")
    }

    // MARK: Measured

    private static func analyze(_ statement: ExplainStatement, in run: StatementRun) throws -> ResultSet {
        guard case .query(let query) = statement.statement else {
            throw StatementDispatcher.unsupported("EXPLAIN ANALYZE of a statement that is no query")
        }
        let bound = try QueryExecution.bind(query, in: run)
        let compiled = try CompiledQuery(bound.plan, context: run.queryContext, isMeasured: true)
        try compiled.stream { _ in true }
        var rows = RowBuilder([("operator", .text), ("rows", .integer), ("batches", .integer), ("milliseconds", .float),
                               ("memory_bytes", .integer), ("spilled_bytes", .integer)])
        for measure in compiled.measures {
            rows.add([.text(String(repeating: "  ", count: measure.depth) + measure.name), .count(measure.rowCount),
                      .count(measure.batchCount), .double(Double(measure.nanoseconds / 1000) / 1000),
                      .count(measure.peakBytes), .count(measure.spilledBytes)])
        }
        return rows.result
    }

    // MARK: Snowflake's formats

    /// How many segments of a table a scan may have to read; nil for what is no stored table.
    private static func segments(_ plan: LogicalPlan) -> Int? {
        guard case .scan(let scan) = plan, let table = scan.table as? StoredTable else { return nil }
        return table.rows.segments.count
    }

    private static func tabular(_ plan: LogicalPlan) -> ResultSet {
        var rows = RowBuilder("step# id# parentOperators operation objects alias expressions partitionsTotal# "
            + "partitionsAssigned# bytesAssigned#")
        for (operation, node) in PlanPrinter.operations(plan) {
            let count = segments(node).map(ScalarValue.count) ?? .null
            rows.add([.count(1), .count(operation.id), .text(operation.parent.map { "[\($0)]" }),
                      .text(operation.operation), .nonEmpty(operation.objects.joined(separator: ", ")), .null,
                      .nonEmpty(operation.expressions), count, count, .null])
        }
        return rows.result
    }

    private static func json(_ plan: LogicalPlan) -> String {
        let operations = PlanPrinter.operations(plan)
        let total = operations.reduce(0) { $0 + (segments($1.plan) ?? 0) }
        let list = operations.map { operation, node in
            var fields = ["\"id\":\(operation.id)"]
            if let parent = operation.parent { fields.append("\"parentOperators\":[\(parent)]") }
            fields.append("\"operation\":\(quoted(operation.operation))")
            if !operation.objects.isEmpty {
                fields.append("\"objects\":[\(operation.objects.map(quoted).joined(separator: ","))]")
            }
            if !operation.expressions.isEmpty { fields.append("\"expressions\":[\(quoted(operation.expressions))]") }
            if let count = segments(node) {
                fields.append("\"partitionsAssigned\":\(count),\"partitionsTotal\":\(count)")
            }
            return "{\(fields.joined(separator: ","))}"
        }
        return "{\"GlobalStats\":{\"partitionsTotal\":\(total),\"partitionsAssigned\":\(total)},"
            + "\"Operations\":[[\(list.joined(separator: ","))]]}"
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case _ where scalar.value < 32:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
