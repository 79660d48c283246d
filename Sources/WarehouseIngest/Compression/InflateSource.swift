import WarehouseBasics

/// Decompresses gzip (of any number of members), zlib or raw deflate while reading. Damage, truncation, a wrong
/// checksum and bytes behind the end are `corruptFile` errors that name the file and the offset in it; zeros behind
/// the last gzip member are padding, as for gzip itself.
public final class InflateSource: ByteSource {
    private let inflater: MemberInflater
    /// Members inflated on other threads.
    private let ahead: MembersAhead?
    /// The piece of such a member that comes next.
    private var taken: (job: MemberJob, index: Int)?
    /// The piece that is being given away, and how far.
    private var piece: [UInt8] = []
    private var pieceOffset = 0
    private let fileName: String
    private let limits: LoadLimits
    private var produced = 0
    private var isFirstMember = true
    private var isAtEnd = false
    private var failure: (any Error)?
    /// Members, or parts of their bytes, that another thread inflated.
    public private(set) var piecesFromAhead = 0

    /// `limits` bounds the decompressed bytes: what lies beyond is a `limitExceeded` error. With `lookahead`, members
    /// of gzip are inflated side by side where there are many; nothing else changes by it.
    public init(
        _ source: any ByteSource, container: DeflateContainer = .gzip, fileName: String,
        limits: LoadLimits = LoadLimits(), lookahead: MemberLookahead? = nil
    ) {
        ahead = container == .gzip ? lookahead.map { MembersAhead(source, $0) } : nil
        inflater = MemberInflater(ahead ?? source, container: container)
        self.fileName = fileName
        self.limits = limits
    }

    public var bytesConsumed: Int {
        guard let taken else { return inflater.input.bytesConsumed }
        return taken.job.pieces[taken.index].memberStart
    }

    public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard buffer.count > 0 else { return 0 }
        while inflater.window.unreadCount == 0 {
            if pieceOffset < piece.count { return readPiece(into: buffer) }
            if let failure { throw failure }
            if isAtEnd { return 0 }
            do {
                try advance()
            } catch let error as DeflateError {
                failure = inflater.container.corrupt(fileName: fileName, offset: bytesConsumed, error.reason)
            } catch {
                failure = error
            }
        }
        return inflater.window.read(into: buffer)
    }

    private func readPiece(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, piece.count - pieceOffset)
        piece.withUnsafeBytes { bytes in
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[pieceOffset..<pieceOffset + count]))
        }
        pieceOffset += count
        return count
    }

    /// Decodes or takes a piece, or passes from one member to the next.
    private func advance() throws {
        if let taken { return try take(taken.job, taken.index) }
        guard inflater.isInMember else { return try beginMember() }
        let bytes = try inflater.decodePiece()
        do {
            try count(bytes.count, consumed: inflater.input.bytesConsumed)
        } catch {
            inflater.window.discardUnread()
            throw error
        }
        try inflater.finishPiece(bytes)
    }

    private func count(_ bytes: Int, consumed: Int) throws {
        produced += bytes
        try inflater.container.check(produced: produced, consumed: consumed, limits: limits, fileName: fileName)
    }

    /// A piece that another thread made; behind the last one that follows, reading goes on in order.
    private func take(_ job: MemberJob, _ index: Int) throws {
        let next = job.pieces[index]
        try count(next.bytes.count, consumed: next.consumed)
        piece = next.bytes
        pieceOffset = 0
        job.takenBytes += next.bytes.count
        piecesFromAhead += 1
        if next.isLast, index + 1 == job.pieces.count || job.pieces[index + 1].memberStart != next.memberEnd {
            taken = nil
            ahead?.skip(to: next.memberEnd)
            inflater.input.skip(to: next.memberEnd)
        } else {
            taken = (job, index + 1)
        }
    }

    private func beginMember() throws {
        if isFirstMember {
            isFirstMember = false
        } else {
            taken = ahead?.member(at: inflater.input.bytesConsumed)
            if taken != nil { return }
            guard try seekNextMember() else { return }
        }
        try inflater.beginMember()
    }

    /// Behind a member: whether another begins; padding and the end set `isAtEnd`.
    private func seekNextMember() throws -> Bool {
        var zeros = 0
        while let byte = try inflater.input.byte() {
            if byte == 0 {
                zeros += 1
                continue
            }
            guard inflater.container == .gzip, zeros == 0, byte == 0x1F else {
                throw DeflateError("there are bytes behind its end that are no compressed data")
            }
            inflater.input.next -= 1
            return true
        }
        isAtEnd = true
        return false
    }
}
