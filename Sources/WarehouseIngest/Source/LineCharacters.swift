import WarehouseBasics

/// Counts the characters of a line before a byte of a buffer that moves along a file, whose lines may be longer than
/// the buffer. Asked in ascending order it looks at each byte once.
struct LineCharacters {
    /// Whether CR ends a line, as LF does.
    private let endsAtCarriageReturn: Bool
    /// A place in the buffer and the characters of its line before it.
    private var known = (offset: 0, characters: 0)
    /// Characters of the line before the buffer's first byte.
    private var outside = 0

    init(endsAtCarriageReturn: Bool) { self.endsAtCarriageReturn = endsAtCarriageReturn }

    /// Characters between the start of the line and `offset`.
    mutating func count(before offset: Int, in text: UnsafePointer<UInt8>) -> Int {
        let floor = known.offset <= offset ? known : (offset: 0, characters: outside)
        var start = offset
        while start > floor.offset, text[start - 1] != 10, text[start - 1] != 13 || !endsAtCarriageReturn { start -= 1 }
        let characters = UTF8Text.scalarCount(text + start, count: offset - start)
            + (start == floor.offset ? floor.characters : 0)
        known = (offset, characters)
        return characters
    }

    /// The buffer drops its first `count` bytes.
    mutating func drop(_ count: Int, of text: UnsafePointer<UInt8>) {
        outside = self.count(before: count, in: text)
        known = (0, outside)
    }

    /// The line begins at `offset`, behind a byte order mark.
    mutating func begin(at offset: Int) { known = (offset, 0) }

    /// The buffer is filled anew, with text that begins a line.
    mutating func reset() {
        outside = 0
        known = (0, 0)
    }
}
