import CZlib
import WarehouseBasics

/// Inflates one member of a stream after another and proves each by its checksum and length. What lies between
/// members, and how much may be made, is the caller's to judge.
final class MemberInflater {
    let input: BitInput
    let window = InflateWindow()
    let container: DeflateContainer
    private(set) var isInMember = false
    private let decoder: DeflateDecoder
    private var header = GzipHeader()
    private var checksum: UInt = 0
    private var memberBytes = 0
    private var isMemberDecoded = false

    init(_ source: any ByteSource, container: DeflateContainer) {
        input = BitInput(source)
        decoder = DeflateDecoder(input, window)
        self.container = container
    }

    /// Reads the header at the input's place.
    func beginMember() throws {
        switch container {
        case .gzip:
            try header.read(input)
            checksum = 0
        case .zlib:
            try readZlibHeader()
            checksum = 1
        case .raw: break
        }
        memberBytes = 0
        isInMember = true
        decoder.begin()
    }

    /// Decodes until the window is full or the member ends; the bytes stay in the window until the next piece. They are
    /// proved by `finishPiece`.
    func decodePiece() throws -> UnsafeBufferPointer<UInt8> {
        window.slide()
        let start = window.position
        isMemberDecoded = try decoder.decode()
        return UnsafeBufferPointer(start: start, count: window.position - start)
    }

    /// Adds the piece to the checksum; behind a member's last piece, reads and checks its trailer: it is over then.
    func finishPiece(_ piece: UnsafeBufferPointer<UInt8>) throws {
        memberBytes &+= piece.count
        switch container {
        case .gzip: checksum = crc32(checksum, piece.baseAddress, UInt32(piece.count))
        case .zlib: checksum = adler32(checksum, piece.baseAddress, UInt32(piece.count))
        case .raw: break
        }
        if isMemberDecoded { try endMember() }
    }

    private func readZlibHeader() throws {
        let method = try input.requiredByte(), flags = try input.requiredByte()
        guard (UInt32(method) << 8 | UInt32(flags)) % 31 == 0 else { throw DeflateError("incorrect header check") }
        guard method & 15 == 8 else { throw DeflateError("unknown compression method") }
        guard method >> 4 <= 7 else { throw DeflateError("invalid window size") }
        guard flags & 0x20 == 0 else { throw DeflateError("it needs a preset dictionary") }
    }

    private func endMember() throws {
        isInMember = false
        switch container {
        case .gzip:
            guard UInt(try input.word()) == checksum else { throw DeflateError("incorrect data check") }
            guard try input.word() == UInt32(truncatingIfNeeded: memberBytes) else {
                throw DeflateError("incorrect length check")
            }
        case .zlib:
            guard UInt(try input.word().byteSwapped) == checksum else { throw DeflateError("incorrect data check") }
        case .raw: break
        }
    }
}
