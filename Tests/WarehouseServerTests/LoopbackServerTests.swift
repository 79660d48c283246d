#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import Dispatch
import Synchronization
import Testing
import WarehouseBasics
@testable import WarehouseServer

@Suite struct LoopbackServerTests {
    /// A server that echoes what it was asked, for as long as the test needs it.
    private final class Running: Sendable {
        let server: LoopbackServer
        private let ended = DispatchSemaphore(value: 0)

        init(_ limits: LoopbackServer.Limits = LoopbackServer.Limits()) throws {
            server = try LoopbackServer(port: 0, limits: limits) { request in
                let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
                return .html("\(request.path)|\(query)", policy: "default-src 'none'")
            }
            DispatchQueue.global().async { [server, ended] in
                server.run()
                ended.signal()
            }
        }

        /// Whether `run` has ended.
        func stop() -> Bool {
            server.stop()
            return ended.wait(timeout: .now() + 20) == .success
        }

        private func connected() -> CInt {
            #if canImport(Glibc)
            let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
            #else
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
            #endif
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = UInt16(server.port).bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            let isOpen = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
            if isOpen { return descriptor }
            close(descriptor)
            return -1
        }

        /// Sends text as it is, and gives the whole answer.
        func ask(_ text: String) -> String {
            let descriptor = connected()
            guard descriptor >= 0 else { return "" }
            defer { close(descriptor) }
            let bytes = Array(text.utf8)
            #if canImport(Glibc)
            _ = send(descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL))
            #else
            _ = send(descriptor, bytes, bytes.count, 0)
            #endif
            var answer: [UInt8] = [], piece = [UInt8](repeating: 0, count: 4096)
            while case let count = recv(descriptor, &piece, piece.count, 0), count > 0 { answer += piece[0..<count] }
            return String(decoding: answer, as: UTF8.self)
        }

        /// Sends text a byte at a time until the server has had enough, and gives what it answered.
        func drip(_ text: String, every microseconds: UInt32) -> String {
            let descriptor = connected()
            defer { close(descriptor) }
            for byte in text.utf8 {
                var byte = byte
                #if canImport(Glibc)
                let sent = send(descriptor, &byte, 1, CInt(MSG_NOSIGNAL))
                #else
                let sent = send(descriptor, &byte, 1, 0)
                #endif
                var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                if sent < 1 || poll(&state, 1, CInt(microseconds / 1000)) > 0 { break }
            }
            var piece = [UInt8](repeating: 0, count: 4096)
            let count = recv(descriptor, &piece, piece.count, 0)
            return count > 0 ? String(decoding: piece.prefix(count), as: UTF8.self) : ""
        }

        func status(_ text: String) -> String {
            ask(text).split(separator: " ").dropFirst().first.map(String.init) ?? "none"
        }
        var host: String { "Host: 127.0.0.1:\(server.port)\r\n" }
    }

    @Test func requestsAreDecoded() throws {
        let running = try Running()
        let answer = running.ask("GET /a%20b/%C3%A4?x=1+2&y=%26&z HTTP/1.1\r\n\(running.host)\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(answer.hasSuffix("\r\n\r\n/a b/ä|x=1 2&y=&&z="))
        #expect(answer.contains("Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"))
        #expect(answer.contains("X-Content-Type-Options: nosniff\r\n"))
        let head = running.ask("HEAD / HTTP/1.1\r\n\(running.host)\r\n")
        #expect(head.hasSuffix("\r\n\r\n") && head.contains("Content-Length: 2\r\n"))
        #expect(running.stop())
    }

    @Test func strangersAreRefused() throws {
        let running = try Running()
        let host = running.host
        #expect(running.status("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n") == "421")
        #expect(running.status("GET / HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n") == "421")
        #expect(running.status("GET / HTTP/1.1\r\n\r\n") == "400")
        #expect(running.status("GET / HTTP/1.1\r\n\(host)\(host)\r\n") == "400")
        #expect(running.status("GET / HTTP/1.1\r\n\(host)Origin: http://evil.example\r\n\r\n") == "403")
        #expect(running.status("GET / HTTP/1.1\r\n\(host)Origin: null\r\n\r\n") == "403")
        #expect(running.status("GET / HTTP/1.1\r\n\(host)Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n\r\n") == "403")
        let visit = "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n\r\n"
        #expect(running.status("GET / HTTP/1.1\r\n\(host)\(visit)") == "200")
        #expect(running.status("GET /api/x HTTP/1.1\r\n\(host)\(visit)") == "403")
        #expect(running.status("GET / HTTP/1.1\r\n\(host)Origin: http://127.0.0.1:\(running.server.port)\r\n\r\n") == "200")
        #expect(running.status("GET / HTTP/1.1\r\nHost: localhost:\(running.server.port)\r\n\r\n") == "200")
        #expect(running.stop())
    }

    @Test func oddRequestsAreErrors() throws {
        var limits = LoopbackServer.Limits()
        limits.seconds = 1
        let running = try Running(limits)
        let host = running.host
        #expect(running.status("POST / HTTP/1.1\r\n\(host)Content-Length: 1\r\n\r\nx") == "405")
        #expect(running.status("GET / HTTP/1.1\r\n\(host)Content-Length: 1\r\n\r\nx") == "413")
        #expect(running.status("GET / HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\n\r\n") == "413")
        #expect(running.status("GET http://x/ HTTP/1.1\r\n\(host)\r\n") == "400")
        #expect(running.status("GET /%zz HTTP/1.1\r\n\(host)\r\n") == "400")
        #expect(running.status("GET /%00 HTTP/1.1\r\n\(host)\r\n") == "400")
        #expect(running.status("GET /%ff HTTP/1.1\r\n\(host)\r\n") == "400")
        #expect(running.status("GET / SPDY\r\n\(host)\r\n") == "400")
        #expect(running.status("GET / HTTP/1.1\r\n\(host)no colon\r\n\r\n") == "400")
        #expect(running.status("\u{1}\u{2}\r\n\r\n") == "400")
        let long = String(repeating: "x", count: 20_000)
        #expect(running.status("GET /\(long) HTTP/1.1\r\n\(host)\r\n") == "431")
        // Half a request is given up.
        #expect(running.status("GET / HTTP/1.1\r\nHost: 127") == "408")
        #expect(running.stop())
    }

    /// Sends one byte at a time, and reads one at a time: neither holds a connection for longer than its limit.
    @Test func slowClientsAreGivenUp() throws {
        var limits = LoopbackServer.Limits()
        limits.seconds = 1
        limits.answerSeconds = 1
        limits.connections = 2
        let running = try Running(limits)
        let slow = DispatchGroup()
        let start = ContinuousClock.now
        for _ in 0..<2 {
            DispatchQueue.global().async(group: slow) {
                let answer = running.drip("GET / HTTP/1.1\r\n" + running.host, every: 200_000)
                #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 408 "))
            }
        }
        usleep(300_000)
        // Both connections are taken; the next is answered when they are given up.
        #expect(running.status("GET / HTTP/1.1\r\n\(running.host)\r\n") == "200")
        #expect(start.duration(to: .now) < .seconds(8))
        slow.wait()
        #expect(running.stop())
    }

    /// More at once than there are places: all are answered.
    @Test func manyConnectionsAreAnswered() throws {
        var limits = LoopbackServer.Limits()
        limits.connections = 4
        let running = try Running(limits)
        let host = running.host
        let answers = Mutex([String]())
        DispatchQueue.concurrentPerform(iterations: 60) { _ in
            let status = running.status("GET /x HTTP/1.1\r\n\(host)\r\n")
            answers.withLock { $0.append(status) }
        }
        #expect(answers.withLock { $0 } == Array(repeating: "200", count: 60))
        #expect(running.stop())
    }

    @Test(arguments: [
        "/../../etc/passwd", "/..%2f..%2fetc%2fpasswd", "/%2e%2e/x", "//etc/passwd", "/./.", "/a/../../b", "/\\..\\x", "/%252e%252e/x",
    ])
    func pathsAreNoFiles(path: String) throws {
        let running = try Running()
        let answer = running.ask("GET \(path) HTTP/1.1\r\n\(running.host)\r\n")
        // The handler sees the path as it is; nothing is ever taken from the disk.
        #expect(answer.hasPrefix("HTTP/1.1 200 OK") && answer.contains("\r\n\r\n/") && !answer.contains("root:"))
        #expect(running.stop())
    }

    @Test(arguments: ["PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH", "get", "BREW", ""])
    func otherMethodsAreRefused(method: String) throws {
        let running = try Running()
        let status = running.status("\(method) / HTTP/1.1\r\n\(running.host)\r\n")
        #expect(status == "405" || status == "400" && method.isEmpty)
        #expect(running.stop())
    }

    @Test func headersOfAnySizeAreBounded() throws {
        let running = try Running()
        let host = running.host
        let one = "X-Large: " + String(repeating: "a", count: 17_000) + "\r\n"
        #expect(running.status("GET / HTTP/1.1\r\n\(host)\(one)\r\n") == "431")
        let many = (0..<2_000).map { "X-\($0): y\r\n" }.joined()
        #expect(running.status("GET / HTTP/1.1\r\n\(host)\(many)\r\n") == "431")
        #expect(running.status("GET / HTTP/1.1\r\n\(host)X-Fits: \(String(repeating: "a", count: 9_000))\r\n\r\n") == "200")
        // Without an end.
        #expect(running.status(String(repeating: "A", count: 100_000)) == "431")
        #expect(running.stop())
    }

    @Test func headersCannotBeSplit() {
        var response = HTTPResponse.redirect(to: "/x\r\nSet-Cookie: a=b")
        response.headers.append(("X-Odd", "1\n2"))
        let text = String(decoding: response.bytes(hasBody: false), as: UTF8.self)
        #expect(!text.contains("\r\nSet-Cookie") && text.contains("X-Odd: 12\r\n"))
    }

    @Test func aTakenPortIsAnError() throws {
        let running = try Running()
        #expect(throws: WarehouseError.self) { try LoopbackServer(port: running.server.port) { _ in .text(200, "") } }
        #expect(throws: WarehouseError.self) { try LoopbackServer(port: 70_000) { _ in .text(200, "") } }
        #expect(running.stop())
    }
}
