import WarehouseBasics

/// Computes once what a query would compute in several places: a common table expression or view that is read twice
/// and needs the same rows there. Runs last, when each place has taken in its own filters; places that then differ are
/// better computed apart.
struct ShareSubplans: OptimizerRule {
    let name = "share subplans"

    /// Subplans that read fewer rows are computed again.
    static let fewestRows = 4096.0

    func apply(_ plan: LogicalPlan, _ context: OptimizerContext) throws -> LogicalPlan {
        var search = SharedSearch(estimator: RowEstimator(plan))
        search.visit(plan, SharedSearch.Facts(plan), at: [])
        return search.hasShared ? search.rebuilt(plan, at: []) : plan
    }
}

/// Finds equal subplans of one plan, by their paths from the root.
private struct SharedSearch {
    /// A subplan and the other places that compute it too.
    private struct Group {
        var path: [Int]
        var plan: LogicalPlan
        var number = 0
        var built: LogicalPlan?
        var count = 1
    }
    private struct Reference {
        var group: Int
        /// Columns there, by those here.
        var columns: [ColumnID: ColumnID]
    }

    /// What counts of a subplan, found once for each.
    struct Facts {
        /// Rows that it reads from tables.
        var rowsRead = 0.0
        /// Whether its rows are the same each time.
        var isRepeatable = true
        var inputs: [Facts] = []

        init(_ plan: LogicalPlan) {
            inputs = plan.inputs.map { Facts($0) }
            rowsRead = inputs.reduce(0) { $0 + $1.rowsRead }
            switch plan {
            case .recursion, .shared: isRepeatable = false
            case .scan(let scan):
                rowsRead = Double(scan.table.rowCount ?? 0)
                isRepeatable = !(scan.table is WorkingTable) && plan.expressions.allSatisfy(\.isDeterministic)
            default: isRepeatable = inputs.allSatisfy(\.isRepeatable) && plan.expressions.allSatisfy(\.isDeterministic)
            }
        }
    }

    let estimator: RowEstimator
    private var groups: [Group] = []
    private var references: [[Int]: Reference] = [:]
    private var numbers = 0

    init(estimator: RowEstimator) { self.estimator = estimator }

    var hasShared: Bool { !references.isEmpty }

    mutating func visit(_ plan: LogicalPlan, _ facts: Facts, at path: [Int]) {
        // Nothing within reads more.
        guard facts.rowsRead >= ShareSubplans.fewestRows else { return }
        if facts.isRepeatable, isWorthSharing(plan) {
            for index in groups.indices where !path.starts(with: groups[index].path) {
                var match = PlanMatch()
                guard let merged = match.merge(groups[index].plan, with: plan) else { continue }
                groups[index].plan = merged
                groups[index].count += 1
                references[path] = Reference(group: index, columns: match.columns)
                return
            }
            groups.append(Group(path: path, plan: plan))
        }
        for (index, input) in plan.inputs.enumerated() { visit(input, facts.inputs[index], at: path + [index]) }
    }

    /// Nodes that cost more than handing their rows on.
    private func isWorthSharing(_ plan: LogicalPlan) -> Bool {
        switch plan {
        case .aggregate, .join, .window, .distinct, .setOperation, .sort, .limit: true
        default: false
        }
    }

    /// The plan with every group of more than one place shared. Places come in the order of `visit`.
    mutating func rebuilt(_ plan: LogicalPlan, at path: [Int]) -> LogicalPlan {
        if let reference = references[path] {
            let inner = groups[reference.group].built ?? plan
            let ids = inner.columns.map(\.id)
            let places = plan.columns.map { column in
                ids.firstIndex(of: reference.columns[column.id] ?? column.id) ?? 0
            }
            return .shared(LogicalShared(number: groups[reference.group].number, plan: inner, columns: plan.columns,
                                         places: places, isFirst: false))
        }
        guard let index = groups.firstIndex(where: { $0.path == path && $0.count > 1 }) else {
            return plan.withInputs(rebuiltInputs(of: plan, at: path))
        }
        numbers += 1
        groups[index].number = numbers
        let whole = groups[index].plan
        let inner = whole.withInputs(rebuiltInputs(of: whole, at: path))
        groups[index].built = inner
        let ids = inner.columns.map(\.id)
        return .shared(LogicalShared(number: groups[index].number, plan: inner, columns: plan.columns,
                                     places: plan.columns.map { ids.firstIndex(of: $0.id) ?? 0 }, isFirst: true))
    }

    private mutating func rebuiltInputs(of plan: LogicalPlan, at path: [Int]) -> [LogicalPlan] {
        var inputs: [LogicalPlan] = []
        for (index, input) in plan.inputs.enumerated() { inputs.append(rebuilt(input, at: path + [index])) }
        return inputs
    }
}
