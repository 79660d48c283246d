import WarehouseBasics
import WarehouseColumns
import WarehousePlan

extension PlanCompiler {
    func compileJoin(_ join: LogicalJoin) throws -> Relation {
        let left = try compile(join.left), right = try compile(join.right)
        let (wideLeft, leftKeys) = try extended(left, join.keys.map(\.left))
        let (wideRight, rightKeys) = try extended(right, join.keys.map(\.right))
        let leftColumns = Array(left.columns.indices), rightColumns = Array(right.columns.indices)
        let putsOutRight = join.kind != .semi && join.kind != .anti
        var shape = JoinShape(kind: join.kind, leftColumns: leftColumns,
                              rightColumns: putsOutRight || join.residual != nil ? rightColumns : [],
                              residual: nil, residualColumns: [])
        if let residual = join.residual {
            let pairs = Relation(ValuesOperator(rows: RowBuffer([])), left.columns + right.columns,
                                 left.bindings + right.bindings, rowBound: nil)
            let predicate = try CompiledPredicate(residual, input: pairs.layout, context: context)
            if predicate.constantAnswer != true {
                shape.residual = predicate
                let used = residual.columnIDs
                shape.residualColumns = pairs.columns.indices.filter { used.contains(pairs.columns[$0].id) }
            }
        }
        let source: any PhysicalOperator = if join.keys.isEmpty {
            NestedLoopJoinOperator(shape, left: wideLeft.source, right: wideRight.source)
        } else {
            HashJoinOperator(shape, left: wideLeft.source, right: wideRight.source, leftKeys: leftKeys,
                             rightKeys: rightKeys, nullsEqual: join.keys.map(\.nullsEqual),
                             zoned: join.keys.map { $0.left.type.isZoned })
        }
        return joined(join.kind, source, left, right, putsOutRight)
    }

    private func joined(_ kind: JoinKind, _ source: any PhysicalOperator, _ left: Relation, _ right: Relation,
                        _ putsOutRight: Bool) -> Relation {
        guard putsOutRight else { return left.through(source, rowBound: left.rowBound) }
        var bindings = left.bindings + right.bindings
        for index in bindings.indices {
            let isLeft = index < left.bindings.count
            let mayMiss = isLeft ? kind == .right || kind == .full : kind == .left || kind == .full
            if mayMiss { bindings[index].mayBeNull = true }
        }
        var bound: Int?
        if let a = left.rowBound, let b = right.rowBound {
            // Every pair, and every row without one.
            let product = max(1, a).multipliedReportingOverflow(by: max(1, b))
            let sum = product.partialValue.addingReportingOverflow(max(a, b))
            if !product.overflow, !sum.overflow { bound = sum.partialValue }
        }
        let relation = Relation(source, left.columns + right.columns, bindings, rowBound: bound)
        // A key of one side mostly names one row of the other.
        guard source is HashJoinOperator, let a = left.rowEstimate, let b = right.rowEstimate else { return relation }
        return relation.estimating(max(a, b))
    }
}
