import WarehouseBasics
import WarehouseSQL

/// Sources, seeds, models, snapshots, tests and analyses that belong together, and where they are built.
/// ```swift
/// let shop = Project("shop", target: Target(database: "SHOP", schema: "DEV"), [
///     RawOrders.self, CountryRegions.self, StgOrders.self, DimProduct.self, RevenueTest.self,
/// ])
/// ```
/// Nothing says in which order they are built: that follows from what they read.
public struct Project: Sendable {
    /// The first part of its nodes' ids, after the kind.
    public var name: String
    /// Where it is built.
    public var target: Target
    /// In the order declared, which breaks ties in the order of a run.
    public var resources: [any Resource.Type]

    /// Takes the project's name, its default target and all that belongs to it.
    public init(_ name: String, target: Target, _ resources: [any Resource.Type]) {
        self.name = name
        self.target = target
        self.resources = resources
    }

    /// The nodes and who reads whom. Cheap: milliseconds for hundreds of models.
    public func graph() -> ProjectGraph { ProjectGraph(self) }

    /// All that is wrong and can be known before anything runs, one line each, naming model, column and what to do:
    /// cycles, names used twice, relations that are missing, columns outside a grouping or of another query, keys that
    /// are no columns, seeds that do not parse. Empty when the project may run.
    public func problems() -> [String] { graph().problems }
}
