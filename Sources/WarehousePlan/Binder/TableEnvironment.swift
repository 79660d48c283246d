import WarehouseSQL

/// The common table expressions that are visible at a place. Each sees those before it.
final class TableEnvironment {
    let parent: TableEnvironment?
    let name: String
    let definition: CommonTableExpression
    let isRecursive: Bool
    /// The query scope in which WITH stands, for correlated definitions.
    let scope: Scope?

    init(parent: TableEnvironment?, definition: CommonTableExpression, isRecursive: Bool, scope: Scope?) {
        self.parent = parent
        self.name = definition.name.name
        self.definition = definition
        self.isRecursive = isRecursive
        self.scope = scope
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
