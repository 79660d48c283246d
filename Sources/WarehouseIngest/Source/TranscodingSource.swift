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
    /// Converted bytes that did not fit the caller's buffer.
    private var pending: [UInt8] = []
    private var pendingStart = 0

    init(_ source: any ByteSource, from encoding: TextEncoding) {
        self.source = source
        self.encoding = encoding
        input = .allocate(byteCount: 64 * 1024, alignment: 16)
        switch encoding {
        case .utf16BigEndian: isBigEndian = true
        case .utf16LittleEndian: isBigEndian = false
        default: isBigEndian = nil
        }
    }

    deinit { input.deallocate() }

    var bytesConsumed: Int { source.bytesConsumed }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while pendingStart == pending.count {
            pending.removeAll(keepingCapacity: true)
            pendingStart = 0
            try refill()
            if inputStart == inputEnd, isAtEnd { return 0 }
            if encoding == .iso8859_1 || encoding == .windows1252 { convertSingleBytes() } else { convertUTF16() }
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
            } else if encoding == .windows1252, byte < 0xA0 {
                append(TranscodingSource.windows1252[Int(byte - 0x80)])
            } else {
                append(UInt32(byte))
            }
        }
        inputStart = inputEnd
    }

    /// 0x80 to 0x9F of Windows-1252; those without a character as a surrogate, which is none.
    private static let windows1252: [UInt32] = [
        0x20AC, 0xD800, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xD800,
        0x017D, 0xD800, 0xD800, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0xD800, 0x017E, 0x0178,
    ]

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
}
