import WarehouseBasics
import WarehouseEngine
import WarehousePlan
import WarehouseSQL
import WarehouseStorage

/// INSERT ALL | FIRST: the query runs once, its rows are kept, and every INTO inserts those of them that its WHEN
/// lets through. Conditions are computed with the query, so that each is asked once a row.
struct MultiTableInsert {
    let statement: MultiTableInsertStatement
    let run: StatementRun

    static func run(_ statement: MultiTableInsertStatement, in run: StatementRun) throws -> ResultSet {
        try run.write { open in
            let insert = MultiTableInsert(statement: statement, run: run)
            let rows = try QueryExecution.result(of: QueryExecution.bind(insert.markedSource, in: run), in: run)
            // Under this statement's own id RESULT_SCAN finds them meanwhile.
            run.state.results.append((run.queryID, rows))
            defer { run.state.results.removeAll { $0.id == run.queryID } }
            return try insert.insertRows(open)
        }
    }

    // MARK: Which rows go where

    /// The column that tells of a row, for FIRST, the number of its branch; for ALL, whether a branch takes it.
    private func mark(_ branch: Int) -> Identifier {
        Identifier(name: statement.isFirst ? "branch of the row" : "branch \(branch) takes the row", isQuoted: true)
    }

    private var conditions: [Expression] { statement.branches.compactMap(\.condition) }

    private func number(_ value: Int) -> Expression { Expression(.literal(.number("\(value)"))) }

    /// The query, with marks behind its columns.
    private var markedSource: Query {
        guard statement.isConditional else { return statement.source }
        let marks: [Expression]
        if statement.isFirst {
            let branches = conditions.enumerated().map { CaseBranch(condition: $1, result: number($0)) }
            marks = [Expression(.conditional(CaseExpression(branches: branches, otherwise: number(conditions.count))))]
        } else {
            marks = conditions.map {
                let taken = CaseBranch(condition: $0, result: Expression(.literal(.boolean(true))))
                return Expression(.conditional(CaseExpression(
                    branches: [taken], otherwise: Expression(.literal(.boolean(false))))))
            }
        }
        let items = marks.enumerated().map {
            SelectItem.expression(SelectExpression(expression: $1, alias: mark($0)))
        }
        return Query(body: .select(SelectStatement(
            items: [.star(StarItem())] + items,
            from: [TableExpression(kind: .subquery(statement.source, isLateral: false))])))
    }

    /// What the marks of a branch's rows are; nil for all rows.
    private func filter(_ branch: Int) -> Expression? {
        guard statement.isConditional else { return nil }
        func column(_ index: Int) -> Expression { Expression(.column([mark(index)])) }
        if statement.isFirst { return Expression(.binary(.equal, column(0), number(branch))) }
        if statement.branches[branch].condition != nil { return column(branch) }
        let others = conditions.indices.map { Expression(.unary(.not, column($0))) }
        return others.count == 1 ? others[0] : Expression(.logical(.and, others))
    }

    /// The rows of a branch as a query; `values` nil for the columns as they come.
    private func rows(_ branch: Int, _ values: [Expression]?) -> Query {
        let hidden = !statement.isConditional ? [] : statement.isFirst ? [mark(0)] : conditions.indices.map(mark)
        let items = values.map { $0.map { SelectItem.expression(SelectExpression(expression: $0)) } }
            ?? [.star(StarItem(exclude: hidden))]
        let call = FunctionCall(name: ObjectReference(["RESULT_SCAN"]),
                                arguments: [.expression(Expression(.literal(.string(run.queryID))))])
        return Query(body: .select(SelectStatement(
            items: items, from: [TableExpression(kind: .function(call, isLateral: false))], filter: filter(branch))))
    }

    // MARK: Inserting

    private func insertRows(_ open: OpenTransaction) throws -> ResultSet {
        var counts: [(id: ObjectID, name: String, count: Int)] = []
        for (index, branch) in statement.branches.enumerated() {
            for into in branch.targets {
                let entry = try ObjectFinder.require(.table, into.table, run)
                var place = counts.firstIndex { $0.id == entry.id }
                if place == nil {
                    let table = try DMLTarget(entry, into.table.span, run).entry
                    if statement.isOverwrite { try open.store.truncateTable(table.id) }
                    place = counts.count
                    counts.append((entry.id, entry.name, 0))
                }
                counts[place ?? 0].count += try insert(into, index, open)
            }
        }
        return ResultSet.table(counts.map { ResultColumn("number of rows inserted into \($0.name)", .integer) },
                               [counts.map { .count($0.count) }]).asReport()
    }

    /// Inserts the rows of one INTO; gives their number.
    private func insert(_ into: InsertTarget, _ branch: Int, _ open: OpenTransaction) throws -> Int {
        let entry = try ObjectFinder.require(.table, into.table, run)
        var (target, bound) = try DMLTarget.bound(entry, into.table.span, open.store, run) { target in
            try InsertExecution.bind(try single(into, branch, target), target, in: run)
        }
        return try RowAppender.append(bound.plan, to: &target.entry, open.store, run)
    }

    /// One INTO as an INSERT: a column whose value is DEFAULT is one that is not named.
    private func single(_ into: InsertTarget, _ branch: Int, _ target: DMLTarget) throws -> InsertStatement {
        guard var values = into.values else {
            return InsertStatement(table: into.table, columns: into.columns, source: rows(branch, nil))
        }
        var columns = into.columns
        if columns.isEmpty { columns = target.entry.columns.map { Identifier(name: $0.name, isQuoted: true) } }
        guard columns.count == values.count else {
            throw WarehouseError(
                .columnCountMismatch, "SQL compilation error:\nInsert value list does not match column list "
                    + "expecting \(columns.count) but got \(values.count)", span: values.first?.span ?? into.table.span)
        }
        let named = values.indices.filter { values[$0].kind != .defaultValue }
        if named.isEmpty {
            // One column must be named: its DEFAULT is written out.
            guard let place = target.entry.columns.firstIndex(where: { $0.name == columns[0].name }) else {
                return InsertStatement(table: into.table, columns: columns, source: rows(branch, values))
            }
            values = [target.binding.defaults[place] ?? Expression(.literal(.null))]
            columns = [columns[0]]
        } else {
            (columns, values) = (named.map { columns[$0] }, named.map { values[$0] })
        }
        return InsertStatement(table: into.table, columns: columns, source: rows(branch, values))
    }
}
