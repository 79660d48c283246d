import WarehouseBasics
import WarehouseSQL

/// SHOW TRANSACTIONS and SHOW LOCKS: the user's own, or with IN ACCOUNT everybody's.
extension ShowLister {
    private func isAdministrator() throws -> Bool { try run.access().active.contains(SystemRoles.administrator) }

    /// Whether everybody's are asked for.
    private func isOfAccount() throws -> Bool {
        switch statement.scope {
        case nil: return false
        case .account?: return true
        default: throw StatementDispatcher.unsupported("SHOW \(statement.family) IN anything but ACCOUNT")
        }
    }

    func transactions() throws -> ResultSet {
        let isOfAccount = try isOfAccount()
        if isOfAccount, try !isAdministrator() { throw Access.insufficient("account", SystemRoles.account) }
        var rows = RowBuilder("id# user session name started_on@ state scope#")
        for transaction in run.warehouse.transactions.all where isOfAccount || transaction.isOf(run.state) {
            rows.add([.integer(Int128(transaction.id)), .text(transaction.user), .text(transaction.session),
                      .text(transaction.name), .moment(transaction.startedAt), .text("running"), .count(0)])
        }
        return rows.result
    }

    /// One transaction at a time may write, whatever tables: its lock is on the warehouse, and the resource is its number.
    /// That of another process is known by the process alone.
    func locks() throws -> ResultSet {
        let isAdministrator = try isAdministrator(), showsAll = try isOfAccount() && isAdministrator
        var rows = RowBuilder("resource type transaction# transaction_started_on@ status acquired_on@ query_id session")
        let all = run.warehouse.transactions.all
        for transaction in all where showsAll || transaction.isOf(run.state) {
            let since: Int64?
            switch transaction.lock {
            case .none: continue
            case .waiting: since = nil
            case .holding(let time): since = time
            }
            rows.add([.text(String(transaction.id)), .text("PARTITIONS"), .integer(Int128(transaction.id)),
                      .moment(transaction.startedAt), .text(since == nil ? "WAITING" : "HOLDING"),
                      since.map { .moment($0) } ?? .null, .text(transaction.writer),
                      isAdministrator ? .text(transaction.session) : .null])
        }
        let isOurs = all.contains { if case .holding = $0.lock { true } else { false } }
        if showsAll, !isOurs, let process = run.warehouse.store.writer() {
            rows.add([.text(process), .text("PARTITIONS"), .null, .null, .text("HOLDING"), .null, .null, .null])
        }
        return rows.result
    }
}
