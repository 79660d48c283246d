import WarehouseBasics

/// The words between CREATE and the kind of object.
struct CreateModifiers {
    var orReplace = false
    var orAlter = false
    var persistence = Persistence.permanent
    var isSecure = false
    var isRecursive = false
}

extension Parser {
    mutating func parseCreate() throws(WarehouseError) -> Statement {
        try expect("CREATE")
        var modifiers = CreateModifiers()
        modifiers.orReplace = accept("OR", "REPLACE")
        modifiers.orAlter = accept("OR", "ALTER")
        parseCreateModifiers(&modifiers)
        guard let (kind, length) = objectKindAhead() else {
            if isAnyWord(["MASKING", "ROW", "NETWORK", "AGGREGATE"]) { throw unsupported("CREATE \(current.text)") }
            if isWord("SNOWFLAKE"), isSymbol(".", ahead: 1) { throw unsupported("CREATE of a class's instance") }
            throw unexpected(hint: "A kind of object was expected, such as TABLE.")
        }
        if modifiers.orAlter, kind != .table { throw unsupported("CREATE OR ALTER \(kind.rawValue)") }
        switch kind {
        case .table:
            advance(length)
            return .createTable(try parseCreateTable(modifiers))
        case .view, .materializedView:
            advance(length)
            return .createView(try parseCreateView(modifiers, isMaterialized: kind == .materializedView))
        case .function, .procedure:
            advance(length)
            return .createFunction(try parseCreateFunction(modifiers, isProcedure: kind == .procedure))
        case .database, .schema, .role, .databaseRole, .user, .warehouse, .stage, .fileFormat, .integration,
             .storageIntegration, .notificationIntegration, .securityIntegration, .apiIntegration,
             .catalogIntegration, .externalAccessIntegration, .sequence, .tag, .share:
            advance(length)
            return .createObject(try parseCreateObject(modifiers, kind))
        default:
            throw unsupported("CREATE \(kind.rawValue)")
        }
    }

    private mutating func parseCreateModifiers(_ modifiers: inout CreateModifiers) {
        while true {
            if accept(anyOf: ["LOCAL", "GLOBAL"]) || isWord("SCOPED") && accept("SCOPED") { continue }
            if accept(anyOf: ["TEMPORARY", "TEMP", "VOLATILE"]) {
                modifiers.persistence = .temporary
            } else if accept("TRANSIENT") {
                modifiers.persistence = .transient
            } else if accept("SECURE") {
                modifiers.isSecure = true
            } else if accept("RECURSIVE") {
                modifiers.isRecursive = true
            } else {
                return
            }
        }
    }

    private mutating func parseCreateView(
        _ modifiers: CreateModifiers, isMaterialized: Bool
    ) throws(WarehouseError) -> CreateViewStatement {
        let ifNotExists = acceptIfNotExists()
        let name = try parseObjectReference()
        var properties = try parseProperties()
        var columns: [ViewColumn] = []
        if isSymbol("(") {
            columns = try parenthesized { parser throws(WarehouseError) in try parser.parseViewColumn() }
        }
        properties += try parseProperties()
        if isPolicyAhead() { throw unsupported("A policy of a view") }
        if isWord("CLUSTER") { throw unsupported("CLUSTER BY of a view") }
        try expect("AS")
        let start = index
        // A view outlives the chain of statements that it is made in.
        pipes = 0
        let query = try parseQuery()
        let queryText = text(from: tokens[start].start, to: tokens[index - 1].end)
        return CreateViewStatement(
            orReplace: modifiers.orReplace, isSecure: modifiers.isSecure,
            isTemporary: modifiers.persistence == .temporary, isRecursive: modifiers.isRecursive,
            isMaterialized: isMaterialized, ifNotExists: ifNotExists, name: name, columns: columns,
            properties: properties, query: query, queryText: queryText)
    }

    private mutating func parseViewColumn() throws(WarehouseError) -> ViewColumn {
        var column = ViewColumn(name: try parseIdentifier())
        while true {
            if accept("COMMENT") {
                column.comment = try expectString()
            } else if isWords("WITH", "TAG") || isWord("TAG") && isSymbol("(", ahead: 1) {
                _ = accept("WITH")
                advance()
                _ = try parseTagList()
            } else if isPolicyAhead() {
                throw unsupported("A masking or projection policy")
            } else {
                return column
            }
        }
    }

    /// `[WITH] ROW ACCESS | AGGREGATION | JOIN | MASKING | PROJECTION … POLICY`
    func isPolicyAhead() -> Bool {
        let start = isWord("WITH") ? 1 : 0
        return ["ROW", "AGGREGATION", "JOIN", "MASKING", "PROJECTION"].contains { isWord($0, ahead: start) }
            && (isWord("POLICY", ahead: start + 1) || isWords("ROW", "ACCESS") || isWord("ACCESS", ahead: start + 1))
    }

    private mutating func parseCreateObject(
        _ modifiers: CreateModifiers, _ kind: ObjectKind
    ) throws(WarehouseError) -> CreateObjectStatement {
        let ifNotExists = acceptIfNotExists()
        var create = CreateObjectStatement(orReplace: modifiers.orReplace, persistence: modifiers.persistence,
                                           kind: kind, ifNotExists: ifNotExists, name: try parseObjectReference())
        if !ifNotExists { create.ifNotExists = acceptIfNotExists() }
        if accept("CLONE") {
            let source = try parseObjectReference()
            create.clone = CloneSource(source: source, timeTravel: try parseTimeTravel())
        }
        if isWord("FROM") { throw unsupported("CREATE \(kind.rawValue) … FROM") }
        create.properties = kind == .sequence ? try parseSequenceProperties() : try parseProperties()
        if create.properties.isEmpty, accept("WITH") { create.properties = try parseProperties() }
        return create
    }

    /// `START [WITH] [=] n`, `INCREMENT [BY] [=] n` and the common ones.
    mutating func parseSequenceProperties() throws(WarehouseError) -> [ObjectProperty] {
        var properties: [ObjectProperty] = []
        while !isAtEnd {
            let start = index
            _ = isWord("WITH") && accept("WITH")
            if isWord("START") || isWord("INCREMENT") {
                let name = current.text
                advance()
                _ = accept(anyOf: ["WITH", "BY"])
                _ = acceptSymbol("=")
                let value = PropertyValue.number(String(try expectInteger(signed: true)))
                properties.append(ObjectProperty(name: name, value: value, span: span(from: start)))
            } else {
                let others = try parseProperties()
                guard !others.isEmpty else { break }
                properties += others
            }
            _ = acceptSymbol(",")
        }
        return properties
    }

    // MARK: Functions

    private mutating func parseCreateFunction(
        _ modifiers: CreateModifiers, isProcedure: Bool
    ) throws(WarehouseError) -> CreateFunctionStatement {
        let ifNotExists = acceptIfNotExists()
        let name = try parseObjectReference()
        let parameters = try parseFunctionParameters()
        var properties = try parseFunctionProperties()
        try expect("RETURNS")
        let returns: FunctionResult
        if isWord("TABLE"), isSymbol("(", ahead: 1) {
            advance()
            returns = .table(try parseFunctionParameters())
        } else {
            let type = try parseTypeName()
            returns = .scalar(type, isNotNull: accept("NOT", "NULL"))
        }
        properties += try parseFunctionProperties()
        if isWords("AS", "BEGIN") || isWords("AS", "DECLARE") {
            throw unsupported("Snowflake Scripting (BEGIN … END)")
        }
        let body = accept("AS") ? try expectString() : ""
        return CreateFunctionStatement(
            orReplace: modifiers.orReplace, isTemporary: modifiers.persistence == .temporary,
            isSecure: modifiers.isSecure, ifNotExists: ifNotExists, isProcedure: isProcedure, name: name,
            parameters: parameters, returns: returns, properties: properties, body: body)
    }

    private mutating func parseFunctionParameters() throws(WarehouseError) -> [FunctionParameter] {
        try expectSymbol("(")
        if acceptSymbol(")") { return [] }
        let parameters = try list { parser throws(WarehouseError) in
            let name = try parser.parseIdentifier()
            let type = try parser.parseTypeName()
            let value = parser.accept("DEFAULT") ? try parser.parseExpression() : nil
            return FunctionParameter(name: name, type: type, defaultValue: value)
        }
        try expectSymbol(")")
        return parameters
    }

    private mutating func parseFunctionProperties() throws(WarehouseError) -> [ObjectProperty] {
        var properties: [ObjectProperty] = []
        while !isAtEnd, !isWord("AS") {
            let start = index
            if isWord("RETURNS"), !isWord("NULL", ahead: 1) { return properties }
            if isWord("LANGUAGE"), peek().kind == .word {
                advance()
                let language = try parseAnyWord()
                properties.append(ObjectProperty(name: "LANGUAGE", value: .name(ObjectReference([language])),
                                                 span: span(from: start)))
            } else {
                let others = try parseProperties()
                guard !others.isEmpty else { throw unexpected() }
                properties += others
            }
        }
        return properties
    }
}
