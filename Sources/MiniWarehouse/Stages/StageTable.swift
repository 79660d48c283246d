import WarehouseBasics
import WarehouseColumns
import WarehouseEngine
import WarehouseIngest
import WarehousePlan
import WarehouseSQL

/// `SELECT $1, $2, METADATA$FILENAME FROM @stage/path`: staged files as a table. Columns `$1 … $n` are VARCHAR; the
/// METADATA$ columns come last and are absent from `SELECT *`.
final class StageTable: ScannableTable {
    let name: ObjectName
    let columns: [ColumnSchema]
    let rowCount: Int? = nil
    private let fieldCount: Int
    private let files: [StagedFile]
    private let stage: ResolvedStage
    private let format: StagedFormat
    private let settings: LoadSettings

    static let metadata: [ColumnSchema] = [
        ColumnSchema("METADATA$FILENAME", .text), ColumnSchema("METADATA$FILE_ROW_NUMBER", .integer),
        ColumnSchema("METADATA$FILE_LAST_MODIFIED", .timestampNTZ(scale: 3)),
    ]

    var hiddenColumnCount: Int { StageTable.metadata.count }

    init(_ reference: StageReference, columnCount: Int, resolver: NameResolver, run: StatementRun) throws {
        let parts = ObjectReference(reference.parts.map { Identifier(name: $0, isQuoted: true) })
        let root: StageLocation.Root = switch reference.kind {
        case .named: .named(parts)
        case .table: .table(parts)
        case .user: .user
        }
        let stage = try StageResolver.resolve(StageLocation(root: root, path: reference.path), in: run)
        var attributes = try run.stageOverride?.format ?? FileFormatOptions.resolved(stage.attributes, resolver) ?? [:]
        if run.stageOverride == nil, let named = reference.fileFormat {
            attributes = try resolver.require(.fileFormat, Parser.parseObjectName(named).map(\.name)).attributes
        }
        format = try StagedFormat(attributes)
        files = try run.stageOverride?.files
            ?? stage.list(prefix: reference.path, pattern: reference.pattern)
        self.stage = stage
        let format = format
        if case .json = format.kind { fieldCount = 1 } else { fieldCount = max(1, columnCount) }
        name = ObjectName(database: "", schema: "", name: "@" + (reference.parts.last ?? "~"))
        settings = try run.loadSettings()
        columns = (1...fieldCount).map { ColumnSchema("$\($0)", format.fieldType) } + StageTable.metadata
    }

    func statistics(ofColumn index: Int) -> ColumnStatistics { .unknown }

    func makeScan(columns: [Int], ranges: [ColumnRange], context: QueryContext) throws -> any TableScan {
        StageScan(columns: columns, fieldCount: fieldCount, files: files, stage: stage, format: format,
                  settings: settings)
    }
}

/// Reads the files, a stripe a file.
private final class StageScan: TableScan {
    let outputTypes: [PhysicalType]
    private let columns: [Int]
    private let fieldCount: Int
    private let files: [StagedFile]
    private let stage: ResolvedStage
    private let format: StagedFormat
    private let settings: LoadSettings

    init(columns: [Int], fieldCount: Int, files: [StagedFile], stage: ResolvedStage, format: StagedFormat,
         settings: LoadSettings) {
        self.columns = columns
        self.fieldCount = fieldCount
        self.files = files
        self.stage = stage
        self.format = format
        self.settings = settings
        outputTypes = columns.map { column in
            guard column >= 0 else { return .int64 }
            return column < fieldCount ? .string : StageTable.metadata[column - fieldCount].type.widestPhysicalType
        }
    }

    var stripeCount: Int { files.count }

    func run(stripe: Int, context: QueryContext, into consumer: any BatchConsumer) throws {
        let file = files[stripe]
        let reader = try format.reader(
            stage.files.source(file), fileName: stage.displayPrefix + file.path, fieldCount: fieldCount, settings: settings)
        let outputs = outputTypes.map { Vector($0) }
        let batch = Batch(outputs)
        let chunk = LoadedChunk()
        var rowNumber = 0
        while try reader.next(into: chunk) {
            try context.checkCancelled()
            if let reject = chunk.rejects.first { throw reject.error(table: nil) }
            var start = 0
            while start < chunk.rowCount {
                let size = min(Vector.standardCapacity, chunk.rowCount - start)
                for (output, column) in zip(outputs, columns) {
                    fill(output, column, chunk, start, size, rowNumber, file)
                }
                batch.rowCount = size
                guard try consumer.consume(batch) else { return }
                start += size
                rowNumber += size
            }
        }
    }

    private func fill(_ output: Vector, _ column: Int, _ chunk: LoadedChunk, _ start: Int, _ size: Int,
                      _ rowNumber: Int, _ file: StagedFile) {
        if column >= 0, column < fieldCount {
            chunk.columns[column].fill(output, from: start, count: size)
            return
        }
        switch column - fieldCount {
        case 0:
            output.beginConstant(rows: size)
            output.strings[0] = output.arena.copy(Array((stage.displayPrefix + file.path).utf8))
        case 1:
            output.beginFlat(size)
            for row in 0..<size { output.int128s[row] = Int128(rowNumber + row + 1) }
        case 2:
            output.beginConstant(rows: size)
            output.int64s[0] = file.modifiedAt / 1_000_000
        default:
            output.beginFlat(size)
            for row in 0..<size { output.int64s[row] = Int64(rowNumber + row) }
        }
    }
}
