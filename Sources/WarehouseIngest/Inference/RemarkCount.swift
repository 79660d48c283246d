/// Counts the lines of a text that `CommentSource` would take out of it, and finds those that look like records.
struct RemarkCount {
    private let comment: UInt8
    private let delimiter: UInt8?
    private let enclosure: UInt8?
    private let width: Int
    private var filter: CommentFilter
    private(set) var count = 0
    /// The first that has as many fields as a record.
    private(set) var recordLine: Int?

    init(_ comment: UInt8, _ format: CSVFormat, width: Int) {
        self.comment = comment
        self.width = width
        delimiter = format.fieldDelimiter.first
        enclosure = format.enclosure
        filter = CommentFilter(comment, format)
    }

    /// Reads the text to its end, or to such a line.
    mutating func count(_ text: any ByteSource) throws {
        var buffer = [UInt8](repeating: 0, count: 256 * 1024)
        var line = 1, isBehindReturn = false
        // Of the remark at hand: delimiters, also those outside of enclosures alone.
        var isRemark = false, all = 0, bare = 0, isEnclosed = false
        while recordLine == nil {
            let size = try buffer.withUnsafeMutableBytes { try text.read(into: $0) }
            for byte in buffer[..<size] {
                if !filter.takes(byte) {
                    if !isRemark { (isRemark, all, bare, isEnclosed) = (true, 0, 0, false) }
                    if byte == enclosure { isEnclosed.toggle() }
                    if byte == delimiter {
                        all += 1
                        if !isEnclosed { bare += 1 }
                    }
                } else if isRemark {
                    end(line, all, bare)
                    isRemark = false
                }
                if byte == 13 || byte == 10 && !isBehindReturn { line += 1 }
                isBehindReturn = byte == 13
            }
            if size == 0 {
                if isRemark { end(line, all, bare) }
                return
            }
        }
    }

    private mutating func end(_ line: Int, _ all: Int, _ bare: Int) {
        count += 1
        if recordLine == nil, all == width - 1 || bare == width - 1 { recordLine = line }
    }
}
