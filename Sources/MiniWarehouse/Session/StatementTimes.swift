/// When the latest statements ran, by query id; what they changed was committed at that time.
struct StatementTimes {
    private(set) var times: [String: Int64] = [:]
    private var order: [String] = []
    private var oldest = 0

    static let limit = 10_000

    mutating func add(_ id: String, _ time: Int64) {
        times[id] = time
        guard order.count == Self.limit else {
            order.append(id)
            return
        }
        times[order[oldest]] = nil
        order[oldest] = id
        oldest = (oldest + 1) % Self.limit
    }
}
