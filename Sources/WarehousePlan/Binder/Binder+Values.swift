import WarehouseBasics
import WarehouseSQL

extension Binder {
    /// `VALUES (…), (…)`: columns COLUMN1, COLUMN2, … in the common types of their rows.
    func bindValues(_ rows: [[Expression]], outer: Scope?, tables: TableEnvironment?) throws -> Relation {
        let width = rows.first?.count ?? 0
        let context = ExpressionContext(scope: Scope(parent: outer), tables: tables, clause: .values)
        var bound: [[BoundExpression]] = []
        bound.reserveCapacity(rows.count)
        for row in rows {
            guard row.count == width else {
                throw CompilationError.make(.columnCountMismatch, "VALUES lists must all be the same length: "
                    + "expected \(width), got \(row.count)", at: row.first?.span)
            }
            bound.append(try row.map { try bindExpression($0, context) })
        }
        var columns: [PlanColumn] = []
        for index in 0..<width {
            guard let type = Coercion.common(bound.map { $0[index].type }) else {
                throw CompilationError.make(.invalidArgumentTypes, "Values of column \(index + 1) have no common type",
                                            at: rows[0][index].span)
            }
            for row in bound.indices { bound[row][index] = try factory.implicit(bound[row][index], to: type) }
            columns.append(make("COLUMN\(index + 1)", type, isNullable: bound.contains { $0[index].isNullable }))
        }
        guard context.subqueries.isEmpty else { return try rowsWithSubqueries(bound, columns, context.subqueries) }
        return Relation(plan: .values(LogicalValues(columns: columns, rows: bound)), columns: columns)
    }

    /// Rows that hold subqueries: each row is a projection of its own over one row.
    func rowsWithSubqueries(_ rows: [[BoundExpression]], _ columns: [PlanColumn],
                                    _ subqueries: [PendingSubquery]) throws -> Relation {
        let inputs = try rows.map { row in
            let used = row.reduce(into: Set<ColumnID>()) { $0.formUnion($1.columnIDs) }
            let plan = try attach(subqueries.filter { used.contains($0.output.id) }, to: LogicalPlan.oneRow)
            return LogicalPlan.project(plan, zip(columns, row).map { Projection(fresh($0), $1) })
        }
        return Relation(plan: .unionAll(inputs, columns: columns), columns: columns)
    }
}

extension LogicalPlan {
    /// One row without columns, which feeds a SELECT without FROM.
    static var oneRow: LogicalPlan { .values(LogicalValues(rowCount: 1)) }
}
