import WarehouseBasics
import WarehouseSQL

/// A query ready to be run.
public struct BoundQuery: Sendable {
    public var plan: LogicalPlan
    /// The result's columns: those of `plan`, in its order. Names need not be unique.
    public var columns: [PlanColumn]
    /// Whether the query's own ORDER BY fixes the order of its rows.
    public var isOrdered: Bool

    public init(plan: LogicalPlan, columns: [PlanColumn], isOrdered: Bool) {
        self.plan = plan
        self.columns = columns
        self.isOrdered = isOrdered
    }
}

/// Values for `?`, `:1` and `:name`.
public struct BoundParameters: Sendable {
    public var positional: [Constant]
    /// By folded name.
    public var named: [String: Constant]

    public init(positional: [Constant] = [], named: [String: Constant] = [:]) {
        self.positional = positional
        self.named = named
    }

    /// The value given for `parameter`; throws when there is none.
    func value(of parameter: BindParameter) throws(WarehouseError) -> Constant {
        let found: Constant?
        let written: String
        switch parameter {
        case .positional(let index):
            found = positional.indices.contains(index) ? positional[index] : nil
            written = "number \(index + 1)"
        case .numbered(let number):
            found = positional.indices.contains(number - 1) ? positional[number - 1] : nil
            written = ":\(number)"
        case .named(let name):
            found = named[name]
            written = ":\(name)"
        }
        guard let found else {
            throw WarehouseError(.invalidValue, "SQL compilation error:\nBind variable \(written) not set.")
        }
        return found
    }
}
