/// Tokens that turn out to be keys if a `:` follows, at most one for each level of flow collections.
///
/// A key without `?` stands on one line and is at most 1024 characters long (YAML 1.2.2, 7.4.2 and 8.2.2), so a scanner looks
/// no further ahead. Outer levels have older keys: those too far away are a prefix of the levels, and none is looked at twice.
struct YAMLSimpleKeys {
    struct Key {
        /// A block mapping's line that must have a `:`.
        var isRequired: Bool
        var tokenNumber: Int
        var mark: YAMLMark
    }
    private static let maximumLength = 1024

    private var levels: [Key?] = [nil]
    /// No level before this one has a key.
    private var firstLevel = 0

    var flowLevel: Int { levels.count - 1 }
    /// The oldest key, once those out of reach are gone.
    var oldest: Key? { firstLevel < levels.count ? levels[firstLevel] : nil }

    mutating func openLevel() { levels.append(nil) }

    mutating func closeLevel() {
        guard flowLevel > 0 else { return }
        levels.removeLast()
        firstLevel = min(firstLevel, levels.count)
    }

    mutating func save(_ key: Key) throws(YAMLProblem) {
        try remove()
        levels[flowLevel] = key
        firstLevel = min(firstLevel, flowLevel)
    }

    /// Forgets this level's key, for something else than `:` follows it.
    mutating func remove() throws(YAMLProblem) {
        if let key = take(), key.isRequired { throw missing(key) }
    }

    /// This level's key, whose `:` has come.
    mutating func take() -> Key? {
        defer { levels[flowLevel] = nil }
        return levels[flowLevel]
    }

    /// Forgets keys that end before their `:`.
    mutating func removeUnreachable(from mark: YAMLMark) throws(YAMLProblem) {
        while firstLevel < levels.count {
            if let key = levels[firstLevel] {
                guard key.mark.line < mark.line || key.mark.index + YAMLSimpleKeys.maximumLength < mark.index else { return }
                if key.isRequired { throw missing(key) }
                levels[firstLevel] = nil
            }
            firstLevel += 1
        }
    }

    private func missing(_ key: Key) -> YAMLProblem {
        YAMLProblem(key.mark, "a key without its ':'; a member reads 'key: value', its key within one line and 1024 characters")
    }
}
