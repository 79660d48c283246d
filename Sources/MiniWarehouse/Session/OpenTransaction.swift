import WarehouseBasics
import WarehouseStorage

/// A write transaction of a session, with what is to be done outside the store once it has ended: files of stages,
/// keys, files that COPY … PURGE removes. Touched only by whoever has the session's turn.
final class OpenTransaction {
    let store: WriteTransaction
    private var committed: [() -> Void] = []
    private var undone: [() -> Void] = []
    private var cachedCatalog: (revision: Int, state: CatalogState)?
    /// Where the transaction began.
    private let start: Savepoint

    init(_ store: WriteTransaction) throws {
        self.store = store
        start = try store.savepoint()
    }

    deinit { rollback() }

    /// The catalog with the transaction's own changes.
    func catalog() throws -> CatalogState {
        let revision = store.objectRevision
        if let cachedCatalog, cachedCatalog.revision == revision { return cachedCatalog.state }
        let state = try CatalogState(store.snapshot())
        cachedCatalog = (revision, state)
        return state
    }

    /// Runs `action` after the commit; never when the transaction, or the statement at hand, is rolled back.
    func whenCommitted(_ action: @escaping () -> Void) { committed.append(action) }

    /// Runs `action` if the transaction, or the statement at hand, is rolled back.
    func whenUndone(_ action: @escaping () -> Void) { undone.append(action) }

    struct Mark {
        fileprivate let savepoint: Savepoint
        fileprivate let committed: Int
        fileprivate let undone: Int
    }

    func mark() throws -> Mark {
        Mark(savepoint: try store.savepoint(), committed: committed.count, undone: undone.count)
    }

    /// Undoes everything since `mark`.
    func rollback(to mark: Mark) throws {
        try store.rollback(to: mark.savepoint)
        committed.removeSubrange(mark.committed...)
        undo(from: mark.undone)
    }

    private func undo(from start: Int) {
        for action in undone[start...].reversed() { action() }
        undone.removeSubrange(start...)
    }

    /// Publishes the changes and gives the version that has them; nil when nothing has changed. After an error
    /// everything is rolled back.
    @discardableResult
    func commit(queryID: String, time: Int64) throws -> UInt64? {
        let version: UInt64?
        do {
            let base = try store.baseVersion, published = try store.commit(queryID: queryID, time: time)
            version = published > base ? published : nil
        } catch {
            rollback()
            throw error
        }
        undone = []
        let actions = committed
        committed = []
        for action in actions { action() }
        return version
    }

    /// `rollback`, for one whose statements have answered: numbers of sequences and identity columns that they have
    /// shown stay taken, for no number comes twice.
    func rollbackKeepingNumbers(queryID: String, time: Int64) throws {
        let old = try catalog().records
        try store.rollback(to: start)
        let advanced = NumberMarks.advanced(try catalog().records, to: old)
        if !advanced.isEmpty {
            for entry in advanced { try store.put(entry) }
            try store.commit(queryID: queryID, time: time)
        }
        rollback()
    }

    func rollback() {
        store.rollback()
        committed = []
        undo(from: 0)
    }
}
