/// How many ratings each user gave: at least 20 (fewer in tiny sets), half of the users below 70, a long tail.
enum UserCounts {
    static func make(scale: GenerationScale, seed: UInt64) -> FixedTable<Int32> {
        let users = scale.users
        // Nobody has seen everything; and a third of the movies can be drawn without repeats in a few rounds.
        let most = max(21, scale.movies * 34 / 100, (scale.ratings + users - 1) / users)
        let least = min(20, scale.ratings / users)
        var random = DeterministicRandom(seed: seed, stream: .userCounts)
        let extras = (0..<users).map { _ in
            DeterministicMath.exp(DeterministicMath.ln(48) + 1.378 * DeterministicMath.inverseNormal(random.unit()))
        }
        let factor = Double(scale.ratings - least * users) / extras.reduce(0, +)
        let counts = FixedTable<Int32>(repeating: 0, count: users)
        var total = 0
        for (user, extra) in extras.enumerated() {
            let count = min(most, least + Int(min(extra * factor, Double(scale.ratings))))
            counts[user] = Int32(count)
            total += count
        }
        spread(scale.ratings - total, over: counts, most: most, seed: seed)
        return counts
    }

    /// Gives out what rounding and the upper limit left over, one by one to random users.
    private static func spread(_ remainder: Int, over counts: FixedTable<Int32>, most: Int, seed: UInt64) {
        precondition(remainder >= 0, "rounding down cannot exceed the total")
        var random = DeterministicRandom(seed: seed, stream: .userRemainder)
        var left = remainder
        while left > 0 {
            let user = random.below(counts.count)
            if counts[user] < Int32(most) {
                counts[user] += 1
                left -= 1
            }
        }
    }
}
