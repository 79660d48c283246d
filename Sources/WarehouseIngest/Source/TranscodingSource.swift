import WarehouseBasics

/// Turns text of another encoding into UTF-8 while reading. What is not valid in that encoding becomes the byte 0xFF,
/// which is not valid UTF-8 either, so that it is reported or replaced like any invalid character.
final class TranscodingSource: ByteSource {
    private let source: any ByteSource
    private let encoding: TextEncoding
    private let input: UnsafeMutableRawBufferPointer
    private var inputStart = 0
    private var inputEnd = 0
    private var isAtEnd = false
    private var isBigEndian: Bool?
    /// The characters of bytes from 0x80 on.
    private let table: [UInt32]?
    /// Converted bytes that did not fit the caller's buffer.
    private var pending: [UInt8] = []
    private var pendingStart = 0

    init(_ source: any ByteSource, from encoding: TextEncoding) {
        self.source = source
        self.encoding = encoding
        input = .allocate(byteCount: 64 * 1024, alignment: 16)
        switch encoding {
        case .utf16BigEndian, .utf32BigEndian: isBigEndian = true
        case .utf16LittleEndian, .utf32LittleEndian: isBigEndian = false
        default: isBigEndian = nil
        }
        table = SingleByteEncodings.table(encoding)
    }

    deinit { input.deallocate() }

    var bytesConsumed: Int { source.bytesConsumed }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while pendingStart == pending.count {
            pending.removeAll(keepingCapacity: true)
            pendingStart = 0
            try refill()
            if inputStart == inputEnd, isAtEnd { return 0 }
            switch encoding {
            case .utf16, .utf16BigEndian, .utf16LittleEndian: convertUTF16()
            case .utf32, .utf32BigEndian, .utf32LittleEndian: convertUTF32()
            default: convertSingleBytes()
            }
        }
        let count = min(buffer.count, pending.count - pendingStart)
        pending.withUnsafeBytes { bytes in
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[pendingStart..<pendingStart + count]))
        }
        pendingStart += count
        return count
    }

    /// Reads behind the bytes of a unit that was cut.
    private func refill() throws {
        guard !isAtEnd else { return }
        let rest = inputEnd - inputStart
        if rest > 0, let base = input.baseAddress { base.copyMemory(from: base + inputStart, byteCount: rest) }
        inputStart = 0
        inputEnd = rest
        let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: input[rest...]))
        isAtEnd = count == 0
        inputEnd += count
    }

    private func append(_ scalar: UInt32) {
        guard let scalar = Unicode.Scalar(scalar) else { return pending.append(0xFF) }
        pending.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    private func convertSingleBytes() {
        for index in inputStart..<inputEnd {
            let byte = input[index]
            if byte < 0x80 {
                pending.append(byte)
            } else if let table {
                append(table[Int(byte - 0x80)])
            } else {
                append(UInt32(byte))
            }
        }
        inputStart = inputEnd
    }

    private func unit(_ index: Int) -> UInt32 {
        let first = UInt32(input[index]), second = UInt32(input[index + 1])
        return isBigEndian == false ? second << 8 | first : first << 8 | second
    }

    private func convertUTF16() {
        if isBigEndian == nil, inputEnd - inputStart >= 2 {
            // Without a mark UTF-16 is big-endian (RFC 2781). The mark itself becomes that of UTF-8.
            isBigEndian = !(input[inputStart] == 0xFF && input[inputStart + 1] == 0xFE)
        }
        while inputEnd - inputStart >= 2 {
            let first = unit(inputStart)
            if first & 0xFC00 == 0xD800 {
                guard inputEnd - inputStart >= 4 || isAtEnd else { return }
                if inputEnd - inputStart >= 4, unit(inputStart + 2) & 0xFC00 == 0xDC00 {
                    append(0x10000 + (first & 0x3FF) << 10 + unit(inputStart + 2) & 0x3FF)
                    inputStart += 4
                    continue
                }
            }
            append(first)
            inputStart += 2
        }
        if isAtEnd, inputStart < inputEnd {
            pending.append(0xFF)
            inputStart = inputEnd
        }
    }

    private func convertUTF32() {
        if isBigEndian == nil, inputEnd - inputStart >= 4 {
            isBigEndian = !(input[inputStart] == 0xFF && input[inputStart + 1] == 0xFE)
        }
        while inputEnd - inputStart >= 4 {
            let high = unit(inputStart), low = unit(inputStart + 2)
            append(isBigEndian == false ? low << 16 | high : high << 16 | low)
            inputStart += 4
        }
        if isAtEnd, inputStart < inputEnd {
            pending.append(0xFF)
            inputStart = inputEnd
        }
    }
}
