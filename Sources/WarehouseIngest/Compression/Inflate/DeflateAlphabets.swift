/// What the symbols of deflate stand for (RFC 1951, 3.2.5), as the payloads of decoding tables. Made once.
struct DeflateAlphabets: @unchecked Sendable {
    // Never written after `init`: hence unchecked.
    let literalsAndLengths: UnsafePointer<UInt32>
    let distances: UnsafePointer<UInt32>
    let codeLengths: UnsafePointer<UInt32>

    static let shared = DeflateAlphabets()
    static let literalCount = 288
    static let distanceCount = 32
    static let codeLengthCount = 19
    /// The order in which the lengths of the code length code come (3.2.7).
    static let codeLengthOrder: [UInt8] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

    private init() {
        let lengths = UnsafeMutablePointer<UInt32>.allocate(capacity: DeflateAlphabets.literalCount)
        for symbol in 0..<256 { lengths[symbol] = HuffmanTable.literal | UInt32(symbol) << 16 }
        lengths[256] = HuffmanTable.exceptional | HuffmanTable.endOfBlock
        var base: UInt32 = 3
        for symbol in 257..<285 {
            let extra = symbol < 265 ? 0 : UInt32(symbol - 261) / 4
            lengths[symbol] = base << 16 | extra
            base += 1 << extra
        }
        lengths[285] = 258 << 16
        lengths[286] = HuffmanTable.invalid
        lengths[287] = HuffmanTable.invalid
        let offsets = UnsafeMutablePointer<UInt32>.allocate(capacity: DeflateAlphabets.distanceCount)
        base = 1
        for symbol in 0..<30 {
            let extra = symbol < 4 ? 0 : UInt32(symbol - 2) / 2
            offsets[symbol] = base << 16 | extra
            base += 1 << extra
        }
        offsets[30] = HuffmanTable.invalid
        offsets[31] = HuffmanTable.invalid
        let codes = UnsafeMutablePointer<UInt32>.allocate(capacity: DeflateAlphabets.codeLengthCount)
        for symbol in 0..<DeflateAlphabets.codeLengthCount { codes[symbol] = UInt32(symbol) << 16 }
        literalsAndLengths = UnsafePointer(lengths)
        distances = UnsafePointer(offsets)
        codeLengths = UnsafePointer(codes)
    }
}
