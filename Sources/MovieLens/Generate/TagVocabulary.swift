/// The distinct tags of tags.csv, sorted, with how often each is used.
struct TagVocabulary: Sendable {
    /// In the order of rows within a movie: by text without surrounding spaces and case, then by bytes.
    let tags: [String]
    /// Each tag as a CSV field.
    let fields: [String]
    /// For each tag the first one that is the same without surrounding spaces: a user gives a movie only one of them,
    /// so that rows stay distinct for readers that trim.
    let trimmed: [Int]
    let usage: AliasTable
    /// Where `Vocabulary.oddTags` and "Mark Waters" stand in `tags`.
    let odd: [Int]
    let markWaters: Int

    init(scale: GenerationScale, seed: UInt64) {
        let share = Double(scale.tags) / Double(GenerationScale.full.tags)
        let target = Int((38_644 * DeterministicMath.pow(share, 0.7)).rounded())
        let byUse = Self.compose(atLeast: target, seed: seed)

        let entries = byUse.indices.map { Entry(tag: byUse[$0], use: $0) }.sorted()
        tags = entries.map(\.tag)
        fields = tags.map(quotedCSVField)
        var trimmed: [Int] = []
        for (index, entry) in entries.enumerated() {
            let isSame = index > 0 && entries[index - 1].trimmed == entry.trimmed
            trimmed.append(isSame ? trimmed[index - 1] : index)
        }
        self.trimmed = trimmed
        // The n-th most used tag is used about 1/n as often.
        usage = AliasTable(weights: entries.map { 1 / DeterministicMath.pow(Double($0.use) + 9, 0.95) })
        var places: [String: Int] = [:]
        for (index, tag) in tags.enumerated() { places[tag] = index }
        odd = Vocabulary.oddTags.compactMap { places[$0] }
        guard let place = places["Mark Waters"] else { preconditionFailure("the vocabulary lost Mark Waters") }
        markWaters = place
    }

    /// A tag with its sort keys.
    private struct Entry: Comparable {
        let tag: String
        /// 0 for the most used tag.
        let use: Int
        let trimmed: [UInt8]
        let folded: [UInt8]

        init(tag: String, use: Int) {
            self.tag = tag
            self.use = use
            trimmed = Array(tag.utf8.drop { $0 == 0x20 }.reversed().drop { $0 == 0x20 }.reversed())
            folded = trimmed.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
        }

        static func < (left: Entry, right: Entry) -> Bool {
            if left.folded != right.folded { return left.folded.lexicographicallyPrecedes(right.folded) }
            if left.trimmed != right.trimmed { return left.trimmed.lexicographicallyPrecedes(right.trimmed) }
            return left.tag.utf8.lexicographicallyPrecedes(right.tag.utf8)
        }
    }

    /// Distinct tags, the most used first.
    private static func compose(atLeast target: Int, seed: UInt64) -> [String] {
        var tags = Vocabulary.tags
        var rest = Vocabulary.people + Vocabulary.oddTags
        var known = Set(tags + rest)
        var random = DeterministicRandom(seed: seed, stream: .tagVocabulary)
        while tags.count + rest.count < target {
            var tag = phrase(&random)
            if known.contains(tag) && random.chance(0.3) { tag += " \(2 + random.below(target))" }
            if known.insert(tag).inserted { rest.append(tag) }
        }
        for index in rest.indices.dropFirst().reversed() { rest.swapAt(index, random.below(index + 1)) }
        tags += rest
        return tags
    }

    /// Something a person may have typed.
    private static func phrase(_ random: inout DeterministicRandom) -> String {
        let tag = random.pick(Vocabulary.tags)
        let adjective = random.pick(Vocabulary.adjectives)
        let noun = random.pick(Vocabulary.nouns)
        let word = random.pick(Vocabulary.titleWords)
        let person = random.pick(Vocabulary.people)
        let year = 1900 + random.below(116)
        switch random.below(100) {
        case ..<16: return "\(adjective) \(noun)"
        case ..<22: return "\(adjective) \(noun)".uppercased()
        case ..<28: return capitalized(tag) + " \(noun)"
        case ..<34: return capitalized("\(adjective) \(noun)")
        case ..<42: return word.lowercased() + " " + noun
        case ..<50: return "\(person.split(separator: " ").last ?? "") \(noun)"
        case ..<52: return "\(person) \(year)"
        case ..<68: return "\(word)"  + (year % 2 == 0 ? "" : " \(year)")
        case ..<73: return "\(adjective), \(noun)"
        case ..<76: return "\"\(word)\" \(noun)"
        case ..<79: return " \(adjective) \(word.lowercased())"
        case ..<81: return "\(adjective) \(word.lowercased()) "
        case ..<84: return "\(word.lowercased()) é \(noun)"
        case ..<87: return "\(year)\(year % 3 == 0 ? "s" : "")"
        case ..<89: return "\(tag) & \(noun)"
        case ..<96: return "\(noun) \(1 + year % 9)"
        default: return "seen \(year)-\(twoDigits(1 + random.below(12)))-\(twoDigits(1 + random.below(28)))"
        }
    }

    private static func capitalized(_ text: String) -> String {
        text.split(separator: " ").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: " ")
    }

    private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
