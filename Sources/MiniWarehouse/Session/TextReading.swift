import Synchronization
import WarehouseBasics

/// The reading of a statement's text, before there is a statement to stop: it obeys the same requests.
final class TextReading: Interruptible {
    private let isCancelled = Atomic(false)
    private let request = StatementCancellation.current

    func cancel() { isCancelled.store(true, ordering: .relaxed) }

    func checkCancelled() throws(WarehouseError) {
        guard isCancelled.load(ordering: .relaxed) || request?.isAsked == true || Task.isCancelled else { return }
        throw WarehouseError(.cancelled, "SQL execution canceled.")
    }
}
