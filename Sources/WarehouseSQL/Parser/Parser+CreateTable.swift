import WarehouseBasics

extension Parser {
    mutating func parseCreateTable(_ modifiers: CreateModifiers) throws(WarehouseError) -> CreateTableStatement {
        let ifNotExists = acceptIfNotExists()
        var table = CreateTableStatement(orReplace: modifiers.orReplace, persistence: modifiers.persistence,
                                         ifNotExists: ifNotExists, name: try parseObjectReference())
        table.orAlter = modifiers.orAlter
        if !ifNotExists { table.ifNotExists = acceptIfNotExists() }
        if isSymbol("("), !isQueryAhead() { try parseTableElements(&table) }
        while !isAtEnd {
            if table.columns.isEmpty, isSymbol("("), !isQueryAhead() {
                try parseTableElements(&table)
            } else if accept("CLUSTER", "BY") {
                _ = isWord("LINEAR") && isSymbol("(", ahead: 1) && accept("LINEAR")
                table.clusterBy = try parenthesized { parser throws(WarehouseError) in try parser.parseExpression() }
            } else if table.source == .none, let source = try parseTableSource() {
                table.source = source
            } else if isPolicyAhead() {
                let isRowAccess = isWord("ROW") || isWord("ROW", ahead: 1)
                throw unsupported(isRowAccess ? "ROW ACCESS POLICY" : "A policy of a table")
            } else {
                let properties = try parseProperties()
                guard !properties.isEmpty else { throw unexpected() }
                table.properties += properties
            }
        }
        guard table.source != .none || !table.columns.isEmpty else { throw unexpected(hint: "Columns were expected.") }
        try requireTypes(table)
        return table
    }

    /// Columns without a type are for CREATE TABLE … AS alone.
    private func requireTypes(_ table: CreateTableStatement) throws(WarehouseError) {
        if case .query = table.source { return }
        for column in table.columns where column.type == nil && column.computed == nil {
            throw WarehouseError(.syntax, "SQL compilation error:\nMissing data type of column '\(column.name.name)'.",
                                 span: column.name.span)
        }
    }

    private mutating func parseTableSource() throws(WarehouseError) -> TableSource? {
        if accept("AS") { return .query(try parseQuery()) }
        if accept("LIKE") { return .like(try parseObjectReference()) }
        if accept("CLONE") {
            let source = try parseObjectReference()
            return .clone(source, try parseTimeTravel())
        }
        guard accept("USING", "TEMPLATE") else { return nil }
        guard isQueryAhead() else { throw unexpected() }
        return .template(try parseParenthesizedQuery())
    }

    private mutating func parseTableElements(_ table: inout CreateTableStatement) throws(WarehouseError) {
        try expectSymbol("(")
        repeat {
            if let constraint = try parseTableConstraint() {
                table.constraints.append(constraint)
            } else {
                table.columns.append(try parseColumnDefinition())
            }
        } while acceptSymbol(",")
        try expectSymbol(")")
    }

    // MARK: Columns

    mutating func parseColumnDefinition() throws(WarehouseError) -> ColumnDefinition {
        var column = ColumnDefinition(name: try parseIdentifier())
        if isSymbol(",") || isSymbol(")") || isAtEnd { return column }
        if !(isWord("AS") || isWords("NOT", "NULL") || isWord("COMMENT") && peek().kind == .string) {
            column.type = try parseTypeName()
        }
        while try parseColumnOption(&column) {}
        return column
    }

    /// One thing behind a column's type; false where none stands.
    private mutating func parseColumnOption(_ column: inout ColumnDefinition) throws(WarehouseError) -> Bool {
        guard current.kind == .word else { return false }
        switch current.text {
        case "NOT" where isWord("NULL", ahead: 1):
            advance(2)
            column.isNotNull = true
        case "NULL":
            advance()
        case "DEFAULT":
            advance()
            column.defaultValue = try parseExpression(Precedence.concatenation)
        case "AUTOINCREMENT", "IDENTITY":
            advance()
            column.identity = try parseIdentity()
        case "AS":
            advance()
            column.computed = try parsePostfix()
        case "COLLATE":
            advance()
            column.collation = try expectString()
        case "COMMENT":
            advance()
            _ = acceptSymbol("=")
            column.comment = try expectString()
        case "WITH" where isWord("TAG", ahead: 1), "TAG" where isSymbol("(", ahead: 1):
            _ = accept("WITH")
            advance()
            column.tags += try parseTagList()
        case "WITH", "MASKING", "PROJECTION":
            throw unsupported("A masking or projection policy")
        default:
            guard let constraint = try parseInlineConstraint(column.name) else { return false }
            column.constraints.append(constraint)
        }
        return true
    }

    /// `[(start, step) | START n INCREMENT m] [ORDER|NOORDER]`
    private mutating func parseIdentity() throws(WarehouseError) -> IdentityClause {
        var identity = IdentityClause()
        if acceptSymbol("(") {
            identity.start = try expectInteger(signed: true)
            try expectSymbol(",")
            identity.increment = try expectInteger(signed: true)
            try expectSymbol(")")
        }
        while isAnyWord(["START", "INCREMENT"]) {
            let isStart = isWord("START")
            advance()
            _ = accept(anyOf: ["WITH", "BY"]) || acceptSymbol("=")
            let value = try expectInteger(signed: true)
            if isStart { identity.start = value } else { identity.increment = value }
        }
        if accept("ORDER") { identity.isOrdered = true } else if accept("NOORDER") { identity.isOrdered = false }
        return identity
    }

    // MARK: Constraints

    /// A constraint that stands among the columns; nil where a column does.
    mutating func parseTableConstraint() throws(WarehouseError) -> TableConstraint? {
        let isConstraint = isWord("CONSTRAINT") || isWords("PRIMARY", "KEY") || isWords("FOREIGN", "KEY")
            || isWord("UNIQUE") || isWord("CHECK") && isSymbol("(", ahead: 1)
        guard isConstraint else { return nil }
        let name = accept("CONSTRAINT") ? try parseIdentifier() : nil
        var constraint = TableConstraint(name: name, kind: .unique)
        if accept("PRIMARY", "KEY") {
            constraint.kind = .primaryKey
            constraint.columns = try parseColumnNames()
        } else if accept("UNIQUE") {
            constraint.columns = try parseColumnNames()
        } else if accept("FOREIGN", "KEY") {
            constraint.columns = try parseColumnNames()
            constraint.kind = try parseReferences()
        } else {
            try expect("CHECK")
            constraint.kind = try parseCheck()
        }
        constraint.properties = parseConstraintProperties()
        return constraint
    }

    private mutating func parseInlineConstraint(
        _ column: Identifier
    ) throws(WarehouseError) -> TableConstraint? {
        guard isAnyWord(["CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "REFERENCES", "CHECK"]) else { return nil }
        let name = accept("CONSTRAINT") ? try parseIdentifier() : nil
        var constraint = TableConstraint(name: name, kind: .unique, columns: [column])
        if accept("PRIMARY", "KEY") {
            constraint.kind = .primaryKey
        } else if isWord("FOREIGN") || isWord("REFERENCES") {
            _ = accept("FOREIGN", "KEY")
            constraint.kind = try parseReferences()
        } else if accept("CHECK") {
            constraint.kind = try parseCheck()
        } else {
            try expect("UNIQUE")
        }
        constraint.properties = parseConstraintProperties()
        return constraint
    }

    private mutating func parseReferences() throws(WarehouseError) -> TableConstraint.Kind {
        try expect("REFERENCES")
        let table = try parseObjectReference()
        return .foreignKey(table, columns: isSymbol("(") ? try parseColumnNames() : [])
    }

    private mutating func parseCheck() throws(WarehouseError) -> TableConstraint.Kind {
        try expectSymbol("(")
        let condition = try parseExpression()
        try expectSymbol(")")
        return .check(condition)
    }

    /// `NOT ENFORCED`, `RELY`, `ON DELETE CASCADE` and the like: accepted and kept as words.
    private mutating func parseConstraintProperties() -> [String] {
        var found: [String] = []
        search: while current.kind == .word {
            for words in Self.constraintProperties {
                var matches = true
                for (offset, word) in words.enumerated() where !isWord(word, ahead: offset) { matches = false }
                guard matches else { continue }
                advance(words.count)
                found.append(words.joined(separator: " "))
                continue search
            }
            break
        }
        return found
    }

    private static let constraintProperties: [[String]] = {
        let actions = ["CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION"]
        let plain = ["NOT ENFORCED", "ENFORCED", "NOT DEFERRABLE", "DEFERRABLE", "INITIALLY DEFERRED",
                     "INITIALLY IMMEDIATE", "ENABLE", "DISABLE", "VALIDATE", "NOVALIDATE", "RELY", "NORELY",
                     "MATCH FULL", "MATCH PARTIAL", "MATCH SIMPLE"]
        let onChange = ["UPDATE", "DELETE"].flatMap { event in actions.map { "ON \(event) \($0)" } }
        return (plain + onChange).map { $0.split(separator: " ").map(String.init) }
    }()
}
