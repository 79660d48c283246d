import Synchronization
import WarehouseBasics

/// Bytes that the operators of one statement hold, against a limit. Counted when buffers grow, never by the value.
public final class MemoryAccount: Sendable {
    public let limitBytes: Int?
    private let used = Atomic<Int>(0)
    private let peak = Atomic<Int>(0)

    public init(limitBytes: Int?) { self.limitBytes = limitBytes }

    public var usedBytes: Int { used.load(ordering: .relaxed) }
    public var peakBytes: Int { peak.load(ordering: .relaxed) }

    /// Rows that can go to disk may take half of the limit: the rest is for hash tables, sorting and merging, which
    /// cannot.
    var elasticBytes: Int { limitBytes.map { $0 / 2 } ?? .max }

    /// A table with a place for every key of a domain is no larger: others are made beside it, one a stripe, and of few rows
    /// each takes as much as of many.
    var denseTableBytes: Int { limitBytes.map { $0 / 64 } ?? .max }

    /// Rows of a batch that groups take before they look at the memory that they hold: with a limit of a few megabytes the
    /// first batch would fill it.
    var groupedRows: Int { limitBytes.map { max(512, $0 / 4096) } ?? .max }

    /// Bytes of rows, texts not counted, that may wait to be written to a table: a quarter of the limit.
    public var writeBufferBytes: Int? { limitBytes.map { $0 / 4 } }

    /// What may go to disk instead leaves so much of the limit to what cannot.
    static let sharedPart = 0.75

    /// Whether `bytes` more would pass `part` of the limit.
    func hasRoom(for bytes: Int, within part: Double = 1) -> Bool {
        guard let limitBytes else { return true }
        return Double(usedBytes + bytes) <= Double(limitBytes) * part
    }

    /// Bytes that nobody holds; nil: there is no limit.
    var freeBytes: Int? { limitBytes.map { max(0, $0 - usedBytes) } }

    /// Counts `bytes` more; throws, counting nothing, when that would pass `part` of the limit.
    public func reserve(_ bytes: Int, within part: Double = 1) throws(WarehouseError) {
        let now = used.add(bytes, ordering: .relaxed).newValue
        if let limitBytes, Double(now) > Double(limitBytes) * part {
            used.subtract(bytes, ordering: .relaxed)
            throw MemoryAccount.exceeded(limitBytes)
        }
        notePeak(now)
    }

    /// Counts `bytes` more whatever the limit; false when no more rows should be kept, as more than `share` of what rows
    /// may take is taken.
    func addElastically(_ bytes: Int, share: Double = 1) -> Bool {
        let now = used.add(bytes, ordering: .relaxed).newValue
        notePeak(now)
        return Double(now) <= Double(elasticBytes) * share
    }

    public func release(_ bytes: Int) { used.subtract(bytes, ordering: .relaxed) }

    private func notePeak(_ now: Int) {
        var seen = peak.load(ordering: .relaxed)
        while now > seen {
            let (done, current) = peak.weakCompareExchange(expected: seen, desired: now, ordering: .relaxed)
            if done { break }
            seen = current
        }
    }

    static func exceeded(_ limit: Int) -> WarehouseError {
        WarehouseError(.memoryLimit, "The statement needs more memory than MEMORY_LIMIT allows (\(limit) bytes).",
                       hint: "Raise MEMORY_LIMIT, or read fewer rows: this step cannot go on on disk.")
    }
}

extension Error {
    /// Whether it says that the statement's memory is full.
    var isMemoryLimit: Bool { (self as? WarehouseError)?.code == ErrorKind.memoryLimit.code }
}
