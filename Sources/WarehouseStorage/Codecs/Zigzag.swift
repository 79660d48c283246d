/// Signed numbers whose small ones, above and below zero, have no high bits: 0, -1, 1, -2 … are 0, 1, 2, 3 …
enum Zigzag {
    @inline(__always)
    static func encoded<Word: PackedWord>(_ bits: Word) -> Word {
        (bits &<< 1) ^ (0 &- (bits &>> Word(truncatingIfNeeded: Word.bitWidth - 1)))
    }

    @inline(__always)
    static func decoded<Word: PackedWord>(_ code: Word) -> Word { (code &>> 1) ^ (0 &- (code & 1)) }
}
