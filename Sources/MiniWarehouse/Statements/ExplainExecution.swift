import WarehouseBasics
import WarehouseEngine
import WarehousePlan
import WarehouseSQL

/// EXPLAIN: the plan after the optimizer, as a table, which is Snowflake's standard, one line a node or as JSON.
enum ExplainExecution {
    static func run(_ statement: ExplainStatement, in run: StatementRun) throws -> ResultSet {
        if statement.isAnalyze { return try ExplainAnalyze.run(statement.statement, in: run) }
        let plan = try plan(of: statement.statement, run)
        switch statement.format {
        case .text:
            var rows = RowBuilder("plan")
            for line in PlanPrinter.text(plan).split(separator: "\n") { rows.add([.text(String(line))]) }
            return rows.result
        case nil, .tabular: return tabular(plan)
        case .json:
            var rows = RowBuilder("content")
            rows.add([.text(json(plan))])
            return rows.result
        }
    }

    /// Of an INSERT, and of what makes a table, the plan of its query.
    private static func plan(of statement: Statement, _ run: StatementRun) throws -> LogicalPlan {
        let folder = EngineConstantFolder(context: run.queryContext), parameters = run.boundParameters
        switch statement {
        case .update(let update):
            let target = try DMLTarget(update.table, run)
            return try DMLBinding.bindUpdate(update, of: target.binding, catalog: target.catalog, parameters: parameters,
                                             folder: folder).plan
        case .delete(let delete):
            let target = try DMLTarget(delete.table, run)
            return try DMLBinding.bindDelete(delete, from: target.binding, catalog: target.catalog, parameters: parameters,
                                             folder: folder).plan
        case .merge(let merge):
            let target = try DMLTarget(merge.table, run)
            return try DMLBinding.bindMerge(merge, into: target.binding, catalog: target.catalog, parameters: parameters,
                                            folder: folder).plan
        default: return try QueryExecution.bind(explained(statement, run), in: run).plan
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

    // MARK: Snowflake's formats

    /// Segments of a table that a scan may have to read, and what its columns take in them on disk.
    private struct Extent {
        var segments = 0
        var bytes = 0

        /// nil: no stored table.
        init?(_ plan: LogicalPlan) {
            guard case .scan(let scan) = plan, let table = scan.table as? StoredTable else { return nil }
            segments = table.rows.segments.count
            let columns = Set(scan.columns.map(\.tableColumn)).subtracting([LogicalScan.rowIDColumn])
            bytes = columns.reduce(0) { $0 + table.rows.storedBytes($1) }
        }

        init(of operations: [(operation: PlanOperation, plan: LogicalPlan)]) {
            for extent in operations.compactMap({ Extent($0.plan) }) {
                segments += extent.segments
                bytes += extent.bytes
            }
        }
    }

    private static func tabular(_ plan: LogicalPlan) -> ResultSet {
        var rows = RowBuilder("step# id# parentOperators operation objects alias expressions partitionsTotal# "
            + "partitionsAssigned# bytesAssigned#")
        let operations = PlanPrinter.operations(plan), all = Extent(of: operations)
        rows.add([.null, .null, .null, .text("GlobalStats"), .null, .null, .null, .count(all.segments), .count(all.segments),
                  .count(all.bytes)])
        for (operation, node) in operations {
            let extent = Extent(node), count = extent.map { ScalarValue.count($0.segments) } ?? .null
            rows.add([.count(1), .count(operation.id), .text(operation.parent.map { "[\($0)]" }),
                      .text(operation.operation), .nonEmpty(operation.objects.joined(separator: ", ")), .null,
                      .nonEmpty(operation.expressions), count, count, extent.map { .count($0.bytes) } ?? .null])
        }
        return rows.result
    }

    private static func json(_ plan: LogicalPlan) -> String {
        let operations = PlanPrinter.operations(plan)
        let all = Extent(of: operations)
        let list = operations.map { operation, node in
            var fields = ["\"id\":\(operation.id)"]
            if let parent = operation.parent { fields.append("\"parentOperators\":[\(parent)]") }
            fields.append("\"operation\":\(quoted(operation.operation))")
            if !operation.objects.isEmpty {
                fields.append("\"objects\":[\(operation.objects.map(quoted).joined(separator: ","))]")
            }
            if !operation.expressions.isEmpty { fields.append("\"expressions\":[\(quoted(operation.expressions))]") }
            if let extent = Extent(node) {
                fields.append("\"partitionsAssigned\":\(extent.segments),\"partitionsTotal\":\(extent.segments),"
                    + "\"bytesAssigned\":\(extent.bytes)")
            }
            return "{\(fields.joined(separator: ","))}"
        }
        return "{\"GlobalStats\":{\"partitionsTotal\":\(all.segments),\"partitionsAssigned\":\(all.segments),"
            + "\"bytesAssigned\":\(all.bytes)},"
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
