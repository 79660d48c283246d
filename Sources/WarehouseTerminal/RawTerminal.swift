#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import Dispatch
import WarehouseBasics

/// A terminal that hands on every key as it is pressed, while it is asked to, and is left as it was found, also when
/// the process is ended by a signal meanwhile.
final class RawTerminal: Sendable {
    /// What woke a reader that is no key.
    enum Wake: UInt8 {
        case resized = 1, interrupted = 2
    }

    private struct State {
        var saved: termios?
        var sources: [any DispatchSourceSignal] = []
    }

    private let input: CInt
    private let output: CInt
    private let state = Lock(State())
    /// Signals come to the reader as bytes of a pipe.
    private let wakeRead: CInt
    private let wakeWrite: CInt

    init(input: CInt, output: CInt) throws {
        self.input = input
        self.output = output
        var ends: [CInt] = [0, 0]
        guard pipe(&ends) == 0 else {
            throw WarehouseError(.inputOutput, "No pipe can be made: \(String(cString: strerror(errno))).")
        }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (wakeRead, wakeWrite) = (ends[0], ends[1])
        watch(SIGWINCH) { [weak self] in self?.wake(.resized) }
        for number in [SIGTERM, SIGHUP, SIGQUIT] {
            signal(number, SIG_IGN)
            watch(number) { [weak self] in
                self?.restore()
                signal(number, SIG_DFL)
                kill(getpid(), number)
            }
        }
    }

    deinit {
        restore()
        state.withLock { state in state.sources.forEach { $0.cancel() } }
        for number in [SIGTERM, SIGHUP, SIGQUIT] { signal(number, SIG_DFL) }
        close(wakeRead)
        close(wakeWrite)
    }

    private func watch(_ number: CInt, _ handler: @escaping @Sendable () -> Void) {
        state.withLock { state in
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInitiated))
            source.setEventHandler(handler: handler)
            source.activate()
            state.sources.append(source)
        }
    }

    /// Ends a wait for a key. May be called from any thread.
    func wake(_ reason: Wake) {
        var byte = reason.rawValue
        _ = write(wakeWrite, &byte, 1)
    }

    /// Keys come one by one, unseen, and ^C and ^Z are keys.
    func makeRaw() throws {
        var settings = termios()
        guard tcgetattr(input, &settings) == 0 else {
            throw WarehouseError(.inputOutput, "The terminal cannot be set: \(String(cString: strerror(errno))).")
        }
        state.withLock { $0.saved = $0.saved ?? settings }
        settings.c_iflag &= ~tcflag_t(BRKINT | ICRNL | INLCR | IGNCR | INPCK | ISTRIP | IXON)
        settings.c_lflag &= ~tcflag_t(ECHO | ICANON | IEXTEN | ISIG)
        withUnsafeMutableBytes(of: &settings.c_cc) {
            $0[Int(VMIN)] = 1
            $0[Int(VTIME)] = 0
        }
        while tcsetattr(input, TCSADRAIN, &settings) != 0, errno == EINTR {}
    }

    /// As before `makeRaw`.
    func restore() {
        guard var saved = state.withLock({ state in
            defer { state.saved = nil }
            return state.saved
        }) else { return }
        while tcsetattr(input, TCSADRAIN, &saved) != 0, errno == EINTR {}
    }

    /// Stops the process as ^Z does elsewhere; returns when it goes on.
    func suspend() throws {
        restore()
        kill(0, SIGTSTP)
        try makeRaw()
    }

    /// Columns and rows.
    var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(output, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    enum Input {
        case bytes([UInt8])
        case woken(Wake)
        /// Nothing came in time.
        case silence
        case closed
    }

    /// What comes next, within so many milliseconds; nil: whenever it comes.
    func read(within milliseconds: Int32?) -> Input {
        var waits = [pollfd(fd: input, events: Int16(POLLIN), revents: 0),
                     pollfd(fd: wakeRead, events: Int16(POLLIN), revents: 0)]
        while true {
            let count = poll(&waits, 2, milliseconds ?? -1)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            if count < 0 { return .closed }
            if count == 0 { return .silence }
            if waits[1].revents != 0, let reason = taken() { return .woken(reason) }
            guard waits[0].revents != 0 else { continue }
            var block = [UInt8](repeating: 0, count: 1 << 14)
            let length = block.withUnsafeMutableBytes { buffer in
                #if canImport(Glibc)
                Glibc.read(input, buffer.baseAddress, buffer.count)
                #else
                Darwin.read(input, buffer.baseAddress, buffer.count)
                #endif
            }
            if length > 0 { return .bytes(Array(block[..<length])) }
            if length < 0, errno == EINTR || errno == EAGAIN { continue }
            return .closed
        }
    }

    /// Why the reader was woken: of several reasons, an interrupt.
    private func taken() -> Wake? {
        var found: Wake?
        var bytes = [UInt8](repeating: 0, count: 64)
        while true {
            let count = bytes.withUnsafeMutableBytes { buffer in
                #if canImport(Glibc)
                Glibc.read(wakeRead, buffer.baseAddress, buffer.count)
                #else
                Darwin.read(wakeRead, buffer.baseAddress, buffer.count)
                #endif
            }
            guard count > 0 else { return found }
            for byte in bytes[..<count] where found != .interrupted { found = Wake(rawValue: byte) }
        }
    }

    /// Writes a text whole, or as much as the terminal takes.
    func send(_ text: String) {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { write(output, $0.baseAddress.map { $0 + sent }, bytes.count - sent) }
            if count > 0 {
                sent += count
            } else if count < 0, errno == EAGAIN {
                var wait = pollfd(fd: output, events: Int16(POLLOUT), revents: 0)
                poll(&wait, 1, -1)
            } else if count == 0 || errno != EINTR {
                return
            }
        }
    }
}
