/// Texts that were handed on before, the oldest first.
public struct History: Sendable {
    /// No more are kept.
    public let limit: Int
    /// The oldest first.
    public private(set) var entries: [String] = []

    /// Keeps the last `limit` of `entries`.
    public init(_ entries: [String] = [], limit: Int = 10_000) {
        self.limit = limit
        self.entries = Array(entries.suffix(limit))
    }

    /// Adds a text, unless it is the last one again; whether it was added.
    @discardableResult
    public mutating func add(_ text: String) -> Bool {
        guard !text.isEmpty, text != entries.last else { return false }
        entries.append(text)
        if entries.count > limit { entries.removeFirst(entries.count - limit) }
        return true
    }

    /// The newest entry older than `index` that holds `text`, in any case of letters; or, `isForward`, the oldest
    /// newer one.
    func index(holding text: String, from index: Int, isForward: Bool = false) -> Int? {
        let wanted = text.lowercased()
        let indices = isForward ? Array(min(index + 1, entries.count)..<entries.count) : Array((0..<index).reversed())
        return indices.first { wanted.isEmpty || entries[$0].lowercased().contains(wanted) }
    }
}
