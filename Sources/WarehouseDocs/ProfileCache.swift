import WarehouseBasics

/// Profiles of relations, for as long as the relations are as they were: a server makes its page again without looking
/// into all of them.
package final class ProfileCache: Sendable {
    private let entries = Lock<[ObjectName: (state: String, profile: RelationProfile)]>([:])

    package init() {}

    /// The profile of a relation whose state is told by that text.
    func profile(of name: ObjectName, in state: String) -> RelationProfile? {
        entries.withLock { entries in
            guard let entry = entries[name], entry.state == state else { return nil }
            return entry.profile
        }
    }

    func keep(_ profile: RelationProfile, of name: ObjectName, in state: String) {
        entries.withLock { $0[name] = (state, profile) }
    }
}
