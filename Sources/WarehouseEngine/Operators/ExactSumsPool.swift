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
        let members = all
        all = []
        idle = []
        let parts = members.indices.flatMap { member in members[member].finish().map { (member, $0) } }
            .sorted { $0.1.stripe < $1.1.stripe }
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
        for (member, part) in parts {
            for place in part.places {
                var total = members[member].remove(Int(place))
                // An earlier stripe had it.
                guard total.count > 0 else { continue }
                for other in members.indices where other != member {
                    let more = members[other].remove(Int(place))
                    total = .init(sum: total.sum &+ more.sum, count: total.count &+ more.count)
                }
                let key = members[member].key(Int(place))
                if type == .int32 { keys.int32s[count] = Int32(truncatingIfNeeded: key) } else { keys.int64s[count] = key }
                (sums + count).initialize(to: DenseSum(total, members[member].kind))
                count += 1
                if count == capacity { try flush() }
            }
        }
        try flush()
    }
}
