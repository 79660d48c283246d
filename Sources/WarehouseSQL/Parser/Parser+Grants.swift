import WarehouseBasics

extension Parser {
    mutating func parseGrant() throws(WarehouseError) -> GrantStatement {
        try expect("GRANT")
        let right = try parseGrantedRight()
        try expect("TO")
        var grant = GrantStatement(right: right, grantee: try parseGrantee())
        while !isAtEnd {
            if accept("WITH", "GRANT", "OPTION") {
                grant.withGrantOption = true
            } else if accept("REVOKE", "CURRENT", "GRANTS") {
                grant.currentGrants = .revoke
            } else if accept("COPY", "CURRENT", "GRANTS") {
                grant.currentGrants = .copy
            } else {
                throw unexpected()
            }
        }
        return grant
    }

    mutating func parseRevoke() throws(WarehouseError) -> RevokeStatement {
        try expect("REVOKE")
        let grantOptionOnly = accept("GRANT", "OPTION", "FOR")
        let right = try parseGrantedRight()
        try expect("FROM")
        var revoke = RevokeStatement(grantOptionOnly: grantOptionOnly, right: right, grantee: try parseGrantee())
        revoke.behavior = acceptDropBehavior()
        return revoke
    }

    private mutating func parseGrantedRight() throws(WarehouseError) -> GrantedRight {
        if isWord("ROLE"), isName(ahead: 1), !isWord("ON", ahead: 1) {
            advance()
            return .role(try parseObjectReference())
        }
        if accept("DATABASE", "ROLE") { return .databaseRole(try parseObjectReference()) }
        let privileges = try parsePrivileges()
        try expect("ON")
        return .privileges(privileges, on: try parseGrantTarget())
    }

    private mutating func parsePrivileges() throws(WarehouseError) -> Privileges {
        if accept("ALL") {
            _ = accept("PRIVILEGES")
            return .all
        }
        return .named(try list { parser throws(WarehouseError) in
            var words: [String] = []
            while parser.current.kind == .word, !parser.isWord("ON") {
                words.append(parser.current.text)
                parser.advance()
            }
            guard !words.isEmpty else { throw parser.unexpected(hint: "A privilege was expected.") }
            return words.joined(separator: " ")
        })
    }

    /// What stands behind ON.
    mutating func parseGrantTarget() throws(WarehouseError) -> GrantTarget {
        if isWord("ACCOUNT"), !isName(ahead: 1) || isAnyWord(["TO", "FROM"], ahead: 1) {
            advance()
            return .account
        }
        if isAnyWord(["ALL", "FUTURE"]) {
            let isFuture = isWord("FUTURE")
            advance()
            let kind = try parseObjectKind(plural: true)
            try expect("IN")
            let container = try parseGrantContainer()
            return isFuture ? .future(kind, in: container) : .all(kind, in: container)
        }
        guard !isRelationAhead else { return .relation(try parseObjectReference()) }
        let kind = try parseObjectKind()
        let name = try parseObjectReference()
        return .object(kind, name, argumentTypes: try parseArgumentTypes())
    }

    /// Whether a name stands here and no kind of object. `stage.t` is a table of the schema STAGE.
    private var isRelationAhead: Bool {
        guard isName(ahead: 0) else { return false }
        guard let length = objectKindAhead()?.length else {
            return peek(1).kind != .word || isAnyWord(["TO", "FROM", "LIMIT"], ahead: 1)
        }
        let next = peek(length)
        return next.kind == .end || next.kind == .symbol && [".", ";"].contains(next.text)
            || isAnyWord(["TO", "FROM", "LIMIT"], ahead: length)
    }

    mutating func parseGrantContainer() throws(WarehouseError) -> GrantContainer {
        if accept("DATABASE") { return .database(try parseObjectReference()) }
        if accept("SCHEMA") { return .schema(try parseObjectReference()) }
        try expect("ACCOUNT")
        return .account
    }

    /// `[ROLE|USER|DATABASE ROLE|SHARE] name`
    mutating func parseGrantee() throws(WarehouseError) -> Grantee {
        if accept("DATABASE", "ROLE") { return .databaseRole(try parseObjectReference()) }
        if isName(ahead: 1) {
            if accept("USER") { return .user(try parseObjectReference()) }
            if accept("SHARE") { return .share(try parseObjectReference()) }
            _ = accept("ROLE")
        }
        return .role(try parseObjectReference())
    }

    mutating func acceptDropBehavior() -> DropBehavior? {
        accept("CASCADE") ? .cascade : accept("RESTRICT") ? .restrict : nil
    }
}
