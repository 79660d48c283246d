/// The users that tag, and how much each does: few of them, most little, some thousands of times.
struct TaggingUsers {
    private let ids: [Int]
    private let activity: AliasTable

    /// - Parameter first: tagging users' ids are greater than this.
    init(scale: GenerationScale, after first: Int, seed: UInt64) {
        let candidates = max(6, scale.users - first)
        let share = Double(scale.tags) / Double(GenerationScale.full.tags)
        let wanted = min(candidates, max(1, Int((8_700 * DeterministicMath.pow(share, 0.9)).rounded())))
        var random = DeterministicRandom(seed: seed, stream: .tagUsers)
        var ids: [Int] = []
        for candidate in 0..<candidates where random.below(candidates - candidate) < wanted - ids.count {
            ids.append(first + 1 + candidate)
        }
        self.ids = ids
        activity = AliasTable(weights: ids.map { _ in
            DeterministicMath.exp(1.9 * DeterministicMath.inverseNormal(random.unit()))
        })
    }

    func draw(_ random: inout DeterministicRandom) -> Int { ids[activity.draw(&random)] }
}
