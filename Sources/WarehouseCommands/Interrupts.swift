#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import Dispatch
import MiniWarehouse
import WarehouseBasics

/// What ^C does: the first one asks the running statement to stop, a second one, or one while nothing runs, ends the
/// process with code 130.
public final class Interrupts: Sendable {
    /// Those of the process. Nothing changes before `install`.
    public static let shared = Interrupts()

    private struct State {
        /// The session whose statement or script runs.
        var session: Session?
        /// Stops what that script still has before it.
        var cancellation: StatementCancellation?
        var wasAsked = false
        /// Whether the process ends once that script has been stopped.
        var endsProcess = false
        var isIgnored = false
        var whenIdle: (@Sendable () -> Bool)?
        var source: (any DispatchSourceSignal)?
    }

    private let state = Lock(State())
    private let exit: @Sendable () -> Void

    /// `exit` ends the process.
    init(exit: @escaping @Sendable () -> Void = Interrupts.exitProcess) { self.exit = exit }

    /// Takes SIGINT over from the system.
    public func install() {
        state.withLock { state in
            guard state.source == nil else { return }
            signal(SIGINT, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global(qos: .userInitiated))
            source.setEventHandler { [weak self] in self?.interrupt() }
            source.activate()
            state.source = source
        }
    }

    /// What to do when nothing runs, instead of ending the process: a prompt drops its half line. False ends it all
    /// the same.
    func whenIdle(_ action: (@Sendable () -> Bool)?) {
        state.withLock { $0.whenIdle = action }
    }

    /// Runs `body`, which runs statements of `session`; a SIGINT meanwhile cancels the one under way and those that
    /// would follow. What `body` does between two statements should call `check`. `endsProcess`: false where the process goes
    /// on then, as a server's does.
    public func cancelling<Result>(_ session: Session, endsProcess: Bool = true, _ body: () throws -> Result) rethrows
        -> Result {
        let cancellation = StatementCancellation()
        state.withLock {
            $0.endsProcess = endsProcess && $0.whenIdle == nil
            $0.session = session
            $0.cancellation = cancellation
            $0.wasAsked = false
        }
        defer {
            state.withLock {
                $0.session = nil
                $0.cancellation = nil
                $0.wasAsked = false
            }
        }
        return try cancellation.obeyed(body)
    }

    /// Runs `body`, in which ^C is another process's: this one hears nothing of it.
    func ignored<Result>(_ body: () throws -> Result) rethrows -> Result {
        let before = state.withLock { state in
            defer { state.isIgnored = true }
            return state.isIgnored
        }
        defer { state.withLock { $0.isIgnored = before } }
        return try body()
    }

    /// Whether the user has asked to stop what `cancelling` runs.
    var wasAsked: Bool { state.withLock { $0.wasAsked } }

    /// Throws `cancelled` when the user has asked to stop.
    public func check() throws {
        if state.withLock({ $0.wasAsked }) { throw WarehouseError(.cancelled, "The script was interrupted.") }
    }

    /// A SIGINT.
    func interrupt() {
        let before = state.withLock { state in
            defer { if !state.isIgnored { state.wasAsked = state.session != nil } }
            if !state.isIgnored, !state.wasAsked { state.cancellation?.cancel() }
            return state
        }
        if before.isIgnored { return }
        if before.wasAsked { return exit() }
        if let session = before.session {
            session.cancel()
            // What goes on frees its files meanwhile.
            if before.endsProcess { FileHolder.start() }
            return
        }
        if before.whenIdle?() != true { exit() }
    }

    private static func exitProcess() {
        TextOutput.standardError.note("\n")
        _exit(128 + SIGINT)
    }
}
