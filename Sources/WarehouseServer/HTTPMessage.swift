/// A request as a handler sees it.
package struct HTTPRequest: Sendable {
    package var method: String
    /// Decoded, beginning with `/`.
    package var path: String
    /// Decoded, in order.
    package var query: [(name: String, value: String)]
    /// Names in lower case, in order.
    package var headers: [(name: String, value: String)]

    package subscript(query name: String) -> String? { query.first { $0.name == name }?.value }
    package subscript(header name: String) -> String? { headers.first { $0.name == name }?.value }

    /// Why a head is refused.
    struct Refusal: Error {
        var status: Int
        var reason: String
    }

    /// Reads a head: the request line and the headers, without the empty line at its end.
    init(head: [UInt8]) throws(Refusal) {
        let isText = head.allSatisfy { $0 < 0x7F && ($0 >= 0x20 || $0 == 13 || $0 == 10 || $0 == 9) }
        guard isText, let text = String(validating: head, as: UTF8.self) else {
            throw Refusal(status: 400, reason: "The request is not in ASCII.")
        }
        var lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)[...]
        let words = (lines.popFirst() ?? "").split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[2] == "HTTP/1.1" || words[2] == "HTTP/1.0" else {
            throw Refusal(status: 400, reason: "The request is not HTTP/1.1.")
        }
        guard words[0] == "GET" || words[0] == "HEAD" else { throw Refusal(status: 405, reason: "Only GET is answered.") }
        method = String(words[0])
        let target = words[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard target[0].hasPrefix("/"), let path = HTTPRequest.decoded(target[0], plus: false), !path.contains("\0") else {
            throw Refusal(status: 400, reason: "The address cannot be read.")
        }
        self.path = path
        query = []
        for pair in (target.count > 1 ? target[1] : "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = HTTPRequest.decoded(parts[0], plus: true),
                  let value = HTTPRequest.decoded(parts.count > 1 ? parts[1] : "", plus: true) else {
                throw Refusal(status: 400, reason: "The address cannot be read.")
            }
            query.append((name, value))
        }
        headers = []
        for line in lines where !line.isEmpty {
            guard let colon = line.firstIndex(of: ":"), colon > line.startIndex,
                  !line[..<colon].contains(where: \.isWhitespace) else {
                throw Refusal(status: 400, reason: "A header cannot be read.")
            }
            let value = line[line.index(after: colon)...]
            headers.append((line[..<colon].lowercased(), value.split(separator: " ").joined(separator: " ")))
        }
        guard headers.count(where: { $0.name == "host" }) == 1 else { throw Refusal(status: 400, reason: "A Host is needed.") }
        let length = self[header: "content-length"] ?? "0"
        guard length == "0", self[header: "transfer-encoding"] == nil else {
            throw Refusal(status: 413, reason: "A request has no body here.")
        }
    }

    /// Percent-decoded UTF-8; nil where it is none.
    private static func decoded(_ text: Substring, plus: Bool) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst(), let low = rest.popFirst(),
                      let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16) else { return nil }
                bytes.append(value)
            case UInt8(ascii: "+") where plus: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

/// What a handler answers.
package struct HTTPResponse: Sendable {
    package var status: Int
    package var contentType: String
    package var body: [UInt8]
    /// Beside those that every response has.
    package var headers: [(name: String, value: String)] = []

    package init(_ status: Int = 200, contentType: String, _ text: String) {
        self.status = status
        self.contentType = contentType
        body = Array(text.utf8)
    }

    /// A page, and what it may do.
    package static func html(_ text: String, policy: String) -> HTTPResponse {
        var response = HTTPResponse(contentType: "text/html; charset=utf-8", text)
        response.headers = [("Content-Security-Policy", policy + "; frame-ancestors 'none'")]
        return response
    }

    package static func json(_ text: String, status: Int = 200) -> HTTPResponse {
        HTTPResponse(status, contentType: "application/json; charset=utf-8", text)
    }

    package static func text(_ status: Int, _ text: String) -> HTTPResponse {
        HTTPResponse(status, contentType: "text/plain; charset=utf-8", text + "\n")
    }

    /// To another address of this server, which begins with `/`.
    package static func redirect(to path: String) -> HTTPResponse {
        var response = HTTPResponse.text(302, path)
        response.headers = [("Location", path)]
        return response
    }

    /// The bytes of the response; of a HEAD request without the body.
    func bytes(hasBody: Bool) -> [UInt8] {
        let reasons = [200: "OK", 302: "Found", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
                       408: "Request Timeout", 413: "Content Too Large", 421: "Misdirected Request",
                       431: "Request Header Fields Too Large", 500: "Internal Server Error", 503: "Service Unavailable"]
        var all: [(name: String, value: String)] = [
            ("Content-Type", contentType), ("Content-Length", String(body.count)), ("Connection", "close"),
            ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"),
            ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
        ]
        if status == 405 { all.append(("Allow", "GET, HEAD")) }
        if !headers.contains(where: { $0.name == "Content-Security-Policy" }) {
            all.append(("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"))
        }
        var head = "HTTP/1.1 \(status) \(reasons[status] ?? "Other")\r\n"
        // Nothing that a handler says begins a header of its own.
        for (name, value) in all + headers { head += "\(name): \(value.filter { !$0.isNewline })\r\n" }
        return Array((head + "\r\n").utf8) + (hasBody ? body : [])
    }
}
