import WarehouseBasics

/// Finds the documents in a stream of JSON: one behind the other, with white space or commas between them.
final class DocumentScanner {
    /// A document's bytes within `buffer`.
    struct Extent {
        var start: Int
        var count: Int
        /// Line of its first byte, from 1.
        var line: Int
        /// False when the text ended first.
        var isComplete: Bool
    }

    private let source: any ByteSource
    private let fileName: String
    private let limits: LoadLimits
    private let stripsOuterArray: Bool
    private let skipsByteOrderMark: Bool
    private(set) var buffer: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private(set) var filled = 0
    private(set) var position = 0
    private(set) var fileOffset = 0
    private var line = 1
    private var isSourceAtEnd = false
    private var hasStarted = false
    private var isInOuterArray = false
    private var characters = LineCharacters(endsAtCarriageReturn: false)

    init(_ source: any ByteSource, format: JSONFormat, fileName: String, limits: LoadLimits) {
        self.source = source
        self.fileName = fileName
        self.limits = limits
        stripsOuterArray = format.stripOuterArray
        skipsByteOrderMark = format.skipByteOrderMark
        capacity = max(64, limits.bufferBytes)
        buffer = .allocate(capacity: capacity)
    }

    deinit { buffer.deallocate() }

    var fileOffsetOfNext: Int { fileOffset + position }

    /// The next document, valid until the next call; nil at the end of the file.
    func next() throws -> Extent? {
        if !hasStarted {
            hasStarted = true
            try refill()
            if skipsByteOrderMark, filled >= 3, buffer[0] == 0xEF, buffer[1] == 0xBB, buffer[2] == 0xBF {
                position = 3
                characters.begin(at: 3)
            }
        }
        while true {
            skipBetween()
            if position < filled {
                if let end = documentEnd(position) { return extent(to: end, isComplete: true) }
                if isSourceAtEnd { return extent(to: filled, isComplete: false) }
            } else if isSourceAtEnd {
                return nil
            }
            try refill()
        }
    }

    /// Goes back to the line behind the first one of a document that has no end, if a document may begin there.
    func resume(behindFirstLineOf extent: Extent) {
        var index = extent.start
        while index < filled, buffer[index] != 10 { index += 1 }
        guard index + 1 < filled, buffer[index + 1] == UInt8(ascii: "{") else { return }
        position = index + 1
        line = extent.line + 1
    }

    private func extent(to end: Int, isComplete: Bool) -> Extent {
        let result = Extent(start: position, count: end - position, line: line, isComplete: isComplete)
        for index in position..<end where buffer[index] == 10 { line += 1 }
        position = end
        return result
    }

    /// White space, commas, and the brackets of an outer array that is stripped.
    private func skipBetween() {
        while position < filled {
            let byte = buffer[position]
            switch byte {
            case 10: line += 1
            case 9, 11, 12, 13, 32, UInt8(ascii: ","): break
            case UInt8(ascii: "[") where stripsOuterArray && !isInOuterArray: isInOuterArray = true
            case UInt8(ascii: "]") where isInOuterArray: isInOuterArray = false
            default: return
            }
            position += 1
        }
    }

    /// Offset behind the document that begins at `start`; nil when the text ends first.
    private func documentEnd(_ start: Int) -> Int? {
        var index = start, depth = 0
        while index < filled {
            switch buffer[index] {
            case UInt8(ascii: "\""):
                guard let end = stringEnd(index + 1, quote: UInt8(ascii: "\"")) else { return nil }
                index = end
                if depth == 0 { return index }
                continue
            case UInt8(ascii: "'") where opensString(index, from: start):
                guard let end = stringEnd(index + 1, quote: UInt8(ascii: "'")) else { return nil }
                index = end
                if depth == 0 { return index }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                // A bracket that closes nothing is a document of its own, an erroneous one.
                if depth <= 0 { return depth < 0 && index > start ? index : index + 1 }
            case 9, 10, 11, 12, 13, 32, UInt8(ascii: ","):
                if depth == 0 { return index }
            default: break
            }
            index += 1
        }
        return isSourceAtEnd && depth == 0 ? filled : nil
    }

    /// Whether an apostrophe stands where a key or a value may begin; one within a word is an error of that document.
    private func opensString(_ place: Int, from start: Int) -> Bool {
        var index = place - 1
        while index >= start, buffer[index] <= 32 { index -= 1 }
        return index < start || "{[,:".utf8.contains(buffer[index])
    }

    private func stringEnd(_ start: Int, quote: UInt8) -> Int? {
        var index = start
        while index < filled {
            if buffer[index] == quote { return index + 1 }
            index += buffer[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return nil
    }

    /// The place in its line of the character at `offset` of the buffer, from 1.
    func character(at offset: Int) -> Int { characters.count(before: offset, in: buffer) + 1 }

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
                    "A JSON document of '\(fileName)' that begins on line \(line) is longer than "
                        + "\(limits.recordBytes) bytes.",
                    hint: "STRIP_OUTER_ARRAY = TRUE loads the elements of one large array as rows.")
            }
            let newCapacity = min(capacity * 2, limits.recordBytes)
            let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: newCapacity)
            memory.update(from: buffer, count: filled)
            buffer.deallocate()
            buffer = memory
            capacity = newCapacity
        }
        let room = UnsafeMutableRawBufferPointer(start: buffer + filled, count: capacity - filled)
        let count = try source.readFully(into: room)
        filled += count
        if count < room.count { isSourceAtEnd = true }
    }
}
