import WarehouseBasics
import WarehouseSQL

extension Binder {
    /// A common table expression where it is named.
    func bindCommonTable(_ entry: TableEnvironment, _ item: TableExpression) throws -> FromResult {
        switch entry.meaning {
        case .working(let table):
            var result = scan(table)
            result.relations[0].qualifier = [entry.name]
            return try named(result, item)
        case .definition(let definition, let isRecursive, let scope):
            let names = definition.columns.map(\.name)
            let relation: Relation
            if let parts = RecursiveParts(definition) {
                relation = try bindRecursion(definition, parts, parent: entry.parent, scope: scope)
            } else {
                if isRecursive, RecursionCheck.refersToItself(definition) {
                    throw CompilationError.unsupported("a recursive common table expression that is not an anchor "
                        + "clause UNION ALL a recursive clause", at: definition.name.span)
                }
                relation = try bindQuery(definition.query, outer: scope, tables: entry.parent)
            }
            guard names.isEmpty || names.count == relation.columns.count else {
                throw CompilationError.make(.columnCountMismatch,
                    "Common table expression \(entry.name) names \(names.count) "
                    + "columns, but its query gives \(relation.columns.count)", at: definition.name.span)
            }
            return try named(relation, qualifier: [entry.name], item, columnNames: names)
        }
    }

    /// How often the types of a recursion's columns may widen until both of its clauses agree.
    private static let maximumWidenings = 4

    private func bindRecursion(_ definition: CommonTableExpression, _ parts: RecursiveParts, parent: TableEnvironment?,
                               scope: Scope?) throws -> Relation {
        let environment = TableEnvironment.adding(definition.query.with, to: parent, scope: scope)
        let anchor = try nested { try bindBody(parts.anchor, outer: scope, tables: environment) }
        let names = definition.columns.map(\.name)
        guard names.isEmpty || names.count == anchor.columns.count else {
            throw CompilationError.make(.columnCountMismatch, "Common table expression \(definition.name.name) names "
                + "\(names.count) columns, but its query gives \(anchor.columns.count)", at: definition.name.span)
        }
        var types = anchor.columns.map(\.type.widestForm)
        for _ in 0...Self.maximumWidenings {
            let schema = types.indices.map { index in
                ColumnSchema(names.isEmpty ? anchor.columns[index].name : names[index], types[index])
            }
            let table = WorkingTable(name: definition.name.name, columns: schema)
            let inner = TableEnvironment(parent: environment, name: definition.name.name, .working(table))
            let step = try nested { try bindBody(parts.step, outer: scope, tables: inner) }
            let common = try commonTypes(types, step, anchor)
            if zip(types, common).allSatisfy({ $0.isSameForm(as: $1) }) {
                return try recursion(anchor, step, table, types)
            }
            types = common
        }
        throw CompilationError.make(.setOperationTypes, "The types of the anchor clause and the recursive clause of "
            + "\(definition.name.name) do not meet", at: definition.name.span,
                                    hint: "Cast the column to the same type in both clauses.")
    }

    private func commonTypes(_ types: [LogicalType], _ step: Relation, _ anchor: Relation) throws -> [LogicalType] {
        guard step.columns.count == types.count else {
            throw WarehouseError(.setOperationColumns,
                "SQL compilation error:\ninvalid number of result columns for set operator input branches, "
                + "expected \(types.count), got \(step.columns.count) in branch {2}")
        }
        return try types.indices.map { index in
            let own = step.columns[index].type
            guard let type = Coercion.common(types[index], own),
                  types[index].isText == own.isText || types[index] == .null || own == .null else {
                throw WarehouseError(.setOperationTypes,
                    "SQL compilation error:\nType mismatch between anchor and recursive term of column "
                    + "\(anchor.columns[index].name) in recursive CTE: \(anchor.columns[index].type) and \(own)")
            }
            return type.widestForm
        }
    }

    /// The recursion whose columns have `types`.
    func recursion(_ anchor: Relation, _ step: Relation, _ table: WorkingTable, _ types: [LogicalType]) throws
        -> Relation {
        let types = types.map { $0 == .null ? .text : $0 }
        let columns = types.indices.map { make(anchor.columns[$0].name, types[$0]) }
        let plan = LogicalPlan.recursion(LogicalRecursion(anchor: try converted(anchor, to: types),
                                                          step: try converted(step, to: types), table: table,
                                                          columns: columns))
        return Relation(plan: plan, columns: columns)
    }
}

/// The two clauses of a recursive common table expression.
private struct RecursiveParts {
    let anchor: QueryBody
    let step: QueryBody

    /// nil where the definition is not `anchor UNION ALL step` with a step that names it.
    init?(_ definition: CommonTableExpression) {
        let query = definition.query
        guard case .setOperation(let union) = query.body, union.setOperator == .union, union.isAll, !union.isByName,
              query.orderBy == nil, query.limit == nil else { return nil }
        func part(_ operands: [QueryBody]) -> QueryBody {
            operands.count == 1 ? operands[0]
                : .setOperation(SetOperation(setOperator: .union, isAll: true, operands: operands))
        }
        let steps = union.operands.filter { RecursionCheck.refers($0, to: definition.name) }
        let anchors = union.operands.filter { !RecursionCheck.refers($0, to: definition.name) }
        guard !steps.isEmpty, !anchors.isEmpty else { return nil }
        anchor = part(anchors)
        step = part(steps)
    }
}

extension LogicalType {
    /// The type with room for whatever later rounds of a recursion compute.
    var widestForm: LogicalType {
        switch self {
        case .number(_, let scale): .number(precision: 38, scale: scale)
        case .varchar: .text
        case .binary: .binary(length: LogicalType.maximumBinaryLength)
        case .array: .array(element: nil)
        default: self
        }
    }
}
