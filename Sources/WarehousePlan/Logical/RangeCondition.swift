import WarehouseBasics

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
    init?(_ sides: JoinTerms) {
        let found = sides.ranges
        guard let chosen = Self.chosen(found.map(\.range)) else { return nil }
        bounds = chosen.bounds.map { found[$0].range }
        second = chosen.second.map { found[$0].range }
        rest = sides.rest(without: (chosen.bounds + [chosen.second].compactMap(\.self)).map { found[$0].term })
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

extension JoinTerms {
    /// The comparisons that right rows can be found by.
    fileprivate var ranges: [(term: Int, range: JoinRange)] {
        terms.enumerated().compactMap { index, term in
            range(term).flatMap { maySpread($0.left, $0.right) ? (index, $0) : nil }
        }
    }

    private func range(_ term: BoundExpression) -> JoinRange? {
        guard case .comparison(let op, let a, let b) = term, op != op.mirrored, a.type.isSameForm(as: b.type),
              a.type.isOrdered, term.isDeterministic else { return nil }
        let (x, y) = (a.columnIDs, b.columnIDs)
        guard !x.isEmpty, !y.isEmpty else { return nil }
        if x.isSubset(of: left), y.isSubset(of: right) { return JoinRange(left: a, op: op, right: b) }
        if x.isSubset(of: right), y.isSubset(of: left) { return JoinRange(left: b, op: op.mirrored, right: a) }
        return nil
    }
}

extension LogicalType {
    /// Whether its values stand in one order that does not depend on what they hold.
    fileprivate var isOrdered: Bool { !isSemiStructured && self != .null }
}
