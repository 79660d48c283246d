import WarehouseBasics
import WarehouseSQL

/// Binds MERGE: source rows joined to the target's, the first WHEN clause that applies, and what it makes of the row.
struct MergeBinder {
    let binder: Binder
    let target: DMLBinding.Target

    func bind(_ statement: MergeStatement) throws -> BoundMerge {
        var (own, rowID) = TargetRow(binder: binder, target: target).scan(alias: statement.alias)
        let place = FromPlace(outer: nil, tables: nil, fileColumns: FileColumns(statement))
        let source = try binder.bindFromItems([statement.source], place)
        let inserts = statement.clauses.contains { !$0.isMatched }
        let condition = try self.condition(statement.condition, own, source)
        let joined = JoinCondition.join(inserts ? .left : .inner, source.plan, own.plan, on: condition)
        if inserts {
            own = own.madeNullable
            rowID.isNullable = true
        }
        let scope = Scope(parent: nil, relations: own.relations + source.relations, merged: source.merged)
        let context = ExpressionContext(scope: scope, tables: nil, clause: .assignment)
        let action = binder.make("ACTION", .number(precision: 9, scale: 0), isNullable: false)
        // Where no row matched there is none of the target: a bare name means the source's column.
        let unmatched = ExpressionContext(scope: source.scope(parent: scope), tables: nil, clause: .assignment,
                                          sink: context.sink)
        let inserted = ExpressionContext(scope: source.scope(parent: nil), tables: nil, clause: .assignment,
                                         sink: context.sink)
        let tagged = try choice(statement.clauses, rowID, matched: context, unmatched: unmatched)
        let values = try statement.clauses.map {
            try self.values($0.action, own.relations[0], source, $0.isMatched ? context : inserted)
        }
        let plan = try binder.attach(context.subqueries, to: joined)
        let passed = plan.columns.map { Projection($0, .column($0)) } + [Projection(action, tagged)]
        let acting = LogicalPlan.filter(.project(plan, passed), .isNull(.column(action), negated: true))
        let outputs = (binder.fresh(rowID), binder.fresh(action))
        let row = newRow(values, action, own.relations[0])
        let projections = [Projection(outputs.0, .column(rowID)), Projection(outputs.1, .column(action))] + row
        return BoundMerge(plan: .project(acting, projections), rowID: outputs.0, action: outputs.1,
                          columns: row.map(\.column), actions: statement.clauses.map { Self.kind($0.action) })
    }

    private static func kind(_ action: MergeAction) -> BoundMerge.Action {
        switch action {
        case .update, .updateAllByName: .update
        case .delete: .delete
        case .insert, .insertAllByName: .insert
        }
    }

    private func condition(_ expression: Expression, _ own: FromResult, _ source: FromResult)
        throws -> BoundExpression {
        let scope = Scope(parent: nil, relations: own.relations + source.relations, merged: source.merged)
        let context = ExpressionContext(scope: scope, tables: nil, clause: .on)
        let bound = try binder.bindExpression(expression, context)
        guard context.subqueries.isEmpty else {
            throw CompilationError.unsupported("subqueries in ON of MERGE", at: expression.span)
        }
        return try CompilationError.at(expression.span) { try binder.factory.condition(bound) }
    }

    /// The index of the first clause that applies to a row; NULL for none.
    private func choice(_ clauses: [MergeClause], _ rowID: PlanColumn, matched: ExpressionContext,
                        unmatched: ExpressionContext) throws -> BoundExpression {
        let factory = binder.factory
        let branches = try clauses.enumerated().map { index, clause in
            var terms = [BoundExpression.isNull(.column(rowID), negated: clause.isMatched)]
            if let condition = clause.condition {
                terms.append(try binder.bindExpression(condition, clause.isMatched ? matched : unmatched))
            }
            return (condition: try factory.and(terms), value: BoundExpression.constant(
                Constant(.integer(Int128(index)), .number(precision: 9, scale: 0))))
        }
        return try factory.caseWhen(branches)
    }

    /// The values of one clause by column; nil where the row stays as it is.
    private func values(_ action: MergeAction, _ own: ScopeRelation, _ source: FromResult,
                        _ context: ExpressionContext) throws -> [Int: BoundExpression] {
        let row = TargetRow(binder: binder, target: target)
        switch action {
        case .delete: return [:]
        case .update(let assignments): return try row.assigned(own, assignments, context)
        case .updateAllByName: return try byName(source, fillsDefaults: false, context)
        case .insertAllByName: return try byName(source, fillsDefaults: true, context)
        case .insert(let columns, let expressions):
            var places = try columns.map { try target.index(of: $0) }
            if columns.isEmpty { places = Array(target.table.columns.indices) }
            guard places.count == expressions.count else {
                throw DMLBinding.countMismatch(places.count, expressions.count).at(expressions.first?.span)
            }
            var values: [Int: BoundExpression] = [:]
            for (place, expression) in zip(places,
                expressions) { values[place] = try row.value(expression, of: place, context) }
            return try filled(values, context)
        }
    }

    private func filled(_ values: [Int: BoundExpression], _ context: ExpressionContext)
        throws -> [Int: BoundExpression] {
        var values = values
        let row = TargetRow(binder: binder, target: target)
        for index in target.table.columns.indices where values[index] == nil {
            values[index] = try row.value(Expression(.defaultValue), of: index, context)
        }
        return values
    }

    private func byName(_ source: FromResult, fillsDefaults: Bool, _ context: ExpressionContext) throws
        -> [Int: BoundExpression] {
        var values: [Int: BoundExpression] = [:]
        let scope = source.scope(parent: nil)
        for (index, schema) in target.table.columns.enumerated() {
            guard case .found(let value) = scope.lookUp(schema.name, qualifier: []) else {
                throw CompilationError.make(.invalidIdentifier,
                    "invalid identifier '\(Identifiers.quoted(schema.name))': the "
                    + "source has no such column for ALL BY NAME", at: nil)
            }
            values[index] = try binder.factory.assign(value, to: schema.type, column: schema.name)
        }
        return fillsDefaults ? try filled(values, context) : values
    }

    /// Each column by the clause that applies; the old value where that says nothing.
    private func newRow(_ values: [[Int: BoundExpression]], _ action: PlanColumn, _ own: ScopeRelation)
        -> [Projection] {
        target.table.columns.enumerated().map { index, schema in
            let old = BoundExpression.column(own.columns[index].column)
            var branches: [BoundExpression.CaseBranch] = []
            for (clause, row) in values.enumerated() {
                guard let value = row[index] else { continue }
                let tag = BoundExpression.constant(Constant(.integer(Int128(clause)), action.type))
                branches.append(BoundExpression.CaseBranch(condition: .comparison(.equal, .column(action), tag),
                    value: value))
            }
            let value = branches.isEmpty ? old : .caseWhen(branches, otherwise: old, schema.type)
            return Projection(binder.make(schema.name, schema.type), value)
        }
    }
}
