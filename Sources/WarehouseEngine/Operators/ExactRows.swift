import WarehouseColumns

/// What brings one stripe's rows to the `ExactSums` that it borrows, once rows come that these take.
final class ExactRows {
    private let pool: ExactSumsPool
    private let kind: DenseSum.Kind
    private let low: Int128
    private let span: UInt64
    private let stripe: Int
    private var sums: ExactSums?
    private var isOff = false

    init(_ pool: ExactSumsPool, _ kind: DenseSum.Kind, low: Int128, span: UInt64, stripe: Int) {
        self.pool = pool
        self.kind = kind
        self.low = low
        self.span = span
        self.stripe = stripe
    }

    /// False: nothing was added.
    func add(_ key: Vector, _ argument: Vector?, rows: Int) throws -> Bool {
        if let sums { return try sums.add(key, argument, rows: rows) }
        guard !isOff, kind != .doubles || argument?.form == .dictionary else { return false }
        sums = pool.borrow(kind, low: low, span: span, stripe: stripe)
        guard let sums else {
            isOff = true
            return false
        }
        return try sums.add(key, argument, rows: rows)
    }

    /// No more rows come.
    func finish() {
        if let sums { pool.giveBack(sums) }
        sums = nil
    }
}
