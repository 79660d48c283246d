import Synchronization
import WarehouseBasics
import WarehousePlan

/// What every operator of one query shares: limits, cancel flag, memory account, session facts.
public final class QueryContext: Sendable {
    /// Zone, clock and parameters as bound; the same for the whole statement.
    public let session: SessionContext
    /// Worker threads at most; results do not depend on it.
    public let threads: Int
    public let memory: MemoryAccount
    /// Where operators spill; made on first use by whoever spills.
    public let temporaryDirectory: String?
    /// Functions of the program around the warehouse.
    public let functions: NativeFunctions?
    /// Where NEXTVAL takes its numbers.
    public let sequences: (any SequenceAllocator)?
    /// How much of the stored tables has been read.
    public let progress = ScanProgress()
    private let cancelFlag = Atomic<Bool>(false)

    public init(session: SessionContext, threads: Int, memory: MemoryAccount = MemoryAccount(limitBytes: nil),
                temporaryDirectory: String? = nil, functions: NativeFunctions? = nil,
                sequences: (any SequenceAllocator)? = nil) {
        self.session = session
        self.threads = max(1, threads)
        self.memory = memory
        self.temporaryDirectory = temporaryDirectory
        self.functions = functions
        self.sequences = sequences
    }

    /// Asks the query to stop; it does so within a batch.
    public func cancel() { cancelFlag.store(true, ordering: .relaxed) }

    /// Called once per batch by every loop that may run long.
    public func checkCancelled() throws(WarehouseError) {
        if cancelFlag.load(ordering: .relaxed) {
            throw WarehouseError(.cancelled, "SQL execution canceled.")
        }
    }
}

/// Gives numbers of sequences.
public protocol SequenceAllocator: Sendable {
    /// Takes `count` numbers of the sequence known by `key`: gives the first, and the step from one to the next.
    func take(_ count: Int, of key: String) throws(WarehouseError) -> (first: Int64, step: Int64)
}

/// Bytes that operators hold, against a limit.
public final class MemoryAccount: Sendable {
    public let limitBytes: Int?
    private let used = Atomic<Int>(0)
    private let peak = Atomic<Int>(0)

    public init(limitBytes: Int?) { self.limitBytes = limitBytes }

    public var usedBytes: Int { used.load(ordering: .relaxed) }
    public var peakBytes: Int { peak.load(ordering: .relaxed) }

    /// Counts `bytes` more; throws, counting nothing, when that would pass the limit.
    public func reserve(_ bytes: Int) throws(WarehouseError) {
        let now = used.add(bytes, ordering: .relaxed).newValue
        if let limitBytes, now > limitBytes {
            used.subtract(bytes, ordering: .relaxed)
            throw WarehouseError(.memoryLimit, "The query needs more than the memory limit of \(limitBytes) bytes.",
                                 hint: "Raise the option memoryLimit, or read fewer rows.")
        }
        var seen = peak.load(ordering: .relaxed)
        while now > seen {
            let (done, current) = peak.weakCompareExchange(expected: seen, desired: now, ordering: .relaxed)
            if done { break }
            seen = current
        }
    }

    public func release(_ bytes: Int) { used.subtract(bytes, ordering: .relaxed) }
}
