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
    /// Where else it may be built, by their names: `--target prod`.
    public var targets: [Target] = []
    /// What `Variables` gives unless the command line says otherwise.
    public var variables: [String: String] = [:]
    /// Who owns models.
    public var groups: [ResourceGroup] = []
    /// Selections that have a name: `--selector nightly`.
    public var selectors: [String: Selection] = [:]
    /// Functions that are run by their names: `run-operation list_models`.
    public var operations: [ProjectOperation] = []
    /// What reads its relations from outside, beside the resources that are an `Exposure`.
    public var exposures: [DeclaredExposure] = []
    /// Statements in SQL that run before anything is built.
    public var onRunStart: [String] = []
    /// Statements in SQL that run when all is done, whatever came of it.
    public var onRunEnd: [String] = []

    /// The variables that a command was given, and whether it was given a target: what `retry` keeps.
    private(set) var givenVariables: [String: String] = [:]
    private(set) var isTargetGiven = false

    /// Takes the project's name, its default target and all that belongs to it.
    public init(_ name: String, target: Target, _ resources: [any Resource.Type]) {
        self.name = name
        self.target = target
        self.resources = resources
    }

    /// The same project, built at another of its targets. Throws when it has none of that name.
    public func at(target name: String) throws(WarehouseError) -> Project {
        let all = [target] + targets
        guard let found = all.first(where: { $0.name == name }) else {
            throw WarehouseError(
                .usage, "The project \(self.name) has no target '\(name)'. Known are "
                    + all.map(\.name).joined(separator: ", ") + ".")
        }
        var copy = self
        copy.target = found
        copy.isTargetGiven = true
        return copy
    }

    /// The same project with these values of variables, which are named by a JSON object: `{"since": "2020-01-01"}`, or
    /// as YAML writes one: `{since: 2020-01-01, least: 3}`, `since: 2020-01-01`.
    public func setting(variables text: String) throws(WarehouseError) -> Project {
        var copy = self
        if let json = try? JSON(parsing: text), case .object(let members) = json {
            for (name, value) in members { copy.give(name, value.string ?? value.text) }
            return copy
        }
        guard let pairs = VariableText.pairs(text) else {
            throw WarehouseError(
                .usage, "--vars takes a JSON object, such as '{\"since\": \"2020-01-01\"}', not '\(text)'.")
        }
        for (name, value) in pairs { copy.give(name, value) }
        return copy
    }

    mutating func give(_ variable: String, _ value: String) {
        variables[variable] = value
        givenVariables[variable] = value
    }

    /// The nodes and who reads whom. Cheap: milliseconds for hundreds of models.
    public func graph() -> ProjectGraph { ProjectGraph(self) }

    /// All that is wrong and can be known before anything runs, one line each, naming model, column and what to do:
    /// cycles, names used twice, relations that are missing, columns outside a grouping or of another query, keys that
    /// are no columns, seeds that do not parse. Empty when the project may run.
    public func problems() -> [String] { graph().problems }

    /// What runs but is likely not meant, one line each: incremental models whose watermark skips rows that come late.
    public func warnings() -> [String] { graph().warnings }
}
