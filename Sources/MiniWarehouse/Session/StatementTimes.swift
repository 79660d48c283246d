/// When the latest statements ran and which version they committed, by query id. A statement that waited for another
/// writer commits later than it began, so that its time alone would miss what it changed.
struct StatementTimes {
    struct Entry {
        var time: Int64
        /// Nil: it changed nothing.
        var version: UInt64?
    }
    private(set) var entries: [String: Entry] = [:]
    private var order: [String] = []
    private var oldest = 0

    static let limit = 10_000

    mutating func add(_ id: String, _ entry: Entry) {
        entries[id] = entry
        guard order.count == Self.limit else {
            order.append(id)
            return
        }
        entries[order[oldest]] = nil
        order[oldest] = id
        oldest = (oldest + 1) % Self.limit
    }
}
