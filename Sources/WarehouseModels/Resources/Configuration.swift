/// Who may read a model.
public enum Access: String, Sendable {
    /// Only models of its group.
    case `private`
    /// Every model of the project.
    case protected
    /// Everybody.
    case `public`
}

/// People who own models.
public struct ResourceGroup: Hashable, Sendable {
    /// What models name it by.
    public var name: String
    /// Whom to ask.
    public var ownerName: String
    /// Where to ask.
    public var ownerEmail: String?

    /// Takes the group's name and its owner.
    public init(_ name: String, owner: String, email: String? = nil) {
        self.name = name
        ownerName = owner
        ownerEmail = email
    }
}

/// What reads the project's relations from outside: a dashboard, a notebook, an application.
public protocol Exposure: Resource {
    /// What it is.
    static var kind: ExposureKind { get }
    /// Whom to ask.
    static var ownerName: String { get }
    /// Where to ask.
    static var ownerEmail: String? { get }
    /// Where it is.
    static var url: String? { get }
    /// `high`, `medium` or `low`.
    static var maturity: String? { get }
    /// What it reads.
    static var dependsOn: [any Relation.Type] { get }
}

extension Exposure {
    public static var ownerEmail: String? { nil }
    public static var url: String? { nil }
    public static var maturity: String? { nil }
}

/// What an exposure is.
public enum ExposureKind: String, Sendable { case dashboard, notebook, analysis, ml, application }

/// What is said of a node beside its query.
struct NodeConfiguration: Sendable {
    var meta: [String: String] = [:]
    var group: String?
    var access = Access.protected
    var isContractEnforced = false
    /// Roles by the privilege that they are given.
    var grants: [String: [String]] = [:]
    /// Statements before and after it is built.
    var preHooks: [String] = []
    var postHooks: [String] = []
    /// The column that says when a row happened.
    var eventTime: String?
    /// Of a source: the column that says when a row was loaded, and how old the newest may be.
    var loadedAt: String?
    var loadedAtQuery: String?
    var freshness: Freshness?
}

struct ExposureContent: Sendable {
    var kind: ExposureKind
    var label: String?
    var ownerName: String
    var ownerEmail: String?
    var url: String?
    var maturity: String?
}
