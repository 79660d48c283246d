/// Records found in a piece of text: where their fields lie. Filled by `CSVScanner`, valid until its next scan.
final class RecordBlock {
    /// Records of one block: few enough that their fields stay in the cache.
    static let maximumRecords = 2048
    /// Fields that a block has room for; a record with more keeps the first so many and counts the rest.
    static let fieldCapacity = 131_072

    /// Bits of a field's meta word below its length.
    enum FieldFlag {
        /// Stood within the enclosure, which is not part of the text.
        static let enclosed: UInt32 = 1
        /// Holds doubled enclosures or escapes.
        static let escaped: UInt32 = 2
        /// A field that its record lacks.
        static let missing: UInt32 = 4
        static let bits: UInt32 = 3
    }

    enum Fault {
        /// Something other than a delimiter behind a closing enclosure.
        case textBehindEnclosure
        /// The file ended within an enclosure.
        case unclosed
        /// A record delimiter within an enclosure, without MULTI_LINE.
        case recordDelimiterInField
    }

    /// The text that offsets count in.
    var text: UnsafePointer<UInt8>
    /// Offset of the text in the file.
    var fileOffset = 0

    /// Offset of each field. Field 0 is no field of the text but the missing one.
    let starts: UnsafeMutablePointer<Int32>
    /// Length << 3 | flags of each field.
    let metas: UnsafeMutablePointer<UInt32>

    var recordCount = 0
    /// Index of each record's first field, and behind the last record of the next field.
    let firstFields: UnsafeMutablePointer<Int32>
    /// Fields of each record, those beyond the capacity included.
    let fieldCounts: UnsafeMutablePointer<Int32>
    let recordStarts: UnsafeMutablePointer<Int32>
    /// Offset behind the last byte of each record, its delimiter not included.
    let recordEnds: UnsafeMutablePointer<Int32>
    /// Physical line on which each record begins, from 1.
    let lines: UnsafeMutablePointer<Int>
    /// Faults in the order of the records; `offset` is the byte at fault, `fieldIndex` the field within its record.
    var faults: [(record: Int, fault: Fault, offset: Int, fieldIndex: Int)] = []

    init() {
        starts = .allocate(capacity: RecordBlock.fieldCapacity)
        metas = .allocate(capacity: RecordBlock.fieldCapacity)
        firstFields = .allocate(capacity: RecordBlock.maximumRecords + 1)
        fieldCounts = .allocate(capacity: RecordBlock.maximumRecords)
        recordStarts = .allocate(capacity: RecordBlock.maximumRecords + 1)
        recordEnds = .allocate(capacity: RecordBlock.maximumRecords)
        lines = .allocate(capacity: RecordBlock.maximumRecords)
        starts[0] = 0
        metas[0] = FieldFlag.missing
        text = UnsafePointer(UnsafeMutablePointer<UInt8>(bitPattern: 16).unsafelyUnwrapped)
    }

    deinit {
        starts.deallocate()
        metas.deallocate()
        firstFields.deallocate()
        fieldCounts.deallocate()
        recordStarts.deallocate()
        recordEnds.deallocate()
        lines.deallocate()
    }

    func length(_ field: Int) -> Int { Int(metas[field] >> FieldFlag.bits) }

    /// Fields of a record that have an entry.
    func storedFieldCount(_ record: Int) -> Int {
        let first = Int(firstFields[record])
        let end = record + 1 < recordCount ? Int(firstFields[record + 1]) : RecordBlock.fieldCapacity
        return min(Int(fieldCounts[record]), end - first)
    }
}
