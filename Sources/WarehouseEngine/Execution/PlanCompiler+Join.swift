import WarehouseBasics
import WarehouseColumns
import WarehousePlan

extension PlanCompiler {
    func compileJoin(_ join: LogicalJoin) throws -> Relation {
        let left = try compile(join.left), right = try compile(join.right)
        let (wideLeft, leftKeys) = try extended(left, join.keys.map(\.left))
        let (wideRight, rightKeys) = try extended(right, join.keys.map(\.right))
        let sides = JoinSides(join: join, left: left, right: right, wideLeft: wideLeft, wideRight: wideRight,
                              leftKeys: leftKeys, rightKeys: rightKeys)
        if join.buildsLeft, !join.keys.isEmpty { return try compileBuildLeft(sides) }
        let putsOutRight = join.kind != .semi && join.kind != .anti
        let shape = try shape(join, probe: left, build: right, putsOutBuild: putsOutRight)
        let source: any PhysicalOperator = if join.keys.isEmpty {
            NestedLoopJoinOperator(shape, left: wideLeft.source, right: wideRight.source,
                                   filters: rangeFilters(join, left, right), diskShape: { try diskShape(sides) })
        } else {
            HashJoinOperator(shape, left: wideLeft.source, right: wideRight.source, leftKeys: leftKeys,
                             rightKeys: rightKeys, nullsEqual: join.keys.map(\.nullsEqual),
                             equalities: join.keys.map { KeyEquality($0.left.type) }, filters: dynamicFilters(sides),
                             diskShape: { try diskShape(sides) })
        }
        let relation = joined(join.kind, source, left, right, putsOutRight).withOrigins(origins(sides))
        switch join.kind {
        case .inner, .left, .semi, .anti: return relation.inOrder(of: left)
        case .right, .full: return relation
        }
    }

    private func compileBuildLeft(_ sides: JoinSides) throws -> Relation {
        let join = sides.join
        let shape = try shape(join, probe: sides.right, build: sides.left, putsOutBuild: true)
        let source = BuildLeftSemiJoinOperator(
            join.kind, shape, left: sides.wideLeft.source, right: sides.wideRight.source, leftKeys: sides.leftKeys,
            rightKeys: sides.rightKeys, nullsEqual: join.keys.map(\.nullsEqual),
            equalities: join.keys.map { KeyEquality($0.left.type) }, filters: dynamicFilters(sides),
            outputCount: sides.left.columns.count, diskShape: { try diskShape(sides) })
        return sides.left.through(source, rowBound: sides.left.rowBound).inOrder(of: sides.left).withOrigins(origins(sides))
    }

    /// Pairs as a probe sees them: the columns of the side that streams past, then those of the side that is kept.
    private func shape(_ join: LogicalJoin, probe: Relation, build: Relation, putsOutBuild: Bool) throws -> JoinShape {
        var shape = JoinShape(kind: join.kind, leftColumns: Array(probe.columns.indices),
                              rightColumns: putsOutBuild || join.residual != nil ? Array(build.columns.indices) : [],
                              residual: nil, residualColumns: [])
        guard let residual = join.residual else { return shape }
        let pairs = Relation(ValuesOperator(rows: RowBuffer([])), probe.columns + build.columns,
                             probe.bindings + build.bindings, rowBound: nil)
        let predicate = try CompiledPredicate(residual, input: pairs.layout, context: context)
        guard predicate.constantAnswer != true else { return shape }
        shape.residual = predicate
        let used = residual.columnIDs
        shape.residualColumns = pairs.columns.indices.filter { used.contains(pairs.columns[$0].id) }
        return shape
    }

    /// Pairs of both sides whole, keys among them, with the positions of their rows behind each side.
    private func diskShape(_ sides: JoinSides) throws -> JoinShape {
        func positioned(_ side: Relation, _ id: Int) -> Relation {
            let column = PlanColumn(id: ColumnID(id), name: "", type: .integer)
            return Relation(side.source, side.columns + [column],
                            side.bindings + [ColumnBinding(index: 0, physicalType: .int64)], rowBound: side.rowBound)
        }
        let kind = sides.join.kind
        return try shape(sides.join, probe: positioned(sides.wideLeft, .min), build: positioned(sides.wideRight, .min + 1),
                         putsOutBuild: kind != .semi && kind != .anti)
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
