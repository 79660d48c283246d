import WarehouseSQL

extension TreeRewriter {
    mutating func rewrite(_ query: WarehouseSQL.Query) -> WarehouseSQL.Query {
        self.query(query)
        var copy = query
        if let with = query.with {
            var tables: [CommonTableExpression] = []
            for table in with.tables {
                tables.append(CommonTableExpression(
                    name: table.name, columns: table.columns, query: rewrite(table.query)))
            }
            copy.with = WithClause(isRecursive: with.isRecursive, tables: tables)
        }
        copy.body = rewrite(query.body)
        if case .items(let items)? = query.orderBy { copy.orderBy = .items(rewrite(items)) }
        if let limit = query.limit {
            copy.limit = LimitClause(count: rewrite(limit.count), offset: rewrite(limit.offset))
        }
        return copy
    }

    private mutating func rewrite(_ body: QueryBody) -> QueryBody {
        switch body {
        case .select(let select): return .select(rewrite(select))
        case .setOperation(var operation):
            var operands: [QueryBody] = []
            for operand in operation.operands { operands.append(rewrite(operand)) }
            operation.operands = operands
            return .setOperation(operation)
        case .values(let rows): return .values(rewrite(rows: rows))
        case .nested(let query): return .nested(rewrite(query))
        }
    }

    private mutating func rewrite(rows: [[Expression]]) -> [[Expression]] {
        var result: [[Expression]] = []
        for row in rows { result.append(rewrite(row)) }
        return result
    }

    mutating func rewrite(_ select: SelectStatement) -> SelectStatement {
        var copy = select
        copy.from = []
        for table in select.from { copy.from.append(rewrite(table)) }
        copy.top = rewrite(select.top)
        copy.items = []
        for item in select.items {
            switch item {
            case .expression(var selected):
                selected.expression = rewrite(selected.expression)
                copy.items.append(.expression(selected))
            case .star(let star): copy.items.append(.star(rewrite(star)))
            }
        }
        copy.filter = rewrite(select.filter)
        copy.startWith = rewrite(select.startWith)
        if let connectBy = select.connectBy {
            copy.connectBy = ConnectBy(isNoCycle: connectBy.isNoCycle, condition: rewrite(connectBy.condition))
        }
        if case .elements(let elements)? = select.groupBy { copy.groupBy = .elements(rewrite(elements)) }
        copy.having = rewrite(select.having)
        copy.qualify = rewrite(select.qualify)
        copy.windows = []
        for window in select.windows {
            copy.windows.append(NamedWindow(name: window.name, specification: rewrite(window.specification)))
        }
        return copy
    }

    private mutating func rewrite(_ elements: [GroupingElement]) -> [GroupingElement] {
        var result: [GroupingElement] = []
        for element in elements {
            switch element {
            case .expression(let tree): result.append(.expression(rewrite(tree)))
            case .set(let trees): result.append(.set(rewrite(trees)))
            case .rollup(let groups): result.append(.rollup(rewrite(rows: groups)))
            case .cube(let groups): result.append(.cube(rewrite(rows: groups)))
            case .groupingSets(let sets): result.append(.groupingSets(rewrite(sets)))
            }
        }
        return result
    }

    mutating func rewrite(_ table: TableExpression) -> TableExpression {
        item(table)
        var copy = table
        switch table.kind {
        case .table(let name, let timeTravel): copy.kind = .table(relation(name), timeTravel)
        case .subquery(let query, let isLateral): copy.kind = .subquery(rewrite(query), isLateral: isLateral)
        case .function(let call, let isLateral): copy.kind = .function(rewrite(call), isLateral: isLateral)
        case .values(let rows): copy.kind = .values(rewrite(rows: rows))
        case .stage: break
        case .join(var join):
            join.left = rewrite(join.left)
            join.right = rewrite(join.right)
            if case .on(let condition) = join.condition { join.condition = .on(rewrite(condition)) }
            join.matchCondition = rewrite(join.matchCondition)
            copy.kind = .join(join)
        case .pivot(var pivot):
            pivot.input = rewrite(pivot.input)
            copy.kind = .pivot(pivot)
        case .unpivot(var unpivot):
            unpivot.input = rewrite(unpivot.input)
            copy.kind = .unpivot(unpivot)
        }
        if let name = table.alias?.name { copy.alias?.name = alias(name) }
        return copy
    }
}
