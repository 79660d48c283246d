import WarehouseBasics
import WarehouseSQL

extension NodeBuilder {
    /// How a model is kept; what is wrong with it is noted.
    mutating func kind<M: Model>(of model: M.Type) -> ModelKind {
        switch M.materialized {
        case .view: .view
        case .table: .table
        case .ephemeral: .ephemeral
        case .incremental(let strategy, let onSchemaChange):
            .incremental(self.strategy(strategy, of: model), onSchemaChange)
        }
    }

    private mutating func strategy<M: Model>(
        _ strategy: IncrementalStrategy<M.Columns>, of model: M.Type
    ) -> ModelKind.Strategy {
        let keys = names(strategy.keys, of: M.Columns.self, naming: M.naming, in: M.name, what: "a merge key")
        switch strategy {
        case .append: return .append
        case .insertOverwrite: return .insertOverwrite
        case .merge(_, let updating):
            if strategy.keys.isEmpty { problems.append("\(M.name): merge has no key; say merge(on: [\\.…])") }
            return .merge(keys, updating: updated(updating, of: model))
        case .deleteInsert:
            if strategy.keys.isEmpty {
                problems.append("\(M.name): deleteInsert has no key; say deleteInsert(on: [\\.…])")
            }
            return .deleteInsert(keys)
        case .microbatch(let begin, let size, let lookback):
            let time = Lowering.eventTime(of: model)
            if time == nil {
                problems.append("\(M.name): microbatch needs eventTime, the column that says when a row happened")
            } else if let time, !time.type.isTimestamp, time.type != .date {
                problems.append("\(M.name).\(time.name.lowercased()) is \(time.type); eventTime needs a time")
            }
            if lookback < 0 { problems.append("\(M.name): lookback is \(lookback); give 0 or more batches") }
            return .microbatch(Microbatch(
                column: time?.name ?? "?", type: time?.type ?? .date,
                begin: LocalDateTime(nanoseconds: Int128(begin.daysSinceEpoch) * 86_400_000_000_000), size: size,
                lookback: max(0, min(lookback, 10_000))))
        }
    }

    /// The columns that a merge changes; nil for all.
    private mutating func updated<M: Model>(_ columns: MergeColumns<M.Columns>, of model: M.Type) -> [String]? {
        switch columns {
        case .all: return nil
        case .only(let paths):
            if paths.isEmpty { problems.append("\(M.name): merge updates no column; name some, or insert with append") }
            return names(paths, of: M.Columns.self, naming: M.naming, in: M.name, what: "an updated column")
        case .except(let paths):
            let kept = names(paths, of: M.Columns.self, naming: M.naming, in: M.name, what: "an excluded column")
            let updated = M.Columns.layout(M.naming).columns.map(\.name).filter { !kept.contains($0) }
            if updated.isEmpty { problems.append("\(M.name): merge updates no column; leave some in") }
            return updated
        }
    }

    /// What rows that are there must meet to be replaced.
    mutating func predicate<M: Model>(of model: M.Type, _ kind: ModelKind) -> Expression? {
        let alias = IncrementalBuild.targetAlias
        guard let predicate = M.incrementalPredicate(M.Columns.reference(alias: alias, naming: M.naming)) else {
            return nil
        }
        for fault in TreeFacts.faults(in: predicate.tree) {
            problems.append("\(M.name): incrementalPredicate holds raw SQL that does not parse: \(fault)")
        }
        switch kind {
        case .incremental(.merge, _), .incremental(.deleteInsert, _), .incremental(.microbatch, _): break
        default: problems.append("\(M.name): incrementalPredicate is of merge, deleteInsert and microbatch only")
        }
        return predicate.tree
    }

    /// A condition on nothing but the newest value that is there passes over rows that come late.
    mutating func noteWatermarks(_ query: Query, of name: String) {
        for tree in query.watermarked {
            for (column, comparison) in Watermark.found(in: tree) {
                let column = column.lowercased()
                let equal = comparison == .greater
                    ? "nor others of the newest \(column)" : "and adds those of the newest \(column) again, unless merged"
                warnings.append("\(name).\(column): whenIncremental takes only rows whose \(column) is newer than all "
                    + "that is there: it never adds rows that come late, \(equal). Look back by some time and merge, "
                    + "use microbatch, or say skipsLateRows: true")
            }
        }
    }

    /// Without a time in any input every batch would add all rows.
    mutating func checkInputs<M: Model>(ofMicrobatch model: M.Type, _ query: WarehouseSQL.Query) {
        let inputs = lowering.relations(readBy: query)
        for input in inputs where NodeBuilder.hasTime(input) { return }
        var names: [String] = []
        for input in inputs { names.append(input.name) }
        problems.append("\(M.name): microbatch reads nothing with an eventTime, so each batch would hold all rows; give "
            + (names.isEmpty ? "it an input with one" : names.joined(separator: " or ") + " one"))
    }

    private static func hasTime<R: Relation>(_ relation: R.Type) -> Bool { R.eventTime != nil }
}
