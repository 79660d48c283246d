/// A word of normalised values: 32 bits where all of a chunk fit, of which twice as many lie in a register.
protocol PackedWord: FixedWidthInteger & UnsignedInteger & BitwiseCopyable {
    associatedtype Difference: FixedWidthInteger & SignedInteger
    /// Packs 1024 words into `width` bits each.
    static func pack(_ words: UnsafePointer<Self>, width: Int, into target: UnsafeMutableRawPointer)
}

extension UInt32: PackedWord {
    typealias Difference = Int32
    static func pack(_ words: UnsafePointer<UInt32>, width: Int, into target: UnsafeMutableRawPointer) {
        BitPacking32.pack(words, width: width, into: target.assumingMemoryBound(to: UInt32.self))
    }
}

extension UInt64: PackedWord {
    typealias Difference = Int64
    static func pack(_ words: UnsafePointer<UInt64>, width: Int, into target: UnsafeMutableRawPointer) {
        BitPacking64.pack(words, width: width, into: target.assumingMemoryBound(to: UInt64.self))
    }
}
