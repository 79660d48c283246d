import Synchronization

/// How many rows a query's scans have read, of how many they will: for whoever waits for it.
///
/// Counted by chunk, from several threads. A scan that is run again is expected again.
public final class ScanProgress: Sendable {
    private let expected = Atomic<Int>(0)
    private let done = Atomic<Int>(0)

    init() {}

    /// Rows read so far, those of zones that were skipped within a chunk among them.
    public var rowsDone: Int { done.load(ordering: .relaxed) }
    /// Rows of all scans that have been prepared.
    public var rowsTotal: Int { expected.load(ordering: .relaxed) }

    func expect(_ rows: Int) { expected.wrappingAdd(rows, ordering: .relaxed) }
    func add(_ rows: Int) { done.wrappingAdd(rows, ordering: .relaxed) }
}
