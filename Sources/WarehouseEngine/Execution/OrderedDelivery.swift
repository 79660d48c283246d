import WarehouseBasics
import WarehouseColumns

/// Hands the batches of parallel stripes to one sink in stripe order. The lowest unfinished stripe goes straight
/// through; later ones keep their rows until it is their turn, and wait when they hold too much.
final class OrderedDelivery {
    /// Bytes that waiting stripes may hold together before their threads wait; less where memory is little.
    private let heldBytesLimit: Int

    private let sink: (Batch) throws -> Bool
    private let context: QueryContext
    private let types: [PhysicalType]
    private let lock = Monitor()
    private var current = 0
    /// In pieces: one buffer that grew would copy its rows with every doubling.
    private var held: [[RowBuffer]]
    private var finished: [Bool]
    private var heldBytes = 0
    private var over = false

    init(stripes: Int, types: [PhysicalType], context: QueryContext, sink: @escaping (Batch) throws -> Bool) {
        self.sink = sink
        self.context = context
        self.types = types
        heldBytesLimit = min(64 << 20, context.memory.elasticBytes / 4)
        held = Array(repeating: [], count: stripes)
        finished = Array(repeating: false, count: stripes)
    }

    /// Whether the sink wants no more, or a stripe failed.
    var isOver: Bool { lock.withLock { over } }

    /// Runs one stripe with a consumer for its batches.
    func run(_ stripe: Int, _ body: (any BatchConsumer) throws -> Void) throws {
        do {
            try body(ClosureConsumer { [self] batch in
                try context.checkCancelled()
                return try take(batch, of: stripe)
            })
            try finish(stripe)
        } catch {
            // Lower stripes go on, since their error would count first; waiting ones must wake and stop.
            lock.withLock {
                if stripe == current { over = true }
                failedFrom = min(failedFrom, stripe)
                lock.broadcast()
            }
            throw error
        }
    }

    /// Stripes from here on are not wanted any more.
    private var failedFrom = Int.max

    private enum Turn { case deliver, hold, stop }

    private func take(_ batch: Batch, of stripe: Int) throws -> Bool {
        switch waitForRoom(stripe) {
        case .stop: return false
        case .hold:
            // Only this thread touches the stripe's rows before the stripe is finished.
            let (rows, before) = lock.withLock { piece(of: stripe) }
            rows.append(batch)
            let growth = rows.allocatedBytes - before
            lock.withLock { heldBytes += growth }
            return true
        case .deliver:
            guard try deliverHeld(stripe) else { return false }
            return try deliver(batch)
        }
    }

    /// Where a stripe's next rows go, and the bytes that were counted of it.
    private func piece(of stripe: Int) -> (rows: RowBuffer, countedBytes: Int) {
        if let last = held[stripe].last, last.rowCount < OrderedDelivery.pieceRows { return (last, last.allocatedBytes) }
        let made = RowBuffer(types)
        // A stripe that holds many rows will hold more.
        if !held[stripe].isEmpty { made.reserve(OrderedDelivery.pieceRows + Vector.standardCapacity) }
        held[stripe].append(made)
        return (made, 0)
    }

    private static let pieceRows = 16_384

    private func waitForRoom(_ stripe: Int) -> Turn {
        lock.withLock {
            while true {
                if over || stripe > failedFrom { return .stop }
                if stripe == current { return .deliver }
                if heldBytes < heldBytesLimit { return .hold }
                lock.wait()
            }
        }
    }

    private func deliver(_ batch: Batch) throws -> Bool {
        if try sink(batch) { return true }
        lock.withLock {
            over = true
            lock.broadcast()
        }
        return false
    }

    /// Delivers what a stripe held back before its turn came.
    private func deliverHeld(_ stripe: Int) throws -> Bool {
        let pieces = lock.withLock { held[stripe] }
        var goesOn = true
        for rows in pieces where goesOn {
            try rows.push(into: ClosureConsumer { [self] batch in
                goesOn = try deliver(batch)
                return goesOn
            }, context: context)
        }
        guard !pieces.isEmpty else { return true }
        lock.withLock {
            held[stripe] = []
            heldBytes -= pieces.reduce(0) { $0 + $1.allocatedBytes }
            lock.broadcast()
        }
        return goesOn
    }

    /// Marks a stripe complete; if it is its turn, delivers it and the complete ones that follow.
    private func finish(_ stripe: Int) throws {
        var next: Int? = lock.withLock {
            finished[stripe] = true
            return stripe == current && !over ? stripe : nil
        }
        while let ready = next {
            guard try deliverHeld(ready) else { return }
            next = lock.withLock {
                current = ready + 1
                lock.broadcast()
                return current < finished.count && finished[current] && !over ? current : nil
            }
        }
    }
}
