import WarehouseBasics
import WarehouseColumns
import WarehousePlan

extension PlanCompiler {
    func compileJoin(_ join: LogicalJoin) throws -> Relation {
        let left = try compile(join.left), right = try compile(join.right)
        switch join.keys.isEmpty && Self.isSoonTested(left, right) ? .everyPair : join.method {
        case .keys: break
        case .anyKey(let condition): return try compileAnyKeyJoin(join, condition, left, right)
        case .ranges(let condition): return try compileRangeJoin(join, condition, left, right)
        case .everyPair:
            return try compileNestedLoop(try sides(join, left, right, []), join, search: nil)
        }
        let sides = try sides(join, left, right, join.keys.map { ($0.left, $0.right) })
        if join.buildsLeft { return try compileBuildLeft(sides) }
        let putsOutRight = join.kind != .semi && join.kind != .anti
        let shape = try shape(join, probe: left, build: right, putsOutBuild: putsOutRight)
        let source = HashJoinOperator(
            shape, left: sides.wideLeft.source, right: sides.wideRight.source, leftKeys: sides.leftKeys,
            rightKeys: sides.rightKeys, nullsEqual: join.keys.map(\.nullsEqual),
            equalities: join.keys.map { KeyEquality($0.left.type) }, filters: dynamicFilters(sides),
            diskShape: { try diskShape(sides) })
        return joined(sides, source, putsOutRight)
    }

    /// The inputs with the values that right rows are found by.
    private func sides(_ join: LogicalJoin, _ left: Relation, _ right: Relation,
                       _ keys: [(left: BoundExpression, right: BoundExpression)]) throws -> JoinSides {
        let (wideLeft, leftKeys) = try extended(left, keys.map(\.left))
        let (wideRight, rightKeys) = try extended(right, keys.map(\.right))
        return JoinSides(join: join, left: left, right: right, wideLeft: wideLeft, wideRight: wideRight, leftKeys: leftKeys,
                         rightKeys: rightKeys)
    }

    /// Whether so few rows meet so many that an index of these takes longer than testing every pair: the rows of a round of
    /// a recursion, often a single one.
    private static func isSoonTested(_ left: Relation, _ right: Relation) -> Bool {
        guard let rows = left.rowBound, let others = right.rowBound else { return false }
        return rows <= 16 && others > 4096
    }

    /// The right rows of a left row are those in a range.
    private func compileRangeJoin(_ join: LogicalJoin, _ condition: RangeCondition, _ left: Relation, _ right: Relation)
        throws -> Relation {
        var rest = join
        rest.residual = condition.rest
        let ranges = condition.ranges, sides = try sides(rest, left, right, ranges.map { ($0.left, $0.right) })
        let keys = try ranges.indices.map { try rangeKey(ranges[$0], $0, sides) }
        return try compileNestedLoop(sides, join, search: .ranges(RangeKeys(keys, boundCount: condition.bounds.count)))
    }

    /// The right rows of a left row are those of one of several keys.
    private func compileAnyKeyJoin(_ join: LogicalJoin, _ condition: AnyKeyCondition, _ left: Relation, _ right: Relation)
        throws -> Relation {
        var rest = join
        rest.residual = condition.rest
        let sides = try sides(rest, left, right, condition.branches.joined().map { ($0.left, $0.right) })
        var branches: [KeyBranch] = [], start = 0
        for branch in condition.branches {
            let places = start..<(start + branch.count)
            branches.append(KeyBranch(leftKeys: Array(sides.leftKeys[places]), rightKeys: Array(sides.rightKeys[places]),
                                      nullsEqual: branch.map(\.nullsEqual),
                                      equalities: branch.map { KeyEquality($0.left.type) }))
            start = places.upperBound
        }
        return try compileNestedLoop(sides, join, search: .anyKey(branches))
    }

    /// `sides.join` has the condition that `search` leaves of `join`.
    private func compileNestedLoop(_ sides: JoinSides, _ join: LogicalJoin, search: JoinSearch?) throws -> Relation {
        let putsOutRight = join.kind != .semi && join.kind != .anti
        let shape = try shape(sides.join, probe: sides.left, build: sides.right, putsOutBuild: putsOutRight)
        let source = NestedLoopJoinOperator(
            shape, search: search, left: sides.wideLeft.source, right: sides.wideRight.source,
            cutsLeft: sides.left.isWorthCutting, filters: rangeFilters(join, sides.left, sides.right),
            diskShape: { try diskShape(sides) })
        return joined(sides, source, putsOutRight)
    }

    private func rangeKey(_ range: JoinRange, _ index: Int, _ sides: JoinSides) throws -> RangeKey {
        let left = sides.leftKeys[index], right = sides.rightKeys[index]
        let types = [sides.wideLeft.bindings[left].physicalType, sides.wideRight.bindings[right].physicalType]
        guard types[0] == types[1] || types[0].isInteger && types[1].isInteger else {
            throw WarehouseError(.internalFault, "Comparison of \(range.left.type) with \(range.right.type).")
        }
        return RangeKey(left: left, right: right, op: range.op, isZoned: range.left.type.isZoned,
                        isWide: types.contains(.int128))
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

    private func joined(_ sides: JoinSides, _ source: any PhysicalOperator, _ putsOutRight: Bool) -> Relation {
        let relation = joined(sides.join.kind, source, sides.left, sides.right, putsOutRight).withOrigins(origins(sides))
        switch sides.join.kind {
        case .inner, .left, .semi, .anti: return relation.inOrder(of: sides.left)
        case .right, .full: return relation
        }
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

extension Relation {
    /// Whether its rows may be kept for a join without keys: many more than that are better read one after another.
    fileprivate var isWorthCutting: Bool { rowBound.map { $0 <= 1 << 21 } ?? true }
}
