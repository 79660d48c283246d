import WarehouseBasics

/// Sinks for the chunks of a pipeline, used again: fresh memory costs a page fault every 4 KB.
final class SinkPool: Sendable {
    /// Sinks that nobody else refers to.
    private struct Free: @unchecked Sendable {
        var sinks: [ByteSink] = []
    }
    private let free = Lock(Free())

    /// An empty sink, which belongs to the caller until it is given back.
    func take() -> ByteSink {
        let taken = free.withLock { free in Transfer(sink: free.sinks.popLast()) }
        let sink = taken.sink ?? ByteSink()
        sink.removeAll()
        return sink
    }

    /// Takes back a sink that nobody uses any more.
    func give(_ sink: ByteSink) {
        let given = Transfer(sink: sink)
        free.withLock { free in
            if let sink = given.sink { free.sinks.append(sink) }
        }
    }

    /// A sink on its way from one owner to the next; it has one at a time.
    private struct Transfer: @unchecked Sendable {
        let sink: ByteSink?
    }
}
