/// What reads the project's relations from outside, told by a value: what an `Exposure` tells by its type. The dashboards
/// of a `CommandLineTool` come into its project so.
public struct DeclaredExposure: Sendable {
    /// The name it is selected and printed by.
    public var name: String
    /// What people call it; nil is its name.
    public var label: String?
    /// What it is for.
    public var about = ""
    /// What it is.
    public var kind = ExposureKind.dashboard
    /// Whom to ask; nil names the project.
    public var ownerName: String?
    /// Where to ask.
    public var ownerEmail: String?
    /// Where it is.
    public var url: String?
    /// What it reads: the relations' types by their names with the module's, as `String(reflecting:)` gives them.
    public var dependsOn: [String]

    /// Takes its name and what it reads.
    public init(_ name: String, dependsOn: [String]) {
        self.name = name
        self.dependsOn = dependsOn
    }
}
