import WarehouseBasics
import WarehouseColumns
import WarehouseEngine
import WarehousePlan
import WarehouseSQL

/// COPY INTO a location: writes the rows of a table or query as files of a stage.
enum CopyIntoLocation {
    static func run(_ statement: CopyIntoLocationStatement, in run: StatementRun) throws -> ResultSet {
        let options = try UnloadOptions(statement, run)
        let access = try StageAccess(statement.options, run)
        let stage = try StageResolver.resolve(statement.location, access: access, for: .write, in: run)
        // A folder of this machine or a bucket is none of the warehouse.
        if stage.isInternal { try run.checkWritable() }
        let source = query(of: statement.source)
        if options.onlyShowsRows { return try QueryExecution.run(source, isHandedOver: true, in: run) }
        let format = try UnloadFormat(try formatAttributes(statement, stage, run), run)
        var query = source
        if let expression = statement.partitionBy { query = partitioned(source, by: expression) }
        let bound = try QueryExecution.bind(query, in: run)
        if run.sequences.isUsed {
            throw StatementDispatcher.unsupported("NEXTVAL in COPY INTO <location>")
        }
        let files = try UnloadFiles(
            stage, path: statement.location.path, display: display(statement.location), format: format, options: options,
            isPartitioned: statement.partitionBy != nil, queryID: run.queryID)
        let unload = try Unload(bound, files, format, options, isPartitioned: statement.partitionBy != nil, run)
        try unload.perform(bound.plan)
        return result(files.files, options)
    }

    private static func query(of source: CopyIntoLocationStatement.Source) -> Query {
        switch source {
        case .query(let query): query
        case .table(let table):
            Query(body: .select(SelectStatement(
                items: [.star(StarItem())], from: [TableExpression(kind: .table(table, nil), span: table.span)])))
        }
    }

    static let partitionColumn = "METADATA$PARTITION"

    /// The rows with the partition they belong to as a last column, those of one partition together.
    private static func partitioned(_ query: Query, by expression: Expression) -> Query {
        let alias = Identifier(name: partitionColumn, isQuoted: true)
        let from: [TableExpression]
        if case .select(let select) = query.body, select.from.count == 1, case .table = select.from[0].kind,
           case .star(let star)? = select.items.first, select == SelectStatement(items: [.star(star)], from: select.from),
           query.orderBy == nil, query.limit == nil, query.with == nil, star == StarItem() {
            from = select.from
        } else {
            from = [TableExpression(kind: .subquery(query, isLateral: false))]
        }
        let items: [SelectItem] = [
            .star(StarItem()), .expression(SelectExpression(expression: expression, alias: alias)),
        ]
        return Query(
            body: .select(SelectStatement(items: items, from: from)),
            orderBy: .items([OrderItem(expression: Expression(.column([alias])))]))
    }

    /// COPY's own format, else the stage's, else the table's whose stage it is, else CSV with its defaults.
    private static func formatAttributes(_ statement: CopyIntoLocationStatement, _ stage: ResolvedStage,
                                         _ run: StatementRun) throws -> Attributes {
        let resolver = try run.resolver()
        if let own = statement.options["FILE_FORMAT"] {
            return try FileFormatOptions.resolved(StageDefinition.fileFormat(own, run), resolver) ?? [:]
        }
        return try FileFormatOptions.resolved(stage.attributes, resolver) ?? [:]
    }

    /// The location as written.
    private static func display(_ location: StageLocation) -> String {
        let path = location.path.isEmpty ? "" : "/" + location.path
        func text(_ name: ObjectReference) -> String {
            (name.parts ?? []).map(\.name).joined(separator: ".").lowercased() + path
        }
        return switch location.root {
        case .named(let name): "@" + text(name)
        case .table(let name): "@%" + text(name)
        case .user: "@~" + path
        case .url(let url): url + location.path
        }
    }

    private static func result(_ files: [UnloadFiles.Written], _ options: UnloadOptions) -> ResultSet {
        if options.isDetailed {
            var rows = RowBuilder("FILE_NAME FILE_SIZE# ROW_COUNT#")
            for file in files { rows.add([.text(file.path), .count(file.fileBytes), .count(file.rows)]) }
            return rows.result.asReport()
        }
        var rows = RowBuilder("rows_unloaded# input_bytes# output_bytes#")
        rows.add([.count(files.reduce(0) { $0 + $1.rows }), .count(files.reduce(0) { $0 + $1.textBytes }),
                  .count(files.reduce(0) { $0 + $1.fileBytes })])
        return rows.result.asReport()
    }
}

/// One unload under way.
private final class Unload {
    private let files: UnloadFiles
    private let writer: any UnloadRowWriter
    private let isPartitioned: Bool
    private let run: StatementRun
    private let header = ByteBuffer()
    private let text = ByteBuffer()
    private var progress = StatementProgress(step: .unload, file: "", filesDone: 0, filesTotal: 0, bytesDone: 0,
                                             bytesTotal: 0, rows: 0, errors: 0)

    init(_ bound: BoundQuery, _ files: UnloadFiles, _ format: UnloadFormat, _ options: UnloadOptions, isPartitioned: Bool,
         _ run: StatementRun) throws {
        self.files = files
        self.isPartitioned = isPartitioned
        self.run = run
        var columns = bound.columns.map { (name: $0.name, type: $0.type) }
        if isPartitioned, let last = columns.popLast() {
            switch last.type {
            case .varchar, .null: break
            default:
                throw WarehouseError(
                    .invalidArgumentTypes, "SQL compilation error:\nThe PARTITION BY expression must evaluate to a string, "
                        + "not \(last.type).", hint: "TO_VARCHAR(…) makes one.")
            }
        }
        writer = try format.makeWriter(columns)
        if options.hasHeader { writer.appendHeader(to: header) }
    }

    func perform(_ plan: LogicalPlan) throws {
        try QueryRunner.stream(plan, context: run.queryContext) { batch in
            try run.queryContext.checkCancelled()
            try take(batch)
            return true
        }
        try files.finish()
    }

    private func take(_ batch: Batch) throws {
        guard batch.rowCount > 0 else { return }
        if isPartitioned {
            let vectors = Array(batch.vectors.dropLast())
            var first = 0
            while first < batch.rowCount {
                let end = endOfPartition(batch.vectors[vectors.count], first, batch.rowCount)
                try files.begin(partition: Unload.folder(batch.vectors[vectors.count], first))
                try write(vectors, first..<end)
                first = end
            }
        } else {
            try write(batch.vectors, 0..<batch.rowCount)
        }
        progress.rows += batch.rowCount
        progress.filesDone = files.files.count
        progress.bytesDone = files.files.reduce(0) { $0 + $1.fileBytes }
        run.session.report(progress)
    }

    private func write(_ vectors: [Vector], _ rows: Range<Int>) throws {
        text.removeAll()
        try writer.append(vectors, rows: rows, to: text)
        try files.write(text, rowEnds: writer.rowEnds, header: header)
    }

    /// The row behind the last one that is of the same partition as `first`.
    private func endOfPartition(_ vector: Vector, _ first: Int, _ count: Int) -> Int {
        if vector.form == .constant { return count }
        let value = ScalarReading.value(vector, row: first)
        var end = first + 1
        while end < count, ScalarReading.value(vector, row: end) == value { end += 1 }
        return end
    }

    /// The folder of a partition; that of NULL is `__NULL__`.
    private static func folder(_ vector: Vector, _ row: Int) -> String {
        guard case .bytes(let bytes) = ScalarReading.value(vector, row: row) else { return "__NULL__" }
        return String(decoding: bytes, as: UTF8.self)
    }
}
