/// Patterns as those of file names: `*` any text, `?` any character, `[abc]`, `[a-z]` and `[!abc]` one of a set.
enum Wildcard {
    static func matches(_ pattern: String, _ text: String) -> Bool {
        let (pattern, text) = (Array(pattern), Array(text))
        var (place, position) = (0, 0)
        // Where to go on when what follows the last `*` does not fit: it takes one more character.
        var retry: (place: Int, position: Int)?
        while position < text.count {
            if place < pattern.count, pattern[place] == "*" {
                retry = (place + 1, position)
                place += 1
            } else if let next = fits(pattern, place, text[position]) {
                place = next
                position += 1
            } else if let last = retry {
                retry = (last.place, last.position + 1)
                (place, position) = (last.place, last.position + 1)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == "*" }
    }

    /// The place behind the element at `place`, when it fits the character.
    private static func fits(_ pattern: [Character], _ place: Int, _ character: Character) -> Int? {
        guard place < pattern.count else { return nil }
        guard pattern[place] == "[", let close = pattern[(place + 1)...].dropFirst().firstIndex(of: "]") else {
            return pattern[place] == "?" || pattern[place] == character ? place + 1 : nil
        }
        var set = pattern[(place + 1)..<close]
        let isNegated = set.first == "!"
        if isNegated { set.removeFirst() }
        var isIn = false
        var index = set.startIndex
        while index < set.endIndex {
            if index + 2 < set.endIndex, set[index + 1] == "-" {
                if set[index] <= character, character <= set[index + 2] { isIn = true }
                index += 3
            } else {
                if set[index] == character { isIn = true }
                index += 1
            }
        }
        return isIn != isNegated ? close + 1 : nil
    }
}
