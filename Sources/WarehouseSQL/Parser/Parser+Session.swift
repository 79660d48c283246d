import WarehouseBasics

extension Parser {
    mutating func parseUse() throws(WarehouseError) -> UseStatement {
        try expect("USE")
        if accept("SECONDARY", "ROLES") || accept("SECONDARY", "ROLE") {
            if accept("ALL") { return .secondaryRoles(.all) }
            if accept("NONE") { return .secondaryRoles(.none) }
            return .secondaryRoles(.named(try list { parser throws(WarehouseError) in try parser.parseIdentifier() }))
        }
        if isName(ahead: 1) {
            if accept("ROLE") { return .role(try parseObjectReference()) }
            if accept("WAREHOUSE") { return .warehouse(try parseObjectReference()) }
            if accept("DATABASE") { return .database(try parseObjectReference()) }
            if accept("SCHEMA") { return .schema(try parseObjectReference()) }
        }
        return .any(try parseObjectReference())
    }

    mutating func parseSet() throws(WarehouseError) -> SetStatement {
        try expect("SET")
        let isList = isSymbol("(")
        let names = isList ? try parseColumnNames() : [try parseIdentifier()]
        try expectSymbol("=")
        let value = try parseExpression()
        if isList, case .tuple(let values) = value.kind { return SetStatement(names: names, values: values) }
        return SetStatement(names: names, values: [value])
    }

    mutating func parseUnset() throws(WarehouseError) -> [Identifier] {
        try expect("UNSET")
        return isSymbol("(") ? try parseColumnNames()
            : try list { parser throws(WarehouseError) in try parser.parseIdentifier() }
    }

    // MARK: SHOW

    mutating func parseShow() throws(WarehouseError) -> ShowStatement {
        try expect("SHOW")
        let isTerse = accept("TERSE")
        var words: [String] = []
        while current.kind == .word, words.isEmpty || !Self.showClauses.contains(current.text) {
            words.append(current.text)
            advance()
        }
        guard !words.isEmpty else { throw unexpected() }
        var show = ShowStatement(family: words.joined(separator: " "), isTerse: isTerse)
        if show.family == "GRANTS" || show.family == "FUTURE GRANTS" { show.grants = try parseShowGrants() }
        while !isAtEnd { try parseShowClause(&show) }
        return show
    }

    private static let showClauses: Set<String> = [
        "HISTORY", "LIKE", "IN", "FOR", "STARTS", "LIMIT", "WITH", "ON", "TO", "OF",
    ]

    private mutating func parseShowClause(_ show: inout ShowStatement) throws(WarehouseError) {
        if accept("HISTORY") {
            show.withHistory = true
        } else if accept("LIKE") {
            show.like = try expectString()
        } else if accept("IN") || accept("FOR") {
            show.scope = try parseShowScope()
        } else if accept("STARTS", "WITH") {
            show.startsWith = try expectString()
        } else if accept("LIMIT") {
            show.limit = try expectInteger()
            if accept("FROM") { show.limitFrom = try expectString() }
        } else if accept("WITH", "PRIVILEGES") {
            show.privileges = try list { parser throws(WarehouseError) in try parser.parseIdentifier().name }
        } else {
            throw unexpected()
        }
    }

    private mutating func parseShowScope() throws(WarehouseError) -> ShowScope {
        if accept("ACCOUNT") { return .account }
        guard let (kind, length) = objectKindAhead() else { return .any(try parseObjectReference()) }
        advance(length)
        let hasName = isName() && !isAnyWord(Self.showClauses)
        switch kind {
        case .database: return .database(hasName ? try parseObjectReference() : nil)
        case .schema: return .schema(hasName ? try parseObjectReference() : nil)
        default: return .kind(kind, hasName ? try parseObjectReference() : nil)
        }
    }

    private mutating func parseShowGrants() throws(WarehouseError) -> ShowGrantsForm? {
        if accept("ON") { return .on(try parseGrantTarget()) }
        if accept("TO") { return .to(try parseGrantee()) }
        if accept("OF") { return .of(try parseGrantee()) }
        if isWord("FOR") { throw unexpected() }
        guard accept("IN") else { return nil }
        return .inContainer(try parseGrantContainer())
    }

    // MARK: DESCRIBE

    mutating func parseDescribe() throws(WarehouseError) -> DescribeStatement {
        advance()
        let target: DescribeStatement.Target
        if isWord("RESULT"), !isSymbol(".", ahead: 1), peek().kind < .semicolon {
            advance()
            target = .result(try parseExpression())
        } else if let (kind, length) = objectKindAhead(), peek(length).kind < .semicolon,
                  !isSymbol(".", ahead: length) {
            advance(length)
            let name = try parseObjectReference()
            target = .object(kind, name, argumentTypes: try parseArgumentTypes())
        } else {
            target = .any(try parseObjectReference())
        }
        return DescribeStatement(target: target, properties: try parseProperties())
    }
}
