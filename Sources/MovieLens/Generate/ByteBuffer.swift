/// A growing run of bytes that a chunk of CSV text is formatted into. Used by one thread at a time.
final class ByteBuffer: @unchecked Sendable {
    private(set) var base: UnsafeMutableRawPointer
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int = 1 << 16) {
        self.capacity = capacity
        base = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit { base.deallocate() }

    func removeAll() { count = 0 }

    /// The end of the bytes, with room for `extra` more; `commit(to:)` says how far it was filled.
    func reserve(_ extra: Int) -> UnsafeMutableRawPointer {
        if capacity - count < extra {
            let grown = max(capacity * 2, count + extra)
            let moved = UnsafeMutableRawPointer.allocate(byteCount: grown, alignment: 16)
            moved.copyMemory(from: base, byteCount: count)
            base.deallocate()
            base = moved
            capacity = grown
        }
        return base + count
    }

    /// Takes the bytes before `end`, which `reserve` gave room for, as filled.
    func commit(to end: UnsafeMutableRawPointer) {
        count = end - base
        precondition(count >= 0 && count <= capacity, "a chunk was formatted past its reserve")
    }

    func append(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            guard let start = bytes.baseAddress else { return }
            let end = reserve(bytes.count)
            end.copyMemory(from: start, byteCount: bytes.count)
            commit(to: end + bytes.count)
        }
    }

    func append(_ byte: UInt8) {
        let end = reserve(1)
        end.storeBytes(of: byte, as: UInt8.self)
        commit(to: end + 1)
    }

    func append(_ lineEnd: LineEnd) {
        let word = lineEnd.word
        let end = reserve(2)
        end.storeBytes(of: word.bytes.littleEndian, as: UInt16.self)
        commit(to: end + word.count)
    }

    /// Appends a text field, in quotes with its quotes doubled when CSV asks for it.
    func appendField(_ text: String) {
        append(quotedCSVField(text))
    }
}

/// `text` as a CSV field: in quotes with its quotes doubled if it holds a comma, quote or line break.
func quotedCSVField(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { $0 != 0x2C && $0 != 0x22 && $0 != 0x0D && $0 != 0x0A }
    if isPlain { return text }
    var quoted: [UInt8] = [0x22]
    for byte in text.utf8 {
        if byte == 0x22 { quoted.append(byte) }
        quoted.append(byte)
    }
    quoted.append(0x22)
    return String(decoding: quoted, as: UTF8.self)
}
