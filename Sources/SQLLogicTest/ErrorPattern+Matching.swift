extension ErrorPattern {
    /// nil when the error's text is as expected, else what was expected.
    func mismatch(with text: String) -> String? {
        switch self {
        case .anything: return nil
        case .regex(let pattern):
            guard let regex = try? Regex(pattern) else { return "not a regular expression: \(pattern)" }
            return text.firstMatch(of: regex.dotMatchesNewlines()) == nil ? pattern : nil
        case .text(let part) where part.hasPrefix("<REGEX>:"):
            return ErrorPattern.regex(String(part.dropFirst(8))).mismatch(with: text)
        case .text(let part) where part.hasPrefix("<!REGEX>:"):
            let pattern = String(part.dropFirst(9))
            guard let regex = try? Regex(pattern) else { return "not a regular expression: \(pattern)" }
            return text.firstMatch(of: regex.dotMatchesNewlines()) == nil ? nil : "anything but \(pattern)"
        case .text(let part):
            return Self.singleSpaced(text).contains(Self.singleSpaced(part)) ? nil : part
        }
    }

    private static func singleSpaced(_ text: String) -> String {
        text.split { $0 == " " || $0 == "\n" || $0 == "\t" }.joined(separator: " ")
    }
}
