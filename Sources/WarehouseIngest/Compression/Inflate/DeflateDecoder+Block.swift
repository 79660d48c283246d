/// The loop over the symbols of a compressed block. A refill takes eight bytes at once and leaves at least 56 bits:
/// enough for three literals of the main table, or for a length and a distance with their extra bits (48). Literals
/// that need the second table are rare and end the turn.
extension DeflateDecoder {
    /// Bytes that must wait in the buffer before a turn of the fast loop: two refills.
    private static let inputMargin = 32

    /// Decodes until the block ends (true) or the window is full (false).
    func decodeBlock() throws -> Bool {
        while window.position < window.limit {
            if input.end - input.next < DeflateDecoder.inputMargin {
                try input.refillBuffer(wanted: 64)
            }
            if input.end - input.next >= DeflateDecoder.inputMargin {
                if try decodeFast() { return true }
            } else if try decodeSymbol() {
                return true
            }
        }
        return false
    }

    /// One symbol near the end of the input: true for the end of the block.
    private func decodeSymbol() throws -> Bool {
        try input.fillBits()
        var entry = literals.entries[Int(input.bits & (1 << UInt64(literals.indexBits) - 1))]
        entry = try resolve(entry, literals)
        if entry & HuffmanTable.literal != 0 {
            _ = try input.take(Int(entry & 0xFF))
            if input.isOverrun { throw DeflateError.truncated }
            window.position.pointee = UInt8(truncatingIfNeeded: entry >> 16)
            window.position += 1
            return false
        }
        if entry & HuffmanTable.exceptional != 0 {
            guard entry & HuffmanTable.endOfBlock != 0 else { throw overrunOr("invalid literal/length code") }
            _ = try input.take(Int(entry & 0xFF))
            if input.isOverrun { throw DeflateError.truncated }
            return true
        }
        let length = try takeValue(entry)
        try input.fillBits()
        entry = distances.entries[Int(input.bits & (1 << UInt64(distances.indexBits) - 1))]
        entry = try resolve(entry, distances)
        guard entry & HuffmanTable.exceptional == 0 else { throw overrunOr("invalid distance code") }
        let distance = try takeValue(entry)
        if input.isOverrun { throw DeflateError.truncated }
        guard distance <= window.position - window.historyStart else {
            throw DeflateError("invalid distance too far back")
        }
        DeflateDecoder.copyMatch(window.position, distance, length)
        window.position += length
        return false
    }

    /// The entry of the second table, when `entry` leads there; the bits of the main table are taken then.
    private func resolve(_ entry: UInt32, _ table: HuffmanTable) throws -> UInt32 {
        guard entry & HuffmanTable.exceptional != 0, entry & HuffmanTable.subtable != 0 else { return entry }
        _ = try input.take(Int(entry & 0xFF))
        let index = Int(input.bits & (1 << UInt64(entry >> 8 & 15) - 1))
        return table.entries[Int(entry >> 16 & 0x7FFF) + index]
    }

    private func takeValue(_ entry: UInt32) throws -> Int {
        let bits = input.bits & (1 << UInt64(entry & 0xFF) - 1)
        _ = try input.take(Int(entry & 0xFF))
        return Int(entry >> 16 & 0x7FFF) + Int(bits >> UInt64(entry >> 8 & 15))
    }

    /// Copies bytes made before, from `distance` back, which may overlap. Writes whole words: up to 39 bytes more.
    @inline(__always)
    static func copyMatch(_ target: UnsafeMutablePointer<UInt8>, _ distance: Int, _ length: Int) {
        var to = UnsafeMutableRawPointer(target)
        let end = to + length
        if distance >= 8 {
            var from = UnsafeRawPointer(to - distance)
            repeat {
                to.storeBytes(of: from.loadUnaligned(as: UInt64.self), as: UInt64.self)
                from += 8
                to += 8
                to.storeBytes(of: from.loadUnaligned(as: UInt64.self), as: UInt64.self)
                from += 8
                to += 8
            } while to < end
        } else if distance == 1 {
            let word = UInt64(target[-1]) &* 0x0101_0101_0101_0101
            repeat {
                to.storeBytes(of: word, as: UInt64.self)
                to += 8
            } while to < end
        } else {
            // Each word brings `distance` right bytes; the next one corrects those behind.
            var from = UnsafeRawPointer(to - distance)
            repeat {
                to.storeBytes(of: from.loadUnaligned(as: UInt64.self), as: UInt64.self)
                from += distance
                to += distance
            } while to < end
        }
    }

    /// Many symbols, while input and window suffice: true for the end of the block.
    private func decodeFast() throws -> Bool {
        var bits = input.bits, count = UInt64(truncatingIfNeeded: input.bitCount)
        var next = input.next, position = window.position
        let inputLimit = input.end - DeflateDecoder.inputMargin, outputLimit = window.limit
        let start = window.historyStart
        let literals = UnsafePointer(self.literals.entries), distances = UnsafePointer(self.distances.entries)
        var ended = false
        var failure: String?
        while position < outputLimit, next <= inputLimit {
            bits |= UnsafeRawPointer(next).loadUnaligned(as: UInt64.self) &<< count
            next += Int((63 &- count) &>> 3)
            count |= 56
            var entry = literals[Int(truncatingIfNeeded: bits & 2047)]
            if entry & HuffmanTable.literal != 0 {
                bits &>>= UInt64(entry & 0xFF)
                count &-= UInt64(entry & 0xFF)
                position.pointee = UInt8(truncatingIfNeeded: entry &>> 16)
                position += 1
                entry = literals[Int(truncatingIfNeeded: bits & 2047)]
                if entry & HuffmanTable.literal != 0 {
                    bits &>>= UInt64(entry & 0xFF)
                    count &-= UInt64(entry & 0xFF)
                    position.pointee = UInt8(truncatingIfNeeded: entry &>> 16)
                    position += 1
                    entry = literals[Int(truncatingIfNeeded: bits & 2047)]
                    if entry & HuffmanTable.literal != 0 {
                        bits &>>= UInt64(entry & 0xFF)
                        count &-= UInt64(entry & 0xFF)
                        position.pointee = UInt8(truncatingIfNeeded: entry &>> 16)
                        position += 1
                        continue
                    }
                }
                bits |= UnsafeRawPointer(next).loadUnaligned(as: UInt64.self) &<< count
                next += Int((63 &- count) &>> 3)
                count |= 56
            }
            if entry & HuffmanTable.exceptional != 0 {
                if entry & HuffmanTable.subtable != 0 {
                    bits &>>= UInt64(entry & 0xFF)
                    count &-= UInt64(entry & 0xFF)
                    let mask = (1 as UInt64) &<< UInt64(entry &>> 8 & 15) &- 1
                    entry = literals[Int(truncatingIfNeeded: entry &>> 16 & 0x7FFF) + Int(truncatingIfNeeded: bits & mask)]
                    if entry & HuffmanTable.literal != 0 {
                        bits &>>= UInt64(entry & 0xFF)
                        count &-= UInt64(entry & 0xFF)
                        position.pointee = UInt8(truncatingIfNeeded: entry &>> 16)
                        position += 1
                        continue
                    }
                }
                if entry & HuffmanTable.exceptional != 0 {
                    if entry & HuffmanTable.endOfBlock != 0 {
                        bits &>>= UInt64(entry & 0xFF)
                        count &-= UInt64(entry & 0xFF)
                        ended = true
                    } else {
                        failure = "invalid literal/length code"
                    }
                    break
                }
            }
            let lengthExtra = bits & ((1 as UInt64) &<< UInt64(entry & 0xFF) &- 1)
            let length = Int(truncatingIfNeeded: entry &>> 16)
                &+ Int(truncatingIfNeeded: lengthExtra &>> UInt64(entry &>> 8 & 15))
            bits &>>= UInt64(entry & 0xFF)
            count &-= UInt64(entry & 0xFF)
            entry = distances[Int(truncatingIfNeeded: bits & 255)]
            if entry & HuffmanTable.exceptional != 0 {
                if entry & HuffmanTable.subtable != 0 {
                    bits &>>= UInt64(entry & 0xFF)
                    count &-= UInt64(entry & 0xFF)
                    let mask = (1 as UInt64) &<< UInt64(entry &>> 8 & 15) &- 1
                    entry = distances[
                        Int(truncatingIfNeeded: entry &>> 16 & 0x7FFF) + Int(truncatingIfNeeded: bits & mask)]
                }
                if entry & HuffmanTable.exceptional != 0 {
                    failure = "invalid distance code"
                    break
                }
            }
            let distanceExtra = bits & ((1 as UInt64) &<< UInt64(entry & 0xFF) &- 1)
            let distance = Int(truncatingIfNeeded: entry &>> 16)
                &+ Int(truncatingIfNeeded: distanceExtra &>> UInt64(entry &>> 8 & 15))
            bits &>>= UInt64(entry & 0xFF)
            count &-= UInt64(entry & 0xFF)
            guard distance <= position - start else {
                failure = "invalid distance too far back"
                break
            }
            DeflateDecoder.copyMatch(position, distance, length)
            position += length
        }
        input.bits = bits
        input.bitCount = Int(truncatingIfNeeded: count)
        input.next = next
        window.position = position
        if let failure { throw DeflateError(failure) }
        return ended
    }
}
