import WarehouseBasics

/// Compares an answer with the lines that a script expects.
struct AnswerComparison {
    let types: [Character]
    let sortMode: SortMode
    let rows: [[String?]]

    /// nil when the answer is as expected, else what is wrong: a line diff.
    func difference(from expected: [String]) -> String? {
        if expected.count == 1, let hash = Self.hash(expected[0]) {
            let matches = ValueRendition.allCases.contains { values($0).count == hash.count && digest($0) == hash.md5 }
            if matches { return nil }
            return "  expected \(expected[0])\n  actual   \(hashLine(.standard))\n" + listing(.sessionText)
        }
        let rowWise = isRowWise(expected)
        let wanted = rowWise ? ordered(expected.map { split($0) }) : ordered(grouped(expected))
        for rendition in ValueRendition.allCases
            where wanted == adopting(wanted, ordered(rendered(rendition))) { return nil }
        return Self.diff(wanted, adopting(wanted, ordered(rendered(.sessionText))))
    }

    /// The answer with every value replaced by `<REGEX>:pattern` where the script expects that in its place and the
    /// whole value matches the pattern. Sorted rows are put beside the ones that they match.
    private func adopting(_ wanted: [[String]], _ actual: [[String]]) -> [[String]] {
        guard wanted.count == actual.count, wanted.contains(where: { $0.contains(where: Self.isPattern) }) else {
            return actual
        }
        var rest = actual
        if sortMode == .rowsort {
            for row in wanted.indices {
                guard let match = rest[row...].firstIndex(where: { Self.adopting(wanted[row], $0) == wanted[row] }) else {
                    continue
                }
                rest.swapAt(row, match)
            }
        }
        return zip(wanted, rest).map { Self.adopting($0, $1) }
    }

    private static let patternMark = "<REGEX>:", antipatternMark = "<!REGEX>:"

    private static func isPattern(_ value: String) -> Bool {
        value.hasPrefix(patternMark) || value.hasPrefix(antipatternMark)
    }

    private static func matches(_ pattern: String, _ value: String) -> Bool {
        let isWanted = pattern.hasPrefix(patternMark)
        let text = pattern.dropFirst((isWanted ? patternMark : antipatternMark).count)
        guard let regex = try? Regex(String(text)) else { return false }
        return (value.wholeMatch(of: regex) != nil) == isWanted
    }

    private static func adopting(_ wanted: [String], _ actual: [String]) -> [String] {
        guard wanted.count == actual.count else { return actual }
        return zip(wanted, actual).map { pattern, value in
            guard isPattern(pattern), matches(pattern, value) else { return value }
            return pattern
        }
    }

    /// The lines that `--accept` writes: a row a line with tabs between, or the hash when there are more than
    /// `threshold` values.
    func acceptedLines(threshold: Int) -> [String] {
        if threshold > 0, rows.count * types.count > threshold { return [hashLine(.standard)] }
        return ordered(rendered(.sessionText)).map { $0.joined(separator: "\t") }
    }

    /// The MD5 of the sorted values, each followed by a line feed.
    func digest(_ rendition: ValueRendition) -> String {
        var text = ""
        for value in values(rendition) {
            text += value
            text += "\n"
        }
        return MD5.digest(text).hex
    }

    // MARK: Rows and order

    private func rendered(_ rendition: ValueRendition) -> [[String]] {
        rows.map { row in
            row.enumerated().map { index, value in
                rendition.text(value, type: index < types.count ? types[index] : "T")
            }
        }
    }

    private func values(_ rendition: ValueRendition) -> [String] { ordered(rendered(rendition)).flatMap { $0 } }

    private func ordered(_ rows: [[String]]) -> [[String]] {
        switch sortMode {
        case .nosort: rows
        case .rowsort: rows.sorted { Self.isBefore($0, $1) }
        case .valuesort: rows.flatMap { $0 }.sorted { Self.isBefore($0, $1) }.map { [$0] }
        }
    }

    private static func isBefore(_ left: [String], _ right: [String]) -> Bool {
        for (a, b) in zip(left, right) where a != b { return isBefore(a, b) }
        return left.count < right.count
    }

    /// By bytes, as strcmp does; Swift's own order of String is another.
    private static func isBefore(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    // MARK: Expected lines

    /// A row a line with tabs between the values (DuckDB's way), against a value a line (SQLite's).
    private func isRowWise(_ expected: [String]) -> Bool {
        guard types.count > 1 else { return false }
        return expected.allSatisfy { line in line.utf8.count { $0 == 0x09 } == types.count - 1 }
    }

    private func split(_ line: String) -> [String] {
        line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }

    private func grouped(_ values: [String]) -> [[String]] {
        let width = max(types.count, 1)
        return stride(from: 0, to: values.count, by: width).map { Array(values[$0..<min($0 + width, values.count)]) }
    }

    private static func hash(_ line: String) -> (count: Int, md5: String)? {
        let words = line.split(separator: " ")
        guard words.count == 5, words[1] == "values", words[2] == "hashing", words[3] == "to",
              let count = Int(words[0]) else { return nil }
        return (count, String(words[4]))
    }

    private func hashLine(_ rendition: ValueRendition) -> String {
        "\(values(rendition).count) values hashing to \(digest(rendition))"
    }

    // MARK: Diff

    private func listing(_ rendition: ValueRendition) -> String {
        ordered(rendered(rendition)).prefix(40).map { "    " + $0.joined(separator: "\t") }.joined(separator: "\n")
    }

    /// `-` what was expected, `+` what came, two spaces where they agree.
    static func diff(_ expected: [[String]], _ actual: [[String]]) -> String {
        let wanted = expected.map { $0.joined(separator: "\t") }, given = actual.map { $0.joined(separator: "\t") }
        // The difference of long answers costs quadratic time and nobody reads it.
        guard wanted.count < 2_000, given.count < 2_000 else {
            return "  expected \(wanted.count) rows, got \(given.count)"
        }
        var removed = Set<Int>(), inserted = Set<Int>()
        for change in given.difference(from: wanted) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): inserted.insert(offset)
            }
        }
        var lines: [String] = []
        var left = 0, right = 0
        while left < wanted.count || right < given.count {
            if left < wanted.count, removed.contains(left) {
                lines.append("- " + wanted[left])
                left += 1
            } else if right < given.count, inserted.contains(right) {
                lines.append("+ " + given[right])
                right += 1
            } else {
                lines.append("  " + wanted[left])
                left += 1
                right += 1
            }
        }
        return lines.map { "  " + $0 }.joined(separator: "\n")
    }
}
