import WarehouseBasics

extension Parser {
    /// `@stage/path`, `'@stage/path'`, or a URL in quotes.
    mutating func parseStageLocation() throws(WarehouseError) -> StageLocation {
        let token = current
        switch token.kind {
        case .stage:
            advance()
            return try stageLocation(token.text, token)
        case .string where token.text.hasPrefix("@"):
            advance()
            return try stageLocation(String(token.text.dropFirst()), token)
        case .string where token.text.contains("://"):
            advance()
            let (folder, name) = Parser.splitURL(token.text)
            return StageLocation(root: .url(folder), path: name, span: token.span)
        case .string:
            throw WarehouseError(.invalidURLPrefix, "SQL compilation error:\ninvalid URL prefix found in: '\(token.text)'",
                                 hint: "A stage was expected: @name/path, or a URL as s3://bucket/path.", span: token.span)
        default:
            throw unexpected(hint: "A stage was expected: @name/path.")
        }
    }

    /// `s3://bucket/raw/2024` is what begins with `2024` in `s3://bucket/raw/`.
    private static func splitURL(_ url: String) -> (folder: String, name: String) {
        let bytes = Array(url.utf8)
        guard let slash = bytes.lastIndex(of: 0x2F), slash > 0, bytes[slash - 1] != 0x2F else { return (url, "") }
        let name = bytes[(slash + 1)...]
        return (String(decoding: bytes[...slash], as: UTF8.self), String(decoding: name, as: UTF8.self))
    }

    /// Reads what stands behind `@`.
    private func stageLocation(_ text: String, _ token: Token) throws(WarehouseError) -> StageLocation {
        let bytes = Array(text.utf8)
        var slash = bytes.count
        var isQuoted = false
        /// Where the `%` of a table's stage is.
        var mark: Int?
        for (offset, byte) in bytes.enumerated() {
            if byte == Byte.doubleQuote { isQuoted.toggle() }
            if byte == 0x25, !isQuoted, mark == nil { mark = offset }
            if byte == 0x2F, !isQuoted {
                slash = offset
                break
            }
        }
        let name = String(decoding: bytes[..<slash].enumerated().filter { $0.offset != mark }.map(\.element), as: UTF8.self)
        let path = String(decoding: bytes[slash...].dropFirst(), as: UTF8.self)
        let root: StageLocation.Root
        if name == "~" {
            root = .user
        } else if mark != nil {
            // `@%t` and `@db.sch.%t`
            root = .table(try stageName(name[...], token))
        } else {
            root = .named(try stageName(name[...], token))
        }
        return StageLocation(root: root, path: path, span: token.span)
    }

    private func stageName(_ name: Substring, _ token: Token) throws(WarehouseError) -> ObjectReference {
        do {
            return ObjectReference(try Parser.parseObjectName(String(name)), span: token.span)
        } catch {
            throw WarehouseError(.syntax, "SQL compilation error:\nsyntax error line \(token.line) at position "
                + "\(token.column - 1) unexpected '\(sourceText(token))'.",
                hint: "'@\(name)' does not name a stage.", span: token.span)
        }
    }

    /// `COPY INTO table FROM …` or `COPY INTO location FROM …`
    mutating func parseCopy() throws(WarehouseError) -> Statement {
        try expect("COPY", "INTO")
        let isLocation = current.kind == .stage
            || current.kind == .string && (current.text.hasPrefix("@") || current.text.contains("://"))
        return isLocation ? .copyIntoLocation(try parseUnload()) : .copyIntoTable(try parseLoad())
    }

    private mutating func parseLoad() throws(WarehouseError) -> CopyIntoTableStatement {
        var copy = CopyIntoTableStatement(table: try parseObjectReference(), source: nil)
        if isSymbol("(") { copy.columns = try parseColumnNames() }
        if accept("FROM") {
            if isQueryAhead() {
                copy.source = .query(try parseParenthesizedQuery())
            } else if isSymbol("("), peek().kind == .stage || peek().kind == .string {
                advance()
                copy.source = .location(try parseStageLocation())
                try expectSymbol(")")
            } else {
                copy.source = .location(try parseStageLocation())
            }
        }
        copy.options = try parseProperties()
        return copy
    }

    private mutating func parseUnload() throws(WarehouseError) -> CopyIntoLocationStatement {
        let location = try parseStageLocation()
        try expect("FROM")
        let source: CopyIntoLocationStatement.Source = isQueryAhead()
            ? .query(try parseParenthesizedQuery()) : .table(try parseObjectReference())
        var copy = CopyIntoLocationStatement(location: location, source: source)
        while !isAtEnd {
            if copy.partitionBy == nil, accept("PARTITION", "BY") {
                copy.partitionBy = try parseExpression()
            } else {
                let options = try parseProperties()
                guard !options.isEmpty else { throw unexpected() }
                copy.options += options
            }
        }
        return copy
    }

    /// `PUT file://path @stage options`
    mutating func parsePut() throws(WarehouseError) -> Statement {
        try expect("PUT")
        let file = try parseFileURL()
        let location = try parseStageLocation()
        return .put(PutStatement(file: file, location: location, options: try parseProperties()))
    }

    /// `GET @stage file://directory options`
    mutating func parseGet() throws(WarehouseError) -> Statement {
        try expect("GET")
        let location = try parseStageLocation()
        let directory = try parseFileURL()
        return .get(GetStatement(location: location, directory: directory, options: try parseProperties()))
    }

    private mutating func parseFileURL() throws(WarehouseError) -> String {
        let token = current
        guard token.kind == .fileURL || token.kind == .string && token.text.lowercased().hasPrefix("file://") else {
            throw unexpected(hint: "A file was expected: file:///path, with quotes where it holds spaces.")
        }
        advance()
        return token.text
    }

    /// What stands behind LIST and REMOVE.
    mutating func parseStageList() throws(WarehouseError) -> StageListStatement {
        advance()
        let location = try parseStageLocation()
        return StageListStatement(location: location, options: try parseProperties())
    }
}
