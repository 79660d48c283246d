import WarehouseBasics

/// A node of a plan as EXPLAIN lists it.
public struct PlanOperation: Sendable, Hashable {
    /// From 0, in the order of the tree, root first.
    public var id: Int
    /// The node that reads its rows; nil for the root.
    public var parent: Int?
    /// What it does, in a word.
    public var operation: String
    /// The tables that it reads.
    public var objects: [String]
    /// What it computes, as `PlanPrinter.text` shows it behind the node's name.
    public var expressions: String
}

extension PlanPrinter {
    /// The nodes of a plan, root first, and each one's own plan.
    public static func operations(_ plan: LogicalPlan) -> [(operation: PlanOperation, plan: LogicalPlan)] {
        ShownNumbers.within(plan) {
            var found: [(operation: PlanOperation, plan: LogicalPlan)] = []
            collect(plan, parent: nil, into: &found)
            return found
        }
    }

    private static func collect(_ plan: LogicalPlan, parent: Int?,
                                into found: inout [(operation: PlanOperation, plan: LogicalPlan)]) {
        let id = found.count
        var objects: [String] = []
        if case .scan(let scan) = plan { objects.append(name(scan.table)) }
        let words = line(plan).split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        let operation = PlanOperation(id: id, parent: parent, operation: name(plan), objects: objects,
                                      expressions: words.count > 1 ? String(words[1]) : "")
        found.append((operation, plan))
        for input in plan.shownInputs { collect(input, parent: id, into: &found) }
    }

    private static func name(_ plan: LogicalPlan) -> String {
        switch plan {
        case .scan: "TableScan"
        case .values: "ValuesClause"
        case .filter: "Filter"
        case .project: "Projection"
        case .aggregate: "Aggregate"
        case .join(let join):
            switch join.kind {
            case .inner: join.keys.isEmpty && join.residual == nil ? "CartesianJoin" : "InnerJoin"
            case .left: "LeftOuterJoin"
            case .right: "RightOuterJoin"
            case .full: "FullOuterJoin"
            case .semi: "SemiJoin"
            case .anti: "AntiJoin"
            }
        case .sort: "Sort"
        case .limit: plan.isFence ? "SecureView" : "Limit"
        case .window: "WindowFunction"
        case .unionAll: "UnionAll"
        case .distinct: "Distinct"
        case .setOperation(let kind, _, _, _): kind == .intersect ? "Intersect" : "Except"
        case .flatten: "Flatten"
        case .singleRow: "SingleRow"
        case .recursion: "RecursiveUnionAll"
        case .shared(let shared): shared.isFirst ? "WithClause" : "WithReference"
        }
    }
}

extension LogicalPlan {
    /// The inputs below it in EXPLAIN: what several places share is shown in the first; what a secure view reads nowhere.
    var shownInputs: [LogicalPlan] {
        if isFence { return [] }
        if case .shared(let shared) = self, !shared.isFirst { return [] }
        return inputs
    }
}
