/// Puts accepted answers in the place of a script's own: what `--accept` does.
public enum AnswerRewriter {
    /// The script with the answer blocks replaced that begin on the given lines (1-based).
    public static func rewrite(_ text: String, answers: [Int: (count: Int, lines: [String])]) -> String {
        let newline = text.utf8.contains(0x0D) ? "\r\n" : "\n"
        let bytes = text.utf8.filter { $0 != 0x0D }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        var output: [String] = []
        var index = 0
        while index <= lines.count {
            if let answer = answers[index + 1] {
                output += answer.lines
                index += answer.count
                // An answer of no lines still ends in the blank line that follows it.
                if answer.count == 0, index < lines.count { output.append(String(lines[index])); index += 1 }
            } else {
                if index < lines.count { output.append(String(lines[index])) }
                index += 1
            }
        }
        return output.joined(separator: newline)
    }
}
