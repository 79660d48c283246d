import WarehouseBasics

extension Parser {
    mutating func parseAlter() throws(WarehouseError) -> Statement {
        try expect("ALTER")
        let kind = try parseObjectKind()
        if kind == .table { return .alterTable(try parseAlterTable()) }
        return .alterObject(try parseAlterObject(kind))
    }

    private mutating func parseAlterTable() throws(WarehouseError) -> AlterTableStatement {
        let ifExists = acceptIfExists()
        let name = try parseObjectReference()
        return AlterTableStatement(ifExists: ifExists, name: name, action: try parseAlterTableAction())
    }

    private mutating func parseAlterTableAction() throws(WarehouseError) -> AlterTableAction {
        switch current.text {
        case "ADD": return try parseAdd()
        case "DROP": return try parseDropPart()
        case "RENAME": return try parseRename()
        case "ALTER", "MODIFY": return .alterColumns(try parseColumnChanges())
        case "SWAP":
            advance()
            try expect("WITH")
            return .swapWith(try parseObjectReference())
        case "CLUSTER":
            advance()
            try expect("BY")
            return .clusterBy(try parenthesized { parser throws(WarehouseError) in try parser.parseExpression() })
        case "SET", "UNSET":
            return try parseTableProperties()
        case "SUSPEND" where isWord("RECLUSTER", ahead: 1), "RESUME" where isWord("RECLUSTER", ahead: 1):
            let words = current.text + " RECLUSTER"
            advance(2)
            return .maintenance(words)
        case "RECLUSTER":
            throw unsupported("ALTER TABLE … \(current.text)")
        default:
            throw unexpected()
        }
    }

    private mutating func parseAdd() throws(WarehouseError) -> AlterTableAction {
        advance()
        if isPolicyAhead() { throw unsupported("ALTER TABLE … ADD \(current.text) \(peek().text)") }
        if isWords("SEARCH", "OPTIMIZATION") { return try parseSearchOptimization("ADD") }
        _ = (isName(ahead: 1) || isSymbol("(", ahead: 1)) && accept("COLUMN")
        var ifNotExists = acceptIfNotExists()
        if let constraint = try parseTableConstraint() { return .addConstraint(constraint) }
        let columns: [ColumnDefinition]
        if isSymbol("(") {
            columns = try parenthesized { parser throws(WarehouseError) in try parser.parseColumnDefinition() }
        } else {
            columns = try list { parser throws(WarehouseError) in
                if parser.accept("ADD") { _ = parser.accept("COLUMN") }
                if parser.isWord("IF"), parser.acceptIfNotExists() { ifNotExists = true }
                return try parser.parseColumnDefinition()
            }
        }
        for column in columns where column.type == nil {
            throw WarehouseError(.syntax, "SQL compilation error:\nMissing data type of column '\(column.name.name)'.",
                                 span: column.name.span)
        }
        return .addColumns(columns, ifNotExists: ifNotExists)
    }

    private mutating func parseDropPart() throws(WarehouseError) -> AlterTableAction {
        advance()
        if accept("CLUSTERING", "KEY") { return .dropClusteringKey }
        if accept("PRIMARY", "KEY") { return .dropPrimaryKey }
        if accept("CONSTRAINT") {
            let name = try parseIdentifier()
            _ = acceptDropBehavior()
            return .dropConstraint(name)
        }
        if isWords("SEARCH", "OPTIMIZATION") { return try parseSearchOptimization("DROP") }
        if isAnyWord(["UNIQUE", "FOREIGN", "ROW", "ALL"]), isName(ahead: 1) || isSymbol("(", ahead: 1) {
            throw unsupported("ALTER TABLE … DROP \(current.text)")
        }
        if isName(ahead: 1) { _ = accept("COLUMN") }
        let ifExists = acceptIfExists()
        let columns = try list { parser throws(WarehouseError) in try parser.parseIdentifier() }
        return .dropColumns(columns, ifExists: ifExists)
    }

    /// `SEARCH OPTIMIZATION [ON method(target), …]`: a table here is searched by its zone maps alone.
    private mutating func parseSearchOptimization(_ verb: String) throws(WarehouseError) -> AlterTableAction {
        advance(2)
        if accept("ON") { _ = try list { parser throws(WarehouseError) in try parser.parseExpression() } }
        return .maintenance("\(verb) SEARCH OPTIMIZATION")
    }

    private mutating func parseRename() throws(WarehouseError) -> AlterTableAction {
        advance()
        if accept("TO") { return .renameTo(try parseObjectReference()) }
        let isConstraint = isWord("CONSTRAINT")
        if !isConstraint { try expect("COLUMN") } else { advance() }
        let old = try parseIdentifier()
        try expect("TO")
        let new = try parseIdentifier()
        return isConstraint ? .renameConstraint(old, to: new) : .renameColumn(old, to: new)
    }

    private mutating func parseTableProperties() throws(WarehouseError) -> AlterTableAction {
        let isSet = isWord("SET")
        advance()
        if accept("TAG") {
            return isSet ? .setTags(try parseTags()) : .unsetTags(try parseObjectReferences())
        }
        return isSet ? .set(try parseSetProperties()) : .unset(try parseUnsetNames())
    }

    private mutating func parseTags() throws(WarehouseError) -> [ObjectProperty] {
        try list { parser throws(WarehouseError) in try parser.parseTag() }
    }

    private mutating func parseObjectReferences() throws(WarehouseError) -> [ObjectReference] {
        try list { parser throws(WarehouseError) in try parser.parseObjectReference() }
    }

    /// One or more properties.
    private mutating func parseSetProperties() throws(WarehouseError) -> [ObjectProperty] {
        let properties = try parseProperties()
        guard !properties.isEmpty else { throw unexpected() }
        return properties
    }

    /// One or more names, with commas between them or not.
    private mutating func parseUnsetNames() throws(WarehouseError) -> [String] {
        var names: [String] = []
        repeat {
            names.append(try parseAnyWord().name)
            _ = acceptSymbol(",")
        } while !isAtEnd
        return names
    }

    // MARK: Columns

    private mutating func parseColumnChanges() throws(WarehouseError) -> [ColumnChange] {
        advance()
        if isSymbol("(") {
            let nested = try parenthesized { parser throws(WarehouseError) in try parser.parseColumnChange() }
            return nested
        }
        return try list { parser throws(WarehouseError) in
            if parser.isAnyWord(["ALTER", "MODIFY"]), parser.isName(ahead: 1) { parser.advance() }
            return try parser.parseColumnChange()
        }
    }

    private mutating func parseColumnChange() throws(WarehouseError) -> ColumnChange {
        if isName(ahead: 1) { _ = accept("COLUMN") }
        let column = try parseIdentifier()
        return ColumnChange(column: column, action: try parseColumnAction())
    }

    private mutating func parseColumnAction() throws(WarehouseError) -> ColumnChange.Action {
        if accept("SET", "NOT", "NULL") || accept("NOT", "NULL") { return .setNotNull }
        if accept("DROP", "NOT", "NULL") { return .dropNotNull }
        if accept("DROP", "DEFAULT") { return .dropDefault }
        if accept("SET", "DEFAULT") { return .setDefault(try parseExpression(Precedence.concatenation)) }
        if accept("UNSET", "COMMENT") { return .unsetComment }
        if isWord("COMMENT"), peek().kind == .string {
            advance()
            return .comment(try expectString())
        }
        if accept("SET", "TAG") { return .setTags(try parseTags()) }
        if accept("UNSET", "TAG") { return .unsetTags(try parseObjectReferences()) }
        if isAnyWord(["SET", "UNSET"]), isAnyWord(["MASKING", "PROJECTION"], ahead: 1) {
            throw unsupported("ALTER COLUMN … \(current.text) \(peek().text)")
        }
        _ = accept("SET", "DATA", "TYPE") || accept("SET", "TYPE") || accept("TYPE")
        return .setType(try parseTypeName())
    }

    // MARK: Everything else

    private mutating func parseAlterObject(_ kind: ObjectKind) throws(WarehouseError) -> AlterObjectStatement {
        var alter = AlterObjectStatement(kind: kind, ifExists: acceptIfExists(), name: nil, action: .set([]))
        let isNameless = kind == .session || kind == .account
            || isAnyWord(["SET", "UNSET", "SUSPEND", "RESUME", "ABORT"]) && !isWord("SET", ahead: 1)
        if !isNameless {
            alter.name = try parseObjectReference()
            alter.argumentTypes = try parseArgumentTypes()
        }
        alter.action = try parseAlterAction(kind)
        return alter
    }

    private mutating func parseAlterAction(_ kind: ObjectKind) throws(WarehouseError) -> AlterObjectAction {
        if accept("RENAME", "TO") { return .renameTo(try parseObjectReference()) }
        if accept("SWAP", "WITH") { return .swapWith(try parseObjectReference()) }
        if accept("SET", "TAG") { return .setTags(try parseTags()) }
        if accept("UNSET", "TAG") { return .unsetTags(try parseObjectReferences()) }
        if isWord("SET"), !isWord("SECURE", ahead: 1) {
            advance()
            return .set(kind == .sequence ? try parseSequenceProperties() : try parseSetProperties())
        }
        if isWord("UNSET"), !isWord("SECURE", ahead: 1) {
            advance()
            return .unset(try parseUnsetNames())
        }
        if kind == .sequence, isWord("INCREMENT") { return .set(try parseSequenceProperties()) }
        if kind == .stage, accept("REFRESH") {
            guard accept("SUBPATH") else { return .refresh(subpath: nil) }
            try expectSymbol("=")
            return .refresh(subpath: try expectString())
        }
        var words: [String] = []
        while current.kind == .word {
            words.append(current.text)
            advance()
        }
        guard !words.isEmpty else { throw unexpected() }
        if !isAtEnd { throw unsupported("ALTER \(kind.rawValue) … \(words.joined(separator: " "))") }
        return .command(words.joined(separator: " "))
    }

    // MARK: DROP, UNDROP, COMMENT

    mutating func parseDrop() throws(WarehouseError) -> DropStatement {
        try expect("DROP")
        let kind = try parseObjectKind()
        var drop = DropStatement(kind: kind, ifExists: acceptIfExists(), name: try parseObjectReference())
        drop.argumentTypes = try parseArgumentTypes()
        drop.behavior = acceptDropBehavior()
        return drop
    }

    mutating func parseUndrop() throws(WarehouseError) -> UndropStatement {
        try expect("UNDROP")
        let kind = try parseObjectKind()
        // The id of one of several that were dropped: `UNDROP TABLE IDENTIFIER(408578)`.
        if isWord("IDENTIFIER"), isSymbol("(", ahead: 1), peek(2).kind == .number {
            let start = index
            advance(2)
            let digits = current.text
            advance()
            try expectSymbol(")")
            return UndropStatement(
                kind: kind, name: ObjectReference(kind: .computed(.text(digits)), span: span(from: start)))
        }
        return UndropStatement(kind: kind, name: try parseObjectReference())
    }

    mutating func parseComment() throws(WarehouseError) -> CommentStatement {
        try expect("COMMENT")
        let ifExists = acceptIfExists()
        try expect("ON")
        let kind = try parseObjectKind()
        let name = try parseObjectReference()
        let argumentTypes = try parseArgumentTypes()
        try expect("IS")
        return CommentStatement(ifExists: ifExists, kind: kind, name: name, argumentTypes: argumentTypes,
                                text: try expectString())
    }
}
