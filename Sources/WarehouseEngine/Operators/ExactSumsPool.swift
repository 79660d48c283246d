import WarehouseBasics
import WarehouseColumns

/// The `ExactSums` of an aggregation: as many as threads work at once. A stripe borrows one, which remembers the
/// stripe's new keys: at the end keys come in the order of the first stripe that has them, and of their first row there,
/// however threads shared the stripes.
final class ExactSumsPool {
    private let lock = Monitor()
    private let context: QueryContext
    private var idle: [ExactSums] = []
    private var all: [ExactSums] = []

    init(_ context: QueryContext) { self.context = context }

    /// For a stripe's rows. Nil where the domain of keys is too large.
    func borrow(_ kind: DenseSum.Kind, low: Int128, span: UInt64, stripe: Int) -> ExactSums? {
        guard span < UInt64(ExactSums.maximumDomain), let low = Int64(exactly: low) else { return nil }
        return lock.withLock {
            let sums: ExactSums
            // Stripes must ascend: a key that came in a later one would hide that it came in this one.
            if let index = idle.firstIndex(where: { $0.lastStripe < stripe }) {
                sums = idle.remove(at: index)
            } else {
                sums = ExactSums(kind, low: low, span: span, context)
                all.append(sums)
            }
            sums.begin(stripe: stripe)
            return sums
        }
    }

    func giveBack(_ sums: ExactSums) { lock.withLock { idle.append(sums) } }

    var isEmpty: Bool { lock.withLock { all.isEmpty } }

    /// Gives all keys with their sums to `take`, a vector of keys at a time, and keeps nothing.
    func handOver(_ type: PhysicalType, _ take: (Vector, UnsafePointer<DenseSum>) throws -> Void) throws {
        let members = all.filter { !$0.isEmpty }
        all = []
        idle = []
        guard let whole = members.first else { return }
        let parts = members.flatMap(\.newKeys).sorted { $0.stripe < $1.stripe }
        whole.finish(with: members.dropFirst())
        let keys = Vector(type), capacity = Vector.standardCapacity
        let sums = UnsafeMutablePointer<DenseSum>.allocate(capacity: capacity)
        defer { sums.deallocate() }
        keys.beginFlat(capacity)
        var count = 0
        func flush() throws {
            guard count > 0 else { return }
            keys.count = count
            try take(keys, sums)
            keys.beginFlat(capacity)
            count = 0
        }
        for place in parts.lazy.flatMap(\.places) {
            let total = whole.remove(Int(place))
            // An earlier stripe had it.
            guard total.count > 0 else { continue }
            let key = whole.key(Int(place))
            if type == .int32 { keys.int32s[count] = Int32(truncatingIfNeeded: key) } else { keys.int64s[count] = key }
            (sums + count).initialize(to: DenseSum(total, whole.kind))
            count += 1
            if count == capacity { try flush() }
        }
        try flush()
    }
}
