/// Turns what a terminal sends into keys: UTF-8, control characters, escape sequences of xterm and its kin, marked
/// pastes. Sequences that mean no key here are swallowed whole.
public struct KeyDecoder: Sendable {
    /// A paste without an end is taken to end here.
    static let maximumPasteBytes = 64 << 20
    /// No escape sequence is longer.
    private static let maximumSequenceBytes = 64
    private static let pasteEnd: [UInt8] = [0x1B, 0x5B, 0x32, 0x30, 0x31, 0x7E]

    private var bytes: [UInt8] = []
    private var start = 0
    /// Within a paste: up to where its end was searched for.
    private var pasteSearched: Int?

    /// Nothing read yet.
    public init() {}

    /// Whether bytes wait for those that must follow them.
    public var isWaiting: Bool { start < bytes.count }

    /// Adds what was read.
    public mutating func feed(_ more: some Sequence<UInt8>) {
        if start > 0 {
            pasteSearched = pasteSearched.map { $0 - start }
            bytes.removeSubrange(..<start)
            start = 0
        }
        bytes += more
    }

    /// The next key; nil when more must be read first.
    public mutating func next() -> Key? {
        while start < bytes.count {
            if pasteSearched != nil { return paste() }
            switch step(isLast: false) {
            case .key(let key): return key
            case .nothing: continue
            case .wait: return nil
            }
        }
        return nil
    }

    /// The next key, when nothing has come for a while: an Escape stands for itself then.
    public mutating func flush() -> Key? {
        while start < bytes.count, pasteSearched == nil {
            if case .key(let key) = step(isLast: true) { return key }
        }
        return nil
    }

    private enum Step {
        case key(Key), nothing, wait
    }

    private mutating func step(isLast: Bool) -> Step {
        let first = bytes[start]
        if first == 0x1B { return escape(isLast) }
        if first < 32 || first == 127 {
            start += 1
            return control(first).map(Step.key) ?? .nothing
        }
        return text(isLast)
    }

    private func control(_ byte: UInt8) -> Key? {
        switch byte {
        case 8, 127: .backspace
        case 9: .tab
        case 10, 13: .enter
        case 1...26: .control(Character(Unicode.Scalar(byte + 96)))
        case 31: .control("_")
        default: nil
        }
    }

    private mutating func text(_ isLast: Bool) -> Step {
        var end = start
        while end < bytes.count, bytes[end] >= 32, bytes[end] != 127 { end += 1 }
        // A character that is cut off by the end of what was read waits for its rest.
        if end == bytes.count, !isLast { end -= KeyDecoder.unfinished(bytes[start..<end]) }
        guard end > start else { return .wait }
        defer { start = end }
        return .key(.text(String(decoding: bytes[start..<end], as: UTF8.self)))
    }

    /// How many bytes at the end begin a character and do not finish it.
    private static func unfinished(_ bytes: ArraySlice<UInt8>) -> Int {
        for back in 1...3 where back <= bytes.count {
            let byte = bytes[bytes.endIndex - back]
            if byte & 0xC0 == 0x80 { continue }
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
            return length > back ? back : 0
        }
        return 0
    }

    // MARK: Escape sequences

    private mutating func escape(_ isLast: Bool) -> Step {
        guard start + 1 < bytes.count else { return isLast ? taking(1, .escape) : .wait }
        let second = bytes[start + 1]
        switch second {
        case UInt8(ascii: "["), UInt8(ascii: "O"): return sequence(isLast)
        case 0x1B: return taking(1, .escape)
        case 10, 13: return taking(2, .metaEnter)
        case 8, 127: return taking(2, .metaBackspace)
        case 1...26: return taking(2, nil)
        case 32..<127: return taking(2, .meta(Character(Unicode.Scalar(second))))
        default: return taking(1, .escape)
        }
    }

    private mutating func taking(_ count: Int, _ key: Key?) -> Step {
        start += count
        return key.map(Step.key) ?? .nothing
    }

    /// `ESC [ parameters final` and `ESC O final`.
    private mutating func sequence(_ isLast: Bool) -> Step {
        var index = start + 2
        while index < bytes.count, index - start < KeyDecoder.maximumSequenceBytes, (0x20...0x3F).contains(bytes[index]) {
            index += 1
        }
        guard index < bytes.count else {
            if !isLast { return .wait }
            // Alt with [ or O.
            return index == start + 2 ? taking(2, .meta(Character(Unicode.Scalar(bytes[start + 1])))) : taking(index - start, nil)
        }
        let final = bytes[index], parameters = bytes[start + 2..<index]
        guard (0x40...0x7E).contains(final) else { return taking(index - start, nil) }
        let numbers = parameters.split(separator: UInt8(ascii: ";")).map { part in
            part.reduce(0) { $1 &- 0x30 < 10 && $0 < 10_000 ? $0 * 10 + Int($1 - 0x30) : $0 }
        }
        start = index + 1
        if final == UInt8(ascii: "~"), numbers == [200] {
            pasteSearched = start
            return paste().map(Step.key) ?? .wait
        }
        let introducer = bytes[index - parameters.count - 1]
        // Answers to questions (`ESC [ ? … c`) and reports of a mouse (`ESC [ < … M`) are no keys.
        if let first = parameters.first, first > 0x3B { return .nothing }
        return KeyDecoder.key(final, numbers, isApplication: introducer == UInt8(ascii: "O")).map(Step.key) ?? .nothing
    }

    private static func key(_ final: UInt8, _ numbers: [Int], isApplication: Bool) -> Key? {
        // The second number says which of Shift, Alt and Ctrl are held.
        let isWord = numbers.count > 1 && numbers[1] >= 3
        switch (Unicode.Scalar(final), numbers.first ?? 0) {
        case ("A", _): return .up
        case ("B", _): return .down
        case ("C", _): return isWord ? .wordRight : .right
        case ("D", _): return isWord ? .wordLeft : .left
        case ("c", _) where isApplication: return .wordRight
        case ("d", _) where isApplication: return .wordLeft
        case ("H", _), ("~", 1), ("~", 7): return .home
        case ("F", _), ("~", 4), ("~", 8): return .end
        case ("Z", _): return .backTab
        case ("M", _) where isApplication: return .enter
        case ("~", 3): return .delete
        case ("~", 5): return .pageUp
        case ("~", 6): return .pageDown
        default: return nil
        }
    }

    // MARK: Pastes

    private mutating func paste() -> Key? {
        let marker = KeyDecoder.pasteEnd
        var index = max(start, (pasteSearched ?? start) - marker.count + 1)
        while index + marker.count <= bytes.count {
            if bytes[index] == marker[0], bytes[index..<index + marker.count].elementsEqual(marker) {
                return pasted(upTo: index, skipping: marker.count)
            }
            index += 1
        }
        pasteSearched = bytes.count
        return bytes.count - start > KeyDecoder.maximumPasteBytes ? pasted(upTo: bytes.count, skipping: 0) : nil
    }

    private mutating func pasted(upTo end: Int, skipping count: Int) -> Key {
        defer {
            start = end + count
            pasteSearched = nil
        }
        return .paste(EditBuffer.cleaned(String(decoding: bytes[start..<end], as: UTF8.self)))
    }
}
