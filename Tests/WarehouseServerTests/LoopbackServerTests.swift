#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import Dispatch
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

        /// Sends text as it is, and gives the whole answer.
        func ask(_ text: String) -> String {
            #if canImport(Glibc)
            let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
            #else
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
            #endif
            defer { close(descriptor) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = UInt16(server.port).bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            let isOpen = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
            guard isOpen else { return "" }
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
