#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The text of a file in pieces that end behind a line feed where they can: the next piece then most likely begins a
/// record, so that pieces can be scanned side by side. Whether it does, only the scan of the piece before it knows.
final class TextPieces: ByteSource {
    private let source: any ByteSource
    /// Text read behind the last cut.
    private var carry: [UInt8] = []
    /// Pieces that were handed out and given back, in order.
    private var returned: [[UInt8]] = []
    private var isSourceAtEnd = false
    /// Offset in the text of the next piece.
    private(set) var offset = 0

    init(_ source: any ByteSource) { self.source = source }

    var bytesConsumed: Int { source.bytesConsumed }

    /// Whether no piece follows.
    var isAtEnd: Bool { isSourceAtEnd && carry.isEmpty && returned.isEmpty }

    /// Fills `buffer` up to the last line feed that it has room for, or wholly when there is none; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = returned.isEmpty ? try readPiece(into: buffer) : takeReturned(into: buffer)
        offset += count
        return count
    }

    /// Gives back pieces that follow each other up to where the next one would begin.
    func giveBack(_ pieces: [[UInt8]]) {
        returned.insert(contentsOf: pieces, at: 0)
        offset -= pieces.reduce(0) { $0 + $1.count }
    }

    private func takeReturned(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let piece = returned[0], count = min(piece.count, buffer.count)
        buffer.copyBytes(from: piece[..<count])
        if count < piece.count { returned[0] = Array(piece[count...]) } else { returned.removeFirst() }
        return count
    }

    private func readPiece(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        var filled = min(carry.count, buffer.count)
        buffer.copyBytes(from: carry[..<filled])
        carry.removeFirst(filled)
        if filled < buffer.count, !isSourceAtEnd {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count = try source.readFully(into: rest)
            isSourceAtEnd = count < rest.count
            filled += count
        }
        guard !isSourceAtEnd || !carry.isEmpty, let cut = TextPieces.behindLastLineFeed(buffer, filled) else {
            return filled
        }
        carry.insert(contentsOf: buffer[cut..<filled], at: 0)
        return cut
    }

    private static func behindLastLineFeed(_ buffer: UnsafeMutableRawBufferPointer, _ count: Int) -> Int? {
        var index = count
        while index > 0 {
            if buffer[index - 1] == 10 { return index }
            index -= 1
        }
        return nil
    }
}

extension CSVFormat {
    /// Whether a record can be told to end at a line feed by what stands before it alone.
    var canBeSplit: Bool {
        (recordDelimiter == nil || recordDelimiter == [10]) && !fieldDelimiter.contains(10)
            && !fieldDelimiter.contains(13)
    }
}
