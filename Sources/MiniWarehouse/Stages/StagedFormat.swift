import WarehouseBasics
import WarehouseIngest

/// How a stage's files are read: CSV for now; other types are refused by name.
struct StagedFormat {
    let attributes: Attributes
    let csv: CSVFormat

    init(_ attributes: Attributes) throws {
        self.attributes = attributes
        let type = attributes["\(FileFormatOptions.prefix)TYPE"]?.text ?? "CSV"
        guard type == "CSV" else { throw StatementDispatcher.unsupported("reading files of type \(type)") }
        csv = try FileFormatOptions.csvFormat(attributes)
    }
}
