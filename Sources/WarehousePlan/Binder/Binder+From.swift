import WarehouseBasics
import WarehouseSQL

extension Binder {
    /// The FROM clause of a SELECT: comma-separated items are cross joins, of which LATERAL ones see those before.
    func bindFrom(_ statement: SelectStatement, order: OrderByClause?, outer: Scope?, tables: TableEnvironment?) throws
        -> FromResult {
        guard !statement.from.isEmpty else { return FromResult(plan: .oneRow, relations: []) }
        var place = FromPlace(outer: outer, tables: tables, fileColumns: FileColumns(statement, order: order))
        for case .expression(let item) in statement.items {
            if let alias = item.alias, place.aliases[alias.name] == nil { place.aliases[alias.name] = item.expression }
        }
        return try bindFromItems(statement.from, place)
    }

    func bindFromItems(_ items: [TableExpression], _ place: FromPlace) throws -> FromResult {
        var result: FromResult?
        for item in items {
            if let left = result, let chain = LateralChain(item) {
                result = try bindChain(chain, after: left, place)
                continue
            }
            let next = try bindItem(item, after: result, place)
            switch (result, next) {
            case (nil, .alone(let relation)), (_, .combined(let relation)): result = relation
            case (let left?, .alone(let right)):
                result = crossJoined(left, right)
            }
        }
        return result ?? FromResult(plan: .oneRow, relations: [])
    }

    func crossJoined(_ left: FromResult, _ right: FromResult) -> FromResult {
        let plan = LogicalPlan.join(LogicalJoin(kind: .inner, left: left.plan, right: right.plan, keys: [],
            residual: nil))
        return FromResult(plan: plan, relations: left.relations + right.relations, merged: left.merged + right.merged)
    }

    /// What an item of FROM gives: a relation by itself, or one that its left side has gone into.
    enum ItemResult {
        case alone(FromResult)
        case combined(FromResult)
    }

    func bindItem(_ item: TableExpression, after left: FromResult?, _ place: FromPlace, isOuter: Bool = false) throws
        -> ItemResult {
        if let sample = item.sample {
            var whole = item
            whole.sample = nil
            guard case .alone(let result) = try bindItem(whole, after: left, place, isOuter: isOuter) else {
                throw CompilationError.unsupported("SAMPLE of a lateral item", at: item.span)
            }
            return .alone(try sampled(result, sample))
        }
        return try nested {
            switch item.kind {
            case .function(let call, _):
                return try bindTableFunction(call, item, after: left, place, isOuter: isOuter)
            case .subquery(let query, true):
                return try bindLateral(query, item, after: left, place, isOuter: isOuter)
            case .join(let join):
                return .alone(try bindJoin(join, place))
            default:
                return .alone(try bindRelation(item, place))
            }
        }
    }

    private func bindRelation(_ item: TableExpression, _ place: FromPlace) throws -> FromResult {
        switch item.kind {
        case .table(let reference, let travel):
            if let travel { return try bindHistory(reference, travel, item) }
            return try bindTable(reference, item, place)
        case .subquery(let query, _):
            let relation = try bindQuery(query, outer: place.outer, tables: place.tables)
            return try named(relation, qualifier: [], item)
        case .values(let rows):
            return try named(try bindValues(rows, outer: place.outer, tables: place.tables), qualifier: ["VALUES"],
                item)
        case .stage(let location, let options): return try bindStage(location, options, item, place)
        case .pivot(let pivot): return try bindPivot(pivot, item, place)
        case .unpivot(let unpivot): return try bindUnpivot(unpivot, item, place)
        case .function, .join: throw WarehouseError(.internalFault, "An item of FROM was bound twice.")
        }
    }

    // MARK: Tables, views, common table expressions

    private func bindTable(_ reference: ObjectReference, _ item: TableExpression, _ place: FromPlace)
        throws -> FromResult {
        let span = reference.span == .none ? item.span : reference.span
        try countRelation(at: span)
        let parts = try parts(reference)
        if parts.count == 1, let entry = place.tables?.find(parts[0]) {
            return try bindCommonTable(entry, item)
        }
        let found: CatalogRelation
        do {
            found = try catalog.resolveRelation(parts, privilege: .select)
        } catch {
            // One row, for those who are used to naming a table always; one that the role sees comes first.
            let isMissing = [ErrorKind.objectNotFound.code, ErrorKind.noCurrentDatabase.code].contains(error.code)
            guard parts == ["DUAL"], isMissing else { throw error.at(span) }
            return try named(Relation(plan: .oneRow, columns: []), qualifier: ["DUAL"], item)
        }
        do {
            switch found {
            case .table(let table): return try named(scan(table), item)
            case .view(let view):
                let relation = try bindView(view, at: span)
                return try named(relation, qualifier: Self.qualifier(view.name), item, columnNames: view.columnNames)
            }
        } catch let error as WarehouseError {
            throw error.at(span)
        }
    }

    static func qualifier(_ name: ObjectName) -> [String] { [name.database, name.schema, name.name] }

    /// A scan of every column of a table, those that `*` does not show last.
    func scan(_ table: any CatalogTable) -> FromResult {
        var columns: [LogicalScan.ScanColumn] = []
        var visible: [ScopeColumn] = []
        let hiddenFrom = table.columns.count - table.hiddenColumnCount
        for (index, schema) in table.columns.enumerated() {
            let column = make(schema.name, schema.type, isNullable: schema.isNullable)
            columns.append(LogicalScan.ScanColumn(column, tableColumn: index))
            visible.append(ScopeColumn(name: schema.name, column: column, isHidden: index >= hiddenFrom))
        }
        return FromResult(plan: .scan(LogicalScan(table: table, columns: columns)),
                          relations: [ScopeRelation(qualifier: Self.qualifier(table.name), columns: visible)])
    }

    // MARK: Aliases

    /// A query's columns under an item's alias.
    func named(_ relation: Relation, qualifier: [String], _ item: TableExpression, columnNames: [String] = []) throws
        -> FromResult {
        let columns = relation.columns.enumerated().map { index, column in
            ScopeColumn(name: columnNames.isEmpty ? column.name : columnNames[index], column: column)
        }
        return try named(FromResult(plan: relation.plan,
            relations: [ScopeRelation(qualifier: qualifier, columns: columns)]),
                         item)
    }

    /// The one relation of `result` renamed as the item's alias says.
    func named(_ result: FromResult, _ item: TableExpression) throws -> FromResult {
        guard let alias = item.alias else { return result }
        var copy = result
        copy.relations[0].qualifier = [alias.name.name]
        guard !alias.columns.isEmpty else { return copy }
        let visible = copy.relations[0].columns.filter { !$0.isHidden }.count
        guard alias.columns.count <= visible else {
            throw CompilationError.make(.columnCountMismatch,
                "Alias \(alias.name.name) names \(alias.columns.count) columns "
                + "of a relation of \(visible)", at: alias.name.span)
        }
        for (index, name) in alias.columns.enumerated() {
            let old = copy.relations[0].columns[index]
            copy.relations[0].columns[index] = ScopeColumn(name: name.name, column: old.column, isHidden: old.isHidden)
        }
        return copy
    }

    // MARK: Stages

    private func bindStage(_ location: StageLocation, _ options: [ObjectProperty], _ item: TableExpression,
                           _ place: FromPlace) throws -> FromResult {
        try countRelation(at: item.span)
        var reference: StageReference
        switch location.root {
        case .named(let name): reference = StageReference(parts: try parts(name), kind: .named, path: location.path)
        case .table(let name): reference = StageReference(parts: try parts(name), kind: .table, path: location.path)
        case .user: reference = StageReference(parts: [], kind: .user, path: location.path)
        case .url: throw CompilationError.unsupported("SELECT from a URL", at: item.span)
        }
        for option in options {
            switch option.name {
            case "FILE_FORMAT": reference.fileFormat = option.value?.text
            case "PATTERN": reference.pattern = option.value?.text
            default: throw CompilationError.make(.syntax, "Invalid stage option \(option.name)", at: option.span)
            }
        }
        reference.readsAllFields = place.fileColumns.hasStar
        let table = try catalog.resolveStage(reference, columnCount: place.fileColumns.highest)
        return try named(scan(table), item)
    }
}

/// What the items of a FROM clause share.
struct FromPlace {
    var outer: Scope?
    let tables: TableEnvironment?
    /// What the SELECT needs of staged files.
    let fileColumns: FileColumns
    /// Expressions of the select list that have a name, which ON may use where no column has it.
    var aliases: [String: Expression] = [:]

    /// Where the condition of a join of `both` stands.
    func condition(over both: FromResult) -> ExpressionContext {
        let context = ExpressionContext(scope: both.scope(parent: outer), tables: tables, clause: .on)
        context.joinAliases = aliases
        return context
    }
}
