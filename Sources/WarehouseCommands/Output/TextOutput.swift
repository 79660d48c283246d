#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseBasics
import WarehouseColumns

/// Where a command writes: a buffered file descriptor, or memory. May be shared by threads; what one call writes stays
/// together.
public final class TextOutput: Sendable {
    /// Standard output, through a buffer: `flush` at the end, and before anything that waits for its reader.
    public static let standardOutput = TextOutput(descriptor: STDOUT_FILENO)
    /// Standard error; not buffered.
    public static let standardError = TextOutput(descriptor: STDERR_FILENO, bufferBytes: 0)

    private struct State {
        var pending: [UInt8] = []
        var isClosed = false
        /// Throws when nobody wants to read the rest.
        var check: (@Sendable () throws -> Void)?
    }

    /// Negative: memory.
    private let descriptor: CInt
    private let bufferBytes: Int
    private let state = Lock(State())
    /// Whether a person looks at it.
    public let isTerminal: Bool

    /// Writes to an open descriptor, which it does not close.
    public init(descriptor: CInt, bufferBytes: Int = 1 << 16) {
        self.descriptor = descriptor
        self.bufferBytes = bufferBytes
        isTerminal = isatty(descriptor) == 1
        // A reader that goes away is then an error of write, and not the end of the process in the middle of a
        // transaction.
        signal(SIGPIPE, SIG_IGN)
    }

    /// Keeps everything; see `text`.
    public init() {
        descriptor = -1
        bufferBytes = .max
        isTerminal = false
    }

    /// What was written to memory so far.
    public var text: String { state.withLock { String(decoding: $0.pending, as: UTF8.self) } }

    /// Columns of the terminal; nil where there is none.
    public var terminalColumns: Int? {
        guard isTerminal else { return nil }
        var size = winsize()
        if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        return getenv("COLUMNS").flatMap { Int(String(cString: $0)) } ?? 80
    }

    /// Rows of the terminal; nil where there is none.
    var terminalRows: Int? {
        guard isTerminal else { return nil }
        var size = winsize()
        return ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 0 ? Int(size.ws_row) : 24
    }

    /// Writes a text. Throws `OutputClosed` when nobody reads any more, `diskFull` or `inputOutput` when the file
    /// cannot be written.
    public func write(_ text: String) throws {
        var text = text
        try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
    }

    /// Writes what the buffer holds and empties it. Throws as `write(_: String)`.
    func write(_ buffer: ByteBuffer) throws {
        try write(buffer.rawBytes)
        buffer.removeAll()
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws {
        try state.withLock { state in
            if state.isClosed { throw OutputClosed() }
            if state.pending.count + bytes.count >= bufferBytes { try send(&state) }
            if bytes.count >= bufferBytes {
                try send(bytes, &state)
            } else {
                state.pending.append(contentsOf: bytes)
            }
        }
    }

    /// Hands on what is buffered. Throws as `write`.
    public func flush() throws {
        try state.withLock { try send(&$0) }
    }

    /// Runs `body`, which writes much: a terminal takes it slowly, and what it has not taken when `check` throws is dropped.
    func interruptible<Result>(by check: @escaping @Sendable () throws -> Void, _ body: () throws -> Result) rethrows -> Result {
        state.withLock { $0.check = check }
        defer { state.withLock { $0.check = nil } }
        return try body()
    }

    /// Writes what may be lost when nobody reads it: messages, progress.
    public func note(_ text: String) {
        // The message is about something else; that it cannot be shown is not worth another one.
        try? write(text)
        try? flush()
    }

    private func send(_ state: inout State) throws {
        guard descriptor >= 0, !state.pending.isEmpty else { return }
        let pending = state.pending
        state.pending.removeAll(keepingCapacity: true)
        try pending.withUnsafeBytes { try send($0, &state) }
    }

    private func send(_ bytes: UnsafeRawBufferPointer, _ state: inout State) throws {
        var rest = bytes
        while let base = rest.baseAddress, rest.count > 0 {
            try state.check?()
            let size = state.check == nil ? rest.count : min(rest.count, 1 << 14)
            #if canImport(Glibc)
            let count = Glibc.write(descriptor, base, size)
            #else
            let count = Darwin.write(descriptor, base, size)
            #endif
            if count >= 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&wait, 1, -1)
            case EPIPE:
                state.isClosed = true
                throw OutputClosed()
            case let code:
                state.isClosed = true
                throw WarehouseError(code == ENOSPC || code == EDQUOT ? .diskFull : .inputOutput,
                                     "The output cannot be written: \(String(cString: strerror(code))).")
            }
        }
    }
}

/// Nobody reads the output any more (`mlwh sql … | head`): the command ends without a word, as other tools do.
public struct OutputClosed: Error {
    /// The only value.
    public init() {}
}
