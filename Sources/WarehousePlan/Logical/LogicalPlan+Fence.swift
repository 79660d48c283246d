import WarehouseBasics

/// A fence stands above the rows of a secure view or function: what is computed of them is computed of those alone that it
/// gives, so that no error tells of rows that it leaves out, and EXPLAIN shows nothing below. It is LIMIT ALL OFFSET 0,
/// which no query's text makes.
extension LogicalPlan {
    static func fence(_ plan: LogicalPlan) -> LogicalPlan { .limit(plan, limit: nil, offset: 0) }

    public var isFence: Bool {
        if case .limit(_, nil, 0) = self { true } else { false }
    }

    /// Whether a condition on the rows above a fence may choose among those below it: it cannot fail, and is on columns
    /// of a table as they are.
    func isOpen(to condition: BoundExpression) -> Bool {
        guard condition.isHarmless else { return false }
        switch self {
        case .scan: return true
        case .filter(let input, _): return input.isOpen(to: condition)
        case .limit(let input, nil, 0): return input.isOpen(to: condition)
        case .project(let input, let projections):
            let map = Dictionary(projections.map { ($0.column.id, $0.expression) }, uniquingKeysWith: { a, _ in a })
            let isPlain = condition.columnIDs.allSatisfy { id in
                if case .column? = map[id] { true } else { false }
            }
            return isPlain && input.isOpen(to: condition.replacing(map))
        case .join(let join) where join.kind == .inner || join.kind == .left || join.kind == .semi || join.kind == .anti:
            return condition.columnIDs.isSubset(of: join.left.columns.map(\.id)) && join.left.isOpen(to: condition)
        default: return false
        }
    }
}

extension BoundExpression {
    /// Comparisons of columns and constants, and what AND, OR and NOT make of them: there is no row that they fail on.
    fileprivate var isHarmless: Bool {
        switch self {
        case .constant: true
        case .column(let column): !column.type.isSemiStructured
        case .comparison, .conjunction, .disjunction, .not, .isNull, .inList: operands.allSatisfy(\.isHarmless)
        case .call, .cast, .caseWhen, .lambda: false
        }
    }
}
