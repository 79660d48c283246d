/// What a YAML text is made of, before it is known what belongs together.
struct YAMLToken {
    enum Kind: Equatable {
        case streamEnd, documentStart, documentEnd
        case versionDirective(major: Int, minor: Int)
        case tagDirective(handle: String, prefix: String)
        case blockSequenceStart, blockMappingStart, blockEnd
        case flowSequenceStart, flowSequenceEnd, flowMappingStart, flowMappingEnd
        case blockEntry, flowEntry, key, value
        case alias(String), anchor(String), tag(handle: String, suffix: String)
        case scalar(String, isPlain: Bool)
    }
    var kind: Kind
    var mark: YAMLMark
}

/// Tokens that were scanned and not yet taken: a `:` may have to put one before others that stand already.
struct YAMLTokenQueue {
    private var tokens: [YAMLToken] = []
    private var head = 0
    /// Tokens that were taken, which is also the number of the first one here.
    private(set) var takenCount = 0

    var first: YAMLToken? { head < tokens.count ? tokens[head] : nil }
    /// The number of the token that comes next.
    var nextNumber: Int { takenCount + tokens.count - head }

    mutating func append(_ kind: YAMLToken.Kind, _ mark: YAMLMark) { tokens.append(YAMLToken(kind: kind, mark: mark)) }

    mutating func insert(_ kind: YAMLToken.Kind, _ mark: YAMLMark, number: Int) {
        tokens.insert(YAMLToken(kind: kind, mark: mark), at: head + number - takenCount)
    }

    mutating func removeFirst() {
        head += 1
        takenCount += 1
        if head == tokens.count {
            tokens.removeAll(keepingCapacity: true)
            head = 0
        } else if head > 1024, head * 2 > tokens.count {
            tokens.removeFirst(head)
            head = 0
        }
    }
}
