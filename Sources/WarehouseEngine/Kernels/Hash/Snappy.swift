import WarehouseBasics
import WarehouseColumns

/// The raw Snappy format: the length as a varint, then literals and copies of what came before.
enum Snappy {
    private static let blockBytes = 65_536

    static func compressed(_ text: StringView) -> [UInt8] {
        var output: [UInt8] = []
        var length = text.count
        while length >= 0x80 {
            output.append(UInt8(truncatingIfNeeded: length) | 0x80)
            length >>= 7
        }
        output.append(UInt8(truncatingIfNeeded: length))
        var start = 0
        while start < text.count {
            let end = min(text.count, start + blockBytes)
            compressBlock(text.bytes, start, end, &output)
            start = end
        }
        return output
    }

    private static func compressBlock(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int,
                                      _ output: inout [UInt8]) {
        var table = [Int](repeating: -1, count: 4096)
        func word(_ place: Int) -> UInt32 {
            UnsafeRawPointer(bytes + place).loadUnaligned(as: UInt32.self).littleEndian
        }
        var place = start, literal = start
        while place + 4 <= end {
            let slot = Int((word(place) &* 0x1E35_A7BD) >> 20)
            let candidate = table[slot]
            table[slot] = place
            guard candidate >= 0, word(candidate) == word(place) else {
                place += 1
                continue
            }
            var length = 4
            while place + length < end, bytes[candidate + length] == bytes[place + length] { length += 1 }
            putLiteral(bytes, literal, place, &output)
            putCopy(offset: place - candidate, length: length, &output)
            place += length
            literal = place
        }
        putLiteral(bytes, literal, end, &output)
    }

    private static func putLiteral(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ output: inout [UInt8]) {
        guard end > start else { return }
        let size = end - start - 1
        if size < 60 {
            output.append(UInt8(size << 2))
        } else if size < 256 {
            output += [60 << 2, UInt8(size)]
        } else {
            output += [61 << 2, UInt8(truncatingIfNeeded: size), UInt8(truncatingIfNeeded: size >> 8)]
        }
        output += UnsafeBufferPointer(start: bytes + start, count: end - start)
    }

    private static func putCopy(offset: Int, length: Int, _ output: inout [UInt8]) {
        var left = length
        while left > 0 {
            // Copies of 64 bytes at most; the last keeps at least four.
            let part = left > 64 ? min(64, left - 4) : left
            output += [UInt8((part - 1) << 2 | 2), UInt8(truncatingIfNeeded: offset),
                       UInt8(truncatingIfNeeded: offset >> 8)]
            left -= part
        }
    }

    static func invalid() -> WarehouseError {
        WarehouseError(.invalidValue, "The value is not compressed with SNAPPY.")
    }

    static func decompressed(_ text: StringView) throws -> [UInt8] {
        var place = 0
        func byte() throws -> Int {
            guard place < text.count else { throw invalid() }
            place += 1
            return Int(text.bytes[place - 1])
        }
        func number(_ count: Int) throws -> Int {
            var value = 0
            for index in 0..<count { value |= try byte() << (8 * index) }
            return value
        }
        var length = 0, shift = 0
        while true {
            let next = try byte()
            length |= (next & 0x7F) << shift
            if next < 0x80 { break }
            shift += 7
            guard shift <= 28 else { throw invalid() }
        }
        try TextLimits.check(length)
        var output: [UInt8] = []
        output.reserveCapacity(length)
        while place < text.count {
            let tag = try byte()
            if tag & 3 == 0 {
                let size = (tag >> 2 < 60 ? tag >> 2 : try number((tag >> 2) - 59)) + 1
                guard size <= text.count - place, size <= length - output.count else { throw invalid() }
                output += UnsafeBufferPointer(start: text.bytes + place, count: size)
                place += size
                continue
            }
            let (size, offset) = switch tag & 3 {
            case 1: ((tag >> 2 & 7) + 4, (tag >> 5) << 8 | (try byte()))
            case 2: ((tag >> 2) + 1, try number(2))
            default: ((tag >> 2) + 1, try number(4))
            }
            guard offset > 0, offset <= output.count, size <= length - output.count else { throw invalid() }
            for _ in 0..<size { output.append(output[output.count - offset]) }
        }
        guard output.count == length else { throw invalid() }
        return output
    }
}
