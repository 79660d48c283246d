import WarehouseBasics
import WarehouseEngine
import WarehouseStorage

/// The sequences that one statement takes numbers of. Where they stand goes into the statement's transaction.
final class StatementSequences: SequenceAllocator {
    private struct Standing {
        var entry: CatalogEntry
        var next: Int64
        var step: Int64
        var isAdvanced = false
    }

    private let standings = Lock<[String: Standing]>([:])

    /// Whether the statement names any.
    var isUsed: Bool { standings.withLock { !$0.isEmpty } }

    /// Forgets what was named and taken.
    func reset() { standings.withLock { $0 = [:] } }

    /// Makes a sequence known; gives its key.
    func register(_ entry: CatalogEntry) -> String {
        let key = "\(entry.id)"
        let next = entry.attributes[NumberMarks.next]?.integer ?? 1, step = entry.attributes["STEP"]?.integer ?? 1
        standings.withLock {
            if $0[key]?.isAdvanced != true { $0[key] = Standing(entry: entry, next: next, step: step) }
        }
        return key
    }

    func take(_ count: Int, of key: String) throws(WarehouseError) -> (first: Int64, step: Int64) {
        try standings.withLock { (standings) throws(WarehouseError) in
            guard var standing = standings[key] else {
                throw WarehouseError(.internalFault, "A sequence is not known to its statement.")
            }
            let first = standing.next
            guard count > 0 else { return (first, standing.step) }
            let (way, isFar) = standing.step.multipliedReportingOverflow(by: Int64(count))
            let (next, isPast) = first.addingReportingOverflow(way)
            guard !isFar, !isPast else {
                throw WarehouseError(.numericOutOfRange,
                                     "The numbers of sequence '\(standing.entry.name)' are used up.")
            }
            standing.next = next
            standing.isAdvanced = true
            standings[key] = standing
            return (first, standing.step)
        }
    }

    /// Writes where the sequences stand now.
    func save(to transaction: WriteTransaction) throws {
        let advanced = standings.withLock { standings in
            let found = standings.values.filter(\.isAdvanced)
            for key in standings.keys { standings[key]?.isAdvanced = false }
            return found
        }
        for standing in advanced.sorted(by: { $0.entry.id < $1.entry.id }) {
            var entry = standing.entry
            entry.attributes[NumberMarks.next] = .integer(standing.next)
            try transaction.put(entry)
        }
    }
}
