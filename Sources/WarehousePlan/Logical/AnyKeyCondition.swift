import WarehouseBasics

/// Equalities of a join's condition of which a pair must satisfy one at least: `a.x = b.x OR a.y = b.z`.
public struct AnyKeyCondition: Sendable {
    /// The equalities of each branch of the OR.
    public var branches: [[JoinKey]]
    /// What a pair must satisfy besides: the OR too, where its branches say more than that.
    public var rest: BoundExpression?

    /// Each branch has a table of its own.
    private static let mostBranches = 8

    init?(_ sides: JoinTerms) {
        for (index, term) in sides.terms.enumerated() {
            guard let found = Self.branches(of: term, sides) else { continue }
            branches = found.map(\.keys)
            rest = found.allSatisfy(\.isWhole) ? sides.rest(without: [index]) : BoundExpression.all(sides.terms)
            return
        }
        return nil
    }

    private static func branches(of term: BoundExpression, _ sides: JoinTerms) -> [(keys: [JoinKey], isWhole: Bool)]? {
        let parts: [BoundExpression]
        switch term {
        case .disjunction(let terms): parts = terms.flatMap(\.disjuncts)
        case .inList(let value, let list, negated: false): parts = list.map { .comparison(.equal, value, $0) }
        default: return nil
        }
        guard (2...mostBranches).contains(parts.count) else { return nil }
        var branches: [(keys: [JoinKey], isWhole: Bool)] = []
        for part in parts {
            let terms = part.conjuncts, keys = terms.compactMap { key($0, isAlone: terms.count == 1, sides) }
            guard !keys.isEmpty else { return nil }
            branches.append((keys, keys.count == terms.count))
        }
        return branches
    }

    /// `isAlone`: no other term of the branch could keep rows from it.
    private static func key(_ term: BoundExpression, isAlone: Bool, _ sides: JoinTerms) -> JoinKey? {
        guard let key = JoinCondition.key(term, sides.left, sides.right), key.left.type.isSameForm(as: key.right.type),
              sides.maySpread(key.left, key.right) else { return nil }
        return isAlone || key.left.hardlyFails && key.right.hardlyFails ? key : nil
    }
}
