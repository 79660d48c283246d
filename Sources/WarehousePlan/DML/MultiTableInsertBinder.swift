import WarehouseBasics
import WarehouseSQL

/// Binds INSERT ALL and FIRST: one plan, whose rows say which branches take them and hold the values of every INTO. A value
/// is computed for the rows of its branch alone, since WHEN may be what it must not fail on.
struct MultiTableInsertBinder {
    let binder: Binder
    /// The table of each INTO.
    let targets: [DMLBinding.Target]

    func bind(_ statement: MultiTableInsertStatement) throws -> BoundMultiTableInsert {
        let source = try binder.bindQuery(statement.source, outer: nil, tables: nil)
        let relation = ScopeRelation(qualifier: [], columns: source.columns.map { ScopeColumn(name: $0.name, column: $0) })
        let scope = Scope(parent: nil, relations: [relation])
        let (chosen, marks) = try marked(source, statement, scope)
        let context = ExpressionContext(scope: scope, tables: nil, clause: .insertion)
        let numbers = NextValueSink()
        context.numbers = numbers
        var rows: [[Projection]] = [], bound: [BoundMultiTableInsert.Target] = []
        for (index, branch) in statement.branches.enumerated() {
            for into in branch.targets {
                let mark = marks.isEmpty ? nil : marks[index]
                let row = try self.row(into, of: targets[rows.count], source.columns, context, where: mark)
                rows.append(row)
                bound.append(BoundMultiTableInsert.Target(branch: index, columns: row.map(\.column)))
            }
        }
        var plan = try binder.attach(context.subqueries, to: chosen)
        if !numbers.calls.isEmpty {
            plan = .window(LogicalWindow(input: plan, partition: [], order: [], calls: numbers.calls))
        }
        let outputs = marks.map(binder.fresh)
        let passed = zip(outputs, marks).map { Projection($0, .column($1)) }
        return BoundMultiTableInsert(plan: .project(plan, passed + rows.flatMap(\.self)), marks: outputs, targets: bound)
    }

    // MARK: Which branches take a row

    /// The query's rows with a mark for each branch behind their columns; none for an unconditional insert.
    private func marked(_ source: Binder.Relation, _ statement: MultiTableInsertStatement, _ scope: Scope) throws
        -> (LogicalPlan, [PlanColumn]) {
        guard statement.isConditional else { return (source.plan, []) }
        let context = ExpressionContext(scope: scope, tables: nil, clause: .filter)
        let conditions = try statement.branches.compactMap(\.condition).map { condition in
            let bound = try binder.bindExpression(condition, context)
            return try CompilationError.at(condition.span) { try binder.factory.condition(bound) }
        }
        let answers = try statement.isFirst ? [firstTrue(conditions)] : conditions.map(isTrue)
        let asked = answers.map { (binder.make("WHEN", $0.type, isNullable: false), $0) }
        let attached = try binder.attach(context.subqueries, to: source.plan)
        // Of a row each condition is asked once, however many branches look at the answer.
        let answered = extended(attached, asked)
        let marks = try statement.branches.indices.map { branch in
            (binder.make("MARK", .boolean, isNullable: false), try self.mark(branch, asked.map(\.0), statement))
        }
        return (extended(answered, marks), marks.map(\.0))
    }

    private func extended(_ plan: LogicalPlan, _ values: [(column: PlanColumn, value: BoundExpression)]) -> LogicalPlan {
        .project(plan, plan.columns.map { Projection($0, .column($0)) } + values.map { Projection($0.column, $0.value) })
    }

    private static let branchType = LogicalType.number(precision: 9, scale: 0)

    private func number(_ branch: Int) -> BoundExpression {
        .constant(Constant(.integer(Int128(branch)), Self.branchType))
    }

    /// The number of the first condition that is true; behind them, none.
    private func firstTrue(_ conditions: [BoundExpression]) throws -> BoundExpression {
        try binder.factory.caseWhen(conditions.enumerated().map { (condition: $1, value: number($0)) },
                                    otherwise: number(conditions.count))
    }

    private func isTrue(_ condition: BoundExpression) throws -> BoundExpression {
        try binder.factory.caseWhen([(condition: condition, value: .constant(.boolean(true)))],
                                    otherwise: .constant(.boolean(false)))
    }

    /// Whether a branch takes a row, by the answers of the conditions.
    private func mark(_ branch: Int, _ answers: [PlanColumn], _ statement: MultiTableInsertStatement) throws
        -> BoundExpression {
        if statement.isFirst { return .comparison(.equal, .column(answers[0]), number(branch)) }
        if statement.branches[branch].condition != nil { return .column(answers[branch]) }
        return try binder.factory.and(answers.map { try binder.factory.not(.column($0)) })
    }

    // MARK: What an INTO makes of a row

    private func row(_ into: InsertTarget, of target: DMLBinding.Target, _ source: [PlanColumn], _ context: ExpressionContext,
                     where mark: PlanColumn?) throws -> [Projection] {
        let row = TargetRow(binder: binder, target: target), places = try target.places(of: into.columns)
        let given = into.values?.count ?? source.count
        guard given == places.count else {
            throw DMLBinding.countMismatch(places.count, given).at(into.values?.first?.span ?? into.table.span)
        }
        return try target.table.columns.enumerated().map { index, schema in
            var value: BoundExpression
            switch (places.firstIndex(of: index), into.values) {
            case (let place?, let values?): value = try row.value(values[place], of: index, context)
            case (let place?, nil):
                value = try binder.factory.assign(.column(source[place]), to: schema.type, column: schema.name)
            case (nil, _): value = try row.value(Expression(.defaultValue), of: index, context)
            }
            if let mark, !value.isPlain {
                value = try binder.factory.caseWhen([(condition: .column(mark), value: value)])
            }
            return Projection(binder.make(schema.name, schema.type), value)
        }
    }
}

extension BoundExpression {
    /// A value that is there already and cannot fail.
    fileprivate var isPlain: Bool {
        switch self {
        case .column, .constant: true
        default: false
        }
    }
}
