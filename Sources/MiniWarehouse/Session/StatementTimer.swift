import Dispatch
import WarehouseEngine

/// Stops a statement when its time is over.
final class StatementTimer {
    private let source: any DispatchSourceTimer

    init(_ context: QueryContext, seconds: Int) {
        source = DispatchSource.makeTimerSource(queue: .global(qos: .userInitiated))
        source.schedule(deadline: .now() + .seconds(seconds), leeway: .milliseconds(10))
        source.setEventHandler { context.cancel(afterTimeout: seconds) }
        source.activate()
    }

    func stop() { source.cancel() }
}
