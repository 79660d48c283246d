import WarehouseBasics
import WarehouseSQL

/// Binds UPDATE and DELETE.
struct UpdateBinder {
    let binder: Binder
    let target: DMLBinding.Target

    func bind(_ statement: UpdateStatement) throws -> BoundUpdate {
        let (from, rowID) = try source(alias: statement.alias, items: statement.from, FileColumns(statement))
        let scope = from.scope(parent: nil)
        let plan = try filtered(from.plan, scope, statement.filter)
        let context = ExpressionContext(scope: scope, tables: nil, clause: .assignment)
        let values =
            try TargetRow(binder: binder, target: target).updated(from.relations[0], statement.assignments, context)
        let attached = try binder.attach(context.subqueries, to: plan)
        let output = binder.fresh(rowID)
        let projections = [Projection(output, .column(rowID))] + values.row
        return BoundUpdate(plan: .project(attached, projections), rowID: output, columns: values.row.map(\.column),
                           changed: values.changed)
    }

    func bind(_ statement: DeleteStatement) throws -> BoundDelete {
        let (from, rowID) = try source(alias: statement.alias, items: statement.using, FileColumns(statement))
        let plan = try filtered(from.plan, from.scope(parent: nil), statement.filter)
        let output = binder.fresh(rowID)
        return BoundDelete(plan: .project(plan, [Projection(output, .column(rowID))]), rowID: output)
    }

    /// The target's rows with their addresses, beside those of FROM or USING.
    private func source(alias: Identifier?, items: [TableExpression], _ columns: FileColumns) throws
        -> (FromResult, PlanColumn) {
        var (from, rowID) = TargetRow(binder: binder, target: target).scan(alias: alias)
        if !items.isEmpty {
            let place = FromPlace(outer: nil, tables: nil, fileColumns: columns)
            from = binder.crossJoined(from, try binder.bindFromItems(items, place))
        }
        return (from, rowID)
    }

    private func filtered(_ plan: LogicalPlan, _ scope: Scope, _ filter: Expression?) throws -> LogicalPlan {
        guard let filter else { return plan }
        let sink = SubquerySink()
        let context = ExpressionContext(scope: scope, tables: nil, clause: .filter, sink: sink)
        return try binder.filtered(plan, by: filter, context, consuming: sink)
    }
}

/// The target of a change as a relation, and its rows with new values.
struct TargetRow {
    let binder: Binder
    let target: DMLBinding.Target

    /// Every column, and the row's address.
    func scan(alias: Identifier?) -> (from: FromResult, rowID: PlanColumn) {
        var from = binder.scan(target.table)
        if let alias { from.relations[0].qualifier = [alias.name] }
        let rowID = binder.make("ROWID", .number(precision: 38, scale: 0), isNullable: false)
        if case .scan(var scan) = from.plan {
            scan.columns.append(LogicalScan.ScanColumn(rowID, tableColumn: LogicalScan.rowIDColumn))
            from.plan = .scan(scan)
        }
        return (from, rowID)
    }

    /// The whole row with what SET says.
    func updated(_ relation: ScopeRelation, _ assignments: [Assignment], _ context: ExpressionContext) throws
        -> (row: [Projection], changed: Set<Int>) {
        let values = try assigned(relation, assignments, context)
        let row = target.table.columns.enumerated().map { index, schema in
            let value = values[index] ?? .column(relation.columns[index].column)
            return Projection(binder.make(schema.name, schema.type, isNullable: value.isNullable), value)
        }
        return (row, Set(values.keys))
    }

    /// The new values by column, in the columns' types.
    func assigned(_ relation: ScopeRelation, _ assignments: [Assignment], _ context: ExpressionContext) throws
        -> [Int: BoundExpression] {
        var values: [Int: BoundExpression] = [:]
        for assignment in assignments {
            let name = assignment.column[assignment.column.count - 1]
            let qualifier = assignment.column.dropLast().map(\.name)
            guard qualifier.isEmpty || relation.matches(qualifier) else {
                throw CompilationError.make(.invalidIdentifier,
                    "invalid identifier '\(Binder.written(assignment.column))'",
                                            at: name.span)
            }
            let index = try target.index(of: name)
            guard values[index] == nil else {
                throw CompilationError.make(.duplicateColumn, "duplicate column name '\(name.description)'",
                    at: name.span)
            }
            values[index] = try value(assignment.value, of: index, context)
        }
        return values
    }

    /// An expression as a value of a column; DEFAULT is the column's own.
    func value(_ expression: Expression, of index: Int, _ context: ExpressionContext) throws -> BoundExpression {
        let schema = target.table.columns[index], bound: BoundExpression
        if case .defaultValue = expression.kind {
            bound = try binder.withDefault(of: index, target, at: expression.span) { try binder.bindExpression($0, context) }
        } else {
            bound = try binder.bindExpression(expression, context)
        }
        return try CompilationError.at(expression.span) {
            try binder.factory.assign(bound, to: schema.type, column: schema.name)
        }
    }
}
