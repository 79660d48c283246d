#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Values of texts that were read before. Columns of measured or scored numbers hold few different ones. To find a
/// text again costs half of reading a short one, and a fifth of reading and rounding one of twenty characters.
///
/// Direct-mapped. The key is the text less "0" in every character, right-aligned in three words: texts that differ by
/// leading zeros share a value, and an entry of zero bytes is that of "0".
///
/// Texts must be preceded by 23 readable bytes.
struct FloatMemo: ~Copyable {
    /// Characters of the longest text.
    static let longest = 24

    private static let bits: UInt64 = 13
    /// Blocks that go by before a column whose texts were mostly new is tried again.
    private static let pause = 31

    /// 2^bits entries of key and value; the system gives memory to those that are touched. Nil while it does not pay.
    private var entries: UnsafeMutableRawPointer?
    /// 24 zero bytes, then 24 with all bits set.
    private let masks: UnsafeMutableRawPointer
    private var blocksToPass = 0

    init() {
        masks = .allocate(byteCount: 48, alignment: 8)
        masks.initializeMemory(as: UInt8.self, repeating: 0, count: 24)
        (masks + 24).initializeMemory(as: UInt8.self, repeating: 0xFF, count: 24)
    }

    deinit {
        free(entries)
        masks.deallocate()
    }

    /// Where the next block's texts are looked up, until `end`; nil when that is not worth while.
    mutating func begin() -> Table? {
        if blocksToPass > 0 {
            blocksToPass -= 1
            return nil
        }
        if entries == nil { entries = calloc(1 << Int(FloatMemo.bits), 32) }
        return entries.map { Table(entries: $0, masks: UnsafeRawPointer(masks)) }
    }

    /// Of the block's `count` texts `misses` were not found.
    mutating func end(count: Int, misses: Int) {
        guard misses > count / 2 else { return }
        blocksToPass = FloatMemo.pause
        free(entries)
        entries = nil
    }

    struct Table {
        fileprivate let entries: UnsafeMutableRawPointer
        fileprivate let masks: UnsafeRawPointer

        /// The key of the `length` characters (1 to 24) before `end`.
        @inline(__always) func key(_ end: UnsafeRawPointer, _ length: Int) -> Key {
            let mask = masks + length
            return Key(high: DigitWords.word(end - 24) & mask.loadUnaligned(as: UInt64.self),
                       middle: DigitWords.word(end - 16) & mask.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
                       low: DigitWords.word(end - 8) & mask.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
        }

        /// Puts in the value of a text that is not too long. One that ends with its point is left out: "0." would have
        /// the key of ".", which is no number.
        func remember(_ start: UnsafeRawPointer, _ meta: UInt32, _ value: Double) {
            let length = Int(meta >> RecordBlock.FieldFlag.bits)
            guard length <= FloatMemo.longest,
                  start.load(fromByteOffset: length - 1, as: UInt8.self) != UInt8(ascii: ".") else { return }
            let key = key(start + length, length)
            key.put(value, in: entry(key))
        }

        /// The only entry that a key may have.
        @inline(__always) func entry(_ key: Key) -> UnsafeMutableRawPointer {
            // The uppermost bits of a product depend on all bits of the number.
            let hash = (key.low &* 0x9E37_79B9_7F4A_7C15) ^ ((key.middle ^ key.high) &* 0xC2B2_AE3D_27D4_EB4F)
            return entries + Int(truncatingIfNeeded: hash >> (64 &- FloatMemo.bits)) &* 32
        }
    }

    /// Writes the values of at most `count` fields; gives how many came before the first that is not found.
    ///
    /// A loop of its own, so that nothing else is in the registers' way.
    @inline(never) static func convert(
        _ starts: UnsafePointer<Int32>, _ metas: UnsafePointer<UInt32>, _ step: Int, text: UnsafeRawPointer,
        _ shapes: UnsafePointer<UInt8>, _ table: Table, _ out: UnsafeMutablePointer<Double>, _ count: Int
    ) -> Int {
        var start = starts, meta = metas, row = 0
        while row < count {
            let word = meta.pointee
            let length = Int(word >> RecordBlock.FieldFlag.bits)
            guard length <= longest, FieldShapes.shape(word, shapes) != FieldShapes.Shape.other else { break }
            let key = table.key(text + (Int(start.pointee) &+ length), length)
            guard let value = key.value(in: table.entry(key)) else { break }
            out[row] = value
            row &+= 1
            start += step
            meta += step
        }
        return row
    }

    struct Key {
        fileprivate let high: UInt64
        fileprivate let middle: UInt64
        fileprivate let low: UInt64

        /// The value of the entry when it is this key's.
        @inline(__always) func value(in entry: UnsafeMutableRawPointer) -> Double? {
            let high = entry.load(as: UInt64.self) ^ high, middle = entry.load(fromByteOffset: 8, as: UInt64.self) ^ middle
            let low = entry.load(fromByteOffset: 16, as: UInt64.self) ^ low
            return high | middle | low == 0 ? entry.load(fromByteOffset: 24, as: Double.self) : nil
        }

        @inline(__always) func put(_ value: Double, in entry: UnsafeMutableRawPointer) {
            entry.storeBytes(of: high, as: UInt64.self)
            entry.storeBytes(of: middle, toByteOffset: 8, as: UInt64.self)
            entry.storeBytes(of: low, toByteOffset: 16, as: UInt64.self)
            entry.storeBytes(of: value, toByteOffset: 24, as: Double.self)
        }
    }
}
