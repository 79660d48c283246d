import Synchronization
import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// What every operator of one query shares: limits, cancel flag, memory account, session facts.
public final class QueryContext: Interruptible {
    /// Zone, clock and parameters as bound; the same for the whole statement.
    public let session: SessionContext
    /// Worker threads at most; results do not depend on it.
    public let threads: Int
    public let memory: MemoryAccount
    /// Where operators put rows that memory has no room for; nil: nowhere, and the memory limit is an error.
    public let spill: SpillStore?
    /// Functions of the program around the warehouse.
    public let functions: NativeFunctions?
    /// Where NEXTVAL takes its numbers.
    public let sequences: (any SequenceAllocator)?
    private let start = ContinuousClock.now
    private let compilation = Atomic<Int>(0)
    /// Counters of the statement's operators, once EXPLAIN ANALYZE has asked for them.
    let measuring = Lock<[[OperatorMeasures.Slot]]?>(nil)
    /// How much of the stored tables has been read.
    public let progress = ScanProgress()
    private let scanned = Atomic<Int>(0)
    private let cancelFlag = Atomic<Bool>(false)
    private let secureErrorsHidden = Atomic<Bool>(false)
    /// Seconds that the statement was given, once they are over; 0 before.
    private let passedTimeout = Atomic<Int>(0)
    /// What ended the statement where nobody could throw it.
    private let failure = Lock<WarehouseError?>(nil)

    public init(session: SessionContext, threads: Int, memory: MemoryAccount = MemoryAccount(limitBytes: nil),
                spill: SpillStore? = nil, functions: NativeFunctions? = nil, sequences: (any SequenceAllocator)? = nil) {
        self.session = session
        self.threads = max(1, threads)
        self.memory = memory
        self.spill = spill
        self.functions = functions
        self.sequences = sequences
    }

    deinit {
        if cancelFlag.load(ordering: .relaxed) { BlockReclaimer.shared.end() }
        if memory.peakBytes >= QueryContext.largeBytes { PageMemory.returnUnused() }
    }

    /// Statements that held so much memory have all of it given back to the system at their end.
    private static let largeBytes = 384 << 20

    /// From now on errors within secure views and functions say nothing: the statement uses one that its user does not own.
    public func hideSecureErrors() { secureErrorsHidden.store(true, ordering: .relaxed) }

    var hidesSecureErrors: Bool { secureErrorsHidden.load(ordering: .relaxed) }

    /// Notes that a plan is ready to run.
    func noteCompiled() {
        guard compilation.load(ordering: .relaxed) == 0 else { return }
        compilation.store(max(1, (ContinuousClock.now - start).wholeNanoseconds), ordering: .relaxed)
    }

    /// Nanoseconds from the statement's begin until its first plan was ready to run; 0 where it ran none.
    public var compilationNanoseconds: Int { compilation.load(ordering: .relaxed) }

    /// From now on the operators of every plan that streams its rows are counted.
    public func measureOperators() { measuring.withLock { $0 = $0 ?? [] } }

    /// What was counted, plan after plan, each root first.
    public var operatorMeasures: [OperatorMeasure] {
        (measuring.withLock { $0 } ?? []).flatMap { OperatorMeasures.measures($0) }
    }

    /// Notes bytes of a table that a scan reads.
    func noteScanned(bytes: Int) { scanned.add(bytes, ordering: .relaxed) }

    /// Bytes on disk of the tables' columns that were read so far, without the zones that were skipped.
    public var scannedBytes: Int { scanned.load(ordering: .relaxed) }

    /// Asks the query to stop; it does so within a batch.
    public func cancel() { stop() }

    /// Stops the query because its `seconds` are over.
    public func cancel(afterTimeout seconds: Int) {
        passedTimeout.store(max(1, seconds), ordering: .relaxed)
        stop()
    }

    public func fail(_ error: WarehouseError) {
        failure.withLock { $0 = $0 ?? error }
        stop()
    }

    private func stop() {
        if !cancelFlag.exchange(true, ordering: .acquiringAndReleasing) { BlockReclaimer.shared.begin() }
    }

    /// Called once per batch by every loop that may run long.
    public func checkCancelled() throws(WarehouseError) {
        if cancelFlag.load(ordering: .relaxed) { throw cancellation }
    }

    private var cancellation: WarehouseError {
        if let error = failure.withLock({ $0 }) { return error }
        let seconds = cancelFlag.load(ordering: .acquiring) ? passedTimeout.load(ordering: .relaxed) : 0
        guard seconds > 0 else { return WarehouseError(.cancelled, "SQL execution canceled.") }
        return WarehouseError(
            .statementTimeout,
            "Statement reached its statement or warehouse timeout of \(seconds) second(s) and was canceled.",
            hint: "ALTER SESSION or ALTER WAREHOUSE SET STATEMENT_TIMEOUT_IN_SECONDS gives more time; the lower counts.")
    }
}

/// Gives numbers of sequences.
public protocol SequenceAllocator: Sendable {
    /// Takes `count` numbers of the sequence known by `key`: gives the first, and the step from one to the next.
    func take(_ count: Int, of key: String) throws(WarehouseError) -> (first: Int64, step: Int64)
}
