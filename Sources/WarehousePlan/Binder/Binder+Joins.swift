import WarehouseBasics
import WarehouseSQL

extension Binder {
    func bindJoin(_ join: Join, _ place: FromPlace) throws -> FromResult {
        let left: FromResult
        switch try bindItem(join.left, after: nil, place) {
        case .alone(let result), .combined(let result): left = result
        }
        return try bindJoin(join, after: left, place, right: place)
    }

    /// A join whose left side is bound. Its right side stands at `right`, its condition at `place`.
    private func bindJoin(_ join: Join, after left: FromResult, _ place: FromPlace, right: FromPlace) throws -> FromResult {
        switch try bindItem(join.right, after: left, right, isOuter: join.kind == .left || join.kind == .full) {
        case .alone(let right): return try joined(join, left, right, place)
        case .combined(let result): return try lateralCondition(join, result, place)
        }
    }

    /// `left, LATERAL f JOIN u ON …`: the lateral item joins what stands left of the comma first. Names in ON are looked
    /// up among the chain's own items before those.
    func bindChain(_ chain: LateralChain, after left: FromResult, _ place: FromPlace) throws -> FromResult {
        var own: FromResult
        switch try bindItem(chain.first, after: left, place) {
        case .alone(let right):
            own = right
            own.plan = crossJoined(left, right).plan
        case .combined(let both):
            own = FromResult(plan: both.plan, relations: Array(both.relations.dropFirst(left.relations.count)),
                             merged: Array(both.merged.dropFirst(left.merged.count)))
        }
        var inner = place
        inner.outer = left.scope(parent: place.outer)
        for join in chain.joins {
            let right = LateralChain.isLateral(join.right) ? inner : place
            own = try nested { try bindJoin(join, after: own, inner, right: right) }
        }
        return FromResult(plan: own.plan, relations: left.relations + own.relations, merged: left.merged + own.merged)
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
            let context = place.condition(over: result)
            let condition = try factory.condition(try bindExpression(expression, context))
            if case .constant(let constant) = condition, constant.value == .boolean(true) { return result }
            var filtered = result
            guard join.kind != .left else {
                guard case .join(var lateral) = result.plan, lateral.kind == .left, context.subqueries.isEmpty else {
                    throw CompilationError.unsupported("LEFT JOIN LATERAL with this condition", at: expression.span)
                }
                lateral.residual = BoundExpression.all((lateral.residual.map { [$0] } ?? []) + [condition])
                filtered.plan = .join(JoinCondition.split(lateral))
                return filtered
            }
            filtered.plan = .filter(try attach(context.subqueries, to: result.plan), condition)
            return filtered
        }
    }

    private func joined(_ join: Join, _ left: FromResult, _ right: FromResult, _ place: FromPlace)
        throws -> FromResult {
        if join.kind == .asOf, case .natural = join.condition {
            throw CompilationError.unsupported("NATURAL ASOF JOIN", at: join.left.span)
        }
        let match = try join.matchCondition.map { try bindMatch($0, left, right, place) }
        switch join.condition {
        case .none:
            guard join.kind == .inner || join.kind == .cross else {
                return try combined(join.kind, left, right, on: .constant(.boolean(true)), match: match)
            }
            return crossJoined(left, right)
        case .on(let expression):
            let both = FromResult(plan: left.plan, relations: left.relations + right.relations,
                                  merged: left.merged + right.merged)
            let context = place.condition(over: both)
            let bound = try bindExpression(expression, context)
            let condition = try CompilationError.at(expression.span) { try factory.condition(bound) }
            guard context.subqueries.isEmpty else {
                guard join.kind == .inner else {
                    let sides = try sidesWith(context.subqueries, left, right, at: expression.span)
                    return try combined(join.kind, sides.left, sides.right, on: condition, match: match)
                }
                var result = crossJoined(left, right)
                result.plan = .filter(try attach(context.subqueries, to: result.plan), condition)
                return result
            }
            return try combined(join.kind, left, right, on: condition, match: match)
        case .using(let names): return try using(names, join.kind, left, right, match: match)
        case .natural:
            let rightNames = Set(Self.visibleNames(right))
            let common = Self.visibleNames(left).filter { rightNames.contains($0) }
            return try using(common.map { Identifier(name: $0) }, join.kind, left, right)
        }
    }

    /// Both sides, each with the subqueries that read nothing of the other.
    private func sidesWith(_ subqueries: [PendingSubquery], _ left: FromResult, _ right: FromResult,
                           at span: SourceSpan) throws -> (left: FromResult, right: FromResult) {
        var sides = (left: left, right: right)
        for subquery in subqueries {
            var used = subquery.relation.plan.freeColumns
            for value in subquery.kind.values { used.formUnion(value.columnIDs) }
            if used.isDisjoint(with: sides.left.plan.columns.map(\.id)) {
                sides.right.plan = try attach([subquery], to: sides.right.plan)
            } else if used.isDisjoint(with: sides.right.plan.columns.map(\.id)) {
                sides.left.plan = try attach([subquery], to: sides.left.plan)
            } else {
                throw CompilationError.unsupported("subqueries over both sides in ON of an outer join", at: span)
            }
        }
        return sides
    }

    private func bindMatch(_ condition: Expression, _ left: FromResult, _ right: FromResult, _ place: FromPlace) throws
        -> BoundExpression {
        let both = FromResult(plan: left.plan, relations: left.relations + right.relations,
                              merged: left.merged + right.merged)
        return try bindExpression(condition, place.condition(over: both))
    }

    private static func visibleNames(_ result: FromResult) -> [String] {
        result.merged.map(\.name)
            + result.relations.flatMap { $0.columns.filter { !$0.isHidden && !$0.isMerged }.map(\.name) }
    }

    /// RIGHT is LEFT with its sides swapped; columns are found by id, so that their order in the plan does not matter.
    private func combined(_ kind: Join.Kind, _ left: FromResult, _ right: FromResult, on condition: BoundExpression,
                          match: BoundExpression?, merged: [MergedColumn]? = nil) throws -> FromResult {
        if kind == .asOf {
            guard let match else { throw WarehouseError(.internalFault, "An ASOF JOIN lacks its match condition.") }
            return try asOfJoined(left, right, on: condition, match: match)
        }
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

    private func using(_ names: [Identifier], _ kind: Join.Kind, _ left: FromResult, _ right: FromResult,
                       match: BoundExpression? = nil) throws -> FromResult {
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
        if kind == .asOf {
            // The join makes new columns, of which the merged ones are then some.
            first.merged = merged + first.merged.filter { !known.contains($0.name) }
            second.merged.removeAll { known.contains($0.name) }
            return try combined(kind, first, second, on: try factory.and(conditions), match: match)
        }
        let result = try combined(kind, first, second, on: try factory.and(conditions), match: nil)
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
