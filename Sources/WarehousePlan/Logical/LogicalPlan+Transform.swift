import WarehouseBasics

extension LogicalPlan {
    /// The same node over other inputs, in the order of `inputs`.
    public func withInputs(_ new: [LogicalPlan]) -> LogicalPlan {
        switch self {
        case .scan, .values: return self
        case .filter(_, let condition): return .filter(new[0], condition)
        case .project(_, let projections): return .project(new[0], projections)
        case .aggregate(var aggregate):
            aggregate.input = new[0]
            return .aggregate(aggregate)
        case .join(var join):
            join.left = new[0]
            join.right = new[1]
            return .join(join)
        case .sort(_, let keys): return .sort(new[0], keys)
        case .limit(_, let limit, let offset): return .limit(new[0], limit: limit, offset: offset)
        case .window(var window):
            window.input = new[0]
            return .window(window)
        case .unionAll(_, let columns): return .unionAll(new, columns: columns)
        case .distinct: return .distinct(new[0])
        case .setOperation(let kind, _, _, let columns): return .setOperation(kind, new[0], new[1], columns: columns)
        case .flatten(var flatten):
            flatten.input = new[0]
            return .flatten(flatten)
        case .singleRow: return .singleRow(new[0])
        case .recursion(var recursion):
            recursion.anchor = new[0]
            recursion.step = new[1]
            return .recursion(recursion)
        case .shared(var shared):
            shared.plan = new[0]
            return .shared(shared)
        }
    }

    /// The same node with every expression of its own changed; inputs stay.
    public func mappingExpressions(_ change: (BoundExpression) throws -> BoundExpression) rethrows -> LogicalPlan {
        switch self {
        case .scan(var scan):
            scan.filters = try scan.filters.map(change)
            return .scan(scan)
        case .values(var values):
            values.rows = try values.rows.map { try $0.map(change) }
            return .values(values)
        case .filter(let input, let condition): return .filter(input, try change(condition))
        case .project(let input, let projections):
            return .project(input, try projections.map { Projection($0.column, try change($0.expression)) })
        case .aggregate(var aggregate):
            aggregate.groups = try aggregate.groups.map { Projection($0.column, try change($0.expression)) }
            for index in aggregate.aggregates.indices {
                aggregate.aggregates[index].arguments = try aggregate.aggregates[index].arguments.map(change)
                aggregate.aggregates[index].order = try Self.changed(aggregate.aggregates[index].order, change)
            }
            return .aggregate(aggregate)
        case .join(var join):
            join.keys = try join.keys.map {
                JoinKey(left: try change($0.left), right: try change($0.right), nullsEqual: $0.nullsEqual)
            }
            join.residual = try join.residual.map(change)
            return .join(join)
        case .sort(let input, let keys): return .sort(input, try Self.changed(keys, change))
        case .window(var window):
            window.partition = try window.partition.map(change)
            window.order = try Self.changed(window.order, change)
            for index in window.calls.indices {
                window.calls[index].arguments = try window.calls[index].arguments.map(change)
                window.calls[index].aggregateOrder = try Self.changed(window.calls[index].aggregateOrder, change)
                window.calls[index].rangeValues = try window.calls[index].rangeValues.map(change)
            }
            return .window(window)
        case .flatten(var flatten):
            flatten.value = try change(flatten.value)
            return .flatten(flatten)
        case .limit, .unionAll, .distinct, .setOperation, .singleRow, .recursion, .shared: return self
        }
    }

    private static func changed(_ keys: [SortKey], _ change: (BoundExpression) throws -> BoundExpression) rethrows
        -> [SortKey] {
        try keys.map {
            SortKey(try change($0.expression), isDescending: $0.isDescending, nullsFirst: $0.nullsFirst)
        }
    }

    /// The same node with the columns that it makes changed; expressions and inputs stay.
    func mappingDefinitions(_ change: (PlanColumn) -> PlanColumn) -> LogicalPlan {
        switch self {
        case .scan(var scan):
            scan.columns = scan.columns.map { LogicalScan.ScanColumn(change($0.column), tableColumn: $0.tableColumn) }
            return .scan(scan)
        case .values(var values):
            values.columns = values.columns.map(change)
            return .values(values)
        case .project(let input, let projections):
            return .project(input, projections.map { Projection(change($0.column), $0.expression) })
        case .aggregate(var aggregate):
            aggregate.groups = aggregate.groups.map { Projection(change($0.column), $0.expression) }
            for index in aggregate.aggregates.indices {
                aggregate.aggregates[index].column = change(aggregate.aggregates[index].column)
            }
            return .aggregate(aggregate)
        case .window(var window):
            for index in window.calls.indices { window.calls[index].column = change(window.calls[index].column) }
            return .window(window)
        case .unionAll(let inputs, let columns): return .unionAll(inputs, columns: columns.map(change))
        case .setOperation(let kind, let left, let right, let columns):
            return .setOperation(kind, left, right, columns: columns.map(change))
        case .flatten(var flatten):
            flatten.outputs = flatten.outputs.map { ($0.output, change($0.column)) }
            return .flatten(flatten)
        case .recursion(var recursion):
            recursion.columns = recursion.columns.map(change)
            return .recursion(recursion)
        case .shared(var shared):
            shared.columns = shared.columns.map(change)
            return .shared(shared)
        case .filter, .join, .sort, .limit, .distinct, .singleRow: return self
        }
    }

    /// Rebuilds the tree bottom-up.
    public func mapped(_ change: (LogicalPlan) throws -> LogicalPlan) rethrows -> LogicalPlan {
        try change(withInputs(try inputs.map { try $0.mapped(change) }))
    }

    /// Expressions of this node alone.
    var expressions: [BoundExpression] {
        var found: [BoundExpression] = []
        _ = mappingExpressions { expression in
            found.append(expression)
            return expression
        }
        return found
    }

    /// Columns that this node makes, as opposed to those that pass through it.
    var definitions: [PlanColumn] {
        switch self {
        case .scan, .values, .project, .aggregate, .unionAll, .setOperation, .recursion, .shared: columns
        case .window(let window): window.calls.map(\.column)
        case .flatten(let flatten): flatten.outputs.map(\.column)
        case .filter, .join, .sort, .limit, .distinct, .singleRow: []
        }
    }

    /// The greatest number of any column made in the tree.
    var highestID: Int {
        max(definitions.map(\.id.number).max() ?? 0, inputs.map(\.highestID).max() ?? 0,
            expressions.map(\.highestParameter).max() ?? 0)
    }

    /// Columns that expressions of the tree read and no node of it makes: those of an outer query.
    var freeColumns: Set<ColumnID> {
        var used: Set<ColumnID> = []
        var defined: Set<ColumnID> = []
        collect(used: &used, defined: &defined)
        return used.subtracting(defined)
    }

    private func collect(used: inout Set<ColumnID>, defined: inout Set<ColumnID>) {
        for expression in expressions { expression.collectColumns(into: &used) }
        for column in definitions { defined.insert(column.id) }
        for input in inputs { input.collect(used: &used, defined: &defined) }
    }

    /// The tree with references to the given columns replaced.
    func replacingReferences(_ map: [ColumnID: BoundExpression]) -> LogicalPlan {
        if map.isEmpty { return self }
        return mapped { $0.mappingExpressions { $0.replacing(map) } }
    }

    /// A copy in which every column made within has a new id, and how the old ones are called there.
    func copied(_ ids: inout ColumnIDSource) -> (plan: LogicalPlan, columns: [ColumnID: PlanColumn]) {
        var renamed: [ColumnID: PlanColumn] = [:]
        var source = ids
        let plan = mapped { node in
            // A scan's filters read the columns that it makes itself.
            let node = node.mappingDefinitions { column in
                if let known = renamed[column.id] { return known }
                let new = PlanColumn(id: source.make(), name: column.name, type: column.type,
                                     isNullable: column.isNullable)
                renamed[column.id] = new
                return new
            }
            return node.mappingExpressions { expression in
                expression.renamed(renamed)
            }
        }
        ids = source
        return (plan, renamed)
    }
}

extension PlanColumn {
    /// The column under its new id. Whether it may be NULL is its own: above an outer join it may where its maker says
    /// it may not.
    func renamed(_ map: [ColumnID: PlanColumn]) -> PlanColumn {
        guard let new = map[id] else { return self }
        return PlanColumn(id: new.id, name: name, type: type, isNullable: isNullable)
    }
}

extension BoundExpression {
    /// The expression with the given columns replaced.
    func replacing(_ map: [ColumnID: BoundExpression]) -> BoundExpression {
        if map.isEmpty { return self }
        return mapped { part in
            guard case .column(let column) = part, let new = map[column.id] else { return part }
            return new
        }
    }

    /// The expression over columns with new ids.
    func renamed(_ map: [ColumnID: PlanColumn]) -> BoundExpression {
        mapped { part in
            guard case .column(let column) = part else { return part }
            return .column(column.renamed(map))
        }
    }

    /// Whether the value may be NULL; true where it is not known.
    public var isNullable: Bool {
        switch self {
        case .constant(let constant): return constant.isNull
        case .column(let column): return column.isNullable
        case .isNull: return false
        case .not, .conjunction, .disjunction, .inList: return operands.contains(where: \.isNullable)
        case .comparison(let op, let left, let right):
            return op != .notDistinct && op != .distinct && (left.isNullable || right.isNullable)
        case .cast(let operand, let type, let isTry):
            return isTry || operand.type.isSemiStructured && !type.isSemiStructured || operand.isNullable
        case .caseWhen(let branches, let otherwise, _):
            return otherwise.isNullable || branches.contains { $0.value.isNullable }
        case .call(let name, let arguments, _):
            switch name {
            case "COALESCE": return arguments.allSatisfy(\.isNullable)
            case "ADD", "SUB", "MUL", "DIV", "MOD", "NEG", "CONCAT", "UPPER", "LOWER", "TRIM", "DATE_TRUNC",
                "DATE_PART",
                 "DATEADD", "DATEDIFF", "LENGTH", "ROUND", "ABS", "INITCAP", "LIKE", "ILIKE":
                return arguments.contains(where: \.isNullable)
            default: return true
            }
        case .lambda: return true
        }
    }

    /// Whether every evaluation gives the same value for the same columns.
    public var isDeterministic: Bool {
        if case .call(let name, _, _) = self, ScalarFunctions.isVolatile(name) { return false }
        return operands.allSatisfy(\.isDeterministic)
    }

    /// Whether its value follows from how many rows came before: SEQ counts them, RANDOM with a seed draws by them.
    public var countsRows: Bool {
        if case .call(let name, _, _) = self, name == "SEQ" || name == "RANDOM" { return true }
        return operands.contains(where: \.countsRows)
    }
}
