import WarehouseBasics
import WarehousePlan

/// What a session remembers between statements.
final class SessionState {
    var user: String
    var role: String
    var secondaryRoles: SecondaryRoleChoice
    /// What that may do with the objects of the catalog it was last asked of.
    private var access: Access?
    private var accessKey: (role: String, secondary: SecondaryRoleChoice)?
    var computeWarehouse: String?
    var database: String? = "MAIN"
    var schema: String? = "PUBLIC"
    /// SET name = value; names folded.
    var variables: [String: Constant] = [:]
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

    init(user: String, role: String, secondaryRoles: SecondaryRoleChoice) {
        self.user = user
        self.role = role
        self.secondaryRoles = secondaryRoles
    }

    func access(to catalog: CatalogState) -> Access {
        if let access, let accessKey, access.catalog === catalog, accessKey == (role, secondaryRoles) { return access }
        let made = Access(catalog: catalog, user: user, role: role, secondary: secondaryRoles)
        (access, accessKey) = (made, (role, secondaryRoles))
        return made
    }

    func keep(_ result: ResultSet, id: String) {
        guard result.rowCount <= SessionState.keptResultRows else { return }
        results.append((id, result))
        if results.count > SessionState.keptResults { results.removeFirst() }
    }
}
