import WarehouseBasics

/// Evaluates expressions without columns while a query is planned. The engine gives it, so that a folded value is the
/// one the query would have computed.
public protocol ConstantFolder {
    /// The value of `expression`, which reads no column and calls nothing volatile; nil when it cannot be computed
    /// here. Throws what computing it throws.
    func fold(_ expression: BoundExpression) throws -> Constant?

    /// The rows of `plan`, at most `limit` of them, where a statement's meaning depends on them (PIVOT over ANY); nil
    /// when plans cannot be run here. Throws what running it throws.
    func rows(of plan: LogicalPlan, limit: Int) throws -> [[Constant]]?
}

extension ConstantFolder {
    /// Runs no plan.
    public func rows(of plan: LogicalPlan, limit: Int) throws -> [[Constant]]? { nil }
}

/// Folds nothing.
public struct NoConstantFolder: ConstantFolder {
    public init() {}
    public func fold(_ expression: BoundExpression) throws -> Constant? { nil }
}
