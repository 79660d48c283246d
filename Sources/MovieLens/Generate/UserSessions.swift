/// When a user rates: in a few sessions, the first of them at a random time of ml-20m's years.
struct UserSessions {
    /// The first and last time stamp of ml-20m, in seconds since 1970.
    static let firstTime = 789_652_009
    static let lastTime = 1_427_784_002

    static let mostSessions = 24
    /// The share of users that started before a time.
    private static let starts: [(x: Double, y: Double)] = [
        (0, Double(firstTime)), (0.02, 833_000_000), (0.05, 850_000_000), (0.25, 966_977_651), (0.5, 1_103_555_625),
        (0.75, 1_225_642_317), (0.97, 1_400_000_000), (1, Double(lastTime)),
    ]

    private let count: Int
    private let span: Int
    /// The sessions' first seconds.
    private let begins: UnsafeMutablePointer<Int>

    /// - Parameter begins: room for `mostSessions` times, which must outlive this value.
    init(ratingCount: Int, begins: UnsafeMutablePointer<Int>, random: inout DeterministicRandom) {
        var time = Int(DeterministicMath.interpolate(random.unit(), Self.starts))
        let expected = max(0, DeterministicMath.ln(Double(ratingCount) / 60) * 1.2)
        let count = min(1 + Self.poisson(expected, &random), Self.mostSessions)
        begins[0] = time
        for index in 1..<max(1, count) {
            // 40 days until the user comes back, on average.
            time += Int(-DeterministicMath.ln(1 - random.unit()) * 40 * 86_400)
            begins[index] = time
        }
        self.begins = begins
        self.count = count
        span = ratingCount * 5 / count + 30
    }

    /// The time of a rating, from the lower 52 bits of `draw`. About half of the ratings share a page, and so its time.
    @inline(__always)
    func time(_ draw: UInt64) -> Int {
        let session = (Int(truncatingIfNeeded: (draw &>> 36) & 0xFFFF) &* count) &>> 16
        var within = (Int(truncatingIfNeeded: (draw &>> 8) & 0xFFF_FFFF) &* span) &>> 28
        if draw & 0xFF < 141 { within = within / 24 &* 24 }
        let time = begins[session] &+ within
        if time <= Self.lastTime { return time }
        return Self.lastTime &- (time &- Self.lastTime) % 86_400
    }

    /// Knuth's method; `mean` is small here.
    private static func poisson(_ mean: Double, _ random: inout DeterministicRandom) -> Int {
        let limit = DeterministicMath.exp(-mean)
        var product = random.unit()
        var count = 0
        while product > limit {
            product *= random.unit()
            count += 1
        }
        return count
    }
}
