/// Ids of a session's earlier statements: the first ones and the latest, 10,000 each.
public struct PastQueries: Sendable {
    private var first: [String] = []
    private var latest: [String] = []
    private var count = 0

    static let kept = 10_000

    public init() {}

    public mutating func append(_ id: String) {
        count += 1
        if first.count < Self.kept { first.append(id) }
        if latest.count == 2 * Self.kept { latest.removeFirst(Self.kept) }
        latest.append(id)
    }

    public var last: String? { latest.last }

    /// Number `position` from the first one, 1, or from the latest one, -1; nil where there is none or it is forgotten.
    public subscript(position: Int) -> String? {
        if position > 0 {
            if position <= first.count { return first[position - 1] }
            let place = latest.count - (count - position) - 1
            return position <= count && place >= 0 ? latest[place] : nil
        }
        guard position < 0, position != Int.min, -position <= latest.count else { return nil }
        return latest[latest.count + position]
    }
}
