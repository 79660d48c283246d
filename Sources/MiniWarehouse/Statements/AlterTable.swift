import WarehouseBasics
import WarehousePlan
import WarehouseSQL
import WarehouseStorage

/// ALTER TABLE.
enum AlterTable {
    static func run(_ statement: AlterTableStatement, in run: StatementRun) throws -> ResultSet {
        try run.define { open in
            let transaction = open.store
            guard var table = try ObjectFinder.find(.table, statement.name, ifExists: statement.ifExists, run) else {
                return .status("Statement executed successfully.")
            }
            guard table.kind == .table else {
                throw WarehouseError(.objectNotFound, "'\(table.name)' is a view, not a table.",
                                     span: statement.name.span)
            }
            if case .swapWith(let other) = statement.action {
                try SwapExecution.run(table, with: other, transaction, run)
                return .status("Statement executed successfully.")
            }
            let old = table
            try change(&table, statement, transaction, run)
            var names: (old: String, new: String)?
            if case .renameColumn(let name, let new) = statement.action { names = (name.name, new.name) }
            try ForeignKeys.follow(old, &table, renaming: names, transaction, run)
            table.alteredAt = run.timestamp
            try transaction.put(table)
            return .status("Statement executed successfully.")
        }
    }

    private static func change(_ table: inout CatalogEntry, _ statement: AlterTableStatement,
                               _ transaction: WriteTransaction, _ run: StatementRun) throws {
        switch statement.action {
        case .addColumns(let definitions, let ifNotExists):
            let known = Set(table.columns.map(\.name))
            for definition in definitions {
                try add(definition, ifNotExists: ifNotExists, to: &table, transaction, run)
            }
            try addKeys(of: definitions.filter { !known.contains($0.name.name) }, to: &table, run)
        case .dropColumns(let names, let ifExists):
            for name in names { try drop(name, ifExists: ifExists, from: &table, transaction) }
        case .renameColumn(let old, let new):
            let index = try columnIndex(old.name, table, old.span)
            if table.columns.contains(where: { $0.name == new.name }) { throw columnExists(new) }
            table.columns[index].name = new.name
            DeclaredKey.set(DeclaredKey.all(of: table).compactMap { $0.renaming(old.name, to: new.name) }, of: &table)
        case .alterColumns(let changes):
            for change in changes { try alter(change, &table, run) }
        case .renameTo(let reference):
            try AlterObject.rename(&table, to: reference, transaction, run)
        case .set(let properties):
            let reader = PropertyReader(properties: properties, run: run)
            try ObjectProperties.check(reader, of: .table)
            if let comment = try reader.text("COMMENT") { table.comment = comment }
            try Collation.check(reader)
            try Retention.apply(reader, to: &table)
            try transaction.setRetention(table.id, seconds: try run.catalog().retentionSeconds(of: table))
        case .unset(let names):
            try UnsetProperties.apply(names, to: &table)
            if names.contains(Retention.property) {
                try transaction.setRetention(table.id, seconds: try run.catalog().retentionSeconds(of: table))
            }
        case .addConstraint, .dropConstraint, .dropPrimaryKey, .renameConstraint:
            try changeKeys(of: &table, statement.action, run)
        case .clusterBy, .dropClusteringKey, .setTags, .unsetTags, .maintenance, .swapWith:
            // Clustering keys and tags have no effect on rows; a swap has been done.
            break
        }
    }

    static func columnIndex(_ name: String, _ table: CatalogEntry, _ span: SourceSpan?) throws -> Int {
        guard let index = table.columns.firstIndex(where: { $0.name == name }) else {
            throw WarehouseError(.invalidIdentifier, "SQL compilation error:\ncolumn '\(name)' does not exist",
                                 hint: Identifiers.hint(for: name, in: table.columns.map(\.name)), span: span)
        }
        return index
    }

    private static func columnExists(_ name: Identifier) -> WarehouseError {
        WarehouseError(.alreadyExists, "SQL compilation error:\ncolumn '\(name.name)' already exists", span: name.span)
    }

    static func add(_ definition: ColumnDefinition, ifNotExists: Bool, to table: inout CatalogEntry,
                            _ transaction: WriteTransaction, _ run: StatementRun) throws {
        if table.columns.contains(where: { $0.name == definition.name.name }) {
            if ifNotExists { return }
            throw columnExists(definition.name)
        }
        let column = try TableColumns.column(definition, of: table, beside: table.columns.map(\.name), run)
        let rowCount = try run.snapshot().table(table.id)?.rowCount ?? 0
        if column.identity != nil, rowCount > 0 {
            throw StatementDispatcher.unsupported("ADD COLUMN … AUTOINCREMENT to a table with rows")
        }
        var fill = ScalarValue.null
        if let value = definition.defaultValue {
            fill = try QueryExecution.defaultValue(value, column, of: table, in: run)
        }
        if !column.isNullable, fill == .null, rowCount > 0 {
            throw WarehouseError(
                .nullNotAllowed,
                "SQL compilation error:\nNon-nullable column '\(column.name)' cannot be added to non-empty table "
                    + "'\(table.name)' unless it has a non-null default value.", span: definition.name.span)
        }
        try transaction.addColumn(to: table.id, StoredColumn(column.type, fill: fill))
        table.columns.append(column)
    }

    static func drop(_ name: Identifier, ifExists: Bool, from table: inout CatalogEntry,
                             _ transaction: WriteTransaction) throws {
        if ifExists, !table.columns.contains(where: { $0.name == name.name }) { return }
        let index = try columnIndex(name.name, table, name.span)
        guard table.columns.count > 1 else {
            throw WarehouseError(.invalidValue, "SQL compilation error:\nA table must keep at least one column.")
        }
        try transaction.dropColumn(of: table.id, at: index)
        // Where identity columns stand is noted by place.
        for place in index..<table.columns.count {
            table.attributes[NumberMarks.identity(place)] = table.attributes[NumberMarks.identity(place + 1)]
        }
        table.columns.remove(at: index)
        DeclaredKey.set(DeclaredKey.all(of: table).compactMap { $0.renaming(name.name, to: nil) }, of: &table)
    }

    private static func alter(_ change: ColumnChange, _ table: inout CatalogEntry, _ run: StatementRun) throws {
        let index = try columnIndex(change.column.name, table, change.column.span)
        switch change.action {
        case .comment(let text): table.columns[index].comment = text
        case .unsetComment: table.columns[index].comment = ""
        case .setTags, .unsetTags: break
        case .dropNotNull: table.columns[index].isNullable = true
        case .setNotNull:
            try checkNoNulls(index, of: table, run)
            table.columns[index].isNullable = false
        case .dropDefault: table.columns[index].defaultText = nil
        case .setDefault(let value): try setDefault(value, of: index, &table, run)
        case .setType(let name):
            let type = try run.logicalType(name), old = table.columns[index].type
            var isAllowed = TypeWidening.allows(old, type)
            if !isAllowed, let limit = TypeWidening.limit(old, type) {
                isAllowed = try !holds(index, of: table, where: { "ABS(\($0)) >= \(limit)" }, run)
            }
            guard isAllowed else { throw wrongType(table.columns[index], type) }
            table.columns[index].type = type
        }
    }
}

extension AlterTable {
    /// Only from one sequence to another: what a column gives where nothing is said does not change otherwise.
    private static func setDefault(_ value: Expression, of index: Int, _ table: inout CatalogEntry,
                                   _ run: StatementRun) throws {
        guard let text = table.columns[index].defaultText, SequenceUse.occurs(in: try Parser.parseExpression(text)),
              SequenceUse.occurs(in: value) else {
            throw StatementDispatcher.unsupported("ALTER COLUMN … SET DEFAULT, but from one sequence to another")
        }
        try QueryExecution.checkDefault(value, table.columns[index], of: table, beside: [], in: run)
        table.columns[index].defaultText = SQLPrinter(dialect: .warehouse).print(value)
    }

    static func wrongType(_ column: TableColumn, _ type: LogicalType) -> WarehouseError {
        WarehouseError(
            .invalidValue,
            "SQL compilation error:\ncannot change column \(column.name) from type \(column.type) to \(type)",
            hint: "A length may grow; a precision may also shrink as far as the values allow; the scale stays.")
    }

    /// Before a column becomes NOT NULL.
    static func checkNoNulls(_ index: Int, of table: CatalogEntry, _ run: StatementRun) throws {
        guard try holdsNulls(index, of: table, run) else { return }
        throw WarehouseError(
            .nullNotAllowed, "Column '\(table.columns[index].name)' holds NULLs and cannot become NOT NULL.")
    }

    /// Statistics tell unless rows were deleted: the NULLs may have been among them, and the rows are asked.
    private static func holdsNulls(_ index: Int, of table: CatalogEntry, _ run: StatementRun) throws -> Bool {
        guard let rows = try run.snapshot().table(table.id), rows.rowCount > 0 else { return false }
        if let count = rows.statistics(index).nullCount { return count > 0 }
        return try holds(index, of: table, where: { "\($0) IS NULL" }, run)
    }

    /// Whether a row meets a condition, made of the column's name.
    private static func holds(_ index: Int, of table: CatalogEntry, where condition: (String) -> String,
                              _ run: StatementRun) throws -> Bool {
        let name = try run.catalog().fullName(table)
        let reference = ObjectReference([name.database, name.schema, name.name].map {
            Identifier(name: $0, isQuoted: true)
        })
        let filter = try Parser.parseExpression(condition(Identifiers.quoted(table.columns[index].name)))
        let found = SelectStatement(items: [.expression(SelectExpression(expression: filter))],
                                    from: [TableExpression(kind: .table(reference, nil))], filter: filter)
        return try QueryExecution.run(Query(body: .select(found)), in: run).rowCount > 0
    }
}

/// Changes of type that need no change of rows.
enum TypeWidening {
    static func allows(_ from: LogicalType, _ to: LogicalType) -> Bool {
        switch (from, to) {
        case (.number(let p, let s), .number(let q, let t)): s == t && q >= p
        case (.varchar(let a), .varchar(let b)): b >= a
        case (.binary(let a), .binary(let b)): b >= a
        default: from == to
        }
    }

    /// What the values' amounts must stay below for a change to a smaller precision; nil for any other change.
    static func limit(_ from: LogicalType, _ to: LogicalType) -> String? {
        guard case .number(let p, let s) = from, case .number(let q, let t) = to, s == t, q < p else { return nil }
        return "1" + String(repeating: "0", count: q - s)
    }
}
