import WarehouseBasics
import WarehouseSQL

/// Binds INSERT.
struct InsertBinder {
    let binder: Binder
    let target: DMLBinding.Target

    func bind(_ statement: InsertStatement) throws -> BoundInsert {
        let table = target.table
        let places = try target.places(of: statement.columns)
        let relation = try source(statement.source, places)
        guard relation.columns.count == places.count else {
            throw DMLBinding.countMismatch(places.count, relation.columns.count)
        }
        var projections: [Projection] = []
        var defaulted: Set<Int> = []
        var numbers: [WindowCall] = []
        let context = ExpressionContext(scope: Scope(parent: nil), tables: nil, clause: .values)
        for (index, schema) in table.columns.enumerated() {
            let value: BoundExpression
            if let place = places.firstIndex(of: index) {
                value = .column(relation.columns[place])
            } else {
                defaulted.insert(index)
                value = try binder.withDefault(of: index, target) { standard in
                    guard let next = try binder.nextValueCall(default: standard) else {
                        return try binder.bindExpression(standard, context)
                    }
                    numbers.append(next)
                    return .column(next.column)
                }
            }
            let assigned = try binder.factory.assign(value, to: schema.type, column: schema.name)
            projections.append(Projection(binder.make(schema.name, schema.type, isNullable: assigned.isNullable),
                assigned))
        }
        var plan = try binder.attach(context.subqueries, to: relation.plan)
        if !numbers.isEmpty {
            plan = .window(LogicalWindow(input: plan, partition: [], order: [], calls: numbers))
        }
        return BoundInsert(plan: .project(plan, projections), columns: projections.map(\.column), defaulted: defaulted)
    }

    private func source(_ query: Query, _ places: [Int]) throws -> Binder.Relation {
        guard case .values(let rows) = query.body, query.with == nil, query.orderBy == nil, query.limit == nil else {
            return try binder.bindQuery(query, outer: nil, tables: nil)
        }
        return try values(rows, places)
    }

    /// The first value of a text column tells Snowflake what all rows' are: behind a number, a text that is none is an
    /// error.
    private func check(_ value: BoundExpression, _ beginsWithNumber: inout Bool?, column: String) throws {
        if value.type == .null { return }
        let isNumber = beginsWithNumber ?? value.type.isNumeric
        beginsWithNumber = isNumber
        guard isNumber, case .constant(let constant) = value, constant.type.isText,
              case .bytes(let bytes) = constant.value else { return }
        let isNumeric = bytes.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { DecimalText.naturalType($0, count: buffer.count) != nil } ?? false
        }
        guard !isNumeric else { return }
        throw WarehouseError(.numericNotRecognized, "DML operation to table \(target.table.name) failed on column "
            + "\(column) with error: Numeric value '\(String(decoding: bytes, as: UTF8.self))' is not recognized")
    }

    /// VALUES: each value goes to its column's type by itself, so that rows need no common type.
    private func values(_ rows: [[Expression]], _ places: [Int]) throws -> Binder.Relation {
        let schemas = places.map { target.table.columns[$0] }
        let context = ExpressionContext(scope: Scope(parent: nil), tables: nil, clause: .values)
        var bound: [[BoundExpression]] = []
        bound.reserveCapacity(rows.count)
        var beginsWithNumber = [Bool?](repeating: nil, count: places.count)
        for row in rows {
            guard row.count == places.count
                else { throw DMLBinding.countMismatch(places.count, row.count).at(row.first?.span) }
            bound.append(try row.indices.map { index in
                let value: BoundExpression
                if case .defaultValue = row[index].kind {
                    value = try binder.withDefault(of: places[index], target, at: row[index].span) {
                        try binder.bindExpression($0, context)
                    }
                } else {
                    value = try binder.bindExpression(row[index], context)
                }
                if rows.count > 1, schemas[index].type.isText {
                    try check(value, &beginsWithNumber[index], column: schemas[index].name)
                }
                let assigned = try binder.factory.assign(value, to: schemas[index].type, column: schemas[index].name)
                return assigned
            })
        }
        let columns = schemas.enumerated().map { index, schema in
            binder.make(schema.name, schema.type, isNullable: bound.contains { $0[index].isNullable })
        }
        guard context.subqueries.isEmpty else {
            return try binder.rowsWithSubqueries(bound, columns, context.subqueries)
        }
        return Binder.Relation(plan: .values(LogicalValues(columns: columns, rows: bound)), columns: columns)
    }
}
