import WarehouseBasics

/// Compares two plans whose columns have other ids: whether the second puts out rows of the first, with some of their
/// columns.
struct PlanMatch {
    /// Columns of the first plan, by those of the second.
    private(set) var columns: [ColumnID: ColumnID] = [:]
    /// Whether tables of the second plan may be read with columns that the first one lacks: no column there is theirs.
    private let mayLack: Bool

    init(mayLack: Bool = false) { self.mayLack = mayLack }

    /// The first plan, with what the second one's aggregates or window functions compute besides, when the rows are the
    /// same; else nil.
    mutating func merge(_ first: LogicalPlan, with second: LogicalPlan) -> LogicalPlan? {
        guard case .aggregate(var mine) = first, case .aggregate(let other) = second else {
            return matches(first, second) ? first : nil
        }
        guard matches(mine.input, other.input), matchGroups(mine, other) else { return nil }
        for call in other.aggregates where !matchCall(call, mine.aggregates) {
            guard let arguments = renamed(call.arguments), let order = renamed(call.order.map(\.expression)) else { return nil }
            var added = call
            added.arguments = arguments
            for index in added.order.indices { added.order[index].expression = order[index] }
            mine.aggregates.append(added)
            columns[call.column.id] = call.column.id
        }
        return .aggregate(mine)
    }

    /// Whether the second plan puts out rows of the first, with some of their columns.
    mutating func includes(_ first: LogicalPlan, _ second: LogicalPlan) -> Bool { matches(first, second) }

    private mutating func matches(_ first: LogicalPlan, _ second: LogicalPlan) -> Bool {
        switch (first, second) {
        case (.scan(let mine), .scan(let other)): return matchScan(mine, other)
        case (.values(let mine), .values(let other)):
            guard mine.rows == other.rows, mine.rowCount == other.rowCount,
                  mine.columns.map(\.type) == other.columns.map(\.type) else { return false }
            return note(mine.columns, other.columns)
        case (.filter(let mine, let condition), .filter(let other, let wanted)):
            return matches(mine, other) && areEqual(condition, wanted)
        case (.project(let mine, let projections), .project(let other, let wanted)):
            return matches(mine, other) && wanted.allSatisfy { matchProjection($0, projections) }
        case (.aggregate(let mine), .aggregate(let other)):
            return matches(mine.input, other.input) && matchGroups(mine, other)
                && other.aggregates.allSatisfy { matchCall($0, mine.aggregates) }
        case (.join(let mine), .join(let other)): return matchJoin(mine, other)
        case (.sort(let mine, let keys), .sort(let other, let wanted)): return matches(mine, other) && areEqual(keys, wanted)
        case (.limit(let mine, let limit, let offset), .limit(let other, let otherLimit, let otherOffset)):
            return limit == otherLimit && offset == otherOffset && matches(mine, other)
        case (.window(let mine), .window(let other)): return matchWindow(mine, other)
        case (.distinct(let mine), .distinct(let other)): return matches(mine, other) && haveSameColumns(mine, other)
        case (.unionAll(let mine, let columns), .unionAll(let other, let wanted)):
            return mine.count == other.count && zip(mine, other).allSatisfy { matches($0, $1) && haveSameColumns($0, $1) }
                && note(columns, wanted)
        case (.setOperation(let kind, let a, let b, let columns), .setOperation(let otherKind, let c, let d, let wanted)):
            return kind == otherKind && matches(a, c) && matches(b, d) && haveSameColumns(a, c) && haveSameColumns(b, d)
                && note(columns, wanted)
        case (.flatten(let mine), .flatten(let other)): return matchFlatten(mine, other)
        case (.singleRow(let mine), .singleRow(let other)): return matches(mine, other)
        default: return false
        }
    }

    // MARK: Nodes

    private mutating func matchScan(_ mine: LogicalScan, _ other: LogicalScan) -> Bool {
        guard mine.table.hasSameRows(as: other.table), mine.filters.count == other.filters.count else { return false }
        for column in other.columns {
            guard let same = mine.columns.first(where: { $0.tableColumn == column.tableColumn }) else {
                if mayLack { continue }
                return false
            }
            columns[column.column.id] = same.column.id
        }
        return other.filters.allSatisfy { wanted in mine.filters.contains { areEqual($0, wanted) } }
            && mine.filters.allSatisfy { filter in other.filters.contains { areEqual(filter, $0) } }
    }

    private mutating func matchProjection(_ wanted: Projection, _ projections: [Projection]) -> Bool {
        guard let same = projections.first(where: { areEqual($0.expression, wanted.expression) }) else { return false }
        // A column that passes through keeps its id, and what it is called below stays true.
        columns[wanted.column.id] = same.column.id
        return true
    }

    private mutating func matchGroups(_ mine: LogicalAggregate, _ other: LogicalAggregate) -> Bool {
        guard mine.groups.count == other.groups.count else { return false }
        for (group, wanted) in zip(mine.groups, other.groups) {
            guard areEqual(group.expression, wanted.expression) else { return false }
            columns[wanted.column.id] = group.column.id
        }
        return true
    }

    private mutating func matchCall(_ wanted: AggregateCall, _ calls: [AggregateCall]) -> Bool {
        guard let same = calls.first(where: { call in
            call.function == wanted.function && call.isDistinct == wanted.isDistinct && call.isMoving == wanted.isMoving
                && call.column.type == wanted.column.type && areEqual(call.arguments, wanted.arguments)
                && areEqual(call.order, wanted.order)
        }) else { return false }
        columns[wanted.column.id] = same.column.id
        return true
    }

    private mutating func matchJoin(_ mine: LogicalJoin, _ other: LogicalJoin) -> Bool {
        guard mine.kind == other.kind, mine.keys.count == other.keys.count, matches(mine.left, other.left),
              matches(mine.right, other.right) else { return false }
        for (key, wanted) in zip(mine.keys, other.keys) {
            guard key.nullsEqual == wanted.nullsEqual, areEqual(key.left, wanted.left),
                  areEqual(key.right, wanted.right) else { return false }
        }
        switch (mine.residual, other.residual) {
        case (nil, nil): return true
        case (let condition?, let wanted?): return areEqual(condition, wanted)
        default: return false
        }
    }

    private mutating func matchWindow(_ mine: LogicalWindow, _ other: LogicalWindow) -> Bool {
        guard matches(mine.input, other.input), areEqual(mine.partition, other.partition),
              areEqual(mine.order, other.order) else { return false }
        for wanted in other.calls {
            guard let same = mine.calls.first(where: { call in
                call.function == wanted.function && call.frame == wanted.frame && call.isDistinct == wanted.isDistinct
                    && call.column.type == wanted.column.type && areEqual(call.inputs, wanted.inputs)
                    && areEqual(call.aggregateOrder, wanted.aggregateOrder)
            }) else { return false }
            columns[wanted.column.id] = same.column.id
        }
        return true
    }

    private mutating func matchFlatten(_ mine: LogicalFlatten, _ other: LogicalFlatten) -> Bool {
        guard mine.path == other.path, mine.isOuter == other.isOuter, mine.isRecursive == other.isRecursive,
              mine.mode == other.mode, matches(mine.input, other.input), areEqual(mine.value, other.value) else { return false }
        for output in other.outputs {
            guard let same = mine.outputs.first(where: { $0.output == output.output && $0.column.type == output.column.type })
            else { return false }
            columns[output.column.id] = same.column.id
        }
        return true
    }

    // MARK: Columns and expressions

    private mutating func note(_ mine: [PlanColumn], _ other: [PlanColumn]) -> Bool {
        guard mine.count == other.count else { return false }
        for (column, wanted) in zip(mine, other) { columns[wanted.id] = column.id }
        return true
    }

    /// Where every column counts, as many as there, in the same places.
    private func haveSameColumns(_ mine: LogicalPlan, _ other: LogicalPlan) -> Bool {
        mine.columns.map(\.id) == other.columns.map { columns[$0.id] ?? $0.id }
    }

    /// Whether the first plan's expression is the second one's.
    func areEqual(_ mine: BoundExpression, _ other: BoundExpression) -> Bool {
        Self.named(mine) { $0 } == Self.named(other) { columns[$0] ?? $0 }
    }

    private func areEqual(_ mine: [BoundExpression], _ other: [BoundExpression]) -> Bool {
        mine.count == other.count && zip(mine, other).allSatisfy { areEqual($0, $1) }
    }

    private func areEqual(_ mine: [SortKey], _ other: [SortKey]) -> Bool {
        mine.count == other.count && zip(mine, other).allSatisfy {
            $0.isDescending == $1.isDescending && $0.nullsFirst == $1.nullsFirst && areEqual($0.expression, $1.expression)
        }
    }

    /// The expressions over columns of the first plan; nil where one is of neither.
    func renamed(_ expressions: [BoundExpression]) -> [BoundExpression]? {
        guard expressions.allSatisfy({ $0.columnIDs.allSatisfy { columns[$0] != nil } }) else { return nil }
        return expressions.map { expression in
            expression.mapped { part in
                guard case .column(let column) = part, let id = columns[column.id] else { return part }
                return .column(PlanColumn(id: id, name: column.name, type: column.type, isNullable: column.isNullable))
            }
        }
    }

    /// Without what tells columns of one id apart: their name and whether an outer join made them nullable.
    private static func named(_ expression: BoundExpression, _ id: (ColumnID) -> ColumnID) -> BoundExpression {
        expression.mapped { part in
            guard case .column(let column) = part else { return part }
            return .column(PlanColumn(id: id(column.id), name: "", type: column.type))
        }
    }
}
