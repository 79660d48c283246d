import WarehouseBasics
import WarehouseStorage

/// The transactions that the sessions of this process have open, for SHOW TRANSACTIONS and SHOW LOCKS: those between BEGIN
/// and their end, and those of single statements that write.
final class RunningTransactions: Sendable {
    struct Transaction {
        /// When it began, in nanoseconds since the epoch; of two that began together one has a later number.
        var id: Int64
        var name: String
        var user: String
        var userID: ObjectID?
        var session: String
        var startedAt: Int64
        var lock = LockState.none
        /// The statement that asked for the right to write.
        var writer: String?

        func isOf(_ state: SessionState) -> Bool {
            if let userID, let other = state.userID { userID == other } else { user == state.user }
        }
    }

    /// The right to write, which one transaction has at a time.
    enum LockState {
        case none, waiting
        case holding(since: Int64)
    }

    private let bySession = Lock<[String: Transaction]>([:])

    /// In the order in which they began.
    var all: [Transaction] { bySession.withLock { $0.values.sorted { $0.id < $1.id } } }

    /// Notes that the session's transaction begins, under a name that is made for it where it has none; gives its number.
    @discardableResult
    func begin(_ session: String, _ state: SessionState, name: String? = nil, at time: Int64) -> Int64 {
        bySession.withLock { running in
            let id = max(time, (running.values.map(\.id).max() ?? 0) + 1)
            running[session] = Transaction(id: id, name: name ?? UniqueID.make(), user: state.user, userID: state.userID,
                                           session: session, startedAt: time)
            return id
        }
    }

    func note(_ lock: LockState, of session: String, writer: String?) {
        bySession.withLock {
            $0[session]?.lock = lock
            $0[session]?.writer = writer
        }
    }

    func end(_ session: String) { _ = bySession.withLock { $0.removeValue(forKey: session) } }
}
