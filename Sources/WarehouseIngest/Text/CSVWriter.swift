import WarehouseBasics
import WarehouseColumns

/// Writes rows as CSV: results of `--format csv`, and files that COPY INTO a location unloads. One a thread.
public final class CSVWriter {
    public struct Options: Sendable {
        public var fieldDelimiter = [UInt8(ascii: ",")]
        public var recordDelimiter: [UInt8] = [10]
        /// Encloses fields; nil escapes what must be escaped instead.
        public var enclosure: UInt8? = UInt8(ascii: "\"")
        /// Escapes the enclosure within fields (nil doubles it), and without an enclosure the delimiters.
        public var escape: UInt8?
        /// Encloses all text, not only fields that need it.
        public var enclosesAllText = false
        /// What NULL is written as.
        public var nullText: [UInt8] = []

        /// As results are written: fields enclosed where needed, NULL empty, the empty string `""`.
        public init() {}

        /// As a file format unloads.
        public init(unloading format: CSVFormat) {
            fieldDelimiter = format.fieldDelimiter
            recordDelimiter = format.recordDelimiter ?? [10]
            enclosure = format.enclosure
            enclosesAllText = format.enclosure != nil
            escape = format.enclosure == nil ? format.effectiveUnenclosedEscape : format.escape
            nullText = format.nullIf.first ?? []
        }
    }

    private let options: Options
    private let formatters: [ValueFormatter]
    private let isText: [Bool]
    private let names: [String]
    /// Texts of the rows being written, a vector a column.
    private let texts: [Vector]
    /// Columns whose texts hold nothing that needs an enclosure or an escape.
    private let isPlain: [Bool]
    /// Where each row of the last `append` ends in its buffer.
    public private(set) var rowEnds: [Int] = []
    /// Whether an empty text was written without an enclosure, where it reads back as NULL.
    public private(set) var hasBareEmptyText = false
    /// One flag a byte that makes a field need its enclosure or an escape.
    private let special: [Bool]

    public init(columns: [(name: String, type: LogicalType)], formats: TextFormats, options: Options = Options()) {
        self.options = options
        names = columns.map(\.name)
        formatters = columns.map { ValueFormatter(type: $0.type, formats: formats) }
        isText = columns.map { column in
            switch column.type {
            case .number, .float, .boolean, .null: false
            default: true
            }
        }
        texts = columns.map { _ in Vector(.string) }
        var special = [Bool](repeating: false, count: 256)
        let marks: [UInt8?] = [
            options.fieldDelimiter.first, options.recordDelimiter.first, options.enclosure, options.escape, 10, 13,
        ]
        for case let byte? in marks { special[Int(byte)] = true }
        self.special = special
        let isSafe = !"0123456789+-.eaNinftrulsy".utf8.contains { special[Int($0)] }
        isPlain = isText.map { !$0 && isSafe }
    }

    /// Appends the column names as a record.
    public func appendHeader(to out: ByteBuffer) {
        for (index, name) in names.enumerated() {
            if index > 0 { out.append(options.fieldDelimiter) }
            let field = ByteBuffer()
            field.append(text: name)
            put(field.view, isText: true, out)
        }
        out.append(options.recordDelimiter)
    }

    /// Appends rows of the vectors, one vector a column.
    public func append(_ vectors: [Vector], rows: Range<Int>, to out: ByteBuffer) {
        rowEnds.removeAll(keepingCapacity: true)
        var first = rows.lowerBound
        while first < rows.upperBound {
            let slice = first..<min(first + Vector.standardCapacity, rows.upperBound)
            for column in formatters.indices {
                formatters[column].format(vectors[column], rows: slice, into: texts[column])
            }
            join(slice.count, out)
            first = slice.upperBound
        }
    }

    /// Writes the fields that stand in `texts`, row by row.
    private func join(_ count: Int, _ out: ByteBuffer) {
        let columns = formatters.count
        withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<StringView>.self, capacity: max(1, columns)) { fields in
            withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<UInt64>?.self, capacity: max(1, columns)) { valid in
                for column in 0..<columns {
                    fields.initializeElement(at: column, to: texts[column].strings)
                    valid.initializeElement(at: column, to: texts[column].validity)
                }
                for row in 0..<count {
                    for column in 0..<columns {
                        if column > 0 { put(delimiter: options.fieldDelimiter, out) }
                        if let words = valid[column], !ValidityWords.isValid(words, row) {
                            out.append(options.nullText)
                        } else if isPlain[column] {
                            out.append(fields[column][row].bytes, count: fields[column][row].count)
                        } else {
                            put(fields[column][row], isText: isText[column], out)
                        }
                    }
                    put(delimiter: options.recordDelimiter, out)
                    rowEnds.append(out.count)
                }
            }
        }
    }

    @inline(__always) private func put(delimiter: [UInt8], _ out: ByteBuffer) {
        if delimiter.count == 1 { out.append(delimiter[0]) } else { out.append(delimiter) }
    }

    private func put(_ view: StringView, isText: Bool, _ out: ByteBuffer) {
        let bytes = view.bytes, count = view.count
        var needs = isText && (options.enclosesAllText || count == 0)
        if isText, !needs { needs = looksLikeNull(bytes, count) }
        special.withUnsafeBufferPointer { special in
            for index in 0..<count where special[Int(bytes[index])] {
                needs = true
                break
            }
        }
        guard needs else { return out.append(bytes, count: count) }
        guard let enclosure = options.enclosure else {
            if count == 0 { hasBareEmptyText = true }
            return putEscaped(bytes, count, out)
        }
        out.append(enclosure)
        for index in 0..<count {
            let byte = bytes[index]
            if byte == options.escape || byte == enclosure { out.append(options.escape ?? enclosure) }
            out.append(byte)
        }
        out.append(enclosure)
    }

    /// Text that would read back as NULL must be enclosed.
    private func looksLikeNull(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        guard count == options.nullText.count else { return false }
        for index in 0..<count where bytes[index] != options.nullText[index] { return false }
        return true
    }

    private func putEscaped(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ out: ByteBuffer) {
        guard let escape = options.escape else { return out.append(bytes, count: count) }
        for index in 0..<count {
            if special[Int(bytes[index])] { out.append(escape) }
            out.append(bytes[index])
        }
    }
}
