import CLZ4
import WarehouseColumns

/// Strings one behind the other: their lengths as an integer chunk, their bytes through LZ4 where it gains.
enum StringHeapCodec {
    /// Bytes of all strings of a chunk at most.
    static let maximumBytes = 1 << 30

    /// Writes `count` strings; those of null rows as empty ones when `validity` is given.
    static func encode(_ strings: UnsafePointer<StringView>, count: Int, validity: UnsafePointer<UInt64>?,
                       lengths encoder: IntegerEncoder, into sink: ByteSink) {
        let lengths = UnsafeMutablePointer<Int64>.allocate(capacity: max(1, count))
        defer { lengths.deallocate() }
        var total = 0
        for row in 0..<count {
            let isValid = validity.map { ValidityWords.isValid($0, row) } ?? true
            lengths[row] = isValid ? Int64(strings[row].length) : 0
            total += Int(lengths[row])
        }
        let head = sink.count
        sink.put(UInt64(total))
        sink.put(UInt64(0))
        sink.put(UInt64(0))
        encoder.encode(lengths, count: count, into: sink)
        sink.pad(to: 8)
        sink.patch(UInt64(sink.count - head - 24), at: head + 16)
        let heap = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, total))
        defer { heap.deallocate() }
        var at = heap
        for row in 0..<count where lengths[row] > 0 {
            at.update(from: strings[row].bytes, count: Int(lengths[row]))
            at += Int(lengths[row])
        }
        sink.patch(UInt64(putHeap(heap, total, into: sink)), at: head + 8)
        sink.pad(to: 8)
    }

    /// Gives the stored size: less than `count` only when compressed.
    private static func putHeap(_ heap: UnsafePointer<UInt8>, _ count: Int, into sink: ByteSink) -> Int {
        if count >= 64, count <= Int(LZ4_MAX_INPUT_SIZE) {
            let bound = Int(LZ4_compressBound(Int32(count)))
            let target = sink.reserve(bound)
            let size = heap.withMemoryRebound(to: CChar.self, capacity: count) { source in
                LZ4_compress_default(source, target.assumingMemoryBound(to: CChar.self), Int32(count), Int32(bound))
            }
            // Less than a tenth is not worth the time of every reader.
            if size > 0, Int(size) < count - count / 10 {
                sink.commit(Int(size))
                return Int(size)
            }
        }
        sink.put(UnsafeRawBufferPointer(start: heap, count: count))
        return count
    }

    /// Reads `count` strings: offsets of their bytes (`count + 1`), and the bytes.
    static func decode(_ source: inout ByteSource, count: Int, lengths decoder: IntegerDecoder,
                       into heap: StringHeap) throws(CodecFault) {
        let total = Int(truncatingIfNeeded: try source.get(UInt64.self))
        let stored = Int(truncatingIfNeeded: try source.get(UInt64.self))
        let lengthBytes = Int(truncatingIfNeeded: try source.get(UInt64.self))
        guard total >= 0, total <= maximumBytes, stored >= 0, stored <= total else {
            throw CodecFault("the size of strings is impossible")
        }
        // LZ4 expands at most some 255 times.
        guard stored == total || total / 256 <= stored else { throw CodecFault("the size of strings is impossible") }
        try decoder.load(try source.get(lengthBytes), expected: count)
        let bytes = try source.get(stored)
        heap.prepare(count: count, bytes: total)
        try decoder.decode(0, count, into: UnsafeMutableRawPointer(heap.offsets + 1))
        var offset: Int32 = 0
        heap.offsets[0] = 0
        for row in 1..<(count + 1) {
            let length = heap.offsets[row]
            guard length >= 0, Int(length) <= total - Int(offset) else {
                throw CodecFault("the lengths of strings do not add up")
            }
            offset &+= length
            heap.offsets[row] = offset
        }
        guard Int(offset) == total else { throw CodecFault("the lengths of strings do not add up") }
        guard total > 0, let start = bytes.baseAddress else { return }
        if stored == total {
            heap.bytes.update(from: start.assumingMemoryBound(to: UInt8.self), count: total)
        } else {
            let size = heap.bytes.withMemoryRebound(to: CChar.self, capacity: total) { target in
                LZ4_decompress_safe(start.assumingMemoryBound(to: CChar.self), target, Int32(stored), Int32(total))
            }
            guard Int(size) == total else { throw CodecFault("compressed strings do not expand to their size") }
        }
    }
}

/// Strings of one chunk or dictionary: immutable once filled; string views keep it as their owner.
final class StringHeap {
    private(set) var bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
    private(set) var offsets = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
    private(set) var count = 0

    deinit {
        bytes.deallocate()
        offsets.deallocate()
    }

    fileprivate func prepare(count: Int, bytes size: Int) {
        bytes.deallocate()
        offsets.deallocate()
        self.count = count
        bytes = .allocate(capacity: max(1, size))
        offsets = .allocate(capacity: count + 1)
    }

    @inline(__always)
    func view(_ row: Int) -> StringView {
        let start = offsets[row], length = Int(offsets[row &+ 1] &- start)
        return length == 0 ? .empty : StringView(bytes + Int(start), count: length)
    }
}
