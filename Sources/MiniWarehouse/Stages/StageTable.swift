import WarehouseBasics
import WarehouseColumns
import WarehouseEngine
import WarehouseIngest
import WarehousePlan
import WarehouseSQL

/// `SELECT $1, $2, METADATA$FILENAME FROM @stage/path`: staged files as a table.
final class StageTable: ScannableTable {
    let name: ObjectName
    let rowCount: Int? = nil
    private let staged: StagedColumns
    private let files: [StagedFile]
    private let stage: ResolvedStage
    private let format: StagedFormat
    private let settings: LoadSettings

    var columns: [ColumnSchema] { staged.schema }
    var hiddenColumnCount: Int { StagedColumns.Metadata.allCases.count }

    init(_ reference: StageReference, columnCount: Int, resolver: NameResolver, run: StatementRun) throws {
        let parts = ObjectReference(reference.parts.map { Identifier(name: $0, isQuoted: true) })
        let root: StageLocation.Root = switch reference.kind {
        case .named: .named(parts)
        case .table: .table(parts)
        case .user: .user
        }
        let stage = try StageResolver.resolve(StageLocation(root: root, path: reference.path), for: .read, resolver,
                                              in: run)
        var attributes = try FileFormatOptions.resolved(stage.attributes, resolver) ?? [:]
        if let named = reference.fileFormat {
            attributes = try resolver.usable(.fileFormat, Parser.parseObjectName(named).map(\.name)).attributes
        }
        format = try StagedFormat(attributes, run)
        files = try stage.list(prefix: reference.path, pattern: reference.pattern)
        self.stage = stage
        settings = try run.loadSettings()
        let width = reference.readsAllFields ? try StageTable.width(of: files, stage, format, settings, run) : 0
        staged = StagedColumns(format, columnCount: max(columnCount, width), startedAt: run.timestamp)
        name = ObjectName(database: "", schema: "", name: "@" + (reference.parts.last ?? "~"))
    }

    /// How many fields the records at the beginning of the files have at most.
    private static func width(of files: [StagedFile], _ stage: ResolvedStage, _ format: StagedFormat,
                              _ settings: LoadSettings, _ run: StatementRun) throws -> Int {
        guard case .csv(let csv) = format.kind else { return 1 }
        return try files.reduce(1) { widest, file in
            try run.queryContext.checkCancelled()
            return max(widest, try CSVFileReader.width(
                of: stage.files.source(file), fileName: stage.displayPrefix + file.path, format: csv, settings: settings))
        }
    }

    func statistics(ofColumn index: Int) -> ColumnStatistics { .unknown }

    func makeScan(columns: [Int], ranges: [ColumnRange], context: QueryContext) throws -> any TableScan {
        StageScan(columns: columns, staged: staged, files: files, stage: stage, format: format, settings: settings)
    }
}

/// Reads the files, a stripe a file.
private final class StageScan: TableScan {
    let outputTypes: [PhysicalType]
    private let columns: [Int]
    private let staged: StagedColumns
    private let files: [StagedFile]
    private let stage: ResolvedStage
    private let format: StagedFormat
    private let settings: LoadSettings
    private let wantsContentKey: Bool

    init(columns: [Int], staged: StagedColumns, files: [StagedFile], stage: ResolvedStage, format: StagedFormat,
         settings: LoadSettings) {
        self.columns = columns
        self.staged = staged
        self.files = files
        self.stage = stage
        self.format = format
        var settings = settings
        settings.wantsRowNumbers = columns.contains { staged.metadata($0) == .rowNumber }
        self.settings = settings
        wantsContentKey = columns.contains { staged.metadata($0) == .contentKey }
        outputTypes = staged.physicalTypes(columns)
    }

    var stripeCount: Int { files.count }

    func run(stripe: Int, context: QueryContext, into consumer: any BatchConsumer) throws {
        let file = files[stripe]
        let facts = try FileFacts(file, stage, wantsContentKey: wantsContentKey)
        let reader = try format.reader(
            stage.files.source(file), fileName: stage.displayPrefix + file.path, fieldCount: staged.fieldCount,
            settings: settings)
        let outputs = outputTypes.map { Vector($0) }
        let batch = Batch(outputs)
        let chunk = LoadedChunk()
        while try reader.next(into: chunk) {
            try context.checkCancelled()
            if let reject = chunk.rejects.first { throw reject.error(table: nil) }
            var start = 0
            while start < chunk.rowCount {
                let size = min(Vector.standardCapacity, chunk.rowCount - start)
                for (output, column) in zip(outputs, columns) {
                    staged.fill(output, column, chunk, from: start, size: size, facts)
                }
                batch.rowCount = size
                guard try consumer.consume(batch) else { return }
                start += size
            }
        }
    }
}
