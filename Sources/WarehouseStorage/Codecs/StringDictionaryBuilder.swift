import WarehouseBasics
import WarehouseColumns

/// Collects the distinct strings of a segment's column in order of appearance. Gives up (`isOpen` false) when too
/// many rows are distinct; what was collected before stays.
final class StringDictionaryBuilder {
    static let maximumEntries = 1 << 17
    static let maximumBytes = 16 << 20

    private(set) var isOpen = true
    private(set) var entries: [StringView] = []
    private let arena = ByteArena(blockSize: 1 << 16)
    private var byteCount = 0
    private var hashes: [UInt64] = []
    /// Entry + 1, or 0.
    private var slots = [Int32](repeating: 0, count: 1024)
    /// Where views of this chunk were found last: views of repeated values often share their bytes.
    private var recent = [(bytes: UnsafePointer<UInt8>?, length: UInt32, code: Int32)](
        repeating: (nil, 0, 0), count: 1024)

    /// Codes of a chunk's rows; a null row repeats the code before it. False when the dictionary gave up.
    func encode(_ strings: UnsafePointer<StringView>, count: Int, validity: UnsafePointer<UInt64>?,
                into codes: UnsafeMutablePointer<Int64>, sketch: inout DistinctSketch) -> Bool {
        guard isOpen else { return false }
        for index in 0..<recent.count { recent[index].bytes = nil }
        let before = entries.count
        var previous: Int32 = 0
        // A chunk in which more than half of the rows bring something new does not gain by codes.
        let limit = min(Self.maximumEntries, before + max(16, count / 2))
        for row in 0..<count {
            if let validity, !ValidityWords.isValid(validity, row) {
                codes[row] = Int64(previous)
                continue
            }
            previous = code(of: strings[row], &sketch)
            codes[row] = Int64(previous)
            if entries.count > limit || byteCount > Self.maximumBytes {
                entries.removeSubrange(before...)
                isOpen = false
                slots = []
                hashes = []
                return false
            }
        }
        // All rows were null before any entry: code 0 must exist for readers that look it up.
        if entries.isEmpty { _ = code(of: .empty, &sketch) }
        return true
    }

    private func code(of view: StringView, _ sketch: inout DistinctSketch) -> Int32 {
        let near = Int(bitPattern: UInt(bitPattern: view.bytes) ^ UInt(bitPattern: view.bytes) >> 10) & 1023
        if recent[near].bytes == view.bytes, recent[near].length == view.length { return recent[near].code }
        let hash = StringHash.hash(view)
        let code = find(view, hash, &sketch)
        recent[near] = (view.bytes, view.length, code)
        return code
    }

    private func find(_ view: StringView, _ hash: UInt64, _ sketch: inout DistinctSketch) -> Int32 {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            let entry = Int(slots[slot] - 1)
            if hashes[entry] == hash, entries[entry] == view { return Int32(entry) }
            slot = (slot + 1) & mask
        }
        sketch.insert(hash: hash)
        entries.append(arena.copy(view))
        hashes.append(hash)
        byteCount += view.count
        slots[slot] = Int32(entries.count)
        if entries.count * 2 > slots.count { grow() }
        return Int32(entries.count - 1)
    }

    private func grow() {
        var grown = [Int32](repeating: 0, count: slots.count * 4)
        let mask = grown.count - 1
        for (entry, hash) in hashes.enumerated() {
            var slot = Int(truncatingIfNeeded: hash) & mask
            while grown[slot] != 0 { slot = (slot + 1) & mask }
            grown[slot] = Int32(entry + 1)
        }
        slots = grown
    }
}

/// A hash of bytes, eight at a time. Only within one run of the program, except that sketches keep it.
enum StringHash {
    @inline(__always)
    private static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return product.high ^ product.low
    }

    static func hash(_ view: StringView) -> UInt64 {
        let bytes = UnsafeRawPointer(view.bytes), count = view.count
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(count)
        var offset = 0
        while offset &+ 8 <= count {
            let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            state = mix(state ^ word, 0xD6E8_FEB8_6659_FD93)
            offset &+= 8
        }
        var rest: UInt64 = 0
        var shift: UInt64 = 0
        while offset < count {
            rest |= UInt64(bytes.load(fromByteOffset: offset, as: UInt8.self)) &<< shift
            shift &+= 8
            offset &+= 1
        }
        return Hash64.mix(mix(state ^ rest, 0xA076_1D64_78BD_642F))
    }
}
