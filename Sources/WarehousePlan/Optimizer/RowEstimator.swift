import WarehouseBasics

/// Guesses how many rows nodes put out, from table sizes and column statistics. Only choices between plans that give
/// the same rows depend on it.
public final class RowEstimator {
    /// Where a column's values come from, when it is a table's column unchanged.
    private var sources: [ColumnID: (table: any CatalogTable, column: Int)] = [:]

    /// An estimator for `plan` and everything that rules make of it.
    public init(_ plan: LogicalPlan) { collect(plan) }

    static let unknownTableRows = 1000.0

    private func collect(_ plan: LogicalPlan) {
        plan.inputs.forEach(collect)
        switch plan {
        case .scan(let scan):
            for column in scan.columns where column.tableColumn >= 0 {
                sources[column.column.id] = (scan.table, column.tableColumn)
            }
        case .project(_, let projections): pass(projections)
        case .aggregate(let aggregate): pass(aggregate.groups)
        default: break
        }
    }

    private func pass(_ projections: [Projection]) {
        for projection in projections {
            if case .column(let column) = projection.expression, let source = sources[column.id] {
                sources[projection.column.id] = source
            }
        }
    }

    /// The estimated number of rows; at least a fraction of one.
    public func rows(_ plan: LogicalPlan) -> Double {
        switch plan {
        case .scan(let scan):
            let all = scan.table.rowCount.map { max(1, Double($0)) } ?? Self.unknownTableRows
            return all * selectivity(ofAll: scan.filters)
        case .values(let values): return Double(max(1, values.rowCount))
        case .filter(let input, let condition): return rows(input) * selectivity(condition)
        case .project(let input, _), .sort(let input, _): return rows(input)
        case .window(let window): return rows(window.input)
        case .aggregate(let aggregate): return groups(aggregate)
        case .distinct(let input): return distinctRows(input.columns.map { .column($0) }, of: rows(input))
        case .join(let join): return joined(join)
        case .limit(let input, let limit, _): return limit.map { min(Double($0), rows(input)) } ?? rows(input)
        case .unionAll(let inputs, _): return inputs.reduce(0) { $0 + rows($1) }
        case .setOperation(_, let left, _, _): return rows(left) * 0.5
        case .flatten(let flatten): return rows(flatten.input) * 3
        case .singleRow: return 1
        case .shared(let shared): return rows(shared.plan)
        case .recursion(let recursion): return rows(recursion.anchor) * 10
        }
    }

    private func groups(_ aggregate: LogicalAggregate) -> Double {
        groups(aggregate.groups.map(\.expression), of: rows(aggregate.input))
    }

    /// How many groups so many rows form; without keys one.
    func groups(_ keys: [BoundExpression], of rows: Double) -> Double { keys.isEmpty ? 1 : distinctRows(keys, of: rows) }

    private func distinctRows(_ keys: [BoundExpression], of rows: Double) -> Double {
        var combinations = 1.0
        for key in keys {
            guard let count = distinct(key) else { return max(1, rows * 0.2) }
            combinations *= count
        }
        return max(1, min(rows, combinations))
    }

    private func joined(_ join: LogicalJoin) -> Double {
        let (left, right) = (rows(join.left), rows(join.right))
        var matched = pairs(left, right, join.keys)
        if let residual = join.residual { matched *= selectivity(residual) }
        switch join.kind {
        case .inner: return max(matched, 0.001)
        case .left: return max(matched, left)
        case .right: return max(matched, right)
        case .full: return max(matched, left + right)
        case .semi, .anti: return left * 0.5
        }
    }

    /// |L| · |R| divided by the greater count of distinct keys; unknown, the smaller side's key is taken as unique.
    func pairs(_ left: Double, _ right: Double, _ keys: [JoinKey]) -> Double {
        var result = left * right
        for (index, key) in keys.enumerated() {
            let known =
                [distinct(key.left).map { min($0, left) }, distinct(key.right).map { min($0, right) }].compactMap { $0 }
            let divisor = known.count == 2 ? max(known[0], known[1]) : max(known.first ?? 1, min(left, right))
            result /= index == 0 ? max(1, divisor) : max(1, min(divisor, 10))
        }
        return result
    }

    // MARK: Columns

    func statistics(_ expression: BoundExpression) -> ColumnStatistics? {
        guard case .column(let column) = expression, let source = sources[column.id] else { return nil }
        return source.table.statistics(ofColumn: source.column)
    }

    /// How many values an expression takes, where that is known.
    func distinct(_ expression: BoundExpression) -> Double? {
        guard let known = statistics(expression) else { return nil }
        var count: Double?
        if let exact = known.distinctCount { count = Double(exact) }
        if count == nil, let low = known.low, let high = known.high, expression.type.isNumeric
            || expression.type == .date {
            count = Double(high) - Double(low) + 1
        }
        if let count, case .column(let column) = expression, let rows = sources[column.id]?.table.rowCount {
            return max(1, min(count, Double(rows)))
        }
        return count.map { max(1, $0) }
    }

    /// The share of rows that a condition lets through.
    func selectivity(_ condition: BoundExpression) -> Double {
        switch condition {
        case .constant(let constant): return constant.value == .boolean(true) ? 1 : 0.0001
        case .conjunction(let terms): return selectivity(ofAll: terms)
        case .disjunction(let terms): return min(1, terms.reduce(0) { $0 + selectivity($1) })
        case .not(let operand): return max(0.05, 1 - selectivity(operand))
        case .isNull(_, let negated): return negated ? 0.95 : 0.05
        case .inList(let value, let list, let negated):
            let share = min(1, Double(list.count) * equality(value))
            return negated ? max(0.05, 1 - share) : share
        case .comparison(let op, let left, let right):
            switch op {
            case .equal, .notDistinct: return left.isConstant ? equality(right) : equality(left)
            case .notEqual, .distinct: return 0.9
            case .less, .lessOrEqual, .greater, .greaterOrEqual: return range(op, left, right)
            }
        case .call(let name, _, _): return name == "LIKE" || name == "ILIKE" ? 0.1 : 0.25
        default: return 0.25
        }
    }

    private func equality(_ value: BoundExpression) -> Double { distinct(value).map { 1 / $0 } ?? 0.05 }

    private func range(_ op: ComparisonOperator, _ left: BoundExpression, _ right: BoundExpression) -> Double {
        knownRange(op, left, right)?.share ?? 0.3
    }

    /// A comparison of a column whose bounds are known with a constant: the share of rows that it lets through.
    private func knownRange(_ op: ComparisonOperator, _ left: BoundExpression, _ right: BoundExpression)
        -> (column: ColumnID, isUpper: Bool, share: Double)? {
        var (op, value, bound) = (op, left, right)
        if left.isConstant { (op, value, bound) = (op.mirrored, right, left) }
        guard case .column(let column) = value, case .constant(let constant) = bound,
              case .integer(let limit) = constant.value, let known = statistics(value), let low = known.low,
              let high = known.high, high > low else { return nil }
        let share = (Double(limit) - Double(low)) / (Double(high) - Double(low))
        let below = min(1, max(0.0001, share)), isUpper = op == .less || op == .lessOrEqual
        return (column.id, isUpper, isUpper ? below : max(0.0001, 1 - below))
    }

    /// The share that all terms let through together. Bounds of one column from below and above are one range: what they
    /// let through is what neither cuts off.
    private func selectivity(ofAll terms: [BoundExpression]) -> Double {
        var share = 1.0, bounds: [ColumnID: (lower: Double, upper: Double)] = [:]
        for term in terms {
            guard case .comparison(let op, let left, let right) = term,
                  [.less, .lessOrEqual, .greater, .greaterOrEqual].contains(op),
                  let known = knownRange(op, left, right) else {
                share *= selectivity(term)
                continue
            }
            var bound = bounds[known.column] ?? (1, 1)
            if known.isUpper { bound.upper = min(bound.upper, known.share) } else { bound.lower = min(bound.lower, known.share) }
            bounds[known.column] = bound
        }
        return bounds.values.reduce(share) { $0 * max(0.0001, $1.lower + $1.upper - 1) }
    }
}
