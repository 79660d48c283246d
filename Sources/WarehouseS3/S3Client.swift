#if S3
import AsyncHTTPClient
import NIOCore
import NIOHTTP1
#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseBasics

/// An answer of the server.
struct S3Response: Sendable {
    var status: Int
    var headers: HTTPHeaders
    var body: [UInt8]
}

/// Sends signed requests to one bucket, again when the server is busy or the connection breaks, and to the region that
/// the server names when it was another. Calls block; they must not come from an event loop.
final class S3Client: Sendable {
    /// Lives as long as the process: it is never shut down.
    private static let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    private static let attempts = 6
    /// Answers other than objects are small.
    static let maximumAnswerBytes = 32 << 20

    private let address: Lock<S3Address>
    private let credentials: S3Credentials?
    /// The bucket's URL, for messages.
    let display: String

    init(_ address: S3Address, _ credentials: S3Credentials?) {
        self.address = Lock(address)
        self.credentials = credentials
        display = "s3://\(address.bucket)"
    }

    private static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(10), read: .seconds(60)))
        configuration.httpVersion = .http1Only
        return configuration
    }

    /// Sends a request and gives its answer, when its status is among `accepted`; else the error that it says.
    func send(
        _ method: HTTPMethod, _ key: String = "", query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [], body: [UInt8] = [], accepted: Set<Int> = [200]
    ) throws -> S3Response {
        var last: WarehouseError?
        var isRedirected = false
        var attempt = 0
        while attempt < S3Client.attempts {
            if attempt > 0 { S3Client.pause(attempt) }
            let response: S3Response
            do {
                response = try begin(method, key, query: query, headers: headers, body: body).wait()
            } catch {
                last = unreachable(error)
                attempt += 1
                continue
            }
            if accepted.contains(response.status) { return response }
            if !isRedirected, let region = S3Client.otherRegion(response), adopt(region) {
                isRedirected = true
                continue
            }
            last = failure(response, key)
            guard S3Client.isPassing(response) else { break }
            attempt += 1
        }
        throw last ?? WarehouseError(.stageAccess, "\(display) does not answer.")
    }

    /// Sends a request once, without waiting.
    func begin(
        _ method: HTTPMethod, _ key: String = "", query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [], body: [UInt8] = []
    ) throws -> EventLoopFuture<S3Response> {
        let address = address.withLock { $0 }
        var all = headers + [("host", address.hostName)]
        if let credentials {
            let hash = body.isEmpty ? SignatureV4.emptyHash : SignatureV4.hexDigest(body)
            all = SignatureV4(credentials: credentials, region: address.region).signed(
                method: method.rawValue, path: address.path(key), query: query, headers: all, bodyHash: hash,
                time: Int(time(nil)))
        }
        var httpHeaders = HTTPHeaders()
        for (name, value) in all { httpHeaders.add(name: name, value: value) }
        let request = try HTTPClient.Request(
            url: address.url(key, SignatureV4.queryText(query)), method: method, headers: httpHeaders,
            body: body.isEmpty ? nil : .bytes(body))
        let limit = S3Client.maximumAnswerBytes
        return S3Client.http.execute(request: request, delegate: ResponseAccumulator(request: request, maxBodySize: limit))
            .futureResult.map { response in
                S3Response(status: Int(response.status.code), headers: response.headers,
                           body: response.body.map { Array($0.readableBytesView) } ?? [])
            }
    }

    // MARK: Trying again

    /// Answers that may be others a moment later; also those that say so with a status that means success.
    static func isPassing(_ response: S3Response) -> Bool {
        if [408, 429, 500, 502, 503, 504].contains(response.status) { return true }
        guard [200, 400].contains(response.status), response.body.count < 64 << 10 else { return false }
        return ["InternalError", "SlowDown", "ServiceUnavailable", "RequestTimeout"].contains(S3Document(response.body)["Code"])
    }

    /// Waits twice as long each time, up to five seconds, by chance between half of it and all.
    static func pause(_ attempt: Int) {
        let ceiling = min(5_000, 100 << min(attempt, 6))
        usleep(useconds_t(Int.random(in: ceiling / 2...ceiling) * 1000))
    }

    private static func otherRegion(_ response: S3Response) -> String? {
        guard [301, 307, 400].contains(response.status) else { return nil }
        return response.headers.first(name: "x-amz-bucket-region") ?? S3Document(response.body)["Region"]
    }

    /// Whether the region is another than that of the last request.
    private func adopt(_ region: String) -> Bool {
        guard region.utf8.allSatisfy({ $0 == 45 || $0 >= 48 && $0 <= 57 || $0 >= 97 && $0 <= 122 }), !region.isEmpty
        else { return false }
        return address.withLock { address in
            guard address.region != region else { return false }
            address.region = region
            return true
        }
    }

    // MARK: Errors

    /// What the server says, without what the request said: that holds keys.
    func failure(_ response: S3Response, _ key: String) -> WarehouseError {
        let document = S3Document(response.body)
        let code = document["Code"] ?? "status \(response.status)"
        let message = document["Message"] ?? S3Client.defaultMessage(response.status)
        let place = key.isEmpty ? display : "\(display)/\(key)"
        if response.status == 404, !key.isEmpty, code != "NoSuchBucket", code != "NoSuchUpload" {
            return WarehouseError(.fileNotFound, "Remote file '\(place)' was not found.")
        }
        return WarehouseError(
            .stageAccess,
            "Failure using stage area. Cause: [\(message) (Status Code: \(response.status); Error Code: \(code))] "
                + "for '\(place)'",
            hint: S3Client.hint(code, isSigned: credentials != nil))
    }

    private static func defaultMessage(_ status: Int) -> String {
        switch status {
        case 301: "The bucket is in another region"
        case 403: "Access Denied"
        case 404: "Not Found"
        case 412: "The object was replaced while it was read"
        default: "The server refused the request"
        }
    }

    private static func hint(_ code: String, isSigned: Bool) -> String? {
        switch code {
        case "SignatureDoesNotMatch": "The secret key is wrong: check the stage's CREDENTIALS or AWS_SECRET_ACCESS_KEY."
        case "InvalidAccessKeyId": "There is no such access key: check the stage's CREDENTIALS or AWS_ACCESS_KEY_ID."
        case "ExpiredToken", "InvalidToken", "TokenRefreshRequired": "The session token is no longer valid: get a new one."
        case "NoSuchBucket": "Check the bucket's name in the stage's URL, and the endpoint."
        case "AccessDenied", "status 403":
            isSigned ? "The keys are known but may not do this."
                : "No credentials were found: give the stage CREDENTIALS, set AWS_ACCESS_KEY_ID and "
                    + "AWS_SECRET_ACCESS_KEY, or fill ~/.aws/credentials."
        case "RequestTimeTooSkewed": "This machine's clock is wrong."
        default: nil
        }
    }

    func unreachable(_ error: any Error) -> WarehouseError {
        WarehouseError(
            .stageAccess, "\(display) cannot be reached at \(address.withLock { $0.hostName }): \(error).",
            hint: "Check the network, and ENDPOINT of the stage or AWS_ENDPOINT_URL.")
    }
}
#endif
