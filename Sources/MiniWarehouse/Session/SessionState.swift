import WarehouseBasics
import WarehousePlan
import WarehouseSQL
import WarehouseStorage

/// What a session remembers between statements.
final class SessionState {
    private(set) var user: String
    var role: String { didSet { if role != oldValue { roleID = nil } } }
    var secondaryRoles: SecondaryRoleChoice { didSet { if secondaryRoles != oldValue { secondaryIDs = nil } } }
    /// What tells them apart from whoever has their names later.
    private(set) var userID: ObjectID?
    private var roleID: ObjectID?
    private var secondaryIDs: [ObjectID?]?
    /// What that may do with the objects of the catalog it was last asked of.
    private var access: Access?
    private var accessKey: (user: String, role: String, secondary: SecondaryRoleChoice)?
    var computeWarehouse: String?
    var database: String?
    var schema: String?
    /// SET name = value; names folded.
    private(set) var variables: [String: Constant] = [:]
    /// When each was set first, and last.
    private(set) var variableTimes: [String: (created: Int64, updated: Int64)] = [:]
    /// ALTER SESSION SET; upper-case names.
    var parameters: [String: String] = [:]
    /// Where those of the account and the user stood when the session began.
    var inherited = InheritedParameters()
    /// Between BEGIN and COMMIT or ROLLBACK.
    var isInTransaction = false { didSet { if !isInTransaction { transactionID = nil } } }
    /// What CURRENT_TRANSACTION says between BEGIN and the end.
    var transactionID: String?
    /// Within `Session.atomically`: DDL is part of the open transaction, and does not commit it.
    var holdsDefinitions = false
    /// From the first write after BEGIN on; until then nothing is locked, and every statement reads what is newest.
    var transaction: OpenTransaction?
    /// Held from the session's first temporary object on.
    var mark: SessionMark?
    var pastQueries = PastQueries()
    /// The session's last COPY INTO a table.
    var lastCopyID: String?
    /// Results of the latest statements, for RESULT_SCAN; oldest first.
    var results: [(id: String, result: ResultSet)] = []

    static let keptResults = 16
    /// A result larger than this is not kept for RESULT_SCAN.
    static let keptResultRows = 100_000

    init(_ identity: SessionIdentity) {
        user = identity.user
        userID = identity.userID
        role = identity.role
        secondaryRoles = identity.secondaryRoles
        (database, schema) = (identity.database, identity.schema)
        computeWarehouse = identity.computeWarehouse
    }

    func set(_ variable: String, to value: Constant, at time: Int64) {
        variables[variable] = value
        variableTimes[variable] = (variableTimes[variable]?.created ?? time, time)
    }

    /// Values of variables that no list and no message shows.
    var secretTexts: [String] {
        variables.compactMap { name, value in value.text.flatMap { SecretMask.hides(variable: name, value: $0) ? $0 : nil } }
    }

    func unset(_ variable: String) {
        variables[variable] = nil
        variableTimes[variable] = nil
    }

    /// Takes the names that the session's user and roles have by now.
    func follow(_ catalog: CatalogState) {
        func known(_ id: ObjectID?, _ kind: EntryKind, _ name: String) -> ObjectID? {
            id ?? catalog.find(kind, name, in: nil)?.id
        }
        func name(_ id: ObjectID?, _ name: String) -> String { id.flatMap { catalog.entries[$0]?.name } ?? name }
        userID = known(userID, .user, user)
        user = name(userID, user)
        let primary = known(roleID, .role, role)
        role = name(primary, role)
        roleID = primary
        guard case .named(let names) = secondaryRoles else { return }
        let ids = zip(names, secondaryIDs ?? names.map { _ in nil }).map { known($1, .role, $0) }
        secondaryRoles = .named(zip(ids, names).map(name))
        secondaryIDs = ids
    }

    func access(to catalog: CatalogState) -> Access {
        if let access, let accessKey, access.catalog === catalog, accessKey == (user, role, secondaryRoles) {
            return access
        }
        let made = Access(catalog: catalog, user: user, role: role, secondary: secondaryRoles)
        (access, accessKey) = (made, (user, role, secondaryRoles))
        return made
    }

    func keep(_ result: ResultSet, id: String) {
        guard result.rowCount <= SessionState.keptResultRows else { return }
        results.append((id, result))
        if results.count > SessionState.keptResults { results.removeFirst() }
    }
}
