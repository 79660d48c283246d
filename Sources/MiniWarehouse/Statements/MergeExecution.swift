import WarehouseBasics
import WarehouseColumns
import WarehousePlan
import WarehouseSQL
import WarehouseStorage

/// MERGE: the source left-joined to the target. Each joined row takes the first clause whose condition holds; one
/// CASE a column gives its new value by that clause.
enum MergeExecution {
    static func run(_ statement: MergeStatement, in run: StatementRun) throws -> ResultSet {
        try run.write { transaction in
            var table = try DMLTarget.table(statement.table, run)
            let merge = try MergeQuery(statement, table, run)
            let bound = try QueryExecution.bind(merge.query, in: run)
            let change = try RowChange(bound, table, transaction, run)
            change.refusesMultipleMatches =
                run.sessionContext.parameters["ERROR_ON_NONDETERMINISTIC_MERGE"]?.lowercased() != "false"
            let clauseColumn = table.columns.count + 1
            let actions = statement.clauses.map(action)
            try change.perform { batch, row in
                guard case .integer(let number) = ScalarReading.value(batch.vectors[clauseColumn], row: row) else {
                    return .ignore
                }
                return actions[Int(number)]
            }
            let count = try change.finish(&table)
            return report(count, actions)
        }
    }

    private static func action(_ clause: MergeClause) -> RowChange.Action {
        switch clause.action {
        case .update, .updateAllByName: .replace
        case .delete: .delete
        case .insert, .insertAllByName: .insert
        }
    }

    /// A count for each kind of clause that the statement has.
    private static func report(_ count: RowChange.Count, _ actions: [RowChange.Action]) -> ResultSet {
        var counts: [(String, Int)] = []
        if actions.contains(.insert) { counts.append(("number of rows inserted", count.inserted)) }
        if actions.contains(.replace) { counts.append(("number of rows updated", count.updated)) }
        if actions.contains(.delete) { counts.append(("number of rows deleted", count.deleted)) }
        return ResultSet.table(counts.map { ResultColumn($0.0, .integer) }, [counts.map { .count($0.1) }]).asReport()
    }
}

/// The query that a MERGE becomes: address, the table's columns, the number of the clause.
private struct MergeQuery {
    let query: Query
    private let table: CatalogEntry
    private let qualifier: [Identifier]
    private let run: StatementRun

    init(_ statement: MergeStatement, _ table: CatalogEntry, _ run: StatementRun) throws {
        self.table = table
        self.run = run
        qualifier = try DMLTarget.qualifier(statement.table, alias: statement.alias, run)
        let address = DMLTarget.column(DMLTarget.rowIDName, qualifier)
        for clause in statement.clauses { try MergeQuery.check(clause) }

        let conditions = statement.clauses.map { clause -> Expression in
            let matched = Expression(.isNull(address, isNegated: clause.isMatched))
            return clause.condition.map { Expression(.logical(.and, MergeQuery.terms($0, matched))) } ?? matched
        }
        var values: [[Expression]] = []
        for clause in statement.clauses { values.append(try MergeQuery.values(clause, table, qualifier, statement)) }
        let columns = table.columns.indices.map { index in
            Expression(.conditional(CaseExpression(branches: zip(conditions, values).map {
                CaseBranch(condition: $0, result: $1[index])
            })))
        }
        let number = Expression(.conditional(CaseExpression(branches: conditions.enumerated().map {
            CaseBranch(condition: $1, result: Expression(.literal(.number(String($0)))))
        })))
        let join = Join(kind: .left, left: statement.source,
                        right: DMLTarget.source(statement.table, alias: statement.alias),
                        condition: .on(statement.condition))
        query = Query(body: .select(SelectStatement(
            items: ([address] + columns + [number]).map { .expression(SelectExpression(expression: $0)) },
            from: [TableExpression(kind: .join(join))])))
    }

    /// AND operands without nested ANDs, as the tree wants them.
    private static func terms(_ condition: Expression, _ first: Expression) -> [Expression] {
        if case .logical(.and, let inner) = condition.kind { return [first] + inner }
        return [first, condition]
    }

    private static func check(_ clause: MergeClause) throws {
        switch clause.action {
        case .update, .delete, .updateAllByName:
            guard clause.isMatched else {
                throw WarehouseError(.syntax, "SQL compilation error:\nWHEN NOT MATCHED can only INSERT.")
            }
        case .insert, .insertAllByName:
            guard !clause.isMatched else {
                throw WarehouseError(.syntax, "SQL compilation error:\nWHEN MATCHED can only UPDATE or DELETE.")
            }
        }
        switch clause.action {
        case .updateAllByName, .insertAllByName: throw StatementDispatcher.unsupported("MERGE … ALL BY NAME")
        default: break
        }
    }

    /// What the clause makes of each of the table's columns.
    private static func values(_ clause: MergeClause, _ table: CatalogEntry, _ qualifier: [Identifier],
                               _ statement: MergeStatement) throws -> [Expression] {
        switch clause.action {
        case .update(let assignments):
            let values = try DMLTarget.assignments(assignments, table)
            return table.columns.indices.map { index in
                let column = table.columns[index]
                return values[index].map { cast($0, column) } ?? DMLTarget.column(column.name, qualifier)
            }
        case .insert(let columns, let values):
            let targets = columns.isEmpty ? Array(table.columns.indices)
                : try columns.map { try AlterTable.columnIndex($0.name, table, $0.span) }
            guard targets.count == values.count else {
                throw WarehouseError(
                    .columnCountMismatch,
                    "SQL compilation error:\nInsert value list does not match column list expecting \(targets.count) "
                        + "but got \(values.count)", span: statement.table.span)
            }
            var given: [Int: Expression] = [:]
            for (target, value) in zip(targets, values) { given[target] = value }
            return try table.columns.indices.map { index in
                let column = table.columns[index]
                let value = try given[index] ?? DMLTarget.defaultExpression(column)
                if case .defaultValue = value.kind { return cast(try DMLTarget.defaultExpression(column), column) }
                return cast(value, column)
            }
        default:
            return table.columns.map { DMLTarget.column($0.name, qualifier) }
        }
    }

    /// The value in the column's type, so that the clauses of one CASE agree.
    private static func cast(_ value: Expression, _ column: TableColumn) -> Expression {
        Expression(.cast(CastExpression(operand: value, type: TypeName(column.type))), span: value.span)
    }
}

extension TypeName {
    /// A type as DDL writes it.
    init(_ type: LogicalType) {
        let text = type.description
        let name = String(text.prefix { $0 != "(" })
        let numbers = text.dropFirst(name.count).filter { $0 != "(" && $0 != ")" }.split(separator: ",")
        self.init(name: name, arguments: numbers.compactMap { Int($0) }.map { .integer($0) })
    }
}
