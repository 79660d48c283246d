/// A sum and a count of some rows of one group, as `DenseSums` hands them over.
struct DenseSum {
    /// The sum's bits: of a `Double`, or of an `Int64`.
    var bits: UInt64
    var count: Int64

    /// What an aggregate adds up, where `DenseSums` may do it in its place.
    enum Kind {
        case doubles
        /// Integers whose sums fit 64 bits.
        case integers
    }
}
