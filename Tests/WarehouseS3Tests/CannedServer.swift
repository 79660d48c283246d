#if S3
#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import Dispatch
import Synchronization
import WarehouseBasics

/// An HTTP server on loopback that gives its answers one after another, one a connection, and keeps what was asked.
final class CannedServer: Sendable {
    typealias Answer = (status: Int, headers: [String: String], body: String)

    let port: UInt16
    private let listener: CInt
    private let heads = Mutex<[String]>([])

    /// Heads of the requests so far.
    var requests: [String] { heads.withLock { $0 } }

    init(_ answers: [Answer]) throws {
        #if canImport(Glibc)
        listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        #else
        listener = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, size) == 0 && listen(listener, 16) == 0
                    && getsockname(listener, address, &size) == 0
            }
        }
        guard status else { throw WarehouseError(.inputOutput, "no port is to be had") }
        port = UInt16(bigEndian: address.sin_port)
        DispatchQueue.global().async { self.serve(answers) }
    }

    deinit { close(listener) }

    /// Whether the head has come and the body that it promises: who closes before loses the answer.
    private static func isWhole(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.firstRange(of: "\r\n\r\n") else { return false }
        let lines = text[..<end.lowerBound].split(separator: "\r\n")
        let length = lines.first { $0.lowercased().hasPrefix("content-length:") }?.split(separator: ":").last
        return text[end.upperBound...].utf8.count >= Int(length?.drop { $0 == " " } ?? "0") ?? 0
    }

    private func serve(_ answers: [Answer]) {
        for answer in answers {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { return }
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 4096)
            while !CannedServer.isWhole(bytes) {
                let count = recv(connection, &buffer, buffer.count, 0)
                if count <= 0 { break }
                bytes.append(contentsOf: buffer[..<count])
            }
            heads.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
            var text = "HTTP/1.1 \(answer.status) Canned\r\nConnection: close\r\nContent-Length: \(answer.body.utf8.count)\r\n"
            for (name, value) in answer.headers { text += "\(name): \(value)\r\n" }
            text += "\r\n" + answer.body
            _ = Array(text.utf8).withUnsafeBytes { send(connection, $0.baseAddress, $0.count, 0) }
            close(connection)
        }
    }
}
#endif
