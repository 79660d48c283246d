import WarehouseBasics
import WarehouseColumns

/// Hands the batches of parallel stripes to one sink in stripe order. The lowest unfinished stripe goes straight
/// through; later ones keep their rows until it is their turn, and wait when they hold too much.
final class OrderedDelivery {
    /// Bytes that waiting stripes may hold together before their threads wait.
    static let heldBytesLimit = 64 << 20

    private let sink: (Batch) throws -> Bool
    private let context: QueryContext
    private let types: [PhysicalType]
    private let lock = Monitor()
    private var current = 0
    private var held: [RowBuffer?]
    private var finished: [Bool]
    private var heldBytes = 0
    private var over = false

    init(stripes: Int, types: [PhysicalType], context: QueryContext, sink: @escaping (Batch) throws -> Bool) {
        self.sink = sink
        self.context = context
        self.types = types
        held = Array(repeating: nil, count: stripes)
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
            let rows = lock.withLock {
                let rows = held[stripe] ?? RowBuffer(types)
                held[stripe] = rows
                return rows
            }
            let before = rows.allocatedBytes
            rows.append(batch)
            let growth = rows.allocatedBytes - before
            lock.withLock { heldBytes += growth }
            return true
        case .deliver:
            guard try deliverHeld(stripe) else { return false }
            return try deliver(batch)
        }
    }

    private func waitForRoom(_ stripe: Int) -> Turn {
        lock.withLock {
            while true {
                if over || stripe > failedFrom { return .stop }
                if stripe == current { return .deliver }
                if heldBytes < OrderedDelivery.heldBytesLimit { return .hold }
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
        guard let rows = lock.withLock({ held[stripe] }) else { return true }
        var goesOn = true
        try rows.push(into: ClosureConsumer { [self] batch in
            goesOn = try deliver(batch)
            return goesOn
        }, context: context)
        lock.withLock {
            held[stripe] = nil
            heldBytes -= rows.allocatedBytes
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
