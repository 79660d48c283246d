import WarehouseBasics

/// How a join finds the right rows of a left row.
public enum JoinMethod: Sendable {
    /// By the hash of its keys.
    case keys
    /// By their place in the order of one or two expressions of the right input.
    case ranges(RangeCondition)
    /// One after another, all of them.
    case everyPair
}

extension LogicalJoin {
    public var method: JoinMethod {
        if !keys.isEmpty { return .keys }
        return RangeCondition(self).map { .ranges($0) } ?? .everyPair
    }
}

/// A term of a join's condition that bounds an expression of the right input by one of the left: `left op right`.
public struct JoinRange: Hashable, Sendable {
    public var left: BoundExpression
    /// One of `<`, `<=`, `>` and `>=`.
    public var op: ComparisonOperator
    public var right: BoundExpression

    /// Whether the right value lies above the left one.
    public var isLower: Bool { op == .less || op == .lessOrEqual }

    public var comparison: BoundExpression { .comparison(op, left, right) }
}

/// The part of a join's condition that right rows are found by when they are in order.
///
/// `bounds` cut one piece out of the right rows in the order of one expression: a date between the ends of an interval of
/// the left row. `second` chooses among those by another expression: of the intervals that begin before a date those that
/// end after it.
public struct RangeCondition: Sendable {
    /// A bound of one expression of the right input, or a lower and an upper one.
    public var bounds: [JoinRange]
    public var second: JoinRange?
    /// What else a pair must satisfy.
    public var rest: BoundExpression?

    public var ranges: [JoinRange] { bounds + (second.map { [$0] } ?? []) }

    /// nil where no comparison of one input with the other is of use.
    init?(_ join: LogicalJoin) {
        guard let terms = join.residual?.conjuncts else { return nil }
        let found = RangeTerms(join, terms).found
        guard let chosen = Self.chosen(found.map(\.range)) else { return nil }
        bounds = chosen.bounds.map { found[$0].range }
        second = chosen.second.map { found[$0].range }
        let used = (chosen.bounds + [chosen.second].compactMap(\.self)).map { found[$0].term }
        rest = BoundExpression.all(terms.indices.filter { !used.contains($0) }.map { terms[$0] })
    }

    /// The terms that leave the fewest rows, as far as their form tells.
    private static func chosen(_ ranges: [JoinRange]) -> (bounds: [Int], second: Int?)? {
        // A value between two of the left row.
        if let (a, b) = pair(ranges, { $0.right == $1.right && $0.isLower != $1.isLower }) {
            return ([a, b], ranges.indices.first { ranges[$0].right != ranges[a].right })
        }
        // An interval around a value of the left row; then one around, within or beside the left row's interval.
        if let (a, b) = pair(ranges, { $0.left == $1.left && $0.isLower != $1.isLower })
            ?? pair(ranges, { $0.right != $1.right && $0.isLower != $1.isLower })
            ?? pair(ranges, { $0.right != $1.right }) {
            return ([a], b)
        }
        return ranges.isEmpty ? nil : ([0], nil)
    }

    private static func pair(_ ranges: [JoinRange], _ fits: (JoinRange, JoinRange) -> Bool) -> (Int, Int)? {
        for a in ranges.indices {
            if let b = ranges[(a + 1)...].indices.first(where: { fits(ranges[a], ranges[$0]) }) { return (a, b) }
        }
        return nil
    }
}

/// The comparisons of a condition that right rows can be found by.
private struct RangeTerms {
    private(set) var found: [(term: Int, range: JoinRange)] = []

    init(_ join: LogicalJoin, _ terms: [BoundExpression]) {
        let left = Set(join.left.columns.map(\.id)), right = Set(join.right.columns.map(\.id))
        found = terms.enumerated().compactMap { index, term in Self.range(term, left, right).map { (index, $0) } }
        // A term about one input may keep rows from an expression that fails for them. A column cannot fail.
        let guards = terms.filter { term in
            let used = term.columnIDs
            return used.isSubset(of: left) || used.isSubset(of: right)
        }
        let guardsLeft = guards.contains { $0.columnIDs.isSubset(of: left) }
        let guardsRight = guards.contains { $0.columnIDs.isSubset(of: right) }
        found.removeAll { guardsLeft && !$0.range.left.isColumn || guardsRight && !$0.range.right.isColumn }
    }

    private static func range(_ term: BoundExpression, _ left: Set<ColumnID>, _ right: Set<ColumnID>) -> JoinRange? {
        guard case .comparison(let op, let a, let b) = term, op != op.mirrored, a.type.isSameForm(as: b.type),
              a.type.isOrdered, term.isDeterministic else { return nil }
        let (x, y) = (a.columnIDs, b.columnIDs)
        guard !x.isEmpty, !y.isEmpty else { return nil }
        if x.isSubset(of: left), y.isSubset(of: right) { return JoinRange(left: a, op: op, right: b) }
        if x.isSubset(of: right), y.isSubset(of: left) { return JoinRange(left: b, op: op.mirrored, right: a) }
        return nil
    }
}

extension BoundExpression {
    fileprivate var isColumn: Bool {
        if case .column = self { return true }
        return false
    }
}

extension LogicalType {
    /// Whether its values stand in one order that does not depend on what they hold.
    fileprivate var isOrdered: Bool { !isSemiStructured && self != .null }
}
