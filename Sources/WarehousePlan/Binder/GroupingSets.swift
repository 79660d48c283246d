import WarehouseBasics
import WarehouseSQL

/// GROUP BY with several grouping sets: one aggregation for each, over copies of the input, with NULL for the group
/// expressions that a set leaves out; their rows are put together.
struct GroupingSets {
    /// Snowflake's limit of sets in one GROUP BY.
    static let maximumCount = 128

    /// Every group expression of any set, once.
    let expressions: [BoundExpression]
    /// By set: places in `expressions`.
    let sets: [[Int]]

    init(_ sets: [[BoundExpression]]) {
        var expressions: [BoundExpression] = []
        var places: [BoundExpression: Int] = [:]
        self.sets = sets.map { set in
            var own: [Int] = []
            for expression in set {
                let place = places[expression] ?? expressions.count
                if place == expressions.count {
                    places[expression] = place
                    expressions.append(expression)
                }
                if !own.contains(place) { own.append(place) }
            }
            return own
        }
        self.expressions = expressions
    }

    /// The plan whose columns are `grouping`'s groups, the select's aggregates and its GROUPING columns.
    func plan(over input: LogicalPlan, grouping: Grouping, select: SelectContext, binder: Binder) -> LogicalPlan {
        let outputs = grouping.projections.map(\.column) + select.aggregates.map(\.column)
            + select.groupings.map(\.column)
        let branches = sets.enumerated().map { index, set in
            branch(set, over: input, isFirst: index == 0, outputs: outputs, select, binder)
        }
        return .unionAll(branches, columns: outputs)
    }

    private func branch(_ set: [Int], over input: LogicalPlan, isFirst: Bool, outputs: [PlanColumn],
                        _ select: SelectContext, _ binder: Binder) -> LogicalPlan {
        var source = input
        var renamed: [ColumnID: PlanColumn] = [:]
        if !isFirst { (source, renamed) = input.copied(&binder.ids) }
        var groups: [Int: Projection] = [:]
        for place in set {
            let expression = expressions[place].renamed(renamed)
            groups[place] =
                Projection(binder.make("GROUP", expression.type, isNullable: expression.isNullable), expression)
        }
        let aggregates = select.aggregates.map { call -> AggregateCall in
            var copy = call
            copy.column = binder.fresh(call.column)
            copy.arguments = call.arguments.map { $0.renamed(renamed) }
            copy.order = call.order.map {
                SortKey($0.expression.renamed(renamed), isDescending: $0.isDescending, nullsFirst: $0.nullsFirst)
            }
            return copy
        }
        let aggregate = LogicalPlan.aggregate(LogicalAggregate(input: source, groups: set.compactMap { groups[$0] },
                                                               aggregates: aggregates))
        var values = expressions.indices.map { place in
            groups[place].map { BoundExpression.column($0.column) } ?? .constant(.null(expressions[place].type))
        }
        values += aggregates.map { .column($0.column) }
        let present = Set(set.map { expressions[$0] })
        values += select.groupings.map {
            .constant(Constant(.integer($0.bits(present: present)), $0.column.type))
        }
        return .project(aggregate, zip(outputs, values).map { Projection(binder.fresh($0), $1) })
    }
}

/// A GROUPING(…) met in a select: which of its expressions a row's set leaves out, as bits, the last the lowest.
struct PendingGrouping {
    var expressions: [BoundExpression]
    var column: PlanColumn

    func bits(present: Set<BoundExpression>) -> Int128 {
        expressions.reduce(0) { $0 << 1 | (present.contains($1) ? 0 : 1) }
    }
}

extension Binder {
    /// `GROUPING(a, b)`.
    func bindGrouping(_ call: FunctionCall, at span: SourceSpan, _ context: ExpressionContext)
        throws -> BoundExpression {
        guard let select = context.select, context.clause.allowsAggregates, select.statement.groupBy != nil else {
            throw CompilationError.make(.misplacedAggregate, "GROUPING needs a GROUP BY", at: span)
        }
        guard (1...63).contains(call.arguments.count) else {
            throw WarehouseError(.argumentCount, "not enough arguments for function [GROUPING()], expected 1, got "
                + "\(call.arguments.count)")
        }
        let inner = select.context(.groupBy, sink: select.inner)
        let arguments = try call.arguments.map { argument -> BoundExpression in
            guard case .expression(let expression) = argument else {
                throw CompilationError.make(.invalidArgumentTypes, "GROUPING takes plain arguments only", at: span)
            }
            return try bindExpression(expression, inner)
        }
        let column = make("GROUPING", .number(precision: 20, scale: 0), isNullable: false)
        return .column(select.add(PendingGrouping(expressions: arguments, column: column)))
    }

    /// The grouping sets of a GROUP BY; one for a plain one.
    func groupingSets(_ elements: [GroupingElement], _ select: SelectContext) throws -> [[BoundExpression]] {
        var sets: [[BoundExpression]] = [[]]
        for element in elements {
            let own = try groupingSets(element, select)
            sets = sets.flatMap { left in own.map { left + $0 } }
            guard sets.count <= GroupingSets.maximumCount else {
                throw WarehouseError(.limitExceeded,
                    "GROUP BY has more than \(GroupingSets.maximumCount) grouping sets.",
                                     span: select.statement.span)
            }
        }
        return sets
    }

    private func groupingSets(_ element: GroupingElement, _ select: SelectContext) throws -> [[BoundExpression]] {
        switch element {
        case .expression(let expression): return [[try bindGroup(expression, select)]]
        case .set(let expressions): return [try expressions.map { try bindGroup($0, select) }]
        case .groupingSets(let elements): return try elements.flatMap { try groupingSets($0, select) }
        case .rollup(let lists):
            let parts = try lists.map { try $0.map { try bindGroup($0, select) } }
            return (0...parts.count).reversed().map { Array(parts.prefix($0).joined()) }
        case .cube(let lists):
            guard lists.count <= 7 else {
                throw WarehouseError(.limitExceeded, "CUBE takes at most 7 elements.", span: select.statement.span)
            }
            let parts = try lists.map { try $0.map { try bindGroup($0, select) } }
            return (0..<(1 << parts.count)).map { mask in
                parts.indices.filter { mask & (1 << (parts.count - 1 - $0)) == 0 }.flatMap { parts[$0] }
            }
        }
    }
}
