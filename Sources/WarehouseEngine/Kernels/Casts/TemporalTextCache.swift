import WarehouseColumns

/// Texts of the times written last, by their ticks: a truncated time has few values and many rows. Months as text over
/// 20 million ratings take 60 ms instead of 840. Turns itself off where times hardly come back.
struct TemporalTextCache {
    private struct Slot {
        var tick: Int64
        var text: StringView
    }
    private static let slotCount = 1024
    private static let arenaBytes = 1 << 20

    private var slots: [Slot] = []
    private var isUsed: [Bool] = []
    private(set) var arena = ByteArena()
    private var rowsSeen = 0
    private var misses = 0

    /// Whether texts come back often enough to look for them.
    var isWorthwhile: Bool { misses < 2 * TemporalTextCache.slotCount || misses < rowsSeen / 4 }

    /// Gives `text` of `tick`, and room for at most `maximum` bytes to one that is not known.
    @inline(__always)
    mutating func text(_ tick: Int64, maximum: Int, _ write: (UnsafeMutablePointer<UInt8>) -> Int) -> StringView {
        let slot = Int(truncatingIfNeeded: KeyIndex.mix(UInt64(bitPattern: tick)) >> 54)
        if isUsed[slot], slots[slot].tick == tick { return slots[slot].text }
        let bytes = arena.allocate(maximum)
        let length = write(bytes)
        arena.giveBack(maximum &- length)
        let text = StringView(bytes, count: length)
        slots[slot] = Slot(tick: tick, text: text)
        isUsed[slot] = true
        misses += 1
        return text
    }

    /// Before each batch. What earlier batches were given stays: their vectors keep the arena.
    mutating func begin(rows: Int) {
        rowsSeen += rows
        if slots.isEmpty {
            slots = Array(repeating: Slot(tick: 0, text: .empty), count: TemporalTextCache.slotCount)
            isUsed = Array(repeating: false, count: TemporalTextCache.slotCount)
        }
        guard arena.allocatedBytes > TemporalTextCache.arenaBytes else { return }
        arena = ByteArena()
        for slot in isUsed.indices { isUsed[slot] = false }
    }
}
