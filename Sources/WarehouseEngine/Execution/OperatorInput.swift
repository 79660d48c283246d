import WarehouseBasics
import WarehouseColumns

/// A consumer made of a closure, for the sinks inside operators. Called once a batch.
final class ClosureConsumer: BatchConsumer {
    private let body: (Batch) throws -> Bool
    init(_ body: @escaping (Batch) throws -> Bool) { self.body = body }
    func consume(_ batch: Batch) throws -> Bool { try body(batch) }
}

extension PhysicalOperator {
    /// Runs all stripes in parallel and gives each stripe's rows, in stripe order. `prepare` must not have been
    /// called. The reservation grows as rows come.
    func collect(_ context: QueryContext, reservation: MemoryReservation) throws -> [RowBuffer] {
        let stripes = try prepare(context)
        let parts = (0..<stripes).map { _ in RowBuffer(outputTypes) }
        let shared = SharedReservation(reservation)
        try TaskPool.run(stripes: stripes, threads: context.threads) { stripe in
            let rows = parts[stripe]
            var counted = 0
            try run(stripe: stripe, context, into: ClosureConsumer { batch in
                try context.checkCancelled()
                rows.append(batch)
                let bytes = rows.allocatedBytes
                if bytes > counted {
                    try shared.add(bytes - counted)
                    counted = bytes
                }
                return true
            })
            rows.trim()
            try shared.add(rows.allocatedBytes - counted)
        }
        return parts
    }
}

/// A reservation that several stripes enlarge.
final class SharedReservation {
    private let reservation: MemoryReservation
    private let lock = Monitor()
    init(_ reservation: MemoryReservation) { self.reservation = reservation }

    func add(_ bytes: Int) throws {
        try lock.withLock { try reservation.resize(to: reservation.bytes + bytes) }
    }
}
