import WarehouseSQL

/// Which columns of staged files a statement needs.
struct FileColumns {
    /// The highest `$n` that its own expressions name.
    private(set) var highest = 0
    /// Whether it asks for all by `*`.
    private(set) var hasStar = false

    /// `order` sorts the rows by what need not be in the list.
    init(_ statement: SelectStatement, order: OrderByClause?) {
        self.init { walk in
            walk.walk(statement)
            if case .items(let items)? = order { items.forEach { walk.walk($0.expression) } }
        }
        hasStar = statement.items.contains { if case .star = $0 { true } else { false } }
    }

    init(_ statement: UpdateStatement) {
        self.init { walk in
            statement.from.forEach { walk.walk($0) }
            statement.assignments.forEach { walk.walk($0.value) }
            if let filter = statement.filter { walk.walk(filter) }
        }
    }

    init(_ statement: DeleteStatement) {
        self.init { walk in
            statement.using.forEach { walk.walk($0) }
            if let filter = statement.filter { walk.walk(filter) }
        }
    }

    init(_ statement: MergeStatement) {
        self.init { walk in
            walk.walk(statement.source)
            walk.walk(statement.condition)
            for clause in statement.clauses {
                if let condition = clause.condition { walk.walk(condition) }
                switch clause.action {
                case .update(let assignments): assignments.forEach { walk.walk($0.value) }
                case .insert(_, let values): values.forEach { walk.walk($0) }
                case .updateAllByName, .delete, .insertAllByName: break
                }
            }
        }
    }

    private init(_ walking: (SyntaxWalk) -> Void) {
        var walk = SyntaxWalk()
        var highest = 0
        walk.visit = { if case .fileColumn(_, let index) = $0.kind { highest = max(highest, index) } }
        walking(walk)
        self.highest = highest
    }
}

/// Whether a common table expression names itself, as a recursive one does.
enum RecursionCheck {
    static func refersToItself(_ definition: CommonTableExpression) -> Bool {
        found(definition.name) { $0.walk(definition.query) }
    }

    /// Whether `body` reads a table of that one name.
    static func refers(_ body: QueryBody, to name: Identifier) -> Bool { found(name) { $0.walk(body) } }

    private static func found(_ name: Identifier, _ walking: (SyntaxWalk) -> Void) -> Bool {
        var walk = SyntaxWalk()
        var found = false
        walk.visitTable = { reference in
            if let parts = reference.parts, parts.count == 1, parts[0] == name { found = true }
        }
        walking(walk)
        return found
    }
}

/// Walks syntax trees, calling back for each expression and each table named.
struct SyntaxWalk {
    var visit: (Expression) -> Void = { _ in }
    var visitTable: (ObjectReference) -> Void = { _ in }

    func walk(_ query: Query) {
        for table in query.with?.tables ?? [] { walk(table.query) }
        walk(query.body)
        if case .items(let items)? = query.orderBy { items.forEach { walk($0.expression) } }
    }

    func walk(_ body: QueryBody) {
        switch body {
        case .select(let select): walk(select)
        case .setOperation(let operation): operation.operands.forEach { walk($0) }
        case .values(let rows): rows.forEach { $0.forEach { walk($0) } }
        case .nested(let query): walk(query)
        }
    }

    func walk(_ select: SelectStatement) {
        for item in select.items {
            switch item {
            case .expression(let entry): walk(entry.expression)
            case .star(let star): star.replace.forEach { walk($0.expression) }
            }
        }
        select.from.forEach { walk($0) }
        [select.filter, select.having, select.qualify].forEach { if let expression = $0 { walk(expression) } }
        if case .elements(let elements)? = select.groupBy { elements.forEach { walk($0) } }
    }

    func walk(_ element: GroupingElement) {
        switch element {
        case .expression(let expression): walk(expression)
        case .set(let expressions): expressions.forEach { walk($0) }
        case .rollup(let lists), .cube(let lists): lists.forEach { $0.forEach { walk($0) } }
        case .groupingSets(let elements): elements.forEach { walk($0) }
        }
    }

    func walk(_ table: TableExpression) {
        switch table.kind {
        case .table(let reference, _): visitTable(reference)
        case .subquery(let query, _): walk(query)
        case .function(let call, _): walk(call)
        case .values(let rows): rows.forEach { $0.forEach { walk($0) } }
        case .stage: break
        case .join(let join):
            walk(join.left)
            walk(join.right)
            if case .on(let condition) = join.condition { walk(condition) }
        case .pivot(let pivot): walk(pivot.input)
        case .unpivot(let unpivot): walk(unpivot.input)
        }
    }

    func walk(_ call: FunctionCall) {
        for argument in call.arguments {
            switch argument {
            case .expression(let expression), .named(_, let expression): walk(expression)
            case .star: break
            case .query(let query): walk(query)
            }
        }
        (call.orderBy + call.withinGroup).forEach { walk($0.expression) }
        if let filter = call.filter { walk(filter) }
        if case .specification(let specification)? = call.over {
            specification.partitionBy.forEach { walk($0) }
            specification.orderBy.forEach { walk($0.expression) }
        }
    }

    func walk(_ expression: Expression) {
        visit(expression)
        switch expression.kind {
        case .literal, .column, .identifier, .fileColumn, .variable, .parameter, .defaultValue: break
        case .unary(_, let a), .isNull(let a, _), .isBoolean(let a, _, _), .collate(let a, _), .extract(_, let a),
             .outerJoinMark(let a): walk(a)
        case .binary(_, let a, let b), .element(let a, let b):
            walk(a)
            walk(b)
        case .logical(_, let list), .concatenation(let list), .array(let list), .tuple(let list):
            list.forEach { walk($0) }
        case .between(let a, let b, let c, _): [a, b, c].forEach { walk($0) }
        case .inList(let a, let list, _): ([a] + list).forEach { walk($0) }
        case .inSubquery(let a, let query, _):
            walk(a)
            walk(query)
        case .patternMatch(let match):
            walk(match.operand)
            switch match.patterns {
            case .one(let pattern): walk(pattern)
            case .list(_, let patterns): patterns.forEach { walk($0) }
            case .subquery(_, let query): walk(query)
            }
        case .quantified(let quantified):
            walk(quantified.left)
            walk(quantified.query)
        case .conditional(let conditional):
            if let operand = conditional.operand { walk(operand) }
            for branch in conditional.branches {
                walk(branch.condition)
                walk(branch.result)
            }
            if let otherwise = conditional.otherwise { walk(otherwise) }
        case .cast(let cast): walk(cast.operand)
        case .function(let call): walk(call)
        case .subquery(let query), .exists(let query): walk(query)
        case .path(let base, let steps):
            walk(base)
            for step in steps { if case .subscription(let index) = step { walk(index) } }
        case .object(.entries(let entries)):
            for entry in entries {
                walk(entry.key)
                walk(entry.value)
            }
        case .object(.star): break
        case .lambda(let lambda): walk(lambda.body)
        }
    }
}
