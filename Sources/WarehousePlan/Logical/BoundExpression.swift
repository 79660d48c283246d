import WarehouseBasics

/// An expression whose names are resolved, whose types are known and whose implicit casts are written out: operands
/// of a comparison have one type; arguments of a function have the types its kernel expects.
public indirect enum BoundExpression: Hashable, Sendable {
    case constant(Constant)
    case column(PlanColumn)
    /// A scalar function by its canonical name (`UPPER`, `DATE_TRUNC`, `+` as `ADD`), see `ScalarFunctions`.
    case call(String, [BoundExpression], LogicalType)
    /// `isTry`: gives NULL instead of an error.
    case cast(BoundExpression, to: LogicalType, isTry: Bool)
    case comparison(ComparisonOperator, BoundExpression, BoundExpression)
    /// AND of two or more (three-valued).
    case conjunction([BoundExpression])
    /// OR of two or more.
    case disjunction([BoundExpression])
    case not(BoundExpression)
    case isNull(BoundExpression, negated: Bool)
    /// CASE WHEN: the first branch whose condition is true; only its value is evaluated for a row.
    case caseWhen([CaseBranch], otherwise: BoundExpression, LogicalType)
    /// `value IN (list)` with SQL's NULL rules; all of one type.
    case inList(BoundExpression, [BoundExpression], negated: Bool)
    /// A function of elements that a call of FILTER, TRANSFORM or REDUCE applies: its body may read the parameters
    /// beside the columns around it.
    case lambda([PlanColumn], BoundExpression)

    public struct CaseBranch: Hashable, Sendable {
        public var condition: BoundExpression
        public var value: BoundExpression
        public init(condition: BoundExpression, value: BoundExpression) {
            self.condition = condition
            self.value = value
        }
    }
}

public enum ComparisonOperator: String, Hashable, Sendable, CaseIterable {
    case equal = "=", notEqual = "<>", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="
    /// IS NOT DISTINCT FROM: never null.
    case notDistinct = "IS NOT DISTINCT FROM"
    case distinct = "IS DISTINCT FROM"

    /// The operator with its operands swapped.
    public var mirrored: ComparisonOperator {
        switch self {
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        default: self
        }
    }
}

extension BoundExpression {
    public var type: LogicalType {
        switch self {
        case .constant(let constant): constant.type
        case .column(let column): column.type
        case .call(_, _, let type), .cast(_, let type, _), .caseWhen(_, _, let type): type
        case .comparison, .conjunction, .disjunction, .not, .isNull, .inList: .boolean
        case .lambda(_, let body): body.type
        }
    }

    /// Direct operands, left to right.
    public var operands: [BoundExpression] {
        switch self {
        case .constant, .column: []
        case .call(_, let arguments, _): arguments
        case .cast(let operand, _, _), .not(let operand), .isNull(let operand, _): [operand]
        case .comparison(_, let left, let right): [left, right]
        case .conjunction(let terms), .disjunction(let terms): terms
        case .caseWhen(let branches, let otherwise, _): branches.flatMap { [$0.condition, $0.value] } + [otherwise]
        case .inList(let value, let list, _): [value] + list
        case .lambda(_, let body): [body]
        }
    }

    /// The same expression over other operands, in the order of `operands`.
    public func withOperands(_ new: [BoundExpression]) -> BoundExpression {
        switch self {
        case .constant, .column: return self
        case .call(let name, _, let type): return .call(name, new, type)
        case .cast(_, let type, let isTry): return .cast(new[0], to: type, isTry: isTry)
        case .not: return .not(new[0])
        case .isNull(_, let negated): return .isNull(new[0], negated: negated)
        case .comparison(let op, _, _): return .comparison(op, new[0], new[1])
        case .conjunction: return .conjunction(new)
        case .disjunction: return .disjunction(new)
        case .caseWhen(let branches, _, let type):
            let pairs = branches.indices.map { CaseBranch(condition: new[2 * $0], value: new[2 * $0 + 1]) }
            return .caseWhen(pairs, otherwise: new[new.count - 1], type)
        case .inList(_, _, let negated): return .inList(new[0], Array(new.dropFirst()), negated: negated)
        case .lambda(let parameters, _): return .lambda(parameters, new[0])
        }
    }

    /// Rebuilds the tree bottom-up.
    public func mapped(_ change: (BoundExpression) throws -> BoundExpression) rethrows -> BoundExpression {
        let parts = operands
        guard !parts.isEmpty else { return try change(self) }
        return try change(withOperands(parts.map { try $0.mapped(change) }))
    }

    /// Ids of all columns that the expression reads.
    public var columnIDs: Set<ColumnID> {
        var found: Set<ColumnID> = []
        collectColumns(into: &found)
        return found
    }

    func collectColumns(into found: inout Set<ColumnID>) {
        if case .lambda(let parameters, let body) = self {
            found.formUnion(body.columnIDs.subtracting(parameters.map(\.id)))
            return
        }
        if case .column(let column) = self { found.insert(column.id) }
        for operand in operands { operand.collectColumns(into: &found) }
    }

    /// The greatest number of a lambda's parameter within; 0: there is none.
    var highestParameter: Int {
        var highest = operands.map(\.highestParameter).max() ?? 0
        if case .lambda(let parameters, _) = self { highest = max(highest, parameters.map(\.id.number).max() ?? 0) }
        return highest
    }

    public var isConstant: Bool {
        if case .constant = self { return true }
        return false
    }
}
