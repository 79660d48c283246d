#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseIngest

/// Cuts a source into lines, without reading further than it must: a line is given as soon as it is there.
final class LineReader {
    enum Line {
        /// Its bytes, without the line end.
        case bytes([UInt8])
        /// A line of more than `maximumBytes`, left out.
        case tooLong
    }

    /// What one line may take.
    static let maximumBytes = 1 << 30
    private static let smallestBlock = 1 << 16

    private let source: any ByteSource
    private let limit: Int
    /// Done before more is read, which may have to wait for whoever writes it.
    var beforeReading: () throws -> Void = {}
    private var buffer: UnsafeMutableRawBufferPointer
    /// Bytes of the buffer that hold something: from `start`, up to `end`.
    private var start = 0
    private var end = 0

    init(_ source: any ByteSource, limit: Int = LineReader.maximumBytes) {
        self.source = source
        self.limit = limit
        buffer = .allocate(byteCount: LineReader.smallestBlock, alignment: 16)
    }

    deinit { buffer.deallocate() }

    /// The next line; nil at the end. A last line without a line end counts, an empty one not.
    func next() throws -> Line? {
        var searched = start
        while true {
            if let found = newline(from: searched) {
                defer { start = found + 1 }
                return .bytes(Array(buffer[start..<found]))
            }
            searched = end
            if end - start > limit {
                try skipLine()
                return .tooLong
            }
            let moved = makeRoom()
            searched -= moved
            try beforeReading()
            let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[end...]))
            if count == 0 {
                defer { start = end }
                return start == end ? nil : .bytes(Array(buffer[start..<end]))
            }
            end += count
        }
    }

    private func newline(from offset: Int) -> Int? {
        guard offset < end, let base = buffer.baseAddress,
              let found = memchr(base + offset, 10, end - offset) else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }

    /// Moves what is held to the front, or into a larger buffer; by how much it moved down.
    private func makeRoom() -> Int {
        let held = end - start, moved = start
        if held > buffer.count / 2 {
            let larger = UnsafeMutableRawBufferPointer.allocate(
                byteCount: max(buffer.count * 2, buffer.count + LineReader.smallestBlock), alignment: 16)
            larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
            buffer.deallocate()
            buffer = larger
        } else if start > 0, let base = buffer.baseAddress {
            memmove(base, base + start, held)
            shrink(held)
        }
        start = 0
        end = held
        return moved
    }

    /// Gives the memory of a very long line back once it is done with.
    private func shrink(_ held: Int) {
        guard buffer.count > LineReader.smallestBlock * 64, held <= LineReader.smallestBlock / 2 else { return }
        let smaller = UnsafeMutableRawBufferPointer.allocate(byteCount: LineReader.smallestBlock, alignment: 16)
        smaller.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[..<held]))
        buffer.deallocate()
        buffer = smaller
    }

    private func skipLine() throws {
        while true {
            if let found = newline(from: start) {
                start = found + 1
                return
            }
            start = 0
            end = try source.read(into: buffer)
            if end == 0 { return }
        }
    }
}
