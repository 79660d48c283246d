import WarehouseBasics

/// What one operator's state holds of the query's memory; given back when the state goes.
final class MemoryReservation {
    private let account: MemoryAccount
    private(set) var bytes = 0
    /// Of what holds a statement's result: bytes that it may take.
    private let resultBytes: Int?

    init(_ account: MemoryAccount, resultBytes: Int? = nil) {
        self.account = account
        self.resultBytes = resultBytes
    }
    deinit { account.release(bytes) }

    /// Makes the reservation `wanted` bytes large; throws `memoryLimit`, changing nothing, when that is too much.
    func resize(to wanted: Int) throws(WarehouseError) {
        if wanted > bytes {
            if let resultBytes, wanted > resultBytes { throw MemoryReservation.resultTooLarge(resultBytes) }
            try account.reserve(wanted - bytes)
        } else {
            account.release(bytes - wanted)
        }
        bytes = wanted
    }

    /// Makes it at least `wanted` bytes large.
    func grow(to wanted: Int) throws(WarehouseError) {
        if wanted > bytes { try resize(to: wanted) }
    }

    /// As above; throws where all operators together would then hold more than `part` of the limit.
    func grow(to wanted: Int, within part: Double) throws(WarehouseError) {
        guard wanted > bytes else { return }
        try account.reserve(wanted - bytes, within: part)
        bytes = wanted
    }

    /// Makes it `wanted` bytes large where that leaves others room to work in; else takes the bytes all the same, since
    /// they are held already, and gives false: the operator should put rows on disk now.
    func growElastically(to wanted: Int, share: Double = 1) -> Bool {
        guard wanted > bytes else { return true }
        let more = wanted - bytes
        bytes = wanted
        return account.addElastically(more, share: share)
    }

    private static func resultTooLarge(_ limit: Int) -> WarehouseError {
        WarehouseError(.limitExceeded, "The result is larger than MAX_RESULT_SIZE allows (\(limit) bytes).",
                       hint: "Raise MAX_RESULT_SIZE, or write the rows to a table or a stage (CREATE TABLE AS, COPY INTO).")
    }

    /// Gives up what is above `wanted` bytes.
    func shrink(to wanted: Int) {
        guard wanted < bytes else { return }
        account.release(bytes - wanted)
        bytes = wanted
    }
}
