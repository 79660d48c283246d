/// Names of anchors, tags and directives (YAML 1.2.2, chapters 6.8 and 6.9).
extension YAMLScanner {
    /// The name after `&` or `*`.
    mutating func scanName(_ what: String) throws(YAMLProblem) -> String {
        let mark = cursor.mark
        cursor.advance()
        let name = word()
        switch cursor.character() {
        case _ where name.isEmpty: break
        case "?", ":", ",", "]", "}", "%", "@", "`": return name
        case _ where cursor.isSpace(): return name
        default: break
        }
        throw YAMLProblem(mark, "\(what) whose name is not made of letters, digits, '_' and '-'")
    }

    private mutating func word() -> String {
        var text: [UInt8] = []
        while cursor.isWord { cursor.read(into: &text) }
        return String(decoding: text, as: UTF8.self)
    }

    // MARK: Tags

    /// `!suffix`, `!!suffix`, `!handle!suffix` or `!<uri>`. An empty handle says that the suffix is the whole tag.
    mutating func scanTag() throws(YAMLProblem) -> YAMLToken.Kind {
        let mark = cursor.mark
        var handle = "", suffix: String
        if cursor.isAt("<", 1) {
            cursor.advance(2)
            suffix = try scanURI(mark, isVerbatim: true)
            guard cursor.isAt(">") else { throw YAMLProblem(cursor.mark, "a tag '!<…' without its '>'") }
            cursor.advance()
        } else {
            handle = scanHandle()
            if handle.utf8.count > 1, handle.hasSuffix("!") {
                suffix = try scanURI(mark, isVerbatim: false)
            } else {
                suffix = String(handle.dropFirst()) + (try scanURI(mark, isVerbatim: false, mayBeEmpty: true))
                handle = suffix.isEmpty ? "" : "!"
                if suffix.isEmpty { suffix = "!" }
            }
        }
        guard cursor.isSpace() || isInFlow && cursor.isAt(",") else {
            throw YAMLProblem(cursor.mark, "a tag cannot hold this character; a space ends it")
        }
        return .tag(handle: handle, suffix: suffix)
    }

    /// `!`, `!!` or `!word!`, or the beginning of a tag without a handle.
    private mutating func scanHandle() -> String {
        cursor.advance()
        var handle = "!" + word()
        if cursor.isAt("!") {
            cursor.advance()
            handle += "!"
        }
        return handle
    }

    private mutating func scanURI(_ mark: YAMLMark, isVerbatim: Bool, mayBeEmpty: Bool = false) throws(YAMLProblem) -> String {
        var text: [UInt8] = []
        loop: while true {
            switch cursor.character() {
            case "%": text.append(try scanEscapedByte())
            case ";", "/", "?", ":", "@", "&", "=", "+", "$", ".", "!", "~", "*", "'", "(", ")": cursor.read(into: &text)
            case ",", "[", "]":
                guard isVerbatim else { break loop }
                cursor.read(into: &text)
            default:
                guard cursor.isWord else { break loop }
                cursor.read(into: &text)
            }
        }
        guard mayBeEmpty || !text.isEmpty else { throw YAMLProblem(mark, "a tag without a name, such as !!str") }
        guard let uri = String(validating: text, as: UTF8.self) else { throw YAMLProblem(mark, "a tag whose %xx are no UTF-8") }
        return uri
    }

    private mutating func scanEscapedByte() throws(YAMLProblem) -> UInt8 {
        guard let high = cursor.hexDigit(1), let low = cursor.hexDigit(2) else {
            throw YAMLProblem(cursor.mark, "a '%' in a tag without two hexadecimal digits")
        }
        cursor.advance(3)
        return UInt8(high << 4 | low)
    }

    // MARK: Directives

    /// `%YAML 1.2` or `%TAG !handle! prefix`.
    mutating func scanDirective() throws(YAMLProblem) -> YAMLToken.Kind {
        let mark = cursor.mark
        cursor.advance()
        let name = word(), endsWell = cursor.isSpace()
        let kind: YAMLToken.Kind
        switch name {
        case "YAML" where endsWell: kind = try scanVersion()
        case "TAG" where endsWell: kind = try scanTagDirective()
        default: throw YAMLProblem(mark, "an unknown directive; there are '%YAML 1.2' and '%TAG !handle! prefix'")
        }
        try endLine("a directive")
        return kind
    }

    private mutating func scanVersion() throws(YAMLProblem) -> YAMLToken.Kind {
        cursor.skipBlanks()
        let major = try scanVersionNumber()
        guard cursor.isAt(".") else { throw YAMLProblem(cursor.mark, "a version without a dot, such as 1.2") }
        cursor.advance()
        return .versionDirective(major: major, minor: try scanVersionNumber())
    }

    private mutating func scanVersionNumber() throws(YAMLProblem) -> Int {
        let mark = cursor.mark
        var number = 0, count = 0
        while case "0"..."9" = cursor.character(), count < 10 {
            number = number * 10 + Int(cursor.character().value) - 48
            count += 1
            cursor.advance()
        }
        guard 1...9 ~= count else { throw YAMLProblem(mark, "no version number, such as 1.2") }
        return number
    }

    private mutating func scanTagDirective() throws(YAMLProblem) -> YAMLToken.Kind {
        cursor.skipBlanks()
        let mark = cursor.mark
        let handle = cursor.isAt("!") ? scanHandle() : ""
        guard handle.hasSuffix("!"), cursor.isBlank() else {
            throw YAMLProblem(mark, "a %TAG without a handle; it reads '%TAG !handle! prefix'")
        }
        cursor.skipBlanks()
        let prefix = try scanURI(mark, isVerbatim: true)
        guard cursor.isSpace() else { throw YAMLProblem(cursor.mark, "a prefix cannot hold this character; a space ends it") }
        return .tagDirective(handle: handle, prefix: prefix)
    }

    /// Passes over blanks, a comment and the line's end, before which nothing else may stand.
    mutating func endLine(_ what: String) throws(YAMLProblem) {
        cursor.skipBlanks()
        cursor.skipComment()
        guard cursor.isBreakOrEnd() else {
            throw YAMLProblem(cursor.mark, "more on the line of \(what), where only a comment may follow")
        }
        cursor.skipBreak()
    }
}

extension YAMLCursor {
    func hexDigit(_ ahead: Int = 0) -> UInt32? {
        let character = character(ahead)
        switch character {
        case "0"..."9": return character.value - 48
        case "A"..."F": return character.value - 55
        case "a"..."f": return character.value - 87
        default: return nil
        }
    }
}
