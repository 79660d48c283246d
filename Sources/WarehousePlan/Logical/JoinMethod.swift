import WarehouseBasics

/// How a join finds the right rows of a left row.
public enum JoinMethod: Sendable {
    /// By the hash of its keys.
    case keys
    /// By the hashes of several keys, of which one at least is equal.
    case anyKey(AnyKeyCondition)
    /// By their place in the order of one or two expressions of the right input.
    case ranges(RangeCondition)
    /// One after another, all of them.
    case everyPair
}

extension LogicalJoin {
    public var method: JoinMethod {
        if !keys.isEmpty { return .keys }
        guard let terms = residual?.conjuncts else { return .everyPair }
        let sides = JoinTerms(self, terms)
        return AnyKeyCondition(sides).map { .anyKey($0) } ?? RangeCondition(sides).map { .ranges($0) } ?? .everyPair
    }
}

/// The terms of a join's condition, beside the columns of its sides.
struct JoinTerms {
    let terms: [BoundExpression]
    let left: Set<ColumnID>
    let right: Set<ColumnID>
    /// Whether a term about one side alone may keep its rows from expressions that fail for them.
    private let guardsLeft: Bool
    private let guardsRight: Bool

    init(_ join: LogicalJoin, _ terms: [BoundExpression]) {
        let left = Set(join.left.columns.map(\.id)), right = Set(join.right.columns.map(\.id))
        self.terms = terms
        self.left = left
        self.right = right
        guardsLeft = terms.contains { $0.columnIDs.isSubset(of: left) }
        guardsRight = terms.contains { $0.columnIDs.isSubset(of: right) }
    }

    /// Whether the expressions, one a side, may be computed for all rows.
    func maySpread(_ a: BoundExpression, _ b: BoundExpression) -> Bool {
        (!guardsLeft || a.hardlyFails) && (!guardsRight || b.hardlyFails)
    }

    /// What is left of the terms without some.
    func rest(without used: [Int]) -> BoundExpression? {
        BoundExpression.all(terms.indices.filter { !used.contains($0) }.map { terms[$0] })
    }
}

extension BoundExpression {
    /// Whether it is a column, as it is or in a type of the same family.
    var hardlyFails: Bool {
        switch self {
        case .column: true
        case .cast(.column(let column), let type, _):
            column.type.isNumeric && type.isNumeric || column.type.isTemporal && type.isTemporal
                || column.type.isText && type.isText
        default: false
        }
    }
}
