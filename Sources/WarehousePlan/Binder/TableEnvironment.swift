import WarehouseSQL

/// The common table expressions that are visible at a place. Each sees those before it.
final class TableEnvironment {
    /// What a name stands for.
    enum Meaning {
        /// `scope`: the query scope in which WITH stands, for correlated definitions.
        case definition(CommonTableExpression, isRecursive: Bool, scope: Scope?)
        /// Within the recursive clause: the rows of the round before.
        case working(WorkingTable)
    }

    let parent: TableEnvironment?
    let name: String
    let meaning: Meaning

    init(parent: TableEnvironment?, name: String, _ meaning: Meaning) {
        self.parent = parent
        self.name = name
        self.meaning = meaning
    }

    /// `parent` with the tables of a WITH clause.
    static func adding(_ with: WithClause?, to parent: TableEnvironment?, scope: Scope?) -> TableEnvironment? {
        (with?.tables ?? []).reduce(parent) { environment, definition in
            TableEnvironment(parent: environment, name: definition.name.name,
                             .definition(definition, isRecursive: with?.isRecursive ?? false, scope: scope))
        }
    }

    /// The innermost definition of `name`.
    func find(_ name: String) -> TableEnvironment? {
        var current: TableEnvironment? = self
        while let entry = current {
            if entry.name == name { return entry }
            current = entry.parent
        }
        return nil
    }
}
