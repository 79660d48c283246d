/// A CSV text without its remarks: of a line that begins with the comment character nothing is left but its end, so that
/// it is a blank line and all others keep their numbers. Within enclosures nothing is a remark.
final class CommentSource: ByteSource {
    private let source: any ByteSource
    private var filter: CommentFilter

    init(_ source: any ByteSource, _ filter: CommentFilter) {
        self.source = source
        self.filter = filter
    }

    var bytesConsumed: Int { source.bytesConsumed }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let count = try source.read(into: buffer)
            if count == 0 { return 0 }
            let left = filter.compact(UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
            if left > 0 { return left }
        }
    }
}

/// Takes remarks out of a text that comes piece by piece.
struct CommentFilter {
    private let comment: UInt8
    private let enclosure: UInt8?
    private let escape: UInt8?
    private let delimiters: [UInt8]
    private var state = State.lineStart
    /// Bytes so far, as far as a byte order mark may reach.
    private var position = 0

    private enum State { case lineStart, fieldStart, field, enclosed, escaped, behindEnclosure, remark }

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    init(_ comment: UInt8, enclosure: UInt8?, escape: UInt8?, delimiters: [UInt8]) {
        self.comment = comment
        self.enclosure = enclosure
        self.escape = escape == enclosure ? nil : escape
        self.delimiters = delimiters
    }

    init(_ comment: UInt8, _ format: CSVFormat) {
        self.init(comment, enclosure: format.enclosure, escape: format.escape,
                  delimiters: Array(format.fieldDelimiter.prefix(1)))
    }

    /// Moves what is no remark to the front: how many bytes that are.
    mutating func compact(_ text: UnsafeMutableRawBufferPointer) -> Int {
        var kept = 0
        for index in text.indices {
            let byte = text[index]
            guard takes(byte) else { continue }
            text[kept] = byte
            kept += 1
        }
        return kept
    }

    /// Whether the next byte stays.
    mutating func takes(_ byte: UInt8) -> Bool {
        if position < CommentFilter.byteOrderMark.count {
            let isMark = byte == CommentFilter.byteOrderMark[position]
            position = isMark ? position + 1 : CommentFilter.byteOrderMark.count
            if isMark { return true }
        }
        switch state {
        case .enclosed:
            state = byte == enclosure ? .behindEnclosure : byte == escape ? .escaped : .enclosed
            return true
        case .escaped: state = .enclosed
        case .behindEnclosure where byte == enclosure: state = .enclosed
        case .lineStart where byte == comment:
            state = .remark
            return false
        case .remark where byte != 10 && byte != 13: return false
        default:
            if byte == 10 || byte == 13 {
                state = .lineStart
            } else if byte == enclosure, state == .lineStart || state == .fieldStart {
                state = .enclosed
            } else if delimiters.contains(byte) {
                state = .fieldStart
            } else if byte != 32 || state != .fieldStart && state != .lineStart {
                state = .field
            } else {
                state = .fieldStart
            }
        }
        return true
    }
}
