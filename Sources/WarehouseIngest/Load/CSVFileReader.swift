import WarehouseBasics
import WarehouseColumns

/// Reads one CSV file into columns, chunk after chunk, with memory bounded by `LoadLimits`. Used from one thread at
/// a time.
///
///     let reader = try CSVFileReader(source: FileSource(path: path), fileName: "tags.csv.gz", format: format,
///                                    columns: columns, settings: settings)
///     let chunk = LoadedChunk()
///     while try reader.next(into: chunk) { … }
public final class CSVFileReader {
    /// Names in the header, when the format has PARSE_HEADER.
    public private(set) var header: [String]?
    /// Records read so far, rejected ones included.
    public private(set) var rowsParsed = 0

    /// Reads typed columns. `source` gives the file as it is stored: decompression by `format.compression` is done
    /// here. `fieldCountToCheck` is the number of fields that each record must have when the format has
    /// ERROR_ON_COLUMN_COUNT_MISMATCH; nil leaves it unchecked.
    public init(source: any ByteSource, fileName: String, format: CSVFormat, columns: [LoadColumn], settings: LoadSettings,
                fieldCountToCheck: Int?) throws {
        throw WarehouseError(.unsupported, "Reading CSV is not built yet.")
    }

    /// Reads the first `fieldCount` fields of every record as text: `$1`, `$2`, … of a staged file. Missing fields
    /// are NULL.
    public init(source: any ByteSource, fileName: String, format: CSVFormat, fieldCount: Int, settings: LoadSettings) throws {
        throw WarehouseError(.unsupported, "Reading CSV is not built yet.")
    }

    /// Empties the chunk and fills it with the next rows; false when the file is at its end (the chunk is then
    /// empty). A rejected record is reported in the chunk; what makes the rest of the file unreadable (damaged
    /// compression, a record past the limit) is thrown as a `WarehouseError`.
    public func next(into chunk: LoadedChunk) throws -> Bool {
        throw WarehouseError(.unsupported, "Reading CSV is not built yet.")
    }
}
