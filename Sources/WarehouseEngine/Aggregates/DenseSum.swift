/// A sum and a count of some rows of one group, as `DenseSums` and `ExactSums` hand them over.
struct DenseSum {
    /// The sum's bits: of a `Double`, or of an `Int64`.
    var bits: UInt64
    var count: Int64

    /// What an aggregate adds up, where these may do it in its place.
    enum Kind {
        case doubles
        /// Integers whose sums fit 64 bits.
        case integers
        /// Rows whose argument, if there is one, is not null.
        case counts
    }

    init(bits: UInt64, count: Int64) {
        self.bits = bits
        self.count = count
    }

    init(_ total: ExactSums.Total, _ kind: Kind) {
        count = total.count
        bits = switch kind {
        case .doubles: (Double(total.sum) / ExactValues.unit).bitPattern
        case .integers: UInt64(bitPattern: total.sum)
        case .counts: 0
        }
    }
}
