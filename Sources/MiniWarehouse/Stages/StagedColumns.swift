import WarehouseBasics
import WarehouseColumns
import WarehouseIngest

/// The columns of staged files as a table: `$1 … $n`, then the METADATA$ columns, which `*` leaves out.
struct StagedColumns: Sendable {
    let fieldCount: Int
    let schema: [ColumnSchema]
    /// When the statement began, in milliseconds since the epoch.
    private let startedAt: Int64

    enum Metadata: String, CaseIterable {
        case fileName = "METADATA$FILENAME"
        case rowNumber = "METADATA$FILE_ROW_NUMBER"
        case contentKey = "METADATA$FILE_CONTENT_KEY"
        case lastModified = "METADATA$FILE_LAST_MODIFIED"
        case startScanTime = "METADATA$START_SCAN_TIME"

        var type: LogicalType {
            switch self {
            case .fileName, .contentKey: .text
            case .rowNumber: .integer
            case .lastModified: .timestampNTZ(scale: 3)
            case .startScanTime: .timestampLTZ(scale: 3)
            }
        }
    }

    init(_ format: StagedFormat, columnCount: Int, startedAt nanoseconds: Int64) {
        if case .json = format.kind { fieldCount = 1 } else { fieldCount = max(1, columnCount) }
        schema = (1...fieldCount).map { ColumnSchema("$\($0)", format.fieldType) }
            + Metadata.allCases.map { ColumnSchema($0.rawValue, $0.type) }
        startedAt = nanoseconds / 1_000_000
    }

    func physicalTypes(_ columns: [Int]) -> [PhysicalType] {
        columns.map { column in
            guard column >= 0 else { return .int64 }
            return column < fieldCount ? .string : schema[column].type.widestPhysicalType
        }
    }

    func metadata(_ column: Int) -> Metadata? {
        column < fieldCount ? nil : Metadata.allCases[column - fieldCount]
    }

    /// Fills `output` with `size` rows of a column, from row `start` of the chunk on.
    func fill(_ output: Vector, _ column: Int, _ chunk: LoadedChunk, from start: Int, size: Int, _ facts: FileFacts) {
        guard column >= 0 else {
            output.beginFlat(size)
            for row in 0..<size { output.int64s[row] = Int64(start + row) }
            return
        }
        guard let metadata = metadata(column) else {
            chunk.columns[column].fill(output, from: start, count: size)
            return
        }
        switch metadata {
        case .fileName, .contentKey:
            output.beginConstant(rows: size)
            output.strings[0] = output.arena.copy(Array((metadata == .fileName ? facts.name : facts.contentKey).utf8))
        case .rowNumber:
            output.beginFlat(size)
            let numbers = chunk.rowNumbers
            for row in 0..<size { output.int128s[row] = Int128(numbers?.int64s[start + row] ?? 0) }
        case .lastModified, .startScanTime:
            output.beginConstant(rows: size)
            output.int64s[0] = metadata == .lastModified ? facts.modifiedAt / 1_000_000 : startedAt
        }
    }
}

/// What the METADATA$ columns tell of one file.
struct FileFacts: Sendable {
    /// Its path in the stage; in a bucket, from the bucket on.
    var name = ""
    /// Empty when nobody asked.
    var contentKey = ""
    /// Nanoseconds since the epoch.
    var modifiedAt: Int64 = 0

    init() {}

    init(_ file: StagedFile, _ stage: ResolvedStage, wantsContentKey: Bool) throws {
        name = stage.metadataPrefix + file.path
        contentKey = wantsContentKey ? try stage.files.md5(file) : ""
        modifiedAt = file.modifiedAt
    }
}
