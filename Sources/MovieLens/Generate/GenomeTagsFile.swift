/// genome-tags.csv: `tagId,tag`, numbered from 1 in the tags' order.
struct GenomeTagsFile: GeneratedFile {
    let name = "genome-tags"
    let header = "tagId,tag"

    private let tags: [String]
    private let lineEnd: LineEnd

    init(scale: GenerationScale, seed: UInt64, lineEnd: LineEnd) {
        self.lineEnd = lineEnd
        var random = DeterministicRandom(seed: seed, stream: .genomeVocabulary)
        var chosen: Set<String> = []
        for tag in Vocabulary.eras + Vocabulary.tags where chosen.count < scale.genomeTags { chosen.insert(tag) }
        while chosen.count < scale.genomeTags {
            let draw = random.below(100)
            let noun = random.pick(Vocabulary.nouns)
            let adjective = random.pick(Vocabulary.adjectives)
            let word = random.pick(Vocabulary.titleWords).lowercased()
            chosen.insert(draw < 45 ? word : draw < 90 ? "\(adjective) \(noun)" : "\(word) \(noun)")
        }
        tags = chosen.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    var rowCount: Int { tags.count }
    var chunkCount: Int { 1 }

    func rowCount(ofChunk index: Int) -> Int { tags.count }

    func appendChunk(_ index: Int, to buffer: ByteBuffer) {
        for (row, tag) in tags.enumerated() {
            buffer.append("\(row + 1),")
            buffer.appendField(tag)
            buffer.append(lineEnd)
        }
    }
}
