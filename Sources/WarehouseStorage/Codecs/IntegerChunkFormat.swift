/// Integers of one chunk, up to 128 bits each. All numbers little-endian; the chunk begins at a multiple of 8.
///
///   offset size
///        0    1  kind: 0 constant, 1 plain, 2 packed, 3 runs, 4 split
///        1    1  word: bytes of a plain value (1, 2, 4, 8, 16), or of a packed word (4, 8); else 0
///        2    1  mode of packed blocks: 0 frame of reference, 1 delta, 2 zigzag delta, 3 clusters; else 0
///        3    1  0
///        4    4  count
///        8   16  base
///       24    8  factor, ≥ 1
///       32       what the kind says; value = base + factor × u, u ≥ 0
///
///   constant  nothing: every u is 0
///   plain     count × u
///   packed    a table of an entry per 1024 values, then the blocks, each at a multiple of 8
///             entry: 4 offset of the block behind the table | 1 width | 1 bytes of a patch value, 0 without patches |
///                    2 patch count | word: base | word: step
///             block: packed values p (`BitPacking32`, `BitPacking64`; the last block is filled up), then the patches:
///                    4 × 2 patches in each 256 rows | count × 1 row in its 256 | count × bytes: the bits of p above
///                    the width
///             u[i] = base + p[i]                                  frame of reference, step 0
///             u[0] = base, u[i] = u[i-1] + step + p[i]            delta
///             u[0] = base, u[i] = u[i-1] + unzigzag(p[i])         zigzag delta, step 0
///             all modulo the word; a block decodes alone
///             u[i] = high[code[i]] + p[i]                         clusters: few high parts, many low ones
///             clusters: in the entry the bytes of a patch value are the code's width (0…8) and the patches the
///             number of high parts (1…256); base and step are 0; behind the packed values stand the packed codes
///             (`BitPacking32`), then the high parts, a word each
///   runs      4 bytes of the values | 4 bytes of the ends | values: chunk | ends: chunk (rows before the run's end)
///   split     4 bytes of the low | 4 bytes of the high | low 64 bits: chunk | high 64 bits: chunk (signed both)
enum IntegerChunkFormat {
    enum Kind: UInt8 { case constant = 0, plain, packed, runs, split }
    enum Mode: UInt8 { case frameOfReference = 0, delta, zigzagDelta, clusters }

    static let headerBytes = 32
    static let blockRows = 1024
    /// Rows of a chunk at most: what a decoder is willing to make room for.
    static let maximumCount = 1 << 26

    static func entryBytes(word: Int) -> Int { 8 + 2 * word }
}
