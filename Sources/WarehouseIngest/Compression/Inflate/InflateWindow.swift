/// Where decompressed bytes are made: the last 32 KB, which matches refer to, then room for new ones.
final class InflateWindow {
    static let historyBytes = 32 * 1024
    /// Bytes that one turn of the fast loop may write behind `limit`: two literals, the longest match and the last
    /// word of its copy.
    static let slack = 2 + 258 + 40

    let base: UnsafeMutablePointer<UInt8>
    /// Nothing is begun at or behind this place.
    let limit: UnsafeMutablePointer<UInt8>
    /// The next byte to make.
    var position: UnsafeMutablePointer<UInt8>
    /// Matches reach back to here: where the member began, or the oldest byte that is kept.
    private(set) var historyStart: UnsafeMutablePointer<UInt8>
    /// The first byte that was not yet given away.
    private(set) var unread: UnsafeMutablePointer<UInt8>

    init(pieceBytes: Int = 192 * 1024) {
        let size = InflateWindow.historyBytes + pieceBytes
        base = .allocate(capacity: size + InflateWindow.slack)
        base.initialize(repeating: 0, count: size + InflateWindow.slack)
        limit = base + size
        position = base
        historyStart = base
        unread = base
    }

    deinit { base.deallocate() }

    var unreadCount: Int { position - unread }

    /// Gives away up to `buffer.count` bytes.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, unreadCount)
        buffer.copyMemory(from: UnsafeRawBufferPointer(start: unread, count: count))
        unread += count
        return count
    }

    func discardUnread() { unread = position }

    /// Makes room once all was given away: moves the history to the front.
    func slide() {
        let kept = min(InflateWindow.historyBytes, position - historyStart)
        guard position - kept > base else { return }
        base.update(from: position - kept, count: kept)
        historyStart = base
        position = base + kept
        unread = position
    }

    /// Nothing before this place belongs to the member that begins.
    func beginMember() { historyStart = position }
}
