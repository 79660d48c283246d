import WarehouseBasics
import WarehouseSQL

extension Binder {
    func bindSetOperation(_ operation: SetOperation, outer: Scope?, tables: TableEnvironment?) throws -> Relation {
        if operation.isAll, operation.setOperator != .union {
            throw CompilationError.unsupported("\(operation.setOperator.rawValue) ALL")
        }
        var branches = try operation.operands.map { try bindBody($0, outer: outer, tables: tables) }
        if operation.isByName { branches = byName(branches) }
        let width = branches[0].columns.count
        for (index, branch) in branches.enumerated() where branch.columns.count != width {
            throw WarehouseError(.setOperationColumns,
                "SQL compilation error:\ninvalid number of result columns for set "
                + "operator input branches, expected \(width), got \(branch.columns.count) in branch {\(index + 1)}")
        }
        let types = try (0..<width).map { index in
            guard let type = Coercion.common(branches.map { $0.columns[index].type }) else {
                let list = branches.map { $0.columns[index].type.description }.joined(separator: " and ")
                throw WarehouseError(.setOperationTypes,
                    "SQL compilation error:\ninconsistent data type for result columns "
                    + "for set operator input branches, got \(list) for column \(index + 1)")
            }
            return type
        }
        return try combine(branches, types, operation.setOperator, isAll: operation.isAll)
    }

    /// BY NAME: every name of any branch, in order of first appearance; what a branch lacks is NULL.
    private func byName(_ branches: [Relation]) -> [Relation] {
        var names: [String] = []
        for column in branches.flatMap(\.columns) where !names.contains(column.name) { names.append(column.name) }
        return branches.map { branch in
            let projections = names.map { name -> Projection in
                guard let column = branch.columns.first(where: { $0.name == name }) else {
                    return Projection(make(name, .null), .constant(.null()))
                }
                return Projection(fresh(column), .column(column))
            }
            return Relation(plan: .project(branch.plan, projections), columns: projections.map(\.column))
        }
    }

    private func combine(_ branches: [Relation], _ types: [LogicalType], _ kind: SetOperation.Operator,
                         isAll: Bool) throws -> Relation {
        let inputs = try branches.map { try converted($0, to: types) }
        let columns = types.indices.map { index in
            make(branches[0].columns[index].name, types[index],
                 isNullable: branches.contains { $0.columns[index].isNullable })
        }
        switch kind {
        case .union:
            let union = LogicalPlan.unionAll(inputs, columns: columns)
            return Relation(plan: isAll ? union : .distinct(union), columns: columns)
        case .intersect, .except:
            let set: SetOperationKind = kind == .intersect ? .intersect : .except
            var plan = inputs[0]
            for (index, input) in inputs.enumerated().dropFirst() {
                let output = index == inputs.count - 1 ? columns : columns.map { fresh($0) }
                plan = .setOperation(set, plan, input, columns: output)
            }
            return Relation(plan: plan, columns: columns)
        }
    }

    /// The relation with its columns in `types`.
    func converted(_ relation: Relation, to types: [LogicalType]) throws -> LogicalPlan {
        if zip(relation.columns, types).allSatisfy({ $0.type.isSameForm(as: $1) }) { return relation.plan }
        let projections = try zip(relation.columns, types).map { column, type in
            let value = try factory.implicit(.column(column), to: type)
            return Projection(make(column.name, value.type, isNullable: column.isNullable), value)
        }
        return .project(relation.plan, projections)
    }

    /// ORDER BY of a set operation or VALUES: over its own columns, by place, name or expression.
    func sorted(_ relation: Relation, by order: OrderByClause, outer: Scope?, tables: TableEnvironment?) throws
        -> Relation {
        let columns = relation.columns
        let scope = Scope(parent: outer, relations: [
            ScopeRelation(qualifier: [], columns: columns.map { ScopeColumn(name: $0.name, column: $0) }),
        ])
        guard case .items(let items) = order else {
            guard case .all(let direction, let nulls) = order else { return relation }
            let keys = columns.map { sortKey(.column($0), direction, nulls) }
            return Relation(plan: .sort(relation.plan, keys), columns: columns, isOrdered: true)
        }
        let context = ExpressionContext(scope: scope, tables: tables, clause: .orderBy)
        let keys = try items.map { item in
            if let ordinal = try outputOrdinal(item.expression, count: columns.count) {
                return sortKey(.column(columns[ordinal]), item.direction, item.nulls)
            }
            return sortKey(try bindExpression(item.expression, context), item.direction, item.nulls)
        }
        let plan = try attach(context.subqueries, to: relation.plan)
        let sorted = LogicalPlan.sort(plan, keys)
        guard plan.columns.count != columns.count else {
            return Relation(plan: sorted, columns: columns, isOrdered: true)
        }
        let projections = columns.map { Projection(fresh($0), .column($0)) }
        return Relation(plan: .project(sorted, projections), columns: projections.map(\.column), isOrdered: true)
    }

    func sortKey(_ expression: BoundExpression, _ direction: SortDirection?, _ nulls: NullsOrder?) -> SortKey {
        let isDescending = direction == .descending
        let isReversed = factory.session.parameters["DEFAULT_NULL_ORDERING"]?.uppercased() == "FIRST"
        return SortKey(expression, isDescending: isDescending,
                       nullsFirst: nulls.map { $0 == .first } ?? (isDescending != isReversed))
    }

    /// The place, from 0, that an integer literal in ORDER BY or GROUP BY names.
    func outputOrdinal(_ expression: Expression, count: Int) throws -> Int? {
        guard case .literal(.number(let digits)) = expression.kind, digits.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 })
        else { return nil }
        guard let number = Int(digits), (1...max(1, count)).contains(number), count > 0 else {
            throw CompilationError.make(.invalidValue,
                "Invalid column index \(digits): the select list has \(count) columns",
                                        at: expression.span)
        }
        return number - 1
    }

    func limited(_ relation: Relation, by clause: LimitClause?, top: Expression?) throws -> Relation {
        guard clause != nil || top != nil else { return relation }
        let count = try (clause?.count ?? top).flatMap { try rowCount($0, "LIMIT") }
        let offset = try clause?.offset.flatMap { try rowCount($0, "OFFSET") } ?? 0
        guard count != nil || offset > 0 else { return relation }
        var result = relation
        result.plan = .limit(relation.plan, limit: count, offset: offset)
        return result
    }

    /// A constant number of rows; nil for NULL.
    private func rowCount(_ expression: Expression, _ clause: String) throws -> Int? {
        let context = ExpressionContext(scope: Scope(parent: nil), tables: nil, clause: .limit)
        let bound = try bindExpression(expression, context)
        guard case .constant(let constant) = bound else {
            throw CompilationError.make(.invalidValue, "\(clause) needs a constant number of rows", at: expression.span)
        }
        // NULL and the empty text set no limit.
        if constant.isNull || constant.value == .bytes([]) { return nil }
        guard case .constant(let whole) = try factory.implicit(bound, to: .integer),
            case .integer(let value) = whole.value,
              value >= 0, let count = Int(exactly: value) else {
            throw CompilationError.make(.invalidValue,
                "Invalid row count in \(clause): a non-negative integer is expected",
                                        at: expression.span)
        }
        return count
    }
}
