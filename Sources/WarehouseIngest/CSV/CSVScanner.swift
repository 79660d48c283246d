import WarehouseBasics

/// Finds records and fields in the text of a CSV file, a block at a time, with memory bounded by the longest record.
/// It holds one buffer: whole records are handed out of it, the rest moves to its front before more is read.
final class CSVScanner {
    let block = RecordBlock()
    let format: CSVFormat
    let fileName: String
    let mask: ByteMask
    /// Present when one byte ends a field and a line feed a record.
    let plain: PlainMasks?
    private let source: any ByteSource
    /// The source, when it gives pieces.
    private let pieces: TextPieces?
    private let limits: LoadLimits

    private(set) var buffer: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    /// Bytes of the buffer that hold text.
    private(set) var filled = 0
    /// Where the next record begins.
    var position = 0
    /// Physical line of `position`, from 1.
    var line = 1
    private(set) var isSourceAtEnd = false
    /// Offset of the buffer's first byte in the file.
    private(set) var fileOffset = 0
    /// The record before ended in CR: a LF at `position` belongs to it.
    var skipsLineFeed = false
    private var hasStarted = false
    /// The last record ended with the text, without a delimiter.
    var endedWithText = false

    private var characters = LineCharacters(endsAtCarriageReturn: true)

    /// Room before and behind the text, so that wide loads at its ends stay inside the buffer.
    static let lead = 32, padding = 64

    init(_ source: any ByteSource, format: CSVFormat, fileName: String, limits: LoadLimits) throws(WarehouseError) {
        try format.validate()
        self.source = source
        pieces = source as? TextPieces
        self.format = format
        self.fileName = fileName
        self.limits = limits
        capacity = max(64, limits.bufferBytes)
        buffer = CSVScanner.allocate(capacity)
        buffer.initialize(repeating: 0, count: capacity + CSVScanner.padding)
        var needles: [UInt8] = format.fieldDelimiter.first.map { [$0] } ?? []
        if let record = format.recordDelimiter { needles.append(record[0]) } else { needles += [10, 13] }
        if let enclosure = format.enclosure { needles.append(enclosure) }
        if let escape = format.effectiveUnenclosedEscape { needles.append(escape) }
        mask = ByteMask(needles)
        plain = format.fieldDelimiter.count == 1 && format.recordDelimiter == nil && !format.trimSpace
            ? PlainMasks(delimiter: format.fieldDelimiter[0], enclosure: format.enclosure,
                         escape: format.effectiveUnenclosedEscape)
            : nil
    }

    deinit { CSVScanner.deallocate(buffer) }

    private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<UInt8> {
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: lead + capacity + padding)
        memory.initialize(repeating: 0, count: lead)
        return memory + lead
    }

    private static func deallocate(_ buffer: UnsafeMutablePointer<UInt8>) { (buffer - lead).deallocate() }

    /// Offset in the file of the next record.
    var fileOffsetOfNext: Int { fileOffset + position }

    /// Finds up to `maximumRecords` records (at most `RecordBlock.maximumRecords`): their count, 0 at the end of the
    /// file. Throws what the source throws, and `limitExceeded` for a record that is too long.
    func next(maximumRecords: Int = RecordBlock.maximumRecords) throws -> Int {
        if !hasStarted { try start() }
        while true {
            if skipsLineFeed, position < filled {
                if buffer[position] == 10 { position += 1 }
                skipsLineFeed = false
            }
            if position < filled {
                scan(min(maximumRecords, RecordBlock.maximumRecords))
                if block.recordCount > 0 { return block.recordCount }
            }
            if isSourceAtEnd {
                block.recordCount = 0
                return 0
            }
            try refill()
        }
    }

    /// Moves what is not yet handed out to the front and reads more behind it; grows when the buffer is full of one
    /// record.
    private func refill() throws {
        let rest = filled - position
        if position > 0 {
            characters.drop(position, of: buffer)
            if rest > 0 { buffer.update(from: buffer + position, count: rest) }
            fileOffset += position
            position = 0
            filled = rest
        }
        if filled == capacity {
            guard capacity < limits.recordBytes else {
                throw WarehouseError(
                    .limitExceeded,
                    "A record of '\(fileName)' that begins on line \(line) is longer than \(limits.recordBytes) bytes.",
                    hint: "An enclosure that is not closed makes the rest of a file one record.")
            }
            grow(to: min(capacity * 2, limits.recordBytes))
        }
        let room = UnsafeMutableRawBufferPointer(start: buffer + filled, count: capacity - filled)
        let count: Int
        if let pieces {
            count = try pieces.read(into: room)
            isSourceAtEnd = count == 0
        } else {
            count = try source.readFully(into: room)
            isSourceAtEnd = count < room.count
        }
        filled += count
    }

    private func grow(to newCapacity: Int) {
        let memory = CSVScanner.allocate(newCapacity)
        memory.update(from: buffer, count: filled)
        (memory + filled).initialize(repeating: 0, count: newCapacity + CSVScanner.padding - filled)
        CSVScanner.deallocate(buffer)
        buffer = memory
        capacity = newCapacity
    }

    // MARK: Pieces

    /// Whether all text read so far was handed out, up to the end of a record.
    var isDrained: Bool { hasStarted && position == filled && !skipsLineFeed && !isSourceAtEnd }

    /// Whether the text that `load` took ends where a record does.
    var endsWithRecord: Bool { position == filled && !skipsLineFeed && !endedWithText }

    /// Takes one piece as if it were a whole file without header; false when there is none.
    func load(_ pieces: TextPieces) throws -> Bool {
        hasStarted = true
        position = 0
        line = 1
        characters.reset()
        fileOffset = pieces.offset
        skipsLineFeed = false
        endedWithText = false
        isSourceAtEnd = true
        filled = try pieces.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: capacity))
        return filled > 0
    }

    /// Goes on where pieces were read by others: at `line`, and at the source's next piece.
    func resume(line: Int) {
        position = 0
        filled = 0
        characters.reset()
        self.line = line
        fileOffset = pieces?.offset ?? fileOffset
    }

    // MARK: The start of the file

    private func start() throws {
        hasStarted = true
        try refill()
        if format.skipByteOrderMark, filled >= 3, buffer[0] == 0xEF, buffer[1] == 0xBB, buffer[2] == 0xBF {
            position = 3
            characters.begin(at: 3)
        }
        for _ in 0..<format.skipHeader { if try !skipLine() { return } }
    }

    /// Passes over one physical line whatever is in it, holding no more than a buffer; false at the end of the file.
    private func skipLine() throws -> Bool {
        while true {
            if skipsLineFeed, position < filled {
                if buffer[position] == 10 { position += 1 }
                skipsLineFeed = false
            }
            while position < filled {
                let byte = buffer[position]
                position += 1
                guard byte == 10 || byte == 13 else { continue }
                skipsLineFeed = byte == 13
                line += 1
                return true
            }
            if isSourceAtEnd { return false }
            try refill()
        }
    }

    // MARK: Lines

    /// The place in its line of the character at `offset` of the buffer, from 1.
    func character(at offset: Int) -> Int { characters.count(before: offset, in: buffer) + 1 }

    /// Physical lines that end within a range of the buffer: at LF, CR LF or CR.
    func lineEnds(_ start: Int, _ end: Int) -> Int {
        var count = 0
        for index in start..<end {
            let byte = buffer[index]
            if byte == 10 || (byte == 13 && (index + 1 >= filled || buffer[index + 1] != 10)) { count += 1 }
        }
        return count
    }
}
