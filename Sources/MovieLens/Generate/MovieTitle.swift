/// Titles as MovieLens writes them: the article behind a comma, the original title and the year in parentheses.
enum MovieTitle {
    /// - Parameter knownYear: the release year, for a title that must bear this one.
    static func make(knownYear: Int?, _ random: inout DeterministicRandom) -> String {
        let drawnYear = Int(DeterministicMath.interpolate(random.unit(), years))
        let year = knownYear ?? drawnYear
        let words = Vocabulary.titleWords
        var name = random.pick(words)
        for _ in 1..<wordCounts[random.below(wordCounts.count)] { name += " " + random.pick(words) }
        let other = random.pick(words)
        let foreign = random.pick(Vocabulary.foreignTitles)
        let title = decorate(name, other, foreign, kind: random.below(1000), number: 2 + random.below(4))
        // A few titles lack their year, a few end in a space.
        let form = random.below(10_000)
        if form < 6 && knownYear == nil { return title }
        return "\(title) (\(year))" + (form < 9 ? " " : "")
    }

    private static let wordCounts = [1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4]

    /// The share of movies older than a year.
    private static let years: [(x: Double, y: Double)] = [
        (0, 1_891), (0.01, 1_921), (0.05, 1_940), (0.15, 1_964), (0.3, 1_984), (0.5, 1_999), (0.7, 2_006.5),
        (0.9, 2_013), (1, 2_015.9),
    ]

    /// - Parameter kind: 0 to 999, which form the title takes.
    private static func decorate(_ name: String, _ other: String, _ foreign: String, kind: Int, number: Int) -> String {
        switch kind {
        case ..<190: "\(name), The"
        case ..<220: "\(name), A"
        case ..<225: "\(name), An"
        case ..<275: "\(name) (\(foreign))"
        case ..<300: "\(name), The (\(foreign))"
        case ..<304: "\"\(name)\""
        case ..<307: "\(name): The \"\(other)\" Years"
        case ..<309: "\"\(name),\" Said \(other), The"
        case ..<320: foreign
        case ..<332: "\(name) \(number)"
        case ..<345: "\(name) (a.k.a. \(other))"
        case ..<385: "\(name): The \(other) Story"
        case ..<395: "\(name) & \(other)"
        case ..<405: "\(other)'s \(name)"
        case ..<412: "\(name)!"
        case ..<418: "\(name)... and \(other)?"
        default: name
        }
    }
}
