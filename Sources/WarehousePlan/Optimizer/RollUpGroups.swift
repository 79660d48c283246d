import WarehouseBasics

/// Computes the groups of an aggregate from those of a finer one over the same rows: ROLLUP, CUBE and GROUPING SETS,
/// branches of a UNION ALL or common table expressions that sum up by day and by month. The finer one stands within as
/// a copy, which `ShareSubplans` makes one with the original.
struct RollUpGroups: OptimizerRule {
    let name = "roll up groups"

    /// Below so many rows nothing is to be gained.
    static let minimumRows = 50_000.0
    /// So many rows the finer groups must hold in the mean.
    static let minimumReduction = 4.0

    func apply(_ plan: LogicalPlan, _ context: OptimizerContext) throws -> LogicalPlan {
        var search = FinerGroupsSearch(plan)
        guard search.members.count > 1 else { return plan }
        try search.choose()
        guard search.members.contains(where: { $0.finer != nil }) else { return plan }
        var build = RolledUpGroups(search.members, context)
        return build.rebuilt(plan, at: [])
    }
}

/// An aggregate that may be computed from finer groups, or give them to others.
private struct GroupsMember {
    let path: [Int]
    let aggregate: LogicalAggregate
    /// The UNION ALL of which it is a branch; nil: of none.
    let union: [Int]?
    /// Whether no key and no argument raises an error.
    let isSafe: Bool
    /// Rows of its input, and its groups, as estimated.
    let rows: Double
    let count: Double
    /// The member whose groups are put together to this one's, and that one's columns by this one's.
    var finer: (member: Int, columns: PlanMatch)?
    var isFiner = false
}

/// Finds for each aggregate of a plan the one with the fewest groups that are finer than its own.
private struct FinerGroupsSearch {
    private(set) var members: [GroupsMember] = []
    private let estimator: RowEstimator

    init(_ plan: LogicalPlan) {
        estimator = RowEstimator(plan)
        collect(plan, at: [], union: nil)
    }

    private mutating func collect(_ plan: LogicalPlan, at path: [Int], union: [Int]?) {
        if case .aggregate(let aggregate) = plan, let member = member(aggregate, path, union) { members.append(member) }
        let below: [Int]? = switch plan {
        case .unionAll: path
        // All of it is computed where the union is.
        case .project, .filter: union
        default: nil
        }
        for (index, input) in plan.inputs.enumerated() { collect(input, at: path + [index], union: below) }
    }

    private func member(_ aggregate: LogicalAggregate, _ path: [Int], _ union: [Int]?) -> GroupsMember? {
        let whole = LogicalPlan.aggregate(aggregate)
        guard !aggregate.groups.isEmpty || !aggregate.aggregates.isEmpty,
              aggregate.aggregates.allSatisfy({ PartialAggregates.canSplit($0, estimator) }),
              whole.expressions.allSatisfy(\.isDeterministic), aggregate.groups.allSatisfy({ $0.expression.respectsEquality })
        else { return nil }
        let rows = estimator.rows(aggregate.input)
        guard rows >= RollUpGroups.minimumRows, Self.isRepeatable(aggregate.input) else { return nil }
        let parts = aggregate.groups.map(\.expression) + aggregate.aggregates.flatMap(\.arguments)
        return GroupsMember(path: path, aggregate: aggregate, union: union, isSafe: parts.allSatisfy(PartialAggregates.isSafe),
                            rows: rows, count: groups(aggregate, rows))
    }

    /// Whether its rows are the same each time.
    private static func isRepeatable(_ plan: LogicalPlan) -> Bool {
        switch plan {
        case .scan(let scan): if scan.table is WorkingTable { return false }
        case .limit, .recursion, .shared: return false
        default: break
        }
        return plan.expressions.allSatisfy(\.isDeterministic) && plan.inputs.allSatisfy(isRepeatable)
    }

    /// There are at most as many groups as combinations of what the keys are made from.
    private func groups(_ aggregate: LogicalAggregate, _ rows: Double) -> Double {
        let keys = aggregate.groups.map(\.expression)
        var used: Set<ColumnID> = []
        for key in keys { key.collectColumns(into: &used) }
        let columns = aggregate.input.columns.filter { used.contains($0.id) }.map { BoundExpression.column($0) }
        let known = columns.allSatisfy { estimator.distinct($0) != nil }
        return min(estimator.groups(keys, of: rows), known ? estimator.groups(columns, of: rows) : .infinity)
    }

    mutating func choose() throws {
        let byCount = members.indices.filter { members[$0].count * RollUpGroups.minimumReduction <= members[$0].rows }
            .sorted { (members[$0].count, $0) < (members[$1].count, $1) }
        for index in members.indices {
            try Interruption.check()
            let own = members[index].aggregate
            for other in byCount where members[other].aggregate.groups.count > own.groups.count {
                guard Self.areComputedAlike(members[index], members[other]),
                      let columns = Self.match(own, members[other].aggregate) else { continue }
                members[index].finer = (other, columns)
                members[other].isFiner = true
                break
            }
        }
    }

    /// Whether one may be computed where the other is: in a branch beside it, or without raising errors.
    private static func areComputedAlike(_ one: GroupsMember, _ other: GroupsMember) -> Bool {
        one.isSafe && other.isSafe || one.union != nil && one.union == other.union
    }

    /// The columns of the finer aggregate's input, by those of the other's; nil where it is not finer.
    private static func match(_ own: LogicalAggregate, _ finer: LogicalAggregate) -> PlanMatch? {
        let keys = finer.groups.map(\.expression.type)
        guard own.groups.allSatisfy({ keys.contains($0.expression.type) }) else { return nil }
        var match = PlanMatch(mayLack: true)
        guard match.includes(finer.input, own.input) else { return nil }
        let groups = finer.groups.map(\.expression)
        guard own.groups.allSatisfy({ group in groups.contains { match.areEqual($0, group.expression) } }),
              own.aggregates.allSatisfy({ match.renamed($0.arguments) != nil }) else { return nil }
        return match
    }
}

/// Puts the plan together anew.
private struct RolledUpGroups {
    private let members: [GroupsMember]
    private let places: [[Int]: Int]
    private let context: OptimizerContext
    /// By member: what it computes of its rows, or of finer groups, for itself and for those that build on it.
    private var partials: [PartialAggregates]
    /// What those give, by members; made when first asked for.
    private var bases: [Int: LogicalPlan] = [:]

    init(_ members: [GroupsMember], _ context: OptimizerContext) {
        self.members = members
        self.context = context
        let taking = members.indices.filter { members[$0].isFiner || members[$0].finer != nil }
        places = Dictionary(uniqueKeysWithValues: taking.map { (members[$0].path, $0) })
        partials = members.map { _ in PartialAggregates(context: context) }
        // The coarsest first: what it needs, the next must have.
        for index in taking.sorted(by: { members[$0].aggregate.groups.count < members[$1].aggregate.groups.count }) {
            for call in members[index].aggregate.aggregates { _ = partials[index].add(call) }
            guard let (finer, match) = members[index].finer else { continue }
            for call in partials[index].calls {
                var wanted = call
                wanted.arguments = match.renamed(call.arguments) ?? []
                _ = partials[finer].add(wanted)
            }
        }
    }

    mutating func rebuilt(_ plan: LogicalPlan, at path: [Int]) -> LogicalPlan {
        if let member = places[path] { return result(member) }
        var inputs: [LogicalPlan] = []
        for (index, input) in plan.inputs.enumerated() { inputs.append(rebuilt(input, at: path + [index])) }
        return plan.withInputs(inputs)
    }

    /// A member's groups and results, under their own columns.
    private mutating func result(_ index: Int) -> LogicalPlan {
        let aggregate = members[index].aggregate, isGlobal = aggregate.groups.isEmpty && members[index].finer != nil
        let base = base(index)
        let projections = aggregate.groups.map { Projection($0.column, .column($0.column)) } + aggregate.aggregates.map { call in
            let columns = partials[index].add(call).map(\.column)
            return Projection(call.column, PartialAggregates.result(of: call, columns, isGlobal: isGlobal))
        }
        return .project(base, projections)
    }

    /// A member's groups and partial results.
    private mutating func base(_ index: Int) -> LogicalPlan {
        if let known = bases[index] { return known }
        var aggregate = members[index].aggregate
        if let (finer, match) = members[index].finer {
            aggregate = rolledUp(aggregate, partials[index].calls, finer, match)
        } else {
            aggregate.input = rebuilt(aggregate.input, at: members[index].path + [0])
            aggregate.aggregates = partials[index].calls
        }
        bases[index] = .aggregate(aggregate)
        return .aggregate(aggregate)
    }

    private mutating func rolledUp(_ aggregate: LogicalAggregate, _ calls: [AggregateCall], _ finer: Int, _ match: PlanMatch)
        -> LogicalAggregate {
        let (copy, renamed) = base(finer).copied(&context.ids)
        let groups = aggregate.groups.map { group in
            let key = members[finer].aggregate.groups.first { match.areEqual($0.expression, group.expression) }
            return Projection(group.column, key.map { .column($0.column.renamed(renamed)) } ?? group.expression)
        }
        let merging = calls.map { call in
            var wanted = call
            wanted.arguments = match.renamed(call.arguments) ?? []
            let part = partials[finer].add(wanted)[0].column.renamed(renamed)
            return PartialAggregates.merging(call, .column(part), into: call.column)
        }
        return LogicalAggregate(input: copy, groups: groups, aggregates: merging)
    }
}
