#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import Dispatch
import WarehouseBasics

/// An HTTP server for the browsers of this machine: it listens on 127.0.0.1 only, answers GET, keeps no connection, and
/// refuses what another site's page or name brings here (a Host or Origin that is not this server's).
///
/// Small on purpose: a request of pages and charts needs no more of HTTP, and whoever builds the command builds no
/// server framework.
package final class LoopbackServer: Sendable {
    package struct Limits: Sendable {
        /// Connections at once; a further one waits.
        package var connections = 16
        /// Bytes of a request's head.
        package var headBytes = 16_384
        /// Seconds for sending a request.
        package var seconds = 10
        /// Seconds for taking the answer.
        package var answerSeconds = 60

        package init() {}
    }
    package typealias Handler = @Sendable (HTTPRequest) -> HTTPResponse

    package let port: Int
    private let limits: Limits
    private let handler: Handler
    private let listener: Lock<CInt>
    private let free: DispatchSemaphore
    private let queue = DispatchQueue(label: "http", attributes: .concurrent)

    /// Listens on `port`; 0 takes a free one. Throws `inputOutput` when the port is taken.
    package init(port: Int, limits: Limits = Limits(), handler: @escaping Handler) throws(WarehouseError) {
        self.limits = limits
        self.handler = handler
        free = DispatchSemaphore(value: limits.connections)
        let (descriptor, bound) = try LoopbackServer.listen(port)
        listener = Lock(descriptor)
        self.port = bound
    }

    deinit { stop() }

    /// The address that people open.
    package var address: String { "http://127.0.0.1:\(port)/" }

    /// Answers until `stop`.
    package func run() {
        while true {
            free.wait()
            let descriptor = listener.withLock { $0 }
            guard descriptor >= 0 else { break }
            let connection = accept(descriptor, nil, nil)
            guard connection >= 0 else {
                free.signal()
                if listener.withLock({ $0 }) < 0 { return }
                // Out of descriptors, or a connection that went away: neither ends the server.
                if errno != EINTR, errno != ECONNABORTED { usleep(20_000) }
                continue
            }
            queue.async { [self] in
                serve(connection)
                close(connection)
                free.signal()
            }
        }
        free.signal()
    }

    /// Ends `run`; connections that are open are answered.
    package func stop() {
        listener.withLock { descriptor in
            guard descriptor >= 0 else { return }
            shutdown(descriptor, CInt(SHUT_RDWR))
            close(descriptor)
            descriptor = -1
        }
    }

    // MARK: A connection

    private func serve(_ connection: CInt) {
        var hasBody = true
        let response: HTTPResponse
        do throws(HTTPRequest.Refusal) {
            guard let head = try readHead(connection, until: .now + .seconds(limits.seconds)) else { return }
            let request = try HTTPRequest(head: head)
            hasBody = request.method != "HEAD"
            response = refusal(of: request) ?? handler(request)
        } catch {
            response = .text(error.status, error.reason)
        }
        send(response.bytes(hasBody: hasBody), to: connection, until: .now + .seconds(limits.answerSeconds))
        // What is still to be read would make the close a reset, and lose the answer.
        shutdown(connection, CInt(SHUT_WR))
        var rest = [UInt8](repeating: 0, count: 4096)
        let end = ContinuousClock.now + .seconds(min(2, limits.seconds))
        while LoopbackServer.wait(connection, for: POLLIN, until: end), recv(connection, &rest, rest.count, 0) > 0 {}
    }

    /// Whether the connection can be read, or written to, before that time. Every wait ends then, however little comes at a
    /// time.
    private static func wait(_ connection: CInt, for events: CInt, until end: ContinuousClock.Instant) -> Bool {
        while true {
            let left = ContinuousClock.now.duration(to: end).components
            let milliseconds = left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000
            guard milliseconds > 0 else { return false }
            var descriptor = pollfd(fd: connection, events: Int16(events), revents: 0)
            let count = poll(&descriptor, 1, CInt(min(milliseconds, 60_000)))
            if count > 0 { return true }
            if count < 0, errno != EINTR { return false }
        }
    }

    /// A name of this machine that a foreign site has made its own (DNS rebinding) comes with that name as Host; a
    /// foreign site's script comes with its Origin.
    private func refusal(of request: HTTPRequest) -> HTTPResponse? {
        let names = ["127.0.0.1", "localhost", "[::1]"].flatMap { port == 80 ? [$0, "\($0):80"] : ["\($0):\(port)"] }
        guard let host = request[header: "host"]?.lowercased(), names.contains(host) else {
            return .text(421, "This server answers as 127.0.0.1:\(port) only.")
        }
        if let origin = request[header: "origin"]?.lowercased(), origin != "http://\(host)" {
            return .text(403, "Pages of other origins are refused.")
        }
        if let site = request[header: "sec-fetch-site"], site != "same-origin", site != "none" {
            // A link on another page may lead here; its scripts, images and frames may not.
            let isVisit = request[header: "sec-fetch-mode"] == "navigate" && request[header: "sec-fetch-dest"] == "document"
            guard isVisit, !request.path.hasPrefix("/api/") else { return .text(403, "Pages of other sites are refused.") }
        }
        return nil
    }

    /// The head of a request; nil when nothing came.
    private func readHead(
        _ connection: CInt, until deadline: ContinuousClock.Instant
    ) throws(HTTPRequest.Refusal) -> [UInt8]? {
        var head: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while true {
            let isReady = LoopbackServer.wait(connection, for: POLLIN, until: deadline)
            let count = isReady ? recv(connection, &piece, piece.count, 0) : 0
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                if head.isEmpty { return nil }
                throw HTTPRequest.Refusal(status: 408, reason: "The request did not come to its end.")
            }
            let from = max(0, head.count - 3)
            head += piece[0..<count]
            let end = LoopbackServer.endOfHead(head, from: from)
            if let end, end <= limits.headBytes { return Array(head[..<end]) }
            guard end == nil, head.count <= limits.headBytes else {
                throw HTTPRequest.Refusal(status: 431, reason: "The request is longer than \(limits.headBytes) bytes.")
            }
        }
    }

    private static func endOfHead(_ bytes: [UInt8], from: Int) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (from...(bytes.count - 4)).first { bytes[$0..<($0 + 4)].elementsEqual([13, 10, 13, 10]) }
    }

    private func send(_ bytes: [UInt8], to connection: CInt, until deadline: ContinuousClock.Instant) {
        #if canImport(Darwin)
        var yes: CInt = 1
        setsockopt(connection, SOL_SOCKET, SO_NOSIGPIPE, &yes, socklen_t(MemoryLayout<CInt>.size))
        let flags = CInt(MSG_DONTWAIT)
        #else
        let flags = CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT)
        #endif
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty, LoopbackServer.wait(connection, for: POLLOUT, until: deadline) {
                let part = UnsafeRawBufferPointer(rebasing: rest)
                #if canImport(Glibc)
                let count = Glibc.send(connection, part.baseAddress, part.count, flags)
                #else
                let count = Darwin.send(connection, part.baseAddress, part.count, flags)
                #endif
                if count < 0, errno == EINTR || errno == EAGAIN { continue }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }

    // MARK: Listening

    private static func listen(_ port: Int) throws(WarehouseError) -> (CInt, Int) {
        func failure(_ what: String) -> WarehouseError {
            WarehouseError(.inputOutput, "Cannot \(what) 127.0.0.1:\(port): \(String(cString: strerror(errno))).",
                           hint: errno == EADDRINUSE ? "Choose another port with --port." : nil)
        }
        guard let number = UInt16(exactly: port) else {
            throw WarehouseError(.usage, "A port is a number from 0 to 65535, not \(port).")
        }
        #if canImport(Glibc)
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        #else
        let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { throw failure("make a socket for") }
        var yes: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<CInt>.size))
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = number.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) == 0 }
        }
        #if canImport(Glibc)
        let isListening = isBound && Glibc.listen(descriptor, 64) == 0
        #else
        let isListening = isBound && Darwin.listen(descriptor, 64) == 0
        #endif
        guard isListening else {
            let error = failure("listen on")
            close(descriptor)
            throw error
        }
        _ = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }
}
