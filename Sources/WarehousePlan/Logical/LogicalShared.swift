/// One of the places where a query reads rows that it computes once.
public struct LogicalShared: Sendable {
    /// The same for all places of the same rows.
    public var number: Int
    /// What computes them; the same plan in all places.
    public var plan: LogicalPlan
    /// What this place calls them: column i is the plan's column `places[i]`.
    public var columns: [PlanColumn]
    public var places: [Int]
    /// Whether it is the first place, in the order of the tree.
    public var isFirst: Bool

    public init(number: Int, plan: LogicalPlan, columns: [PlanColumn], places: [Int], isFirst: Bool) {
        self.number = number
        self.plan = plan
        self.columns = columns
        self.places = places
        self.isFirst = isFirst
    }
}
