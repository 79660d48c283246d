import WarehouseBasics

extension Parser {
    /// The statement that begins here, by its first word.
    mutating func parseStatement() throws(WarehouseError) -> Statement {
        guard current.kind == .word else {
            guard isSymbol("(") else { throw unexpected() }
            return .query(try parseQuery())
        }
        switch current.text {
        case "SELECT", "WITH", "VALUES": return .query(try parseQuery())
        case "INSERT":
            return isMultiTableInsertAhead() ? .insertIntoSeveral(try parseMultiTableInsert())
                : .insert(try parseInsert())
        case "UPDATE": return .update(try parseUpdate())
        case "DELETE": return .delete(try parseDelete())
        case "MERGE": return .merge(try parseMerge())
        case "TRUNCATE": return .truncate(try parseTruncate())
        case "CREATE": return try parseCreate()
        case "ALTER": return try parseAlter()
        case "DROP": return .drop(try parseDrop())
        case "UNDROP": return .undrop(try parseUndrop())
        case "COMMENT": return .comment(try parseComment())
        case "GRANT": return .grant(try parseGrant())
        case "REVOKE": return .revoke(try parseRevoke())
        case "COPY": return try parseCopy()
        case "PUT": return try parsePut()
        case "GET": return try parseGet()
        case "LIST", "LS": return .list(try parseStageList())
        case "REMOVE", "RM": return .remove(try parseStageList())
        default: return try parseSessionStatement()
        }
    }

    private mutating func parseSessionStatement() throws(WarehouseError) -> Statement {
        switch current.text {
        case "USE": return .use(try parseUse())
        case "SET": return .set(try parseSet())
        case "UNSET": return .unset(try parseUnset())
        case "SHOW": return .show(try parseShow())
        case "DESC", "DESCRIBE": return .describe(try parseDescribe())
        case "EXPLAIN": return .explain(try parseExplain())
        case "BEGIN", "START", "COMMIT", "ROLLBACK": return try parseTransaction()
        case "VACUUM":
            advance()
            return .vacuum(isAtEnd ? nil : try parseObjectReference())
        case "CALL":
            advance()
            return .call(try parseFunctionCall(try parseObjectReference()))
        case "EXECUTE":
            if isWords("EXECUTE", "IMMEDIATE"), peek(2).text != "FROM" { return try parseExecuteImmediate() }
            throw unsupported("EXECUTE \(isName(ahead: 1) ? Identifiers.folded(peek().text) : "")")
        case "DECLARE", "LET", "FOR", "WHILE", "LOOP", "REPEAT", "RETURN", "IF":
            throw unsupported("Snowflake Scripting (\(current.text))")
        default:
            throw unexpected(hint: Identifiers.hint(for: current.text, in: Self.firstWords))
        }
    }

    private mutating func parseExecuteImmediate() throws(WarehouseError) -> Statement {
        advance()
        advance()
        let text = try parseExpression()
        if isWord("USING") { throw unsupported("EXECUTE IMMEDIATE … USING") }
        return .executeImmediate(text)
    }

    private static let firstWords = [
        "SELECT", "WITH", "VALUES", "INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE", "CREATE", "ALTER", "DROP",
        "UNDROP", "COMMENT", "GRANT", "REVOKE", "COPY", "PUT", "GET", "LIST", "REMOVE", "USE", "SET", "UNSET",
        "SHOW", "DESCRIBE", "EXPLAIN", "BEGIN", "START", "COMMIT", "ROLLBACK", "VACUUM", "CALL", "EXECUTE",
    ]

    /// BEGIN [WORK|TRANSACTION] [NAME n], START TRANSACTION [NAME n], COMMIT [WORK], ROLLBACK [WORK]
    private mutating func parseTransaction() throws(WarehouseError) -> Statement {
        if accept("COMMIT") {
            _ = accept("WORK")
            return .commit
        }
        if accept("ROLLBACK") {
            _ = accept("WORK")
            return .rollback
        }
        let isStart = isWord("START")
        let first = index
        advance()
        if isStart { try expect("TRANSACTION") } else { _ = accept(anyOf: ["WORK", "TRANSACTION"]) }
        let name = accept("NAME") ? try parseIdentifier() : nil
        if !isAtEnd, !isStart {
            index = first
            throw unsupported("Snowflake Scripting (BEGIN … END)")
        }
        return .begin(name: name)
    }

    /// EXPLAIN [USING TEXT|JSON|TABULAR | ANALYZE] statement
    private mutating func parseExplain() throws(WarehouseError) -> ExplainStatement {
        advance()
        let isAnalyze = accept("ANALYZE")
        var format: ExplainStatement.Format?
        if accept("USING") {
            format = current.kind == .word ? ExplainStatement.Format(rawValue: current.text) : nil
            guard format != nil else { throw unexpected(hint: "TEXT, JSON or TABULAR was expected.") }
            advance()
        }
        guard !isWord("EXPLAIN") else { throw unexpected() }
        return ExplainStatement(format: format, isAnalyze: isAnalyze, statement: try parseStatement())
    }
}
