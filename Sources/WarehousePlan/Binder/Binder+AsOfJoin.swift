import WarehouseBasics
import WarehouseSQL

extension Binder {
    /// ASOF JOIN: each row of the left with the closest row of the right that satisfies the match condition, among
    /// those with equal keys; NULLs where there is none.
    ///
    /// Both sides are put in one sequence by key and time. A count of the right's rows so far tells for each row of
    /// the left which one it follows, and that row is the first of its group.
    func asOfJoined(_ left: FromResult, _ right: FromResult, on condition: BoundExpression, match: BoundExpression)
        throws -> FromResult {
        let sides = try AsOfSides(left: left.plan, right: right.plan, condition: condition, match: match)
        let whole = LogicalType.number(precision: 1, scale: 0)
        let side = make("SIDE", whole, isNullable: false)
        let time = make("TIME", sides.leftTime.type)
        let keys = sides.keys.map { make("KEY", $0.left.type) }
        let (leftColumns, rightColumns) = (left.plan.columns, right.plan.columns)
        let own = leftColumns.map { fresh($0.madeNullable) }, other = rightColumns.map { fresh($0.madeNullable) }
        let columns = [side, time] + keys + own + other
        func branch(_ plan: LogicalPlan, _ number: Int, _ values: [BoundExpression]) -> LogicalPlan {
            let marked = [BoundExpression.constant(Constant(.integer(Int128(number)), whole))] + values
            return .project(plan, zip(columns, marked).map { Projection(fresh($0), $1) })
        }
        func nulls(_ columns: [PlanColumn]) -> [BoundExpression] { columns.map { .constant(.null($0.type)) } }
        func values(_ columns: [PlanColumn]) -> [BoundExpression] { columns.map { .column($0) } }
        // What is NULL matches nothing, so that the right's rows without key or time are of no use.
        let known = try factory.and(([sides.rightTime] + sides.keys.map(\.right)).map { factory.isNull($0, negated: true) })
        let sequence = LogicalPlan.unionAll([
            branch(.filter(right.plan, known), 0,
                   [sides.rightTime] + sides.keys.map(\.right) + nulls(leftColumns) + values(rightColumns)),
            branch(left.plan, 1,
                   [sides.leftTime] + sides.keys.map(\.left) + values(leftColumns) + nulls(rightColumns)),
        ], columns: columns)
        let partition = values(keys) + [factory.isNull(.column(time))]
        let isRight = BoundExpression.comparison(.equal, .column(side), .constant(Constant(.integer(0), whole)))
        let count = make("MATCH", .number(precision: 18, scale: 0))
        let counted = LogicalPlan.window(LogicalWindow(
            input: sequence, partition: partition,
            order: [SortKey(.column(time), isDescending: sides.isDescending),
                    SortKey(.column(side), isDescending: sides.isStrict)],
            calls: [WindowCall(count, "CONDITIONAL_TRUE_EVENT", [isRight], frame: .wholePartition)]))
        let found = other.map { fresh($0) }
        let picked = LogicalPlan.window(LogicalWindow(
            input: counted, partition: partition + [.column(count)], order: [SortKey(.column(side))],
            calls: zip(found, other).map {
                WindowCall($0, "FIRST_VALUE", [.column($1)], frame: .wholePartition)
            }))
        let outputs = zip(leftColumns, own).map { Projection(fresh($0), .column($1)) }
            + found.map { Projection(fresh($0), .column($0)) }
        let plan = LogicalPlan.project(.filter(picked, .not(isRight)), outputs)
        let map = Dictionary(zip(leftColumns + rightColumns, outputs).map { ($0.id, $1.column) },
                             uniquingKeysWith: { a, _ in a })
        let (first, second) = (left.replacing(map), right.replacing(map))
        return FromResult(plan: plan, relations: first.relations + second.relations,
                          merged: first.merged + second.merged)
    }
}

/// The parts of an ASOF JOIN's conditions, by side.
private struct AsOfSides {
    var leftTime: BoundExpression
    var rightTime: BoundExpression
    /// The closest row follows in time.
    let isDescending: Bool
    /// A row of the same time is no match.
    let isStrict: Bool
    var keys: [JoinKey] = []

    init(left: LogicalPlan, right: LogicalPlan, condition: BoundExpression, match: BoundExpression) throws {
        guard case .comparison(var op, let a, let b) = match,
              [.less, .lessOrEqual, .greater, .greaterOrEqual].contains(op) else {
            throw CompilationError.unsupported("MATCH_CONDITION that is not one of >=, >, <= and <")
        }
        let leftIDs = Set(left.columns.map(\.id)), rightIDs = Set(right.columns.map(\.id))
        if a.columnIDs.isSubset(of: leftIDs), b.columnIDs.isSubset(of: rightIDs) {
            (leftTime, rightTime) = (a, b)
        } else if a.columnIDs.isSubset(of: rightIDs), b.columnIDs.isSubset(of: leftIDs) {
            (leftTime, rightTime) = (b, a)
            op = op.mirrored
        } else {
            throw CompilationError.unsupported("MATCH_CONDITION that does not compare one table with the other")
        }
        isDescending = op == .less || op == .lessOrEqual
        isStrict = op == .less || op == .greater
        let join = JoinCondition.split(LogicalJoin(kind: .inner, left: left, right: right, keys: [],
                                                   residual: condition))
        guard join.residual == nil, join.keys.allSatisfy({ !$0.nullsEqual }) else {
            throw CompilationError.unsupported("ASOF JOIN with an ON condition that is not equalities joined by AND")
        }
        keys = join.keys
    }
}

extension FromResult {
    /// The same names for other columns.
    func replacing(_ map: [ColumnID: PlanColumn]) -> FromResult {
        var copy = self
        for index in copy.relations.indices {
            for position in copy.relations[index].columns.indices {
                let column = copy.relations[index].columns[position].column
                if let new = map[column.id] { copy.relations[index].columns[position].column = new }
            }
        }
        let values = map.mapValues { BoundExpression.column($0) }
        copy.merged = merged.map { MergedColumn(name: $0.name, expression: $0.expression.replacing(values)) }
        return copy
    }
}
