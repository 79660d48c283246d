import WarehouseBasics
import WarehouseSQL

extension Binder {
    func bindJoin(_ join: Join, _ place: FromPlace) throws -> FromResult {
        guard join.kind != .asOf else { throw CompilationError.unsupported("ASOF JOIN", at: join.left.span) }
        let left: FromResult
        switch try bindItem(join.left, after: nil, place) {
        case .alone(let result), .combined(let result): left = result
        }
        switch try bindItem(join.right, after: left, place, isOuter: join.kind == .left || join.kind == .full) {
        case .alone(let right): return try joined(join, left, right, place)
        case .combined(let result): return try lateralCondition(join, result, place)
        }
    }

    /// A lateral item has joined itself; what ON says filters the pairs.
    private func lateralCondition(_ join: Join, _ result: FromResult, _ place: FromPlace) throws -> FromResult {
        guard join.kind != .right, join.kind != .full else {
            throw CompilationError.unsupported("\(join.kind.rawValue) LATERAL", at: join.right.span)
        }
        switch join.condition {
        case .none: return result
        case .using, .natural: throw CompilationError.unsupported("USING with LATERAL", at: join.right.span)
        case .on(let expression):
            let context = ExpressionContext(scope: result.scope(parent: place.outer), tables: place.tables, clause: .on)
            let condition = try factory.condition(try bindExpression(expression, context))
            if case .constant(let constant) = condition, constant.value == .boolean(true) { return result }
            guard join.kind != .left else {
                throw CompilationError.unsupported("LEFT JOIN LATERAL with a condition", at: expression.span)
            }
            var filtered = result
            filtered.plan = .filter(try attach(context.subqueries, to: result.plan), condition)
            return filtered
        }
    }

    private func joined(_ join: Join, _ left: FromResult, _ right: FromResult, _ place: FromPlace)
        throws -> FromResult {
        switch join.condition {
        case .none:
            guard join.kind == .inner || join.kind == .cross else {
                return try combined(join.kind, left, right, on: .constant(.boolean(true)))
            }
            return crossJoined(left, right)
        case .on(let expression):
            let both = FromResult(plan: left.plan, relations: left.relations + right.relations,
                                  merged: left.merged + right.merged)
            let context = ExpressionContext(scope: both.scope(parent: place.outer), tables: place.tables, clause: .on)
            let bound = try bindExpression(expression, context)
            let condition = try CompilationError.at(expression.span) { try factory.condition(bound) }
            guard context.subqueries.isEmpty else {
                guard join.kind == .inner else {
                    throw CompilationError.unsupported("subqueries in ON of an outer join", at: expression.span)
                }
                var result = crossJoined(left, right)
                result.plan = .filter(try attach(context.subqueries, to: result.plan), condition)
                return result
            }
            return try combined(join.kind, left, right, on: condition)
        case .using(let names): return try using(names, join.kind, left, right)
        case .natural:
            let rightNames = Set(Self.visibleNames(right))
            let common = Self.visibleNames(left).filter { rightNames.contains($0) }
            return try using(common.map { Identifier(name: $0) }, join.kind, left, right)
        }
    }

    private static func visibleNames(_ result: FromResult) -> [String] {
        result.merged.map(\.name)
            + result.relations.flatMap { $0.columns.filter { !$0.isHidden && !$0.isMerged }.map(\.name) }
    }

    /// RIGHT is LEFT with its sides swapped; columns are found by id, so that their order in the plan does not matter.
    private func combined(_ kind: Join.Kind, _ left: FromResult, _ right: FromResult, on condition: BoundExpression,
                          merged: [MergedColumn]? = nil) throws -> FromResult {
        let plan: LogicalPlan
        var (first, second) = (left, right)
        switch kind {
        case .inner, .cross: plan = JoinCondition.join(.inner, left.plan, right.plan, on: condition)
        case .left:
            second = right.madeNullable
            plan = JoinCondition.join(.left, left.plan, right.plan, on: condition)
        case .right:
            first = left.madeNullable
            plan = JoinCondition.join(.left, right.plan, left.plan, on: condition)
        case .full, .asOf:
            first = left.madeNullable
            second = right.madeNullable
            plan = JoinCondition.join(.full, left.plan, right.plan, on: condition)
        }
        return FromResult(plan: plan, relations: first.relations + second.relations,
                          merged: merged ?? (first.merged + second.merged))
    }

    // MARK: USING and NATURAL

    private func using(_ names: [Identifier], _ kind: Join.Kind, _ left: FromResult, _ right: FromResult) throws
        -> FromResult {
        var conditions: [BoundExpression] = []
        var merged: [MergedColumn] = []
        for name in names {
            let (a, b) = (try column(name, in: left), try column(name, in: right))
            conditions.append(try factory.comparison(.equal, a, b))
            let value: BoundExpression = switch kind {
            case .right: b
            case .full: try factory.call("COALESCE", [a.madeNullable, b.madeNullable])
            default: a
            }
            merged.append(MergedColumn(name: name.name, expression: value))
        }
        let known = Set(names.map(\.name))
        var (first, second) = (left, right)
        first.hide(known)
        second.hide(known)
        let rest = (first.merged + second.merged).filter { !known.contains($0.name) }
        let result = try combined(kind, first, second, on: try factory.and(conditions))
        // Columns merged earlier may have become nullable with their side.
        let kept = result.merged.filter { column in rest.contains { $0.name == column.name } }
        return FromResult(plan: result.plan, relations: result.relations, merged: merged + kept)
    }

    private func column(_ name: Identifier, in side: FromResult) throws -> BoundExpression {
        switch side.scope(parent: nil).lookUp(name.name, qualifier: []) {
        case .found(let expression): return expression
        case .ambiguous:
            throw CompilationError.make(.ambiguousColumn, "ambiguous column name '\(name.description)'", at: name.span)
        case .missing:
            throw CompilationError.make(.invalidIdentifier, "invalid identifier '\(name.description)'", at: name.span,
                                        hint: Identifiers.hint(for: name.name, in: Self.visibleNames(side)))
        }
    }
}

extension FromResult {
    /// Takes columns out of `*` and of unqualified lookup, because a merged column stands for them.
    fileprivate mutating func hide(_ names: Set<String>) {
        for index in relations.indices {
            for (position, column) in relations[index].columns.enumerated() where names.contains(column.name) {
                relations[index].columns[position].isMerged = true
            }
        }
    }
}
