/// Reads forward through bytes; no read passes the end.
struct ByteScanner {
    var position: UnsafePointer<UInt8>
    let end: UnsafePointer<UInt8>

    init(_ start: UnsafePointer<UInt8>, count: Int) {
        position = start
        end = start + count
    }

    @inline(__always) var remaining: Int { end - position }
    @inline(__always) var isAtEnd: Bool { position == end }
    /// The next byte, 0 at the end.
    @inline(__always) var peek: UInt8 { position < end ? position.pointee : 0 }

    @inline(__always) func peek(at offset: Int) -> UInt8 { offset < remaining ? position[offset] : 0 }

    @inline(__always) mutating func take(_ byte: UInt8) -> Bool {
        guard position < end, position.pointee == byte else { return false }
        position += 1
        return true
    }

    /// Drops ASCII white space at both ends.
    static func trimmed(_ start: UnsafePointer<UInt8>, count: Int) -> ByteScanner {
        var first = start
        var last = start + count
        while first < last, isSpace(first.pointee) { first += 1 }
        while last > first, isSpace((last - 1).pointee) { last -= 1 }
        return ByteScanner(first, count: last - first)
    }

    @inline(__always) static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (byte >= 9 && byte <= 13) }
    @inline(__always) static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 <= 9 }
    @inline(__always) static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 97 <= 25 }

    mutating func skipSpaces() {
        while position < end, position.pointee == 32 { position += 1 }
    }

    /// Between `minimum` and `maximum` digits (at most 9); nil, with nothing taken, when there are fewer.
    mutating func number(minimum: Int, maximum: Int) -> Int? {
        var value = 0
        var count = 0
        while count < maximum, position + count < end, ByteScanner.isDigit(position[count]) {
            value = value &* 10 &+ Int(position[count] &- 48)
            count &+= 1
        }
        guard count >= minimum else { return nil }
        position += count
        return value
    }

    /// One or more digits of a fraction of a second as nanoseconds; digits past the ninth are cut.
    mutating func fraction() -> Int32? {
        var value: Int32 = 0
        var count = 0
        while position < end, ByteScanner.isDigit(position.pointee) {
            if count < 9 { value = value &* 10 &+ Int32(position.pointee &- 48) }
            count &+= 1
            position += 1
        }
        guard count > 0 else { return nil }
        while count < 9 {
            value &*= 10
            count &+= 1
        }
        return value
    }

    /// An English month name, whole (`allowFull`) or its first three letters, any case: 1 to 12.
    mutating func month(allowFull: Bool) -> Int? {
        name(CalendarNames.months, allowFull: allowFull)
    }

    /// An English weekday name: 1 Monday to 7 Sunday.
    mutating func weekday() -> Int? { name(CalendarNames.days, allowFull: true) }

    /// Takes a name from a list, preferring the whole name to its first three letters: its number from 1.
    private mutating func name(_ names: [StaticString], allowFull: Bool) -> Int? {
        for index in names.indices {
            let text = names[index].utf8Start
            let full = names[index].utf8CodeUnitCount
            guard matches(text, 3) else { continue }
            position += allowFull && matches(text, full) ? full : 3
            return index + 1
        }
        return nil
    }

    private func matches(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        guard remaining >= count else { return false }
        for index in 0..<count where position[index] | 0x20 != text[index] | 0x20 { return false }
        return true
    }

    /// `AM` or `PM`, any case: whether it is PM.
    mutating func meridiem() -> Bool? {
        guard remaining >= 2, position[1] | 0x20 == UInt8(ascii: "m") else { return nil }
        let letter = position[0] | 0x20
        guard letter == UInt8(ascii: "a") || letter == UInt8(ascii: "p") else { return nil }
        position += 2
        return letter == UInt8(ascii: "p")
    }

    /// `Z`, `+hh`, `+hhmm` or `+hh:mm`: minutes east of UTC, at most 14 hours and 59 minutes either way.
    mutating func offset() -> Int32? {
        if take(UInt8(ascii: "Z")) { return 0 }
        let isWest = peek == UInt8(ascii: "-")
        guard isWest || peek == UInt8(ascii: "+") else { return nil }
        position += 1
        var count = 0
        while count < 5, ByteScanner.isDigit(peek(at: count)) { count += 1 }
        guard count == 4 || count == 2 || count == 1, let hours = number(minimum: 1, maximum: 2) else { return nil }
        var minutes = 0
        if count == 4 || (peek == UInt8(ascii: ":") && take(UInt8(ascii: ":"))) {
            guard let value = number(minimum: 2, maximum: 2) else { return nil }
            minutes = value
        }
        guard hours <= 14, minutes <= 59 else { return nil }
        let total = Int32(hours * 60 + minutes)
        return isWest ? -total : total
    }
}
