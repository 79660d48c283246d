import WarehouseBasics
import WarehouseColumns
import WarehousePlan

extension PlanCompiler {
    func compileAggregate(_ aggregate: LogicalAggregate) throws -> Relation {
        let input = try compile(aggregate.input)
        let expressions = aggregate.groups.map(\.expression)
            + aggregate.aggregates.flatMap { $0.arguments + $0.order.map(\.expression) }
        // Only what is used goes on, so that the projection carries nothing else.
        let (wide, places) = try extended(input, expressions)
        let groupColumns = Array(places.prefix(aggregate.groups.count))
        var next = aggregate.groups.count
        var calls: [AggregateDefinition] = []
        var bindings = groupColumns.map { wide.bindings[$0] }
        for call in aggregate.aggregates {
            let count = call.arguments.count + call.order.count
            let columns = Array(places[next..<(next + count)])
            next += count
            let factory = AggregateFactory(
                function: call.function, isDistinct: call.isDistinct, result: call.column.type,
                arguments: columns.prefix(call.arguments.count).map { argument(wide, $0) },
                order: zip(columns.dropFirst(call.arguments.count), call.order).map { column, key in
                    AggregateOrder(argument: argument(wide, column), isDescending: key.isDescending,
                                   nullsFirst: key.nullsFirst)
                },
                constants: call.arguments.map(constantValue), rowBound: wide.rowBound,
                isGrouped: !aggregate.groups.isEmpty, isMoving: call.isMoving,
                native: context.functions?.find(call.function))
            let choice = try factory.resolve()
            bindings.append(choice.binding)
            calls.append(AggregateDefinition(arguments: columns, resultType: choice.binding.physicalType,
                                             shared: choice.shared, counts: countsRows(call, wide, columns),
                                             countsArgument: call.function == "COUNT" && !call.isDistinct
                                                 && columns.count == 1, external: choice.external, make: choice.make))
        }
        if aggregate.groups.isEmpty, !calls.isEmpty, calls.allSatisfy(\.counts),
           (wide.source as? any GroupsOperator)?.dropKeys() ?? false {
            let count = CountRowsOperator(wide.source, types: calls.map(\.resultType))
            return Relation(count, aggregate.aggregates.map(\.column), bindings, rowBound: 1)
        }
        AggregateDefinition.share(&calls, bindings: wide.bindings)
        let operation = AggregateOperator(input: wide.source, groupColumns: groupColumns,
                                          fields: groupColumns.map { wide.keyField($0) }, calls: calls,
                                          rowBound: wide.rowBound, rowEstimate: wide.rowEstimate,
                                          expectedGroups: expectedGroups(wide, groupColumns))
        let columns = aggregate.groups.map(\.column) + aggregate.aggregates.map(\.column)
        let rows = aggregate.groups.isEmpty ? 1 : wide.rowBound
        // A group is of the rows that have its keys: dropping all of them drops the group, and no other changes.
        let origins = groupColumns.map { wide.origins[$0] } + aggregate.aggregates.map { _ in [] }
        return Relation(operation, columns, bindings, rowBound: rows).withOrigins(origins)
    }

    /// Whether the call counts all rows.
    private func countsRows(_ call: AggregateCall, _ wide: Relation, _ columns: [Int]) -> Bool {
        guard !call.isDistinct else { return false }
        return call.function == "COUNT_STAR"
            || call.function == "COUNT" && columns.allSatisfy { !wide.bindings[$0].mayBeNull }
    }

    /// About how many groups the columns make at most in a part of the rows, from distinct counts and ranges; nil where
    /// nothing is known, or where one column's values ascend, so that hardly a group is in two parts.
    func expectedGroups(_ relation: Relation, _ columns: [Int]) -> Int? {
        if columns.contains(where: { relation.bindings[$0].isSorted }) { return nil }
        var product = 1
        for column in columns {
            let binding = relation.bindings[column]
            var count = binding.distinctCount
            if let range = binding.range, binding.physicalType.isInteger {
                let (span, overflow) = range.high.subtractingReportingOverflow(range.low)
                if !overflow, span < Int128(count ?? 1 << 40) { count = Int(span) + 1 }
            }
            if binding.physicalType == .bool { count = 2 }
            guard let count else { return nil }
            product = product.multipliedClamped(by: count + 1)
        }
        return product
    }

    func argument(_ relation: Relation, _ column: Int) -> AggregateArgument {
        AggregateArgument(type: relation.columns[column].type, binding: relation.bindings[column])
    }

    func constantValue(_ expression: BoundExpression) -> ScalarValue? {
        if case .constant(let constant) = expression { return constant.value }
        return nil
    }
}
