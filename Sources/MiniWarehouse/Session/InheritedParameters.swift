/// Session parameters that a session begins with: those that ALTER ACCOUNT SET gave the account, and above them those
/// that CREATE and ALTER USER SET gave its user. What is changed later holds for sessions that begin later.
struct InheritedParameters: Sendable {
    private(set) var account: [String: String] = [:]
    private(set) var user: [String: String] = [:]

    init() {}

    init(of user: String, _ catalog: CatalogState) {
        account = catalog.account.map(InheritedParameters.parameters) ?? [:]
        self.user = catalog.find(.user, user, in: nil).map(InheritedParameters.parameters) ?? [:]
    }

    /// What a program's statements may take and the zone that it builds in: how people like to see results is none of it.
    private static let programParameters: Set<String> = [
        "MEMORY_LIMIT", "THREADS", "STATEMENT_TIMEOUT_IN_SECONDS", "MAX_TEMP_DIRECTORY_SIZE", "TIMEZONE",
    ]

    /// The part that holds for programs, too.
    var forPrograms: InheritedParameters {
        func kept(_ all: [String: String]) -> [String: String] {
            all.filter { InheritedParameters.programParameters.contains($0.key) }
        }
        var part = InheritedParameters()
        part.account = kept(account)
        part.user = kept(user)
        return part
    }

    /// What is set of an account or a user.
    static func parameters(of entry: CatalogEntry) -> [String: String] {
        entry.attributes.reduce(into: [:]) { set, attribute in
            if SessionParameters.defaults[attribute.key] != nil { set[attribute.key] = attribute.value.text }
        }
    }
}
