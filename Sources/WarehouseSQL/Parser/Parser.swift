import WarehouseBasics

/// Reads Snowflake's SQL: text to syntax tree, by recursive descent with operator precedence for expressions.
///
/// A script is read statement by statement, so that those before a mistake can run:
/// ```swift
/// var parser = Parser(script)
/// while let parsed = try parser.nextStatement() { … }
/// ```
/// Every error is a `WarehouseError` with a span; syntax errors read as Snowflake's do.
public struct Parser: Sendable {
    var lexer: Lexer
    /// The current statement, closed by its `;` or the end of the text.
    var tokens: [Token] = []
    /// For each token that opens a bracket, the token that closes it, else -1.
    var closing: [Int32] = []
    var index = 0
    /// How many productions are open, against `SyntaxLimits.maximumDepth`.
    var depth = 0
    /// The height of the highest tree built since the enclosing production began.
    var height = 0
    var caseDepth = 0
    var positionalParameters = 0
    /// Statements of the chain before the present one, which it reads as `$1`, the last, `$2` and so on.
    var pipes = 0
    /// Tokens read and productions opened, for `pass`.
    var steps = 0
    /// Where the stack stood when the statement's parse began, and how much of it the parse may take before it
    /// starts over on a larger one.
    var stackAnchor: UInt = 0
    var stackBudget: UInt = 128 << 10
    var ranOutOfStack = false

    /// A parser at the start of `text`, which is a script of statements divided by `;`.
    public init(_ text: String) {
        lexer = Lexer(text)
    }

    /// As `init(_:)`, for a text that is part of a longer one: places are told as they are there.
    public init(_ text: String, line: Int, column: Int) {
        lexer = Lexer(text)
        lexer.line = line
        lexer.column = column
    }

    /// All statements of a script. Throws the first error of any of them.
    public static func parseStatements(_ text: String) throws(WarehouseError) -> [ParsedStatement] {
        var parser = Parser(text)
        var statements: [ParsedStatement] = []
        while let statement = try parser.nextStatement() { statements.append(try single(statement)) }
        return statements
    }

    /// Where statements run one by one there is nothing that a chain's next one could read.
    private static func single(_ statement: ParsedStatement) throws(WarehouseError) -> ParsedStatement {
        guard !statement.chain.isEmpty else { return statement }
        throw WarehouseError(.unsupported, "Unsupported feature 'a chain of statements (->>) here'.",
                             span: statement.chain[1].span)
    }

    /// The only statement of a text; more than one, or none, is an error.
    public static func parseStatement(_ text: String) throws(WarehouseError) -> ParsedStatement {
        var parser = Parser(text)
        guard let statement = try parser.nextStatement() else {
            throw WarehouseError(.syntax, "SQL compilation error:\nEmpty SQL statement.")
        }
        guard try !parser.loadStatement() else {
            throw WarehouseError(
                .syntax, "SQL compilation error:\nOne statement was expected, but the text holds more.",
                span: parser.current.span)
        }
        return try single(statement)
    }

    /// A text that is one query.
    public static func parseQuery(_ text: String) throws(WarehouseError) -> Query {
        let parsed = try parseStatement(text)
        guard case .query(let query) = parsed.statement else {
            throw WarehouseError(.syntax, "SQL compilation error:\nA query was expected.", span: parsed.span)
        }
        return query
    }

    /// A text that is one scalar expression.
    public static func parseExpression(_ text: String) throws(WarehouseError) -> Expression {
        var parser = Parser(text)
        guard try parser.loadStatement() else {
            throw WarehouseError(.syntax, "SQL compilation error:\nEmpty SQL expression.")
        }
        return try parser.parse { inner throws(WarehouseError) in
            let expression = try inner.parseExpression()
            try inner.expectEnd()
            return expression
        }
    }

    /// A text that is one dotted name, such as the argument of `IDENTIFIER(…)`.
    public static func parseObjectName(_ text: String) throws(WarehouseError) -> [Identifier] {
        var parser = Parser(text)
        guard try parser.loadStatement() else {
            throw WarehouseError(.invalidIdentifier, "SQL compilation error:\ninvalid identifier ''.")
        }
        return try parser.parse { inner throws(WarehouseError) in
            let parts = try inner.parseNameParts()
            try inner.expectEnd()
            return parts
        }
    }

    /// A name, and where parentheses follow it the types in them: `DB.F(NUMBER, VARCHAR)`.
    public static func parseSignature(_ text: String) throws(WarehouseError) -> (name: [Identifier], types: [TypeName]?) {
        var parser = Parser(text)
        guard try parser.loadStatement() else {
            throw WarehouseError(.invalidIdentifier, "SQL compilation error:\ninvalid identifier ''.")
        }
        return try parser.parse { inner throws(WarehouseError) in
            let name = try inner.parseNameParts(), types = try inner.parseArgumentTypes()
            try inner.expectEnd()
            return (name, types)
        }
    }

    /// A text that is one data type, such as `NUMBER(10,2)`.
    public static func parseTypeName(_ text: String) throws(WarehouseError) -> TypeName {
        var parser = Parser(text)
        guard try parser.loadStatement() else {
            throw WarehouseError(.syntax, "SQL compilation error:\nEmpty data type.")
        }
        return try parser.parse { inner throws(WarehouseError) in
            let type = try inner.parseTypeName()
            try inner.expectEnd()
            return type
        }
    }

    /// A text that is one stage location: `@stage/path`.
    public static func parseStageLocation(_ text: String) throws(WarehouseError) -> StageLocation {
        var literal = "'"
        for character in text {
            if character == "'" || character == "\\" { literal.append(character) }
            literal.append(character)
        }
        var parser = Parser(literal + "'")
        guard try parser.loadStatement() else {
            throw WarehouseError(.syntax, "SQL compilation error:\nEmpty stage location.")
        }
        return try parser.parse { inner throws(WarehouseError) in
            let location = try inner.parseStageLocation()
            try inner.expectEnd()
            return location
        }
    }

    /// The next statement of the script, nil at its end. After an error the rest of the script can still be read:
    /// the parser stands behind the faulty statement, unless a literal or comment was not closed.
    public mutating func nextStatement() throws(WarehouseError) -> ParsedStatement? {
        guard try loadStatement() else { return nil }
        do {
            return try parse { parser throws(WarehouseError) in try parser.parseWholeStatement() }
        } catch {
            throw withoutSecrets(error)
        }
    }

    /// One statement, or a chain of them.
    private mutating func parseWholeStatement() throws(WarehouseError) -> ParsedStatement {
        var chain: [ParsedStatement] = []
        repeat {
            let first = current
            (height, pipes) = (0, chain.count)
            let statement = try parseStatement()
            let last = tokens[max(0, index - 1)]
            chain.append(ParsedStatement(
                statement: statement, text: text(from: first.start, to: last.end), span: first.span.through(last.span),
                positionalParameterCount: positionalParameters, height: height))
        } while acceptSymbol("->>")
        try expectEnd()
        guard chain.count > 1 else { return chain[0] }
        var whole = chain[0]
        let end = chain[chain.count - 1].span
        whole.text = text(from: whole.span.startOffset, to: end.endOffset)
        whole.span = whole.span.through(end)
        whole.chain = chain
        return whole
    }

    /// Parses the tokens of one statement by `production`; one that nests too deeply for this thread's stack is
    /// parsed again on a larger one.
    private mutating func parse<Tree: Sendable>(
        _ production: @escaping @Sendable (inout Parser) throws(WarehouseError) -> Tree
    ) throws(WarehouseError) -> Tree {
        resetStatement()
        stackAnchor = DeepStack.anchor()
        do {
            return try production(&self)
        } catch {
            guard ranOutOfStack else { throw error }
        }
        resetStatement()
        let start = self
        let outcome = DeepStack.run { () -> Result<(Parser, Tree), WarehouseError> in
            var parser = start
            parser.stackAnchor = DeepStack.anchor()
            parser.stackBudget = UInt(DeepStack.defaultBytes) - (1 << 20)
            do throws(WarehouseError) {
                let tree = try production(&parser)
                return .success((parser, tree))
            } catch {
                return .failure(error)
            }
        }
        switch outcome {
        case .success((let parser, let tree)):
            index = parser.index
            return tree
        case .failure(let error): throw error
        case nil: throw tooDeep()
        }
    }

    /// Back to the first token of the statement.
    private mutating func resetStatement() {
        (index, depth, height, caseDepth, positionalParameters, pipes) = (0, 0, 0, 0, 0, 0)
        ranOutOfStack = false
    }
}
